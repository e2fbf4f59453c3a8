"""Latent units whitened: against their mean and covariance by NumPy, and undone again."""

import dataclasses

import numpy as np
import pytest
import torch
from conftest import trained
from torch import nn

from torchreplay.data.dataset import make_dataset
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.spaces.whitening import undo, whitening, with_grid


@pytest.fixture(scope="module")
def points():
    return make_dataset("moons", points=200)


def correlated():
    """A layer of two units that are far from white, and its weight and bias as arrays."""
    layer = nn.Linear(2, 2)
    weight, bias = np.array([[3.0, 0.5], [2.5, -1.0]]), np.array([7.0, -4.0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer, weight, bias


def test_whitened_units_have_mean_0_variance_1_and_no_correlation(points):
    layer, weight, bias = correlated()
    white = whitening(layer, points)
    z = with_grid(points).double().numpy() @ weight.T + bias
    shown = z @ white.weight.double().numpy().T + white.bias.double().numpy()
    np.testing.assert_allclose(shown.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.cov(shown.T), np.eye(2), atol=1e-5)


def test_of_all_whitenings_it_is_the_one_that_turns_nothing(points):
    """Its weight is symmetric and positive: an axis is stretched, and none is turned."""
    W = whitening(correlated()[0], points).weight.double().numpy()
    np.testing.assert_allclose(W, W.T, atol=1e-6)
    assert (np.linalg.eigvalsh(W) > 0).all()


def test_a_unit_that_does_not_vary_is_left_as_it_is(points):
    layer = nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
        layer.bias.copy_(torch.tensor([0.0, 5.0]))
    white = whitening(layer, points)
    spread = with_grid(points)[:, 0].double().std()
    expected = np.diag([1 / spread, 1.0])
    np.testing.assert_allclose(white.weight, expected, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(white.bias[1], -5, rtol=1e-6)


def test_axes_of_units_on_a_line_say_that_they_have_collapsed():
    history = trained("moons", (10,), "tanh", 0.5, latent=True, epochs=20)
    names = list(history.parameters)
    assert labels(history) == ("Latent 1, whitened", "Latent 2, whitened")
    weight = np.array(history.parameters[names[2]])
    weight[:, 1] = 2 * weight[:, 0]
    parameters = {**history.parameters, names[2]: weight}
    line = dataclasses.replace(history, parameters=parameters, probes=None)
    assert labels(line) == ("Latent 1, collapsed to a line", "Latent 2, collapsed to a line")


def labels(history):
    return SpaceReplay(history, FEATURE_SPACE, [20]).placement.axis_labels


def test_output_layer_gives_the_logit_of_whitened_units():
    history = trained("moons", (10,), "tanh", 0.5, latent=True, epochs=20)
    network, points = history.network(20), history.dataset
    white = whitening(network.features, points)
    with torch.no_grad():
        undone = undo(network.head, white)(white(network.features(points.X)))
        expected = network.logit(points.X)
    np.testing.assert_allclose(undone, expected, atol=1e-4)
