"""Replay the training of a neural network in pictures.

Importing this package loads nothing; PyTorch and matplotlib are loaded when a name is first used.
"""

from importlib import import_module

__version__ = "0.1.0"
_HOMES = {
    "Dataset": "data.dataset",
    "Film": "films.film",
    "History": "record.history",
    "OutputFolder": "films.output_files",
    "Picture": "pictures.picture",
    "Recorder": "replay.recorder",
    "Replay": "replay.replay",
    "Run": "replay.run",
    "Space": "spaces.space",
    "UserError": "errors",
    "check_runs": "cli.checks",
    "compose": "pictures.composition",
    "default_style": "pictures.picture",
    "hold_out": "data.dataset",
    "make_dataset": "data.dataset",
    "one_thread": "system.threads",
    "picture_memory": "pictures.composition",
    "read_dataset": "data.dataset",
    "remarks": "data.dataset",
    "save_record": "record.files",
    "save_still": "pictures.picture",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
