"""The option that trains several networks, which differ in one other option."""

import copy

COMPARABLE = (
    "learning-rate", "activation", "hidden", "seed", "batch-size", "optimizer", "weight-decay"
)  # fmt: skip
MOST = 6  # runs side by side


# fmt: off
def add(option, folder):
    """Add the option."""
    option("--compare", "an option, and two to six values of it to run side by side; of"
           f" {', '.join(COMPARABLE)}; units of layers as 10,2", "nothing", default=[], nargs="+",
           metavar=("OPTION", "VALUE"))
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.compare:
        name, *values = typed.compare
        if name not in COMPARABLE:
            yield f"--compare {name}: not one of {', '.join(COMPARABLE)}"
        if not 2 <= len(values) <= MOST:
            yield f"--compare {name} needs two to six values"
        if typed.views:
            yield "--compare and --views do not go together"


def compared(parser, arguments, typed):
    """What was typed for each of the values compared, by what they are called; else by "".

    arguments: all that was typed, in words.
    """
    if not typed.compare:
        return {"": typed}
    name, *values = typed.compare
    flag = f"--{name}"
    parser.leave_out(flag, arguments, f"--compare {name} has the values of {flag}")
    found, known = {}, []
    for value in values:
        one = parser.parse_args([f"{flag}={value}"], copy.copy(typed))
        meant = getattr(one, name.replace("-", "_"))
        if meant in known:
            parser.error(f"--compare {name}: {value} is there twice")
        known.append(meant)
        found[value] = one
    return found
