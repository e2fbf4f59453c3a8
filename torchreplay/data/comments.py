"""Comments in text files: where one begins, and remarks on what is skipped."""

import itertools
import re

from torchreplay.system.terminal import printable

QUOTED = r'((?<![^\s;,])"(?:[^"]|"")*")'  # a # in quotes begins no comment
BEGINNING = r"(?:^|(?<=\s))#"
PLAIN = re.compile(rf"{QUOTED}|{BEGINNING}(?=[^\S\t]|$)")
ANY = re.compile(rf"{QUOTED}|{BEGINNING}")
MAX_STARTS = 20  # places tried in a line; each of them takes the time to split it


class Comments:
    """The comments of a text file, and which # began none.

    A # that begins a line or follows a blank begins a comment, where the fields before it are as
    many as in other lines. Without a blank after it, it does so only if all fields together are
    not: #N/A and #1 are fields. A line that begins with # and a blank is a comment.

    path: the path of the file.
    """

    def __init__(self, path):
        self.name = printable(path.name)
        self.count = 0
        self.first = self.kept = None

    def removed(self, number, line, fits):
        """A line without its comment, "" if nothing remains.

        number: that of the line.
        fits: a function that says whether a text has as many fields as other lines.
        """
        starts = _starts(ANY, line) if "#" in line else []
        if not starts:
            return line
        plain = _starts(PLAIN, line)
        if plain and not line[: plain[0]].strip():
            return self._cut(number, line, 0)
        ends = [*plain, len(line), *reversed(starts)]
        otherwise = (plain or ends)[0] if line[: starts[0]].strip() else 0
        end = next((end for end in ends if fits(line[:end])), otherwise)
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


def without_comment(line):
    """A line without what seems to be a comment before it is known how many fields there are."""
    starts = _starts(PLAIN, line) if "#" in line else []
    return line[: starts[0]].rstrip(" ") if starts else line


def _starts(pattern, line):
    """Where comments may begin in a line: the first few places."""
    starts = (match.start() for match in pattern.finditer(line) if match[1] is None)
    return list(itertools.islice(starts, MAX_STARTS))
