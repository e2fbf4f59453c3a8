"""The stages of a bend, against matrices in NumPy."""

import math

import numpy as np
import pytest
import torch
from conftest import trained
from helpers import formulas
from torch import nn

import common
from torchreplay.models.standardize import Standardize
from torchreplay.spaces.bend import bend_of, linear_stages, steps_of

RANDOM = np.random.default_rng(4)
SHARES = np.linspace(0, 1, 41)


def matrix_of(move, share):
    """The matrix of a linear map, of columns."""
    return move(torch.eye(2, dtype=torch.double), share).numpy().T


@pytest.mark.parametrize("seed", range(20))
def test_linear_layer_is_reached_without_a_collapse(seed):
    random = np.random.default_rng(seed)
    W, b = random.normal(size=(2, 2)), random.normal(size=2)
    first, stretch, shift = linear_stages(torch.from_numpy(W), torch.from_numpy(b))
    np.testing.assert_allclose(matrix_of(stretch.move, 1) @ matrix_of(first.move, 1), W, atol=1e-9)
    mirrors = np.linalg.det(W) < 0
    assert first.name == ("turn over (mirrored)" if mirrors else "turn")
    for t in SHARES:
        turn, grown = matrix_of(first.move, t), matrix_of(stretch.move, t)
        expected = math.cos(math.pi * t) if mirrors else 1
        assert np.linalg.det(turn) == pytest.approx(expected, abs=1e-9)
        assert np.linalg.det(grown) == pytest.approx(abs(np.linalg.det(W)) ** t)
        np.testing.assert_allclose(grown, grown.T, atol=1e-9)
        if not mirrors:
            np.testing.assert_allclose(turn @ turn.T, np.eye(2), atol=1e-9)
    x = random.normal(size=(5, 2))
    np.testing.assert_allclose(shift.move(torch.from_numpy(x), 0.25), x + 0.25 * b)


def test_mirror_leaves_one_line_in_place():
    """diag(1, −1) is a turn around the x axis, seen from above."""
    first, _, _ = linear_stages(torch.diag(torch.tensor([1.0, -1.0])).double(), torch.zeros(2))
    for t in SHARES:
        expected = np.diag([1, math.cos(math.pi * t)])
        np.testing.assert_allclose(matrix_of(first.move, t), expected, atol=1e-12)


def test_turn_goes_by_its_angle():
    angle = 2.5
    W = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    first, stretch, _ = linear_stages(3 * W.double(), torch.zeros(2))
    part = 0.4 * angle
    expected = [[math.cos(part), -math.sin(part)], [math.sin(part), math.cos(part)]]
    np.testing.assert_allclose(matrix_of(first.move, 0.4), expected, atol=1e-6)
    np.testing.assert_allclose(matrix_of(stretch.move, 0.5), math.sqrt(3) * np.eye(2), atol=1e-6)


def test_singular_weights_end_in_their_collapse_and_do_not_jump_there():
    W = torch.tensor([[1.0, 1.0], [1.0, 1.0]]).double()
    first, stretch, _ = linear_stages(W, torch.zeros(2))
    np.testing.assert_allclose(matrix_of(stretch.move, 1) @ matrix_of(first.move, 1), W, atol=1e-12)
    sizes = [np.linalg.svd(matrix_of(stretch.move, t))[1].min() for t in SHARES]
    np.testing.assert_allclose(np.diff(sizes), -1 / 40, atol=1e-9)


def test_default_network_by_its_formulas(history, weights, dataset):
    W, b, _, _ = weights(80)
    bend = bend_of(history.network(80).features, dataset.plane)
    assert [stage.name for stage in bend.stages][1:] == ["stretch", "shift", "sigmoid"]
    assert bend.is_flat
    x = dataset.X.double().numpy()
    z = x @ W.T
    for done, share, expected in (
        (0, 0, x),
        (2, 0, z),
        (2, 0.5, z + 0.5 * b),
        (3, 0.25, 0.75 * (z + b) + 0.25 * formulas.sigmoid(z + b)),
        (4, 0, formulas.sigmoid(z + b)),
    ):
        np.testing.assert_allclose(bend.at(done, share)(dataset.X), expected, atol=2e-5)


def test_linear_layers_in_a_row_are_one():
    """Scaling, and what a latent layer adds: three linear maps, and one turn."""
    torch.manual_seed(0)
    X = torch.tensor([5.0, 100.0]) + torch.tensor([1.0, 20.0]) * torch.randn(50, 2)
    layers = nn.Sequential(
        Standardize(X), nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), nn.Tanh(), nn.Dropout(),
        nn.Linear(2, 2),
    ).eval()  # fmt: skip
    dataset = common.load_dataset("moons", points=50)
    bend = bend_of(layers, dataset.plane)
    assert [stage.name for stage in bend.stages] == [
        f"layer {k}: {name}"
        for k, names in ((1, bend.stages[0:4]), (2, bend.stages[4:]))
        for name in (stage.name.partition(": ")[2] for stage in names)
    ]
    assert len(bend.stages) == 7
    np.testing.assert_allclose(bend.at(7, 0)(X), layers(X).detach(), atol=1e-4)


def test_planes_of_other_units_begin_as_squares(own_units):
    plane = own_units.dataset.plane
    network = own_units.network(60)
    bend = bend_of(network.features, plane)
    corners = torch.tensor([plane.low, plane.high])
    start = bend.at(0, 0.0)(corners)
    sides = (start[1] - start[0]).numpy()
    assert sides[0] == pytest.approx(sides[1], rel=1e-3)
    x = own_units.dataset.X
    with torch.no_grad():
        np.testing.assert_allclose(bend.at(4, 0)(x), network.features(x), atol=1e-3)


def test_wider_layers_are_blended_along_straight_lines():
    history = trained("circles", (8, 2), "tanh", 0.3)
    network, x = history.network(history.last), history.dataset.X
    assert steps_of(network.features) is None
    bend = bend_of(network.features, history.dataset.plane)
    places = network.features(x).detach().numpy()
    fit, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), places)
    assert np.linalg.det(fit[:2]) < -0.01
    assert [stage.name for stage in bend.stages] == ["straight to its place (mirrored)"]
    assert not bend.is_flat
    with torch.no_grad():
        h = network.features(x)
        np.testing.assert_allclose(bend.at(0, 0.3)(x), 0.7 * x + 0.3 * h, atol=1e-6)
