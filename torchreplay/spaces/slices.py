"""Slices of an input space of more than two features: the same plane of it at all epochs.

A slice goes through three points, or it is that of two features while all others stay at their
medians. The network is evaluated at the points of the slice itself, so regions and boundary are
exact there. Data points lie beside it, and are shown where they are projected at right angles.
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from torchreplay.data.dataset import Dataset
from torchreplay.errors import Argument, NetworkError, did_you_mean
from torchreplay.geometry.plane import Plane, surround
from torchreplay.models.tracing import in_batches
from torchreplay.spaces.decision_plane import orthonormal
from torchreplay.spaces.space import INPUT_SPACE

MARGIN = 0.25  # around three points, of the longest side
TOLERANCE = 1e-6  # of the axes, at their rim
STEPS = 4  # sizes of points, from those on the slice to those at the reach
MAX_DISTANCE, MAX_DEVIATIONS = 0.25, 2  # of points drawn: of the axes, and of other features


@dataclass(frozen=True, eq=False)
class Slice:
    """A plane in an input space: the points origin + s directions[0] + t directions[1].

    origin, directions: a point, and two, (2, ...), in double precision.
    scales: of every feature, shaped like a point. Distances are those of features divided by them,
        and the directions are at right angles then.
    plane: the Plane of the places (s, t) that is drawn.
    reach: the distance at which points are too far to be drawn.
    marked: the Dataset of the points through which the slice goes, and their names.
    note: what it says of the other features, in words.
    """

    origin: torch.Tensor
    directions: torch.Tensor
    scales: torch.Tensor
    plane: Plane
    reach: float
    marked: Dataset
    names: tuple[str, ...] = ()
    note: str = ""

    def embed(self, places):
        """The points of the input space at places of the slice, (n, 2): (n, ...)."""
        points = self.origin + torch.tensordot(places.double(), self.directions, dims=1)
        return points.to(places.dtype)

    def logit(self, network, places):
        """What a network puts out at places of the slice, (n, 2): (n, outputs)."""
        return in_batches(lambda some: network.logit(self.embed(some)), places, self.origin.numel())

    def places(self, X):
        """Where points, (n, ...), are projected on the slice at right angles: (n, 2)."""
        ways = (X.double() - self.origin) / self.scales
        axes = (self.directions / self.scales).flatten(1)
        return (ways.flatten(1) @ axes.T / axes.square().sum(dim=1)).float()

    def step(self, X):
        """How near points are to the slice, (n,): from 0 to STEPS − 1, and STEPS if too far."""
        ways = (X.double() - self.embed(self.places(X).double())) / self.scales
        share = ways.flatten(1).norm(dim=1) / self.reach
        return (share * STEPS).floor().clamp(max=STEPS).long()

    def shown(self, points):
        """Those points of a Dataset that are drawn: near enough, and within the plane drawn."""
        low, high = map(torch.tensor, (self.plane.low, self.plane.high))
        share = (self.places(points.X) - low) / (high - low)
        within = ((share - 0.5).abs() < 0.5 + TOLERANCE).all(dim=1)
        return points.take(within & (self.step(points.X) < STEPS))


def slice_of(space, dataset):
    """The Space in which a data set is shown: a slice if the Space has a `span`.

    Raises NetworkError for points and features that span no plane of the data.
    """
    if space.name != INPUT_SPACE.name or not space.span or space.slice:
        return space
    if not (dataset.is_plane or dataset.is_graph) and dataset.X[0].numel() < 2:
        raise NetworkError("a slice needs two features or more: a feature space shows one as well")
    if dataset.X[0].numel() < 3:
        raise NetworkError(
            "the input space has no more than two features: it is shown whole, without a choice of"
            " points or features"
        )
    make = of_features if len(space.span) == 2 else through_points
    made, axis_labels = make(dataset, space.span)
    title = "Slice of the Input Space with Boundary"
    return dataclasses.replace(space, title=title, axis_labels=axis_labels, slice=made)


def span_of(plane_of=None, features=None):
    """The `span` of a Space: what is given of two arguments of `Replay.input_space`."""
    if plane_of is not None and features is not None:
        raise NetworkError("plane_of and features contradict each other: give one of them")
    if not _is_list(plane_of, 3):
        what = ": give three points, or two and a direction"
        raise NetworkError(Argument("plane_of", plane_of), what)
    if not _is_list(features, 2):
        raise NetworkError(Argument("features", features), ": give two features")
    given = features if plane_of is None else plane_of
    return () if given is None else tuple(given)


def _is_list(given, count):
    """Whether an argument is None or a list of so many."""
    is_list = isinstance(given, Sequence | np.ndarray) and not isinstance(given, str)
    return given is None or (is_list and len(given) == count)


def of_features(dataset, span):
    """The Slice of two features while others stay at their medians, and its axis labels."""
    if dataset.X.ndim != 2:
        raise NetworkError(
            f"points have shape {tuple(dataset.X.shape[1:])}, and only tables have features to"
            " choose: choose three points"
        )
    both = [number_of(each, dataset.names, dataset.X.shape[1]) for each in span]
    if None in both or both[0] == both[1]:
        raise NetworkError(
            f"features {' and '.join(map(str, span))}: {_fault_of(span, both, dataset.names)}"
        )
    origin, spread = _middle(dataset.trained.X.double())
    directions = torch.eye(len(origin), dtype=torch.double)[both]
    origin[both] = 0.0
    chosen = tuple(dataset.names[k] for k in both)
    plane = dataclasses.replace(dataset, X=dataset.X[:, both], names=chosen).plane
    reach = MAX_DEVIATIONS * (len(origin) - 2) ** 0.5
    nobody = dataset.take(torch.zeros(0, dtype=torch.long))
    note = "Other features at their medians"
    return Slice(origin, directions, spread, plane, reach, nobody, note=note), chosen


def _fault_of(span, found, names):
    """What is wrong with two features, in words.

    found: their places, see `number_of`.
    """
    if None not in found:
        return f"give two different ones of {', '.join(names)}"
    unknown = span[found.index(None)]
    return f"{unknown} is none of {', '.join(names)}{did_you_mean(unknown, names)}"


def _middle(X):
    """The medians of the features of X, (n, d), and their standard deviations, 1 in place of 0."""
    spread = X.std(dim=0, correction=0)
    return torch.from_numpy(np.median(X.numpy(), axis=0)), torch.where(spread > 0, spread, 1.0)


def through_points(dataset, span):
    """The Slice through three points, or through two along a direction, and its axis labels."""
    *given, last = span
    is_direction = not isinstance(last, str | numbers.Integral)
    rows = _rows(dataset, given if is_direction else span, span)
    marked = dataset.take(torch.tensor(rows))
    scales, points = dataset.feature_scales.double(), marked.X.double()
    third = _direction(last, scales) if is_direction else points[2] - points[0]
    ways = ((points - points[0]) / scales).flatten(1)
    axes = orthonormal([ways[1], (third / scales).flatten()])
    if len(axes) < 2:
        raise NetworkError(_asked(span), ": they lie on a line: choose others")
    directions, plane = axes.reshape(2, *scales.shape) * scales, _around((ways @ axes.T).numpy())
    reach = MAX_DISTANCE * (plane.high[0] - plane.low[0])
    names = tuple(map(str, span[: len(rows)]))
    toward = "Along the direction given" if is_direction else f"Toward point {names[2]}"
    labels = f"From point {names[0]} toward point {names[1]}", f"{toward}, at right angles"
    return Slice(points[0], directions, scales, plane, reach, marked, names), labels


def _around(places):
    """The Plane around the places of marked points, (n, 2), with a margin; they are its middle."""
    low, high = places.min(axis=0), places.max(axis=0)
    middle, half = (low + high) / 2, (high - low).max() / 2
    reach = (1 + 2 * MARGIN) * half
    return surround(np.array([middle - reach, middle + reach]))


def _direction(way, scales):
    """A direction as a tensor. Raises NetworkError unless it is shaped like a point."""
    try:
        found = torch.as_tensor(way).double()
    except (TypeError, ValueError, RuntimeError):
        found = torch.empty(0)
    if found.shape != scales.shape or not found.isfinite().all():
        shape = tuple(scales.shape)
        raise NetworkError(f"plane_of has no direction of shape {shape}, nor a third point")
    return found


def _rows(dataset, given, span):
    """The rows of points by their numbers. Raises NetworkError unless they are different ones."""
    rows, count = [number_of(each, (), len(dataset.y)) for each in given], len(dataset.y)
    if None in rows or len(set(rows)) < len(rows) or len(span) != 3:
        first = int(any(isinstance(each, str) for each in given))
        ends = f"{first} to {first + count - 1:,}"
        raise NetworkError(_asked(span), f": give three different points by their numbers, {ends}")
    return rows


def _asked(span):
    """The part of a message that names the points asked for."""
    words = [int(each) if isinstance(each, numbers.Integral) else each for each in span]
    return Argument("plane_of", [each if isinstance(each, str | int) else "…" for each in words])


def number_of(given, names, count):
    """The place, from 0 on, of one of `count` things: by its name, or by its number; None of none.

    A number counts from 0, and a number in words from 1, as columns of files.
    """
    if isinstance(given, str) and given in names:
        return names.index(given)
    if isinstance(given, str):
        place = int(given) - 1 if given.isdecimal() else -1
    else:
        place = int(given) if isinstance(given, numbers.Integral) else -1
    return place if 0 <= place < count else None
