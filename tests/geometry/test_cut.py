"""The straight cuts of a head of several classes, or at several levels: against argmax."""

import itertools

import numpy as np
import pytest
import torch
from matplotlib.path import Path
from torch import nn

from torchreplay.geometry.cut import cut
from torchreplay.models.tasks import TWO_CLASSES, ManyClasses, Regression

SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)


def head_of(weight, bias):
    """A linear layer with some weights and biases."""
    layer = nn.Linear(2, len(bias))
    layer.weight, layer.bias = (
        nn.Parameter(torch.tensor(values, dtype=torch.float32)) for values in (weight, bias)
    )
    return layer


def random_head(seed, classes):
    rng = np.random.default_rng(seed)
    return head_of(rng.normal(size=(classes, 2)), 0.3 * rng.normal(size=classes))


def exact(head, x):
    """The logits of places x, (n, 2), in double precision."""
    weight, bias = (value.detach().double().numpy() for value in (head.weight, head.bias))
    return x @ weight.T + bias


def holds(region, x):
    """Which of some places lie in a region of a single curve or none."""
    inside = np.zeros(len(x), bool)
    for curve in region:
        inside |= Path(curve).contains_points(x)
    return inside


def area(curve):
    x, y = curve.T
    return 0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))


@pytest.mark.parametrize("classes", [3, 5, 10, 20])
@pytest.mark.parametrize("seed", range(4))
def test_every_place_is_in_the_region_of_its_class(seed, classes):
    head, x = random_head(seed, classes), np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    regions, lines, levels = cut([SQUARE], head, ManyClasses(classes))
    z = np.sort(exact(head, x), axis=1)
    clear = z[:, -1] - z[:, -2] > 1e-6
    label = exact(head, x).argmax(axis=1)
    for k, region in enumerate(regions, start=1):
        np.testing.assert_array_equal(holds(region, x)[clear], label[clear] == k)
    assert levels == []
    assert all(line.shape == (2, 2) for line in lines)


@pytest.mark.parametrize("classes", [3, 5, 10])
@pytest.mark.parametrize("seed", range(4))
def test_lines_are_where_two_classes_are_largest(seed, classes):
    """All along, not only at their ends; and they end at the rim or where three classes meet."""
    head = random_head(seed, classes)
    _, lines, _ = cut([SQUARE], head, ManyClasses(classes))
    assert lines
    for line in lines:
        along = line[0] + np.linspace(0, 1, 9)[:, None] * (line[1] - line[0])
        z = np.sort(exact(head, along), axis=1)
        assert (z[:, -1] - z[:, -2]).max() < 1e-9
        ends = np.sort(exact(head, line), axis=1)
        meets = ends[:, -1] - ends[:, -3] < 1e-9
        at_rim = np.isclose(np.abs(line).max(axis=1), 1, atol=1e-12)
        assert (meets | at_rim).all()


@pytest.mark.parametrize("seed", range(4))
def test_three_classes_meet_where_two_equations_hold(seed):
    """Against the solution of the 2 × 2 system, if it lies in the square and is largest there."""
    head = random_head(seed, 4)
    weight, bias = (value.detach().double().numpy() for value in (head.weight, head.bias))
    expected = []
    for i, j, k in itertools.combinations(range(4), 3):
        place = np.linalg.solve(weight[[i, i]] - weight[[j, k]], bias[[j, k]] - bias[i])
        if np.abs(place).max() < 1 and exact(head, place[None]).argmax() in (i, j, k):
            expected.append(place)
    _, lines, _ = cut([SQUARE], head, ManyClasses(4))
    ends = np.concatenate(lines)
    inner = ends[np.abs(ends).max(axis=1) < 1 - 1e-9]
    assert len(inner) == 3 * len(expected)
    for place in expected:
        assert np.sum(np.linalg.norm(inner - place, axis=1) < 1e-9) == 3


def test_two_classes_are_the_case_of_two_logits():
    """Of which the first is zero: the same region and the same line, bit by bit."""
    head = random_head(3, 1)
    weight, bias = head.weight.detach().numpy(), head.bias.detach().numpy()
    both = head_of(np.vstack([0 * weight, weight]), np.append(0, bias))
    curves = [SQUARE, np.add(SQUARE, (0.5, 0.3))]
    one, other = cut(curves, head, TWO_CLASSES), cut(curves, both, ManyClasses(2))
    np.testing.assert_equal(one[:2], other[:2])
    assert (one[2], other[2]) == ([0], [])


def test_ties_everywhere_are_of_the_first_class():
    regions, lines, _ = cut([SQUARE], head_of(np.zeros((3, 2)), np.zeros(3)), ManyClasses(3))
    assert [sum(map(len, region)) for region in regions] == [0, 0]
    assert lines == []


def test_sheets_that_overlap_are_cut_one_by_one():
    """Each lies in all regions, and the areas of these add up to its own."""
    head, sheets = random_head(1, 5), [SQUARE, 0.5 * SQUARE, SQUARE @ [[0, 1], [-1, 0]]]
    regions, _, _ = cut(sheets, head, ManyClasses(5))
    first = cut(sheets, head_of(*turned(head)), ManyClasses(5))[0][
        -1
    ]  # class 0 has become the last
    total = sum(area(curve) for region in [*regions, first] for curve in region if len(curve))
    assert total == pytest.approx(sum(map(area, sheets)))


def turned(head):
    """Weights and biases of a head, those of the first class last."""
    return (np.roll(value.detach().numpy(), -1, axis=0) for value in (head.weight, head.bias))


def test_level_lines_are_parallel_and_at_equal_distances():
    head, task = random_head(2, 1), Regression(-1, 1)
    regions, lines, levels = cut([3 * SQUARE], head, task)
    assert sorted(levels) == list(task.levels) and len(lines) == len(levels)
    weight = head.weight[0].detach().double().numpy()
    for line, level in zip(lines, levels, strict=True):
        np.testing.assert_allclose(exact(head, line), level, atol=1e-9)
        assert abs((line[1] - line[0]) @ weight) < 1e-9
    x = np.random.default_rng(0).uniform(-3, 3, (2000, 2))
    for region, level in zip(regions, task.levels, strict=True):
        np.testing.assert_array_equal(holds(region, x), exact(head, x)[:, 0] > level)
