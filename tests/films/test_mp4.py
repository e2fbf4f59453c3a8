"""The film as MP4, decoded again: its format, its colors, and its frames against the pictures."""

import re
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from conftest import GREEN, PURPLE, SCRIPTS, decode, is_color
from helpers.pictures import picture_of

from torchreplay.films import mp4
from torchreplay.films.film import Film
from torchreplay.films.forms import save

EPOCHS = range(5, 201, 5)
SHOWN = {0: 5, 15: 80, 39: 200}  # frames, and the epochs that they have to show


@pytest.fixture(scope="module", params=SCRIPTS)
def film(request, pictures, tmp_path_factory):
    """The picture and the film of a space, saved once."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    picture = pictures[request.param]
    mp4.save(path, Film(picture, EPOCHS, fps=20.0))
    return picture, path


@pytest.fixture(scope="module")
def decoded(film):
    """How many frames the film has, and those to look at by their numbers; decoded once."""
    _, path = film
    count, frames = 0, {}
    for frame in decode(path):
        if count in SHOWN:
            frames[count] = frame
        count += 1
    return count, frames


def test_format(film):
    """What ffmpeg says of its container and streams."""
    picture, path = film
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    text = subprocess.run(command, capture_output=True, text=True).stderr
    (stream,) = re.findall(r"Stream #.*", text)
    for property in ("Video: h264", "yuv420p(tv, bt709, progressive)", "720x720", " 20 fps"):
        assert property in stream
    assert re.search(rf"title +: {picture.title}\n", text)
    assert picture.title.endswith(" Space with Boundary")
    assert "Duration: 00:00:02.00" in text


def test_index_precedes_the_frames(film):
    _, path = film
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_frames_show_their_epochs(film, decoded):
    picture, _ = film
    count, frames = decoded
    assert count == len(EPOCHS)
    for frame, epoch in SHOWN.items():
        drawn = picture.draw(epoch)[..., :3].astype(int)
        difference = np.abs(frames[frame] - drawn).mean()
        others = [picture.draw(e)[..., :3] for e in (epoch - 1, epoch + 1) if e <= 200]
        assert difference < 2
        assert all(difference < np.abs(frames[frame] - o.astype(int)).mean() for o in others)


def test_encoding_adds_no_visible_marks(film, decoded):
    """Hardly a pixel's luma is off, where 4:2:0 does not mix in the color of its neighbours."""
    (picture, _), (_, frames) = film, decoded
    luma = np.array([0.2126, 0.7152, 0.0722])
    for frame, epoch in SHOWN.items():
        still = picture.draw(epoch)[..., :3]
        off = np.abs(frames[frame] @ luma - still @ luma) > 30
        gray = np.ptp(still, axis=-1) < 40
        assert (off & gray).sum() < 30


def test_region_colors_are_those_of_the_still(film, decoded):
    (picture, _), (_, frames) = film, decoded
    frame, still = frames[39], picture.draw(200)
    for color in (GREEN, PURPLE):
        inside = is_color(still, color)
        inside[1:-1, 1:-1] &= inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2]
        median = np.median(frame[inside], axis=0)
        assert np.abs(median - color).max() <= 3


def test_odd_size_gets_a_white_margin(runs, tmp_path):
    picture = picture_of(runs["feature_space"], size=301)
    assert picture.draw(1).shape == (301, 301, 4)
    save("mp4", tmp_path / "odd.mp4", Film(picture, range(1, 4)))
    frames = np.array(list(decode(tmp_path / "odd.mp4", size=302)))
    assert len(frames) == 3
    assert (frames[:, -1] > 250).all() and (frames[:, :, -1] > 250).all()
    assert np.abs(frames[2][:301, :301] - picture.draw(3)[..., :3].astype(int)).mean() < 2.5


@pytest.mark.parametrize("name", SCRIPTS)
def test_film_holds_its_last_frame(runs, tmp_path, name):
    picture = picture_of(runs[name], size=480)
    save("mp4", tmp_path / "film.mp4", Film(picture, range(1, 6), fps=10.0, hold=1.5))
    frames = np.array(list(decode(tmp_path / "film.mp4", size=480)), int)
    assert np.abs(frames[4:] - picture.draw(5)[..., :3]).mean(axis=(1, 2, 3)).max() < 2
    assert np.abs(np.diff(frames[4:], axis=0)).mean() < 0.1 < np.abs(frames[4] - frames[3]).mean()
    assert duration(tmp_path / "film.mp4") == 5 / 10 + 1.5


def duration(path):
    """How long a film lasts, in seconds, as ffmpeg tells it to a hundredth."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    text = subprocess.run(command, capture_output=True, text=True).stderr
    (told,) = re.findall(r"Duration: 00:(\d\d):(\d\d\.\d\d)", text)
    return 60 * int(told[0]) + float(told[1])


@pytest.mark.parametrize(
    ("count", "fps", "hold"),
    [(5, 20.0, 1.23), (1, 0.5, 3.0), (3, 0.5, 3.0), (1, 240.0, 0.5), (7, 30.0, 0.01), (4, 25.0, 0)],
)
def test_film_lasts_its_frames_and_its_hold_exactly(runs, tmp_path, count, fps, hold):
    picture = picture_of(runs["input_space"], size=120)
    save("mp4", tmp_path / "film.mp4", Film(picture, range(1, count + 1), fps=fps, hold=hold))
    assert duration(tmp_path / "film.mp4") == pytest.approx(count / fps + hold, abs=0.005)
