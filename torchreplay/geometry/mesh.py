"""The mesh where a network is evaluated in the input plane, and zeros hidden between its points."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

MAX_EVALUATIONS = 4
MAX_NEW_LINES_PER_AXIS = 400
MAX_DIVISIONS_PER_STEP = 16
MAX_IMAGE_OF_STEP = 1 / 12  # of the axes that show it
STEEP_ROUNDS, MAX_LINES_PER_AXIS = 3, 501
EDGES_AND_DIAGONALS = np.array([(0, 1), (1, 0), (1, 1), (1, -1)])  # (rows, columns)


@dataclass(frozen=True, eq=False)
class Mesh:
    """A mesh of a plane.

    axes: the coordinates at which each axis is sampled, two ascending arrays of float32.
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
        """The mesh with more lines near some places x, (n, 2)."""
        return Mesh(tuple(map(_with_lines, self.axes, x.T)))


def _with_lines(axis, x):
    step = (axis[1] - axis[0]) / MAX_DIVISIONS_PER_STEP
    places = np.unique(axis[0] + step * np.rint((x - axis[0]) / step))
    if len(places) > MAX_NEW_LINES_PER_AXIS:
        places = places[np.linspace(0, len(places) - 1, MAX_NEW_LINES_PER_AXIS).astype(int)]
    return np.union1d(axis, places.astype(np.float32).clip(axis[0], axis[-1]))


def mesh_of_image(image, mesh, extent):
    """Refine a mesh where the map is steep: the images of neighbors get close to each other.

    image: a function of points, (n, 2), to their images, (n, 2).
    extent: width and height of the axes that show the image.
    """
    for _ in range(STEEP_ROUNDS):
        with torch.no_grad():
            images = image(torch.from_numpy(mesh.points.reshape(-1, 2))).numpy() / extent
        images = images.reshape(mesh.points.shape)
        lengths = [_longest_images(images, along) for along in (1, 0)]
        if max(map(np.max, lengths)) <= MAX_IMAGE_OF_STEP:
            break
        mesh = Mesh(tuple(map(_divided, mesh.axes, lengths)))
    return mesh


def _longest_images(images, along):
    """The length of the longest image of each step along an axis: (steps,)."""
    steps = np.diff(images, axis=along)
    return np.sqrt((steps**2).sum(axis=2).max(axis=1 - along))


def _divided(axis, lengths):
    """An axis with more lines in steps that have long images, but not too many in all."""
    longest, parts = MAX_IMAGE_OF_STEP, np.array([MAX_LINES_PER_AXIS])
    while parts.sum() >= MAX_LINES_PER_AXIS:
        parts = np.ceil(lengths / longest).clip(1, MAX_DIVISIONS_PER_STEP).astype(int)
        longest *= 1.2
    ends = np.append(0, parts.cumsum())
    return np.interp(np.arange(ends[-1] + 1), ends, axis).astype(np.float32)


def find_mesh(logit, mesh):
    """Refine a mesh until it shows both classes wherever the logit and its slope indicate them.

    Returns the mesh and the logits at its points, (rows, columns).
    """
    for k in range(MAX_EVALUATIONS):
        with torch.no_grad():
            logits = logit(torch.from_numpy(mesh.points.reshape(-1, 2))).numpy()
        logits = logits.reshape(mesh.points.shape[:2])
        hidden = hidden_zeros(logit, mesh, logits) if k < MAX_EVALUATIONS - 1 else ()
        if not len(hidden):
            break
        mesh = mesh.refined(hidden)
    return mesh, logits


def hidden_zeros(logit, mesh, logits):
    """Find points between mesh points of one class at which the other class is predicted.

    The search covers edges and diagonals of the mesh along which the slope of the logit leads
    towards zero from both ends. Returns an array (points, 2).
    """
    row, column = _near_zero(logits).nonzero()
    number = np.full(np.add(logits.shape, (1, 2)), -1)  # of such points; -1 elsewhere and at a rim
    number[row, column + 1] = np.arange(len(row))
    down, right = EDGES_AND_DIAGONALS[:, :, None].swapaxes(0, 1)
    ends = number[row + down, column + 1 + right]  # of the edges in every direction
    side = np.where(logits[row, column] > 0, 1, -1)
    direction, start = ((ends >= 0) & (side[ends] == side)).nonzero()
    if not len(start):
        return np.empty((0, 2), np.float32)
    end, side, x = ends[direction, start], side[start], mesh.points[row, column]
    way, slope = x[end] - x[start], _slope(logit, x)
    falls, rises = (side * (slope[point] * way).sum(axis=1) for point in (start, end))
    suspect = (falls < 0) & (rises > 0)
    return _look_between(logit, x[start[suspect]], way[suspect], side[suspect])


def _near_zero(logits):
    """Mark mesh points whose logit is nearer to zero than to that of one of their neighbors."""
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
    """Search segments whose two ends are of one class for points of the other class.

    The search takes the lowest of 15 points of a segment, and then the lowest of 15 around it.
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
