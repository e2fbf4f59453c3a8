"""Where the input plane changes from one predicted class to the other: the decision boundary."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from contourpy import FillType, LineType, contour_generator

ROUNDS = 7  # of the search for P = 0.5 along an edge of the mesh, to single precision


@dataclass(frozen=True)
class LevelSet:
    """Where the input plane changes from one predicted class to the other.

    boundary: the curves P = 0.5, a list of (m, 2) arrays.
    region: the area P >= 0.5 of class 1, as vertices (k, 2) and matplotlib path codes (k,).
    """

    boundary: list
    region: tuple


def level_set(network, plane):
    """Find the LevelSet of a network in a plane.

    Curves and area share their vertices, so that neither gap nor overlap can open between them.
    """
    with torch.no_grad():
        logits = network.logit(torch.from_numpy(plane.mesh))[..., 0].numpy()
    contours = contour_generator(
        *plane.coordinates,
        logits,
        line_type=LineType.ChunkCombinedOffset,
        fill_type=FillType.ChunkCombinedCode,
    )
    (curves,), (offsets,) = contours.lines(0)
    (area,), (codes,) = contours.filled(0, math.inf)
    curves, area = (np.empty((0, 2)) if part is None else part for part in (curves, area))
    vertices = _refine(np.concatenate([curves, area]), network, plane)
    curves, area = np.split(vertices, [len(curves)])
    boundary = [] if offsets is None else np.split(curves, offsets[1:-1].astype(int))
    return LevelSet(boundary, region=(area, np.empty(0, np.uint8) if codes is None else codes))


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


def _refine(vertices, network, plane):
    """Slide the vertices of a contour along the edges of the mesh to where P = 0.5.

    The contour has put each between two mesh points by linear interpolation; a search asks the
    network itself. Vertices at mesh points stay.
    """
    start, x = edges(vertices, plane.samples)
    between = (start != x).any(dim=1)
    with torch.no_grad():
        ends = start[between], x[between]
        x[between] = locate(lambda x: network.logit(x)[:, 0] > 0, *ends, ROUNDS)
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
