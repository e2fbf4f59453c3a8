"""The option --bend: a second film, of one epoch, beside that of all."""

import numpy as np
import pytest
from conftest import decode
from helpers.scripts import QUICK, assert_one_line, files_of, names, runner
from matplotlib.image import imread
from PIL import Image, ImageSequence

import common
from torchreplay.cli.options import parse_options
from torchreplay.replay import bending
from torchreplay.spaces.space import FEATURE_SPACE

FRAMES = 12


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


@pytest.fixture
def short(monkeypatch):
    """Bends of a few frames."""
    monkeypatch.setattr(bending, "natural_frames", lambda stages: FRAMES)


@pytest.mark.parametrize(
    ("typed", "epoch"), [([], None), (["--bend"], 200), (["--bend", "0"], 0), (["--bend=80"], 80)]
)
def test_epoch(typed, epoch):
    options = parse_options("", common.DATASET.parent, typed, FEATURE_SPACE)
    assert options.bend.get("epoch") == epoch
    assert options.output["has_bend"] == bool(options.bend)


def test_looks_are_those_of_the_picture():
    typed = ["--bend", "3", "--size", "240", "--palette", "accessible", "--no-legend"]
    assert parse_options("", common.DATASET.parent, typed, FEATURE_SPACE).bend == {
        "epoch": 3, "size": 240, "palette": "accessible", "mark_errors": False, "legend": False
    }  # fmt: skip


@pytest.mark.usefixtures("short")
def test_film_begins_and_ends_with_the_stills_of_both_scripts(run, tmp_path):
    """The film of the training is made as well."""
    forms = ("--format", "mp4", "png")
    code, _, errors = run("feature_space", "--bend", *QUICK, *forms, "-o", tmp_path)
    assert (code, errors) == (0, [])
    folders = {"feature_space_frames", "feature_space_bend_frames"}
    made = {"feature_space_bend.mp4", *folders, *files_of("feature_space", 3)}
    assert set(names(tmp_path)) == made
    assert len(list(decode(tmp_path / "feature_space_bend.mp4", 300))) == FRAMES
    frames = sorted((tmp_path / "feature_space_bend_frames").iterdir())
    run("input_space", *QUICK, "-o", tmp_path)
    for space, frame in (("input_space", frames[0]), ("feature_space", frames[-1])):
        still = imread(tmp_path / files_of(space, 3)[1])[..., :3]
        np.testing.assert_array_equal(imread(frame), still)


@pytest.mark.usefixtures("short")
def test_time_is_that_of_the_other_film(run, tmp_path):
    timing = ("--format", "gif", "--fps", "10", "--hold", "2", "--once")
    assert run("feature_space", "--bend", *QUICK, *timing, "-o", tmp_path)[0] == 0
    for name, frames in (("feature_space", 3), ("feature_space_bend", FRAMES)):
        with Image.open(tmp_path / f"{name}.gif") as image:
            milliseconds = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
            assert "loop" not in image.info
        assert sum(milliseconds) == 100 * frames + 2000, name


@pytest.mark.usefixtures("short")
def test_epoch_beside_those_of_the_film(run, tmp_path):
    typed = ("--bend", "1", "--from", "2", "--hidden", "8", "--activation", "relu")
    code, *_ = run("feature_space", *typed, *QUICK, "--format", "png", "-o", tmp_path)
    assert code == 0
    folders = {"feature_space_frames": 2, "feature_space_bend_frames": FRAMES}
    for name, count in folders.items():
        assert len(names(tmp_path / name)) == count


@pytest.mark.parametrize(
    ("script", "typed", "words"),
    [
        ("input_space", "--bend", "--bend is for feature_space_visualization.py"),
        ("feature_space", "--bend 4", "--bend 4 comes after the last of 3 --epochs"),
        ("feature_space", "--bend --compare seed 1 2", "--bend shows one run: leave out --compare"),
        ("feature_space", "--bend --format html", "--bend is for --format mp4, gif, png"),
        ("feature_space", "--bend --data blobs --classes 5 --hidden 8", "shows 3 of 5 classes"),
    ],
)
def test_contradictions(run, tmp_path, script, typed, words):
    code, _, errors = run(script, *typed.split(), *QUICK, "-o", tmp_path)
    assert code == 2
    assert_one_line(errors, words)
    assert names(tmp_path) == []
