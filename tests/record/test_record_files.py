"""Records as files: what is saved is what is loaded, and other files are refused in a line."""

import json

import numpy as np
import pytest
import torch
from helpers.models import Nested, clouds, small, train
from torch import nn

import common
from torchreplay.errors import UserError
from torchreplay.record.files import load_record, rebuild_record, save_record
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay

LOGIT = nn.BCEWithLogitsLoss()
X, Y = clouds()


@pytest.fixture
def history():
    model = small()
    found = Recorder(
        model, X, Y, loss=LOGIT, names=["a", "b"], classes=["no", "yes"], every=2, label="step"
    )
    train(model, X, Y, LOGIT, steps=10, recorder=found)
    return found.history()


@pytest.fixture
def path(history, tmp_path):
    save_record(tmp_path / "run.npz", history)
    return tmp_path / "run.npz"


def test_what_is_loaded_is_what_was_saved(history, path):
    model = small()
    before = [value.clone() for value in model.parameters()]
    loaded = load_record(path, model)
    for name in ("loss", "accuracy", "epochs"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(history, name))
    for name, values in history.parameters.items():
        np.testing.assert_array_equal(loaded.parameters[name], values)
        assert loaded.parameters[name].dtype == values.dtype
    for name in ("every", "label", "output", "diverged", "last"):
        assert getattr(loaded, name) == getattr(history, name)
    assert torch.equal(loaded.dataset.X, history.dataset.X)
    assert torch.equal(loaded.dataset.y, history.dataset.y)
    assert (loaded.dataset.names, loaded.dataset.classes) == (("a", "b"), ("no", "yes"))
    assert all(map(torch.equal, before, model.parameters()))


def test_a_loaded_replay_shows_the_same_pictures(history, path, tmp_path):
    again = Replay.load(path, small())
    for ours, theirs in (
        (again.input_space(), Replay(history).input_space()),
        (again.feature_space(), Replay(history).feature_space()),
    ):
        frames = [space.animate([6]).picture.draw(3) for space in (ours, theirs)]
        np.testing.assert_array_equal(*map(np.array, frames))


def test_kept_features_are_loaded_without_a_model(tmp_path):
    found = Recorder(Nested(), X, Y, loss=LOGIT, keep="features").replay()
    found.save(tmp_path / "kept.npz")
    again = Replay.load(tmp_path / "kept.npz")
    frames = [replay.feature_space().animate([0]).picture.draw(0) for replay in (found, again)]
    np.testing.assert_array_equal(*map(np.array, frames))


def test_networks_of_the_scripts_keep_how_they_are_built(tmp_path):
    dataset = common.load_dataset("moons", points=50)
    history = common.train(common.make_network(dataset, [3, 2], "tanh"), dataset, epochs=1)
    save_record(tmp_path / "run.npz", history)
    again = load_record(tmp_path / "run.npz", common.make_network(dataset, [3, 2], "tanh"))
    assert again.dataset.source == "moons"
    assert again.training == history.training
    assert again.training["learning_rate"] == 3.0
    np.testing.assert_array_equal(again.loss, history.loss)
    with pytest.raises(UserError, match="it is of another kind"):
        load_record(tmp_path / "run.npz", Wrapped(common.make_network(dataset, [3, 2], "tanh")))


def test_an_older_record_of_relu_keeps_the_weights_that_it_began_with(tmp_path):
    """They were drawn by Xavier's rule, of which a new network knows nothing."""
    dataset = common.load_dataset("moons", points=50)
    network = common.make_network(dataset, [4], "relu")
    torch.nn.init.xavier_normal_(network.logit[0].weight)
    began = network.logit[0].weight.detach().numpy().copy()
    history = common.train(network, dataset, epochs=2)
    save_record(tmp_path / "run.npz", history)
    again = rebuild_record(tmp_path / "run.npz", common.make_network)
    np.testing.assert_array_equal(again.network(0).logit[0].weight.detach(), began)
    np.testing.assert_array_equal(again.loss, history.loss)


class Wrapped(nn.Module):
    """The same layers by the same names, but nothing else of a Network."""

    def __init__(self, network):
        super().__init__()
        self.logit = network.logit

    def forward(self, x):
        return self.logit(x)


def test_an_older_file_is_replaced_by_a_whole_one(history, path, monkeypatch):
    before = path.read_bytes()

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(UserError, match=r"cannot write .*: No space left on device"):
        save_record(path, history)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["run.npz"]


