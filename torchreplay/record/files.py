"""Records as files: NumPy's format without pickled objects, so opening a file runs no code."""

import contextlib
import json
from pathlib import Path

import numpy as np
import torch

from torchreplay.data.dataset import Dataset
from torchreplay.errors import UserError
from torchreplay.models.classifier import is_used_directly
from torchreplay.models.recordable import check_model, unwrapped
from torchreplay.record.archive import FAULTS, Archive
from torchreplay.record.description import (
    MEASURED,
    PARAMETER_PREFIX,
    VALIDATION,
    VERSION_HELD_OUT,
    MisfitError,
    check_description,
    check_kept,
    check_network,
    check_values,
    converted,
    is_parameter,
)
from torchreplay.record.facts import FORMAT_VERSION, KEPT, NETWORK
from torchreplay.record.fit import check_fit, check_points
from torchreplay.record.history import History
from torchreplay.record.kept_features import KeptFeatures, numbered
from torchreplay.system.memory import check_memory
from torchreplay.system.regular_files import open_regular
from torchreplay.system.staging import save_whole

OF_OLDER_FILES = {"training": {}, "target": "y"}  # the facts that these lack
OTHERS = {  # the arrays that History takes by their names
    "probes", "class_accuracy", "rmse", "r2", "validation_loss",
    *(f"{VALIDATION}_{name}" for name in MEASURED),
}  # fmt: skip
MAX_ABOUT_BYTES = 2**26


def save_record(path, history):
    """Save a History and its data as an .npz file, which replaces an older one when it is whole.

    The `settings` of the model are saved, too, if JSON knows their types. Returns the path. Raises
    UserError if the file cannot be written, or if it could not be loaded.
    """
    path = Path(path)
    try:
        about = json.dumps(_about(history))
        arrays = converted(_arrays(history))
        check_description(json.loads(about), arrays)
        check_values(arrays, len(history.dataset.classes))
    except (TypeError, ValueError, RecursionError) as fault:
        raise UserError(f"the record cannot be saved in {path}: {fault}") from fault

    def write(made):
        with made.open("wb") as file:
            np.savez_compressed(file, about=np.array(about), **arrays)

    save_whole(path, write)
    return path


def _about(history):
    """The settings of a record, see `facts`, and the versions that made it."""
    dataset = history.dataset
    return {
        "format": format_version(dataset),
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "names": dataset.names,
        "classes": dataset.classes,
        "target": dataset.target,
        "standardized": dataset.standardized,
        "source": dataset.source,
        "diverged": history.diverged,
        "output": history.output,
        "every": history.every,
        "label": history.label,
        "settings": _settings(history.model),
        "training": dict(history.training),
    }


def format_version(dataset):
    """The version of a file, so that older versions of the package refuse it if they must."""
    if dataset.task.classes != 2:
        return FORMAT_VERSION
    return 1 if dataset.held_out is None else VERSION_HELD_OUT


def _settings(model):
    """The settings of a model if they are a dictionary that JSON can keep, else None."""
    settings = getattr(model, "settings", None)
    if not isinstance(settings, dict) or ("kept" in settings and type(model) is not KeptFeatures):
        return None
    with contextlib.suppress(TypeError, ValueError, RecursionError):
        return json.loads(json.dumps(settings))


def _arrays(history):
    """The arrays of a record by name, see `description`."""
    dataset = history.dataset
    arrays = {PARAMETER_PREFIX + name: values for name, values in history.parameters.items()}
    numbers = isinstance(history.model, KeptFeatures)
    X = dataset.X.flatten(1) if numbers else dataset.X  # as in older files
    arrays |= {"X": X.numpy(), "y": dataset.y.numpy()}
    arrays |= history.measured
    if history.probes is not None:
        arrays["probes"] = history.probes
    if dataset.held_out is not None:
        arrays["held_out"] = dataset.held_out.numpy()
    return arrays


def read_record(path):
    """Read the file of a record: facts about it, a dictionary, and its arrays by name.

    Raises UserError if it is not such a file.
    """
    with _refused(path), open_regular(path) as file:
        archive, about = _described(path, file)
        arrays = converted({name: archive.read(name) for name in archive.headers})
        check_values(arrays, len(about["classes"]))
    return about, arrays


