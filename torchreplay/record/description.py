"""What a record is: the arrays in its file, and how these and its settings fit together.

The same tables hold for what is saved and for what is loaded. A new array is a new entry in ARRAYS,
with a group of its own if older records have none.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from torchreplay.errors import SHORT_REPR
from torchreplay.models.tasks import task_of
from torchreplay.models.tracing import EXAMPLE_SIZE
from torchreplay.record.facts import FACTS, KEPT, NETWORK
from torchreplay.record.kept_features import IMAGES
from torchreplay.system.terminal import printable

MAX_RECORD_BYTES = 2e9  # of parameters and buffers
MAX_NAME_LENGTH = 1000
PARAMETER_PREFIX = "parameter "
FLOATS = "f2", "f4", "f8"
NUMBERS = *FLOATS, "c8", "c16", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"
LARGEST = float(np.finfo(np.float32).max)  # logits and networks have single precision
FINITE = -LARGEST, LARGEST
POSITIVE, SHARE = (0, LARGEST), (0, 1)
VALIDATION = "validation"
VERSION_HELD_OUT = 2  # its records always have points held out


class Entry(NamedTuple):
    """What an array of a record is.

    types: the dtypes that are accepted, in any byte order.
    shape: numbers, and names of sizes, each the same in all arrays; `...` at the end stands for
        more of any size.
    range: the least and the greatest value; None allows all but NaN.
    dtype: what it becomes; None leaves it.
    group: the arrays of a group are all there, or none of them; those of "" have to be there.
    may_be_nan: whether values may be NaN.
    """

    types: tuple
    shape: tuple
    range: tuple | None = None
    dtype: type | None = None
    group: str = ""
    may_be_nan: bool = False


ARRAYS = {
    "X": Entry(FLOATS, ("points", "features", ...), FINITE, np.float32),
    "y": Entry(FLOATS, ("points", 1), FINITE, np.float32),
    "loss": Entry(FLOATS, ("epochs",), POSITIVE, np.float64),
    "held_out": Entry(("b1",), ("points",), group=VALIDATION),
    "validation_loss": Entry(FLOATS, ("epochs",), POSITIVE, np.float64, VALIDATION),
    "probes": Entry(FLOATS, ("epochs", EXAMPLE_SIZE, ...), group="probes"),
}
MEASURED = {  # what Tasks measure beside the loss; that of points held out has a prefix
    "accuracy": Entry(FLOATS, ("epochs",), SHARE, np.float64),
    "class_accuracy": Entry(FLOATS, ("epochs", "classes"), SHARE, np.float64, may_be_nan=True),
    "rmse": Entry(FLOATS, ("epochs",), POSITIVE, np.float64),
    "r2": Entry(FLOATS, ("epochs",), (-LARGEST, 1), np.float64),
}
PARAMETER = Entry(NUMBERS, ("epochs", ...))  # each array with the prefix


class MisfitError(ValueError):
    """What is not as it has to be in a record, in words."""


def is_parameter(name):
    """Whether an array is a parameter or a buffer."""
    return name.startswith(PARAMETER_PREFIX)


def check_description(about, headers):
    """Check the settings of a record, and what its arrays are; they need not be read.

    about: the settings.
    headers: by name, what has the dtype, shape and nbytes of each array.
    Raises MisfitError if they do not fit together.
    """
    _check_kinds(FACTS, about)
    _check_groups(about["format"], headers)
    task, sizes = task_of(len(about["classes"])), {"classes": len(about["classes"])}
    _check_measured(task, headers)
    for name in ARRAYS.keys() & headers.keys():
        pairs = zip(ARRAYS[name].shape, headers[name].shape, strict=False)
        sizes.update(pair for pair in pairs if isinstance(pair[0], str))
    for name, header in headers.items():
        _check_header(name, header, sizes)
    if sizes["points"] < 2 or sizes["epochs"] < 1:
        raise MisfitError("it has less than two points, or no epoch")
    kept = sum(header.nbytes for name, header in headers.items() if is_parameter(name))
    if kept > MAX_RECORD_BYTES:
        raise MisfitError(f"its parameters take more than {MAX_RECORD_BYTES / 1e9:g} GB")
    probes = headers.get("probes")
    if probes is not None and math.prod(probes.shape[2:]) != task.outputs:
        raise MisfitError(f"probes has shape {SHORT_REPR.repr(probes.shape)}")
    if len(headers["X"].shape) == 2 and sizes["features"] == 2 and len(about["names"]) != 2:
        raise MisfitError(f"names has length {len(about['names'])}")


def _check_kinds(kinds, settings):
    """Raise MisfitError unless settings are those of a table."""
    misfit = kinds.misfit(settings) if isinstance(settings, dict) else "settings are missing"
    if misfit:
        raise MisfitError(misfit)


def _check_groups(version, headers):
    """Raise MisfitError unless all arrays are there that have to be."""
    there = {entry.group for name, entry in ARRAYS.items() if name in headers} | {""}
    if version == VERSION_HELD_OUT:
        there.add(VALIDATION)
    for name, entry in ARRAYS.items():
        if entry.group in there and name not in headers:
            raise MisfitError(f"{name} is missing")


def _check_measured(task, headers):
    """Raise MisfitError unless there is what a Task measures, and nothing else."""
    wanted = {*task.measured}
    if "held_out" in headers:
        wanted |= {f"{VALIDATION}_{name}" for name in wanted}
    found = {name for name in headers if name.removeprefix(f"{VALIDATION}_") in MEASURED}
    for name in sorted(wanted ^ found):
        raise MisfitError(f"{name} is {'missing' if name in wanted else 'in no such record'}")


def _entry(name):
    """The Entry of an array, or None."""
    if is_parameter(name):
        return PARAMETER
    return ARRAYS.get(name) or MEASURED.get(name.removeprefix(f"{VALIDATION}_"))


def _check_header(name, header, sizes):
    """Raise MisfitError unless an array has the dtype and the shape of its Entry."""
    entry, shown = _entry(name), printable(name)
    if entry is None or len(name) > MAX_NAME_LENGTH:
        raise MisfitError(f"{shown} is in no record")
    if header.dtype.str[1:] not in entry.types:
        raise MisfitError(f"{shown} has elements of type {header.dtype}")
    wanted, found = [sizes.get(size, size) for size in entry.shape], list(header.shape)
    if wanted[-1] is ...:
        wanted, found = wanted[:-1], found[: len(wanted) - 1]
    if wanted != found:
        raise MisfitError(f"{shown} has shape {SHORT_REPR.repr(header.shape)}")


def converted(arrays):
    """The arrays of a record in the types and the byte order in which they are used."""
    types = {name: _entry(name).dtype or array.dtype.newbyteorder("=")
             for name, array in arrays.items()}  # fmt: skip
    with np.errstate(over="ignore"):  # `check_values` finds what has become infinite
        return {name: array.astype(types[name], copy=False) for name, array in arrays.items()}


def check_values(arrays, classes):
    """Raise MisfitError unless the converted arrays of a record have values that they may have.

    classes: their number, 0 in regression.
    """
    for name, array in arrays.items():
        entry = _entry(name)
        low, high = entry.range or (-np.inf, np.inf)
        fits = (low <= array) & (array <= high) if entry.range else ~np.isnan(array)
        if not (fits | np.isnan(array) if entry.may_be_nan else fits).all():
            raise MisfitError(f"{printable(name)} has NaN, or values out of range")
    if classes and not np.isin(arrays["y"], range(classes)).all():
        raise MisfitError(f"y has labels other than 0 to {classes - 1}")
    held_out = arrays.get("held_out")
    if held_out is not None and (held_out.all() or not held_out.any()):
        raise MisfitError("held_out has all points, or none")


def check_kept(kept, arrays):
    """Raise MisfitError unless settings are those of the KeptFeatures in a record."""
    _check_kinds(KEPT, kept)
    X, images = arrays["X"], arrays.get(PARAMETER_PREFIX + IMAGES)
    rows = kept["points"] + math.prod(kept["shape"])
    if kept["points"] != len(X) or images is None or images.shape[1:] != (rows, 2):
        raise MisfitError("its points and its features differ in number")
    if X.shape[1:] != (1,) or not (X[:, 0] == np.arange(len(X), dtype=X.dtype)).all():
        raise MisfitError("X does not number the points")


def check_network(about, arrays):
    """Raise MisfitError unless the settings in a record are those of a network of its parameters.

    The network need not be made for this: one of absurd settings may take minutes.
    """
    settings, features = about["settings"], arrays["X"].shape[1:]
    _check_kinds(NETWORK, settings)
    if (settings["inputs"],) != features or len(about["names"]) != settings["inputs"]:
        raise MisfitError("inputs, names and X differ in number")
    outputs = task_of(len(about["classes"])).outputs
    widths = settings["inputs"], *settings["hidden"], *[2] * settings["latent"], outputs
    wanted = sum((inputs + 1) * units for inputs, units in itertools.pairwise(widths))
    found = sum(math.prod(arrays[name].shape[1:]) for name in arrays if is_parameter(name))
    if wanted != found:
        raise MisfitError(f"settings are of {wanted:,} parameters, recorded are {found:,}")
