"""Arguments that messages name, spelled as the options that are typed."""

import shlex

from torchreplay.system.terminal import printable

NAMES = {  # of options that have another name than the argument
    "folder": "output-dir",
    "forms": "format",
    "path": "output-dir",
    "param_grid": "search",
    "share": "validation",
    "standardized": "standardize",
}
LONGEST_VALUES = 200  # characters that are shown


def as_option(argument):
    """An Argument as it is typed: `--label`, `--features 2 5`."""
    flag = f"--{NAMES.get(argument.name, argument.name).replace('_', '-')}"
    if argument.value in (None, True):
        return flag
    return f"{flag} {printable(shlex.join(argument.value), LONGEST_VALUES)}"
