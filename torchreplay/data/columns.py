"""Columns of a table: which are features, which is the label, and their names."""

from dataclasses import dataclass

from torchreplay.data.fields import is_missing, is_name
from torchreplay.errors import Argument, DatasetError
from torchreplay.system.terminal import printable

MIN_FEATURES = 2


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are used.

    header: the fields of the first line if they are names, else ().
    features: the indices of the columns of features, from 0 on.
    label: the index of the column of labels.
    """

    header: tuple
    features: list
    label: int

    @property
    def names(self):
        """The names of the features, or ()."""
        return tuple(self.header[k] for k in self.features) if self.header else ()

    def called(self, k):
        """The name of a column in a message."""
        name = f" ({printable(self.header[k])})" if self.header and self.header[k] else ""
        return f"column {k + 1}{name}"

    def remedy(self, k):
        """The part of a message that says how to leave a feature out; "" if too few remain."""
        others = [self.header[j] if self.header else str(j + 1) for j in self.features if j != k]
        if len(others) < MIN_FEATURES:
            return ""
        return ", or leave the column out with ", Argument("features", others)


def find_columns(place, fields, dialect, label=None, features=None):
    """Find the Columns of a table by the fields of its first line.

    place: where messages say that line is; `fields` are its fields.
    label, features: names or numbers of columns; by default the last one, and all others.
    Raises DatasetError if there are no such columns, or if the line is neither header nor data.
    """
    chosen = [_find(place, fields, name) for name in features or ()]
    last = len(fields) - 1 if label is None else _find(place, fields, label)
    used = chosen or [k for k in range(len(fields)) if k != last]
    if len(set(used)) < len(used) or last in used:
        raise DatasetError(
            f"{place}: ", Argument("features"), " and ", Argument("label"), " name a column twice"
        )
    if len(used) < MIN_FEATURES:
        raise DatasetError(f"{place}: one feature: a network here needs two or more")
    named = any(not _is_position(name, fields) for name in features or ())
    if not (named or _is_header(place, dialect, [fields[k] for k in used])):
        if label is not None and not _is_position(label, fields):
            raise DatasetError(
                f"{place}: no names of columns: give ", Argument("label"), " a number"
            )
        return Columns((), used, last)
    columns = Columns(tuple(fields), used, last)
    for k in used:
        if not fields[k]:
            raise DatasetError(
                f"{place}: {columns.called(k)} has no name, as if it numbered the lines: give it"
                " one",
                columns.remedy(k),
            )
    return columns


def _is_position(name, fields):
    return name.isdecimal() and 1 <= int(name) <= len(fields)


def _find(place, fields, name):
    """The index of the column with a name or number."""
    if _is_position(name, fields):
        return int(name) - 1
    if fields.count(name) == 1:
        return fields.index(name)
    shown = printable(name)
    if name in fields:
        raise DatasetError(f"{place}: more than one column is called {shown}: give its number")
    there = printable(", ".join(fields), 200)
    raise DatasetError(f"{place}: no column {shown}: there are {len(fields)}, {there}")


def _is_header(place, dialect, fields):
    """Whether the features of a first line are names, not numbers."""
    named = [dialect.number(field) is None and is_name(field) for field in fields]
    if not any(named):
        return False  # numbers and perhaps faults, as in any line
    odd = [field for field, is_named in zip(fields, named, strict=True) if field and not is_named]
    if not odd:
        return True
    odd = odd[0]
    what = "a missing value" if is_missing(odd) else "a number"
    raise DatasetError(
        f"{place}: names and {printable(odd)!r}, {what}: remove the line, give every column a name,"
        " or choose the column of the labels with ",
        Argument("label"),
    )
