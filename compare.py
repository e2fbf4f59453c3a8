"""Several runs side by side, in step, that differ in one hyper-parameter."""

import math

import matplotlib
from matplotlib.patches import Rectangle

from common import SpaceView, new_figure, space_axes

SIDE = 4.0  # of a panel, in inches
HEADLINE = 0.5  # above the panels
FONT_SIZES = {
    f"{text}size": 8 for text in ("axes.title", "axes.label", "xtick.label", "ytick.label")
}
VEIL = "#808080"
VEILED = ("#A6B2A6", "#AEA7AE", "#666666")  # regions and lines below a veil, for GIF


class RunView:
    """The space of a run, drawn on the axes given, with its name, loss and accuracy as title.

    A run that has diverged stays at its last finite epoch, greyed, and is told so.

    seen: its Space, History, points shown and Plane.
    marks: more views on the same axes, as ErrorRings is one.
    artists: those of all of them.
    """

    def __init__(self, axes, name, seen, palette, marks):
        *seen, plane = seen
        _, history, _ = seen
        self.last = history.epochs

        def reading(epoch):  # short, for its glyphs are drawn in every frame
            return f"{history.loss[epoch]:.3f}, {history.accuracy[epoch]:.1%}"

        heading = f"{name}: loss and accuracy "
        self.space = SpaceView(axes, *seen, plane, palette, heading, reading)
        self.views = [self.space, *(mark(axes, *seen) for mark in marks)]
        whole = {"transform": axes.transAxes, "visible": False}
        veil = Rectangle((0, 0), 1, 1, facecolor=VEIL, alpha=0.6, zorder=10, **whole)
        place = {"ha": "center", "va": "center", "fontsize": 16, "zorder": 11}
        told = axes.text(0.5, 0.12, f"diverged at epoch {self.last + 1}", **place, **whole)
        self.veil = axes.add_patch(veil), told
        self.artists = [*(artist for view in self.views for artist in view.artists), *self.veil]

    def draw(self, epoch):
        """Draw an epoch, or the last finite one."""
        for view in self.views:
            view.draw(min(epoch, self.last))
        for artist in self.veil:
            artist.set_visible(epoch > self.last)


class Headline:
    """One line above all panels that ends in the epoch.

    artists: the epoch.
    """

    def __init__(self, figure, text, last):
        height = 1 - HEADLINE / 2 / figure.get_size_inches()[1]
        font = {"va": "center", "fontsize": 13, "parse_math": False}
        line = figure.text(0.5, height, f"{text}{last}", ha="center", **font)
        to_figure = figure.transFigure.inverted()
        left, _ = to_figure.transform(line.get_window_extent().min)
        line.set(text=text, x=left, horizontalalignment="left")
        right, _ = to_figure.transform(line.get_window_extent().max)
        self.epoch = figure.text(right, height, "", **font)
        self.artists = [self.epoch]

    def draw(self, epoch):
        """Tell the epoch."""
        self.epoch.set_text(str(epoch))


def comparison(runs, headline, last, dpi, palette, marks=()):
    """Make the figure of several runs, and its views.

    runs: by its name what is seen of each, see RunView.
    headline: what all have in common, before the epoch, of which `last` is the last.
    """
    rows = 1 if len(runs) <= 3 else 2
    columns = math.ceil(len(runs) / rows)
    figure = new_figure(dpi, columns * SIDE, rows * SIDE + HEADLINE)
    views = [Headline(figure, headline, last)]
    with matplotlib.rc_context(FONT_SIZES):
        for k, (name, seen) in enumerate(runs.items()):
            row, column = divmod(k, columns)
            axes = space_axes(figure, SIDE, column * SIDE, (rows - 1 - row) * SIDE)
            views.append(RunView(axes, name, seen, palette, marks))
    return figure, views
