"""Feature spaces of other networks: folded planes, more than two features, their axes."""

import dataclasses
import itertools

import folds
import numpy as np
import pytest
import torch
from conftest import BLACK, GREEN, PURPLE, WHITE, is_color
from example_sets import make
from replay import build_network

from common import Dataset, limits, sample, space_picture, train

EPOCHS = 120


def trained(name, hidden, activation, learning_rate, latent=False, **data):
    X, y = map(torch.from_numpy, make(name))
    dataset = Dataset(X, y, tuple(f"X{k}" for k in range(1, X.shape[1] + 1)), **data)
    torch.manual_seed(41)
    network = build_network(dataset, hidden, activation, latent)
    return train(network, dataset, EPOCHS, learning_rate)


def feature_picture(spaces, history):
    """The picture of the feature space, with a few points, and the layers that are seen."""
    space, shown = spaces["feature_space"], sample(history.dataset, 100)
    axes = limits(space, history, shown)
    scene = folds.scene_of(space, history.network(0), history.dataset, axes)
    return space_picture(dataclasses.replace(space, scene=scene), history, shown, 120, plane=axes)


@pytest.fixture(
    scope="module",
    params=[
        ("moons", [2], "relu", 0.3),
        ("circles", [10, 2], "relu", 0.3),
        ("circles", [10, 2], "tanh", 0.5),
        ("xor", [8, 2], "sigmoid", 3.0),
        ("spirals", [12], "tanh", 0.3, True),
        ("parabolas", [4, 3], "relu", 0.2, True),
    ],
    ids=lambda case: f"{case[0]} {case[1]} {case[2]}",
)
def folded(request, spaces):
    history = trained(*request.param)
    return history, feature_picture(spaces, history)


def regions_alone(picture, epoch, *others):
    """The frame of an epoch with nothing on it but the regions, and maybe other artists."""
    picture.views[0].draw(epoch)
    renderer = picture.canvas.get_renderer()
    renderer.clear()
    for artist in (picture.figure.patch, *picture.views[0].regions, *others):
        artist.draw(renderer)
    return np.array(picture.canvas.buffer_rgba())


def images(history, epoch, count=100_000):
    """Random inputs at an epoch: where they land, their logits, and the line of the output."""
    plane, network = history.plane, history.network(epoch)
    x = np.random.default_rng(epoch).uniform(plane.low, plane.high, (count, 2))
    with torch.no_grad():
        h = network.features(torch.from_numpy(x).float())
        return h.double().numpy(), network.logit[-1](h)[:, 0].numpy(), network.logit[-1]


@pytest.mark.parametrize("epoch", [0, 30, 70, EPOCHS])
def test_a_region_is_filled_wherever_an_input_of_its_class_lands(folded, epoch):
    """What ReLU shrinks to a line has no area to fill: there the grid lines are seen."""
    history, picture = folded
    frame = regions_alone(picture, epoch)
    with_grid = regions_alone(picture, epoch, picture.views[0].grid)
    h, logit, output = images(history, epoch)
    to_display = picture.views[0].boundary.axes.transData
    column, row = np.floor(to_display.transform(h)).astype(int).T
    steepness = np.linalg.norm(output.weight.detach().numpy())
    width = np.diff(to_display.transform([(0, 0), (1, 0)])[:, 0])[0]
    clear = np.abs(logit) / steepness * width > 2
    inside = (column >= 88) & (column < 663) & (row >= 73) & (row < 647)
    seen = frame[719 - row, column]
    assert is_color(with_grid[719 - row, column][inside], WHITE).mean() < 1e-3
    wrong = np.where((logit > 0)[:, None], GREEN, PURPLE)
    assert not (seen[clear & inside, :3] == wrong[clear & inside]).all(axis=1).any()
    right = np.where((logit > 0)[:, None], PURPLE, GREEN)
    assert (seen[clear & inside, :3] == right[clear & inside]).all(axis=1).sum() > 100


@pytest.mark.parametrize("epoch", [0, 30, 70, EPOCHS])
def test_nothing_is_filled_where_no_input_lands(folded, epoch):
    """A colored pixel has the image of some input within two pixels of it."""
    history, picture = folded
    colored = ~is_color(regions_alone(picture, epoch), WHITE)
    h, _, _ = images(history, epoch, count=1_000_000)
    column, row = np.floor(picture.views[0].boundary.axes.transData.transform(h)).astype(int).T
    near = reached = np.zeros((720, 720), bool)
    reached[np.clip(719 - row, 0, 719), np.clip(column, 0, 719)] = True
    for shift in itertools.product(range(-2, 3), repeat=2):
        near = near | np.roll(reached, shift, axis=(0, 1))
    assert (colored & ~near).sum() <= 0.002 * colored.sum()


@pytest.mark.parametrize("epoch", [0, 30, 70, EPOCHS])
def test_boundary_lies_on_the_straight_line_of_the_output(folded, epoch):
    history, picture = folded
    picture.views[0].draw(epoch)
    h = picture.views[0].boundary.get_path().vertices
    output = history.network(epoch).logit[-1]
    v, c = (value.detach().double().numpy() for value in (output.weight[0], output.bias))
    width = np.diff(picture.views[0].boundary.axes.get_xlim())
    assert (np.abs(h @ v + c) / np.linalg.norm(v)).max(initial=0) <= 0.0001 * width


