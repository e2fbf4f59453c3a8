"""The part of a plane that is drawn: its ends around the data, and its grid lines."""

import gc
import weakref

import numpy as np
import pytest

from torchreplay.geometry.plane import Plane, mesh_points, surround

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


@pytest.mark.parametrize("count", [2, 201, 801])
def test_grid_lines_stand_every_fifth_over_the_square(dataset, count):
    lines = dataset.plane.grid_lines(count)
    assert lines.shape == (22, count, 2)
    ticks = np.linspace(-1, 1, 11)
    for across, along in ((0, 1), (1, 0)):
        constant = lines[np.ptp(lines[..., across], axis=1) == 0]
        np.testing.assert_allclose(np.sort(constant[:, 0, across]), ticks, atol=1e-6)
        np.testing.assert_allclose(constant[..., along].min(axis=1), -1)
        np.testing.assert_allclose(constant[..., along].max(axis=1), 1)
        places = np.sort(constant[..., along], axis=1)
        np.testing.assert_allclose(places, [np.linspace(-1, 1, count)] * 11, atol=1e-6)


def test_grid_lines_stand_on_the_ticks_of_unequal_axes():
    plane = surround(np.array([[0.05, -300.0], [0.95, 250.0]]), same_scale=False)
    lines = plane.grid_lines(201)
    for across, along in ((0, 1), (1, 0)):
        constant = lines[np.ptp(lines[..., across], axis=1) == 0]
        np.testing.assert_allclose(np.sort(constant[:, 0, across]), plane.ticks(across))
        np.testing.assert_allclose(constant[..., along].min(axis=1), plane.low[along])
        np.testing.assert_allclose(constant[..., along].max(axis=1), plane.high[along])


def test_ticks_are_the_multiples_of_the_spacing():
    plane = Plane(low=(-1, 10), high=(0.5, 40), spacing=(0.5, 10))
    np.testing.assert_allclose(plane.ticks(0), [-1, -0.5, 0, 0.5])
    np.testing.assert_allclose(plane.ticks(1), [10, 20, 30, 40])


@pytest.mark.parametrize("count", [2, 201])
def test_outline_runs_once_around_the_plane(count):
    """It is closed, never leaves the rim, and encloses the area of the plane, anticlockwise."""
    plane = Plane(low=(-1, 10), high=(3, 40), spacing=(0.5, 10))
    x, y = plane.outline(count).astype(float).T
    assert len(x) == 4 * (count - 1) + 1
    assert (x[0], y[0]) == (x[-1], y[-1]) == (-1, 10)
    assert (np.isin(x, (-1, 3)) | np.isin(y, (10, 40))).all()
    area = (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2
    assert area == pytest.approx(4 * 30, rel=1e-5)


@pytest.mark.parametrize("count", [2, 201, 1001])
def test_samples_run_from_end_to_end_in_equal_steps(count):
    plane = Plane(low=(-1, 10), high=(3, 40), spacing=(0.5, 10))
    x, y = plane.samples(count)
    np.testing.assert_allclose(x, np.linspace(-1, 3, count), atol=1e-6)
    np.testing.assert_allclose(y, np.linspace(10, 40, count), rtol=1e-6)
    assert x.dtype == y.dtype == np.float32


def test_a_mesh_has_a_step_for_every_few_pixels():
    """No longer than 2.88 pixels, but for the largest pictures; and 200 steps at the least."""
    counts = [mesh_points(pixels) for pixels in (96, 400, 576, 577, 1000, 2880, 6552)]
    assert counts == [201, 201, 201, 202, 349, 1001, 1001]


def test_what_is_kept_of_a_plane_ends_with_it():
    """It is made once, equal planes are equal before and after, and nothing else keeps it."""
    plane = Plane((0, 0), (1, 1), (0.1, 0.1))
    for make in (Plane.mesh, Plane.outline, Plane.grid_lines, Plane.samples):
        assert make(plane, 5) is make(plane, 5) is not make(plane, 6)
    assert plane == Plane((0, 0), (1, 1), (0.1, 0.1))
    assert hash(plane) == hash(Plane((0, 0), (1, 1), (0.1, 0.1)))
    kept = [weakref.ref(found) for found in (plane, plane.mesh(5), plane.outline(5))]
    assert all(one() is not None for one in kept)
    del plane, make
    gc.collect()
    assert [one() for one in kept] == [None] * 3
