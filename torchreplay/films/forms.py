"""The forms of a film: each saves a Film in its own way.

The module of the same name as a form has `save(path, film)`, which raises UserError if it fails.
The table of forms needs no PyTorch and no matplotlib.
"""

import math
from importlib import import_module
from typing import NamedTuple

FRAMES_HELD = 20


class Form(NamedTuple):
    """A form of a film.

    ending: what the names of its files end in.
    folder: whether it is a folder of files.
    encoder: whether it needs ffmpeg.
    holds: whether its last frame can stay.
    repeats: whether it can repeat itself.
    most_fps: the most frames a second that it can have.
    most_pixels: the largest width or height that it can have.
    memory: bytes for each pixel that it takes to make it.
    frame_memory: bytes for each pixel of the first FRAMES_HELD frames, which the encoder keeps.
    """

    ending: str
    folder: bool = False
    encoder: bool = True
    holds: bool = True
    repeats: bool = False
    most_fps: float = math.inf
    most_pixels: float = math.inf
    memory: int = 20
    frame_memory: int = 0


FORMS = {
    "mp4": Form(".mp4", most_pixels=16_384, frame_memory=5),
    "gif": Form(".gif", repeats=True, most_fps=50, most_pixels=65_535, memory=60),
    "png": Form("_frames", folder=True, encoder=False, holds=False),
}


def save(form, path, film):
    """Save a Film in a form, given by its name."""
    import_module(f"torchreplay.films.{form}").save(path, film)
