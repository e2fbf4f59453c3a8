"""Replay the training of a neural network in pictures.

Importing this package loads nothing; PyTorch and matplotlib are loaded when a name is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what editors and type checkers read
    from torchreplay.data.dataset import Dataset, hold_out, make_dataset, read_dataset
    from torchreplay.errors import DatasetError, NetworkError, TooLargeError, UserError
    from torchreplay.films.film import Film
    from torchreplay.pictures.picture import Picture
    from torchreplay.record.history import History
    from torchreplay.replay.compare import compare
    from torchreplay.replay.comparison import Comparison
    from torchreplay.replay.layers import Layers
    from torchreplay.replay.recorder import Recorder
    from torchreplay.replay.replay import Replay
    from torchreplay.replay.space_replay import SpaceReplay

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "Dataset",
    "DatasetError",
    "Film",
    "History",
    "Layers",
    "NetworkError",
    "Picture",
    "Recorder",
    "Replay",
    "SpaceReplay",
    "TooLargeError",
    "UserError",
    "compare",
    "hold_out",
    "make_dataset",
    "read_dataset",
]
_HOMES = {
    **dict.fromkeys(("Dataset", "hold_out", "make_dataset", "read_dataset"), "data.dataset"),
    **dict.fromkeys(("DatasetError", "NetworkError", "TooLargeError", "UserError"), "errors"),
    "Comparison": "replay.comparison",
    "Film": "films.film",
    "History": "record.history",
    "Layers": "replay.layers",
    "Picture": "pictures.picture",
    "Recorder": "replay.recorder",
    "Replay": "replay.replay",
    "SpaceReplay": "replay.space_replay",
    "compare": "replay.compare",
}


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
