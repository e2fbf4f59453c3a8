"""The part of a plane that is drawn: its ends around the data, and its grid lines."""

import numpy as np
import pytest

from torchreplay.plane import Plane, surround

CLOUDS = [
    *([[0.3, 0.2], [9.7, 4.1]], [[-3e-5, 2e-5], [1e-5, 5e-5]], [[1990, 2], [2020, 9]]),
    *([[-1e6, 5], [1e6, 5]], [[5, 5], [5, 5]], [[0.1, 1000], [0.1, 1000.004]]),
    *([[-7, 3], [-1, 3.5]], [[2.0001, 0], [5.9999, 0.1]]),
]


@pytest.mark.parametrize("points", CLOUDS)
@pytest.mark.parametrize("same_scale", [True, False])
def test_limits_surround_the_points(points, same_scale):
    """Round ends on the grid, a margin unless a point lies on an end, and no wide empty rim."""
    points = np.array(points, float)
    plane = surround(points, same_scale)
    low, high, spacing = map(np.array, (plane.low, plane.high, plane.spacing))
    for end in (low, high):
        np.testing.assert_allclose(end / spacing, np.rint(end / spacing), atol=1e-6)
    digits = spacing / 10.0 ** np.floor(np.log10(spacing) + 1e-9)
    assert all(np.isclose(digit, (1, 2, 2.5, 5)).any() for digit in digits)
    for gap in ((points.min(axis=0) - low) / spacing, (high - points.max(axis=0)) / spacing):
        assert ((gap >= 0.09) | (np.abs(gap) < 1e-5)).all()
    lines = np.rint((high - low) / spacing)
    assert lines.max() <= 17
    if same_scale:
        assert spacing[0] == spacing[1] and lines[0] == lines[1]
    longest = np.argmax(np.ptp(points, axis=0))
    assert lines[longest] - np.ptp(points, axis=0)[longest] / spacing[longest] <= 2.2


def test_both_axes_have_the_same_ends_where_the_data_allows_it():
    plane = surround(np.array([[-0.9, 0.2], [1.7, 1.5]]))
    assert plane.low[0] == plane.low[1] and plane.high[0] == plane.high[1]
    plane = surround(np.array([[0, 100], [1, 101]]))
    assert (plane.low, plane.high) == ((0, 100), (1, 101))


def test_grid_lines_stand_every_fifth_over_the_square(dataset):
    lines = dataset.plane.grid_lines
    assert lines.shape[0] == 22
    assert lines.shape[1] >= 200
    ticks = np.linspace(-1, 1, 11)
    for across, along in ((0, 1), (1, 0)):
        constant = lines[np.ptp(lines[..., across], axis=1) == 0]
        np.testing.assert_allclose(np.sort(constant[:, 0, across]), ticks, atol=1e-6)
        np.testing.assert_allclose(constant[..., along].min(axis=1), -1)
        np.testing.assert_allclose(constant[..., along].max(axis=1), 1)


def test_grid_lines_stand_on_the_ticks_of_unequal_axes():
    plane = surround(np.array([[0.05, -300.0], [0.95, 250.0]]), same_scale=False)
    lines = plane.grid_lines
    for across, along in ((0, 1), (1, 0)):
        constant = lines[np.ptp(lines[..., across], axis=1) == 0]
        np.testing.assert_allclose(np.sort(constant[:, 0, across]), plane.ticks(across))
        np.testing.assert_allclose(constant[..., along].min(axis=1), plane.low[along])
        np.testing.assert_allclose(constant[..., along].max(axis=1), plane.high[along])


def test_ticks_are_the_multiples_of_the_spacing():
    plane = Plane(low=(-1, 10), high=(0.5, 40), spacing=(0.5, 10))
    np.testing.assert_allclose(plane.ticks(0), [-1, -0.5, 0, 0.5])
    np.testing.assert_allclose(plane.ticks(1), [10, 20, 30, 40])


def test_outline_runs_once_around_the_plane():
    """It is closed, never leaves the rim, and encloses the area of the plane, anticlockwise."""
    plane = Plane(low=(-1, 10), high=(3, 40), spacing=(0.5, 10))
    x, y = plane.outline.astype(float).T
    assert (x[0], y[0]) == (x[-1], y[-1]) == (-1, 10)
    assert (np.isin(x, (-1, 3)) | np.isin(y, (10, 40))).all()
    area = (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2
    assert area == pytest.approx(4 * 30, rel=1e-5)


def test_mesh_runs_from_end_to_end_row_by_row():
    plane = Plane(low=(-1, 10), high=(3, 40), spacing=(0.5, 10))
    mesh = plane.mesh
    assert mesh.shape == (201, 201, 2)
    np.testing.assert_allclose(mesh[0, :, 0], np.linspace(-1, 3, 201), atol=1e-6)
    np.testing.assert_allclose(mesh[:, 0, 1], np.linspace(10, 40, 201), rtol=1e-6)
    np.testing.assert_array_equal(mesh[..., 0], [mesh[0, :, 0]] * 201)
    np.testing.assert_array_equal(mesh[..., 1].T, [mesh[:, 0, 1]] * 201)
