"""The views of a run: each shows one thing of an epoch on axes of its own.

A view is made of the axes it draws on, a Run and the Looks of the picture, and moves its artists
with `draw(snapshot)`. It may not import what itself uses views, as `composition` does.

Views that stand beside a space are found by name: a module of that name has PANELS, a class of view
for each of its panels. A panel is one axes of a picture. The names need neither PyTorch nor
matplotlib.
"""

import contextlib
from importlib import import_module

from torchreplay.errors import MissingError, NetworkError

VIEWS = (
    "probabilities", "loss", "losses", "gradients", "updates", "violins", "activations", "surface",
    "weights", "network", "input", "feature",
)  # fmt: skip
GROUPS = {"all": ("probabilities", "loss", "losses")}  # as in DeepReplay's best-known film


def panels_of(names):
    """What makes the panels of some names in VIEWS and GROUPS, each once.

    Those of a module that has several come first, so that they stand in one column.
    """
    views = [view for name in names for view in GROUPS.get(name, (name,))]
    modules = [import_module(f"{__name__}.{view}") for view in dict.fromkeys(views)]
    modules.sort(key=lambda module: -len(module.PANELS))
    return [panel for module in modules for panel in module.PANELS]


@contextlib.contextmanager
def needed_by(view):
    """Add to what a record lacks which view is to be left out: a NetworkError; a decorator."""
    try:
        yield
    except MissingError as fault:
        raise NetworkError(f"{fault}: leave out the view {view}") from fault
