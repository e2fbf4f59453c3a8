"""Data sets from the arrays of a user's own program."""

from collections.abc import Iterable

import numpy as np
import torch

from torchreplay.data.dataset import Dataset, feature_names
from torchreplay.errors import DatasetError


def dataset_of(X, y, names=None, classes=None, validation=None):
    """Make a Dataset of points and labels.

    X: (n, ...), an array or a tensor.
    y: (n,) or (n, 1), with two different values; the smaller one is class 0.
    names, classes: the names of the features, and of the classes.
    validation: a pair like X and y, of points that are held out; they come last.
    Raises TypeError or DatasetError, naming the argument, for other data.
    """
    X, y = _points(X, y)
    if len(X) < 2:
        raise DatasetError(f"X has {len(X)} points, not two or more")
    values, held_out = np.unique(y), None
    if len(values) != 2:
        found = ", ".join(map(str, values[:4])) + (", …" if len(values) > 4 else "")
        raise DatasetError(f"y has {len(values)} different labels ({found}), not two")
    if validation is not None:
        held_X, held_y = _validation(validation, X, values)
        held_out = torch.arange(len(X) + len(held_X)) >= len(X)
        X, y = np.concatenate([X, held_X]), np.concatenate([y, held_y])
    width = X.shape[1] if X.ndim == 2 else None
    names, classes = _names(names, "names"), _names(classes, "classes")
    if names is not None and len(names) != width:
        raise DatasetError(
            f"names has {len(names)} names for X of shape {tuple(X.shape)}: give one a feature"
        )
    if classes is not None and len(classes) != 2:
        raise DatasetError(f"classes has {len(classes)} names, not two")
    return Dataset(
        X=torch.from_numpy(X),
        y=torch.from_numpy((y == values[1]).astype(np.float32)[:, None]),
        names=feature_names(width or 0) if names is None else names,
        classes=tuple(map(_spelled, values)) if classes is None else classes,
        held_out=held_out,
    )


def _points(X, y, of=""):
    """Points in single precision and labels, (n,); `of` is put before X and y in messages."""
    X, y = _array(X, f"{of}X"), _array(y, f"{of}y")
    if X.ndim < 2:
        raise DatasetError(f"{of}X has shape {X.shape}, not (points, features)")
    if y.shape not in ((len(X),), (len(X), 1)):
        raise DatasetError(
            f"{of}X has {len(X)} points and {of}y has shape {y.shape}: give a label a point"
        )
    X = _numbers(X, f"{of}X")
    if y.dtype.kind == "f" and np.isnan(y).any():
        raise DatasetError(f"{of}y has NaN: leave such points out")
    if y.dtype.kind not in "fiubUS":
        raise TypeError(f"{of}y has elements of type {y.dtype}: give numbers or words")
    return X, y.reshape(len(X))


def _validation(pair, X, values):
    """The points held out, which must be shaped like X, and their labels, from two values."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise TypeError("validation is no pair: give points and labels, as in (X, y)")
    held_X, held_y = _points(*pair, of="validation's ")
    if not len(held_X):
        raise DatasetError("validation has no points: leave it out")
    if held_X.shape[1:] != X.shape[1:]:
        raise DatasetError(
            f"validation's X has points of shape {held_X.shape[1:]}, X of {X.shape[1:]}"
        )
    others = held_y[~np.isin(held_y, values)]
    if len(others):
        raise DatasetError(f"validation's y has the label {others[0]}, which y has not")
    return held_X, held_y


def _array(values, name):
    """Values as an array; tensors may require gradients or be on another device."""
    if torch.is_tensor(values):
        return values.detach().cpu().numpy()
    if np.ma.is_masked(values):
        raise DatasetError(f"{name} has masked values: leave such points out")
    try:
        return np.asarray(values)
    except ValueError as fault:
        raise DatasetError(f"{name} is no array: its rows differ in length") from fault


def _names(values, argument):
    """Names as a tuple of words; None stays None."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{argument} is {values!r}: give a list of names")
    return tuple(map(str, values))


def _numbers(values, name):
    """Values in single precision; TypeError unless they are numbers, DatasetError unless finite."""
    if values.dtype.kind not in "fiub":
        raise TypeError(f"{name} has elements of type {values.dtype}, not numbers")
    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    if not np.isfinite(values).all():
        raise DatasetError(f"{name} has NaN, infinite or too large values: leave such points out")
    return values


def _spelled(value):
    """A label as people write it: 1 for 1.0."""
    return f"{value:g}" if isinstance(value, np.floating | np.integer) else str(value)
