"""Faults in both worlds: what Python says, and what the command line prints."""

import errno
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.models import LOGIT
from helpers.scripts import lines

import common
from torchreplay import Recorder, SpaceReplay
from torchreplay.cli.checks import picture_memory
from torchreplay.cli.script import faults_in_one_line
from torchreplay.data.dataset import make_dataset, read_dataset
from torchreplay.errors import UserError
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE, check_dimensions
from torchreplay.system.faults import explain
from torchreplay.system.staging import check_place, staging
from torchreplay.training.search import Search

UNNAMED = ",wide x,y,kind\n4,0.5,2,a\n2,0.25,-1,b\n"
MANY = ",".join([*map("name {}".format, range(60)), "kind"]) + "\n" + "1.5," * 59 + "NA,a\n"
VIEWS = ["probabilities", "loss", "losses", "gradients", "weights", "network"]


def csv(content, **columns):
    """A function that reads a file of some content."""

    def read():
        Path("points.csv").write_text(content)
        read_dataset("points.csv", **columns)

    return read


def with_one_unit(show):
    """A function that shows a network of one unit."""

    def shown():
        dataset = make_dataset("moons", points=20)
        show(dataset, common.make_network(dataset, [1]))

    return shown


def beside(dataset, network):
    history = common.train(network, dataset, epochs=1)
    SpaceReplay(history, INPUT_SPACE, [1]).picture(["feature"])


def infinite():
    model = torch.nn.Linear(2, 1)
    torch.nn.init.constant_(model.bias, torch.inf)
    Recorder(model, torch.zeros(2, 2), [0, 1], loss=LOGIT)


def write_to_a_file():
    Path("taken").write_text("from before")
    with staging(Path("taken")):
        pytest.fail("entered")


def refuse(fault):
    """A function that raises what a fault of the machine is told as."""

    def refused():
        raise explain(fault)

    return refused


@pytest.mark.parametrize(
    ("fail", "python", "typed"),
    [
        (
            csv("1 2 a\n2 1 b\n1 1 c\n"),
            "points.csv: column 3 has another label in every line: correct them, train one against"
            " the rest with positive=, or choose the column of the labels with label=",
            "points.csv: column 3 has another label in every line: correct them, train one against"
            " the rest with --positive, or choose the column of the labels with --label",
        ),
        (
            csv("1 2 0.5\n2 1 0.25\n1 1 2\n"),
            "are classes, learn the numbers with regression=True, train one against the rest with"
            " positive=, or choose the column of the labels with label=",
            "are classes, learn the numbers with --regression, train one against the rest with"
            " --positive, or choose the column of the labels with --label",
        ),
        (
            csv(UNNAMED),
            "line 1: column 1 has no name, as if it numbered the lines: give it one, or leave the"
            " column out with features=['wide x', 'y']",
            "line 1: column 1 has no name, as if it numbered the lines: give it one, or leave the"
            " column out with --features 'wide x' y",
        ),
        (csv(MANY), "'name 18', 'name 19', ...]", "'name 57' 'name 58'"),
        (
            csv("1,2,3,0\n2,1,1,1\n", label="4", features=["1", "4"]),
            "features= and label= name a column twice",
            "--features and --label name a column twice",
        ),
        (
            with_one_unit(lambda dataset, net: check_dimensions(FEATURE_SPACE, net, dataset)),
            "the feature space has 1 dimension, not 2: latent=True appends a layer of 2 units",
            "the feature space has 1 dimension, not 2: --latent appends a layer of 2 units",
        ),
        (
            with_one_unit(beside),
            "the feature space has 1 dimension, not 2: leave out views=['feature']",
            "the feature space has 1 dimension, not 2: leave out --views feature",
        ),
        (
            infinite,
            "more than can be shown: try standardized=True, or scale X",
            "more than can be shown: try --standardize, or scale X",
        ),
        (
            lambda: picture_memory(["gif"], 3, VIEWS, size=8190),
            "too large for forms=['gif']: lower size=",
            "too large for --format gif: lower --size",
        ),
        (
            lambda: Search({"momentum": [1.0, 2.0]}, np.full((3, 2), np.nan)).best,
            "all 2 runs of the search have diverged: give param_grid= lower values",
            "all 2 runs of the search have diverged: give --search lower values",
        ),
        (
            lambda: check_place(Path()),
            ". is a folder: move it, or name another folder=",
            ". is a folder: move it, or name another --output-dir",
        ),
        (
            write_to_a_file,
            "cannot write to taken: Not a directory; name another folder with folder=",
            "cannot write to taken: Not a directory; name another folder with --output-dir",
        ),
        (
            refuse(OSError(errno.EFBIG, "File too large")),
            "allow larger files (ulimit -f), or lower size= or epochs=",
            "allow larger files (ulimit -f), or lower --size or --epochs",
        ),
        (
            refuse(OSError(errno.ENOSPC, "No space left on device")),
            "free the disk, or name another folder with path=",
            "free the disk, or name another folder with --output-dir",
        ),
    ],
)
def test_fault_is_told_in_the_words_of_who_reads_it(
    fail, python, typed, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as fault:
        fail()
    assert str(fault.value).endswith(python)
    with pytest.raises(SystemExit), faults_in_one_line():
        fail()
    (line,) = lines(capsys.readouterr().err)
    assert line.endswith(typed)
