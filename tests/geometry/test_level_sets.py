"""Decision boundary and regions in the input plane, against the formulas of the network."""

import numpy as np
import pytest
import torch
from conftest import trained
from helpers import formulas

import common
from torchreplay.data.dataset import sample
from torchreplay.geometry.level_sets import edges, level_set, locate
from torchreplay.geometry.plane import Plane
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.artists import closed_path

EPOCHS = range(201)


@pytest.fixture(scope="module")
def scenes(runs):
    """Those of the input space, in which boundary and region stay as they are found."""
    return runs["input_space"].scenes


def test_boundary_is_the_level_set_one_half(scenes, weights):
    assert len(scenes) == 201
    for epoch in EPOCHS:
        for curve in scenes[epoch].boundary:
            assert curve.shape[1] == 2
            assert np.abs(formulas.probability(weights(epoch), curve) - 0.5).max() <= 0.0005


def test_boundary_is_mapped_to_a_straight_line(scenes, weights):
    for epoch in EPOCHS:
        _, _, v, c = weights(epoch)
        for curve in scenes[epoch].boundary:
            h = formulas.hidden_layer(weights(epoch), curve)
            assert (np.abs(h @ v.T + c) / np.linalg.norm(v)).max() <= 0.0001


def test_boundary_is_complete(scenes, weights):
    """Between two neighbours of different class, on a mesh of our own, a curve passes by."""
    axis = np.linspace(-0.99, 0.99, 67)
    points = np.stack(np.meshgrid(axis, axis), axis=-1)
    for epoch in (0, 1, 40, 80, 120, 200):
        positive = formulas.probability(weights(epoch), points)[..., 0] > 0.5
        changes = points[:, 1:][positive[:, 1:] != positive[:, :-1]]
        curves = scenes[epoch].boundary
        assert bool(len(changes)) == bool(curves)
        for point in changes:
            nearest = min(np.linalg.norm(curve - point, axis=1).min() for curve in curves)
            assert nearest < 0.04


def test_epoch_0_is_all_one_class(scenes):
    assert scenes[0].boundary == []


@pytest.mark.parametrize(("logit", "positive"), [(2.0, True), (0.0, False), (-2.0, False)])
def test_square_of_one_class(dataset, logit, positive):
    network = common.Network()
    with torch.no_grad():
        network.logit[-1].weight.zero_()
        network.logit[-1].bias.fill_(logit)
    found = level_set(network.logit, dataset.plane.mesh(201))
    assert found.boundary == []
    inside = closed_path(found.region).contains_points([(0, 0), (0.99, -0.99), (-0.99, 0.99)])
    assert (inside == positive).all()


@pytest.mark.parametrize(("seed", "learning_rate"), [(41, 10.0), (2, 30.0), (5, 3.0)])
def test_boundary_of_other_runs_is_as_exact(dataset, spaces, seed, learning_rate):
    """Steep logits, too: no vertex leaves the square, and all lie where P is one half."""
    torch.manual_seed(seed)
    network = common.Network()
    history = common.train(network, dataset, epochs=200, learning_rate=learning_rate)
    run = SpaceReplay(history, spaces["input_space"], range(0, 201, 4), dataset)
    curves = 0
    for epoch, scene in run.scenes.items():
        parameters = [p.detach().double().numpy() for p in history.network(epoch).parameters()]
        for curve in scene.boundary:
            assert np.abs(curve).max() <= 1
            assert np.abs(formulas.probability(parameters, curve) - 0.5).max() <= 0.0005
            h = formulas.hidden_layer(parameters, curve)
            distance = np.abs(h @ parameters[2].T + parameters[3]) / np.linalg.norm(parameters[2])
            assert distance.max() <= 0.0001
            curves += 1
    assert curves >= 5


@pytest.mark.parametrize("epoch", [1, 40, 80, 120, 200])
def test_region_is_where_class_1_is_predicted(scenes, weights, epoch):
    points = np.random.default_rng(epoch).uniform(-1, 1, (20_000, 2))
    logit = formulas.logit(weights(epoch), points)[:, 0]
    clear = np.abs(logit) > 0.01
    region = scenes[epoch].regions[0]
    assert clear.mean() > 0.9
    inside = closed_path(region).contains_points(points[clear])
    np.testing.assert_array_equal(inside, logit[clear] > 0)


def test_region_and_boundary_share_their_vertices(scenes):
    for epoch in range(0, 201, 5):
        for curve in scenes[epoch].boundary:
            region = np.concatenate(scenes[epoch].regions[0])
            between = np.linalg.norm(curve[:, None] - region, axis=-1)
            assert between.min(axis=1).max() < 1e-6


