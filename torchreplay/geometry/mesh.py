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


def find_mesh(logits, mesh):
    """Refine a mesh until it shows every class that the logits and their slopes indicate.

    logits: a function of points, (n, 2), to one logit, (n, 1), or to those of K classes, (n, K).

    Returns the mesh and the logits at its points, (rows, columns) or (rows, columns, K).
    """
    for k in range(MAX_EVALUATIONS):
        with torch.no_grad():
            z = logits(torch.from_numpy(mesh.points.reshape(-1, 2)))
        hidden = hidden_classes(logits, mesh, z) if k < MAX_EVALUATIONS - 1 else ()
        if not len(hidden):
            break
        mesh = mesh.refined(hidden)
    return mesh, z.reshape(*mesh.points.shape[:2], -1).squeeze(-1).numpy()


def hidden_classes(logits, mesh, z):
    """Find points between mesh points of one class at which another class is predicted.

    The search covers edges and diagonals of the mesh along which the slope of the class's margin
    leads towards zero from both ends.
    z: the logits at the points of the mesh, (points, 1) or (points, K).

    Returns an array (points, 2).
    """
    shape, label = mesh.points.shape[:2], classes(z)
    row, column = _near_zero(margin(z, label).view(shape).numpy(), label.view(shape)).nonzero()
    number = np.full(np.add(shape, (1, 2)), -1)  # of such points; -1 elsewhere and at a rim
    number[row, column + 1] = np.arange(len(row))
    down, right = EDGES_AND_DIAGONALS[:, :, None].swapaxes(0, 1)
    ends = number[row + down, column + 1 + right]  # of the edges in every direction
    label, x = label.view(shape).numpy()[row, column], mesh.points[row, column]
    direction, start = ((ends >= 0) & (label[ends] == label)).nonzero()
    if not len(start):
        return np.empty((0, 2), np.float32)
    end = ends[direction, start]
    way, slope = x[end] - x[start], _slope(logits, x, label)
    falls, rises = ((slope[point] * way).sum(axis=1) for point in (start, end))
    suspect = (falls < 0) & (rises > 0)
    return _look_between(logits, x[start[suspect]], way[suspect], label[start[suspect]])


def classes(z):
    """The numbers of the classes with the largest logits, (n,).

    A single logit, (n, 1), is that of class 1 against class 0, of which it is zero.
    """
    return z.argmax(dim=1) if z.shape[1] > 1 else (z[:, 0] > 0).long()


def margin(z, label):
    """How far the logits of given classes, (n,), lie above those of all others: (n,).

    It is negative where another class has the largest one. See `classes`.
    """
    if z.shape[1] == 1:
        return torch.where(label == 1, z[:, 0], -z[:, 0])
    label = label[:, None]
    return z.gather(1, label)[:, 0] - z.scatter(1, label, -torch.inf).max(dim=1).values


def _near_zero(margins, label):
    """Mark mesh points whose margin is smaller than its change to one of their neighbors.

    A neighbor of another class has a negative margin.
    """
    change = np.zeros_like(margins)
    for later, earlier in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        there = np.where(label[later] == label[earlier], margins[later], -margins[later])
        step = np.abs(there - margins[earlier])
        for side in (later, earlier):
            np.maximum(change[side], step, out=change[side])
    return margins < change


@torch.enable_grad()
def _slope(logits, x, label):
    """The derivative of the margins of classes, (n,), by points x, (n, 2) both."""
    x = torch.from_numpy(x).requires_grad_()
    (slope,) = torch.autograd.grad(margin(logits(x), torch.from_numpy(label)).sum(), x)
    return slope.numpy()


@torch.no_grad()
def _look_between(logits, start, way, label):
    """Search segments whose two ends are of one class for points of another class.

    The search takes the lowest margin of 15 points of a segment, and then of 15 around it.
    """
    if not len(start):
        return start
    start, way, label = map(torch.from_numpy, (start, way, label))
    low, step = torch.zeros(len(way)), 1 / 16
    for _ in range(2):
        shares = low + step * torch.arange(1, 16)[:, None]
        x = start + shares[..., None] * way
        margins = margin(logits(x.reshape(-1, 2)), label.repeat(15)).reshape(x.shape[:2])
        values, lowest = margins.min(dim=0)
        share = shares[lowest, torch.arange(len(way))]
        low, step = share - step, step / 8
    return (start + share[:, None] * way)[values < 0].numpy()
