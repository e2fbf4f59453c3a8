"""Views on axes of the user."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from torchreplay.errors import UserError
from torchreplay.spaces.space import SPACE_INCHES
from torchreplay.views import panels_of

# An attribute of Axes: their place in a grid before, and the Axes added. It ends with them.
DRAWN = "_torchreplay_drawn"


def new_axes():
    """The axes of a new pyplot figure, as large as a space."""
    from matplotlib import pyplot  # it chooses a backend

    return pyplot.figure(figsize=(SPACE_INCHES, SPACE_INCHES)).add_subplot()


def check_axes(axes):
    """Raise TypeError unless the argument `ax` is matplotlib Axes."""
    if not isinstance(axes, Axes):
        raise TypeError(f"ax is a {type(axes).__name__}, not matplotlib Axes")


def make_on(axes, make):
    """Make views on axes. They replace those that were made on these axes before."""
    if hasattr(axes, DRAWN):
        place, added = getattr(axes, DRAWN)
        for other in added:
            other.remove()
        axes.clear()
        if place:
            axes.set_subplotspec(place)  # a color scale had taken some of it
    place, neighbors = axes.get_subplotspec(), list(axes.figure.axes)
    made = make(axes)
    added = [other for other in axes.figure.axes if other not in neighbors]
    setattr(axes, DRAWN, (place, added))
    return made


def panels_on(views):
    """The makers of the panels of views, each with the Axes to draw on: a list of pairs.

    views: Axes, one or several, by the names of views, see `panels_of`.
    """
    if not isinstance(views or {}, Mapping):
        raise TypeError('views is no dictionary: give Axes by names, as in {"loss": ax}')
    found = []
    for name, axes in (views or {}).items():
        makers, axes = panels_of([name]), np.ravel(axes)
        if not all(isinstance(each, Axes) for each in axes):
            raise TypeError(f"views: {name!r} has no matplotlib Axes to be drawn on")
        if len(makers) != len(axes):
            raise UserError(f"view {name!r} needs {len(makers)} Axes, not {len(axes)}")
        found += zip(makers, axes, strict=True)
    return found


def show(views, snapshot):
    """Draw an epoch in some views, with titles that stay in place in any layout."""
    for view in views:
        view.draw(snapshot)
        if hasattr(view, "title"):
            view.title.join()
