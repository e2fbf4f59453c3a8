"""Tables: text files with one point on each line, any separator, with or without a header."""

import array
import itertools
import operator
from typing import NamedTuple

import numpy as np

from torchreplay.data.columns import find_columns
from torchreplay.data.fields import Commas, find_dialect, is_missing
from torchreplay.data.labels import Labels
from torchreplay.data.text_files import content_of, read_text
from torchreplay.errors import Argument, DatasetError
from torchreplay.system.terminal import printable

MAX_FEATURE = 1e37  # results computed from it stay within single precision
DIALECT_SAMPLE_LINES = 100
MIN_LINES_OF_INDEX = 10  # fewer whole numbers may be in order by chance


class Table(NamedTuple):
    """The content of a text file.

    X: (n, d) float64, the features.
    y: (n,) bool, which points are of class 1.
    names: the names of the d features, or ().
    classes: the names of the classes 0 and 1.
    remarks: lines that say how the file was read, if users should know.
    """

    X: np.ndarray
    y: np.ndarray
    names: tuple
    classes: tuple
    remarks: tuple


def read_table(path, label=None, features=None, positive=None):
    """Read a Table from a text file with one point on each line.

    Columns are separated by commas, tabs, semicolons or blanks. Comments and blank lines are
    ignored. A first line of names is a header. Labels are words or numbers; 1 and 1.0 are the same.

    label: the name or number of the column of labels; by default the last one.
    features: the names or numbers of the columns of features; by default all others.
    positive: the label of class 1, all others are class 0; by default there must be two labels, and
        the last one in sorted order is class 1.
    Raises DatasetError, naming file, line and remedy, for other files.
    """
    text = read_text(path)
    dialect, rows = _dialect_and_rows(text)
    first = next(rows)
    columns = find_columns(*first, dialect, label, features)
    labels = Labels(path, columns.called(columns.label), is_first=not columns.header)
    values, commas = array.array("d"), Commas()
    for place, fields in rows if columns.header else itertools.chain([first], rows):
        values.extend(_features(place, fields, columns, dialect))
        commas.note(place, [fields[k] for k in columns.features], dialect)
        labels.note(place, fields[columns.label], dialect)
    if not values:
        raise _empty(path)
    y, classes = labels.classes(positive)
    X = np.array(values).reshape(len(y), -1)
    if features is None:
        _refuse_index(path, X, columns)
    return Table(X, y, columns.names, classes, (*text.remarks, *commas.remarks(path)))


def _empty(path):
    return DatasetError(
        f"data set {path} is empty: give it one point on each line, features and label"
    )


def _dialect_and_rows(text):
    """The Dialect of a TextFile, found from its first lines, and its `_rows`."""
    contents = ((number, content_of(line)) for number, line in text.lines())
    contents = filter(operator.itemgetter(1), contents)
    sample = list(itertools.islice(contents, DIALECT_SAMPLE_LINES))
    if not sample:
        raise _empty(text.path)
    dialect = find_dialect([content for _, content in sample])
    return dialect, _rows(text.path, itertools.chain(sample, contents), dialect)


def _rows(path, contents, dialect):
    """Yield the place of every line, for messages, and its fields, as many as in the first."""
    columns = first = None
    for number, content in contents:
        place, fields = f"{path}, line {number}", dialect.split(content)
        found = f"{len(fields)} column{'s' * (len(fields) > 1)}"
        if len(fields) < 3:
            raise DatasetError(
                f"{place}: {found}, not three or more: give every point two features and a label"
            )
        columns, first = columns or len(fields), first or number
        if len(fields) != columns:
            raise DatasetError(
                f"{place}: {found}, not {columns} as in line {first}: give all as many"
            )
        yield place, fields


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
                f"{place}: not a number: {shown!r}: correct it",
                columns.remedy(k),
                ", or choose the column of the labels with ",
                Argument("label"),
            )
        raise DatasetError(f"{place}: {shown!r} is infinite or too large: correct it")
    return row


def _refuse_index(path, X, columns):
    """Raise DatasetError if a feature seems to number the lines: whole numbers in order."""
    for k, column in zip(columns.features, X.T, strict=True):
        steps = np.diff(column)
        counts = len(steps) > 1 and (steps == 1).all() and column[0] in (0, 1)
        ordered = len(column) >= MIN_LINES_OF_INDEX and ((steps > 0).all() or (steps < 0).all())
        if counts or (ordered and (column == np.rint(column)).all()):
            used = Argument("features", [str(j + 1) for j in columns.features])
            raise DatasetError(
                f"data set {path}: {columns.called(k)} has whole numbers in order, as if it"
                " numbered the lines: to train on it, add ",
                used,
                columns.remedy(k),
            )
