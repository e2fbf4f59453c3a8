"""The encoder: which ffmpeg is taken, and what is said if it fails."""

import os
import subprocess
import time

import imageio_ffmpeg
import numpy as np
import pytest

from torchreplay.encoder import encode, find_ffmpeg
from torchreplay.errors import UserError
from torchreplay.film import Film


class Grays:
    """A picture of one gray, the number of the epoch modulo 256, each drawn over the one before."""

    size = (320, 240)

    def __init__(self):
        self.pixels = np.empty((240, 320, 4), np.uint8)

    def draw(self, epoch):
        self.pixels[:] = epoch % 256
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


def test_encoder_gets_every_frame_whole(environment, tmp_path):
    """Ffmpeg itself, asked for raw frames, gives back what has been drawn."""
    encode(tmp_path / "film", Film(Grays(), range(1, 60)), "-f", "rawvideo")
    frames = np.fromfile(tmp_path / "film", np.uint8).reshape(-1, 240, 320, 4)
    assert len(frames) == 59
    assert (frames == np.arange(1, 60)[:, None, None, None]).all()


def test_encoder_that_fails_is_told_with_its_own_words(pictures, tmp_path):
    missing = tmp_path / "no such folder" / "film.mp4"
    film = Film(pictures["input_space"], range(1, 201))
    with pytest.raises(UserError, match=r"ended with exit code \d+.*No such file") as fault:
        encode(missing, film, "-f", "mp4")
    assert "\n" not in str(fault.value)


def test_encoder_that_says_nothing_is_told_with_its_exit_code(environment, tmp_path):
    environment(fake_ffmpeg(tmp_path, "cat > /dev/null; exit 7"))
    with pytest.raises(UserError, match=r"exit code 7 \(it did not say why\)"):
        encode(tmp_path / "film", Film(Grays(), range(3)))


def test_encoder_that_leaves_no_file_has_failed(environment, tmp_path):
    environment(fake_ffmpeg(tmp_path, "cat > /dev/null; exit 0"))
    with pytest.raises(UserError, match=r"no film: .* ended with exit code 0"):
        encode(tmp_path / "film", Film(Grays(), range(3)))


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
