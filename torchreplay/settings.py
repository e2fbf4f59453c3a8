"""The default and the range of the options and arguments of the same names.

A test compares the defaults that `common` spells out with those of the options.
"""

import numbers
import unicodedata
from typing import NamedTuple

from torchreplay.errors import UserError


class Setting(NamedTuple):
    """A number that can be set: its default, and the lowest and the highest value allowed."""

    default: float | None
    low: float
    high: float

    @property
    def ends(self):
        """The range: its low and its high end."""
        return self.low, self.high

    def __str__(self):
        return f"{self.low:,} to {self.high:,}"

    def check(self, name, value, whole=False):
        """Raise UserError, naming the argument `name`, unless a value is a number in this range."""
        kind, what = (numbers.Integral, "whole number") if whole else (numbers.Real, "number")
        if not isinstance(value, kind) or not self.low <= value <= self.high:
            raise UserError(f"{name} is {value!r}: give a {what} from {self}")


EPOCHS = Setting(200, 1, 100_000)
LEARNING_RATES = {"sgd": 3.0, "adam": 0.1}
REGRESSION_RATE = 0.03  # of sgd; the squared error is much steeper than the cross-entropy
POINTS = Setting(2000, 4, 1_000_000)
CLASSES = Setting(3, 2, 20)
NOISE = Setting(None, 0, 10)  # a standard deviation; each example set has its own default
DATA_SEED = Setting(13, 0, 2**32 - 1)
SIZE = Setting(720, 120, 8190)  # pixels
FPS = Setting(20.0, 0.1, 240)
FRAMES = Setting(None, 8, 10_000)  # of a bend
HOLD = Setting(0.0, 0, 600)  # seconds
FONT_SIZE = Setting(None, 4, 13)  # typographic points; larger text would not fit in 6 inches
POINT_SIZE = Setting(None, 0.5, 50)  # typographic points
MAX_POINTS = Setting(10_000, 2, 1_000_000)
MAX_TITLE = 120  # characters
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}  # Unicode categories: control, half of a pair, ends of lines


def given_title(title):
    """A title as the user means it: without spaces around it.

    Raises UserError if it is no text of a single line, or if it is empty or too long.
    """
    text = title.strip(" ") if isinstance(title, str) else ""
    if not 1 <= len(text) <= MAX_TITLE:
        raise UserError(f"the title is {title!r:.40}: give a text of 1 to {MAX_TITLE} characters")
    if any(unicodedata.category(character) in UNSEEN for character in text):
        raise UserError(f"the title is {title!r:.40}: leave out what is not seen")
    return text
