"""Labels of a table, and the classes they become."""

import math

import numpy as np

from torchreplay.data.cell_kinds import is_missing_label
from torchreplay.data.fields import Dialect
from torchreplay.errors import Argument, DatasetError, did_you_mean
from torchreplay.models.tasks import MAX_CLASSES
from torchreplay.system.terminal import printable

MAX_LABELS = 1000
MIN_POINTS_PER_LABEL = 3  # on average, where a label with a single point is remarkable


class Labels:
    """The labels of a table in their order. Numbers are the same label in any spelling.

    path, column: the names of the table and of the column in messages.
    least_features, are_numbers: see `Targets`.

    numbers: the number of each different label, 0, 1, ..., in the order of first appearance.
    codes: the number of the label of each point.
    """

    least_features, are_numbers = 2, False

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
                raise self._too_many(f"more than {MAX_LABELS:,}")
        self.codes.append(self.numbers[label])

    def classes(self, positive=None, first=None):
        """The number of the class of each point, (n,), and the names of the classes in order.

        positive: the label of class 1, against all others; by default each label is a class, in
            sorted order, numbers before words.
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
            return np.array(self.codes) == one, (zero, self.spellings[one])
        self._check_classes()
        known = list(self.numbers)
        order = sorted(range(len(known)), key=lambda k: (isinstance(known[k], str), known[k]))
        return np.argsort(order)[self.codes], tuple(self.spellings[k] for k in order)

    def _check_classes(self):
        """Raise DatasetError if three or more labels seem to be no classes."""
        labels, count = list(self.numbers), len(self.numbers)
        if count > MAX_CLASSES:
            raise self._too_many(count)
        if count > 2 and self._has_no_word and not all(map(float.is_integer, labels)):
            decimal = next(k for k, label in enumerate(labels) if not label.is_integer())
            raise self._no_classes(
                f"numbers with decimals, such as {printable(self.spellings[decimal])}",
                "write them as words if they are classes, ",
            )
        if 2 < count == len(self.codes):
            raise self._no_classes("another label in every line", "correct them, ")

    @property
    def _has_no_word(self):
        return not any(isinstance(label, str) for label in self.numbers)

    def _too_many(self, count):
        kind = "numbers" if self._has_no_word else "labels"
        return self._no_classes(f"{count} different {kind}, and {MAX_CLASSES} classes are the most")

    def _no_classes(self, reason, remedy=""):
        """The DatasetError of labels that are no classes. Numbers may be learned as numbers."""
        learn = ("learn the numbers with ", Argument("regression", True), ", ")
        return DatasetError(
            f"data set {self.path}: {self.column} has {reason}: {remedy}",
            learn if self._has_no_word else "",
            "train one against the rest with ",
            Argument("positive"),
            ", or choose the column of the labels with ",
            Argument("label"),
        )

    def remarks(self):
        """Yield a line on the labels with a single point among many, which may be mistyped."""
        counts = np.bincount(self.codes)
        alone = np.flatnonzero(counts == 1)
        if not len(alone) or len(self.codes) < MIN_POINTS_PER_LABEL * len(counts):
            return
        names = [self.spellings[k] for k in alone]
        shown = printable(", ".join(names), 200)
        lines = printable(", ".join(self.places[k].rpartition(" ")[2] for k in alone), 200)
        if len(names) > 1:
            yield f"{printable(self.path.name)}: labels {shown} have one point only, lines {lines}"
            return
        others = [name for name in self.spellings if name not in names]
        meant = "" if self._has_no_word else printable(did_you_mean(shown, others))
        yield f"{printable(self.path.name)}: label {shown} has one point only, line {lines}{meant}"

    def _refuse_header(self, first, positive):
        """Raise DatasetError if the first line, alone with its label, seems to be a header.

        It seems so if its label is a word, and all others are numbers or its features number
        columns; or if it is one more label beside two or more of several points.
        """
        is_word, *are_words = (isinstance(label, str) for label in self.numbers)
        classes, points = len(are_words), len(self.codes) - 1
        is_apart = are_words and not any(are_words)
        counts_columns = (first == np.arange(len(first))).all()
        is_one_more = classes > 1 and (positive is not None or points >= 2 * classes)
        is_class = positive is not None and self._find(positive) == 0
        if ((is_word and (is_apart or counts_columns)) or is_one_more) and not is_class:
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


def meaning(field, dialect):
    """The meaning of a label: a number, or else the word itself."""
    number = dialect.number(field)
    return field if number is None else number
