"""Numbers of a table that are to be learned: what stands in place of Labels in regression."""

import array

import numpy as np

from torchreplay.data.cell_kinds import is_missing
from torchreplay.errors import Argument, DatasetError
from torchreplay.system.terminal import printable

MAX_TARGET = 1e18  # its square, in the loss, stays within single precision


class Targets:
    """The numbers to be learned of a table, in the order of its points.

    path, column: the names of the table and of the column in messages.
    least_features: how many features a table needs.
    are_numbers: whether labels are numbers, as all features are.
    """

    least_features, are_numbers = 1, True

    def __init__(self, path, column):
        self.path, self.column, self.numbers = path, column, array.array("d")

    def note(self, place, field, dialect):
        """Note the number of the next point. Raises DatasetError for what cannot be learned."""
        number = dialect.number(field)
        if number is not None and abs(number) <= MAX_TARGET:
            self.numbers.append(number)
            return
        place = f"{place}, {self.column}: "
        remedy = "correct it, or choose the column of the numbers with ", Argument("label")
        if is_missing(field):
            raise DatasetError(f"{place}the number to learn is missing: ", remedy)
        if number is None:
            classes = ", or leave out ", Argument("regression"), " to learn classes"
            raise DatasetError(f"{place}not a number: {printable(field)!r}: ", remedy, classes)
        raise DatasetError(f"{place}{printable(field)!r} is infinite or too large: correct it")

    def classes(self, positive=None, first=None):
        """The numbers, (n,), and the names of no classes; see `Labels.classes`."""
        numbers = np.array(self.numbers)
        if (numbers == numbers[0]).all():
            raise DatasetError(
                f"data set {self.path}: {self.column} has one number only, {numbers[0]:g}: give its"
                " points others, or choose the column of the numbers with ",
                Argument("label"),
            )
        return numbers, ()

    def remarks(self):
        """No lines: nothing is in doubt."""
        return ()
