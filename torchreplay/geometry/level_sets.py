"""Where a single number is zero in the input plane: the decision boundary of two classes."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from contourpy import FillType, contour_generator

from torchreplay.geometry.mesh import find_mesh

SEARCH_ROUNDS = 6  # enough for single precision
TINY = np.float32(1e-30)


@dataclass(frozen=True, eq=False)
class LevelSet:
    """Where a logit, or another number, is zero and above zero in the input plane.

    boundary: the curves on which it is zero, a list of (m, 2) arrays.
    region: the area above zero, that of class 1: closed curves, a list of (m, 2) arrays; holes run
        the other way around than what surrounds them.
    """

    boundary: list
    region: list


def level_set(logit, mesh):
    """Find the LevelSet of a logit.

    logit: a function of points, (..., 2), to their logits, (..., 1).
    mesh: the Mesh where it is evaluated first.

    Curves and area share their vertices, so there is no gap and no overlap between them.
    """
    mesh, logits = find_mesh(logit, mesh)
    contours = contour_generator(
        *mesh.coordinates,
        np.where(logits == 0, -TINY, logits),  # class 0 is predicted where P is one half
        fill_type=FillType.OuterOffset,
    )
    areas, offsets = contours.filled(0, math.inf)
    if not areas:
        return LevelSet([], [])
    curves = [ends[1:] + start for ends, start in zip(offsets, starts_of(areas), strict=True)]
    # Ties are of class 0. Only where whole areas tie does it matter on which side of them to end.
    above = torch.gt if (logits == 0).any() else torch.ge

    def is_above(x):
        return above(logit(x)[:, 0], 0)

    with torch.no_grad():
        vertices = slide(np.concatenate(areas), mesh.axes, is_above, SEARCH_ROUNDS)
    region = np.split(vertices, np.concatenate(curves)[:-1].astype(int))
    return LevelSet([line for curve in region for line in _off_the_rim(curve, mesh.axes)], region)


def starts_of(arrays):
    """The index at which each of some arrays begins when they are concatenated."""
    return np.cumsum([0, *map(len, arrays)])[:-1]


def _off_the_rim(curve, axes):
    """The parts of a closed curve that do not run along the rim of the plane: a list of arrays."""
    ends = np.array([axis[[0, -1]] for axis in axes])
    at_rim = curve[..., None] == ends  # of each vertex: at which ends of which axes
    along = (at_rim[1:] & at_rim[:-1]).any(axis=(1, 2))
    if not along.any():
        return [curve]
    first = np.argmax(along)  # begin on the rim
    along, curve = np.roll(along, -first), np.concatenate([curve[first:-1], curve[: first + 1]])
    starts = np.nonzero(along[:-1] & ~along[1:])[0] + 1
    stops = np.nonzero(~along & np.append(along[1:], True))[0] + 2
    return [curve[start:stop] for start, stop in zip(starts, stops, strict=True)]


@torch.no_grad()
def with_crossings(curves, area):
    """Add to curves, a list of arrays (n, 2), the points where they leave an area.

    area: a function of points, (n, 2), to the numbers of their areas, (n,).
    """
    if not curves:
        return []
    x = torch.from_numpy(np.concatenate(curves).astype(np.float32))
    starts, numbers = starts_of(curves)[1:], area(x).numpy()
    changes = numbers[1:] != numbers[:-1]
    changes[starts - 1] = False  # between the end of a curve and the next one
    before = np.flatnonzero(changes)
    found = locate(area, x[before], x[before + 1], SEARCH_ROUNDS)
    whole = np.insert(x.numpy(), before + 1, found.numpy(), axis=0)
    return np.split(whole, starts + np.searchsorted(before, starts))


def edges(vertices, axes):
    """The ends of the mesh edges on which the vertices of a contour lie, two tensors (n, 2).

    If a vertex is a mesh point, both ends are this point.
    axes: of the Mesh.
    """
    x = torch.tensor(vertices, dtype=torch.float32)
    ends = x.clone(), x.clone()
    for axis, ticks in enumerate(map(torch.from_numpy, axes)):
        above = torch.searchsorted(ticks, x[:, axis].contiguous()).clamp(max=len(ticks) - 1)
        free = ticks[above] != x[:, axis]
        ends[0][free, axis] = ticks[above[free] - 1]
        ends[1][free, axis] = ticks[above[free]]
    return ends


def slide(vertices, axes, condition, rounds):
    """Slide the vertices of a contour along the edges of a mesh to where a condition changes.

    The contour puts vertices between mesh points by linear interpolation. The search evaluates the
    condition itself, see `locate`. Vertices at mesh points do not move.
    axes: of the Mesh.
    """
    start, x = edges(vertices, axes)
    between = (start != x).any(dim=1)
    x[between] = locate(condition, start[between], x[between], rounds)
    return x.numpy()


def locate(condition, start, end, rounds):
    """Find where a condition of points, true or a number, changes between pairs, all (n, 2).

    Each round evaluates seven points between a pair and keeps an eighth of the way.
    """
    if not len(start):
        return start  # a model may not take an empty batch
    found, _ = narrow(condition, condition(start), start, end, rounds)
    return found


def narrow(condition, at_start, start, end, rounds):
    """Find where a condition first differs from what it is at the start; see `locate`.

    at_start: what it is there, (n,).

    Returns the places, (n, 2), and whether they are the ends because no point between differs.
    """
    way, is_end = end - start, torch.ones(len(start), dtype=torch.bool)
    for _ in range(rounds):
        way = way / 8
        between = start + torch.arange(1, 8)[:, None, None] * way
        alike = condition(between.reshape(-1, 2)).reshape(7, -1) == at_start
        passed = alike.cumprod(dim=0).sum(dim=0)
        is_end &= passed == 7
        start = start + passed[:, None] * way
    return start + way, is_end
