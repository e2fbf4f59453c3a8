"""Records as files: NumPy's format without pickled objects, so opening a file runs no code."""

import json
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from torchreplay.data.dataset import Dataset
from torchreplay.errors import UserError
from torchreplay.models.classifier import is_used_directly
from torchreplay.models.outputs import OUTPUTS
from torchreplay.models.recordable import check_model
from torchreplay.record.history import History, as_array
from torchreplay.record.kept_features import KeptFeatures
from torchreplay.system.staging import save_whole

FORMAT_VERSION = 2  # files without points held out have version 1
PARAMETER_PREFIX = "parameter "
VALIDATION_ARRAYS = ("held_out", "validation_loss", "validation_accuracy")
FACT_TYPES = {
    "names": list, "classes": list, "standardized": bool, "source": str, "diverged": bool,
    "output": str | None, "every": int, "label": str, "settings": dict | None,
}  # fmt: skip


def save_record(path, history):
    """Save a History and its data as an .npz file, which replaces an older one when it is whole.

    The `settings` of the model are saved, too, if it has any. Returns the path. Raises UserError if
    the file cannot be written.
    """
    path, dataset = Path(path), history.dataset
    about = {
        "format": FORMAT_VERSION if dataset.held_out is not None else 1,
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "names": dataset.names,
        "classes": dataset.classes,
        "standardized": dataset.standardized,
        "source": dataset.source,
        "diverged": history.diverged,
        "output": history.output,
        "every": history.every,
        "label": history.label,
        "settings": getattr(history.model, "settings", None),
        "training": dict(history.training),
    }
    arrays = {PARAMETER_PREFIX + name: values for name, values in history.parameters.items()}
    arrays |= {"X": dataset.X.numpy(), "y": dataset.y.numpy()}
    arrays |= {"loss": history.loss, "accuracy": history.accuracy}
    if dataset.held_out is not None:
        held_out = dataset.held_out.numpy(), history.validation_loss, history.validation_accuracy
        arrays |= dict(zip(VALIDATION_ARRAYS, held_out, strict=True))

    def write(made):
        with made.open("wb") as file:
            np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)

    save_whole(path, write)
    return path


def read_record(path):
    """Read the file of a record: facts about it, a dictionary, and its arrays by name.

    Raises UserError if it is not such a file.
    """
    try:
        with Path(path).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays["about"]))
        if about["format"] > FORMAT_VERSION:
            raise UserError(f"{path} is a record of a newer version of torchreplay: install that")
        _check_whole(about, arrays)
    except UserError:
        raise
    except OSError as fault:
        if fault.strerror is None:
            raise _no_record(path) from fault
        raise UserError(f"cannot read record {path}: {fault.strerror}") from fault
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as fault:
        raise _no_record(path) from fault
    return about, arrays


def _check_whole(about, arrays):
    """Raise ValueError or KeyError unless all parts of a record are there and fit together."""
    points, records = len(arrays["X"]), arrays["loss"].shape
    shapes = {"y": (points, 1), "accuracy": records}
    numbers = ["X", "y", "loss", "accuracy"]
    if about["format"] > 1:
        shapes |= dict(zip(VALIDATION_ARRAYS, ((points,), records, records), strict=True))
        numbers += VALIDATION_ARRAYS[1:]
        if arrays["held_out"].dtype.kind != "b":
            raise ValueError("held_out")
    for name in numbers:
        if arrays[name].dtype.kind != "f" or not np.isfinite(arrays[name]).all():
            raise ValueError(name)
    values = [array for name, array in arrays.items() if name.startswith(PARAMETER_PREFIX)]
    if (
        any(arrays[name].shape != shape for name, shape in shapes.items())
        or any(
            array.dtype.kind not in "fiub" or len(array) != len(arrays["loss"]) for array in values
        )
        or not all(isinstance(about[name], kind) for name, kind in FACT_TYPES.items())
        or not isinstance(about.get("training", {}), dict)
        or about["output"] not in (None, *OUTPUTS.values())
        or not (points >= 2 and len(records) == 1 and records[0] and about["every"] >= 1)
    ):
        raise ValueError("parts that do not fit together")


def _no_record(path):
    return UserError(f"{path} is no record, or a broken one: save it anew with Replay.save")


def load_record(path, model=None):
    """Load a History that was saved.

    model: a model of the recorded kind; a record of features alone needs none.
    Raises UserError if the file is not a record, or if the model does not fit.
    """
    about, arrays = read_record(path)
    features = (about["settings"] or {}).get("kept")
    model = KeptFeatures(**features) if features else model
    check_model(model, parameters=not features)
    parameters = {
        name.removeprefix(PARAMETER_PREFIX): values
        for name, values in arrays.items()
        if name.startswith(PARAMETER_PREFIX)
    }
    _check_fit(path, parameters, model, len(arrays["loss"]))
    if is_used_directly(model) != (about["output"] is None):
        raise UserError(f"the model does not fit {path}: it is of another kind")
    return History(
        recorded_dataset(about, arrays),
        parameters,
        *(arrays["loss"], arrays["accuracy"], model),
        *(about["diverged"], about["output"], about["every"], about["label"]),
        training=about.get("training", {}),  # older files have none
        **{name: arrays.get(name) for name in VALIDATION_ARRAYS[1:]},
    )


def recorded_dataset(about, arrays):
    """The Dataset of a record; see `read_record`."""
    tensors = {name: torch.from_numpy(arrays[name]) for name in ("X", "y", "held_out")
               if name in arrays}  # fmt: skip
    return Dataset(
        **tensors,
        names=tuple(about["names"]),
        classes=tuple(about["classes"]),
        standardized=about["standardized"],
        source=about["source"],
    )


def rebuild_record(path, make_network):
    """Load the History of a network that can be built from its settings.

    make_network: makes the network for a Dataset from these settings.
    Raises UserError if the file is not a record, or of another kind of network.
    """
    about, arrays = read_record(path)
    settings = dict(about["settings"] or {"kept": None})
    if "kept" in settings:
        raise UserError(
            f"the record {path} is not of a network that can be built here: Replay.load reads it"
        )
    del settings["inputs"]  # the data has them
    return load_record(path, make_network(recorded_dataset(about, arrays), **settings))


def _check_fit(path, parameters, model, records):
    """Raise UserError, naming the first misfit, unless a model has the recorded parameters."""
    expected = {name: as_array(value) for name, value in model.state_dict().items()}
    for name in {**expected, **parameters}:
        if name not in expected:
            raise UserError(f"the model does not fit {path}: it has no {name}")
        if name not in parameters:
            raise UserError(f"the model does not fit {path}: its {name} was not recorded")
        shape = (records, *expected[name].shape)
        if parameters[name].shape != shape:
            raise UserError(
                f"the model does not fit {path}: its {name} has shape {shape[1:]}, recorded was"
                f" {parameters[name].shape[1:]}"
            )
