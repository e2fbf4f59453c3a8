"""Scenes: grid, boundary and regions as they are seen in a space, against the formulas."""

import copy

import numpy as np
import pytest
import torch
from conftest import (
    BLACK,
    GREEN,
    PURPLE,
    ROUNDING,
    SCRIPTS,
    assert_chords,
    axes_of,
    distances,
    is_color,
    moved,
    space_view,
    trained,
)
from helpers import formulas
from helpers.pictures import picture_of

import common
from torchreplay.data.dataset import make_dataset, sample
from torchreplay.models.tasks import TWO_CLASSES
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces import scenes as scenes_module
from torchreplay.spaces.scenes import Geometry, keeps_plane_flat
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views.artists import closed_path


@pytest.fixture(scope="module")
def lines(dataset):
    """The grid lines of the input plane, with 10 times as many points as requested."""
    return dataset.plane.grid_lines(2001).astype(float)


def geometry_of(network, layers, dataset, limits, pixels):
    head = network and network.logit[-1]
    return Geometry(network, TWO_CLASSES, layers, head, dataset, FEATURE_SPACE, limits, pixels)


def assert_smooth(drawn, exact, pixels, atol, width=1):
    """Assert that lines drawn have exact vertices, and lie within half a pixel of exact lines.

    pixels: across the axes, whose ends are `width` apart.
    """
    for line, fine in zip(drawn, exact, strict=True):
        assert np.abs(line[[0, -1]] - fine[[0, -1]]).max() <= atol
        assert distances(line, fine, reach=0.01 * width).max() <= atol
        assert distances(fine, line, reach=0.01 * width).max() / width * pixels <= 0.5


# A plane that lies flat -------------------------------------------------------------------------


def test_grids_are_the_image_of_the_grid(runs, weights, lines):
    scenes = runs["feature_space"].scenes
    assert len(scenes) == 201
    for k, epoch in enumerate(range(0, 201, 5)):
        image = formulas.hidden_layer(weights(epoch), lines)
        assert len(scenes[epoch].grid) == len(image)
        some = slice(k % 8, None, 8)  # other lines at every epoch, to be quick
        assert_smooth(scenes[epoch].grid[some], image[some], 0.8 * 720, atol=2e-6)
    for epoch in (0, 200):
        grid = runs["input_space"].scenes[epoch].grid
        np.testing.assert_array_equal(grid, lines[:, [0, -1]])


def test_grid_image_is_smooth_on_a_4k_frame(runs, history, weights, lines):
    """It has more points there, and between them it is less than half a pixel off, too."""
    run = runs["feature_space"]
    for epoch in (0, 40, 80, 200):
        network = history.network(epoch)
        large = geometry_of(
            network, network.features, history.dataset, run.placement.limits, 0.8 * 3840
        )
        image = formulas.hidden_layer(weights(epoch), lines)
        grid = large.grid(201)
        assert_smooth(grid, image, 0.8 * 3840, atol=2e-6)
        assert sum(map(len, grid)) >= sum(map(len, run.scenes[epoch].grid))
    assert sum(map(len, grid)) > 1.3 * sum(map(len, run.scenes[200].grid))


CURVED = [
    ("xor", (5, 5, 2), (20, 200)),
    ("xor", (10, 2), (100,)),
    ("spirals", (16, 16, 16, 2), (166,)),
]


@pytest.mark.parametrize(("name", "hidden", "epochs"), CURVED, ids=str)
def test_grid_of_a_strongly_bent_plane_is_smooth(spaces, name, hidden, epochs):
    """Against lines that are evaluated at 200 times as many points."""
    dataset = make_dataset(name)
    torch.manual_seed(41)
    network = common.make_network(dataset, hidden, "tanh")
    history = common.train(network, dataset, max(epochs), learning_rate=0.1, optimizer="adam")
    run = SpaceReplay(history, spaces["feature_space"], epochs, dataset)
    assert run.placement.limits.high[0] - run.placement.limits.low[0] == 2
    fine = torch.from_numpy(dataset.plane.grid_lines(200 * 200 + 1)).double()
    for k, epoch in enumerate(run.epochs):
        some = slice(k, None, 7)
        image, rounded = exact_and_rounded(history.network(epoch), fine[some])
        sagitta = np.linalg.norm(np.diff(image, n=2, axis=1), axis=-1).max() / 8
        atol = rounded + sagitta  # of the straight pieces that stand for the exact lines
        assert_smooth(run.scenes[epoch].grid[some], image, 0.8 * 720, atol, width=2)


@torch.no_grad()
def exact_and_rounded(network, x):
    """The features of points in double precision, and how far off they may be in single.

    Each layer adds up as many products as it has inputs, and a bias. Each of these terms rounds, up
    or down, which does no more than if all parameters were larger or smaller by so many roundings
    as is the root of their number.
    """
    terms = 1 + max(layer.in_features for layer in network.features[::2])
    exact = network.double().features(x).numpy()
    others = (moved(copy.deepcopy(network), np.sqrt(terms) * ROUNDING, seed) for seed in range(3))
    return exact, max(np.abs(other.features(x).numpy() - exact).max() for other in others)


