"""How training went, as it is told, and what a script ends with."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from helpers.models import X, Y
from helpers.scripts import lines
from torch import nn

import common
from torchreplay.cli.outcome import outcomes, print_troubles, report, trouble_of
from torchreplay.data.dataset import Dataset, make_dataset
from torchreplay.record.history import History
from torchreplay.replay.recorder import Recorder


def record(epochs, loss=0.5, accuracy=0.75, diverged=False):
    """The History of some epochs, of which no more is told than loss and accuracy at the last."""
    dataset = make_dataset("moons", points=4)
    losses, accuracies = np.array([0.9] * epochs + [loss]), np.array([0.5] * epochs + [accuracy])
    return History(dataset, {}, losses, accuracies, nn.Linear(2, 1), diverged=diverged)


def with_biases(biases):
    """The History of a 2-3-2-1 network of relu with some biases of the first layer."""
    torch.manual_seed(1)
    network = common.Network(hidden=(3, 2), activation="relu")
    with torch.no_grad():
        network.logit[0].bias.copy_(torch.tensor(biases))
        network.logit[2].weight.copy_(torch.tensor([[1.0, 1, 1], [-1, -1, -1]]))
        network.logit[2].bias.copy_(torch.tensor([1.0, 10]))
        network.logit[4].weight.fill_(0.1)
    return Recorder(network, Dataset(X, Y[:, None])).history()


def made(*files, faults=()):
    """As much of an OutputFolder as is told of it."""
    return SimpleNamespace(files=[Path(file) for file in files], faults=list(faults))


def settings(rate=3.0, momentum=0.0, weight_decay=0.0):
    return {"learning_rate": rate, "momentum": momentum, "weight_decay": weight_decay}


# Troubles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "training", "line"),
    [
        (with_biases([0, 0, 0]), settings(), ""),
        (record(0, diverged=True), settings(1e300), "training diverged at epoch 1: set"),
        (record(6, diverged=True), settings(50), "epoch 7: set --learning-rate below 50"),
        (
            record(6, diverged=True),
            settings(50, 0.9),
            "epoch 7: lower --momentum, or set --learning-rate below 50",
        ),
        (
            record(6, diverged=True),
            settings(50, 0.0, 0.1),
            "epoch 7: lower --weight-decay, or set --learning-rate below 50",
        ),
        (with_biases([0, -99, 0]), settings(), "unit 2 of hidden layer 1 put out nothing for"),
        (with_biases([0, -99, -99]), settings(), "layer 1, and 1 more, put out nothing"),
    ],
)
def test_trouble_and_its_remedy(history, training, line):
    told = trouble_of(history, training)
    assert line in told and bool(line) == bool(told)


def test_troubles_are_told_alike_alone_and_in_a_comparison(capsys):
    histories = {"3": with_biases([0, 0, 0]), "50": record(6, diverged=True)}
    runs = {"3": {"training": settings(3.0)}, "50": {"training": settings(50.0)}}
    print_troubles(histories, runs)
    print_troubles({"": histories["50"]}, {"": runs["50"]})
    compared, alone = lines(capsys.readouterr().err)
    assert compared == f"50: {alone}"
    assert alone == "training diverged at epoch 7: set --learning-rate below 50"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"learning_rate": 30.0}, ""),
        ({"learning_rate": 0.001}, ""),
        ({"learning_rate": 3.0, "momentum": 0.99}, ""),
        (
            {"learning_rate": 1e30},
            "the network is saturated, a hidden layer puts out the same for every point: set"
            " --learning-rate below 1e+30",
        ),
        ({"learning_rate": 1e30, "momentum": 0.9}, "lower --momentum"),
        ({"learning_rate": 1e30, "activation": "tanh"}, "the loss of its errors is above 100"),
        ({"learning_rate": 300.0, "epochs": 60}, "its parameters do not change any more"),
        ({"learning_rate": 100.0, "epochs": 30, "hidden": (10, 5, 2)}, "it puts out the same for"),
    ],
)
def test_saturation_of_trained_networks(dataset, changes, told):
    training = {"epochs": 20, **settings(), **changes}
    torch.manual_seed(41)
    shape = {name: training.pop(name) for name in ("activation", "hidden") if name in training}
    network = common.Network(**shape)
    trouble = trouble_of(common.train(network, dataset, **training), training)
    assert told in trouble
    assert ("saturated" in trouble) == bool(told)


# Networks that have not learned ------------------------------------------------------------------


@pytest.fixture(scope="module")
def petals(tmp_path_factory):
    """Length and width of petals, as of two species of iris: 3.6 ± 1.8 and 1.2 ± 0.8."""
    random = np.random.RandomState(0)
    centers = np.repeat([[1.5, 0.2], [4.3, 1.3], [5.6, 2.0]], 50, axis=0)
    rows = centers + random.normal(0, 1, (150, 2)) * [0.4, 0.2]
    path = tmp_path_factory.mktemp("petals") / "petals.csv"
    labels = np.repeat(["setosa", "versicolor", "virginica"], 50)
    lines = [f"{a:.1f},{b:.1f},{label}" for (a, b), label in zip(rows, labels, strict=True)]
    path.write_text("\n".join(["length,width,species", *lines]))
    return path


def trouble_after(data, epochs=200, seed=41, network=(), **changes):
    """The History of a run, and the line on what went wrong."""
    training = {"epochs": epochs, **settings(), "augment": 0.0, **changes}
    dataset = common.load_dataset(**data)
    history = common.train(common.make_seeded(dataset, seed, **dict(network)), dataset, **training)
    return history, trouble_of(history, training)


RATE = "try another --learning-rate, or more --epochs, or more units in --hidden"


def test_a_network_that_predicts_one_class_needs_scaled_features(petals):
    flower = {"source": petals, "positive": "virginica"}
    history, trouble = trouble_after(flower)
    assert history.accuracy[-1] == pytest.approx(2 / 3)
    assert trouble == "the network predicts not virginica for every point: give --standardize"
    history, trouble = trouble_after(flower | {"standardized": True})
    assert history.accuracy[-1] > 0.9
    assert trouble == ""


@pytest.mark.parametrize("rate", [0.001, 0.01])
def test_a_network_that_hardly_moves_predicts_one_class(rate):
    history, trouble = trouble_after({"source": "parabolas"}, learning_rate=rate)
    assert history.accuracy[-1] == 0.5
    assert trouble == f"the network predicts class 1 for every point: {RATE}"


@pytest.mark.parametrize("data", ["circles", "xor"])
def test_sigmoids_in_two_layers_that_learn_nothing(data):
    sigmoids = {"hidden": (10, 2)}
    history, trouble = trouble_after({"source": data}, network=sigmoids)
    assert history.loss[-1] == pytest.approx(np.log(2), abs=1e-3)
    assert "the network gives every point nearly the same probability, 0.49" in trouble
    assert trouble.endswith(": try --activation tanh")
    history, trouble = trouble_after({"source": data}, network=sigmoids | {"activation": "tanh"})
    assert history.accuracy[-1] > 0.9
    assert trouble == ""


def test_a_network_too_small_for_its_data():
    _, trouble = trouble_after({"source": "circles"})
    assert trouble.endswith(RATE) and "nearly the same probability" in trouble


def test_a_penalty_that_keeps_the_parameters_small():
    _, trouble = trouble_after({"source": "moons"}, learning_rate=0.1, weight_decay=0.3)
    assert "nearly the same probability" in trouble
    assert trouble.endswith(": lower --weight-decay")


def test_relu_units_dead_from_the_start():
    """A lower rate does not help them, but another initialization does."""
    relu = {"hidden": (2, 2), "activation": "relu"}
    history, trouble = trouble_after({"source": "moons"}, epochs=20, network=relu)
    with torch.no_grad():
        assert not history.network(0).logit[:4](history.dataset.X).any()
    assert trouble == (
        "hidden layer 2 puts out nothing for any point, from epoch 0 on: try another --seed or"
        " --activation"
    )
    history, trouble = trouble_after({"source": "moons"}, 200, 1, relu, learning_rate=0.3)
    assert history.accuracy[-1] > 0.85
    assert trouble == ""


@pytest.mark.parametrize(
    ("seed", "remedy"),
    [(0, "try another --seed"), (5, "try another --seed, or lower --learning-rate")],
)
def test_a_unit_that_was_silent_at_epoch_0_does_not_need_a_lower_rate(seed, remedy):
    relu = {"hidden": (2, 2), "activation": "relu"}
    history, trouble = trouble_after({"source": "moons"}, 200, seed, relu, learning_rate=0.3)
    with torch.no_grad():
        first = history.network(0).logit[:4](history.dataset.X)
    assert bool(first[:, 0].any()) == ("lower" in remedy)
    assert trouble == f"unit 1 of hidden layer 2 put out nothing for any point: {remedy}"


@pytest.mark.parametrize(
    ("data", "network"),
    [
        ("parabolas", {}),
        ("gaussians", {}),
        ("circles", {"hidden": (10,), "activation": "tanh"}),
        ("moons", {"hidden": (10, 2), "activation": "relu"}),
        ("spirals", {"hidden": (10, 2)}),
    ],
)
def test_a_training_that_goes_well_has_no_trouble(data, network):
    _, trouble = trouble_after({"source": data}, network=network)
    assert trouble == ""


# The report -------------------------------------------------------------------------------------


def test_report_of_a_run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = made(tmp_path / "out" / "a.png", "/there/b.mp4")
    report({"": record(200, 0.06521, 1.0)}, [200, 200], files)
    output, errors = capsys.readouterr()
    assert output == "epoch 200: loss 0.0652, accuracy 100.00%\nout/a.png\n/there/b.mp4\n"
    assert errors == ""


def test_report_tells_of_the_epochs_shown(capsys):
    report({"": record(200, 1e30, 1.0)}, [200, 0, 60], made())
    assert lines(capsys.readouterr().out) == [
        "epoch 0: loss 0.9000, accuracy 50.00%",
        "epoch 60: loss 0.9000, accuracy 50.00%",
        "epoch 200: loss 1e+30, accuracy 100.00%",
    ]


def test_report_of_points_held_out(capsys, held_out):
    report({"": held_out}, [4], made())
    loss, accuracy = held_out.validation_loss[4], held_out.validation_accuracy[4]
    (line,) = lines(capsys.readouterr().out)
    assert line.startswith(f"epoch 4: loss {held_out.loss[4]:.4f}, accuracy ")
    assert line.endswith(f"%; held out: loss {loss:.4f}, accuracy {accuracy:.2%}")


def test_report_of_several_runs(capsys):
    histories = {"0.3": record(9, 0.5, 0.5235), "1e9": record(0, 0.7, 0.5, diverged=True)}
    report(histories, [9], made("/there/b.mp4"))
    assert lines(capsys.readouterr().out) == [
        "0.3: epoch 9: loss 0.5000, accuracy 52.35%",
        "1e9: epoch 0: loss 0.7000, accuracy 50.00%",
        "/there/b.mp4",
    ]


def test_report_of_a_grid_is_a_table(capsys):
    """Columns by rows; a run that has diverged is told as that, a shorter one at its end."""
    histories = [record(9, 0.5, 1.0), record(2, 0.7, 0.5, diverged=True), record(4), record(9)]
    named = dict(zip("abcd", histories, strict=True))
    report(named, [9, 9], made("/there/b.mp4"), {"learning rate": ["1", "30"], "seed": ["5", "6"]})
    assert lines(capsys.readouterr().out) == [
        "epoch 9: loss and accuracy, learning rate across, seed down",
        "   1               30",
        "5  0.5000 100.00%  diverged",
        "6  0.5000 75.00%   0.5000 75.00%",
        "/there/b.mp4",
    ]


def test_no_more_than_some_runs_in_trouble_are_told(capsys):
    histories = {str(k): record(6, diverged=True) for k in range(36)}
    print_troubles(histories, {name: {"training": settings(50.0)} for name in histories})
    *told, last = lines(capsys.readouterr().err)
    assert len(told) == 6 and told[5].startswith("5: training diverged")
    assert last == "30 more runs are in trouble"


@pytest.mark.parametrize(
    ("histories", "faults"),
    [
        ({"": record(3)}, ["no film without ffmpeg"]),
        ({"": record(3, diverged=True)}, []),
        ({"1": record(3, diverged=True), "2": record(3, diverged=True)}, []),
    ],
    ids=["no film", "diverged", "all diverged"],
)
def test_report_of_what_is_not_whole_ends_in_1(capsys, histories, faults):
    with pytest.raises(SystemExit) as exit:
        report(histories, [3], made("/there/a.png", faults=faults))
    assert exit.value.code == 1
    output, errors = capsys.readouterr()
    assert lines(output)[-2:][0].endswith("epoch 3: loss 0.5000, accuracy 75.00%")
    assert lines(output)[-1] == "/there/a.png"
    assert errors == ""


def test_the_accuracy_of_each_class_is_printed():
    """Of three to ten classes; each against the network, asked anew."""
    for classes, printed in ((3, True), (11, False)):
        dataset = make_dataset("blobs", points=60, classes=classes)
        history = common.train(common.make_network(dataset), dataset, epochs=3)
        (line,) = outcomes(history, [3])
        with torch.no_grad():
            found = history.network(3).logit(dataset.X).argmax(dim=1) == dataset.y[:, 0]
        of_each = [
            found[dataset.y[:, 0] == label].float().mean().item() for label in range(classes)
        ]
        words = ", ".join(f"class {label} {share:.1%}" for label, share in enumerate(of_each))
        assert line.endswith(f"; {words}") == printed
        assert ("class" in line) == printed
