"""Where the input plane changes from one predicted class to the other: the decision boundary."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from contourpy import FillType, contour_generator

from torchreplay.record import predicted

ROUNDS = 7  # of the search for P = 0.5 along an edge of the mesh, to single precision
TINY = np.float32(1e-30)
LOOKS = 4  # at a mesh, at the most, for zeros that hide between its points
NEW_LINES = 400  # of the mesh along either axis, at the most, after a look
FINEST = 16  # parts of a step of the mesh, into which new lines divide it
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))  # edges and diagonals of the mesh


@dataclass(frozen=True)
class LevelSet:
    """Where the input plane changes from one predicted class to the other.

    boundary: the curves P = 0.5, a list of (m, 2) arrays.
    region: the area P >= 0.5 of class 1, closed curves, a list of (m, 2) arrays; holes run the
        other way around than what surrounds them.
    """

    boundary: list
    region: list


def level_set(logit, samples):
    """Find the LevelSet of a network.

    logit: a function of points, (..., 2), to their logits, (..., 1).
    samples: where either axis of the plane is sampled at first, two arrays.

    Curves and area share their vertices, so that neither gap nor overlap can open between them.
    """
    samples, logits = find_mesh(logit, samples)
    contours = contour_generator(
        *(axis.astype(float) for axis in samples),
        np.where(logits == 0, TINY, logits),  # class 1 is predicted where P is one half
        fill_type=FillType.OuterOffset,
    )
    areas, offsets = contours.filled(0, math.inf)
    if not areas:
        return LevelSet([], [])
    curves = [ends[1:] + start for ends, start in zip(offsets, _starts(areas), strict=True)]
    vertices = _refine(np.concatenate(areas), logit, samples)
    region = np.split(vertices, np.concatenate(curves)[:-1].astype(int))
    return LevelSet([part for curve in region for part in _off_the_rim(curve, samples)], region)


def _starts(arrays):
    """Where each of some arrays begins when they stand one behind the other."""
    return np.cumsum([0, *map(len, arrays)])[:-1]


def _off_the_rim(curve, samples):
    """The parts of a closed curve that do not run along the rim of the plane: a list of arrays."""
    ends = np.array([axis[[0, -1]] for axis in samples])
    at_rim = curve[..., None] == ends  # of each vertex: at which ends of which axes
    along = (at_rim[1:] & at_rim[:-1]).any(axis=(1, 2))
    if not along.any():
        return [curve]
    first = np.argmax(along)  # begin behind a part of the rim
    along, curve = np.roll(along, -first), np.concatenate([curve[first:-1], curve[: first + 1]])
    starts = np.nonzero(along[:-1] & ~along[1:])[0] + 1
    stops = np.nonzero(~along & np.append(along[1:], True))[0] + 2
    return [curve[start:stop] for start, stop in zip(starts, stops, strict=True)]


def find_mesh(logit, samples):
    """Find a mesh that meets both classes wherever the logit and its slope tell of them.

    Returns where either axis is sampled, two arrays, and the logits of the mesh.
    """
    finest = [(axis[1] - axis[0]) / FINEST for axis in samples]
    for look in range(LOOKS):
        mesh = torch.from_numpy(np.stack(np.meshgrid(*samples), axis=-1))
        with torch.no_grad():
            logits = logit(mesh)[..., 0]
        hidden = hidden_zeros(logit, mesh, logits) if look < LOOKS - 1 else ()
        if not len(hidden):
            break
        samples = [
            _with_lines(axis, x, step)
            for axis, x, step in zip(samples, hidden.T, finest, strict=True)
        ]
    return samples, logits.numpy()


def _with_lines(axis, x, step):
    """Add lines of a mesh near some places, as parts of its first step."""
    places = np.unique(axis[0] + step * np.rint((x - axis[0]) / step))
    if len(places) > NEW_LINES:
        places = places[np.linspace(0, len(places) - 1, NEW_LINES).astype(int)]
    return np.union1d(axis, places.astype(np.float32).clip(axis[0], axis[-1]))


def hidden_zeros(logit, mesh, logits):
    """Find points between mesh points of one class at which the other class is predicted.

    They are looked for on edges and diagonals of the mesh along which the logit comes nearer to
    zero from both ends, as its slope tells. Returns an array (points, 2).
    """
    height, width = logits.shape
    near = torch.from_numpy(_near_zero(logits.numpy()).ravel())
    places, points = near.nonzero()[:, 0], mesh.reshape(-1, 2)
    x = points[places].requires_grad_()
    if not len(x):
        return x.detach().numpy()
    values, slope = logit(x)[:, 0], torch.empty_like(points)
    (slope[places],) = torch.autograd.grad(values.sum(), x)
    sign, column = predicted(logits.reshape(-1)) * 2 - 1, places % width
    found = []
    for down, right in DIRECTIONS:
        end = places + down * width + right
        inside = (column + right >= 0) & (column + right < width) & (end < height * width)
        start, end = places[inside], end[inside]
        both = near[end] & (sign[end] == sign[start])
        start, end = start[both], end[both]
        way, side = points[end] - points[start], sign[start]
        falls = side * (slope[start] * way).sum(dim=1) < 0
        rises = side * (slope[end] * way).sum(dim=1) > 0
        suspect = falls & rises
        if suspect.any():
            found.append(_look_between(logit, points[start[suspect]], way[suspect], side[suspect]))
    return np.concatenate(found) if found else np.empty((0, 2), np.float32)


def _near_zero(logits):
    """Mark mesh points whose logit is small beside its change to their neighbors."""
    change = np.zeros_like(logits)
    for later, earlier in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        step = np.abs(logits[later] - logits[earlier])
        for side in (later, earlier):
            np.maximum(change[side], step, out=change[side])
    return np.abs(logits) < change


@torch.no_grad()
def _look_between(logit, start, way, side):
    """Find where the class is another one, on some ways between points of one class.

    The lowest of 15 points of a way is looked at, then the lowest of 15 around that.
    """
    low, step = torch.zeros(len(way)), 1 / 16
    for _ in range(2):
        shares = low + step * torch.arange(1, 16)[:, None]
        values, lowest = (side * logit(start + shares[..., None] * way)[..., 0]).min(dim=0)
        share = shares[lowest, torch.arange(len(way))]
        low, step = share - step, step / 8
    return (start + share[:, None] * way)[values < 0].numpy()


def edges(vertices, samples):
    """The ends of the mesh edges on which a contour's vertices lie, two tensors (n, 2).

    A vertex has one coordinate in common with a mesh point, or both: that is then both ends.
    samples: where either axis of the mesh is sampled.
    """
    x = torch.tensor(vertices, dtype=torch.float32)
    ends = x.clone(), x.clone()
    for axis, ticks in enumerate(map(torch.from_numpy, samples)):
        above = torch.searchsorted(ticks, x[:, axis].contiguous()).clamp(max=len(ticks) - 1)
        free = ticks[above] != x[:, axis]
        ends[0][free, axis] = ticks[above[free] - 1]
        ends[1][free, axis] = ticks[above[free]]
    return ends


def _refine(vertices, logit, samples):
    """Slide the vertices of a contour along the edges of the mesh to where P = 0.5.

    The contour has put each between two mesh points by linear interpolation; a search asks the
    network itself. Vertices at mesh points stay.
    """
    start, x = edges(vertices, samples)
    between = (start != x).any(dim=1)
    with torch.no_grad():
        ends = start[between], x[between]
        x[between] = locate(lambda x: predicted(logit(x)[:, 0]), *ends, ROUNDS)
    return x.numpy()


def locate(condition, start, end, rounds):
    """Find where a condition of points changes between pairs of them, all (n, 2).

    Each round looks at seven points between, and leaves an eighth of the way.
    """
    at_start = condition(start)
    for _ in range(rounds):
        way = end - start
        between = start + torch.arange(1, 8)[:, None, None] / 8 * way
        alike = condition(between.reshape(-1, 2)).reshape(7, -1) == at_start
        eighths = alike.int().cumprod(dim=0).sum(dim=0)[:, None]
        start, end = start + eighths / 8 * way, start + (eighths + 1) / 8 * way
    return end
