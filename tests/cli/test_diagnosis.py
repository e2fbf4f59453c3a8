"""What is found out about the networks of any record, the scripts' own or not."""

import dataclasses

import numpy as np
import pytest
import torch
from helpers.models import LOGIT, Functional, Nested, X, Y, move, small
from torch import nn

import common
from torchreplay.cli.diagnosis import indifference, needs_standardizing, saturation, silent_units
from torchreplay.data.dataset import Dataset, make_dataset
from torchreplay.replay.recorder import Recorder


def images():
    """A network for images of one channel, 4 × 4."""
    torch.manual_seed(1)
    layers = nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1)
    return nn.Sequential(*layers)


PICTURES = torch.randn(60, 1, 4, 4, generator=torch.Generator().manual_seed(0))
FOREIGN = {
    "layers": (small, X, {"loss": LOGIT}),
    "functions": (Functional, X, {}),
    "nested": (Nested, X, {"loss": LOGIT}),
    "a single layer": (lambda: nn.Linear(2, 1), X, {"loss": LOGIT}),
    "images": (images, PICTURES, {"loss": LOGIT}),
    "two logits": (lambda: nn.Linear(2, 2), X, {"loss": nn.CrossEntropyLoss()}),
    "features": (small, X, {"loss": LOGIT, "keep": "features"}),
    "features without a head": (Functional, X, {"keep": "features"}),
}


def recorded(model, x, change, **settings):
    """The History of a model that is changed once after its initialization."""
    recorder = Recorder(model, x, Y, **settings)
    with torch.no_grad():
        change(model)
    assert recorder.record()
    return recorder.history()


@pytest.mark.parametrize("name", FOREIGN)
def test_a_model_that_learns_has_no_trouble(name):
    make, x, settings = FOREIGN[name]
    torch.manual_seed(6)
    history = recorded(make(), x, move, **settings)
    assert saturation(history, 1) == "" == saturation(history, 0)
    assert silent_units(history, 1) == []


@pytest.mark.parametrize("name", FOREIGN)
def test_a_model_that_puts_out_the_same_for_every_point_is_told(name):
    make, x, settings = FOREIGN[name]
    torch.manual_seed(6)
    history = recorded(make(), x, lambda model: [p.zero_() for p in model.parameters()], **settings)
    assert "puts out the same for every point" in saturation(history, 1)
    assert saturation(history, 0) == ""


@pytest.mark.parametrize("name", FOREIGN)
def test_parameters_that_do_not_change_are_told(name):
    make, x, settings = FOREIGN[name]
    torch.manual_seed(6)
    history = recorded(make(), x, lambda model: None, **settings)
    assert saturation(history, 1) == "its parameters do not change any more"


def test_a_hidden_layer_far_in_its_ends_is_constant_while_the_output_is_not():
    class Shortcut(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.act, self.out = nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)

        def forward(self, x):
            return self.out(x + self.act(self.hidden(x)))

    torch.manual_seed(1)
    history = recorded(Shortcut(), X, lambda model: model.hidden.bias.fill_(99), loss=LOGIT)
    assert saturation(history, 1) == "a hidden layer puts out the same for every point"


def test_units_that_put_out_nothing_are_counted_by_hidden_layers():
    def silence(model):
        model[0].bias[[1, 3]] = -99
        model[2].bias[0] = -99

    torch.manual_seed(1)
    layers = nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 1)
    history = recorded(nn.Sequential(*layers), X, silence, loss=LOGIT)
    with torch.no_grad():
        first = history.network(1).model[:2](X)
        second = history.network(1).model[:4](X)
    expected = [(1, k + 1) for k in range(4) if not first[:, k].any()]
    expected += [(2, k + 1) for k in range(2) if not second[:, k].any()]
    assert {(1, 2), (1, 4), (2, 1)} <= set(expected)
    assert silent_units(history, 1) == expected


def test_a_network_without_hidden_layers_has_no_units():
    history = Recorder(common.Network(hidden=()), Dataset(X, Y[:, None])).history()
    assert (saturation(history, 0), silent_units(history, 0)) == ("", [])


@pytest.mark.parametrize(
    ("columns", "needs"),
    [
        ([[-1.0, 1], [-2, 2]], False),
        ([[-1.0, 1], [-20, 20]], True),
        ([[-1.0, 1], [5, 6]], True),
        ([[-1.0, 1], [0, 0]], False),
    ],
)
def test_features_of_different_scales_or_far_from_0_need_standardizing(columns, needs):
    points = Dataset(torch.tensor(columns).T, torch.tensor([[0.0], [1.0]]))
    assert needs_standardizing(points) == needs
    assert not needs_standardizing(dataclasses.replace(points, standardized=True))


def indifferent(name, bias, slope):
    """The History of a network whose output layer has a bias, and a single weight."""
    dataset = make_dataset(name, points=40)
    network = common.make_network(dataset)
    history = common.train(network, dataset, epochs=50, learning_rate=0.0)
    with torch.no_grad():
        network.logit[0].weight.mul_(10)
        network.logit[-1].weight.zero_()
        network.logit[-1].weight[-1, 0] = slope
        network.logit[-1].bias.copy_(torch.tensor(bias))
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    parameters = {name: np.repeat(values[None], 51, axis=0) for name, values in state.items()}
    return dataclasses.replace(history, parameters=parameters, probes=None)


@pytest.mark.parametrize(
    ("name", "bias", "slope", "words"),
    [
        ("hills", [0.25], 0.0, "predicts nearly the same number for every point, 0.25"),
        ("hills", [5.0], 0.5, "predicts worse than the mean of all numbers would"),
        ("blobs", [0.0, 0, 1], 1.5, "predicts class 2 for every point"),
    ],
)
def test_a_network_that_predicts_one_number_or_one_class(name, bias, slope, words):
    history = indifferent(name, bias, slope)
    assert indifference(history, 50) == words
    assert indifference(history, 49) == ""
