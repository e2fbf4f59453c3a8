"""Records of the scripts: saved, shown without training, and refused in one line."""

import numpy as np
import pytest
import torch
from helpers.models import clouds, small, train
from helpers.scripts import assert_one_line, names, runner
from torch import nn

import common
from torchreplay.replay.recorder import Recorder

NETWORK = ("--data", "moons", "--points", "60", "--standardize", "--hidden", "3", "2",
           "--activation", "tanh", "--learning-rate", "1")  # fmt: skip
QUICK = ("--size", "120", "--views", "network")


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


@pytest.fixture
def saved(run, tmp_path):
    """The path of a record, and the folder of its pictures."""
    path, folder = tmp_path / "run.npz", tmp_path / "trained"
    arguments = (*NETWORK, *QUICK, "--epochs", "4", "--save-record", path, "--output-dir", folder)
    code, printed, errors = run("feature_space", *arguments)
    assert (code, errors) == (0, [])
    assert str(path) in printed[1]
    return path, folder


def test_pictures_of_a_record_are_those_of_its_training(run, saved, tmp_path, monkeypatch):
    path, folder = saved
    monkeypatch.setattr(common, "train", None)
    monkeypatch.setattr(common, "load_dataset", None)
    again = tmp_path / "again"
    code, _, errors = run("feature_space", *QUICK, "--record", path, "--output-dir", again)
    assert (code, errors) == (0, [])
    assert names(again) == names(folder)
    for name in names(folder):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    code, _, errors = run("input_space", "--record", path, "--to", "2", "--output-dir", again)
    assert (code, errors) == (0, [])


@pytest.mark.parametrize(
    "typed",
    [("--seed=3",), ("--data", "xor"), ("--epochs", "2"), ("--hidden", "2"), ("--latent",),
     ("--compare", "seed", "1", "2")],
)  # fmt: skip
def test_what_a_record_says_itself_is_not_to_be_typed(run, saved, tmp_path, typed):
    flag = typed[0].partition("=")[0]
    code, _, errors = run("feature_space", "--record", saved[0], *typed)
    assert code == 2
    assert_one_line(errors, f"--record has its own data, network and training: leave out {flag}")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--to", "9"), "--to 9 comes after the last of 4 --epochs"),
        (("--epoch", "5"), "--epoch 5 comes after the last of 4 --epochs"),
        (("--save-record", "b.npz"), "leave out --save-record"),
    ],
)
def test_epochs_are_those_of_the_record(run, saved, typed, words):
    code, _, errors = run("feature_space", "--record", saved[0], *typed)
    assert code == 2
    assert_one_line(errors, words)


def test_other_records_and_files_are_refused(run, tmp_path):
    """That of somebody's own model, of two epochs each, and no record at all."""
    X, y = clouds()
    loss = nn.BCEWithLogitsLoss()
    for every in (1, 2):
        model = small()
        found = Recorder(model, X, y, loss=loss, every=every)
        train(model, X, y, loss, 1, found)
        found.replay().save(tmp_path / f"{every}.npz")
    (tmp_path / "junk.npz").write_text("junk")
    for name, words in (
        ("1", "is not of a network that can be built here: Replay.load reads it"),
        ("2", "is of every 2 epochs"),
        ("junk", "is no record, or a broken one"),
        ("nothing", "cannot read record"),
    ):
        folder = tmp_path / "outputs"
        path = tmp_path / f"{name}.npz"
        code, _, errors = run("feature_space", "--record", path, "--output-dir", folder)
        assert code
        assert_one_line(errors, words)
        assert not folder.exists()


def test_places_that_cannot_take_a_record_are_refused_before_training(run, tmp_path, monkeypatch):
    monkeypatch.setattr(common, "train", None)
    for path, words in (
        (tmp_path, "is a folder: name a file"),
        (tmp_path / "no" / "a", "no folder"),
    ):
        code, _, errors = run("input_space", "--save-record", path)
        assert code == 2
        assert_one_line(errors, words)
    arguments = ("--save-record", tmp_path / "a", "--compare", "seed", "1", "2")
    code, _, errors = run("input_space", *arguments)
    assert_one_line(errors, "--save-record is for one run: leave out --compare")


def test_a_record_that_replay_saved_is_shown_as_well(run, tmp_path):
    torch.manual_seed(41)
    dataset = common.load_dataset("xor", points=40)
    network = common.make_network(dataset)
    found = Recorder(network, dataset)
    for parameter in network.parameters():
        parameter.data += 0.1
    found.record()
    found.replay().save(tmp_path / "mine.npz")
    arguments = ("--record", tmp_path / "mine.npz", "--size", "120", "--output-dir", tmp_path / "o")
    code, printed, errors = run("feature_space", *arguments)
    assert (code, errors) == (0, [])
    loss = found.history().loss[1]
    assert printed[0].startswith(f"epoch 1: loss {loss:.4f}")
    assert np.isfinite(loss)
