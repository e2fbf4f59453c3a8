"""Paths as users give them, and what is said of those that no file can have."""

import contextlib
import os
import tempfile
from pathlib import Path

import pytest
from helpers.models import replayed, small

import common
from torchreplay import Replay
from torchreplay.data.dataset import read_dataset
from torchreplay.system.paths import given_file, given_path

LONG = "long" * 75


@pytest.fixture(scope="module")
def uses():
    """Functions of a path, by name: all that read or write a file of a user."""
    replay = replayed(small())
    picture = replay.input_space().picture()
    film = replay.input_space().animate(size=120)
    return {
        "save": replay.save,
        "load": Replay.load,
        "to_html": replay.to_html,
        "picture": lambda path: picture.save(f"{path}.png", 1),
        "film": lambda path: film.save(f"{path}.gif"),
        "frames": film.save,
        "load_dataset": common.load_dataset,
        "read_dataset": read_dataset,
    }


USES = ("save", "load", "to_html", "picture", "film", "frames", "load_dataset", "read_dataset")


def refusal(use, path):
    """What is said of a path; an error of Python's own fails the test."""
    with pytest.raises(ValueError) as fault:
        use(path)
    assert type(fault.value).__module__ == "torchreplay.errors"
    assert "\n" not in str(fault.value)
    return str(fault.value)


@pytest.mark.parametrize("name", USES)
def test_name_that_is_too_long_is_refused_with_its_reason(uses, tmp_path, name):
    assert "File name too long" in refusal(uses[name], tmp_path / LONG)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", USES)
def test_null_character_is_refused(uses, tmp_path, name):
    assert "null character" in refusal(uses[name], f"{tmp_path}/a\0b")


@pytest.mark.parametrize("name", ["save", "load", "to_html", "read_dataset"])
def test_path_that_ends_in_a_slash_names_no_file(uses, tmp_path, name):
    assert "names a folder: name a file" in refusal(uses[name], f"{tmp_path}/file/")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def closed():
    """A folder that nobody may search, in a place that anybody may."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "closed"
        folder.mkdir(0o000)
        Path(place).chmod(0o711)
        yield folder


@pytest.mark.parametrize("name", USES)
def test_folder_that_may_not_be_searched_is_refused_with_its_reason(uses, closed, tmp_path, name):
    """Root may search any folder, so another user tries it, in a process of its own."""
    refusal(uses[name], tmp_path / LONG)  # it loads what the other user may not read
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(PermissionError):
            os.setuid(65534)
        with contextlib.suppress(BaseException):
            os.write(telling, refusal(uses[name], closed / "file").encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(telling)
    with open(told) as pipe:  # noqa: PTH123, it has no path
        assert "Permission denied" in pipe.read()


# Home -------------------------------------------------------------------------------------------


def test_wave_is_the_home_folder_in_every_use(uses, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("save", "to_html", "picture", "film", "frames"):
        uses[name](f"~/new/{name}")
    made = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert made == ["film.gif", "frames", "picture.png", "save", "to_html"]
    (tmp_path / "points.csv").write_text("1,2,a\n2,1,b\n")
    assert len(common.load_dataset("~/points.csv").X) == len(read_dataset("~/points.csv").X) == 2
    assert Replay.load("~/new/save", small()).history.last == 3


def test_name_that_only_begins_with_a_wave_stays():
    assert given_path("~nobody-has-this-name/x") == Path("~nobody-has-this-name/x")
    assert given_file("a~/b") == Path("a~/b")
