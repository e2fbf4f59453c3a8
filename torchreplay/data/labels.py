"""Labels of a table, and the two classes that are made of them."""

import math

import numpy as np

from torchreplay.data.fields import Dialect, is_missing
from torchreplay.errors import Argument, DatasetError
from torchreplay.system.terminal import printable

MOST = 1000  # different labels; a column with more is no column of classes
FEWEST_OF_THREE = 5  # points; only in larger files is a single point of a third class told of


class Labels:
    """The labels of a table in their order. Numbers are the same label however they are spelled.

    path: of the table, and `column` theirs, to be named.
    is_first: whether the first label stands in the first line, and not below a header.

    numbers: of the different labels, in the order in which they are met: 0, 1, ...
    codes: the number of the label of each point.
    """

    def __init__(self, path, column, is_first):
        self.path, self.column, self.is_first = path, column, is_first
        self.numbers, self.spellings, self.places, self.codes = {}, [], [], []

    def note(self, place, field, dialect):
        """Note the label of the next point; raises DatasetError if it is none."""
        label = meaning(field, dialect)
        no_number = isinstance(label, float) and not math.isfinite(label)
        if is_missing(field) or no_number or field.startswith('"'):
            what = f"{printable(field)!r} is no label" if field else "the label is missing"
            raise DatasetError(
                f"{place}, {self.column}: {what}: correct it, or choose its column with ",
                Argument("label"),
            )
        if label not in self.numbers:
            self.numbers[label] = len(self.numbers)
            self.spellings.append(field)
            self.places.append(place)
            if len(self.numbers) > MOST:
                raise self._third()
        self.codes.append(self.numbers[label])

    def classes(self, positive=None):
        """Which points are of class 1, (n,) bool, and what both classes are called.

        positive: the label that is class 1; by default that which sorts last of two.
        """
        counts = np.bincount(self.codes)
        if self.is_first:
            self._refuse_header(counts)
        if len(counts) == 1:
            raise DatasetError(
                f"data set {self.path} has one class only, {printable(self.spellings[0])}: give its"
                " points two labels, or choose their column with ",
                Argument("label"),
            )
        if positive is not None:
            one = self._find(positive)
            others = [name for k, name in enumerate(self.spellings) if k != one]
            zero = others[0] if len(others) == 1 else f"not {self.spellings[one]}"
        elif len(counts) > 2:
            raise self._third()
        else:
            known = list(self.numbers)
            one = max((0, 1), key=lambda k: (isinstance(known[k], str), known[k]))
            zero = self.spellings[1 - one]
        return np.array(self.codes) == one, (zero, self.spellings[one])

    def _refuse_header(self, counts):
        """Raise DatasetError if the first line seems to be a header of numbers and one name."""
        words = [isinstance(label, str) for label in self.numbers]
        others = words[1:]
        too_many = len(others) == 2 and len(self.codes) > FEWEST_OF_THREE
        if words[0] and counts[0] == 1 and others and (too_many or not any(others)):
            raise DatasetError(
                f"{self.places[0]}: no other line has the label {printable(self.spellings[0])}, as"
                " if the first line were names: remove it"
            )

    def _find(self, positive):
        """The number of the label that is to be class 1."""
        if positive in self.spellings:
            return self.spellings.index(positive)
        label = meaning(positive, Dialect(";"))
        if label in self.numbers:
            return self.numbers[label]
        there = printable(", ".join(self.spellings), 200)
        raise DatasetError(
            f"data set {self.path} has no label {printable(positive)} for ",
            Argument("positive"),
            f": there are {there}",
        )

    def _third(self):
        """The DatasetError of three or more labels."""
        first, second, third = map(printable, self.spellings[:3])
        return DatasetError(
            f"{self.places[2]}: label {third} is a third one, after {first} and {second}: train one"
            " against the rest with ",
            Argument("positive"),
            ", or choose the column with ",
            Argument("label"),
        )


def meaning(field, dialect):
    """What a label means: a number, or else the word itself."""
    number = dialect.number(field)
    return field if number is None else number
