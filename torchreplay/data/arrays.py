"""Data sets from the arrays of a user's own program."""

from collections.abc import Iterable

import numpy as np
import torch
from torch.utils import data

from torchreplay.data.dataset import Dataset, feature_names
from torchreplay.data.targets import MAX_TARGET
from torchreplay.data.values import (
    NUMERIC_KINDS,
    as_array,
    check_classes,
    check_labels,
    in_single_precision,
    is_one_hot,
    spelled,
)
from torchreplay.errors import DatasetError
from torchreplay.system.terminal import printable


def dataset_of(X, y=None, names=None, classes=None, validation=None, learns_numbers=False):
    """Make a Dataset of points and labels.

    X: (n, ...), an array or a tensor; or a TensorDataset of points and labels, without y.
    y: (n,) or (n, 1), with two to 20 different values, which in sorted order are the classes 0, 1,
        ...; or the numbers to be learned.
    names, classes: the names of the features, by default the columns of a data frame X, and of the
        classes.
    validation: a pair like X and y, of points that are held out; they come last.
    learns_numbers: whether y has numbers to be learned; the name of a series y is kept.
    Raises TypeError or DatasetError, naming the argument, for other data.
    """
    X, y = _pair(X, y, "X")
    names = _names(_columns(X) if names is None else names, "names")
    target = _name_of(y) if learns_numbers else "y"
    X, y = _points(X, y)
    names = _feature_names(names, X.shape)
    X = in_single_precision(X, "X", names)
    if len(X) < 2:
        raise DatasetError(f"X has {len(X)} points, not two or more")
    learned = _Numbers(y, classes, target) if learns_numbers else _Classes(y, classes)
    y, held_out = learned.labels(y, "y"), None
    if validation is not None:
        held_X, held_y = _validation(validation, X, names)
        held_out = torch.arange(len(X) + len(held_X)) >= len(X)
        X = np.concatenate([X, held_X])
        y = np.concatenate([y, learned.labels(held_y, "validation's y")])
    return Dataset(
        X=torch.from_numpy(X),
        y=torch.from_numpy(y[:, None]),
        names=names,
        classes=learned.names,
        held_out=held_out,
        target=target,
    )


class _Classes:
    """The classes that are learned from labels y, (n,).

    names: of the classes, by default their labels, which are in sorted order.
    """

    def __init__(self, y, names):
        self.values = np.unique(y)
        check_classes(self.values)
        self.names = _class_names(names, tuple(map(printable, map(spelled, self.values))))

    def labels(self, y, name):
        """The numbers of classes, (n,) float32. Raises DatasetError for another label."""
        others = y[~np.isin(y, self.values)]
        if len(others):
            raise DatasetError(f"{name} has the label {others[0]}, which y has not")
        return np.searchsorted(self.values, y).astype(np.float32)


class _Numbers:
    """The numbers y, (n,), that are learned; target is their name."""

    names = ()

    def __init__(self, y, names, target):
        self.target = target
        if names is not None:
            raise DatasetError("classes names classes, and the loss is for numbers: leave it out")
        numbers = self.labels(y, "y")
        if (numbers == numbers[0]).all():
            raise DatasetError(f"y has one number only, {spelled(y[0])}: give different ones")

    def labels(self, y, name):
        """The numbers, (n,) float32. Raises DatasetError for what cannot be learned."""
        if y.dtype.kind not in NUMERIC_KINDS:
            raise DatasetError(
                f"{name} has words, and the loss is for numbers: for classes give"
                " loss=nn.CrossEntropyLoss()"
            )
        numbers = in_single_precision(y[:, None], name, [self.target])[:, 0]
        if (np.abs(numbers) > MAX_TARGET).any():
            raise DatasetError(f"{name} has numbers beyond {MAX_TARGET:g}: scale them")
        return numbers


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
        remedy = "give y.argmax(1) of a one-hot y" if is_one_hot(y) else "give a label a point"
        raise DatasetError(f"{of}X has {len(X)} points and {of}y has shape {y.shape}: {remedy}")
    check_labels(y, f"{of}y")
    return X, y.reshape(len(X))


def _validation(pair, X, names):
    """The points held out, which must be shaped like X, and their labels."""
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
    return in_single_precision(held_X, "validation's X", names), held_y


def _columns(X):
    """The names of the columns of a data frame, or None; their positions are no names."""
    columns = getattr(X, "columns", None)
    if columns is None or callable(columns) or list(columns) == list(range(len(columns))):
        return None
    return columns


def _name_of(y):
    """The name of a series, or of the column of a data frame; "y" of anything else."""
    columns = _columns(y)
    name = getattr(y, "name", None) if columns is None else next(iter(columns), None)
    return printable(name) if isinstance(name, str) and name else "y"


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
    """The names of the classes, by default their labels, which are in sorted order."""
    names = _names(classes, "classes")
    if names is None:
        return labels
    if len(names) != len(labels):
        raise DatasetError(f"classes has {len(names)} names for {len(labels)} different labels")
    if any(name in labels and name != label for name, label in zip(names, labels, strict=True)):
        raise DatasetError(
            f"classes is {names}, and the labels in sorted order are {labels}: give"
            f" classes={labels}, or leave it out"
        )
    return names
