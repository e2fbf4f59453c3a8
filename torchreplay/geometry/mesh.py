"""The mesh at which a network is asked in the input plane, and zeros hidden between its points."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from torchreplay.models.decision import predicted

LOOKS = 4  # at a mesh, at the most, for zeros that hide between its points
NEW_LINES = 400  # of the mesh along either axis, at the most, after a look
FINEST = 16  # parts of a step of the mesh, into which new lines divide it
DIRECTIONS = np.array([(0, 1), (1, 0), (1, 1), (1, -1)])  # edges and diagonals: rows, columns


@dataclass(frozen=True, eq=False)
class Mesh:
    """A mesh of a plane.

    axes: where either axis is sampled, two ascending arrays of float32.
    """

    axes: tuple

    @cached_property
    def points(self):
        """The points of the mesh, (rows, columns, 2) float32."""
        return np.stack(np.meshgrid(*self.axes), axis=-1)

    @cached_property
    def coordinates(self):
        """The two coordinates of the points, (rows, columns) float64 each."""
        return tuple(np.moveaxis(self.points.astype(float), -1, 0).copy())

    def refined(self, x):
        """A mesh with lines near some places x, (n, 2), besides its own."""
        return Mesh(tuple(map(_with_lines, self.axes, x.T)))


def _with_lines(axis, x):
    step = (axis[1] - axis[0]) / FINEST
    places = np.unique(axis[0] + step * np.rint((x - axis[0]) / step))
    if len(places) > NEW_LINES:
        places = places[np.linspace(0, len(places) - 1, NEW_LINES).astype(int)]
    return np.union1d(axis, places.astype(np.float32).clip(axis[0], axis[-1]))


def find_mesh(logit, mesh):
    """Refine a mesh until it meets both classes wherever the logit and its slope tell of them.

    Returns the mesh and the logits at its points, (rows, columns).
    """
    for look in range(LOOKS):
        with torch.no_grad():
            logits = logit(torch.from_numpy(mesh.points.reshape(-1, 2))).numpy()
        logits = logits.reshape(mesh.points.shape[:2])
        hidden = hidden_zeros(logit, mesh, logits) if look < LOOKS - 1 else ()
        if not len(hidden):
            break
        mesh = mesh.refined(hidden)
    return mesh, logits


def hidden_zeros(logit, mesh, logits):
    """Find points between mesh points of one class at which the other class is predicted.

    They are looked for on edges and diagonals of the mesh along which the logit comes nearer to
    zero from both ends, as its slope tells. Returns an array (points, 2).
    """
    row, column = _near_zero(logits).nonzero()
    number = np.full(np.add(logits.shape, (1, 2)), -1)  # of such points, with a rim of none
    number[row, column + 1] = np.arange(len(row))
    down, right = DIRECTIONS[:, :, None].swapaxes(0, 1)
    ends = number[row + down, column + 1 + right]  # of the edges in every direction
    side = np.where(predicted(logits[row, column]), 1, -1)
    direction, start = ((ends >= 0) & (side[ends] == side)).nonzero()
    if not len(start):
        return np.empty((0, 2), np.float32)
    end, side, x = ends[direction, start], side[start], mesh.points[row, column]
    way, slope = x[end] - x[start], _slope(logit, x)
    falls, rises = (side * (slope[point] * way).sum(axis=1) for point in (start, end))
    suspect = (falls < 0) & (rises > 0)
    return _look_between(logit, x[start[suspect]], way[suspect], side[suspect])


def _near_zero(logits):
    """Mark mesh points whose logit is small beside its change to their neighbors."""
    change = np.zeros_like(logits)
    for later, earlier in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        step = np.abs(logits[later] - logits[earlier])
        for side in (later, earlier):
            np.maximum(change[side], step, out=change[side])
    return np.abs(logits) < change


@torch.enable_grad()
def _slope(logit, x):
    """The derivative of the logit by points x, (n, 2) both."""
    x = torch.from_numpy(x).requires_grad_()
    (slope,) = torch.autograd.grad(logit(x).sum(), x)
    return slope.numpy()


@torch.no_grad()
def _look_between(logit, start, way, side):
    """Search segments, whose two ends are of one class, for a point of the other class.

    It chooses the lowest of 15 points of a segment, and then the lowest of 15 around that.
    """
    if not len(start):
        return start
    start, way, side = map(torch.from_numpy, (start, way, side))
    low, step = torch.zeros(len(way)), 1 / 16
    for _ in range(2):
        shares = low + step * torch.arange(1, 16)[:, None]
        x = start + shares[..., None] * way
        values, lowest = (side * logit(x.reshape(-1, 2)).reshape(x.shape[:2])).min(dim=0)
        share = shares[lowest, torch.arange(len(way))]
        low, step = share - step, step / 8
    return (start + share[:, None] * way)[values < 0].numpy()
