"""Data sets: points, labels, and the names of features and classes."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike

import numpy as np
import torch

from torchreplay.data.example_sets import SETS, SetName, make
from torchreplay.data.tables import read_table
from torchreplay.errors import Argument, DatasetError, UserError, did_you_mean
from torchreplay.geometry.plane import Plane, surround
from torchreplay.models.tasks import Task, task_of
from torchreplay.settings import CLASSES, DATA_SEED, NOISE, POINTS
from torchreplay.system.paths import given_file
from torchreplay.system.terminal import printable

POINTS_PER_GRID_LINE, POINTS_PER_AXIS = 201, 801
FEW_POINTS = 50  # up to so many are drawn larger
MIN_FLOAT32_STEPS = 1000
MIN_DEVIATION = 1e-30


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points and their labels: the classes of points, or numbers to be learned.

    Parameters
    ----------
    X : Tensor
        (n, d) float32, the features, in their own units; (n, ...) for pictures and the like.
    y : Tensor
        (n, 1) float32, the labels: numbers of classes, from 0 on; any numbers in regression.
    names : tuple of str
        The names of the d features.
    classes : tuple of str
        The names of the labels 0, 1, ... in the data; none in regression.
    standardized : bool
        Whether a network is trained on features of mean 0 and variance 1.
    source : str
        The name of the file or example set.
    remarks : tuple of str
        Lines that say how a file was read, if users should know.
    held_out : Tensor or None
        (n,) bool, the points that are not trained on; None if all are. See `hold_out`.
    target : str
        The name of the labels in regression.

    Examples
    --------
    >>> moons = make_dataset("moons", points=40)
    >>> moons.X.shape, moons.y.sum().item()
    (torch.Size([40, 2]), 20.0)
    >>> len(hold_out(moons, 0.25).trained.y)
    30
    """

    X: torch.Tensor
    y: torch.Tensor
    names: tuple[str, ...] = ("X1", "X2")
    classes: tuple[str, ...] = ("0", "1")
    standardized: bool = False
    source: str = ""
    remarks: tuple[str, ...] = ()
    held_out: torch.Tensor | None = None
    target: str = "y"

    @cached_property
    def task(self) -> Task:
        """What is learned from the labels."""
        return task_of(len(self.classes), self.trained.y)

    def with_task(self, task: Task) -> Dataset:
        """The same data, of which something else is learned: numbers on the levels of more data."""
        other = copy.copy(self)
        object.__setattr__(other, "task", task)
        return other

    def take(self, rows: torch.Tensor) -> Dataset:
        """The same data with only some of the points; rows are indices or a mask."""
        held_out = None if self.held_out is None else self.held_out[rows]
        return dataclasses.replace(self, X=self.X[rows], y=self.y[rows], held_out=held_out)

    @cached_property
    def trained(self) -> Dataset:
        """The Dataset of the points that are trained on."""
        if self.held_out is None:
            return self
        return dataclasses.replace(self.take(~self.held_out), held_out=None)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes that people read."""
        are_numbers = self.classes == tuple(map(str, range(len(self.classes))))
        return tuple(f"class {name}" for name in self.classes) if are_numbers else self.classes

    @property
    def is_plane(self) -> bool:
        """Whether the points have two features."""
        return self.X.ndim == 2 and self.X.shape[1] == 2

    @property
    def is_graph(self) -> bool:
        """Whether numbers are learned from one feature, so that points (x, y) are a plane."""
        return self.X.ndim == 2 and self.X.shape[1] == 1 and not self.classes

    @property
    def coordinates(self) -> torch.Tensor:
        """The features of the points, and of a graph the number, too: (n, 2) if it has a plane."""
        return torch.cat([self.X, self.y], dim=1) if self.is_graph else self.X

    @cached_property
    def plane(self) -> Plane:
        """The Plane around the points, if they have two features, or one and a number.

        Both axes have the same scale, as for a network, unless features are standardized.
        """
        same_scale, on_rim = not (self.standardized or self.is_graph), len(self.X) > FEW_POINTS
        return surround(self.coordinates.double().numpy(), same_scale, on_rim)

    @property
    def grid(self) -> torch.Tensor:
        """The points of the grid lines, (lines, points, d); none without a plane.

        Of a graph it is the axis of x.
        """
        if self.is_graph:
            return torch.from_numpy(self.plane.samples(POINTS_PER_AXIS)[0].copy())[None, :, None]
        if not self.is_plane:
            return torch.zeros(0, 0, *self.X.shape[1:])
        return torch.from_numpy(self.plane.grid_lines(POINTS_PER_GRID_LINE).copy())

    @cached_property
    def feature_scales(self) -> torch.Tensor:
        """The scale of every feature, (d,): its standard deviation if standardized, else 1."""
        if not self.standardized:
            return torch.ones(self.X.shape[1:])
        return self.X.double().std(dim=0, correction=0).float()


def read_dataset(
    path: str | PathLike[str],
    standardized: bool = False,
    *,
    label: str | None = None,
    features: Sequence[str] | None = None,
    positive: str | None = None,
    drop: Sequence[str] | None = None,
    regression: bool = False,
) -> Dataset:
    """Read a Dataset from a text file with one point on each line: its features and its label.

    label, features, positive, drop: the meaning of its columns; see `read_table`.
    regression: whether the labels are numbers to be learned.
    Raises DatasetError, naming file and line, for other files.
    """
    path = given_file(path)
    with contextlib.suppress(OSError):  # reading it says why
        if not path.exists():
            sets, meant = ", ".join(SETS), did_you_mean(path, SETS)
            raise DatasetError(f"no data set {path}: it is neither a file nor one of {sets}{meant}")
    table = read_table(path, label, features, positive, drop, regression)
    names = tuple(map(printable, table.names)) or feature_names(table.X.shape[1])
    check_precision(f"data set {path}", table.X, names)
    target = printable(table.target) or "y"
    if regression:
        check_precision(f"data set {path}", table.y[:, None], [target])
    return Dataset(
        X=torch.from_numpy(table.X).float(),
        y=torch.from_numpy(table.y).float()[:, None],
        names=names,
        classes=tuple(map(printable, table.classes)),
        standardized=standardized,
        source=printable(path.name),
        remarks=table.remarks,
        target=target,
    )


def make_dataset(
    name: SetName,
    points: int | None = None,
    noise: float | None = None,
    seed: int = int(DATA_SEED.default),
    standardized: bool = False,
    *,
    classes: int | None = None,
) -> Dataset:
    """Make the example set of a name in `example_sets.SETS` as a Dataset.

    points: how many; None is the default of the set.
    noise: standard deviation of the noise added to every feature, or, in regression, to the
        labels; None is the default of the set.
    classes: the number of classes of blobs; None is 3.
    Raises DatasetError for an unknown name, UserError for a number that is out of range.
    """
    if name not in SETS:
        meant = did_you_mean(name, SETS) or ":"
        raise DatasetError(f"no example set {name!r}{meant} there are {', '.join(SETS)}")
    DATA_SEED.check("seed", seed, whole=True)
    if points is not None:
        POINTS.check("points", points, whole=True)
    if noise is not None:
        NOISE.check("noise", noise)
    if classes is not None:
        CLASSES.check("classes", classes, whole=True)
        if name != "blobs":
            raise DatasetError(
                f"the number of classes of {name} is fixed: leave out ", Argument("classes")
            )
    count = SETS[name].classes if classes is None else classes
    if points is not None and points < count:
        raise DatasetError(
            f"{points} points of {count} classes: give each class one with ", Argument("points")
        )
    X, y = map(torch.from_numpy, make(name, points, noise, seed, classes))
    names, labels = feature_names(X.shape[1]), tuple(map(str, range(count)))
    return Dataset(X, y, names, labels, standardized, source=name)


def feature_names(count):
    """The names of features without names of their own."""
    return ("x",) if count == 1 else tuple(f"X{k}" for k in range(1, count + 1))


def check_precision(of, X, names):
    """Raise DatasetError if the values of a feature are too close for single precision.

    of: what the features belong to, in messages.
    X: (n, d), in double precision.
    names: of the d features.
    """
    for name, column in zip(names, X.T, strict=True):
        least = max(MIN_FLOAT32_STEPS * np.spacing(np.float32(np.abs(column).max())), MIN_DEVIATION)
        if 0 < np.std(column) < least:
            raise DatasetError(
                f"{of}: {name} varies by {np.std(column):.2g} around {np.mean(column):.7g}, too"
                " little for single precision: subtract an offset"
            )


def hold_out(dataset: Dataset, share: float, seed: int = int(DATA_SEED.default)) -> Dataset:
    """The same Dataset with a share of the points of each class held out at random.

    share: more than 0 and less than 1. At least one point of each class is held out, and at least
        one is trained on. In regression all points are of one kind.
    Raises UserError for another share, DatasetError if a class has a single point.
    """
    if not isinstance(share, numbers.Real) or not 0 < share < 1:
        raise UserError(f"the share held out is {share!r}: give a number between 0 and 1")
    counts = [len(rows) for rows in _groups(dataset)]
    for name, count in zip(dataset.classes, counts, strict=False):
        if count < 2:
            raise DatasetError(
                f"data set {dataset.source}: class {name} has one point only: to hold out points of"
                " each class, have two or more"
            )
    chosen = [min(max(round(share * count), 1), count - 1) for count in counts]
    held_out = torch.zeros(len(dataset.y), dtype=torch.bool)
    held_out[_drawn(dataset, chosen, seed)] = True
    return dataclasses.replace(dataset, held_out=held_out)


def _groups(dataset):
    """The indices of the points of every class: a list of tensors; all in one in regression."""
    if not dataset.classes:
        return [torch.arange(len(dataset.y))]
    return [(dataset.y[:, 0] == label).nonzero()[:, 0] for label in range(len(dataset.classes))]


def _drawn(dataset, counts, seed):
    """The sorted indices of random points, so many of each of the `_groups`."""
    generator = torch.Generator().manual_seed(seed)
    chosen = [
        rows[torch.randperm(len(rows), generator=generator)[:count]]
        for rows, count in zip(_groups(dataset), counts, strict=True)
    ]
    return torch.cat(chosen).sort().values


def sample(dataset, size):
    """A fixed random sample of a data set in which the classes keep their shares.

    A data set of at most `size` points is returned whole.
    """
    total = len(dataset.y)
    if total <= size:
        return dataset
    sizes = np.array([len(rows) for rows in _groups(dataset)])
    from_last = np.cumsum(sizes[::-1])
    counts = np.diff([0, *(round(size * int(count) / total) for count in from_last)])[::-1]
    for group in np.flatnonzero((counts == 0) & (sizes > 0)):  # at least one point of each class
        counts[counts.argmax()] -= 1
        counts[group] += 1
    return dataset.take(_drawn(dataset, counts.tolist(), seed=0))


def sample_of_each(dataset, size):
    """A fixed random sample of the points trained on, and one of those held out; see `sample`.

    Raises UserError unless its size is a whole number of 2 or more, and a point for each class.
    """
    least = max(2, len(dataset.classes))
    if not isinstance(size, numbers.Integral) or size < least:
        raise UserError(f"sample is {size!r}: give a whole number of {least} or more points")
    if dataset.held_out is None:
        return sample(dataset, size)
    parts = [sample(dataset.take(rows), size) for rows in (~dataset.held_out, dataset.held_out)]
    joined = {name: torch.cat([getattr(part, name) for part in parts])
              for name in ("X", "y", "held_out")}  # fmt: skip
    return dataclasses.replace(dataset, **joined)
