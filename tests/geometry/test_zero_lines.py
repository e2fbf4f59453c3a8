"""Lines where numbers are zero, against formulas of lines and circles."""

import numpy as np
import pytest
import torch
from conftest import distances

from torchreplay.geometry.plane import Plane
from torchreplay.geometry.zero_lines import within, zero_lines

PLANE = Plane((-1, 0), (2, 5), (1, 1))
MESH = PLANE.mesh(61)


def test_of_linear_functions_the_line_is_exact_and_goes_from_rim_to_rim():
    random = np.random.default_rng(0)
    slopes, biases = random.normal(size=(50, 2)), random.normal(size=50)
    W, b = torch.from_numpy(slopes).float(), torch.from_numpy(biases).float()
    x, y = np.meshgrid(np.linspace(-1, 2, 40), np.linspace(0, 5, 40))
    crossed = 0
    for (u, v), c, lines in zip(
        slopes, biases, zero_lines(lambda x: x @ W.T + b, MESH), strict=True
    ):
        values = u * x + v * y + c
        if not lines:
            assert (values > 0).all() or (values < 0).all()
            continue
        ((start, end),) = lines
        crossed += 1
        for place in (start, end):
            assert abs(u * place[0] + v * place[1] + c) < 1e-6
            assert np.isclose([[*PLANE.low], [*PLANE.high]], place).any()
    assert crossed > 20


@pytest.mark.parametrize(
    ("slope", "bias", "ends"),
    [
        ((1, 0), -0.5, [(0.5, 0), (0.5, 5)]),
        ((0, 1), -2, [(-1, 2), (2, 2)]),
        ((0, 1), 2, None),
        ((0, 0), 1, None),
        ((0, 0), 0, None),
    ],
)
def test_lines_along_the_axes(slope, bias, ends):
    found = within(np.array(slope, float), bias, PLANE.low, PLANE.high)
    assert [sorted(map(tuple, line)) for line in found] == ([ends] if ends else [])


def test_of_other_functions_every_vertex_is_a_zero():
    """A circle within the plane, one that leaves it, and a line among them."""

    def numbers(x):
        circles = [
            (x - torch.tensor(c)).norm(dim=1) - r for c, r in (((0.5, 2.0), 0.8), ((2, 5), 1))
        ]
        return torch.stack([*circles, x[:, 0] - 1], dim=1)

    closed, cut, straight = zero_lines(numbers, MESH)
    ((whole,), (part,), (line,)) = closed, cut, straight
    angle = np.linspace(0, 2 * np.pi, 500)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    for curve, center, radius in ((whole, (0.5, 2), 0.8), (part, (2, 5), 1)):
        np.testing.assert_allclose(np.linalg.norm(curve - center, axis=1), radius, atol=2e-5)
        expected = radius * circle + center
        inside = ((expected >= PLANE.low) & (expected <= PLANE.high)).all(axis=1)
        assert distances(expected[inside], curve, reach=0.1).max() < 0.005
    np.testing.assert_allclose(line[:, 0], 1, atol=1e-6)


def test_nothing_is_zero():
    assert zero_lines(lambda x: torch.ones(len(x), 2), MESH) == [[], []]
    assert zero_lines(lambda x: torch.zeros(len(x), 1), MESH) == [[]]
    assert zero_lines(lambda x: (x**2).sum(dim=1, keepdim=True) + 1, MESH) == [[]]
