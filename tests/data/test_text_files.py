"""Text files: their encoding, remarks on it, and which are refused before they are read."""

import os
import threading
from pathlib import Path

import pytest

from torchreplay.data import text_files
from torchreplay.data.text_files import read_text
from torchreplay.errors import DatasetError

TEXT = "é,ü\n1,2\n"


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "points.csv is read as UTF-16, by its byte-order mark"),
        ("cp1252", "points.csv is not in UTF-8, it is read as Windows-1252: check the names"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_a_text_in_any_encoding(tmp_path, encoding, remark, end):
    path = tmp_path / "points.csv"
    path.write_bytes(TEXT.replace("\n", end).encode(encoding))
    text = read_text(path)
    assert list(text.lines()) == [(1, "é,ü\n"), (2, "1,2\n")]
    assert text.remarks == ((remark,) if remark else ())


def test_big_endian_utf_16(tmp_path):
    path = tmp_path / "points.csv"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert [line for _, line in read_text(path).lines()] == ["é,ü\n", "1,2\n"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x81\x8d", "is not a text file: save it as UTF-8"),
        (b"\xff\xfe\x00", "is not a text file: save it as UTF-8"),
        (b"a\nb\0", "line 2: not text"),
        (b"a\n" + 2**20 * b"b" + b"\n", "line 2: more than 1,048,576 characters"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, content, message):
    path = tmp_path / "points.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as refused:
        list(read_text(path).lines())
    assert str(path) in str(refused.value)


def test_large_file_is_refused_unread(tmp_path):
    path = tmp_path / "points.csv"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DatasetError, match="has more than 256 MB: give it fewer points"):
        read_text(path)


def test_endless_zeros_are_refused_at_once():
    with pytest.raises(DatasetError, match="line 1: not text"):
        list(read_text(Path("/dev/zero")).lines())


def test_endless_text_is_refused(tmp_path, monkeypatch):
    """It comes through a pipe, which has no size."""
    monkeypatch.setattr(text_files, "MAX_FILE_BYTES", 2**20)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write():
        with pipe.open("wb", buffering=0) as file, pytest.raises(BrokenPipeError):
            while True:
                file.write(b"1,2,0\n" * 1000)

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(DatasetError, match="has more than 1 MB"):
        read_text(pipe)
    writer.join()
