"""The views of a replay: each shows one thing of an epoch on axes of its own.

A view is made of the axes on which it draws, a SpaceReplay and the Looks of the picture. Its
`draw(snapshot)` moves its artists.

Views that stand beside a space are found by name. The module of that name lists in PANELS a class
of view for each of its panels, and may list others in PANELS_OF_MANY, for three or more classes. A
panel is one Axes of a picture. The names need no PyTorch and no matplotlib.
"""

import contextlib
from importlib import import_module
from typing import Literal, get_args

from torchreplay.errors import MissingError, NetworkError, UserError

ViewName = Literal[
    "probabilities", "loss", "losses", "confusion", "gradients", "updates", "violins",
    "activations", "units", "layers", "surface", "weights", "network", "input", "feature",
]  # fmt: skip
VIEWS = get_args(ViewName)
SEARCH_MAPS = ("search_map", "held_out_map")
IN_REGRESSION = {"probabilities": "losses", "confusion": "losses"}  # what there is in place of them
SHARED_VIEWS, OWN_VIEWS = ("loss",), ("gradients",)  # in a comparison: of all runs, of each run
OF_THE_PLANE = ("units",)  # they show the input plane
GROUPS = {"all": ("probabilities", "loss", "losses")}  # as in DeepReplay's best-known film


def panels_of(views, classes=2):
    """What makes the panels of some views, each once.

    views: names in VIEWS, SEARCH_MAPS and GROUPS; or tuples of such a name and what the view is to
        show, as ("surface", "hidden.weight[0,1]", "output.bias"). Views of several panels come
        first, so that these stand in one column.
    classes: how many there are; 0 in regression.
    Raises TypeError or UserError for anything else, and for views of classes in regression.
    """
    if isinstance(views, str):
        raise TypeError(f"views is {views!r}: give a list of names")
    wanted = [(view,) if isinstance(view, str) else tuple(view) for view in views]
    wanted = [(each, *shown) for name, *shown in wanted for each in _members(name, classes)]
    panels = [_panels_of_one(classes, *view) for view in dict.fromkeys(wanted)]
    return [panel for found in sorted(panels, key=len, reverse=True) for panel in found]


def _members(name, classes):
    """The views of a group that there are for so many classes, or the one view of a name."""
    if name not in GROUPS:
        return (name,)
    return [each for each in GROUPS[name] if classes or each not in IN_REGRESSION]


def _panels_of_one(classes, name, *shown):
    """What makes the panels of a view, by default or with what it is to show."""
    if name not in (*VIEWS, *SEARCH_MAPS):
        raise UserError(f"view {name!r} is not one of {', '.join(VIEWS)}")
    if not classes and name in IN_REGRESSION:
        other = IN_REGRESSION[name]
        raise UserError(
            f"view {name!r} is of classes: leave it out, in regression there is {other!r}"
        )
    module = import_module(f"{__name__}.{name}")
    if not shown:
        return getattr(module, "PANELS_OF_MANY" if classes > 2 else "PANELS", module.PANELS)
    if not hasattr(module, "panels_with"):
        raise UserError(f"view {name!r} is given {', '.join(map(repr, shown))}: it takes nothing")
    return module.panels_with(*shown)


def check_data(views, dataset):
    """Raise NetworkError if a view of the input plane is to show a Dataset that has none.

    views: names, see `panels_of`.
    """
    for view in views:
        if view in OF_THE_PLANE and not dataset.is_plane:
            raise NetworkError(f"the view {view} needs data of two features: leave it out")


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
