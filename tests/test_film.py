"""The film, decoded again: its format, its colors, and its frames against the pictures."""

import re
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from conftest import GREEN, PURPLE, SCRIPTS, SIZE, decode, is_color

from common import UserError, find_ffmpeg, save_film, space_picture

EPOCHS = range(1, 201)


@pytest.fixture(scope="module")
def films(pictures, tmp_path_factory):
    """The film of either space, saved once."""
    folder = tmp_path_factory.mktemp("films")
    for name in SCRIPTS:
        film = folder / f"{name}.mp4"
        save_film(film, pictures[name], EPOCHS, 20.0, f"Title of {name}", find_ffmpeg())
    return {name: folder / f"{name}.mp4" for name in SCRIPTS}


def description(film):
    """What ffmpeg says of a film's container and streams."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(film)]
    return subprocess.run(command, capture_output=True, text=True).stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_format(films, name):
    text = description(films[name])
    (stream,) = re.findall(r"Stream #.*", text)
    for property in ("Video: h264", "yuv420p(tv, bt709, progressive)", "720x720", " 20 fps"):
        assert property in stream
    assert re.search(rf"title +: Title of {name}\n", text)
    assert "Duration: 00:00:10.00" in text


@pytest.mark.parametrize("name", SCRIPTS)
def test_index_precedes_the_frames(films, name):
    content = films[name].read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("name", SCRIPTS)
def test_frames_show_their_epochs(films, pictures, name):
    frames = decode(films[name])
    assert len(frames) == len(EPOCHS)
    for frame, epoch in ((0, 1), (79, 80), (199, 200)):
        picture = pictures[name].draw(epoch)[..., :3].astype(int)
        difference = np.abs(frames[frame] - picture).mean()
        others = [pictures[name].draw(e)[..., :3] for e in (epoch - 1, epoch + 1) if e <= 200]
        assert difference < 2
        assert all(difference < np.abs(frames[frame] - o.astype(int)).mean() for o in others)


@pytest.mark.parametrize("name", SCRIPTS)
def test_encoding_adds_no_visible_marks(films, pictures, name):
    """Hardly a pixel's luma is off, where 4:2:0 does not mix in the color of its neighbours."""
    frames = decode(films[name])
    luma = np.array([0.2126, 0.7152, 0.0722])
    for frame, epoch in ((0, 1), (79, 80), (199, 200)):
        still = pictures[name].draw(epoch)[..., :3]
        off = np.abs(frames[frame] @ luma - still @ luma) > 30
        gray = np.ptp(still, axis=-1) < 40
        assert (off & gray).sum() < 30


@pytest.mark.parametrize("name", SCRIPTS)
def test_region_colors_are_those_of_the_still(films, pictures, name):
    frame, still = decode(films[name])[-1], pictures[name].draw(200)
    for color in (GREEN, PURPLE):
        inside = is_color(still, color)
        inside[1:-1, 1:-1] &= inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2]
        median = np.median(frame[inside], axis=0)
        assert np.abs(median - color).max() <= 3


def test_odd_size_gets_a_white_margin(spaces, history, dataset, tmp_path):
    picture = space_picture(spaces["feature_space"], history, dataset, dpi=50.2)
    assert picture.draw(1).shape == (301, 301, 4)
    save_film(tmp_path / "odd.mp4", picture, range(1, 4), 20.0, "odd", find_ffmpeg())
    frames = decode(tmp_path / "odd.mp4", size=302)
    assert len(frames) == 3
    assert (frames[:, -1] > 250).all() and (frames[:, :, -1] > 250).all()
    assert np.abs(frames[2][:301, :301] - picture.draw(3)[..., :3].astype(int)).mean() < 2.5


def test_encoder_that_fails_is_told_with_its_own_words(pictures, tmp_path):
    missing = tmp_path / "no such folder" / "film.mp4"
    with pytest.raises(UserError, match=r"ended with exit code \d+.*No such file") as fault:
        save_film(missing, pictures["input_space"], EPOCHS, 20.0, "title", find_ffmpeg())
    assert "\n" not in str(fault.value)


def test_size_of_the_tests_is_that_of_the_pictures(picture):
    assert picture.canvas.get_width_height() == (SIZE, SIZE)
