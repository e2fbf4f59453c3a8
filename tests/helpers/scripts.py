"""Both scripts, run in this process or started as a user does, and what they print and leave."""

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

from conftest import decode
from imageio_ffmpeg import get_ffmpeg_exe
from matplotlib.image import imread

PROJECT = Path(__file__).resolve().parents[2]
QUICK = ("--epochs", "3", "--dpi", "50")


def runner(capsys, monkeypatch):
    """A function that runs a script in this process: its exit code, lines printed and told."""
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    monkeypatch.setenv("MPLBACKEND", "agg")  # so that what a script sets is undone

    def run(script, *arguments):
        path = PROJECT / f"{script}_visualization.py"
        monkeypatch.setattr(sys, "argv", [str(path), *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            importlib.import_module(path.stem).main()
        except SystemExit as exit:
            code = exit.code
        output, errors = capsys.readouterr()
        return code, lines(output), lines(errors)

    return run


def start(script, *arguments, project=PROJECT, python=(), prefix=(), **settings):
    """Start a script as a user does, in a process of its own; capitals set the environment.

    python: options of Python, and `prefix` what is typed before it.
    """
    variables = {name: str(settings.pop(name)) for name in list(settings) if name.isupper()}
    environment = {**os.environ, **variables}
    if "IMAGEIO_FFMPEG_EXE" not in variables:
        environment.pop("IMAGEIO_FFMPEG_EXE", None)
    path = project / f"{script}_visualization.py"
    command = [*prefix, sys.executable, *python, path, *arguments]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **settings}
    return subprocess.Popen(list(map(str, command)), env=environment, **settings)


def finish(process):
    """Wait for a script: its exit code, lines printed and told."""
    output, errors = process.communicate(timeout=300)
    return process.returncode, lines(output), lines(errors)


def lines(text):
    """The lines of a text, each of which has to be ended."""
    *whole, rest = (text or "").split("\n")
    assert rest == "", text
    return whole


def assert_one_line(errors, *parts):
    """Of the lines told there is one, which has some parts."""
    assert len(errors) == 1, errors
    for part in parts:
        assert part in errors[0]


def wait_for(condition):
    """Wait until a condition holds, five minutes at the most."""
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def names(folder):
    """The names of all that is in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def files_of(script, epochs):
    """The names of film and still."""
    return [f"{script}.mp4", f"{script}_epoch{epochs}_boundary_pytorch.png"]


def earlier_files(folder):
    """Make an output folder with an earlier still and film in it."""
    folder.mkdir()
    for name in files_of("feature_space", 3):
        (folder / name).write_text("from before")
    return folder


def assert_whole(folder):
    """Nothing is in the folder but an older or a whole still, and the film of before."""
    assert names(folder) == files_of("feature_space", 3)
    film_path, still_path = (folder / name for name in files_of("feature_space", 3))
    assert film_path.read_bytes() == b"from before"
    if still_path.read_bytes() != b"from before":
        assert imread(still_path).shape == (300, 300, 4)


def assert_film_is_gone(folder, epochs, size):
    """Of a film that has been stopped nothing is left, but its still may be, and is whole."""
    for still in folder.glob(f"*_epoch{epochs}_*"):
        assert imread(still).shape == (size, size, 4)
        still.unlink()
    assert_whole(folder)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    encoders = [line for line in lines(listed.stdout) if line.startswith(get_ffmpeg_exe())]
    assert not [line for line in encoders if str(folder) in line]


def count_frames(film, size):
    """How many frames of a size a player would show."""
    return sum(1 for _ in decode(film, size))


def fake_ffmpeg(folder, commands, mode=0o755):
    """An ffmpeg that tells its version, and then runs shell commands instead of encoding.

    Among them half_a_film leaves a broken film where a whole one is asked for.
    """
    path = folder / "ffmpeg"
    path.write_text(
        '#!/bin/sh\n[ "$1" = -version ] && exit 0\n'
        'for film; do :; done\nhalf_a_film() { echo half > "$film"; }\n'
        f"{commands}\n"
    )
    path.chmod(mode)
    return path
