"""The settings in a record, which JSON keeps: the type and the range of each."""

import sys
from collections.abc import Collection
from typing import NamedTuple

from torchreplay.errors import SHORT_REPR, UserError
from torchreplay.models.activations import ACTIVATIONS
from torchreplay.models.model_outputs import OUTPUTS
from torchreplay.models.tasks import MAX_CLASSES
from torchreplay.settings import LEARNING_RATES

FORMAT_VERSION = 3  # of two classes: files without points held out have version 1, others 2
MAX_TEXT_LENGTH = 1000
MAX_COUNT = 10**9
COUNTS_OF_CLASSES = 0, *range(2, MAX_CLASSES + 1)  # none in regression


class Whole(NamedTuple):
    """A whole number from `low` to `high`."""

    low: int
    high: int = MAX_COUNT

    def has(self, value):
        """Whether a value is one."""
        return type(value) is int and self.low <= value <= self.high


class Share(NamedTuple):
    """A number from 0 to `high`."""

    high: float = sys.float_info.max

    def has(self, value):
        """Whether a value is one; True and NaN are none."""
        return type(value) in (int, float) and 0 <= value <= self.high


class Text:
    """A text that can be drawn and written to files."""

    def has(self, value):
        """Whether a value is one."""
        if not isinstance(value, str) or len(value) > MAX_TEXT_LENGTH:
            return False
        return not any("\ud800" <= character <= "\udfff" for character in value)


class Among(NamedTuple):
    """One of some values, of the same type."""

    values: tuple

    def has(self, value):
        """Whether a value is one."""
        return any(type(value) is type(one) and value == one for one in self.values)


class Listed(NamedTuple):
    """A list of values of one kind, as many as one of some counts if these are not None."""

    kind: object
    counts: Collection[int] | None = None

    def has(self, value):
        """Whether a value is one."""
        fits = isinstance(value, list) and (self.counts is None or len(value) in self.counts)
        return fits and all(map(self.kind.has, value))


class Either(NamedTuple):
    """A value of the one kind or of the other."""

    one: object
    other: object

    def has(self, value):
        """Whether a value is one."""
        return self.one.has(value) or self.other.has(value)


class Settings(NamedTuple):
    """A dictionary that has at least the settings of a table, each of its kind."""

    kinds: dict

    def has(self, value):
        """Whether a value is one."""
        return isinstance(value, dict) and not self.misfit(value)

    def misfit(self, value):
        """The first setting that is missing or of another kind, in words; "" if there is none."""
        for name, kind in self.kinds.items():
            if name not in value:
                return f"{name} is missing"
            if not kind.has(value[name]):
                return f"{name} is {SHORT_REPR.repr(value[name])}"
        return ""


TRUTH, NOTHING = Among((False, True)), Among((None,))
FREE, EMPTY = Settings({}), Among(({},))
TRAINING = Settings(
    {
        "learning_rate": Share(),
        "batch_size": Either(NOTHING, Whole(1)),
        "optimizer": Among(tuple(LEARNING_RATES)),
        "momentum": Share(1),
        "weight_decay": Share(),
        "augment": Share(),
    }
)
FACTS = Settings(
    {
        "format": Whole(1, FORMAT_VERSION),
        "names": Listed(Text()),
        "classes": Listed(Text(), COUNTS_OF_CLASSES),
        "target": Text(),
        "standardized": TRUTH,
        "source": Text(),
        "diverged": TRUTH,
        "output": Among((None, *OUTPUTS.values())),
        "every": Whole(1),
        "label": Text(),
        "settings": Either(NOTHING, FREE),  # of any model
        "training": Either(EMPTY, TRAINING),
    }
)
KEPT = Settings(  # the settings of KeptFeatures
    {
        "points": Whole(1),
        "shape": Listed(Whole(0), (2,)),
        "layer": Text(),
        "has_head": TRUTH,
        "outputs": Whole(1),
    }
)
NETWORK = Settings(  # the settings of the scripts' networks
    {
        "inputs": Whole(1),
        "hidden": Listed(Whole(1)),
        "activation": Among(tuple(ACTIVATIONS)),
        "latent": TRUTH,
    }
)


def check_words(**facts):
    """Raise UserError unless a record can keep some of FACTS, by their names."""
    for name, value in facts.items():
        if not FACTS.kinds[name].has(value):
            raise UserError(
                f"{name} is {SHORT_REPR.repr(value)}: a record keeps whole numbers up to"
                f" {MAX_COUNT:,} and texts of up to {MAX_TEXT_LENGTH:,} characters"
            )
