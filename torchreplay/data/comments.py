"""Comments in text files: where one begins, and remarks on what is skipped."""

import re

from torchreplay.system.terminal import printable

QUOTED = r'((?<![^\s;,])"[^"]*")'  # a # in quotes begins no comment
BEGINNING = r"(?:^|(?<=\s))#"
CERTAIN = re.compile(rf"{QUOTED}|{BEGINNING}(?=[^\S\t]|$)")
DOUBTFUL = re.compile(rf"{QUOTED}|{BEGINNING}")


class Comments:
    """The comments of a text file, and which # began none.

    A # with a blank before and after it begins a comment; the ends of the line count as blanks.
    Without a blank after it, it does so only if the line has as many fields as others without it:
    #N/A and #1 are fields.

    path: the path of the file.
    """

    def __init__(self, path):
        self.name = printable(path.name)
        self.count = 0
        self.first = self.kept = None

    def removed(self, number, line):
        """A line without what is certainly a comment, and without blanks at its ends.

        A tab at an end is kept: beside it is an empty field. number: that of the line.
        """
        line = line.strip(" \r\n")
        starts = _starts(CERTAIN, line) if "#" in line else []
        return self._cut(number, line, starts[0]) if starts else line

    def removed_where_it_fits(self, number, line, fits):
        """A line without what is a comment because of the other lines.

        fits: a function that says whether a text has as many fields as they have.
        """
        starts = _starts(DOUBTFUL, line) if "#" in line else []
        if not starts:
            return line
        ends = [end for end in (len(line), *reversed(starts)) if fits(line[:end])]
        whole = 0 if starts[0] == 0 else len(line)
        end = ends[0] if ends else whole
        if end < len(line):
            return self._cut(number, line, end)
        self.kept = self.kept or (number, line[starts[0] :])
        return line

    def _cut(self, number, line, start):
        self.count += 1
        self.first = self.first or (number, line[start:])
        return line[:start].rstrip(" ")

    def remarks(self):
        """Lines on what is skipped, and on what is not."""
        if self.first:
            number, text = self.first
            count = f"{self.count:,} comments are" if self.count > 1 else "a comment is"
            where = "the first in" if self.count > 1 else "in"
            yield f"{self.name}: {count} skipped, {where} line {number}: {printable(text)}"
        if self.kept:
            number, text = self.kept
            yield (
                f"{self.name}, line {number}: {printable(text)!r} is read as fields: to make it a"
                " comment, put a blank after #"
            )


def _starts(pattern, line):
    return [match.start() for match in pattern.finditer(line) if match[1] is None]
