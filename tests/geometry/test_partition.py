"""The areas of several classes and the curves between them, against logits of single points."""

import copy
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn

from torchreplay.geometry.mesh import find_mesh
from torchreplay.geometry.outline import OUTSIDE, Outline
from torchreplay.geometry.partition import Partition, partition
from torchreplay.geometry.plane import Plane

SIZE = 2.0
PLANE = Plane((-1, -1), (1, 1), (0.2, 0.2))
MESH = PLANE.mesh(201)
CELL = 0.01
PIXEL = SIZE / 720
PIXELS = (np.arange(360) + 0.5) / 180 - 1  # the centers of pixels twice as large, along an axis


def random_network(seed, classes, activation, steepness=3):
    """A 2-12-12-K network in which no class is far from the others."""
    torch.manual_seed(seed)
    network = nn.Sequential(
        *(nn.Linear(2, 12), activation(), nn.Linear(12, 12), activation(), nn.Linear(12, classes))
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter *= steepness
        z = network(2 * torch.rand(500, 2) - 1)
        network[-1].weight /= z.std(dim=0)[:, None] + 0.1
        network[-1].bias -= z.median(dim=0).values
        network[-1].bias /= z.std(dim=0) + 0.1
    return network


def exactly(logits, x):
    """The logits of points in double precision, an array (n, K)."""
    with torch.no_grad():
        exact = copy.deepcopy(logits).double() if isinstance(logits, nn.Module) else logits
        return exact(torch.from_numpy(np.asarray(x, float))).numpy()


def segments(curves):
    """The straight segments of curves, an array (n, 2, 2), without those of no length."""
    parts = [np.stack([curve[:-1], curve[1:]], axis=1) for curve in curves]
    whole = np.concatenate([np.empty((0, 2, 2), np.float32), *parts])
    return whole[(whole[:, 0] != whole[:, 1]).any(axis=1)]


def area(curves):
    """The area that closed curves run around anticlockwise."""
    (x, y), (to_x, to_y) = np.moveaxis(segments(curves).astype(float), 0, -1)
    return (x * to_y - to_x * y).sum() / 2


def windings(curves, axis):
    """How often closed curves run around points of a grid, (rows, columns)."""
    ends = segments(curves).astype(float)
    upward = ends[:, 0, 1] < ends[:, 1, 1]
    low, high = np.where(upward[:, None, None], ends, ends[:, ::-1]).swapaxes(0, 1)
    segment, row = np.nonzero((low[:, 1, None] <= axis) & (axis < high[:, 1, None]))
    (x, y), (to_x, to_y) = low[segment].T, high[segment].T
    crossing = x + (axis[row] - y) / (to_y - y) * (to_x - x)
    turns = np.zeros((len(axis), len(axis) + 1), int)
    np.add.at(turns, (row, np.searchsorted(axis, crossing)), np.where(upward[segment], 1, -1))
    return turns[:, ::-1].cumsum(axis=1)[:, -2::-1]


def distances(points, curves):
    """How far points, (n, 2), are from curves: (n,)."""
    start, end = segments(curves).astype(float).swapaxes(0, 1)
    if not len(start):
        return np.full(len(points), np.inf)
    way = end - start
    share = ((points[:, None] - start) * way).sum(axis=2) / (way**2).sum(axis=1)
    nearest = start + share.clip(0, 1)[..., None] * way
    return np.linalg.norm(points[:, None] - nearest, axis=2).min(axis=1)


def check_shape(found):
    """Areas cover the plane once. Curves are what separates them, each once."""
    axis = np.sort(np.random.default_rng(0).uniform(-1, 1, 200))
    for at in (PIXELS, axis):
        inside = np.array([windings(region, at) for region in found.regions])
        assert np.isin(inside, (0, 1)).all()
        assert (inside.sum(axis=0) == 1).all()
    total = sum(area(region) for region in found.regions)
    assert total == pytest.approx(SIZE**2, rel=1e-9)
    lines = [tuple(map(tuple, line)) for line in segments(found.boundary).tolist()]
    long = [frozenset(line) for line in lines if np.ptp(line, axis=0).max() > 1e-5]
    assert len(set(long)) == len(long)
    around = []
    for region in found.regions:
        assert all((curve[0] == curve[-1]).all() for curve in region)
        sides = segments(region)
        along_rim = ((sides[:, 0] == sides[:, 1]) & (np.abs(sides[:, 0]) == 1)).any(axis=1)
        around += [tuple(map(tuple, side)) for side in sides[~along_rim].tolist()]
    assert sorted(around) == sorted(lines + [line[::-1] for line in lines])


def check_classes(found, logits):
    """Areas are where their logits are the largest, to a pixel."""
    points = np.stack(np.meshgrid(PIXELS, PIXELS), axis=-1)
    inside = np.array([windings(region, PIXELS) for region in found.regions]).argmax(axis=0)
    label = exactly(logits, points.reshape(-1, 2)).argmax(axis=1).reshape(inside.shape)
    wrong = points[inside != label]
    assert len(wrong) < 2000
    assert (distances(wrong, found.boundary) < PIXEL).all()


def check_vertices(found, logits):
    """The two largest logits are equal at all vertices of the boundary."""
    for curve in found.boundary:
        z = np.sort(exactly(logits, curve), axis=1)
        scale = np.abs(z).max(axis=1) + 1
        assert ((z[:, -1] - z[:, -2]) / scale).max() < 1e-6


def check(found, logits):
    check_shape(found)
    check_vertices(found, logits)
    check_classes(found, logits)


@pytest.mark.parametrize("activation", [nn.Tanh, nn.ReLU])
@pytest.mark.parametrize("classes", [3, 5, 10])
@pytest.mark.parametrize("seed", range(3))
def test_areas_and_curves_of_random_networks(seed, classes, activation):
    network = random_network(100 * classes + seed, classes, activation)
    found = partition(network, MESH)
    assert len(found.regions) == classes
    assert len(found.boundary) > 1
    check(found, network)


def linear(weight, bias):
    """A softmax regression in whole steps of float32, as a module."""
    head = nn.Linear(2, len(weight))
    with torch.no_grad():
        head.weight[:], head.bias[:] = torch.as_tensor(weight), torch.as_tensor(bias)
    return head


@pytest.mark.parametrize("seed", range(4))
def test_areas_of_a_softmax_regression_are_polygons(seed):
    """Curves are straight, and they end at the rim or where three equations have one solution."""
    random = np.random.default_rng(seed)
    weight, bias = random.normal(size=(6, 2)).astype(np.float32), random.normal(size=6) / 4
    head = linear(weight, bias.astype(np.float32))
    weight, bias = (value.detach().double().numpy() for value in (head.weight, head.bias))
    expected = []
    for i, j, k in combinations(range(6), 3):
        x = np.linalg.solve(weight[[j, k]] - weight[i], bias[i] - bias[[j, k]])
        z = weight @ x + bias
        if (np.abs(x) < 1).all() and z[i] > z.max() - 1e-9:
            expected.append(x)
    found = partition(head, MESH)
    check(found, head)
    ends = np.concatenate([curve[[0, -1]] for curve in found.boundary])
    junctions = ends[np.abs(ends).max(axis=1) < 1]
    assert len(junctions) == 3 * len(expected)
    between = np.linalg.norm(junctions[:, None] - np.array(expected).reshape(-1, 2), axis=2)
    assert (between < 1e-6).sum(axis=0).tolist() == [3] * len(expected)
    for curve in found.boundary:
        way = (curve[-1] - curve[0]).astype(float)
        across = (curve - curve[0]) @ (-way[1], way[0]) / np.linalg.norm(way)
        assert np.abs(across).max() < 1e-6


def nearest(places):
    """Minus the squared distances from places: areas are those of a Voronoi diagram."""
    return lambda x: -((x[:, None] - torch.as_tensor(places).to(x.dtype)) ** 2).sum(dim=2)


@pytest.mark.parametrize("seed", range(3))
def test_areas_nearest_to_places_are_convex(seed):
    places = np.random.default_rng(seed).uniform(-0.8, 0.8, (12, 2))
    found = partition(nearest(places), MESH)
    check(found, nearest(places))
    for (curve,), place in zip(found.regions, places, strict=True):
        way, to_place = np.diff(curve.astype(float), axis=0), place - curve[:-1]
        assert (way[:, 0] * to_place[:, 1] - way[:, 1] * to_place[:, 0] > -1e-9).all()


def test_three_logits_are_equal_where_curves_meet():
    network = random_network(7, 5, nn.Tanh)
    met = 0
    for curve in partition(network, MESH).boundary:
        inner = curve[[0, -1]][np.abs(curve[[0, -1]]).max(axis=1) < 1]
        if (curve[0] != curve[-1]).any() and len(inner):
            z = np.sort(exactly(network, inner), axis=1)
            np.testing.assert_allclose(z[:, -3], z[:, -1], atol=2e-6)
            met += len(inner)
    assert met >= 6


@pytest.mark.parametrize("bias", [(0, 0, 0), (0, 1, 1), (0, 0, 1)])
def test_a_plane_of_one_class_is_the_lowest_of_the_largest(bias):
    found = partition(linear(np.zeros((3, 2)), np.float32(bias)), MESH)
    assert found.boundary == []
    assert [len(region) for region in found.regions] == [k == np.argmax(bias) for k in range(3)]
    check_shape(found)
    (curve,) = found.regions[np.argmax(bias)]
    np.testing.assert_array_equal(np.unique(curve, axis=0), np.unique(PLANE.outline(201), axis=0))


@pytest.mark.parametrize("width", [CELL / 2, CELL / 20, CELL / 2000])
@pytest.mark.parametrize("angle", [0.3, 0.7, 1.2])
def test_a_band_of_a_third_class_is_found_however_narrow(angle, width):
    """It lies between two others, so that it is hidden on every edge of the mesh."""
    normal = torch.tensor([np.cos(angle), np.sin(angle)])

    def logits(x):
        away = x @ normal.to(x.dtype) - 0.1234
        return torch.stack([-away, away, 0 * away + width / 2], dim=1)

    found = partition(logits, MESH)
    check(found, logits)
    assert [len(region) for region in found.regions] == [1, 1, 1]
    assert len(found.boundary) == 2
    for curve in found.boundary:
        away = curve.astype(float) @ normal.numpy() - 0.1234
        np.testing.assert_allclose(np.abs(away), width / 2, atol=2e-7)


def test_islands_smaller_than_a_cell_are_found_wherever_they_lie():
    """A disc of a third class with a diameter of one cell, within a class or between two."""
    for place in np.random.default_rng(0).uniform(-0.9, 0.9, (20, 2)):
        center = torch.from_numpy(place)

        def logits(x, center=center):
            square = ((x - center.to(x.dtype)) ** 2).sum(dim=1)
            bump = 2 * torch.exp(-square / (CELL / 2) ** 2 * np.log(2)) - 1
            return torch.stack([0 * bump, x[:, 0] - 2, bump], dim=1)

        found = partition(logits, MESH)
        check_shape(found)
        (curve,) = found.boundary
        np.testing.assert_allclose(np.linalg.norm(curve - place, axis=1), CELL / 2, atol=1e-5)
        disc = np.pi * (CELL / 2) ** 2
        assert 0.3 * disc < area(found.regions[2]) < 1.01 * disc  # a triangle, at the least


@pytest.mark.parametrize("shift", [0, 0.0033, 1e-9])
def test_four_areas_that_meet_in_a_point(shift):
    """A checkerboard of two classes, and one of four."""

    def two(x):
        product = (x[:, 0] - shift) * (x[:, 1] - shift)
        return torch.stack([product, -product, 0 * product - 1], dim=1)

    def four(x):
        a, b = (x - shift).T
        return torch.stack([a + b, a - b, -a - b, b - a], dim=1)

    for logits in (two, four):
        found = partition(logits, MESH)
        check_shape(found)
        check_classes(found, logits)


def three_sectors(x, place):
    """Three logits that are equal at a place."""
    angles = 0.4 + np.arange(3) * 2 * np.pi / 3
    direction = torch.tensor(np.array([np.cos(angles), np.sin(angles)])).to(x.dtype)
    return (x - torch.tensor(place).to(x.dtype)) @ direction


@pytest.mark.parametrize("place", [(0, 0), (0.1, 0.1 + 1e-6), (0.005, 0)])
def test_three_areas_that_meet_at_an_edge_of_the_mesh(place):
    found = partition(lambda x: three_sectors(x, place), MESH)
    check(found, lambda x: three_sectors(x, place))
    assert len(found.boundary) == 3


def test_the_same_is_found_again():
    network = random_network(3, 5, nn.Tanh)
    one, other = (partition(network, MESH) for _ in range(2))
    for k in range(5):
        assert [c.tobytes() for c in one.regions[k]] == [c.tobytes() for c in other.regions[k]]
    assert [c.tobytes() for c in one.boundary] == [c.tobytes() for c in other.boundary]


@pytest.mark.parametrize("bias", [0, 10])
def test_a_model_that_takes_no_empty_batch(bias):
    network = random_network(3, 4, nn.ReLU)
    with torch.no_grad():
        network[-1].bias[0] += bias

    def logits(x):
        assert len(x)
        return network(x)

    check(partition(logits, MESH), network)


@pytest.mark.parametrize("place", [(0.125, -0.435), (-0.575, 0.335)])
def test_a_logit_is_refined_as_the_two_classes_it_stands_for(place):
    """The zeros are a circle smaller than a cell, so that both meshes get more lines there."""

    def logit(x):
        return CELL / 3 - (x - torch.tensor(place)).norm(dim=1, keepdim=True)

    def both(x):
        return torch.cat([logit(x), torch.zeros_like(logit(x))], dim=1)

    (one, z), (other, pair) = find_mesh(logit, MESH), find_mesh(both, MESH)
    assert len(one.axes[0]) > len(MESH.axes[0])
    assert z.shape == one.points.shape[:2] and (z > 0).any()
    np.testing.assert_array_equal(pair, np.stack([z, 0 * z], axis=2))
    np.testing.assert_array_equal(one.points, other.points)


@pytest.mark.parametrize("place", [(0.1234, 0.4321), (-0.5551, 0.0049), (0.005, 0.005)])
def test_a_class_hidden_where_three_others_would_meet_is_found(place):
    radius = CELL / 4

    def logits(x):
        away = (x - torch.tensor(place).to(x.dtype)).norm(dim=1, keepdim=True)
        return torch.cat([three_sectors(x, place), 8 * (radius - away) + radius], dim=1)

    found = partition(logits, MESH)
    check(found, logits)
    assert area(found.regions[3]) == pytest.approx(np.pi * radius**2, rel=0.4)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("place", [(0.1234, 0.4321), (-0.5551, 0.0049)])
def test_areas_join_where_a_narrow_bridge_is_theirs(place, side):
    """Between two areas of one class runs a bridge of another one, narrower than a cell."""

    def logits(x):
        a, b = (x - torch.tensor(place).to(x.dtype)).T
        inside = side * (a * b - 1e-6 * side)
        return torch.stack([inside, -inside, 0 * a - 1], dim=1)

    found = partition(logits, MESH)
    check_shape(found)
    check_classes(found, logits)
    assert [len(region) for region in found.regions] == [2, 1, 0]
    assert len(found.boundary) == 2


def test_a_narrow_band_through_points_of_the_mesh_is_one_piece():
    """It fills corners of cells, so that what it divides might be taken for one area."""

    def logits(x):
        away = (x[:, 0] - x[:, 1]).abs()
        return torch.stack([away - 3e-4, 0 * away, 0 * away - 1], dim=1)

    found = partition(logits, MESH)
    check(found, logits)
    assert [len(region) for region in found.regions] == [2, 1, 0]


@pytest.mark.parametrize(
    ("seed", "classes", "steepness"), [(52, 5, 6), (95, 10, 1.5), (155, 10, 3)]
)
def test_kinks_inside_a_cell_are_followed(seed, classes, steepness):
    """Networks of many tried ones in which a straight segment across a cell is a pixel off."""
    network = random_network(seed, classes, nn.ReLU, steepness)
    found = partition(network, MESH)
    check_shape(found)
    check_classes(found, network)


def test_curves_end_where_two_areas_of_one_class_touch_two_of_another():
    """Four squares, as on a chessboard, each with a vertex of its own at the center."""
    outline = Outline()
    middles = outline.add_vertices(np.float32([(1, 0), (0, 1), (-1, 0), (0, -1)]))
    corners = outline.add_vertices(np.float32([(1, 1), (-1, 1), (-1, -1), (1, -1)]))
    centers = outline.add_vertices(np.zeros((4, 2), np.float32))
    following, label = np.roll(middles, -1), np.array([0, 1, 0, 1])
    outline.add(middles, corners, label, OUTSIDE)
    outline.add(corners, following, label, OUTSIDE)
    outline.add(following, centers, label, 1 - label)
    outline.add(centers, middles, label, 1 - label, from_junction=True)
    regions, boundary = outline.curves(2)
    assert [len(region) for region in regions] == [2, 2]
    assert [area([curve]) for region in regions for curve in region] == [1, 1, 1, 1]
    ends = sorted(tuple(sorted(map(tuple, curve.tolist()))) for curve in boundary)
    assert ends == [((-1, 0), (0, 0)), ((0, -1), (0, 0)), ((0, 0), (0, 1)), ((0, 0), (1, 0))]


@pytest.mark.parametrize("scale", [(1, 1024), (2**-13, 1), (2**20, 2**20)])
def test_units_of_the_axes_do_not_matter(scale):
    """Powers of two change no digit of anything, so that all curves are the same."""
    network = random_network(155, 5, nn.ReLU)
    low, high = (tuple(end * unit for unit in scale) for end in (-1, 1))
    mesh = Plane(low, high, (1, 1)).mesh(201)
    found = partition(lambda x: network(x / torch.tensor(scale)), mesh)
    expected = partition(network, MESH)
    for curves, others in [
        (found.boundary, expected.boundary),
        *zip(found.regions, expected.regions, strict=True),
    ]:
        for curve, other in zip(curves, others, strict=True):
            np.testing.assert_array_equal(curve / scale, other)


def test_a_plane_far_from_the_origin():
    """Coordinates there have few digits, so that junctions are near them at best."""
    network, place = random_network(4, 5, nn.Tanh), torch.tensor([1000.0, -3000.0])
    mesh = Plane((999, -3001), (1001, -2999), (0.2, 0.2)).mesh(201)
    found = partition(lambda x: network(x - place.to(x.dtype)), mesh)
    shifted = [[curve - place.numpy() for curve in region] for region in found.regions]
    boundary = [curve - place.numpy() for curve in found.boundary]
    check_shape(Partition(shifted, boundary))
    check_classes(Partition(shifted, boundary), network)
