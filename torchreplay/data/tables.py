"""Tables: text files with one point on each line, any separator, with or without a header."""

import array
import itertools
from typing import NamedTuple

import numpy as np

from torchreplay.data.cell_kinds import is_missing
from torchreplay.data.columns import find_columns
from torchreplay.data.fields import Commas
from torchreplay.data.labels import Labels
from torchreplay.data.rows import Rows, empty
from torchreplay.data.targets import Targets
from torchreplay.data.text_files import read_text
from torchreplay.errors import Argument, DatasetError
from torchreplay.system.terminal import printable

MAX_FEATURE = 1e37  # results computed from it stay within single precision
MIN_LINES_OF_INDEX = 10  # fewer whole numbers may be in order by chance


class Table(NamedTuple):
    """The content of a text file.

    X: (n, d) float64, the features.
    y: (n,), the numbers of the classes of the points, or the numbers to be learned.
    names: the names of the d features, or ().
    classes: the names of the classes 0, 1, ...; none in regression.
    target: the name of the column of y, or "".
    remarks: lines that say how the file was read, if users should know.
    """

    X: np.ndarray
    y: np.ndarray
    names: tuple
    classes: tuple
    target: str
    remarks: tuple


def read_table(path, label=None, features=None, positive=None, drop=None, regression=False):
    """Read a Table from a text file with one point on each line.

    Columns are separated by commas, tabs, semicolons or blanks. Comments and blank lines are
    ignored. A first line of names is a header. Labels are words or numbers; 1 and 1.0 are the same.

    label: the name or number of the column of labels; by default the last one.
    features: the names or numbers of the columns of features, or ranges of numbers as 2-5; by
        default all others.
    positive: the label of class 1, all others are class 0; by default each of two to 20 labels is a
        class, in sorted order.
    drop: the names, numbers or ranges of columns that are no features.
    regression: whether labels are numbers to be learned, for which one feature is enough.
    Raises DatasetError, naming file, line and remedy, for other files.
    """
    if regression and positive is not None:
        raise DatasetError(
            Argument("positive"), " is for classes: leave it out, or ", Argument("regression")
        )
    text, kind = read_text(path), Targets if regression else Labels
    rows = Rows(text, kind.least_features + 1)
    lines, dialect = iter(rows), rows.dialect
    first, *below = itertools.islice(lines, 2)
    second = below[0][1] if below else ()
    columns = find_columns(first, second, dialect, label, features, drop, kind.least_features)
    labels, commas = kind(path, columns.called(columns.label)), Commas()
    points = itertools.chain(() if columns.header else [first], below, lines)
    X = _read_points(points, columns, dialect, labels, commas)
    if not len(X):
        raise empty(path)
    y, classes = labels.classes(positive, None if columns.header else X[0])
    remarks = [*text.remarks, *rows.comments.remarks(), *commas.remarks(path), *labels.remarks()]
    if regression and label is None:
        _refuse_index_as_target(path, y, columns)
    if features is None:
        _refuse_index(path, X, columns)
        remarks += _remarks_on_names_of_points(path, X, columns)
    target = columns.header[columns.label] if columns.header else ""
    return Table(X, y, columns.names, classes, target, tuple(remarks))


def _read_points(lines, columns, dialect, labels, commas):
    """The features of all lines, (n, d); their labels and decimal commas are noted."""
    values = array.array("d")
    numbers = [*columns.features, *[columns.label] * labels.are_numbers]
    for place, fields in lines:
        values.extend(_features(place, fields, columns, dialect))
        commas.note(place, [fields[k] for k in numbers], dialect)
        labels.note(place, fields[columns.label], dialect)
    return np.array(values).reshape(-1, len(columns.features))


def _features(place, fields, columns, dialect):
    """The features of a line. Raises DatasetError for the first that cannot be trained on."""
    row = [dialect.number(fields[k]) for k in columns.features]
    for k, value in zip(columns.features, row, strict=True):
        if value is not None and abs(value) <= MAX_FEATURE:
            continue
        place, shown = f"{place}, {columns.called(k)}", printable(fields[k])
        if is_missing(fields[k]):
            raise DatasetError(
                f"{place}: the value is missing: fill it in, or remove the line", columns.remedy(k)
            )
        if value is None:
            raise DatasetError(
                f"{place}: not a number: {shown!r}: correct it{_hint(fields[k])}",
                columns.remedy(*(j for j in columns.features if dialect.number(fields[j]) is None)),
                ", or choose the column of the labels with ",
                Argument("label"),
            )
        raise DatasetError(f"{place}: {shown!r} is infinite or too large: correct it")
    return row


def _hint(field):
    return ", put a blank after the # of a comment" if field.startswith("#") else ""


def _refuse_index(path, X, columns):
    """Raise DatasetError if a feature seems to number the lines: whole numbers in order."""
    for k, column in zip(columns.features, X.T, strict=True):
        if _numbers_lines(column):
            used = Argument("features", [str(j + 1) for j in columns.features])
            raise DatasetError(
                f"data set {path}: {columns.called(k)} has whole numbers in order, as if it"
                " numbered the lines: to train on it, add ",
                used,
                columns.remedy(k),
            )


def _refuse_index_as_target(path, y, columns):
    """Raise DatasetError if the last column, which nobody has chosen, seems to number the lines."""
    if _numbers_lines(y):
        raise DatasetError(
            f"data set {path}: {columns.called(columns.label)} has whole numbers in order, as if it"
            " numbered the lines: choose it, or the column of the numbers, with ",
            Argument("label"),
        )


def _numbers_lines(column):
    """Whether a column has whole numbers in order."""
    steps = np.diff(column)
    counts = len(steps) > 1 and (steps == 1).all() and column[0] in (0, 1)
    ordered = len(column) >= MIN_LINES_OF_INDEX and ((steps > 0).all() or (steps < 0).all())
    return counts or (ordered and (column == np.rint(column)).all())


def _remarks_on_names_of_points(path, X, columns):
    """Yield a line on every feature that has another whole number in each line."""
    for k, column in zip(columns.features, X.T, strict=True):
        are_whole = len(column) >= MIN_LINES_OF_INDEX and (column == np.rint(column)).all()
        if are_whole and len(np.unique(column)) == len(column):
            yield (
                f"{printable(path.name)}: {columns.called(k)} has another whole number in every"
                " line: leave the column out if these only name the points"
            )
