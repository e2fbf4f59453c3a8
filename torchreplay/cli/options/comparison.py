"""The option that trains several networks, which differ in one or two other options."""

import copy
import itertools

from torchreplay.views import views_compared

MAX_VALUES = 6
FLAG_VALUES = {"no": False, "yes": True}  # for options without a value


# fmt: off
def add(option, folder):
    """Add the option."""
    option("--compare", "an option of data, network or training, and two to six values of it:"
           " runs side by side; twice for a grid, columns by rows; type a value of several words as"
           " 10,2, and the values of an option that has none as no and yes; --views loss shows the"
           " losses of all, and gradients a panel of each", "nothing",
           default=[], action="append", nargs="+", metavar=("OPTION", "VALUE"))
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    allowed = views_compared(len(typed.compare))
    if typed.compare and not set(typed.views) <= set(allowed):
        flags = "--compare twice" if len(typed.compare) == 2 else "--compare"
        yield f"{flags} goes with the --views {' and '.join(allowed)} alone"


def compared(parser, arguments, typed, comparable):
    """The options typed for each run, row by row, by the names of the runs.

    A single run has the name "". If one option is compared, its values are the names.

    arguments: all that was typed, in words.
    comparable: the flags of the options that can be compared.
    """
    names = [name for name, *_ in typed.compare]
    if len(names) > 2:
        parser.error("--compare stands for columns and rows: give it at most twice")
    if len(names) == 2 and names[0] == names[1]:
        parser.error(f"--compare {names[0]} is there twice: compare two different options")
    runs = {(): typed}
    for name, *values in reversed(typed.compare):  # columns last
        _check(parser, arguments, name, values, comparable)
        _check_values(parser, typed, name, values)
        runs = {
            (value, *called): _with(parser, run, name, value)
            for (called, run), value in itertools.product(runs.items(), values)
        }
    if len(names) == 1:
        return {value: run for (value,), run in runs.items()}
    return {
        ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True)): run
        for values, run in runs.items()
    }


def _check(parser, arguments, name, values, comparable):
    """End with a message if something is wrong with a comparison."""
    flag = f"--{name}"
    if flag not in comparable:
        known = ", ".join(other.removeprefix("--") for other in comparable)
        parser.error(f"--compare {name}: not one of {known}")
    if not 2 <= len(values) <= MAX_VALUES:
        parser.error(f"--compare {name} needs two to six values")
    parser.leave_out(flag, arguments, f"--compare {name} has the values of {flag}")


def _check_values(parser, typed, name, values):
    """End with a message if two values mean the same."""
    known = []
    for value in values:
        meant = getattr(_with(parser, typed, name, value), name.replace("-", "_"))
        if meant in known:
            parser.error(f"--compare {name}: {value} is there twice")
        known.append(meant)


def _with(parser, typed, name, value):
    """The options typed, with another value of one option."""
    action, one = parser.option(f"--{name}"), copy.copy(typed)
    if action.nargs == 0:
        if value not in FLAG_VALUES:
            parser.error(f"--compare {name}: {value!r} is neither no nor yes")
        setattr(one, action.dest, FLAG_VALUES[value])
        return one
    one = parser.parse_for(f"--compare {name}", [f"--{name}={value}"], one)
    if action.nargs == "+" and action.type is None:  # words, as of --features
        setattr(one, action.dest, value.split(","))
    return one
