"""Geometry: grid, boundary and regions against the formulas of the network, at every epoch."""

import formulas
import numpy as np
import pytest
import torch
from matplotlib.path import Path

import common

EPOCHS = range(201)


def test_grid_lines_stand_every_fifth_over_the_square(history):
    lines = history.grid_lines
    assert lines.shape[0] == 22
    assert lines.shape[1] >= 200
    ticks = np.linspace(-1, 1, 11)
    for across, along in ((0, 1), (1, 0)):
        constant = lines[np.ptp(lines[..., across], axis=1) == 0]
        np.testing.assert_allclose(np.sort(constant[:, 0, across]), ticks, atol=1e-6)
        np.testing.assert_allclose(constant[..., along].min(axis=1), -1)
        np.testing.assert_allclose(constant[..., along].max(axis=1), 1)


def test_grids_are_the_image_of_the_grid(history, weights):
    assert history.grids.shape == (201, *history.grid_lines.shape)
    for epoch in EPOCHS:
        image = formulas.hidden_layer(weights(epoch), history.grid_lines.astype(float))
        np.testing.assert_allclose(history.grids[epoch], image, atol=2e-6)


def test_grid_image_is_smooth_on_a_4k_frame(history, weights):
    """Half-way between two samples the network is less than half a pixel off the chord."""
    lines = history.grid_lines.astype(float)
    middle = (lines[:, 1:] + lines[:, :-1]) / 2
    for epoch in EPOCHS:
        image = formulas.hidden_layer(weights(epoch), lines)
        chord = (image[:, 1:] + image[:, :-1]) / 2
        distance = np.linalg.norm(formulas.hidden_layer(weights(epoch), middle) - chord, axis=-1)
        assert distance.max() * 0.8 * 3840 < 0.5


def test_boundary_is_the_level_set_one_half(history, weights):
    assert len(history.boundaries) == 201
    for epoch in EPOCHS:
        for curve in history.boundaries[epoch]:
            assert curve.shape[1] == 2
            assert np.abs(formulas.probability(weights(epoch), curve) - 0.5).max() <= 0.0005


def test_boundary_is_a_straight_line_in_feature_space(history, weights):
    for epoch in EPOCHS:
        _, _, v, c = weights(epoch)
        for curve in history.boundaries[epoch]:
            h = formulas.hidden_layer(weights(epoch), curve)
            assert (np.abs(h @ v.T + c) / np.linalg.norm(v)).max() <= 0.0001


def test_boundary_is_complete(history, weights):
    """Between two neighbours of different class, on a mesh of our own, a curve passes by."""
    axis = np.linspace(-0.99, 0.99, 67)
    points = np.stack(np.meshgrid(axis, axis), axis=-1)
    for epoch in (0, 1, 40, 80, 120, 200):
        positive = formulas.probability(weights(epoch), points)[..., 0] > 0.5
        changes = points[:, 1:][positive[:, 1:] != positive[:, :-1]]
        curves = history.boundaries[epoch]
        assert bool(len(changes)) == bool(curves)
        for point in changes:
            nearest = min(np.linalg.norm(curve - point, axis=1).min() for curve in curves)
            assert nearest < 0.04


def test_epoch_0_is_all_one_class(history):
    assert history.boundaries[0] == []


@pytest.mark.parametrize(("logit", "positive"), [(2.0, True), (-2.0, False)])
def test_square_of_one_class(history, logit, positive):
    logits = np.full((common.SAMPLES, common.SAMPLES), logit)
    level_set = common.level_set(logits, history.network(0), history.plane)
    assert level_set.boundary == []
    inside = Path(*level_set.region).contains_points([(0, 0), (0.99, -0.99), (-0.99, 0.99)])
    assert (inside == positive).all()


@pytest.mark.parametrize(("seed", "learning_rate"), [(41, 10.0), (2, 30.0), (5, 3.0)])
def test_boundary_of_other_runs_is_as_exact(dataset, seed, learning_rate):
    """Steep logits, too: no vertex leaves the square, and all lie where P is one half."""
    torch.manual_seed(seed)
    history = common.train(common.Network(), dataset, 200, learning_rate)
    curves = 0
    for epoch in range(0, 201, 4):
        parameters = [p.detach().double().numpy() for p in history.network(epoch).parameters()]
        for curve in history.boundaries[epoch]:
            assert np.abs(curve).max() <= 1
            assert np.abs(formulas.probability(parameters, curve) - 0.5).max() <= 0.0005
            h = formulas.hidden_layer(parameters, curve)
            distance = np.abs(h @ parameters[2].T + parameters[3]) / np.linalg.norm(parameters[2])
            assert distance.max() <= 0.0001
            curves += 1
    assert curves >= 5


@pytest.mark.parametrize("epoch", [1, 40, 80, 120, 200])
def test_region_is_where_class_1_is_predicted(history, weights, epoch):
    points = np.random.default_rng(epoch).uniform(-1, 1, (20_000, 2))
    logit = formulas.logit(weights(epoch), points)[:, 0]
    clear = np.abs(logit) > 0.01
    region = Path(*history.level_sets[epoch].region)
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(region.contains_points(points[clear]), logit[clear] > 0)


def test_region_and_boundary_share_their_vertices(history):
    for epoch in range(0, 201, 5):
        level_set = history.level_sets[epoch]
        for curve in level_set.boundary:
            between = np.linalg.norm(curve[:, None] - level_set.region[0], axis=-1)
            assert between.min(axis=1).max() < 1e-6


def test_only_epochs_that_are_shown_are_evaluated(dataset):
    torch.manual_seed(41)
    history = common.train(common.Network(), dataset, 30, 3.0)
    all_of_them = history.boundaries
    again = common.History(
        history.network(0), dataset, history.parameters, history.loss, history.accuracy
    )
    again.shown = range(3, 30, 13)
    assert list(again.level_sets) == [3, 16, 29]
    for epoch, curves in zip((3, 16, 29), again.boundaries, strict=True):
        for ours, other in zip(curves, all_of_them[epoch], strict=True):
            np.testing.assert_allclose(ours, other, atol=1e-6)
