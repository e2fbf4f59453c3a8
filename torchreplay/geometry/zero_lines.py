"""Where each of many numbers is zero in the input plane: straight lines, or curves."""

import numpy as np
import torch
from contourpy import contour_generator

from torchreplay.geometry.level_sets import TINY, edges, locate, starts_of

SEARCH_ROUNDS = 4
MAX_ROUNDING = 1e-5  # of the largest value, by which a function may differ from a linear one


@torch.no_grad()
def zero_lines(function, mesh):
    """Find the curves on which numbers are zero: for each number a list of arrays (m, 2).

    function: of points, (n, 2), to their numbers, (n, numbers).
    mesh: the Mesh where it is evaluated first.

    Where a number is linear in the plane, its line is computed from the corners, and is straight.
    All other vertices lie on lines of the mesh, where a search has found the zero.
    """
    values = function(torch.from_numpy(mesh.points.reshape(-1, 2))).double().numpy()
    values = values.T.reshape(-1, *mesh.points.shape[:2])
    found = [straight_line(one, mesh) for one in values]
    curved = [k for k, lines in enumerate(found) if lines is None]
    traced = {
        k: contour_generator(*mesh.coordinates, np.where(values[k] == 0, -TINY, values[k])).lines(0)
        for k in curved
    }
    for k, curves in zip(curved, refined(traced, function, mesh.axes), strict=True):
        found[k] = curves
    return found


def straight_line(values, mesh):
    """The line on which a linear function is zero: a list of one array (2, 2), or none.

    values: at the points of the mesh, (rows, columns).
    Returns None if the function is not linear.
    """
    (left, right), (bottom, top) = (axis[[0, -1]].astype(float) for axis in mesh.axes)
    at_corner, at_right, at_top = values[0, 0], values[0, -1], values[-1, 0]
    slope = np.array(
        [(at_right - at_corner) / (right - left), (at_top - at_corner) / (top - bottom)]
    )
    x, y = mesh.coordinates
    linear = at_corner + slope[0] * (x - left) + slope[1] * (y - bottom)
    if np.abs(values - linear).max() > MAX_ROUNDING * np.abs(values).max():
        return None
    return within(slope, at_corner - slope @ (left, bottom), (left, bottom), (right, top))


def within(slope, bias, low, high):
    """The part of the line slope · x + bias = 0 in a box: a list of one array (2, 2), or none."""
    normal, length = np.asarray(slope), np.linalg.norm(slope)
    if length == 0:
        return []
    start, way = -bias / length**2 * normal, np.array([-normal[1], normal[0]]) / length
    first, last = -np.inf, np.inf
    for k in (0, 1):
        ends = np.array([low[k], high[k]]) - start[k]
        if way[k] == 0:
            if not ends[0] <= 0 <= ends[1]:
                return []
            continue
        near, far = sorted(ends / way[k])
        first, last = max(first, near), min(last, far)
    return [start + np.outer((first, last), way)] if first < last else []


def refined(traced, function, axes):
    """Slide the vertices of contours to the zeros of their own numbers: lists of arrays (m, 2).

    traced: lists of curves by the number whose zeros they are; axes: of the Mesh.
    """
    curves = [curve for lines in traced.values() for curve in lines]
    if not curves:
        return [[] for _ in traced]
    sizes = [sum(map(len, lines)) for lines in traced.values()]
    number = torch.from_numpy(np.repeat(list(traced), sizes))
    start, x = edges(np.concatenate(curves), axes)
    between = (start != x).any(dim=1)
    own = number[between]

    def is_above(points):
        columns = own.repeat(len(points) // len(own))
        return function(points).gather(1, columns[:, None])[:, 0] > 0

    x[between] = locate(is_above, start[between], x[between], SEARCH_ROUNDS)
    slid = iter(np.split(x.numpy(), starts_of(curves)[1:]))
    return [[next(slid) for _ in lines] for lines in traced.values()]
