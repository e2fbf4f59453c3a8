"""Text files with one point on each line, as they come: with or without names, and however separated."""

import array
import csv
import math
from pathlib import Path

import numpy as np

from torchreplay.errors import DatasetError

FLOAT32_MAX = float(np.finfo(np.float32).max)


def read_table(path):
    """Read the features, labels and names of a text file with one point on each line, its label last.

    Columns are separated by commas, tabs, semicolons or blanks; comments (#) and blank lines are
    passed over, and a first line of words gives the features their names. Labels are numbers, of
    which 1 and 1.0 are the same, or words.

    Returns the features, (n, d) float64; the labels, a list; how each of the two different ones is
    spelled, a dictionary; and the d names, or (). Raises DatasetError.
    """
    values, labels, spellings, names = array.array("d"), [], {}, None
    for place, (*fields, last) in _lines(path):
        if names is None:
            names = tuple(fields) if all(map(_is_word, fields)) else ()
            if names:
                continue
        values.extend(_features(place, fields))
        label = _label(place, last)
        labels.append(label)
        spellings.setdefault(label, last)
        if len(spellings) > 2:
            first, second, third = spellings.values()
            raise DatasetError(f"{place}: label {third} is a third one, after {first} and {second}")
    if not labels:
        raise DatasetError(
            f"data set {path} is empty: give it one point on each line, features and label"
        )
    if len(spellings) == 1:
        raise DatasetError(f"data set {path} has one class only: give its points two labels")
    return np.array(values).reshape(len(labels), -1), labels, spellings, names


def _lines(path):
    """Yield every line of a text file that has content: its place, to be named, and its fields."""
    separator = columns = first = None
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                content = line.partition("#")[0].strip()
                if not content:
                    continue
                place = f"{path}, line {number}"
                if "\0" in content:
                    raise DatasetError(f"{place}: not text")
                if columns is None:
                    separator, first = _separator(content), number
                fields = _split(content, separator)
                found = f"{len(fields)} column{'s' * (len(fields) > 1)}"
                if len(fields) < 3:
                    raise DatasetError(f"{place}: {found}, not three or more")
                if columns not in (None, len(fields)):
                    raise DatasetError(f"{place}: {found}, not {columns} as in line {first}")
                columns = len(fields)
                yield place, fields
    except OSError as error:
        raise DatasetError(f"cannot read data set {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"data set {path} is not a text file in UTF-8") from error


def _separator(line):
    """The separator that makes three or more columns of a line; blanks (None) if no other does."""
    return next((mark for mark in ";,\t" if line.count(mark) >= 2), None)


def _split(line, separator):
    """The fields of a line, without the quotes and blanks around them."""
    if separator is None:
        fields = line.split()
    elif '"' in line:
        (fields,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    else:
        fields = line.split(separator)
    return [field.strip(' "') for field in fields]


def _number(field):
    """A field as a number, or None if it is a word."""
    try:
        return float(field.replace("_", "no"))  # Python alone reads 1_000
    except ValueError:
        return None


def _is_word(field):
    return bool(field) and _number(field) is None


def _features(place, fields):
    row = [_number(field) for field in fields]
    for value, field in zip(row, fields, strict=True):
        if value is None:
            raise DatasetError(f"{place}: not a number: {field[:60]!r}")
        if not abs(value) <= FLOAT32_MAX:
            raise DatasetError(f"{place}: NaN, infinite or too large: {field[:60]!r}")
    return row


def _label(place, field):
    if not field:
        raise DatasetError(f"{place}: the label is missing")
    number = _number(field)
    if not math.isfinite(number or 0):
        raise DatasetError(f"{place}: {field!r} is no label")
    return field if number is None else number
