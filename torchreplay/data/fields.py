"""Fields: how the lines of a table are split, and which of the fields are numbers."""

import re
from collections import Counter
from typing import NamedTuple

from torchreplay.errors import DatasetError
from torchreplay.system.terminal import printable

SEPARATORS = (";", "\t", ",", None)
CERTAIN_SEPARATORS = ("\t", ";")  # if they make as many fields in every line
INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff"
BLANKS = INVISIBLE + "".join(c for c in map(chr, range(0x3001)) if c.isspace())
GAP = re.compile(r"[ \t]+")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)
# A field in quotes and its end, or a plain one and its end.
QUOTED = {
    mark: re.compile(rf'{blanks}"((?:[^"]|"")*)"{blanks}({mark}|$)|([^{mark}]*)({mark}|$)')
    for mark, blanks in ((";", r"\s*"), (",", r"\s*"), ("\t", r"[^\S\t]*"))
}
QUOTED[None] = re.compile(r'"((?:[^"]|"")*)"([ \t]+|$)|([^ \t]+)([ \t]+|$)')


class Dialect(NamedTuple):
    """How the fields of a table are separated.

    separator: a character, or None for blanks.
    """

    separator: str | None

    def split(self, content):
        """The fields of a line without comment; quotes and blanks around fields are removed."""
        if '"' in content:
            parts = self._parts(content)
            fields = [plain if text is None else text.replace('""', '"') for text, plain in parts]
        elif self.separator is None:
            fields = GAP.split(content.strip(" \t"))
        else:
            fields = content.split(self.separator)
        return [field.strip(BLANKS) for field in fields]

    def unclosed(self, content):
        """The first field that begins with a quote mark and does not end with one, or None."""
        plain = (field.strip(BLANKS) for _, field in self._parts(content) if field)
        return next((field for field in plain if field.startswith('"')), None)

    def _parts(self, content):
        """Yield the text of every field: between quotes or None, and without quotes or None."""
        if self.separator is None:
            content = content.strip(" \t")
        for match in QUOTED[self.separator].finditer(content):
            quoted, quoted_end, plain, end = match.groups()
            yield quoted, plain
            if not (quoted_end or end):
                break

    def number(self, field):
        """A field as a number, or None if it is not a number.

        A comma is a decimal comma where it does not separate fields. The minus sign of Unicode is
        one, too.
        """
        text = field.replace("\N{MINUS SIGN}", "-")
        if self.separator != "," and DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        try:
            return float(text.replace("_", "no"))  # only Python reads 1_000
        except ValueError:
            return None


class Commas:
    """The first decimal comma and the first decimal point of a table."""

    def __init__(self):
        self.comma = self.point = None

    def note(self, place, fields, dialect):
        """Note the numbers of a line. Raises DatasetError for both decimal commas and points."""
        if dialect.separator == ",":
            return
        for field in fields:
            self.comma = self.comma or ("," in field and field)
            self.point = self.point or ("." in field and field)
        if self.comma and self.point:
            raise DatasetError(
                f"{place}: {printable(self.comma)!r} and {printable(self.point)!r}: is the comma"
                " decimal? write all numbers with points"
            )

    def remarks(self, path):
        """A line on decimal commas, if there are any."""
        if self.comma:
            number = printable(self.comma)
            yield f"{printable(path.name)}: {number} is read as {number.replace(',', '.')}"


def find_dialect(contents, separators=SEPARATORS, columns=3):
    """The Dialect that makes the best table of some lines.

    It is the one with tabs or semicolons if these make as many columns in every line, three or
    more. Otherwise the best table has three columns or more, the same number in most lines, and
    mostly numbers. Lines without a number may be a header and do not count.

    columns: how many at least, if not three.
    """

    def fitness(dialect):
        rows = [dialect.split(content) for content in contents]
        width, alike = Counter(map(len, rows)).most_common(1)[0]
        certain = dialect.separator in CERTAIN_SEPARATORS and alike == len(rows)
        numbers = [sum(dialect.number(field) is not None for field in row) for row in rows]
        data = [n for n, row in zip(numbers, rows, strict=True) if n and len(row) == width]
        share = sum(data) / len(data) / width if data else 0
        return min(width, columns), certain, alike * share, alike

    return max(map(Dialect, separators), key=fitness)
