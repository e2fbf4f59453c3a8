"""The film as a folder of PNG: every pixel of the pictures, and no need of an encoder."""

from types import SimpleNamespace

import numpy as np
import pytest
from conftest import SCRIPTS
from helpers.pictures import picture_of
from PIL import Image

from torchreplay.films import png
from torchreplay.films.film import Film
from torchreplay.films.forms import save


@pytest.fixture(params=SCRIPTS)
def small(request, runs):
    """A picture of 480 pixels."""
    return picture_of(runs[request.param], size=480)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def pixels(path):
    """Those of an image in RGB."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def test_frames_are_the_pictures(small, tmp_path):
    folder = tmp_path / "100% of the frames"
    png.save(folder, Film(small, range(60, 63)))
    assert names(folder) == ["epoch_0060.png", "epoch_0061.png", "epoch_0062.png"]
    for frame, epoch in (("epoch_0060", 60), ("epoch_0061", 61), ("epoch_0062", 62)):
        seen = pixels(folder / f"{frame}.png")
        np.testing.assert_array_equal(seen, small.draw(epoch)[..., :3])


def test_frames_have_no_alpha(small, tmp_path):
    png.save(tmp_path / "frames", Film(small, [200]))
    with Image.open(tmp_path / "frames" / "epoch_0200.png") as image:
        assert image.mode == "RGB"


def test_frames_need_no_ffmpeg(small, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/such/ffmpeg")
    save("png", tmp_path / "frames", Film(small, [200]))
    np.testing.assert_array_equal(
        pixels(tmp_path / "frames" / "epoch_0200.png"), small.draw(200)[..., :3]
    )


def film_of(epochs, frames):
    """As much of a Film as is saved."""
    picture = SimpleNamespace(count=str)
    return SimpleNamespace(epochs=epochs, picture=picture, frames=frames)


def test_names_of_many_frames_are_in_their_order(tmp_path):
    """From epoch 10,000 on names have five digits."""
    frames = [np.full((1, 1, 4), value, np.uint8) for value in (10, 20)]
    for folder, epochs, expected in (
        ("f", [7, 10_000], ["epoch_00007.png", "epoch_10000.png"]),
        ("g", [0, 9999], ["epoch_0000.png", "epoch_9999.png"]),
    ):
        png.save(tmp_path / folder, film_of(epochs, lambda: iter(frames)))
        assert names(tmp_path / folder) == expected
        for name, value in zip(expected, (10, 20), strict=True):
            assert (pixels(tmp_path / folder / name) == value).all()


def test_frames_are_written_as_drawn_though_drawing_goes_on(tmp_path):
    """The array of a frame is drawn over while it is written."""
    frame = np.zeros((50, 50, 4), np.uint8)

    def frames():
        for value in range(30):
            frame[:] = value
            yield frame

    png.save(tmp_path / "frames", film_of(range(30), frames))
    for number, path in enumerate(sorted((tmp_path / "frames").iterdir())):
        assert (pixels(path) == number).all()


def test_same_frames_give_the_same_bytes(small, tmp_path):
    for folder in ("a", "b"):
        png.save(tmp_path / folder, Film(small, [7]))
    one, other = ((tmp_path / folder / "epoch_0007.png").read_bytes() for folder in ("a", "b"))
    assert one == other
    assert b"Software" not in one


def test_fault_of_drawing_is_not_lost(small, tmp_path):
    with pytest.raises(IndexError):
        png.save(tmp_path / "frames", Film(small, [1, 99_999]))
