"""The forms of output, side by side: each saves a Film in its own way.

A module with the name of a form has `save(path, film)`, which raises UserError if it fails. The
table of forms needs neither PyTorch nor matplotlib.
"""

from importlib import import_module
from typing import NamedTuple


class Form(NamedTuple):
    """A form of output.

    ending: what the names of its files end in.
    folder: whether it is a folder of files.
    encoder: whether it needs ffmpeg.
    """

    ending: str
    folder: bool = False
    encoder: bool = True


FORMS = {
    "mp4": Form(".mp4"),
    "gif": Form(".gif"),
    "png": Form("_frames", folder=True, encoder=False),
}


def save(form, path, film):
    """Save a Film in the form of a name."""
    import_module(f"{__name__}.{form}").save(path, film)
