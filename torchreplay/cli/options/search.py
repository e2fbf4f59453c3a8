"""Options of a search: runs that are trained together, to show the best of them."""

import copy
import math

from torchreplay.cli.options.film import PAGE_FORM
from torchreplay.cli.options.parser import number

SEARCHABLE = ("learning-rate", "weight-decay", "momentum")
DEFAULT_RUNS = 400
BEST_OF_PAGE = 4  # runs that the page of a search has
VALUE_DIGITS = 4  # few, because a user types them to repeat a run


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--search", "one option or two, each with its range: train runs over it and show the"
           f" best; {', '.join(SEARCHABLE)}", "nothing", default=[], nargs="+",
           metavar=("OPTION", "LOW:HIGH"))
    option("--runs", "most runs of the search; two options make a grid; 4 to 10,000",
           f"{DEFAULT_RUNS}", type=number(int, 4, 10_000), metavar="N")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.runs and not typed.search:
        yield "--runs is for --search"
    if not typed.search:
        return
    if typed.compare:
        yield "--search and --compare do not go together"
    names, ranges = typed.search[::2], typed.search[1::2]
    for name in names:
        if name not in SEARCHABLE:
            yield f"--search {name}: not one of {', '.join(SEARCHABLE)}"
    if len(names) != len(ranges) or len(names) > 2 or len(set(names)) < len(names):
        yield "--search needs one option or two different ones, each with its LOW:HIGH"
    for name, text in zip(names, ranges, strict=True):
        low, high = ends_of(text)
        if not 0 < low < high < math.inf:
            yield f"--search {name} {text}: give LOW:HIGH, two positive numbers, the lower first"
    for name, values in param_grid(typed).items():
        if len(set(values)) < len(values):
            yield f"--search {name.replace('_', '-')}: too narrow for {len(values)} different runs"


def ends_of(text):
    """The two numbers of LOW:HIGH; NaN for any other text."""
    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        return math.nan, math.nan
    return low, high


def typed_at_ends(parser, arguments, typed):
    """The options typed, once for each end of a range, with this end as the value of its option.

    arguments: all that was typed, in words.
    """
    found = []
    for name, text in zip(typed.search[::2], typed.search[1::2], strict=True):
        flag = f"--{name}"
        parser.leave_out(flag, arguments, f"--search {name} has the values of {flag}")
        for end in text.split(":"):
            words = [f"{flag}={end}"]
            found.append(parser.parse_for(f"--search {name}", words, copy.copy(typed)))
    return found


def param_grid(typed):
    """The values of each option searched, by the name of the setting; empty without a search.

    The values are log-spaced. Two options have nearly equal numbers of values.
    """
    names, ranges = typed.search[::2], typed.search[1::2]
    runs = typed.runs or DEFAULT_RUNS
    rows = math.isqrt(runs)
    counts = [runs] if len(names) == 1 else [runs // rows, rows]
    return {
        name.replace("-", "_"): log_spaced(*ends_of(text), count)
        for name, text, count in zip(names, ranges, counts, strict=False)
    }


def best(typed):
    """How many of the best runs are trained alone, if it is more than one."""
    return {"best": BEST_OF_PAGE} if typed.search and PAGE_FORM in typed.format else {}


def log_spaced(low, high, count):
    """Values from low to high with equal ratios, rounded to VALUE_DIGITS."""
    step = (math.log(high) - math.log(low)) / (count - 1)
    return [float(f"{low * math.exp(k * step):.{VALUE_DIGITS}g}") for k in range(count)]
