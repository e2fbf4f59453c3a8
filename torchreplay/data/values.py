"""Values of a user's own program as arrays: of numbers in single precision, or of labels."""

import numbers

import numpy as np
import torch

from torchreplay.data.dataset import check_precision
from torchreplay.errors import DatasetError
from torchreplay.models.tasks import MAX_CLASSES

NUMERIC_KINDS = "fiub"
LABEL_KINDS = "fiubUS"


def as_array(values, name):
    """Values as an array.

    Tensors may require gradients, be sparse, or be on another device. Objects that are all words,
    or all numbers, become an array of these.
    name: that of the values in messages.
    Raises DatasetError for rows of different lengths and for masked values.
    """
    if torch.is_tensor(values):
        return _of_tensor(values.detach().cpu())
    if np.ma.is_masked(values):
        raise DatasetError(f"{name} has masked values: leave such points out, or fill them in")
    try:
        array = np.asarray(values)
    except ValueError as fault:
        raise DatasetError(f"{name} is no array: its rows differ in length") from fault
    return _of_objects(array) if array.dtype.kind in "OT" else array


def _of_tensor(values):
    if values.layout != torch.strided:
        values = values.to_dense()
    if values.is_floating_point() and values.dtype != torch.float64:
        values = values.float()
    return values.resolve_conj().resolve_neg().numpy()


def _of_objects(array):
    elements = array.ravel().tolist()
    for kind in (str, numbers.Real):
        if elements and all(isinstance(element, kind) for element in elements):
            return np.array(elements).reshape(array.shape)
    return array


def check_labels(labels, name):
    """Raise TypeError unless labels are numbers or words, DatasetError if one is NaN."""
    if labels.dtype.kind not in LABEL_KINDS:
        raise TypeError(
            f"{name} has elements of type {labels.dtype}: give numbers or words, and leave out"
            " points without a label"
        )
    if labels.dtype.kind in "US" and not np.char.strip(labels).astype(bool).all():
        raise DatasetError(f"{name} has an empty label: leave such points out")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise DatasetError(f"{name} has NaN: leave such points out")


def check_classes(values):
    """Raise DatasetError unless different labels, (labels,), may be those of classes."""
    count = len(values)
    if count == 1:
        raise DatasetError(f"y has one class only, {spelled(values[0])}: give points of two")
    are_numbers = values.dtype.kind in NUMERIC_KINDS
    learn = ": loss=nn.MSELoss() learns numbers" if are_numbers else ""
    if count > MAX_CLASSES:
        raise DatasetError(
            f"y has {count} different labels, and {MAX_CLASSES} classes are the most{learn}"
        )
    decimals = values[values != np.rint(values)] if are_numbers else values[:0]
    if count > 2 and len(decimals):
        raise DatasetError(
            f"y has numbers with decimals, such as {spelled(decimals[0])}{learn}, and classes"
            " are whole numbers or words"
        )


def is_one_hot(y):
    """Whether labels are rows of zeros with a single 1."""
    return (
        y.ndim == 2 and y.shape[1] > 1 and bool(((y == 1).sum(1) == 1).all()) and y.sum() == len(y)
    )


def in_single_precision(values, name, names):
    """Values, (n, ...), in single precision.

    names: of the features, if values are (n, d).
    Raises TypeError unless they are numbers; DatasetError unless they are finite, and if single
    precision is too little for a feature that is given in more.
    """
    if values.dtype.kind not in NUMERIC_KINDS:
        raise TypeError(f"{name} has elements of type {values.dtype}, not numbers")
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.isfinite(single).all():
        raise DatasetError(f"{name} has NaN, infinite or too large values: leave such points out")
    if not np.array_equal(single, values):
        features = values if values.ndim == 2 else values.reshape(-1, 1)
        check_precision(name, features.astype(np.float64), names if values.ndim == 2 else ["it"])
    return single


def spelled(label):
    """A label as people write it: 1 for 1.0."""
    if isinstance(label, np.floating) and float(f"{label:g}") == label:
        return f"{label:g}"
    return str(label)
