"""Feature spaces in which the plane is folded: what is filled of them, and with which color."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from conftest import GREEN, PURPLE, SIZE, WHITE, axes_of, distances, is_color, space_view, trained
from helpers.pictures import picture_of

import common
from torchreplay.data.dataset import make_dataset, sample
from torchreplay.geometry.cut import cut
from torchreplay.geometry.folds import stretch, unfold
from torchreplay.geometry.plane import Plane
from torchreplay.replay.space_replay import SpaceReplay

EPOCHS = [30, 120]


@pytest.fixture(
    scope="module",
    params=[
        ("moons", (2,), "relu", 0.3),
        ("circles", (10, 2), "relu", 0.3),
        ("circles", (10, 2), "tanh", 0.5),
        ("xor", (8, 2), "sigmoid", 3.0),
        ("spirals", (12,), "tanh", 0.3, True),
        ("parabolas", (4, 3), "relu", 0.2, True),
    ],
    ids=lambda case: f"{case[0]} {case[1]} {case[2]}",
)
def folded(request, spaces):
    """A training, and the picture of its feature space with a few points."""
    history = trained(*request.param)
    points = sample(history.dataset, 100)
    return history, picture_of(SpaceReplay(history, spaces["feature_space"], range(121), points))


def regions_alone(picture, epoch, *others):
    """The frame of an epoch with nothing on it but the regions, and maybe other artists."""
    picture.parts[0].draw(epoch)
    renderer = picture.canvas.get_renderer()
    renderer.clear()
    for artist in (picture.figure.patch, *space_view(picture).regions, *others):
        artist.draw(renderer)
    return np.array(picture.canvas.buffer_rgba())


def images(picture, epoch, count=100_000):
    """Random inputs at an epoch: where they land, their logits, and the line of the head."""
    run = picture.parts[0].replay
    plane, network = run.history.dataset.plane, run.history.network(epoch)
    head = run.placement.head(network)
    x = np.random.default_rng(epoch).uniform(plane.low, plane.high, (count, 2))
    with torch.no_grad():
        x = torch.from_numpy(x).float()
        h, logit = run.placement.layers(network)(x), network.logit(x)
        return h.double().numpy(), logit[:, 0].numpy(), head


@pytest.mark.parametrize("epoch", EPOCHS)
def test_a_region_is_filled_wherever_an_input_of_its_class_lands(folded, epoch):
    """What ReLU shrinks to a line has no area to fill: there the grid lines are seen."""
    _, picture = folded
    frame = regions_alone(picture, epoch)
    with_grid = regions_alone(picture, epoch, space_view(picture).grid)
    h, logit, head = images(picture, epoch)
    to_display = axes_of(picture).transData
    column, row = np.floor(to_display.transform(h)).astype(int).T
    steepness = np.linalg.norm(head.weight.detach().numpy())
    width = np.diff(to_display.transform([(0, 0), (1, 0)])[:, 0])[0]
    clear = np.abs(logit) / steepness * width > 2
    inside = (column >= 88) & (column < 663) & (row >= 73) & (row < 647)
    seen = frame[719 - row, column]
    assert is_color(with_grid[719 - row, column][inside], WHITE).mean() < 1e-3
    wrong = np.where((logit > 0)[:, None], GREEN, PURPLE)
    assert not (seen[clear & inside, :3] == wrong[clear & inside]).all(axis=1).any()
    right = np.where((logit > 0)[:, None], PURPLE, GREEN)
    assert (seen[clear & inside, :3] == right[clear & inside]).all(axis=1).sum() > 100


@pytest.mark.parametrize("epoch", EPOCHS[1:])
def test_nothing_is_filled_where_no_input_lands(folded, epoch):
    """A colored pixel has the image of some input within two pixels of it."""
    _, picture = folded
    colored = ~is_color(regions_alone(picture, epoch), WHITE)
    h, _, _ = images(picture, epoch, count=1_000_000)
    column, row = np.floor(axes_of(picture).transData.transform(h)).astype(int).T
    near = reached = np.zeros((SIZE, SIZE), bool)
    reached[np.clip(719 - row, 0, 719), np.clip(column, 0, 719)] = True
    for shift in itertools.product(range(-2, 3), repeat=2):
        near = near | np.roll(reached, shift, axis=(0, 1))
    assert (colored & ~near).sum() <= 0.002 * colored.sum()


@pytest.mark.parametrize("epoch", EPOCHS)
def test_boundary_is_what_that_of_the_input_space_covers(folded, spaces, epoch):
    """It lies on the straight line of the output, and reaches from fold to fold."""
    history, picture = folded
    run = picture.parts[0].replay
    head = run.placement.head(history.network(epoch))
    v, c = (value.detach().double().numpy() for value in (head.weight[0], head.bias))
    width = np.ptp([run.placement.limits.low[0], run.placement.limits.high[0]])
    curves = SpaceReplay(history, spaces["input_space"], [epoch], run.points).scenes[epoch].boundary
    with torch.no_grad():
        layers = run.placement.layers(history.network(epoch))
        images = [layers(torch.from_numpy(curve)).numpy() for curve in curves]
    places, covered = np.linspace(-2, 2, 10_001), []
    for lines in (run.scenes[epoch].boundary, images):
        h = np.concatenate([np.empty((0, 2)), *lines])
        assert (np.abs(h @ v + c) / np.linalg.norm(v)).max(initial=0) <= 1e-5 * width
        along = [line @ (-v[1], v[0]) / np.linalg.norm(v) / width for line in lines]
        inside = [(part.min() <= places) & (places <= part.max()) for part in along]
        covered.append(np.any([np.zeros(len(places), bool), *inside], axis=0))
    assert (covered[0] != covered[1]).sum() <= 4  # of 2,500 across the axes
    assert covered[0].any() == bool(images)


def test_nothing_lands_on_white_ground_where_the_map_is_steep(spaces):
    """One feature is a thousand times as large as the other: all happens within a thin stripe."""
    made = common.load_dataset()
    dataset = dataclasses.replace(made, X=made.X * torch.tensor([1000.0, 1.0]))
    torch.manual_seed(41)
    network = common.make_network(dataset, (8, 2), "tanh")
    history = common.train(network, dataset, 150, learning_rate=0.02, optimizer="adam")
    run = SpaceReplay(history, spaces["feature_space"], [0, 50, 150], sample(dataset, 100))
    picture = picture_of(run)
    low, high = dataset.plane.low, dataset.plane.high
    stripe = np.random.default_rng(0).uniform((-1, low[1]), (1, high[1]), (2_000_000, 2))
    stripe[:, 0] *= np.geomspace(1, 100, len(stripe))
    for epoch in run.epochs:
        white = is_color(regions_alone(picture, epoch, space_view(picture).grid), WHITE)
        with torch.no_grad():
            images = history.network(epoch).features(torch.from_numpy(stripe).float()).numpy()
        column, row = np.floor(axes_of(picture).transData.transform(images)).astype(int).T
        reached = np.zeros((SIZE, SIZE), bool)
        reached[719 - row, column] = True
        assert reached.sum() > 2000
        assert (white & reached).sum() <= 60


def test_determinant_against_its_formula():
    """For one tanh layer it is that of the weights, times the derivatives of both units."""
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 2)
    x = torch.randn(50, 2)
    W, b = layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()
    slope = 1 - np.tanh(x.double().numpy() @ W.T + b) ** 2
    ours = stretch(torch.nn.Sequential(layer, torch.nn.Tanh()), x)
    np.testing.assert_allclose(ours, np.linalg.det(W) * slope.prod(axis=1), rtol=1e-4, atol=1e-7)


def test_folds_are_drawn_to_the_tips_of_cusps(spaces):
    """Wherever the determinant changes its sign, half a pixel away or less runs an outline."""
    dataset = make_dataset("xor")
    torch.manual_seed(41)
    network = common.make_network(dataset, (10, 2), "tanh")
    history = common.train(network, dataset, 178, learning_rate=0.1, optimizer="adam")
    run = SpaceReplay(history, spaces["feature_space"], [178], dataset)
    parts = [parameter.detach().double().numpy() for parameter in network.features.parameters()]

    def image(x):
        first = np.tanh(x @ parts[0].T + parts[1])
        second = np.tanh(first @ parts[2].T + parts[3])
        inner = parts[2] @ ((1 - first**2)[..., None] * parts[0])
        turn = inner[..., 0, 0] * inner[..., 1, 1] - inner[..., 0, 1] * inner[..., 1, 0]
        return second, turn * (1 - second**2).prod(axis=-1)

    axes = np.linspace(dataset.plane.low, dataset.plane.high, 151).T
    mesh = np.stack(np.meshgrid(*axes), axis=-1)
    turned = image(mesh)[1] < 0
    crossed = [turned[:, 1:] != turned[:, :-1], turned[1:] != turned[:-1]]
    start = np.concatenate([mesh[:, :-1][crossed[0]], mesh[:-1][crossed[1]]])
    end = np.concatenate([mesh[:, 1:][crossed[0]], mesh[1:][crossed[1]]])
    first = image(start)[1] < 0
    for _ in range(30):
        middle = (start + end) / 2
        alike = ((image(middle)[1] < 0) == first)[:, None]
        start, end = np.where(alike, middle, start), np.where(alike, end, middle)
    ground = run.scenes[178].ground
    away = [distances(image(start)[0], outline, reach=0.05) for outline in ground]
    assert np.min(away, axis=0).max() / 2 * 0.8 * 720 <= 0.5


def area(curve):
    """The area that a closed curve runs around, negative if it does so clockwise."""
    x, y = curve.T
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2


class Bend(torch.nn.Module):
    """Bends the plane along x = 0.3: what lies beyond comes to lie upon the rest."""

    def forward(self, x):
        """Points x, (n, 2), bent."""
        return torch.stack([-(x[:, 0] - 0.3).abs(), x[:, 1]], dim=1)


def test_sheets_of_a_plane_that_is_bent_once():
    """One on each side of the bend; both images run anticlockwise."""
    plane, bend = Plane((-1, -1), (1, 1), (0.2, 0.2)), Bend()
    sheets = list(unfold(bend, plane, flat=1e-6, extent=(2, 2)))
    assert len(sheets) == 2
    np.testing.assert_allclose(sorted(area(sheet) for sheet in sheets), [-1.4, 2.6], atol=1e-3)
    bent = [bend(torch.from_numpy(sheet)).double().numpy() for sheet in sheets]
    np.testing.assert_allclose(sorted(area(sheet) for sheet in bent), [1.4, 2.6], atol=1e-3)


class Pleat(torch.nn.Module):
    """Turns the plane over in the stripe of width 0.014 around y = 0.01."""

    def forward(self, x):
        """Points x, (n, 2), and where the pleat puts them."""
        y = x[:, 1]
        return torch.stack([x[:, 0], y - 0.016 * torch.tanh((y - 0.01) / 0.008)], dim=1)


def test_a_stripe_of_seven_thousandths_of_the_plane_is_found():
    plane = Plane((-1, -1), (1, 1), (0.2, 0.2))
    sheets = unfold(Pleat(), plane, flat=1e-9, extent=(2, 2))
    assert len(sheets) == 3
    (turned,) = [sheet for sheet in sheets if area(sheet) < 0]
    half = 0.008 * np.arccosh(np.sqrt(2))  # where the slope 1 - 2 / cosh² is zero
    np.testing.assert_allclose(turned[:, 1].min(), 0.01 - half, atol=1e-5)
    np.testing.assert_allclose(turned[:, 1].max(), 0.01 + half, atol=1e-5)


def test_sheets_of_a_plane_that_lies_flat_are_all_of_it():
    plane = Plane((-1, -1), (1, 1), (0.2, 0.2))
    for layers, direction in (
        (torch.nn.Identity(), 1),
        (lambda x: x.flip(1), -1),
        (lambda x: x * 0 + x.sum(dim=1, keepdim=True), 1),
    ):
        (sheet,) = unfold(layers, plane, flat=1e-6, extent=(2, 2))
        assert area(sheet) == pytest.approx(4 * direction, rel=1e-5)


@pytest.fixture
def head():
    """A layer that is zero where x - 2y + 0.5 = 0."""
    head = torch.nn.Linear(2, 1)
    with torch.no_grad():
        head.weight[:] = torch.tensor([[1.0, -2.0]])
        head.bias[:] = 0.5
    return head


SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)


def test_cut_keeps_the_half_of_class_1(head):
    ((half,),), (line,), levels = cut([SQUARE], head)
    np.testing.assert_allclose(half, [(0, 0), (1, 0), (1, 0.75), (0, 0.25)])
    assert levels == [0]
    np.testing.assert_allclose(sorted(line.tolist()), [(0, 0.25), (1, 0.75)])
    ((half,),), lines, _ = cut([SQUARE + 5], head)
    assert len(half) == len(lines) == 0
    assert cut([], head) == ([[]], [], [])


def test_line_is_cut_out_where_areas_lie(head):
    """Areas that lie upon one another are one; a hole parts the line in two."""
    other, far = np.add(SQUARE, (0.5, 0.25)), np.add(SQUARE, (4, 2))
    hole = far[0] + 0.25 + SQUARE[::-1] / 2
    _, lines, _ = cut([SQUARE, other, far, hole], head)
    ends = sorted(sorted(line[:, 0].tolist()) for line in lines)
    np.testing.assert_allclose(ends, [(0, 1.5), (4, 4.25), (4.75, 5)])
