"""Data sets from the arrays of a user's own program."""

from collections.abc import Iterable

import numpy as np
import torch
from torch.utils import data

from torchreplay.data.dataset import Dataset, feature_names
from torchreplay.data.values import as_array, check_labels, in_single_precision, spelled
from torchreplay.errors import DatasetError
from torchreplay.system.terminal import printable


def dataset_of(X, y=None, names=None, classes=None, validation=None, learns_numbers=False):
    """Make a Dataset of points and labels.

    X: (n, ...), an array or a tensor; or a TensorDataset of points and labels, without y.
    y: (n,) or (n, 1), with two different values; the smaller one is class 0.
    names, classes: the names of the features, by default the columns of a data frame X, and of the
        classes 0 and 1.
    validation: a pair like X and y, of points that are held out; they come last.
    Raises TypeError or DatasetError, naming the argument, for other data.
    """
    X, y = _pair(X, y, "X")
    names = _names(_columns(X) if names is None else names, "names")
    X, y = _points(X, y)
    names = _feature_names(names, X.shape)
    X = in_single_precision(X, "X", names)
    if len(X) < 2:
        raise DatasetError(f"X has {len(X)} points, not two or more")
    values, held_out = np.unique(y), None
    if len(values) != 2:
        found = ", ".join(map(str, values[:4])) + (", …" if len(values) > 4 else "")
        raise DatasetError(f"y has {len(values)} different labels ({found}), not two")
    if validation is not None:
        held_X, held_y = _validation(validation, X, values, names)
        held_out = torch.arange(len(X) + len(held_X)) >= len(X)
        X, y = np.concatenate([X, held_X]), np.concatenate([y, held_y])
    return Dataset(
        X=torch.from_numpy(X),
        y=torch.from_numpy((y == values[1]).astype(np.float32)[:, None]),
        names=names,
        classes=_class_names(classes, tuple(map(printable, map(spelled, values)))),
        held_out=held_out,
    )


def _pair(X, y, name):
    """Points and labels, which a TensorDataset has both; `name` is that of X in messages."""
    if y is None and isinstance(X, data.TensorDataset) and len(X.tensors) == 2:
        return X.tensors
    if isinstance(X, data.DataLoader):
        raise TypeError(f"{name} is a DataLoader: give X and y, such as *loader.dataset.tensors")
    if isinstance(X, data.Dataset):
        kind = type(X).__name__
        raise TypeError(f"{name} is a {kind}: give X and y as arrays, or a TensorDataset of both")
    if y is None:
        raise TypeError("y is missing: give the label of every point of X")
    return X, y


def _points(X, y, of=""):
    """Points and labels, (n,), as arrays; `of` is put before X and y in messages."""
    X, y = as_array(X, f"{of}X"), as_array(y, f"{of}y")
    if X.ndim < 2:
        raise DatasetError(f"{of}X has shape {X.shape}, not (points, features)")
    if y.shape not in ((len(X),), (len(X), 1)):
        raise DatasetError(
            f"{of}X has {len(X)} points and {of}y has shape {y.shape}: give a label a point"
        )
    check_labels(y, f"{of}y")
    return X, y.reshape(len(X))


def _validation(pair, X, values, names):
    """The points held out, which must be shaped like X, and their labels, from two values."""
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    if not is_pair and not isinstance(pair, data.Dataset | data.DataLoader):
        raise TypeError("validation is no pair: give points and labels, as in (X, y)")
    held_X, held_y = _points(
        *(pair if is_pair else _pair(pair, None, "validation")), "validation's "
    )
    if not len(held_X):
        raise DatasetError("validation has no points: leave it out")
    if held_X.shape[1:] != X.shape[1:]:
        raise DatasetError(
            f"validation's X has points of shape {held_X.shape[1:]}, X of {X.shape[1:]}"
        )
    others = held_y[~np.isin(held_y, values)]
    if len(others):
        raise DatasetError(f"validation's y has the label {others[0]}, which y has not")
    return in_single_precision(held_X, "validation's X", names), held_y


def _columns(X):
    """The names of the columns of a data frame, or None; their positions are no names."""
    columns = getattr(X, "columns", None)
    if columns is None or callable(columns) or list(columns) == list(range(len(columns))):
        return None
    return columns


def _names(values, argument):
    """Names as a tuple of words that can be printed; None stays None."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{argument} is {values!r}: give a list of names")
    return tuple(printable(str(name)) for name in values)


def _feature_names(names, shape):
    """The names of the features of X, by default X1, X2, ..."""
    width = shape[1] if len(shape) == 2 else None
    if names is None:
        return feature_names(width or 0)
    if len(names) != width:
        raise DatasetError(
            f"names has {len(names)} names for X of shape {shape}: give one a feature"
        )
    return names


def _class_names(classes, labels):
    """The names of the classes 0 and 1, by default their labels, which are in sorted order."""
    names = _names(classes, "classes")
    if names is None:
        return labels
    if len(names) != 2:
        raise DatasetError(f"classes has {len(names)} names, not two")
    if names[0] == labels[1] or names[1] == labels[0]:
        raise DatasetError(
            f"classes is {names}, and the labels in sorted order are {labels}: give"
            f" classes={labels}, or leave it out"
        )
    return names