def test_nothing_is_pickled(path):
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(str(arrays["about"]))
    assert about["format"] == 1
    assert about["versions"]["torch"] == torch.__version__
    np.testing.assert_array_equal(arrays["X"], X)


def rewritten(path, **changes):
    """The file with other facts (about_…) or arrays."""
    arrays = dict(np.load(path))
    about = json.loads(str(arrays["about"]))
    facts = {name.removeprefix("about_") for name in changes if name.startswith("about_")}
    about |= {name: changes.pop(f"about_{name}") for name in facts}
    arrays |= {"about": np.array(json.dumps(about)), **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})


@pytest.mark.parametrize(
    "change",
    [
        {"loss": np.zeros(3)},
        {"loss": np.full(6, np.nan)},
        {"accuracy": np.zeros((6, 2))},
        {"X": np.zeros((3, 2), np.float32)},
        {"X": np.full((60, 2), "a")},
        {"y": None},
        {"about": np.array("{")},
        {"about": np.array("[]")},
        {"parameter 0.weight": np.zeros((1, 2, 2), np.float32)},
        {"parameter 0.weight": np.full((6, 2, 2), "a")},
        {"about_every": "x"},
        {"about_every": 0},
        {"about_output": "x"},
        {"about_names": 3},
        {"about_settings": [1]},
    ],
    ids=str,
)
def test_parts_that_do_not_fit_together_are_refused(path, change):
    rewritten(path, **change)
    with pytest.raises(UserError, match=r"run.npz is no record, or a broken one"):
        load_record(path, small())


def test_broken_files_are_refused(path):
    whole = path.read_bytes()
    for broken in (b"", b"junk" * 99, *(whole[: len(whole) * k // 7] for k in range(7))):
        path.write_bytes(broken)
        with pytest.raises(UserError, match="is no record, or a broken one: save it anew"):
            load_record(path, small())
    np.savez(path, a=np.zeros(3))
    with pytest.raises(UserError, match="is no record"):
        load_record(path, small())
    np.save(path.with_suffix(".npy"), np.zeros(3))
    with pytest.raises(UserError, match="is no record"):
        load_record(path.with_suffix(".npy"), small())


@pytest.mark.parametrize("fault", ["missing", "short", "numbers"])
def test_records_of_points_held_out_are_whole(held_out, tmp_path, fault):
    """What is saved is loaded; a mask that is not there or does not fit makes a broken file."""
    path = save_record(tmp_path / "held.npz", held_out)
    found = common.train_replays({}, path)[""].history
    assert found.validation_loss[-1] == held_out.validation_loss[-1]
    with np.load(path) as file:
        arrays = dict(file)
    mask = arrays.pop("held_out")
    arrays |= {"missing": {}, "short": {"held_out": mask[1:]}, "numbers": {"held_out": 1.0 * mask}}[
        fault
    ]
    np.savez(path, **arrays)
    with pytest.raises(UserError, match="no record, or a broken one"):
        common.train_replays({}, path)


def test_newer_formats_are_distinguished_from_broken_files(path):
    rewritten(path, about_format=4)
    with pytest.raises(UserError, match="record of a newer version of torchreplay"):
        load_record(path, small())


def test_files_that_are_not_there(history, tmp_path):
    with pytest.raises(UserError, match=r"cannot read record .*: No such file or directory"):
        load_record(tmp_path / "nothing.npz", small())
    with pytest.raises(UserError, match=r"cannot read record .*: Is a directory"):
        load_record(tmp_path, small())
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write to .*: Not a directory; choose another"):
        save_record(tmp_path / "file" / "run.npz", history)


def test_a_missing_folder_is_made(history, tmp_path):
    path = save_record(tmp_path / "new" / "run", history)  # the name is as it was given
    assert load_record(path, small()).last == history.last


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)), r"its 0.weight has shape"),
        (small(nn.Linear(1, 1)), "its 3.weight was not recorded"),
        (nn.Sequential(nn.Linear(2, 2)), "it has no 2.weight"),
    ],
)
def test_the_first_parameter_that_does_not_fit_is_named(path, model, words):
    with pytest.raises(UserError, match=f"the model does not fit .*run.npz: {words}"):
        load_record(path, model)


def test_no_model_is_reported_as_such(path):
    with pytest.raises(UserError, match=r"is a record of parameters: give the model, too"):
        Replay.load(path)
