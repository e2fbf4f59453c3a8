"""What stands on a picture: a space with views beside it, or several runs side by side."""

import math

from torchreplay.activations import activation_of
from torchreplay.comparison import comparison
from torchreplay.palettes import PALETTES
from torchreplay.picture import SPACE_INCHES, Panel, Picture, new_figure, space_axes
from torchreplay.views import panels_of
from torchreplay.views.errors import ErrorRings
from torchreplay.views.space import SpaceView

COLUMN_INCHES = 3.8  # of views


def compose(runs, views=(), palette="classic", mark_errors=False, size=720, dpi=None, compared=""):
    """Make the Picture of a run, or of several runs that are compared.

    runs: Runs by their names, of one space.
    views: names of what to show beside a single run.
    palette: the name of one.
    mark_errors: whether to ring misclassified points.
    size: pixels of a space alone; or `dpi`, the same in pixels of an inch.
    compared: the hyper-parameter in which several runs differ.
    """
    palette, dpi = PALETTES[palette], dpi or size / SPACE_INCHES
    if compared:
        figure, panels = side_by_side(runs, compared, palette, mark_errors, dpi)
    else:
        (run,) = runs.values()
        figure, panels = space_and_views(run, views, palette, mark_errors, dpi)
    title = next(iter(runs.values())).space.title
    return Picture(figure, panels, title, palette)


def space_and_views(run, names, palette, mark_errors, dpi):
    """Make the figure of a space and of the views beside it, and its only panel."""
    makers = panels_of(names)
    figure = new_figure(dpi, width=SPACE_INCHES + width_of(makers))
    axes = space_axes(figure)
    views = [SpaceView(axes, run, palette)]
    if mark_errors:
        views.append(ErrorRings(axes, run))
    views += add_views(figure, makers, run)
    return figure, [Panel(run, views)]


def width_of(makers):
    """How many inches views need beside a space, two above one another."""
    return COLUMN_INCHES * math.ceil(len(makers) / 2)


def add_views(figure, makers, run):
    """Make views at the right of a figure; a last one alone is as high as two."""
    width, height = figure.get_size_inches()
    views = []
    for k, make in enumerate(makers):
        left = height + COLUMN_INCHES * (k // 2) + 0.8
        bottom, up = (3.5, 1.9) if k % 2 == 0 else (0.6, 1.9)
        if k % 2 == 0 and k == len(makers) - 1:
            bottom, up = 0.6, 4.8
        rectangle = (left / width, bottom / height, (COLUMN_INCHES - 1.55) / width, up / height)
        views.append(make(figure.add_axes(rectangle), run))
    return views


def side_by_side(runs, compared, palette, mark_errors, dpi):
    """Make the figure of runs that differ in one hyper-parameter, and its panels."""
    named = {f"{compared} {value.replace(',', ' ')}": run for value, run in runs.items()}
    histories = [run.history for run in runs.values()]
    headline = f"{', '.join(common_facts(histories))}, epoch "
    last = max(history.epochs for history in histories)
    return comparison(named, headline, last, dpi, palette, mark_errors)


def common_facts(histories):
    """What some runs have in common, of data set, units and activation: a list of words."""
    facts = [(history.dataset.source, *architecture(history)) for history in histories]
    return [values[0] for values in zip(*facts, strict=True) if len(set(values)) == 1]


def architecture(history):
    """The units of all layers, as in 2-10-2-1, and the name of the activation: two words."""
    activations = filter(None, map(activation_of, history.model.logit))
    return "-".join(map(str, history.units)), next(activations).name
