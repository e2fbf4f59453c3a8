"""Columns of a table: which are features, which is the label, and their names."""

from dataclasses import dataclass

from torchreplay.data.cell_kinds import is_missing, is_name
from torchreplay.errors import Argument, DatasetError, did_you_mean
from torchreplay.system.terminal import printable


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are used.

    header: the fields of the first line if they are names, else ().
    features: the indices of the columns of features, from 0 on.
    label: the index of the column of labels.
    least: how many features are needed at least.
    """

    header: tuple
    features: list
    label: int
    least: int = 2

    @property
    def names(self):
        """The names of the features, or ()."""
        return tuple(self.header[k] for k in self.features) if self.header else ()

    def called(self, k):
        """The name of a column in a message."""
        name = f" ({printable(self.header[k])})" if self.header and self.header[k] else ""
        return f"column {k + 1}{name}"

    def remedy(self, *unusable):
        """The part of a message that says how to leave features out; "" if too few remain."""
        rest = [j for j in self.features if j not in unusable]
        if len(rest) < self.least:
            return ""
        names = [self.header[j] for j in rest] if self.header else [""]
        are_clear = all(
            name and self.header.count(name) == 1 and not _numbers(name, self.header)
            for name in names
        )
        others = names if are_clear else [str(j + 1) for j in rest]
        what = "the column" if len(unusable) == 1 else "such columns"
        return f", or leave {what} out with ", Argument("features", others)


def find_columns(first, below, dialect, label=None, features=None, drop=None, least=2):
    """Find the Columns of a table by its first line.

    first: where messages say that line is, and its fields.
    below: the fields of the next line, or ().
    label, features, drop: names or numbers of columns, of features and of none also ranges of
        numbers, as 2-5; by default the last one, all others, and none.
    least: how many features are needed at least.
    Raises DatasetError if there are no such columns, or if the line is neither header nor data.
    """
    place, fields = first
    features, drop = _listed(features), _listed(drop)
    used, last = _choose(place, fields, label, features, drop)
    if len(used) < least:
        count = "one feature" if used else "no feature"
        needed = "one or more" if least == 1 else "two or more"
        raise DatasetError(f"{place}: {count}: a network here needs {needed}")
    are_named = any(not _numbers(name, fields) for name in features)
    if not (are_named or _is_header(place, dialect, fields, below, used)):
        _check_unnamed(place, fields, Argument("label"), _listed(label))
        _check_unnamed(place, fields, Argument("drop"), drop)
        _check_numbering(place, fields)
        return Columns((), used, last, least)
    columns = Columns(tuple(fields), used, last, least)
    for k in used:
        if not fields[k]:
            raise DatasetError(
                f"{place}: {columns.called(k)} has no name, as if it numbered the lines: give it"
                " one",
                columns.remedy(k),
            )
    return columns


def _listed(names):
    """Names or numbers of columns as a list; one alone may be without a list."""
    if names is None:
        return []
    return [names] if isinstance(names, str | int) else list(names)


def _choose(place, fields, label, features, drop):
    """The indices of the features, and that of the label."""
    last = len(fields) - 1 if label is None else _find(place, fields, label)[0]
    chosen = [k for name in features for k in _find(place, fields, name)]
    dropped = [k for name in drop for k in _find(place, fields, name)]
    chosen = chosen or [k for k in range(len(fields)) if k != last]
    if len(set(chosen)) < len(chosen) or last in chosen:
        raise DatasetError(
            f"{place}: ", Argument("features"), " and ", Argument("label"), " name a column twice"
        )
    if last in dropped:
        raise DatasetError(
            f"{place}: ", Argument("drop"), f" leaves out column {last + 1}, the label: choose"
            " another column with ", Argument("label")
        )  # fmt: skip
    return [k for k in chosen if k not in dropped], last


def _numbers(name, fields):
    """The indices of the columns with a number or a range of numbers; none for another name."""
    known = {str(k + 1): k for k in range(len(fields))}
    low, _, high = str(name).partition("-")
    low, high = known.get(low), known.get(high or low)
    if low is None or high is None or (low != high and name in fields):
        return range(0)
    return range(low, high + 1)


def _find(place, fields, name):
    """The indices of the columns with a name, a number or a range of numbers."""
    name = str(name)
    numbered = _numbers(name, fields)
    if numbered:
        return numbered
    if fields.count(name) == 1:
        return [fields.index(name)]
    shown = printable(name)
    if name in fields:
        raise DatasetError(f"{place}: more than one column is called {shown}: give its number")
    there = printable(", ".join(fields), 200)
    meant = printable(did_you_mean(name, fields) or ":")
    raise DatasetError(f"{place}: no column {shown}{meant} there are {len(fields)}, {there}")


def _is_header(place, dialect, fields, below, used):
    """Whether the features of a first line are names, not numbers."""
    named = [k for k in used if dialect.number(fields[k]) is None and is_name(fields[k])]
    if not named:
        return False  # numbers and perhaps faults, as in any line
    odd = [k for k in used if fields[k] and k not in named]
    if not odd:
        return True
    numbers = [k for k in odd if dialect.number(fields[k]) is not None]
    if numbers and any(k < len(below) and is_name(below[k]) for k in named):
        raise _words(place, fields, named, used)
    shown = fields[odd[0]]
    what = "a missing value" if is_missing(shown) else "a number" if numbers else "a value"
    raise DatasetError(
        f"{place}: names and {printable(shown)!r}, {what}: remove the line, give every column a"
        " name, or choose the column of the labels with ",
        Argument("label"),
    )


def _words(place, fields, named, used):
    """The DatasetError of a table without header that has columns of words."""
    columns, shown = Columns((), used, -1), printable(fields[named[0]])
    return DatasetError(
        f"{place}, {columns.called(named[0])}: not a number: {shown!r}: choose the column of the"
        " labels with ",
        Argument("label"),
        columns.remedy(*named),
    )


def _check_unnamed(place, fields, argument, names):
    """Raise DatasetError if an argument names columns of a table without header."""
    if not all(_numbers(name, fields) for name in names):
        raise DatasetError(f"{place}: no names of columns: give ", argument, " a number")


def _check_numbering(place, fields):
    """Raise DatasetError for a first line as 0,1,2: it seems to number the columns."""
    if fields == [str(k) for k in range(len(fields))]:
        raise DatasetError(
            f"{place}: it numbers the columns from 0 on, as if it were a header: remove it, or move"
            " it down if it is a point"
        )
