"""The film as GIF, decoded again: its frames against the pictures, its colors, and its timing."""

import numpy as np
import pytest
from conftest import BLACK, BLUE, GREEN, PURPLE, RED, SCRIPTS, WHITE, is_color
from helpers.pictures import picture_of
from PIL import Image

from torchreplay.films import gif
from torchreplay.films.film import Film
from torchreplay.views.looks import ACCESSIBLE, CLASSIC


@pytest.fixture(params=SCRIPTS, scope="module")
def small(request, runs):
    """A picture of 480 pixels."""
    return picture_of(runs[request.param], size=480)


def decoded(path, *numbers):
    """Some frames of a GIF in RGB, how long each is shown in milliseconds, and what it says."""
    frames, durations = [], []
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            durations.append(image.info["duration"])
            if number in numbers:
                frames.append(np.array(image.convert("RGB")))
        return frames, durations, dict(image.info)


def test_whole_film_is_small(runs, tmp_path):
    """That of the space in which most moves."""
    path = tmp_path / "film.gif"
    gif.save(path, Film(picture_of(runs["feature_space"], size=480), range(1, 201)))
    assert path.stat().st_size <= 2_000_000
    with Image.open(path) as image:
        assert image.n_frames == 200


def test_frames_and_their_colors(small, tmp_path):
    path = tmp_path / "film.gif"
    gif.save(path, Film(small, range(40, 201, 40), fps=20.0))
    frames, durations, info = decoded(path, 0, 1, 4)
    assert durations == [50] * 5
    assert info["loop"] == 0
    for frame, epoch in zip(frames, (40, 80, 200), strict=True):
        still = small.draw(epoch)[..., :3].astype(int)
        assert frame.shape == (480, 480, 3)
        assert np.abs(frame - still).mean() < 2
        for color in (WHITE, GREEN, PURPLE, BLUE, RED):
            kept = is_color(frame, color)[is_color(still, color)]
            assert kept.all()


def test_film_that_plays_once_and_holds_its_last_frame(small, tmp_path):
    path = tmp_path / "film.gif"
    gif.save(path, Film(small, range(0, 9, 2), fps=10.0, hold=2.5, loop=False))
    _, durations, info = decoded(path)
    assert "loop" not in info
    assert durations == [100, 100, 100, 100, 2600]


@pytest.mark.parametrize("palette", ["classic", "accessible"])
def test_colors_of_the_palette_are_kept_beside_views(runs, tmp_path, palette):
    """Wherever a picture of several views has one of them, the film has it, too."""
    views = ["probabilities", "loss", "losses"]
    picture = picture_of(runs["feature_space"], views, palette=palette, size=360)
    gif.save(tmp_path / "film.gif", Film(picture, [1, 80, 200]))
    frames, _, _ = decoded(tmp_path / "film.gif", 0, 1, 2)
    used = {"classic": CLASSIC, "accessible": ACCESSIBLE}[palette]
    for frame, epoch in zip(frames, (1, 80, 200), strict=True):
        still = picture.draw(epoch)[..., :3]
        assert np.abs(frame - still.astype(int)).mean() < 2
        for color in (*used.points, *used.regions):
            exact = tuple(bytes.fromhex(color[1:]))
            assert is_color(frame, exact)[is_color(still, exact)].all()


@pytest.mark.parametrize("palette", [CLASSIC, ACCESSIBLE])
def test_table_has_the_colors_of_the_palette(palette):
    colors = gif.color_table(gif.palette_colors(palette), np.empty((0, 3), np.uint8))
    opaque = colors[colors[..., 3] == 255, :3].tolist()
    for color in (*palette.points, *palette.regions):
        assert list(bytes.fromhex(color[1:])) in opaque
    assert list(WHITE) in opaque and list(BLACK) in opaque
    assert len(opaque) < 256, "no transparent color is left"
