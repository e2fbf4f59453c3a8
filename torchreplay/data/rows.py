"""Rows: the lines of a text file as fields, without comments."""

import itertools
import re
from collections import Counter

from torchreplay.data.comments import Comments, without_comment
from torchreplay.data.fields import SEPARATORS, find_dialect
from torchreplay.errors import Argument, DatasetError
from torchreplay.system.terminal import printable

SAMPLE_LINES = 100  # in which the dialect is found
ANNOUNCED = re.compile(r'"?sep=([;,\t])"?', re.IGNORECASE)  # the separator, in Excel's first line
OTHER_SEPARATORS = "|:"
LEAST = {2: "two", 3: "three"}  # columns
CONTENT = {2: "a feature and a number", 3: "two features and a label"}


class Rows:
    """The rows of a TextFile: each is the place of a line, for messages, and its fields.

    All rows have the same number of fields. Empty ones at the ends of all lines, or of a single
    longer line, are left out.

    least: how many fields they have at least, 2 or 3.

    dialect: the Dialect, found from the first lines.
    comments: the Comments found so far.
    Raises DatasetError if there are no rows.
    """

    def __init__(self, text, least=3):
        self.path, self.comments, self._separators = text.path, Comments(text.path), SEPARATORS
        self._least = least
        numbered = self._lines(text)
        sample = list(itertools.islice(numbered, SAMPLE_LINES))
        contents = [without_comment(line).strip(" ") for _, line in sample]
        likely = [one for one in contents if one.strip() and not one.lstrip().startswith("#")]
        if not likely:
            raise empty(text.path)
        self.dialect = find_dialect(likely, self._separators, least)
        self._width = _width([self.dialect.split(content) for content in likely])
        self._numbered = itertools.chain(sample, numbered)

    def _lines(self, text):
        """Yield the number and the text of every line that has some.

        Tabs at its ends are kept: beside them are empty fields.
        """
        for number, line in text.lines():
            line = line.strip(" \r\n")
            announced = ANNOUNCED.fullmatch(line) if number == 1 else None
            if announced:
                self._separators = tuple(announced[1])
            elif line.strip():
                yield number, line

    def _fields(self, content):
        fields = self.dialect.split(content)
        return fields if any(fields[self._width :]) else fields[: self._width]

    def _fits(self, content):
        return len(self._fields(content)) == self._width

    def __iter__(self):
        columns = first = None
        for number, line in self._numbered:
            content = self.comments.removed(number, line, self._fits)
            if not content:
                continue
            place, fields = f"{self.path}, line {number}", self._fields(content)
            self._check_marks(place, content, fields)
            found = f"{len(fields)} column{'s' * (len(fields) > 1)}"
            if len(fields) < self._least:
                remedy = _remedy(content, self._least, len(fields))
                raise DatasetError(f"{place}: {found}, not {LEAST[self._least]} or more: ", remedy)
            columns, first = columns or len(fields), first or number
            if len(fields) != columns:
                raise DatasetError(
                    f"{place}: {found}, not {columns} as in line {first}: give all as many"
                )
            yield place, fields

    def _check_marks(self, place, content, fields):
        """Raise DatasetError for a field whose quotes are open, or that is a separator."""
        unclosed = self.dialect.unclosed(content) if '"' in content else None
        if unclosed:
            raise DatasetError(
                f"{place}: {printable(unclosed)!r} begins with a quote mark and does not end with"
                " one: put all of the field on this line and in quotes, or remove the mark"
            )
        for mark in OTHER_SEPARATORS:
            if self.dialect.separator is None and mark in fields:
                raise DatasetError(f"{place}: {_other_separator(mark)}")


def _width(rows):
    """The number of columns of most rows, without those at the end that are empty in all."""
    ((width, _),) = Counter(map(len, rows)).most_common(1)
    while width and not any(row[width - 1] for row in rows if len(row) >= width):
        width -= 1
    return width


def _remedy(content, least, columns):
    """What to do about a line with one or two columns, and not as many as there are at least."""
    if len(content) > 1 and content[0] == content[-1] == '"':
        return "remove the quote marks around the whole line"
    marks = [mark for mark in OTHER_SEPARATORS if content.count(mark) > 1]
    if marks:
        return _other_separator(marks[0])
    learn = (", or learn a number from one feature with ", Argument("regression", True))
    return f"give every point {CONTENT[least]}", learn if columns == 2 else ""


def _other_separator(mark):
    return f"separate the columns with commas or tabs, not with {mark}"


def empty(path):
    """The DatasetError of a file without points."""
    return DatasetError(
        f"data set {path} is empty: give it one point on each line, features and label"
    )