def read_about(path):
    """Read facts about a record, a dictionary, and count its epochs, but read no other array.

    Raises UserError if the file is no record.
    """
    with _refused(path), open_regular(path) as file:
        archive, about = _described(path, file)
        return about, archive.headers["loss"].shape[0]


def _described(path, file):
    """The Archive in a file, without the facts, and these; both are checked."""
    archive = Archive(file)
    header = archive.headers["about"]
    if header.dtype.kind != "U" or header.nbytes > MAX_ABOUT_BYTES:
        raise MisfitError("about is no text, or too long a one")
    about = json.loads(str(archive.read("about")))
    if isinstance(about, dict):
        about = OF_OLDER_FILES | about
    del archive.headers["about"]
    version = about.get("format") if isinstance(about, dict) else None
    if type(version) is int and version > FORMAT_VERSION:
        raise UserError(f"{path} is a record of a newer version of torchreplay: install that")
    check_description(about, archive.headers)
    needed = sum(header.nbytes for header in archive.headers.values())
    check_memory([(needed, f"the record {path}", "close other programs")])
    return archive, about


@contextlib.contextmanager
def _refused(path):
    """Raise UserError, in one line, for whatever is wrong with the file of a record."""
    broken = f"{path} is no record, or a broken one"
    try:
        yield
    except MisfitError as misfit:
        raise UserError(f"{broken} ({misfit}): save it anew with Replay.save") from misfit
    except UserError:
        raise
    except OSError as fault:
        if fault.filename is None:  # not of opening it
            raise UserError(f"{broken}: save it anew with Replay.save") from fault
        raise UserError(f"cannot read record {path}: {fault.strerror}") from fault
    except FAULTS as fault:
        raise UserError(f"{broken}: save it anew with Replay.save") from fault


def load_record(path, model=None):
    """Load a History that was saved.

    model: a model of the recorded kind; a record of features alone needs none.
    Raises UserError if the file is not a record, or if the model does not fit.
    """
    about, arrays = read_record(path)
    kept = (about["settings"] or {}).get("kept")
    if isinstance(kept, dict):
        kept = {"outputs": 1} | kept  # older files have none
    if kept is not None:
        with _refused(path):
            check_kept(kept, arrays)
        model = KeptFeatures(**{name: kept[name] for name in KEPT.kinds})
    if model is None:
        raise UserError(f"{path} is a record of parameters: give the model, too, after the path")
    model = unwrapped(model)
    check_model(model, parameters=kept is None)
    return _history(path, about, arrays, model)


def _history(path, about, arrays, model):
    """The History in a record, of a model that has to fit."""
    parameters = {
        name.removeprefix(PARAMETER_PREFIX): values
        for name, values in arrays.items()
        if is_parameter(name)
    }
    check_fit(path, parameters, model)
    if is_used_directly(model) != (about["output"] is None):
        raise UserError(f"the model does not fit {path}: it is of another kind")
    dataset = recorded_dataset(about, arrays)
    history = History(
        numbered(dataset) if isinstance(model, KeptFeatures) else dataset,
        parameters,
        *(arrays["loss"], arrays.get("accuracy"), model),
        *(about["diverged"], about["output"], about["every"], about["label"]),
        training=about["training"],
        **{name: values for name, values in arrays.items() if name in OTHERS},
    )
    check_points(path, history)
    return history


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
        target=about["target"],
    )


def rebuild_record(path, make_network):
    """Load the History of a network that can be built from its settings.

    make_network: makes the network for a Dataset from these settings.
    Raises UserError if the file is not a record, or of another kind of network.
    """
    about, arrays = read_record(path)
    if set(about["settings"] or ()) != set(NETWORK.kinds):
        raise UserError(
            f"the record {path} is not of a network that can be built here: Replay.load reads it"
        )
    with _refused(path):
        check_network(about, arrays)
    settings = {name: value for name, value in about["settings"].items() if name != "inputs"}
    network = make_network(recorded_dataset(about, arrays), **settings)
    return _history(path, about, arrays, network)
