"""Text files: their encoding, remarks on it, and which are refused before they are read."""

import os
from pathlib import Path

import pytest

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


def test_only_regular_files_are_read(tmp_path):
    """A pipe may never begin, and a device never end."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(DatasetError, match=f"cannot read data set {path}: it is no regular"):
            read_text(path)
