"""The views of a replay: each shows one thing of an epoch on axes of its own.

A view is made of the axes on which it draws, a SpaceReplay and the Looks of the picture. Its
`draw(snapshot)` moves its artists.

Views that stand beside a space are found by name. The module of that name lists in PANELS a class
of view for each of its panels. A panel is one Axes of a picture. The names need no PyTorch and no
matplotlib.
"""

import contextlib
from importlib import import_module
from typing import Literal, get_args

from torchreplay.errors import MissingError, NetworkError, UserError

ViewName = Literal[
    "probabilities", "loss", "losses", "gradients", "updates", "violins", "activations", "surface",
    "weights", "network", "input", "feature",
]  # fmt: skip
VIEWS = get_args(ViewName)
SEARCH_MAPS = ("search_map", "held_out_map")
SHARED_VIEWS, OWN_VIEWS = ("loss",), ("gradients",)  # in a comparison: of all runs, of each run
GROUPS = {"all": ("probabilities", "loss", "losses")}  # as in DeepReplay's best-known film


def panels_of(views):
    """What makes the panels of some views, each once.

    views: names in VIEWS, SEARCH_MAPS and GROUPS; or tuples of such a name and what the view is to
        show, as ("surface", "hidden.weight[0,1]", "output.bias"). Views of several panels come
        first, so that these stand in one column.
    Raises TypeError or UserError for anything else.
    """
    if isinstance(views, str):
        raise TypeError(f"views is {views!r}: give a list of names")
    wanted = [(view,) if isinstance(view, str) else tuple(view) for view in views]
    wanted = [(each, *shown) for name, *shown in wanted for each in GROUPS.get(name, (name,))]
    panels = [_panels_of_one(*view) for view in dict.fromkeys(wanted)]
    return [panel for found in sorted(panels, key=len, reverse=True) for panel in found]


def _panels_of_one(name, *shown):
    """What makes the panels of a view, by default or with what it is to show."""
    if name not in (*VIEWS, *SEARCH_MAPS):
        raise UserError(f"view {name!r} is not one of {', '.join(VIEWS)}")
    module = import_module(f"{__name__}.{name}")
    if not shown:
        return module.PANELS
    if not hasattr(module, "panels_with"):
        raise UserError(f"view {name!r} is given {', '.join(map(repr, shown))}: it takes nothing")
    return module.panels_with(*shown)


def views_compared(options):
    """The names of the views that go with a comparison of one option, or of two.

    In a grid there is no room for a panel of each run.
    """
    return SHARED_VIEWS + OWN_VIEWS if options == 1 else SHARED_VIEWS


def check_compared(views, options):
    """The names of views for a comparison, each once, in the order of `views_compared`.

    options: how many are compared.
    Raises what `panels_of` raises, and UserError for views that do not go with a comparison.
    """
    views = list(views) if not isinstance(views, str) else views
    panels_of(views)  # all are known
    allowed = views_compared(options)
    for view in views:
        if view not in allowed:
            kind = "a comparison" + " of two options" * (options == 2)
            raise UserError(f"{kind} has no view {view!r}: it has {' and '.join(allowed)}")
    return [name for name in allowed if name in views]


@contextlib.contextmanager
def needed_by(view):
    """A decorator: NetworkError for what a record lacks says which view to leave out."""
    try:
        yield
    except MissingError as fault:
        raise NetworkError(f"{fault}: leave out the view {view}") from fault
