"""Options of a search: which runs are trained together, to show the best of them."""

import copy
import math

from torchreplay.cli.options.parser import number

SEARCHED = ("learning-rate", "weight-decay", "momentum")
RUNS = 400
DIGITS = 4  # of a value, that are typed to repeat a run


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--search", "one option or two, each with its LOW:HIGH, to train runs of and show the"
           f" best; of {', '.join(SEARCHED)}", "nothing", default=[], nargs="+",
           metavar=("OPTION", "LOW:HIGH"))
    option("--runs", "of the search, at the most; of two options a grid; 4 to 10,000", f"{RUNS}",
           type=number(int, 4, 10_000), metavar="N")
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
        if name not in SEARCHED:
            yield f"--search {name}: not one of {', '.join(SEARCHED)}"
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
    """The two numbers of LOW:HIGH; not numbers if it is something else."""
    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        return math.nan, math.nan
    return low, high


def typed_at_ends(parser, arguments, typed):
    """What was typed, once for each end of a range: as if the option had this end as its value.

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
    """The values of each option searched, by the name of the setting; none without a search.

    They are log-spaced. Two options have as nearly the same number of values as possible.
    """
    names, ranges = typed.search[::2], typed.search[1::2]
    runs = typed.runs or RUNS
    rows = math.isqrt(runs)
    counts = [runs] if len(names) == 1 else [runs // rows, rows]
    return {
        name.replace("-", "_"): log_spaced(*ends_of(text), count)
        for name, text, count in zip(names, ranges, counts, strict=False)
    }


def log_spaced(low, high, count):
    """Values from low to high whose ratios are the same, in a few digits."""
    step = (math.log(high) - math.log(low)) / (count - 1)
    return [float(f"{low * math.exp(k * step):.{DIGITS}g}") for k in range(count)]
