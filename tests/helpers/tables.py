"""Tables that are written to a file, and read or refused."""

import pytest

from torchreplay.data.tables import read_table
from torchreplay.errors import DatasetError


def write(folder, content):
    """The path of a file with a text or with bytes."""
    path = folder / "points.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder, content, **settings):
    """The Table of a content; settings are those of `read_table`."""
    return read_table(write(folder, content), **settings)


def refusal(folder, content, **settings):
    """The message with which a table is refused: a line that names the file."""
    with pytest.raises(DatasetError) as refused:
        read(folder, content, **settings)
    message = str(refused.value)
    assert str(folder / "points.txt") in message
    assert "\n" not in message
    return message
