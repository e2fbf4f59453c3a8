"""Scenes: grid, boundary and regions as they are seen in a space, against the formulas."""

import formulas
import numpy as np
import pytest
import torch
from conftest import BLACK, GREEN, PURPLE, SCRIPTS, axes_of, is_color, space_view, trained

import common
from torchreplay.composition import compose
from torchreplay.dataset import make_dataset, sample
from torchreplay.run import Run
from torchreplay.scenes import flat_scene, keeps_plane_flat, scene_maker

EPOCHS = range(201)


@pytest.fixture(scope="module")
def lines(dataset):
    return dataset.plane.grid_lines.astype(float)


# A plane that lies flat -------------------------------------------------------------------------


def test_grids_are_the_image_of_the_grid(runs, weights, lines):
    scenes = runs["feature_space"].scenes
    assert len(scenes) == 201
    for epoch in EPOCHS:
        image = formulas.hidden_layer(weights(epoch), lines)
        assert scenes[epoch].grid.shape == lines.shape
        np.testing.assert_allclose(scenes[epoch].grid, image, atol=2e-6)
    for epoch in (0, 200):
        np.testing.assert_array_equal(runs["input_space"].scenes[epoch].grid, lines)


def test_grid_image_is_smooth_on_a_4k_frame(weights, lines):
    """Half-way between two samples the network is less than half a pixel off the chord."""
    middle = (lines[:, 1:] + lines[:, :-1]) / 2
    for epoch in EPOCHS:
        image = formulas.hidden_layer(weights(epoch), lines)
        chord = (image[:, 1:] + image[:, :-1]) / 2
        distance = np.linalg.norm(formulas.hidden_layer(weights(epoch), middle) - chord, axis=-1)
        assert distance.max() * 0.8 * 3840 < 0.5


def test_boundary_is_the_image_of_that_in_the_input_space(runs, weights):
    """Point by point, and it lies on the straight line of the output layer."""
    for epoch in range(0, 201, 5):
        curves, images = (runs[name].scenes[epoch].boundary for name in SCRIPTS)
        _, _, v, c = weights(epoch)
        for curve, image in zip(curves, images, strict=True):
            expected = formulas.hidden_layer(weights(epoch), curve.astype(float))
            np.testing.assert_allclose(image, expected, atol=2e-6)
            assert (np.abs(image @ v.T + c) / np.linalg.norm(v)).max() <= 0.0001


@pytest.mark.parametrize("epoch", [1, 40, 120, 200])
def test_ground_and_region_hold_the_images_of_inputs(runs, weights, epoch):
    """All inputs land on the ground, and those of class 1, no others, in the region."""
    x = np.random.default_rng(epoch).uniform(-0.99, 0.99, (5000, 2))
    logit = formulas.logit(weights(epoch), x)[:, 0]
    h = formulas.hidden_layer(weights(epoch), x)
    scene = runs["feature_space"].scenes[epoch]
    assert scene.ground.contains_points(h).all()
    v = weights(epoch)[2]
    clear = np.abs(logit) > 1e-3 * np.linalg.norm(v)
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(scene.region.contains_points(h[clear]), logit[clear] > 0)
    assert not scene.ground.contains_points([(0, 0), (1, 1), (0, 1), (1, 0)]).any()


def test_planes_that_stay_flat_need_no_unfolding(spaces):
    dataset = make_dataset("xor", points=20)
    for hidden, activation, flat in [
        ([2], "sigmoid", True),
        ([2, 2], "tanh", True),
        ([3, 2], "tanh", False),
        ([2], "relu", False),
    ]:
        network = common.make_network(dataset, hidden, activation)
        for name, stays in (("feature_space", flat), ("input_space", True)):
            layers = spaces[name].transform(network)
            assert keeps_plane_flat(layers) == stays
            assert (scene_maker(layers, dataset, dataset.plane) is flat_scene) == stays


# A plane that is folded -------------------------------------------------------------------------


def test_folded_plane_has_the_grid_and_boundary_of_a_flat_one(spaces):
    """Only the regions are found in another way."""
    history = trained("circles", (10, 2), "relu", 0.3)
    points = sample(history.dataset, 100)
    seen, inputs = (
        Run(history, spaces[name], [40], points).scenes[40]
        for name in ("feature_space", "input_space")
    )
    network = history.network(40)
    with torch.no_grad():
        grid = network.features(torch.from_numpy(history.dataset.plane.grid_lines)).numpy()
        curves = [network.features(torch.from_numpy(curve)).numpy() for curve in inputs.boundary]
    np.testing.assert_allclose(seen.grid, grid, atol=1e-5)
    assert curves
    for curve, expected in zip(seen.boundary, curves, strict=True):
        np.testing.assert_allclose(curve, expected, atol=1e-5)


# No plane: more than two features ---------------------------------------------------------------


@pytest.fixture(scope="module")
def ball(spaces):
    """A training on ten features, and the picture of its latent space with a few points."""
    history = trained("ball", (10,), "tanh", 0.3, latent=True)
    points = sample(history.dataset, 100)
    return history, compose({"": Run(history, spaces["feature_space"], range(121), points)})


def test_whole_plane_of_more_than_two_features(ball):
    """Every pixel inside the axes, away from lines and points, has the color of its side."""
    history, picture = ball
    frame = picture.draw(120)
    assert space_view(picture).grid.get_segments() == []
    axes = axes_of(picture)
    output = history.network(120).logit[-1]
    v, c = (value.detach().double().numpy() for value in (output.weight[0], output.bias))
    row, column = np.mgrid[90:640:7, 95:655:7]
    h = axes.transData.inverted().transform(
        np.column_stack([column.ravel() + 0.5, 719.5 - row.ravel()])
    )
    side = (h @ v + c).reshape(row.shape) > 0
    seen = frame[row, column, :3]
    right = (seen == np.where(side[..., None], PURPLE, GREEN)).all(axis=-1)
    wrong = (seen == np.where(side[..., None], GREEN, PURPLE)).all(axis=-1)
    assert side.any() and not side.all()
    assert not wrong.any()
    assert right.mean() > 0.8
    ends = space_view(picture).boundary.get_path().vertices
    assert ends.shape == (2, 2)
    np.testing.assert_allclose(ends @ v + c, 0, atol=1e-5)
    assert is_color(frame, BLACK).sum() > 500


def test_points_of_more_than_two_features(ball):
    history, picture = ball
    picture.panels[0].draw(50)
    shown = sample(history.dataset, 100)
    with torch.no_grad():
        images = history.network(50).features(shown.X).numpy()
    for label, points in enumerate(space_view(picture).points):
        np.testing.assert_allclose(
            points.get_xydata(), images[shown.y[:, 0] == label], rtol=1e-5, atol=1e-6
        )


def test_line_that_misses_the_axes(ball):
    """All that is seen belongs to one class then, and there is no boundary."""
    history, picture = ball
    run, network = picture.panels[0].run, history.network(120)
    for bias, seen in ((1e6, 4), (-1e6, 0)):
        with torch.no_grad():
            network.logit[-1].bias.fill_(bias)
        recorded = common.train(network, history.dataset, epochs=0)
        scene = Run(recorded, run.space, [0], run.points).scenes[0]
        assert [len(curve) for curve in scene.boundary] == [0]
        np.testing.assert_array_equal(scene.region.vertices, scene.ground.vertices[:seen])
        assert len(scene.ground.vertices) == 4
