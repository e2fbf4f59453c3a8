"""Labels of a table, and the two classes they become."""

import math

import numpy as np

from torchreplay.data.cell_kinds import is_missing_label
from torchreplay.data.fields import Dialect
from torchreplay.errors import Argument, DatasetError, did_you_mean
from torchreplay.system.terminal import printable

MAX_LABELS = 1000


class Labels:
    """The labels of a table in their order. Numbers are the same label in any spelling.

    path, column: the names of the table and of the column in messages.

    numbers: the number of each different label, 0, 1, ..., in the order of first appearance.
    codes: the number of the label of each point.
    """

    def __init__(self, path, column):
        self.path, self.column = path, column
        self.numbers, self.spellings, self.places, self.codes = {}, [], [], []

    def note(self, place, field, dialect):
        """Note the label of the next point. Raises DatasetError if it is not a label."""
        label = meaning(field, dialect)
        not_finite = isinstance(label, float) and not math.isfinite(label)
        if is_missing_label(field) or not_finite:
            what = f"{printable(field)!r} is no label" if field else "the label is missing"
            raise DatasetError(
                f"{place}, {self.column}: {what}: correct it, or choose its column with ",
                Argument("label"),
            )
        if label not in self.numbers:
            self.numbers[label] = len(self.numbers)
            self.spellings.append(field)
            self.places.append(place)
            if len(self.numbers) > MAX_LABELS:
                raise self._third()
        self.codes.append(self.numbers[label])

    def classes(self, positive=None, first=None):
        """Which points are of class 1, (n,) bool, and the names of both classes.

        positive: the label of class 1; by default the last of two labels in sorted order.
        first: the features of the first line if it may be a header of numbers, (d,).
        """
        counts = np.bincount(self.codes)
        if first is not None and counts[0] == 1:
            self._refuse_header(first, positive)
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

    def _refuse_header(self, first, positive):
        """Raise DatasetError if the first line, alone with its label, seems to be a header.

        It seems so if its label is a word, and all others are numbers or its features number
        columns; or if it is a third label beside classes of several points.
        """
        is_word, *are_words = (isinstance(label, str) for label in self.numbers)
        classes, points = len(are_words), len(self.codes) - 1
        is_apart = are_words and not any(are_words)
        counts_columns = (first == np.arange(len(first))).all()
        is_third = classes > 1 and (positive is not None or points >= 2 * classes)
        is_class = positive is not None and self._find(positive) == 0
        if ((is_word and (is_apart or counts_columns)) or is_third) and not is_class:
            raise DatasetError(
                f"{self.places[0]}: no other line has the label {printable(self.spellings[0])}, as"
                " if the first line were names: remove it, or move it down if it is a point"
            )

    def _find(self, positive):
        """The number of the label that is to be class 1."""
        positive = str(positive)
        if positive in self.spellings:
            return self.spellings.index(positive)
        label = meaning(positive, Dialect(";"))
        if label in self.numbers:
            return self.numbers[label]
        there = printable(", ".join(self.spellings), 200)
        raise DatasetError(
            f"data set {self.path} has no label {printable(positive)} for ",
            Argument("positive"),
            f"{printable(did_you_mean(positive, self.spellings) or ':')} there are {there}",
        )

    def _third(self):
        """The DatasetError of three or more labels."""
        first, second, third = map(printable, self.spellings[:3])
        return DatasetError(
            f"{self.places[2]}: label {third} is a third one, after {first} and {second}: correct"
            " it, train one against the rest with ",
            Argument("positive"),
            ", or choose the column with ",
            Argument("label"),
        )


def meaning(field, dialect):
    """The meaning of a label: a number, or else the word itself."""
    number = dialect.number(field)
    return field if number is None else number
