"""The forms of a film: each saves a Film in its own way.

A module beside this one with the name of a form has `save(path, film)`, which raises UserError if
it fails. The table of forms needs neither PyTorch nor matplotlib.
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
    repeats: whether it can play again and again.
    most_fps: the most frames a second that it can have.
    most_pixels: the largest width or height that it can have.
    memory: bytes a pixel that making it takes, and `frame_memory` those of each of the first
        FRAMES_HELD frames, which the encoder keeps.
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
    """Save a Film in the form of a name."""
    import_module(f"torchreplay.films.{form}").save(path, film)
