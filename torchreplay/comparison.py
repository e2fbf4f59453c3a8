"""Several runs side by side, in step, that differ in one hyper-parameter."""

import math

import matplotlib

from torchreplay.picture import new_figure, space_axes
from torchreplay.spaces import FEATURE_SPACE
from torchreplay.veil import VeiledPanel
from torchreplay.views.legend import add_legend
from torchreplay.views.space import BoundaryBeyond, space_views
from torchreplay.views.titles import Title

SIDE = 4.0  # of a panel, in inches
HEADLINE, LEGEND = 0.5, 0.25  # above the panels
FONT_SIZES = {
    f"{text}size": 8 for text in ("axes.title", "axes.label", "xtick.label", "ytick.label")
}


def reading(values, spelled):
    """The text of a value at an epoch, as a function of the epoch."""
    return lambda epoch: spelled(values[epoch])


def spelled_loss(loss):
    """A loss in five characters, whatever it is."""
    return f"{loss:.3f}"[:5] if loss < 999 else f"{loss:.0e}"


def spelled_share(share):
    """A share in percent."""
    return f"{100 * share:.1f} %"


class RunPanel(VeiledPanel):
    """The space of a run, drawn on the axes given, with its name, loss and accuracy as title.

    Loss and accuracy of the points held out, if there are any, follow.
    """

    def __init__(self, axes, name, run, looks):
        (loss, accuracy), *held_out = run.history.measured
        title = [
            (f"{name}: loss ", reading(loss, spelled_loss)),
            (", accuracy ", reading(accuracy, spelled_share)),
        ]
        for loss, accuracy in held_out:
            title += [
                ("; held out: ", reading(loss, spelled_loss)),
                (", ", reading(accuracy, spelled_share)),
            ]
        views = space_views(axes, run, looks, title)
        if run.space is FEATURE_SPACE:
            views.append(BoundaryBeyond(axes, run))
        super().__init__(axes, run, views)


def rows_and_columns(count):
    """How many panels of some runs stand below and beside one another."""
    rows = 1 if count <= 3 else 2
    return rows, math.ceil(count / rows)


def comparison_inches(count, legend):
    """Width and height of the picture of some runs, with or without a legend."""
    rows, columns = rows_and_columns(count)
    return columns * SIDE, rows * SIDE + HEADLINE + LEGEND * legend


def comparison(runs, headline, dpi, looks):
    """Make the figure of several runs, and its panels.

    runs: Runs by their names.
    headline: what all have in common; the epoch is added.
    """
    rows, columns = rows_and_columns(len(runs))
    width, height = comparison_inches(len(runs), looks.legend)
    figure = new_figure(dpi, width, height)
    place = {"ha": "center", "va": "center", "fontsize": 13}
    line = figure.text(0.5, 1 - HEADLINE / 2 / height, "", **place)
    last = max(run.history.last for run in runs.values())
    panels = [Title(line, [(f"{headline}, epoch ", str)], last, width - 0.4)]
    if looks.legend:
        run = next(iter(runs.values()))
        beyond = run.space is FEATURE_SPACE
        place = width / 2, rows * SIDE + 0.1, width - 0.4
        add_legend(figure, run.history.dataset, looks, *place, beyond)
    with matplotlib.rc_context(FONT_SIZES):
        for k, (name, run) in enumerate(runs.items()):
            row, column = divmod(k, columns)
            axes = space_axes(figure, SIDE, column * SIDE, (rows - 1 - row) * SIDE)
            panels.append(RunPanel(axes, name, run, looks))
    return figure, panels
