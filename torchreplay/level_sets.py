"""Where the input plane changes from one predicted class to the other: the decision boundary."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from contourpy import FillType, LineType, contour_generator

NEWTON_STEPS = 2  # from a contour by linear interpolation to the network's own P = 0.5
LOGIT_TOLERANCE = 1e-4  # beyond which Newton's method has failed, and a plain search is made
LOCATE_ROUNDS = 7


@dataclass(frozen=True)
class LevelSet:
    """Where the input plane changes from one predicted class to the other.

    boundary: the curves P = 0.5, a list of (m, 2) arrays.
    region: the area P >= 0.5 of class 1, as vertices (k, 2) and matplotlib path codes (k,).
    """

    boundary: list
    region: tuple


def level_set(logits, network, plane):
    """Find the LevelSet of a network whose logits on the mesh of a plane are given.

    Curves and area share their vertices, so that neither gap nor overlap can open between them.
    """
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
    """Slide the vertices of a contour along the edges of the mesh to where the logit is zero.

    The contour has put each between two mesh points by linear interpolation; from there Newton's
    method takes it to where the network itself has P = 0.5, or else a plain search: Newton's fails
    at a kink of ReLU. Mesh points stay.
    """
    x = torch.tensor(vertices, dtype=torch.float32)
    start, end = edges(vertices, plane.samples)
    reach = (end - start) / 2
    for _ in range(NEWTON_STEPS):
        x.requires_grad_()
        logit = network.logit(x)
        (gradient,) = torch.autograd.grad(logit.sum(), x)
        step = torch.where(reach > 0, -logit / gradient, 0).nan_to_num(0)
        x = (x + step.clamp(-reach, reach)).detach()
    with torch.no_grad():
        astray = (reach > 0).any(dim=1) & (network.logit(x)[:, 0].abs() > LOGIT_TOLERANCE)
        if astray.any():
            ends = start[astray], end[astray]
            x[astray] = locate(lambda x: network.logit(x)[:, 0] > 0, *ends, LOCATE_ROUNDS)
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
