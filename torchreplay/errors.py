"""The faults that a user can mend, each explained in one line.

A message consists of parts. A part is a string, an Argument or a tuple of parts. Python spells an
Argument as in a call. The command line spells it as an option, see `cli.flags`.
"""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from reprlib import Repr

MAX_COMPARED = 100  # characters of a word that may be meant for another
SHORT_REPR = Repr()
SHORT_REPR.maxlist, SHORT_REPR.maxstring = 20, 60


@dataclass(frozen=True)
class Argument:
    """An argument that a message names.

    value: what to pass, a list of words or True; None leaves it open.
    in_python: how Python spells it if it is not a keyword of that name.
    """

    name: str
    value: list[str] | bool | None = None
    in_python: str = ""

    def __str__(self) -> str:
        if self.in_python:
            return self.in_python
        return f"{self.name}={'' if self.value is None else SHORT_REPR.repr(self.value)}"


class UserError(ValueError):
    """A fault that the user can mend. Its arguments are the parts of a message that says how.

    exit_code: of a script that ends with this fault.
    """

    exit_code = 1

    def __str__(self) -> str:
        return self.spelled(str)

    def spelled(self, spell: Callable[[Argument], str]) -> str:
        """The message, in which a function spells the Arguments."""
        return _joined(self.args, spell)


class DatasetError(UserError):
    """A data set that is refused; the message names file and line."""

    exit_code = 2


class TourError(UserError):
    """A tour that is refused; the message names file and line."""

    exit_code = 2


class NetworkError(UserError):
    """A network that cannot be shown in a space, or not recorded."""

    exit_code = 2


class EvaluationError(NetworkError):
    """A model that does not take the points, or does not put out a tensor for them."""


class MissingError(NetworkError):
    """What a record or its network lacks. A view that needs it adds: leave the view out."""


class TooLargeError(UserError):
    """A run that needs more memory than is free, or a picture too large for every encoder."""

    exit_code = 2


def _joined(part, spell):
    if isinstance(part, tuple):
        return "".join(_joined(one, spell) for one in part)
    return spell(part) if isinstance(part, Argument) else str(part)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The part of a message that names the known word closest to an unknown one, or ""."""
    close = difflib.get_close_matches(str(word)[:MAX_COMPARED], known, 1)
    return f": do you mean {close[0]}?" if close else ""
