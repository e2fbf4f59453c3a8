"""Options of the network: its layers."""

import itertools
import re

from torchreplay.cli.options.parser import number
from torchreplay.models.activations import ACTIVATIONS

UNITS = number(int, 1, 1000)


def units(text):
    """An argparse type: the units of one layer, or of several, separated by commas or blanks."""
    return [UNITS(word) for word in re.split(r"\s*,\s*|\s+", text.strip())]


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--hidden", "units of each hidden layer, 10 2 or 10,2; 1 to 1,000", "2",
           default=[[2]], nargs="+", type=units, metavar="UNITS")
    option("--activation", f"of the hidden layers: {', '.join(ACTIVATIONS)}", "sigmoid",
           default="sigmoid", choices=ACTIVATIONS, metavar="NAME")
    option("--latent", "append a linear layer of 2 units to the hidden layers", "none",
           action="store_true")
# fmt: on


def contradictions(typed):
    """Nothing can be wrong with these options together."""
    return ()


def grouped(typed):
    """The arguments of `make_network`."""
    hidden = list(itertools.chain.from_iterable(typed.hidden))
    return {"hidden": hidden, "activation": typed.activation, "latent": typed.latent}
