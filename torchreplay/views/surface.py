"""The loss over a plane of parameter space, and the path of the training through it."""

from functools import partial

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from torchreplay.errors import UserError
from torchreplay.record.layers import check_parameters
from torchreplay.record.loss_surface import LossSurface
from torchreplay.record.parameter_space import ParameterPath
from torchreplay.views import needed_by
from torchreplay.views.artists import EMPTY_PATH
from torchreplay.views.titles import Title, font_scale

MARGIN_FRACTION = 0.15
MIN_EXTENT, MIN_EXTENT_RATIO = 1e-3, 0.05
MIN_LOSS_RATIO_FOR_LOG_LEVELS = 4
LEVELS_PER_DECADE = (
    (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,),
)  # fmt: skip
MAX_LEVELS = 10
LEGEND_HEIGHT = 13  # in points
GRAYS = LinearSegmentedColormap.from_list("losses", ["#FCFCFC", "#6C6C6C"])


class LossContours:
    """The loss over the plane through the parameters of an epoch, with the path up to that epoch.

    Both have the same color scale. Where the path has a different color from the plane under it,
    this plane does not contain that part of the path.

    parameters: the names of the two that are the axes; by default the main components of the path.
    """

    @needed_by("surface")
    def __init__(self, axes, replay, looks, parameters=()):
        check_parameters(replay.history)
        self.history, last = replay.history, replay.last_epoch
        self.path = ParameterPath(replay.history, last, parameters)
        low, high = ends_around(self.path)
        self.surface = LossSurface(replay.history, self.path.directions, low, high)
        levels = self._levels([replay.epochs[0], replay.epochs[len(replay.epochs) // 2], last])
        self.norm = BoundaryNorm(levels, len(levels) + 1, extend="both")
        self.colors = GRAYS.resampled(len(levels) + 1)
        self.edges = [-np.inf, *levels, np.inf]
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10)))
        axis_labels = [
            f"{name} ({100 * share:.1f} %)"
            for name, share in zip(self.path.axis_labels, self.path.shares, strict=True)
        ]
        axes.set_xlabel(axis_labels[0], parse_math=False)
        axes.set_ylabel(axis_labels[1], parse_math=False)
        axes.set_title("", pad=6 + LEGEND_HEIGHT * looks.legend * font_scale())
        self._add_scale(axes)
        self._add_artists(axes)
        if looks.legend:
            self._add_legend(axes)
        room = 1.45 * axes.bbox.width / axes.figure.dpi
        parts = [("Loss ", self._loss), (", path within ", self._distance)]
        self.title = Title(axes.title, parts, last, room)
        moving = (self.bands, self.rim, self.line, self.dot, *self.title.artists)
        self.artists = (*moving, *axes.spines.values())

    def _loss(self, epoch):
        loss = self.history.loss[epoch]
        return f"{loss:.3f}" if loss < 1000 else f"{loss:.0e}"

    def _distance(self, epoch):
        return f"{self.path.farthest(epoch):.2f} of plane"

    def _levels(self, epochs):
        """Round levels between the least and the largest loss that the film shows."""
        surfaces = [self.surface.at(epoch, self.path.coordinates[epoch]) for epoch in epochs]
        losses = np.concatenate([np.ravel(surfaces), self.history.loss[self.path.rows]])
        losses = losses[np.isfinite(losses)]
        low = max(losses.min(), 0.3 * self.history.loss[: self.path.last + 1].min())
        return round_levels(low, losses.max())

    def _add_scale(self, axes):
        points, total = len(self.surface.points.y), len(self.history.dataset.trained.y)
        name = "loss" if points == total else f"loss of {points:,} of {total:,} points"
        scale = ScalarMappable(self.norm, self.colors)
        bar = axes.figure.colorbar(scale, ax=axes, pad=0.03, aspect=25, label=name, extendfrac=0.04)
        bar.set_ticks(self.norm.boundaries, labels=[f"{level:g}" for level in self.norm.boundaries])
        bar.minorticks_off()

    def _add_artists(self, axes):
        colors = self.colors(np.arange(len(self.edges) - 1))
        style = {"facecolors": colors, "edgecolors": "#404040", "linewidths": 0.4}
        self.bands = axes.add_collection(PathCollection([], **style), autolim=False)
        rim = {"color": "black", "linewidth": 4.5, "solid_capstyle": "round", "zorder": 3}
        (self.rim,) = axes.plot([], [], **rim, scalex=False, scaley=False)
        self.line = LineCollection([], linewidths=3, capstyle="round", zorder=3.1)
        axes.add_collection(self.line, autolim=False)
        dot = {"markersize": 9, "markeredgecolor": "black", "markeredgewidth": 1.5, "zorder": 3.2}
        (self.dot,) = axes.plot([], [], "o", **dot, scalex=False, scaley=False)

    def _add_legend(self, axes):
        """Explain circle and path in a line above the plane."""
        style = {"markersize": 7, "markeredgecolor": "black", "markerfacecolor": "white"}
        dot = Line2D([], [], linestyle="", marker="o", markeredgewidth=1.5, **style)
        rim, line = (
            Line2D([], [], color=color, linewidth=width, solid_capstyle="butt")
            for color, width in (("black", 4), ("#C0C0C0", 2.5))
        )
        legend = axes.legend(
            [dot, (rim, line)], ["this epoch", "path so far, gray as its loss"], ncols=2,
            loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False, fontsize="small",
            borderpad=0, borderaxespad=0.4, handletextpad=0.6, columnspacing=1.2,
        )  # fmt: skip
        width = legend.get_window_extent().width
        for text in legend.get_texts() if width > axes.bbox.width * 1.2 else ():
            text.set_fontsize(text.get_fontsize() * 1.2 * axes.bbox.width / width)

    def draw(self, snapshot):
        """Draw the plane through the parameters of an epoch, and the path up to that epoch."""
        epoch, coordinates = snapshot.epoch, self.path.coordinates
        self.title.draw(epoch)
        losses = self.surface.at(epoch, coordinates[epoch])
        places = self.surface.across, self.surface.up
        contours = contour_generator(*places, losses, fill_type=FillType.OuterCode)
        self.bands.set_paths(
            [band(contours, *ends) for ends in zip(self.edges, self.edges[1:], strict=False)]
        )
        rows = self.path.rows
        rows = np.append(rows[rows < epoch], epoch)
        path = coordinates[rows]
        self.rim.set_data(*path.T)
        self.line.set_segments(np.stack([path[:-1], path[1:]], axis=1))
        colors = self.colors(self.norm(self.history.loss[rows]))
        self.line.set_color(colors[1:])
        self.dot.set_data(*path[-1:].T)
        self.dot.set_markerfacecolor(colors[-1])


