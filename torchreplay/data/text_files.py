"""Text files in any encoding: their lines, and limits of size."""

import codecs
import io
from dataclasses import dataclass
from pathlib import Path

from torchreplay.errors import DatasetError
from torchreplay.system.regular_files import open_regular

MAX_FILE_BYTES = 2**28
MAX_LINE_LENGTH = 2**20
HEAD_BYTES = 2**16
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class TextFile:
    """A text file that has been read.

    path: its path.
    data: its bytes.
    encoding: the name of its encoding.
    remarks: lines that say how it was read, if users should know.
    """

    path: Path
    data: bytes
    encoding: str
    remarks: tuple = ()

    def lines(self):
        """Yield every line: its number, from 1 on, and its text.

        Raises DatasetError at a line that is not text or is too long.
        """
        file, number = io.TextIOWrapper(io.BytesIO(self.data), self.encoding), 0
        while line := file.readline(MAX_LINE_LENGTH + 1):
            number += 1
            if number == 1:
                line = line.lstrip(BYTE_ORDER_MARK)  # some programs write two
            if "\0" in line:
                raise DatasetError(f"{self.path}, line {number}: not text: export it as CSV")
            if len(line) > MAX_LINE_LENGTH:
                raise DatasetError(
                    f"{self.path}, line {number}: more than {MAX_LINE_LENGTH:,} characters: give it"
                    " one point on each line"
                )
            yield number, line


def read_text(path):
    """Read a TextFile and find its encoding.

    A byte-order mark means UTF-8 or UTF-16. Without one the encoding is UTF-8, or Windows-1252 if
    UTF-8 fails. Raises DatasetError for a file that cannot be read, is too large or is not text.
    """
    data = read_bytes(path)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        remark = f"{path.name} is read as UTF-16, by its byte-order mark"
        return _decodable(path, data, "utf-16", remark)
    try:
        return _decodable(path, data, "utf-8-sig")
    except DatasetError:
        remark = f"{path.name} is not in UTF-8, it is read as Windows-1252: check the names"
        return _decodable(path, data, "cp1252", remark)


def _decodable(path, data, encoding, *remarks):
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DatasetError(f"data set {path} is not a text file: save it as UTF-8") from error
    return TextFile(path, data, encoding, remarks)


def read_bytes(path):
    """Read the bytes of a file: all if the first HEAD_BYTES may be text, else only these."""
    try:
        with open_regular(path) as file:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise too_large(path)
            data = file.read(HEAD_BYTES)
            if b"\0" not in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                data += file.read(MAX_FILE_BYTES + 1 - len(data))
    except OSError as error:
        raise DatasetError(f"cannot read data set {path}: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise too_large(path)
    return data


def too_large(path):
    """The DatasetError of a file that is too large."""
    return DatasetError(
        f"data set {path} has more than {MAX_FILE_BYTES // 2**20} MB: give it fewer points"
    )
