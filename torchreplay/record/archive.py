"""The arrays in an .npz file, which says what they are before one of them takes memory.

Only what `np.savez` writes is read, and no pickled objects. Nothing that a file claims is believed:
the sizes of an array, of its member and of the file have to agree.
"""

import math
import re
import struct
import zipfile
import zlib
from typing import NamedTuple

import numpy as np

SUFFIX = ".npy"
MAGIC = b"\x93NUMPY\x01\x00"
LENGTH = struct.Struct("<H")
MAX_DEFLATE_RATIO = 1032
SPARE_BYTES = 1024  # an empty member takes a few, too
HEADER = re.compile(
    rb"\{'descr': '([<>|][a-zA-Z]\d{1,9})', 'fortran_order': (?:True|False),"
    rb" 'shape': \(([\d, ]*)\), \} *\n"
)
ENCRYPTED = 1
FAULTS = (  # of modules that read what they do not know
    ArithmeticError, EOFError, LookupError, RuntimeError, TypeError, ValueError,
    struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class Header(NamedTuple):
    """What an array is: its dtype and its shape."""

    dtype: np.dtype
    shape: tuple

    @property
    def nbytes(self):
        """The bytes of its values."""
        return self.dtype.itemsize * math.prod(self.shape)


class Archive:
    """The arrays of an .npz file.

    file: the open file.
    headers: the Header of each array, by name.
    Raises one of FAULTS if it is no such file; `read` does, too.
    """

    def __init__(self, file):
        self._zip = zipfile.ZipFile(file)
        members = self._zip.infolist()
        if len({member.filename for member in members}) < len(members):
            raise ValueError("two arrays of one name")
        end = file.seek(0, 2)
        if sum(member.compress_size for member in members) > end:
            raise ValueError("arrays that overlap")
        self.headers = {_name(member): self._header(member) for member in members}

    def _header(self, member):
        """The Header of a member, which has as many bytes as that says."""
        _check_compression(member)
        with self._zip.open(member) as file:
            start = file.read(len(MAGIC) + LENGTH.size)
            if start[: len(MAGIC)] != MAGIC:
                raise ValueError("no array")
            (length,) = LENGTH.unpack(start[len(MAGIC) :])
            found = HEADER.fullmatch(file.read(length))
        if not found:
            raise ValueError("no header of an array")
        shape = tuple(int(size) for size in found[2].replace(b",", b" ").split())
        header = Header(np.dtype(found[1].decode()), shape)
        if len(start) + length + header.nbytes != member.file_size:
            raise ValueError("an array of another size")
        return header

    def read(self, name):
        """Read an array, and check its sum."""
        with self._zip.open(name + SUFFIX) as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
        if Header(array.dtype, array.shape) != self.headers[name]:
            raise ValueError("an array of another kind")
        return array


def _name(member):
    """The name of the array in a member."""
    if not member.filename.endswith(SUFFIX):
        raise ValueError("a file that is no array")
    return member.filename.removesuffix(SUFFIX)


def _check_compression(member):
    """Raise ValueError unless a member is stored or deflated, to a size that is possible."""
    ratio = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: MAX_DEFLATE_RATIO}
    if member.flag_bits & ENCRYPTED or member.compress_type not in ratio:
        raise ValueError("encrypted or compressed in another way")
    if member.file_size > ratio[member.compress_type] * member.compress_size + SPARE_BYTES:
        raise ValueError("more than the file can hold")