def test_straight_lines_have_no_points_to_spare():
    """A network that bends nothing maps lines to lines, wherever they are evaluated."""
    dataset = make_dataset("xor", points=20)
    plane = dataset.plane
    layers = torch.nn.Linear(2, 2)
    geometry = geometry_of(None, layers, dataset, plane, 576)
    expected = geometry.image(plane.grid_lines(9).reshape(-1, 2)).reshape(-1, 9, 2)
    for line, whole in zip(geometry.grid(201), expected, strict=True):
        assert len(line) <= 26
        np.testing.assert_allclose(line[[0, -1]], whole[[0, -1]], atol=1e-6)


def test_boundary_is_the_image_of_that_in_the_input_space(runs, weights):
    """From end to end, and it lies on the straight line of the output layer."""
    for epoch in range(0, 201, 5):
        curves, chords = (runs[name].scenes[epoch].boundary for name in SCRIPTS)
        _, _, v, c = weights(epoch)
        images = [formulas.hidden_layer(weights(epoch), curve.astype(float)) for curve in curves]
        assert_chords(chords, images, atol=2e-6)
        for chord in chords:
            assert (np.abs(chord @ v.T + c) / np.linalg.norm(v)).max() <= 1e-6


@pytest.mark.parametrize("epoch", [1, 40, 120, 200])
def test_ground_and_region_hold_the_images_of_inputs(runs, weights, epoch):
    """All inputs land on the ground, and those of class 1, no others, in the region."""
    x = np.random.default_rng(epoch).uniform(-0.99, 0.99, (5000, 2))
    logit = formulas.logit(weights(epoch), x)[:, 0]
    h = formulas.hidden_layer(weights(epoch), x)
    scene = runs["feature_space"].scenes[epoch]
    assert closed_path(scene.ground).contains_points(h).all()
    v = weights(epoch)[2]
    clear = np.abs(logit) > 1e-3 * np.linalg.norm(v)
    assert clear.mean() > 0.9
    inside = closed_path(scene.regions[0]).contains_points(h[clear])
    np.testing.assert_array_equal(inside, logit[clear] > 0)
    assert not closed_path(scene.ground).contains_points([(0, 0), (1, 1), (0, 1), (1, 0)]).any()


def test_planes_that_stay_flat_need_no_unfolding(spaces, monkeypatch):
    dataset = make_dataset("xor", points=20)
    unfolded, unfold = [], scenes_module.unfold
    monkeypatch.setattr(
        scenes_module, "unfold", lambda *given: unfolded.append(given) or unfold(*given)
    )
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
            geometry = geometry_of(network, layers, dataset, dataset.plane, 96)
            unfolded.clear()
            scenes_module.make_scene(geometry)
            assert bool(unfolded) != stays


# A plane that is folded -------------------------------------------------------------------------


def test_folded_plane_has_the_grid_of_a_flat_one(spaces):
    """Only the regions are found in another way.

    The exact lines have a point wherever those drawn may have one after six halvings.
    """
    history = trained("circles", (10, 2), "relu", 0.3)
    run = SpaceReplay(history, spaces["feature_space"], [40], sample(history.dataset, 100))
    with torch.no_grad():
        lines = torch.from_numpy(history.dataset.plane.grid_lines(200 * 64 + 1))
        grid = history.network(40).features(lines).numpy()
    width = np.ptp([run.placement.limits.low[0], run.placement.limits.high[0]])
    assert_smooth(run.scenes[40].grid, grid, 0.8 * 720, atol=1e-5, width=width)


# No plane: more than two features ---------------------------------------------------------------


@pytest.fixture(scope="module")
def ball(spaces):
    """A training on ten features, and the picture of its latent space with a few points."""
    history = trained("ball", (10,), "tanh", 0.3, latent=True)
    points = sample(history.dataset, 100)
    return history, picture_of(SpaceReplay(history, spaces["feature_space"], range(121), points))


def test_whole_plane_of_more_than_two_features(ball):
    """Every pixel inside the axes, away from lines and points, has the color of its side."""
    history, picture = ball
    frame = picture.draw(120)
    assert space_view(picture).grid.get_segments() == []
    axes = axes_of(picture)
    head = picture.parts[0].replay.placement.head(history.network(120))
    v, c = (value.detach().double().numpy() for value in (head.weight[0], head.bias))
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
    picture.parts[0].draw(50)
    shown = sample(history.dataset, 100)
    with torch.no_grad():
        images = picture.parts[0].replay.placement.layers(history.network(50))(shown.X).numpy()
    layers = space_view(picture).points
    assert len(layers) == 10
    for label in (0, 1):
        drawn = np.concatenate([points.get_xydata() for points in layers[label::2]])
        expected = images[shown.y[:, 0] == label]
        drawn, expected = (points[np.argsort(points[:, 0])] for points in (drawn, expected))
        np.testing.assert_allclose(drawn, expected, rtol=1e-5, atol=1e-6)


def test_line_that_misses_the_axes(ball):
    """All that is seen belongs to one class then, and there is no boundary."""
    history, picture = ball
    run, network = picture.parts[0].replay, history.network(120)
    for bias, seen in ((1e6, 4), (-1e6, 0)):
        with torch.no_grad():
            network.logit[-1].bias.fill_(bias)
        recorded = common.train(network, history.dataset, epochs=0)
        scene = SpaceReplay(recorded, run.space, [0], run.points).scenes[0]
        assert scene.boundary == []
        (corners,) = scene.ground
        np.testing.assert_array_equal(np.concatenate(scene.regions[0]), corners[:seen])
        assert len(corners) == 4
