"""The film as a folder of PNG: every pixel of the pictures, and no need of an encoder."""

from types import SimpleNamespace

import numpy as np
import pytest
from conftest import SCRIPTS
from PIL import Image

from torchreplay.composition import compose
from torchreplay.film import Film
from torchreplay.forms import png, save


@pytest.fixture(params=SCRIPTS)
def small(request, runs):
    """A picture of 480 pixels."""
    return compose({"": runs[request.param]}, size=480)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def pixels(path):
    """Those of an image in RGB."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def test_frames_are_the_pictures(small, tmp_path):
    folder = tmp_path / "100% of the frames"
    png.save(folder, Film(small, range(60, 63)))
    assert names(folder) == ["0001.png", "0002.png", "0003.png"]
    for frame, epoch in (("0001", 60), ("0002", 61), ("0003", 62)):
        seen = pixels(folder / f"{frame}.png")
        np.testing.assert_array_equal(seen, small.draw(epoch)[..., :3])


def test_frames_have_no_alpha(small, tmp_path):
    png.save(tmp_path / "frames", Film(small, [200]))
    with Image.open(tmp_path / "frames" / "0001.png") as image:
        assert image.mode == "RGB"


def test_frames_need_no_ffmpeg(small, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/such/ffmpeg")
    save("png", tmp_path / "frames", Film(small, [200]))
    np.testing.assert_array_equal(
        pixels(tmp_path / "frames" / "0001.png"), small.draw(200)[..., :3]
    )


def test_names_of_many_frames_are_in_their_order(tmp_path):
    """Of ten thousand frames or more, names have five digits; two of them are made here."""
    frames = [np.full((1, 1, 4), value, np.uint8) for value in (10, 20)]
    png.save(tmp_path / "f", SimpleNamespace(epochs=range(10_000), frames=lambda: iter(frames)))
    assert names(tmp_path / "f") == ["00001.png", "00002.png"]
    assert (pixels(tmp_path / "f" / "00002.png") == 20).all()
    png.save(tmp_path / "g", SimpleNamespace(epochs=range(9999), frames=lambda: iter(frames)))
    assert names(tmp_path / "g") == ["0001.png", "0002.png"]


def test_frames_are_written_as_drawn_though_drawing_goes_on(tmp_path):
    """The array of a frame is drawn over while it is written."""
    frame = np.zeros((50, 50, 4), np.uint8)

    def frames():
        for value in range(30):
            frame[:] = value
            yield frame

    png.save(tmp_path / "frames", SimpleNamespace(epochs=range(30), frames=frames))
    for number, path in enumerate(sorted((tmp_path / "frames").iterdir())):
        assert (pixels(path) == number).all()


def test_same_frames_give_the_same_bytes(small, tmp_path):
    for folder in ("a", "b"):
        png.save(tmp_path / folder, Film(small, [7]))
    one, other = ((tmp_path / folder / "0001.png").read_bytes() for folder in ("a", "b"))
    assert one == other
    assert b"Software" not in one


def test_fault_of_drawing_is_not_lost(small, tmp_path):
    with pytest.raises(IndexError):
        png.save(tmp_path / "frames", Film(small, [1, 99_999]))
