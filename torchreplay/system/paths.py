"""Paths as users give them."""

import contextlib
import os
from pathlib import Path

from torchreplay.errors import UserError

SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


def given_path(path):
    """The Path that a user means; `~` is the home folder, as in a shell.

    Raises TypeError if it is no path, and UserError if no path has such characters.
    """
    path = Path(path)
    if "\0" in str(path):
        raise UserError(f"{path}: no path has a null character: leave it out")
    with contextlib.suppress(RuntimeError):  # there is no such user: a name may begin with ~
        return path.expanduser()
    return path


def given_file(path):
    """The Path of a file; see `given_path`. Raises UserError if it ends in a slash."""
    if os.fspath(path).endswith(SEPARATORS):
        raise UserError(f"{path} names a folder: name a file")
    return given_path(path)
