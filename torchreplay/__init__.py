"""Replay the training of a neural network in pictures.

Importing this package loads nothing; PyTorch and matplotlib are loaded when a name is first used.
"""

from importlib import import_module

_HOMES = {
    "Comparison": "replay.comparison",
    "Dataset": "data.dataset",
    "DatasetError": "errors",
    "Film": "films.film",
    "History": "record.history",
    "NetworkError": "errors",
    "Picture": "pictures.picture",
    "Recorder": "replay.recorder",
    "Replay": "replay.replay",
    "SpaceReplay": "replay.space_replay",
    "UserError": "errors",
    "compare": "replay.comparison",
    "hold_out": "data.dataset",
    "make_dataset": "data.dataset",
    "read_dataset": "data.dataset",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
