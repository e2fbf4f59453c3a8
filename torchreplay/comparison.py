"""Several runs side by side, in step, that differ in one hyper-parameter."""

import math

import matplotlib
from matplotlib.patches import Rectangle

from torchreplay.artists import part_text
from torchreplay.picture import Panel, new_figure, space_axes
from torchreplay.views.errors import ErrorRings
from torchreplay.views.space import SpaceView

SIDE = 4.0  # of a panel, in inches
HEADLINE = 0.5  # above the panels
FONT_SIZES = {
    f"{text}size": 8 for text in ("axes.title", "axes.label", "xtick.label", "ytick.label")
}
VEIL = "#808080"


class RunPanel(Panel):
    """The space of a run, drawn on the axes given, with its name, loss and accuracy as title.

    A run that has diverged stays at its last finite epoch, greyed, and the panel says so.

    mark_errors: whether to ring misclassified points.
    """

    def __init__(self, axes, name, run, palette, mark_errors):
        history = run.history
        self.last = history.epochs

        def reading(epoch):  # short, for its glyphs are drawn in every frame
            return f"{history.loss[epoch]:.3f}, {history.accuracy[epoch]:.1%}"

        heading = f"{name}: loss and accuracy "
        views = [SpaceView(axes, run, palette, heading, reading)]
        if mark_errors:
            views.append(ErrorRings(axes, run))
        super().__init__(run, views)
        whole = {"transform": axes.transAxes, "visible": False}
        veil = Rectangle((0, 0), 1, 1, facecolor=VEIL, alpha=0.6, zorder=10, **whole)
        place = {"ha": "center", "va": "center", "fontsize": 16, "zorder": 11}
        told = axes.text(0.5, 0.12, f"diverged at epoch {self.last + 1}", **place, **whole)
        self.veil = axes.add_patch(veil), told
        self.artists += self.veil

    def draw(self, epoch):
        """Draw an epoch, or the last finite one."""
        super().draw(min(epoch, self.last))
        for artist in self.veil:
            artist.set_visible(epoch > self.last)


class Headline:
    """One line above all panels that ends in the epoch.

    artists: the epoch.
    """

    def __init__(self, figure, text, last):
        height = 1 - HEADLINE / 2 / figure.get_size_inches()[1]
        font = {"va": "center", "fontsize": 13, "parse_math": False}
        line = figure.text(0.5, height, "", ha="center", **font)
        self.epoch = part_text(line, text, str(last))
        self.artists = [self.epoch]

    def draw(self, epoch):
        """Show the number of the epoch."""
        self.epoch.set_text(str(epoch))


def comparison(runs, headline, last, dpi, palette, mark_errors=False):
    """Make the figure of several runs, and its panels.

    runs: Runs by their names.
    headline: what all have in common, before the epoch, of which `last` is the last.
    """
    rows = 1 if len(runs) <= 3 else 2
    columns = math.ceil(len(runs) / rows)
    figure = new_figure(dpi, columns * SIDE, rows * SIDE + HEADLINE)
    panels = [Headline(figure, headline, last)]
    with matplotlib.rc_context(FONT_SIZES):
        for k, (name, run) in enumerate(runs.items()):
            row, column = divmod(k, columns)
            axes = space_axes(figure, SIDE, column * SIDE, (rows - 1 - row) * SIDE)
            panels.append(RunPanel(axes, name, run, palette, mark_errors))
    return figure, panels
