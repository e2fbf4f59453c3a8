"""The option that trains several networks, which differ in one or two other options."""

import copy
import itertools

MOST = 6  # values of an option
FLAG = {"no": False, "yes": True}  # values of an option that has none itself


# fmt: off
def add(option, folder):
    """Add the option."""
    option("--compare", "an option of data, network or training, and two to six values of it to"
           " run side by side; twice for a grid, columns by rows; several words of a value as 10,2;"
           " of an option without a value no and yes", "nothing", default=[], action="append",
           nargs="+", metavar=("OPTION", "VALUE"))
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.compare and typed.views:
        yield "--compare and --views do not go together"


def compared(parser, arguments, typed, comparable):
    """What was typed for each of the runs, row by row, by their names; for one alone by "".

    Where one option is compared, its value is the name of a run.

    arguments: all that was typed, in words.
    comparable: the flags of the options that can be compared.
    """
    names = [name for name, *_ in typed.compare]
    if len(names) > 2:
        parser.error("--compare stands for columns and rows: give it twice at the most")
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
    """End with what is wrong with a comparison, if anything is."""
    flag = f"--{name}"
    if flag not in comparable:
        known = ", ".join(other.removeprefix("--") for other in comparable)
        parser.error(f"--compare {name}: not one of {known}")
    if not 2 <= len(values) <= MOST:
        parser.error(f"--compare {name} needs two to six values")
    parser.leave_out(flag, arguments, f"--compare {name} has the values of {flag}")


def _check_values(parser, typed, name, values):
    """End if a value means the same as one before."""
    known = []
    for value in values:
        meant = getattr(_with(parser, typed, name, value), name.replace("-", "_"))
        if meant in known:
            parser.error(f"--compare {name}: {value} is there twice")
        known.append(meant)


def _with(parser, typed, name, value):
    """What was typed, with a value of an option."""
    action, one = parser.option(f"--{name}"), copy.copy(typed)
    if action.nargs == 0:
        if value not in FLAG:
            parser.error(f"--compare {name}: {value!r} is neither no nor yes")
        setattr(one, action.dest, FLAG[value])
        return one
    one = parser.parse_for(f"--compare {name}", [f"--{name}={value}"], one)
    if action.nargs == "+" and action.type is None:  # words, as of --features
        setattr(one, action.dest, value.split(","))
    return one
