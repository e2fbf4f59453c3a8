"""The path of a training through parameter space, and its projection to a plane."""

import itertools
import re

import numpy as np

from torchreplay.errors import MissingError, NetworkError

MAX_ROWS = 1000
MIN_VARIANCE_FRACTION = 1e-10  # of the first component's
MAX_LISTED = 6


class ParameterPath:
    """The path of a training through parameter space, projected to a plane of two directions.

    last: the last epoch of the path.
    names: of two parameters, see `place_of`; without them the directions are the two main
        components of the path, and the coordinates of the last epoch are 0.

    rows: the epochs through which it is drawn: all up to the last, or a sample if there are many.
    directions: (2, P) float64, of length 1 and orthogonal; the P parameters are in the order of
        `layer_parameters`.
    coordinates: (last + 1, 2) float64, of every epoch.
    shares: the share of the variance of the path along each direction.
    axis_labels: the names of the directions.

    Raises NetworkError for a parameter that does not exist, MissingError if there is only one.
    """

    def __init__(self, history, last, names=()):
        self.history, self.last = history, last
        self.rows = np.unique(np.linspace(0, last, min(last + 1, MAX_ROWS)).round().astype(int))
        self._values = [
            history.parameters[name][: last + 1].reshape(last + 1, -1)
            for names in history.layer_parameters.values()
            for name in names
        ]
        ends = np.cumsum([0, *(values.shape[1] for values in self._values)])
        self._columns = [slice(*pair) for pair in itertools.pairwise(ends)]
        if ends[-1] < 2:
            raise MissingError("the model has a single parameter")
        if names:
            found = (place_of(history, name) for name in names)
            places, self.axis_labels = zip(*found, strict=True)
            if places[0] == places[1]:
                raise NetworkError(f"{names[0]} and {names[1]} are the same: name two parameters")
            self.directions = np.zeros((2, ends[-1]))
            self.directions[[0, 1], places] = 1
        else:
            self.axis_labels = "component 1", "component 2"
            self.directions = self._components()
        self.coordinates = self._project(relative=not names)
        if not names:
            self._orient()
        total = sum(values[self.rows].astype(float).var(axis=0).sum() for values in self._values)
        self.shares = self.coordinates[self.rows].var(axis=0) / (total or 1)

    def _components(self):
        """The two main components of the path: (2, P)."""
        centered = []
        for values in self._values:
            values = values[self.rows].astype(float)
            centered.append(values - values.mean(axis=0))
        variances, weights = np.linalg.eigh(sum(values @ values.T for values in centered))
        found = []
        for variance, weight in [*zip(variances, weights.T, strict=True)][:-3:-1]:
            if variance > MIN_VARIANCE_FRACTION * variances[-1]:
                found.append(np.concatenate([weight @ values for values in centered]))
                found[-1] /= np.linalg.norm(found[-1])
        while len(found) < 2:  # the path is straight, or a point: any other direction will do
            free = np.zeros(self._columns[-1].stop)
            free[np.argmin(sum((one**2 for one in found), free))] = 1
            free -= sum((one @ free) * one for one in found)
            found.append(free / np.linalg.norm(free))
        return np.array(found)

    def _project(self, relative):
        """The coordinates of all epochs, if `relative` as differences from the last one."""
        coordinates = np.zeros((self.last + 1, 2))
        for values, columns in zip(self._values, self._columns, strict=True):
            moved = values.astype(float) - values[-1] * relative
            coordinates += moved @ self.directions[:, columns].T
        return coordinates

    def _orient(self):
        """Flip directions so that the path runs to the right, and reaches higher than it dips."""
        across, up = self.coordinates.T
        signs = [-1 if across[0] > 0 else 1, -1 if up.max() < -up.min() else 1]
        self.coordinates *= signs
        self.directions *= np.reshape(signs, (2, 1))

    def farthest(self, epoch):
        """The greatest distance of the path up to an epoch from the plane through this epoch."""
        rows = self.rows[self.rows <= epoch]
        squares = -((self.coordinates[rows] - self.coordinates[epoch]) ** 2).sum(axis=1)
        for values in self._values:
            squares += ((values[rows].astype(float) - values[epoch]) ** 2).sum(axis=1)
        return np.sqrt(max(squares.max(), 0))


def place_of(history, name):
    """The place of a parameter among all, and its name in pictures.

    name: its name in pictures or in `named_parameters`, and its index from 0 on, as in
        hidden.weight[0,1]. A parameter of one value needs no index.
    Raises NetworkError, with the names there are, if there is none with this name.
    """
    start, found = 0, []
    wanted = re.sub(r"\s", "", name)
    for layer, names in zip(history.layer_names, history.layer_parameters.values(), strict=True):
        for parameter in names:
            shape = history.parameters[parameter].shape[1:]
            called = f"{layer}.{parameter.rpartition('.')[2]}"
            found.append(_described(called, shape))
            for alias in (called.replace(" ", ""), parameter):
                index = _index(wanted.removeprefix(alias), shape)
                if wanted.startswith(alias) and index is not None:
                    return start + int(np.ravel_multi_index(index, shape)), called + _brackets(
                        index
                    )
            start += int(np.prod(shape))
    more = ", …" if len(found) > MAX_LISTED else ""
    raise NetworkError(f"no parameter {name!r}: there are {', '.join(found[:MAX_LISTED])}{more}")


def _index(text, shape):
    """The index typed after the name of a parameter of some shape; None if it does not fit."""
    if text == "" and np.prod(shape) == 1:
        return (0,) * len(shape)
    match = re.fullmatch(r"\[(\d+(?:,\d+)*)\]", text)
    index = tuple(map(int, match[1].split(","))) if match else ()
    fits = len(index) == len(shape) > 0 and all(np.less(index, shape))
    return index if fits else None


def _brackets(index):
    return f"[{','.join(map(str, index))}]" if index else ""


def _described(name, shape):
    """The name of a parameter with its first and its last index."""
    first, last = _brackets([0] * len(shape)), _brackets([size - 1 for size in shape])
    return f"{name}{first}" + (f" to {last}" if first != last else "")