def ends_around(path):
    """The lower and the upper ends of a plane around a ParameterPath: two arrays (2,)."""
    places = path.coordinates[path.rows]
    low, high = places.min(axis=0), places.max(axis=0)
    extent = np.maximum(high - low, max(MIN_EXTENT_RATIO * (high - low).max(), MIN_EXTENT))
    middle, reach = (low + high) / 2, (0.5 + MARGIN_FRACTION) * extent
    return middle - reach, middle + reach


def round_levels(low, high):
    """Round losses between two losses, at most about ten: an array."""
    if high < MIN_LOSS_RATIO_FOR_LOG_LEVELS * low:
        return MaxNLocator(MAX_LEVELS).tick_values(low, high)[1:-1]
    powers = np.arange(np.floor(np.log10(low)), np.log10(high) + 1)
    for steps in LEVELS_PER_DECADE:
        levels = np.outer(10.0**powers, steps).ravel()
        levels = levels[(levels > low) & (levels < high)]
        if len(levels) <= MAX_LEVELS:
            break
    return levels


def band(contours, low, high):
    """The area in which values lie between two levels, as a path."""
    points, codes = contours.filled(low, high)
    if not points:
        return EMPTY_PATH
    return Path(np.concatenate(points), np.concatenate(codes))


PANELS = [LossContours]


def panels_with(*parameters):
    """The panel whose axes are two parameters, given by their names."""
    if len(parameters) != 2:
        raise UserError(f"view surface: {len(parameters)} parameters: give the names of two")
    return [partial(LossContours, parameters=parameters)]
