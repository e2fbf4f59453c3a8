"""The encoder: which ffmpeg is taken, and what is said if it fails."""

import errno
import os
import subprocess
import time

import imageio_ffmpeg
import numpy as np
import pytest

from torchreplay.errors import UserError
from torchreplay.films.encoder import encode, find_ffmpeg
from torchreplay.films.film import Film
from torchreplay.films.forms import save
from torchreplay.views.looks import CLASSIC


class Grays:
    """A picture of one gray, the number of the epoch modulo 256, each drawn over the one before."""

    title, palette = "Grays", CLASSIC

    def __init__(self, size=(320, 240)):
        self.size, self.pixels = size, np.full((*size[::-1], 4), 255, np.uint8)

    def draw(self, epoch):
        self.pixels[..., :3] = epoch % 256
        return self.pixels


@pytest.fixture
def environment(monkeypatch):
    """Sets the ffmpeg that the environment names; as the test begins it names none."""
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    return lambda path: monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(path))


def fake_ffmpeg(folder, commands, mode=0o755):
    """An ffmpeg that runs shell commands."""
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{commands}\n")
    path.chmod(mode)
    return path


def wait_for(condition):
    """Wait until a condition holds, a minute at the most."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_bundled_ffmpeg_is_found(environment):
    ffmpeg = find_ffmpeg()
    assert ffmpeg == imageio_ffmpeg.get_ffmpeg_exe()
    version = subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("ffmpeg version")


def test_named_ffmpeg_is_taken(environment, tmp_path):
    path = fake_ffmpeg(tmp_path, "exit 0")
    environment(path)
    assert find_ffmpeg() == str(path)


@pytest.mark.parametrize(
    ("mode", "commands", "cause"),
    [
        (0o644, "exit 0", "Permission denied"),
        (0o755, "exit 3", r"ffmpeg -version ends with exit code 3"),
        (None, "", "No such file"),
    ],
)
def test_ffmpeg_that_does_not_run_is_refused(environment, tmp_path, mode, commands, cause):
    path = tmp_path / "ffmpeg" if mode is None else fake_ffmpeg(tmp_path, commands, mode)
    environment(path)
    with pytest.raises(UserError, match=cause) as fault:
        find_ffmpeg()
    assert str(path) in str(fault.value)
    assert "IMAGEIO_FFMPEG_EXE" in str(fault.value)
    assert "\n" not in str(fault.value)


MORE_THREADS = r"allow more processes and threads \(ulimit -u\)"


def test_ffmpeg_that_gets_no_threads_is_not_to_be_installed_again(environment, tmp_path):
    words = "pthread_create failed: Resource temporarily unavailable"
    environment(fake_ffmpeg(tmp_path, f"echo {words}; exit 1"))
    with pytest.raises(UserError, match=rf"{words}\): {MORE_THREADS}") as fault:
        find_ffmpeg()
    assert "reinstall" not in str(fault.value)


def test_thread_that_does_not_start_is_told_with_its_remedy(environment, monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", start)
    with pytest.raises(UserError, match=rf"can't start new thread\): {MORE_THREADS}"):
        find_ffmpeg()


def find_none():
    raise RuntimeError("no ffmpeg exe")


def test_program_that_does_not_start_is_told_with_its_remedy(environment, monkeypatch):
    """Imageio-ffmpeg says of its own ffmpeg that there is none."""

    def start(*arguments, **settings):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", find_none)
    monkeypatch.setattr("subprocess.Popen", start)
    with pytest.raises(UserError, match=MORE_THREADS):
        find_ffmpeg()


def test_ffmpeg_that_is_not_found_is_to_be_installed_again(monkeypatch):
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", find_none)
    with pytest.raises(UserError, match=r"\(no ffmpeg exe\): reinstall imageio-ffmpeg"):
        find_ffmpeg()


def test_encoder_gets_every_frame_whole(environment, tmp_path):
    """Ffmpeg itself, asked for raw frames, gives back what has been drawn."""
    encode(tmp_path / "film", Film(Grays(), range(1, 60)), "-f", "rawvideo")
    frames = np.fromfile(tmp_path / "film", np.uint8).reshape(-1, 240, 320, 4)
    assert len(frames) == 59
    assert (frames[..., :3] == np.arange(1, 60)[:, None, None, None]).all()


def test_encoder_that_fails_is_told_with_its_own_words(pictures, tmp_path):
    missing = tmp_path / "no such folder" / "film.mp4"
    film = Film(pictures["input_space"], range(1, 201))
    with pytest.raises(UserError, match=r"ends with exit code \d+.*No such file") as fault:
        encode(missing, film, "-f", "mp4")
    assert "\n" not in str(fault.value)


def test_encoder_that_says_nothing_is_told_with_its_exit_code(environment, tmp_path):
    environment(fake_ffmpeg(tmp_path, "cat > /dev/null; exit 7"))
    with pytest.raises(UserError, match=r"exit code 7 \(it said nothing\): set IMAGEIO"):
        encode(tmp_path / "film", Film(Grays(), range(3)))


LEFT = {  # behind what an encoder leaves: the remedy says what it is
    "nothing": ":",
    "rubbish": "echo rubbish > $film",
    "a folder": "mkdir $film",
    "a link": f"ln -s {__file__} $film",
    "a link to a film": "cp $older $film.whole; ln -s $film.whole $film",
    "half a film": "head -c 900 $older > $film",
}


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """Films of four frames, by their forms."""
    folder = tmp_path_factory.mktemp("older")
    films = {form: folder / f"film.{form}" for form in ("mp4", "gif")}
    for form, path in films.items():
        save(form, path, Film(Grays(), range(4)))
    return films


@pytest.mark.parametrize("form", ["mp4", "gif"])
@pytest.mark.parametrize("commands", LEFT.values(), ids=LEFT)
def test_encoder_that_leaves_no_film_has_failed_whatever_it_says(
    environment, tmp_path, older, form, commands
):
    given = f"for film; do :; done; older={older[form]}; cat > /dev/null"
    environment(fake_ffmpeg(tmp_path, f"{given}; {commands}; exit 0"))
    with pytest.raises(UserError, match="left no film where 4 frames of 320 × 240 were to be"):
        save(form, tmp_path / "film", Film(Grays(), range(4)))


@pytest.mark.parametrize("form", ["mp4", "gif"])
def test_encoder_that_leaves_another_film_has_failed(environment, tmp_path, older, form):
    given = f"for film; do :; done; cat > /dev/null; cp {older[form]} $film"
    environment(fake_ffmpeg(tmp_path, given))
    save(form, tmp_path / "film", Film(Grays(), range(4)))
    with pytest.raises(UserError, match="left a film of 4 frames of 320 × 240 where 5 frames of"):
        save(form, tmp_path / "film", Film(Grays(), range(5)))
    larger = Grays(size=(322, 240))
    with pytest.raises(UserError, match="320 × 240 where 4 frames of 322 × 240 were to be"):
        save(form, tmp_path / "film", Film(larger, range(4)))


@pytest.mark.parametrize("form", ["mp4", "gif"])
@pytest.mark.parametrize("settings", [{"hold": 2.0}, {"fps": 0.1}, {"fps": 50, "hold": 0.01}])
def test_frames_that_do_not_change_are_counted_too(tmp_path, form, settings):
    """The encoder leaves out none of them; nor is the frame that holds the last one missed."""

    class Still(Grays):
        def draw(self, epoch):
            return super().draw(0)

    save(form, tmp_path / "film", Film(Still(size=(121, 123)), range(7), **settings))


def test_encoder_that_stops_reading_has_failed_whatever_it_says(environment, tmp_path):
    environment(fake_ffmpeg(tmp_path, f"echo half > {tmp_path}/film; head -c 5 > /dev/null"))
    with pytest.raises(UserError, match="no film"):
        encode(tmp_path / "film", Film(Grays(), range(1000)))


def test_encoder_ends_with_a_fault_of_drawing(environment, tmp_path):
    """The fault itself is raised, and the encoder is not left running."""

    pid = tmp_path / "pid"

    class Broken(Grays):
        def draw(self, epoch):
            if epoch < 2:
                return super().draw(epoch)
            wait_for(lambda: pid.exists() and pid.read_text().endswith("\n"))
            raise ZeroDivisionError

    environment(fake_ffmpeg(tmp_path, f"echo $$ > {pid}; exec cat > /dev/null"))
    with pytest.raises(ZeroDivisionError):
        encode(tmp_path / "film", Film(Broken(), range(5)))
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