def test_boundary_of_a_relu_network_is_where_p_is_one_half(spaces):
    """Kinks, too, where Newton's method alone would be led astray."""
    history = trained("circles", (10, 2), "relu", 0.3)
    points = sample(history.dataset, 100)
    run = SpaceReplay(history, spaces["input_space"], range(20, 121), points)
    off = []
    for epoch, scene in run.scenes.items():
        network = history.network(epoch)
        for curve in scene.boundary:
            with torch.no_grad():
                off.append((network(torch.from_numpy(curve)) - 0.5).abs().max().item())
    assert len(off) > 50
    assert max(off) <= 0.0005


def test_standardized_boundary_is_where_p_is_one_half_in_the_units_of_the_data(own_units, spaces):
    """Against the formula, whose network is given features scaled by NumPy."""
    X = own_units.dataset.X.double().numpy()
    network = own_units.network(60)
    parameters = [value.detach().double().numpy() for value in network.parameters()]
    assert own_units.accuracy[60] > 0.95
    run = SpaceReplay(own_units, spaces["input_space"], [60], own_units.dataset)
    (curve,) = run.scenes[60].boundary
    scaled = (curve - X.mean(axis=0)) / X.std(axis=0)
    np.testing.assert_allclose(formulas.probability(parameters, scaled), 0.5, atol=0.0005)


def area(curve):
    """The area that a closed curve runs around, negative if it does so clockwise."""
    x, y = curve.astype(float).T
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2


MESH = Plane((-1, -1), (1, 1), (0.2, 0.2)).mesh(201)
CELL = 0.01


def test_islands_of_the_size_of_a_cell_are_found_wherever_they_lie():
    """A bump of which the zeros are a circle with a diameter of one cell, at 40 places."""
    for place in np.random.default_rng(0).uniform(-0.9, 0.9, (40, 2)):
        center = torch.from_numpy(place).float()

        def logit(x, center=center):
            square = ((x - center) ** 2).sum(dim=-1, keepdim=True)
            return 2 * torch.exp(-square / (CELL / 2) ** 2 * np.log(2)) - 1

        for sign in (1, -1):
            found = level_set(lambda x, sign=sign, logit=logit: sign * logit(x), MESH)
            (curve,) = found.boundary
            radius = np.linalg.norm(curve - place, axis=1)
            np.testing.assert_allclose(radius, CELL / 2, atol=1e-5)
            assert np.linalg.norm(curve.mean(axis=0) - place) < CELL / 4
            disc = np.pi * (CELL / 2) ** 2
            filled = sum(area(part) for part in found.region)
            found_area = filled if sign == 1 else 4 - filled
            assert 0.3 * disc < found_area < 1.01 * disc  # a triangle, at the least


@pytest.mark.parametrize("angle", [0.3, 0.7, 1.2])
def test_a_band_narrower_than_a_cell_is_one_piece(angle):
    """It is half a cell wide and runs from rim to rim: two curves, and one closed region."""
    normal = torch.tensor([np.cos(angle), np.sin(angle)]).float()

    def logit(x):
        away = x @ normal[:, None] - 0.1234
        return 1 - (away / (CELL / 4)) ** 2

    found = level_set(logit, MESH)
    assert len(found.region) == 1
    assert len(found.boundary) == 2
    for curve in found.boundary:
        away = curve @ normal.numpy() - 0.1234
        np.testing.assert_allclose(np.abs(away), CELL / 4, atol=1e-5)
        assert np.abs(curve[[0, -1]]).max(axis=1) == pytest.approx(1)


def test_edges_of_the_mesh_on_which_vertices_lie():
    samples = [np.array([0, 1, 2], np.float32), np.array([10, 20, 40], np.float32)]
    vertices = np.array([(0.25, 20), (2, 39), (1, 10), (0, 40)])
    start, end = edges(vertices, samples)
    np.testing.assert_array_equal(start, [(0, 20), (2, 20), (1, 10), (0, 40)])
    np.testing.assert_array_equal(end, [(1, 20), (2, 40), (1, 10), (0, 40)])


def test_a_change_is_located_to_an_eighth_of_the_way_a_round():
    """From both sides; an end without a change is left for the other end."""
    start = torch.tensor([[0.0, 5.0], [1.0, 5.0], [0.0, 0.0]])
    end = torch.tensor([[1.0, 5.0], [0.0, 5.0], [0.125, 0.0]])
    for rounds in (1, 3):
        found = locate(lambda x: x[:, 0] > 0.3, start, end, rounds)
        np.testing.assert_allclose(found[:2, 0], 0.3, atol=1 / 8**rounds)
        np.testing.assert_array_equal(found[:, 1], [5, 5, 0])
        np.testing.assert_allclose(found[2], [0.125, 0], atol=1e-7)
