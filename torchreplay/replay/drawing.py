"""Views on axes of the user."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from torchreplay.errors import Argument, UserError
from torchreplay.spaces.space import SPACE_INCHES
from torchreplay.views import panels_of
from torchreplay.views.beyond import has_boundary, is_seen_beyond
from torchreplay.views.legend import add_handles, add_legend_above, title_gap
from torchreplay.views.looks import looks_of
from torchreplay.views.space import TITLE_GAP, space_views

# An attribute of Axes: their place in a grid before, and the Axes added. It ends with them.
DRAWN = "_torchreplay_drawn"


class Drawable:
    """What `plot` draws: a hint where it is mistaken for the Figure."""

    if not TYPE_CHECKING:  # type checkers know that there are no other names

        def __getattr__(self, name):
            if name in ("savefig", "save", "show"):
                kind = type(self).__name__
                raise AttributeError(
                    f"a {kind} has no {name}: after plot, its figure_ has savefig and show;"
                    " animate() has save"
                )
            return object.__getattribute__(self, name)  # it raises what it has raised before


def new_figure():
    """A new pyplot figure, as large as a space.

    It is to be made before settings are changed for a while: pyplot may choose its backend only
    now, which sets others for good.
    """
    from matplotlib import pyplot

    return pyplot.figure(figsize=(SPACE_INCHES, SPACE_INCHES))


def check_axes(axes):
    """Raise TypeError unless the argument `ax` is matplotlib Axes of a plane."""
    if not isinstance(axes, Axes):
        raise TypeError(f"ax is a {type(axes).__name__}, not matplotlib Axes")
    _check_projection("ax has", axes)


def _check_projection(words, axes):
    if axes.name != "rectilinear":
        raise TypeError(
            f"{words} the projection {axes.name!r}: give Axes without one, as of pyplot.subplots()"
        )


def looks_for(replays, palette, mark_errors, legend, point_size, title):
    """The Looks of a picture of SpaceReplays; raises UserError for what does not go with them.

    Where no space has a boundary, errors are always ringed, as nothing else shows them.
    """
    tasks = [replay.history.task for replay in replays]
    check_tasks(tasks, mark_errors)
    classes, areas = max(task.classes for task in tasks), max(task.areas for task in tasks)
    is_projected = all(replay.space.is_projected for replay in replays)
    errors = classes and (mark_errors or is_projected)
    looks = looks_of(palette, errors, legend, point_size, title, classes, areas)
    chosen = {replay.space.plane.chosen if replay.space.plane else () for replay in replays}
    return dataclasses.replace(looks, classes=chosen.pop() if len(chosen) == 1 else ())


def check_tasks(tasks, mark_errors=False):
    """Raise UserError if Tasks do not go side by side, or have no errors that can be marked."""
    are_classes = {task.classes > 0 for task in tasks}
    if len(are_classes) > 1:
        raise UserError("some runs learn classes, others numbers: compare runs of one kind")
    if mark_errors and are_classes == {False}:
        remedy = "leave out ", Argument("mark_errors", True)
        raise UserError("there are no errors in regression: ", remedy)


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


def space_on(axes, replay, looks, epoch):
    """Make the views that draw a space at an epoch on axes, with what a legend explains."""
    lines = has_boundary(replay, [epoch]), is_seen_beyond(replay, epoch)
    gap = title_gap(replay.history.dataset) if looks.legend else TITLE_GAP
    made = space_views(axes, replay, looks, gap=gap, beyond=lines[1])
    explained = replay.history.dataset, looks, *lines
    add_handles(axes, *explained)
    if looks.legend:
        add_legend_above(axes, *explained)
    return made


def panels_on(views, classes):
    """The makers of the panels of views, each with the Axes to draw on: a list of pairs.

    views: Axes, one or several, by the names of views, see `panels_of`; classes: how many.
    """
    found = []
    for name, axes in axes_by_name(views, lambda name: len(panels_of([name], classes))).items():
        found += zip(panels_of([name], classes), axes, strict=True)
    return found


def axes_by_name(views, needed):
    """Lists of Axes by the names of views.

    views: what the user has given: Axes, one or several, by the names of views.
    needed: a function of a name to how many Axes that view needs.
    Raises TypeError or UserError for anything else.
    """
    if not isinstance(views or {}, Mapping):
        raise TypeError('views is no dictionary: give Axes by names, as in {"loss": ax}')
    found = {}
    for name, axes in (views or {}).items():
        count, axes = needed(name), np.ravel(axes)
        if not all(isinstance(each, Axes) for each in axes):
            raise TypeError(f"views: {name!r} has no matplotlib Axes to be drawn on")
        for each in axes:
            _check_projection(f"views: the Axes of {name!r} have", each)
        if count != len(axes):
            raise UserError(f"view {name!r} needs {count} Axes, not {len(axes)}")
        found[name] = list(axes)
    return found


def show(views, snapshot):
    """Draw an epoch in some views, with titles that stay in place in any layout."""
    for view in views:
        view.draw(snapshot)
        if hasattr(view, "title"):
            view.title.join()
