"""Replay the training of a neural network in pictures.

Importing this package loads nothing; PyTorch and matplotlib are loaded when a name is first used.
"""

from importlib import import_module

_HOMES = {
    "Dataset": "dataset",
    "Film": "film",
    "History": "record",
    "OutputFolder": "output_files",
    "Picture": "picture",
    "Recorder": "recorder",
    "Replay": "replay",
    "Run": "run",
    "Space": "spaces",
    "UserError": "errors",
    "check_runs": "checks",
    "compose": "composition",
    "default_style": "picture",
    "hold_out": "dataset",
    "make_dataset": "dataset",
    "one_thread": "threads",
    "picture_memory": "composition",
    "read_dataset": "dataset",
    "remarks": "dataset",
    "save_record": "record_files",
    "save_still": "picture",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
