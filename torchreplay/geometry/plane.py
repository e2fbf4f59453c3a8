"""The part of a plane that is drawn: its ends, its grid, and the mesh where it is sampled."""

import math
from dataclasses import dataclass
from functools import wraps

import numpy as np

from torchreplay.geometry.mesh import Mesh

PIXELS_PER_STEP = 2.88
MIN_MESH_POINTS, MAX_MESH_POINTS = 201, 1001  # along each axis
MAX_GRID_SPACES = 14
MARGIN_IN_GRID_SPACES, MARGIN_OFF_RIM = 0.1, 0.25
ROUND_NUMBERS = (1, 2, 2.5, 5, 10)


def kept(method):
    """A method of a count whose results are kept and shared as long as its Plane exists."""

    @wraps(method)
    def once(self, count):
        results = self.__dict__.setdefault(f"_{method.__name__}", {})
        if count not in results:
            results[count] = method(self, count)
        return results[count]

    return once


@dataclass(frozen=True)
class Plane:
    """The part of a plane that is drawn.

    low, high: the ends of both axes, a pair each.
    spacing: the distance of grid lines along each axis, a pair.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    spacing: tuple[float, float]

    @kept
    def samples(self, count):
        """The coordinates at which each axis is sampled: two arrays (count,)."""
        return [
            np.linspace(low, high, count, dtype=np.float32)
            for low, high in zip(self.low, self.high, strict=True)
        ]

    @kept
    def mesh(self, count):
        """The Mesh of count × count points."""
        return Mesh(tuple(self.samples(count)))

    @kept
    def outline(self, count):
        """The closed curve around the plane with `count` points per side: (points, 2)."""
        x, y = self.samples(count)
        sides = [(x, y[:1]), (x[-1:], y[1:]), (x[-2::-1], y[-1:]), (x[:1], y[-2::-1])]
        return np.concatenate([np.stack(np.broadcast_arrays(*side), axis=-1) for side in sides])

    @kept
    def grid_lines(self, count):
        """Lines at every multiple of the spacing, horizontal ones first: (lines, count, 2)."""
        (x_ticks, y_ticks), (x, y) = (self.ticks(axis) for axis in (0, 1)), self.samples(count)
        horizontal = np.stack(np.meshgrid(x, y_ticks), axis=-1)
        vertical = np.stack(np.meshgrid(y, x_ticks), axis=-1)[..., ::-1]
        return np.concatenate([horizontal, vertical])

    def ticks(self, axis):
        """Where grid lines cross axis 0 or 1, from end to end."""
        low, high = self.low[axis], self.high[axis]
        count = 1 + round((high - low) / self.spacing[axis])
        return np.linspace(low, high, count, dtype=np.float32)


def mesh_points(pixels):
    """How many points a mesh has along each axis of a plane that is some pixels wide."""
    return int(np.clip(1 + math.ceil(pixels / PIXELS_PER_STEP), MIN_MESH_POINTS, MAX_MESH_POINTS))


def surround(points, same_scale=True, on_rim=True):
    """Find the Plane around points, (n, 2). Its ends and its grid lines are round numbers.

    There is a margin between points and ends. Points may lie exactly on an end if they may lie on
    the rim. At the same scale both axes have the same length and, if possible, the same ends.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    least = 1e-6 * np.maximum(np.abs(low), np.abs(high))  # below that, all points coincide
    length = np.where(high - low > least, high - low, 1e6 * least)
    spacing = np.array([_round_up(one / MAX_GRID_SPACES) for one in length])
    if same_scale:
        spacing[:] = spacing.max()
    margin = MARGIN_IN_GRID_SPACES if on_rim else MARGIN_OFF_RIM
    first, last = (
        np.where(on_rim & np.isclose(end, np.rint(end), rtol=0, atol=1e-6), np.rint(end), outward)
        for end, outward in (
            (low / spacing, np.floor(low / spacing - margin)),
            (high / spacing, np.ceil(high / spacing + margin)),
        )
    )
    single = last - first < 1
    first, last = first - single, last + single
    if same_scale:
        longer = np.argmax(last - first)
        extent, start = (last - first)[longer], first[longer]
        fits = (last - extent <= start) & (start <= first)
        first = np.where(fits, start, np.floor((first + last - extent) / 2))
        last = first + extent
    return Plane(*(tuple(end.tolist()) for end in (first * spacing, last * spacing, spacing)))


def _round_up(length):
    """The next of the numbers 1, 2, 2.5 and 5 times a power of ten; 1 for a length of 0."""
    if length == 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(length))
    return next(step * power for step in ROUND_NUMBERS if length <= step * power * (1 + 1e-6))
