"""Arguments in messages, spelled as the options of the command line."""

import shlex

from torchreplay.system.terminal import printable

OPTION_NAMES = {  # of those whose argument has another name
    "folder": "output-dir",
    "forms": "format",
    "path": "output-dir",
    "plane_of": "slice",
    "span": "features-shown",
    "param_grid": "search",
    "standardized": "standardize",
}
MAX_VALUES_CHARACTERS = 200


def as_option(argument):
    """An Argument as a user types it: `--label`, `--features 2 5`."""
    flag = f"--{OPTION_NAMES.get(argument.name, argument.name).replace('_', '-')}"
    if argument.value in (None, True):
        return flag
    return f"{flag} {printable(shlex.join(argument.value), MAX_VALUES_CHARACTERS)}"