def test_boundary_of_a_relu_network_is_where_p_is_one_half():
    """Kinks, too, where Newton's method alone would be led astray."""
    history = trained("circles", [10, 2], "relu", 0.3)
    off = []
    for epoch in range(20, EPOCHS + 1):
        network = history.network(epoch)
        for curve in history.boundaries[epoch]:
            with torch.no_grad():
                off.append((network(torch.from_numpy(curve)) - 0.5).abs().max().item())
    assert len(off) > 50
    assert max(off) <= 0.0005


def test_planes_that_stay_flat_need_no_unfolding(spaces):
    X, y = map(torch.from_numpy, make("xor", points=20))
    dataset, space = Dataset(X, y), spaces["feature_space"]
    for hidden, activation, flat in [
        ([2], "sigmoid", True),
        ([2, 2], "tanh", True),
        ([3, 2], "tanh", False),
        ([2], "relu", False),
    ]:
        network = build_network(dataset, hidden, activation)
        chosen = folds.scene_of(space, network, dataset, dataset.plane)
        assert (chosen is folds.common.scene) == flat
    chosen = folds.scene_of(spaces["input_space"], network, dataset, dataset.plane)
    assert chosen is folds.common.scene


def test_determinant_against_its_formula():
    """For one tanh layer it is that of the weights, times the derivatives of both units."""
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 2)
    x = torch.randn(50, 2)
    W, b = layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()
    slope = 1 - np.tanh(x.double().numpy() @ W.T + b) ** 2
    ours = folds.stretch(torch.nn.Sequential(layer, torch.nn.Tanh()), x)
    np.testing.assert_allclose(ours, np.linalg.det(W) * slope.prod(axis=1), rtol=1e-4, atol=1e-7)


def test_cut_keeps_the_half_of_class_1():
    output = torch.nn.Linear(2, 1)
    with torch.no_grad():
        output.weight[:] = torch.tensor([[1.0, -2.0]])
        output.bias[:] = 0.5
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    half, ends = folds.cut(square, output)
    np.testing.assert_allclose(half, [(0, 0), (1, 0), (1, 0.75), (0, 0.25)])
    np.testing.assert_allclose(ends, [(1, 0.75), (0, 0.25)])
    half, ends = folds.cut(square + 5, output)
    assert len(half) == len(ends) == 0


@pytest.fixture(scope="module")
def ball(spaces):
    history = trained("ball", [10], "tanh", 0.3, latent=True)
    return history, feature_picture(spaces, history)


def test_whole_plane_of_more_than_two_features(ball):
    """Every pixel inside the axes, away from lines and points, has the color of its side."""
    history, picture = ball
    frame = picture.draw(EPOCHS)
    assert picture.views[0].grid.get_segments() == []
    axes = picture.views[0].boundary.axes
    output = history.network(EPOCHS).logit[-1]
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
    ends = picture.views[0].boundary.get_path().vertices
    assert ends.shape == (2, 2)
    np.testing.assert_allclose(ends @ v + c, 0, atol=1e-5)
    assert is_color(frame, BLACK).sum() > 500


def test_points_of_more_than_two_features(ball):
    history, picture = ball
    picture.views[0].draw(50)
    shown = sample(history.dataset, 100)
    with torch.no_grad():
        images = history.network(50).features(shown.X).numpy()
    for label, points in enumerate(picture.views[0].points):
        np.testing.assert_allclose(
            points.get_xydata(), images[shown.y[:, 0] == label], rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize(
    ("activation", "ends"), [("sigmoid", ((0, 0), (1, 1))), ("tanh", ((-1, -1), (1, 1)))]
)
def test_axes_show_the_range_of_the_activation(spaces, activation, ends):
    history = trained("moons", [3, 2], activation, 0.1)
    axes = limits(spaces["feature_space"], history, history.dataset)
    assert (axes.low, axes.high) == ends


@pytest.mark.parametrize(
    "case", [("moons", [2], "relu", 0.3), ("spirals", [12], "sigmoid", 1.0, True)]
)
def test_axes_show_what_is_reached_over_all_epochs(spaces, case):
    history = trained(*case)
    axes = limits(spaces["feature_space"], history, history.dataset)
    x = np.concatenate([history.dataset.X.numpy(), history.grid_lines.reshape(-1, 2)])
    with torch.no_grad():
        networks = map(history.network, range(EPOCHS + 1))
        seen = np.array([network.features(torch.from_numpy(x)).numpy() for network in networks])
    low, high = np.array(axes.low), np.array(axes.high)
    assert (seen >= low - 1e-6).all() and (seen <= high + 1e-6).all()
    longest = np.argmax(np.ptp(seen, axis=(0, 1)))
    assert np.ptp(seen[..., longest]) > 0.7 * (high - low)[longest]
    history.shown = [0]
    assert limits(spaces["feature_space"], history, history.dataset) != axes
