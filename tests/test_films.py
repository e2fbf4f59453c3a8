"""The other forms of film: GIF and PNG decoded again, the last frame held, folders replaced."""

import numpy as np
import pytest
from conftest import BLACK, BLUE, GREEN, PURPLE, RED, WHITE, decode, is_color
from films import gif_colors, save_frames, save_gif
from looks import ACCESSIBLE
from matplotlib.image import imread
from PIL import Image
from replay import check_place, put

from common import CLASSIC, UserError, find_ffmpeg, save_film, space_picture


@pytest.fixture(scope="module", params=["input_space", "feature_space"])
def small(request, spaces, history, dataset):
    """A picture of 480 pixels."""
    return space_picture(spaces[request.param], history, dataset, dpi=80)


def frames_of(gif):
    """All frames of a GIF in RGB, and how long each is shown, in milliseconds."""
    frames, durations = [], []
    for frame in range(gif.n_frames):
        gif.seek(frame)
        frames.append(np.array(gif.convert("RGB")))
        durations.append(gif.info["duration"])
    return np.array(frames), durations


def test_default_film_as_gif(small, tmp_path):
    path = tmp_path / "film.gif"
    save_gif(path, small, range(1, 201), 20.0, "title", find_ffmpeg())
    assert path.stat().st_size <= 2_000_000
    with Image.open(path) as gif:
        assert gif.size == (480, 480)
        assert gif.info["loop"] == 0
        frames, durations = frames_of(gif)
    assert len(frames) == 200
    assert set(durations) == {50}
    for frame, epoch in ((0, 1), (79, 80), (199, 200)):
        still = small.draw(epoch)[..., :3].astype(int)
        assert np.abs(frames[frame] - still).mean() < 2
        for color in (WHITE, GREEN, PURPLE, BLUE, RED):
            kept = is_color(frames[frame], color)[is_color(still, color)]
            assert kept.all()


def test_gif_that_plays_once_and_holds_its_last_frame(small, tmp_path):
    path = tmp_path / "film.gif"
    save_gif(path, small, range(0, 9, 2), 10.0, "title", find_ffmpeg(), hold=2.5, loop=False)
    with Image.open(path) as gif:
        assert "loop" not in gif.info
        frames, durations = frames_of(gif)
    assert len(frames) == 5
    assert durations == [100, 100, 100, 100, 2600]


@pytest.mark.parametrize("palette", [CLASSIC, ACCESSIBLE])
def test_gif_has_the_colors_of_the_palette(palette):
    colors = gif_colors(palette)
    opaque = colors[colors[..., 3] == 255, :3].tolist()
    for color in (*palette.points, *palette.regions):
        assert list(bytes.fromhex(color[1:])) in opaque
    assert list(WHITE) in opaque and list(BLACK) in opaque
    assert len(opaque) < 256, "no transparent color is left"


def test_png_frames_are_the_pictures(small, tmp_path):
    folder = tmp_path / "100% of the frames"
    save_frames(folder, small, range(60, 63), 20.0, "title", find_ffmpeg())
    assert sorted(path.name for path in folder.iterdir()) == ["0001.png", "0002.png", "0003.png"]
    for frame, epoch in (("0001", 60), ("0003", 62)):
        seen = np.rint(imread(folder / f"{frame}.png") * 255).astype(np.uint8)
        np.testing.assert_array_equal(seen, small.draw(epoch)[..., :3])


def test_film_holds_its_last_frame(small, tmp_path):
    save_film(tmp_path / "film.mp4", small, range(1, 6), 10.0, "title", find_ffmpeg(), hold=1.5)
    frames = decode(tmp_path / "film.mp4", size=480).astype(int)
    assert len(frames) == 5 + 15
    assert np.abs(frames[4:] - small.draw(5)[..., :3]).mean(axis=(1, 2, 3)).max() < 2
    assert np.abs(np.diff(frames[4:], axis=0)).mean() < 0.1 < np.abs(frames[4] - frames[3]).mean()


def write(folder, **files):
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_folder_takes_the_place_of_an_older_one(tmp_path):
    made, target = write(tmp_path / "made", a="new"), write(tmp_path / "target", a="old", b="old")
    assert put(made, target) == target
    assert contents(target) == {"a": "new"}
    assert not made.exists()


def test_older_folder_stays_if_the_new_one_cannot_be_put(tmp_path, monkeypatch):
    made, target = write(tmp_path / "made", a="new"), write(tmp_path / "target", a="old")
    replace = type(made).replace

    def interrupted(self, other):
        if self == made:
            raise KeyboardInterrupt
        return replace(self, other)

    monkeypatch.setattr(type(made), "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(made, target)
    assert contents(target) == {"a": "old"}


def test_folder_with_more_than_frames_is_not_replaced(tmp_path):
    folder = tmp_path / "frames"
    check_place(folder, folder=True)
    write(folder, **{"0001.png": "", "0002.png": ""})
    check_place(folder, folder=True)
    with pytest.raises(UserError, match="is a folder: move it"):
        check_place(folder)
    (folder / "notes.txt").touch()
    with pytest.raises(UserError, match="holds more than frames"):
        check_place(folder, folder=True)
    with pytest.raises(UserError, match="is no folder: move it"):
        check_place(folder / "notes.txt", folder=True)
