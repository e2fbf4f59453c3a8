"""Fields: how the lines of a table are split, and which of the fields are numbers."""

import re
from collections import Counter
from typing import NamedTuple

from torchreplay.errors import DatasetError
from torchreplay.system.terminal import printable

SEPARATORS = (";", "\t", ",", None)
MISSING_VALUES = {"", "?", "na", "nan", "n/a", "#n/a", "null"}
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)
# A field in quotes and its end, or a plain one and its end.
QUOTED = {
    mark: re.compile(rf'{blanks}"((?:[^"]|"")*)"{blanks}({mark}|$)|([^{mark}]*)({mark}|$)')
    for mark, blanks in ((";", r"\s*"), (",", r"\s*"), ("\t", " *"))
}
QUOTED[None] = re.compile(r'"((?:[^"]|"")*)"(\s+|$)|(\S+)(\s+|$)')


class Dialect(NamedTuple):
    """How the fields of a table are separated.

    separator: a character, or None for blanks.
    """

    separator: str | None

    def split(self, content):
        """The fields of a line without comment; quotes and blanks around fields are removed."""
        if self.separator is None:
            content = content.strip()
        if '"' not in content:
            return [field.strip() for field in content.split(self.separator)]
        fields = []
        for match in QUOTED[self.separator].finditer(content):
            quoted, quoted_end, plain, end = match.groups()
            field = plain if quoted is None else quoted.replace('""', '"')
            fields.append(field.strip())
            if not (quoted_end or end):
                break
        return fields

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


def find_dialect(contents):
    """The Dialect that makes the best table of some lines.

    The best table has three columns or more, the same number in every line, and mostly numbers.
    Lines without a number may be a header and do not count.
    """

    def fitness(dialect):
        rows = [dialect.split(content) for content in contents]
        width, alike = Counter(map(len, rows)).most_common(1)[0]
        numbers = [sum(dialect.number(field) is not None for field in row) for row in rows]
        data = [n for n, row in zip(numbers, rows, strict=True) if n and len(row) == width]
        share = sum(data) / len(data) / width if data else 0
        return min(width, 3), alike * share, alike

    return max(map(Dialect, SEPARATORS), key=fitness)


def is_missing(field):
    """Whether a field marks a missing value."""
    return field.lower() in MISSING_VALUES


def is_name(field):
    """Whether a field that is not a number has a letter and does not mark a missing value."""
    return not is_missing(field) and any(map(str.isalpha, field))
