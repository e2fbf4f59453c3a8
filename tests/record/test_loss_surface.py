"""The loss over planes of parameter space, against formulas and models moved by hand."""

import copy

import numpy as np
import pytest
import torch
from helpers import formulas
from helpers.models import Functional, clouds, small
from torch import nn

from torchreplay.record import loss_surface
from torchreplay.record.loss_surface import (
    LossSurface,
    chain_of,
    cubics,
    many_losses,
    places_and_points,
)
from torchreplay.record.parameter_space import ParameterPath
from torchreplay.replay.recorder import Recorder


def ends(path):
    low, high = path.coordinates.min(axis=0), path.coordinates.max(axis=0)
    return low - 0.2 * (high - low), high + 0.2 * (high - low)


@pytest.mark.parametrize("names", [(), ("hidden.weight[0,1]", "output.bias")])
@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_values_are_those_of_the_formulas(history, dataset, weights, names, epoch):
    """Wherever in the plane, to a thousandth; and under the epoch itself is its true loss."""
    path = ParameterPath(history, 200, names)
    surface = LossSurface(history, path.directions, *ends(path))
    here = path.coordinates[epoch]
    values = surface.at(epoch, here)
    X, t = dataset.X.double().numpy(), dataset.y.double().numpy()
    theta = np.concatenate([value.ravel() for value in weights(epoch)])
    for row, column in np.random.default_rng(0).integers(0, values.shape, (12, 2)):
        place = surface.across[column], surface.up[row]
        moved = np.split(theta + (place - here) @ path.directions, [4, 6, 8])
        shaped = [moved[0].reshape(2, 2), moved[1], moved[2].reshape(1, 2), moved[3]]
        expected = formulas.loss(shaped, X, t)
        assert values[row, column] == pytest.approx(expected, rel=4e-3, abs=1e-3)
    found = [np.interp(here[0], surface.across, row) for row in values]
    assert np.interp(here[1], surface.up, found) == pytest.approx(history.loss[epoch], abs=3e-3)


def test_true_loss_and_that_of_the_projection_at_epoch_0(history, dataset, weights):
    """They differ, which is why the plane moves with the epoch."""
    path = ParameterPath(history, 200)
    surface = LossSurface(history, path.directions, [-1, -1], [1, 1])
    assert surface.at(0, (0, 0))[40, 40] == pytest.approx(0.738, abs=5e-4)
    matrix = np.array([np.concatenate([v.ravel() for v in weights(k)]) for k in range(201)])
    mean, (u, v) = matrix.mean(axis=0), path.directions
    projected = mean + ((matrix[0] - mean) @ u) * u + ((matrix[0] - mean) @ v) * v
    W, b, v, c = np.split(projected, [4, 6, 8])
    X, t = dataset.X.double().numpy(), dataset.y.double().numpy()
    assert formulas.loss([W.reshape(2, 2), b, v[None], c], X, t) == pytest.approx(0.692, abs=5e-4)


def test_a_bowl():
    """Of one weight and bias the loss is known: a logistic regression on four points."""
    X, y = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]]), torch.tensor([0.0, 1, 0, 1])
    model = nn.Linear(1, 1)
    recorder = Recorder(model, X, y, loss=nn.BCEWithLogitsLoss())
    history = recorder.history()
    path = ParameterPath(history, 0, ("model.weight[0,0]", "model.bias"))
    surface = LossSurface(history, path.directions, [-1, -1], [1, 1])
    values = surface.at(0, path.coordinates[0])
    a, b = np.meshgrid(surface.across, surface.up)
    z = a[..., None] * X[:, 0].numpy() + b[..., None]
    expected = (np.log1p(np.exp(z)) - y.numpy() * z).mean(axis=-1)
    np.testing.assert_allclose(values, expected, atol=2e-5)


def loop(model, X, y):
    """The losses of a model at its own and at other parameters, and these, by their names."""
    history = Recorder(model, X, y, loss=nn.BCEWithLogitsLoss()).history()
    loss = loss_surface.Loss(history.network(0), history.dataset)
    torch.manual_seed(0)
    moved = {name: value + torch.randn(5, *value.shape) for name, value in loss.named_parameters()}
    expected = []
    for k in range(5):
        other = copy.deepcopy(loss)
        for name, value in other.named_parameters():
            value.data = moved[name][k]
        expected.append(other().item())
    return loss, moved, expected


class Branching(nn.Module):
    """A model that asks for a number on the way, which cannot be done for many at once."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(2, 2), nn.Linear(2, 1)

    def forward(self, x):
        h = self.hidden(x)
        return self.out(torch.tanh(h) if h.mean().item() < 100 else h)


@pytest.mark.parametrize(
    ("model", "is_chain"),
    [
        (small(), True),
        (
            nn.Sequential(nn.Linear(2, 2, bias=False), nn.Dropout(), nn.ReLU(), nn.Linear(2, 1)),
            True,
        ),
        (nn.Sequential(nn.Linear(2, 2), nn.Softmax(dim=1), nn.Linear(2, 1)), False),
        (nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1)), False),
        (Functional(), False),
        (Branching(), False),
    ],
)
def test_any_model_is_evaluated_for_many_parameters(model, is_chain):
    X, y = clouds()
    with torch.no_grad():
        loss, moved, expected = loop(model, X, y)
        assert (chain_of(loss) is not None) == is_chain
        np.testing.assert_allclose(many_losses(loss)(moved), expected, rtol=1e-5)


def test_a_standardized_network_is_a_chain(own_units):
    loss = loss_surface.Loss(own_units.network(60), own_units.dataset)
    own = {name: value.detach()[None] for name, value in loss.named_parameters()}
    assert chain_of(loss) is not None
    assert many_losses(loss)(own).item() == pytest.approx(own_units.loss[60], rel=1e-5)


def test_a_sample_of_the_points_has_the_true_loss_at_the_epoch(history, monkeypatch):
    monkeypatch.setattr(loss_surface, "MAX_COST", 9 * 21**2 * 300)
    surface = LossSurface(history, np.eye(2, 9), [-2, -2], [2, 2])
    assert len(surface.points.y) == 300
    values = surface.at(80, (0, 0))
    assert values[40, 40] == pytest.approx(history.loss[80], abs=1e-6)
    monkeypatch.undo()
    whole = LossSurface(history, np.eye(2, 9), [-2, -2], [2, 2])
    assert len(whole.points.y) == 2000
    np.testing.assert_allclose(values, whole.at(80, (0, 0)), atol=0.1)


@pytest.mark.parametrize("size", [2, 9, 119, 605, 10_000, 11_000_000])
def test_what_a_plane_costs_has_a_bound(size):
    """But for large models, which are evaluated for the fewest points at the fewest places."""
    places, points = places_and_points(size)
    cost = size * places**2 * points
    assert cost <= loss_surface.MAX_COST or (places, points) == (11, 100)
    assert points <= 2000


def test_cubics_are_met():
    x = np.arange(7)
    fine = np.linspace(0, 6, 25)
    for power in range(4):
        np.testing.assert_allclose(cubics(7, 4) @ x**power, fine**power, atol=1e-10)
