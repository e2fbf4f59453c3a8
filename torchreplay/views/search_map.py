"""The map of a search: the loss of every run that was trained, beside the best of them."""

import numpy as np
from matplotlib import rcParams
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from torchreplay.views.artists import RimMarker

ABOVE_START_COLOR, DIVERGED_COLOR = "#F6E8C3", "#BF812D"
LOSSES = LinearSegmentedColormap.from_list(
    "losses", ["#00201C", "#01665E", "#5AB4AC", "#C7EAE5"]
).with_extremes(over=ABOVE_START_COLOR, bad=DIVERGED_COLOR)
MIN_SCALE_START, MAX_SCALE_START = 1e-6, 0.5  # in units of the loss at epoch 0
MAX_EPOCH_ROWS = 400
MAP_WIDTH_FRACTION, SCALE_RECTANGLE = 0.86, (1.03, 0.0, 0.035, 1.0)
LEGEND_HEIGHT = 2.3  # in units of the font size
MIN_DECADES_FOR_POWERS_OF_TEN = 3
STAR = {"marker": "*", "markersize": 15, "color": "white", "markeredgecolor": "black"}


class CellImage(AxesImage):
    """Colored cells of one size that fill their axes, which may be logarithmic.

    The data are their colors, (rows, columns, 4) uint8, from bottom to top.
    """

    def make_image(self, renderer, magnification=1.0, unsampled=False):
        """Give every pixel the color of its cell, without interpolation."""
        box, cells = self.axes.bbox, self.get_array()
        sides = (round(magnification * side) for side in (box.height, box.width))
        rows, columns = (
            np.arange(side) * count // side
            for side, count in zip(sides, cells.shape[:2], strict=True)
        )
        return cells[rows][:, columns], box.x0, box.y0, None


class SearchMap:
    """The loss of every run on the points trained on, a cell each, and a star on the best run.

    The x axis is the first hyper-parameter. The y axis is the second one, or, if there is none, the
    epoch, up to the present one. A dark cell has a low loss. The scale is logarithmic and the same
    in all frames. It ends at the loss at epoch 0, which all runs share.
    """

    which, heading = 0, "Loss of {:,} Runs"

    def __init__(self, axes, replay, looks):
        self.search, last = replay.history.search, replay.last_epoch
        self.losses = self.search.losses[self.which]
        losses = self.losses[: last + 1]
        first = losses[0, 0]
        starts = MIN_SCALE_START * first, MAX_SCALE_START * first
        self.norm = LogNorm(np.clip(np.nanmin(losses), *starts), first)
        self.rows = np.unique(np.linspace(0, last, min(last + 1, MAX_EPOCH_ROWS)).astype(int))
        self.along = self._colors(self.losses[self.rows])  # all epochs of each run
        self.place = list(self.search.runs[self.search.best].values())
        (across, values), *second = self.search.param_grid.items()
        log_axis(axes, "x", across, values)
        if second:
            log_axis(axes, "y", *second[0])
        else:
            axes.set(ylabel=replay.history.label, ylim=(-0.5, last + 0.5))
            axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
        self.image = axes.add_artist(CellImage(axes))
        self.image.set_data(self._cells(0))
        self.star = axes.add_line(RimMarker([], [], zorder=4, **STAR))
        self.artists = (self.image, *axes.spines.values(), self.star)
        title = self.heading.format(len(self.search.runs))
        axes.set_title(title, pad=6 + LEGEND_HEIGHT * rcParams["font.size"])
        self._add_scale(axes)
        if looks.legend:
            self._add_legend(axes, np.isnan(losses).any())

    def draw(self, snapshot):
        """Show the losses of an epoch."""
        self.image.set_data(self._cells(snapshot.epoch))
        x, y = self.place if len(self.place) == 2 else (*self.place, snapshot.epoch)
        self.star.set_data([x], [y])

    def _cells(self, epoch):
        """The colors of all cells at an epoch, (rows, columns, 4) uint8, from bottom to top."""
        if len(self.place) == 2:
            sizes = map(len, self.search.param_grid.values())
            return self._colors(self.losses[epoch].reshape(*sizes).T)
        cells = self.along.copy()
        cells[self.rows > epoch] = 255  # white: these epochs are not reached yet
        return cells

    def _colors(self, losses):
        return LOSSES(self.norm(np.maximum(losses, self.norm.vmin)), bytes=True)

    def _add_scale(self, axes):
        """Make room above the map, for the legend, and at its right, for the scale of losses."""
        box, (_, inches) = axes.get_position(), axes.figure.get_size_inches()
        height = box.height - LEGEND_HEIGHT * rcParams["font.size"] / 72 / inches
        axes.set_position((box.x0, box.y0, MAP_WIDTH_FRACTION * box.width, height))
        place, losses = axes.inset_axes(SCALE_RECTANGLE), ScalarMappable(self.norm, LOSSES)
        bar = axes.figure.colorbar(
            losses, cax=place, extend="max", label="loss (tip: above that of epoch 0)"
        )
        write_out(bar.ax.yaxis, self.norm.vmin, self.norm.vmax)

    def _add_legend(self, axes, has_diverged):
        """Explain the star, and the color of runs that have diverged, in a line above the map."""
        names = self.search.param_grid
        words = [f"{word(name)} {value:g}" for name, value in zip(names, self.place, strict=True)]
        best = "best" if self.search.validation_loss is None else "best on points held out"
        handles = [Line2D([], [], linestyle="", label=f"{best}: {', '.join(words)}", **STAR)]
        if has_diverged:
            handles.append(Patch(color=DIVERGED_COLOR, label="diverged"))
        axes.legend(
            handles=handles, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False,
            fontsize="small", borderaxespad=0.9, handletextpad=0.4, columnspacing=1.2,
        )  # fmt: skip


def log_axis(axes, which, name, values):
    """Give axes a logarithmic axis for log-spaced values, each in the middle of its cell."""
    half = (values[-1] / values[0]) ** (0.5 / (len(values) - 1))
    limits = values[0] / half, values[-1] * half
    axes.set(**{f"{which}scale": "log", f"{which}label": word(name), f"{which}lim": limits})
    write_out(getattr(axes, f"{which}axis"), *limits)


def write_out(axis, low, high):
    """Label a logarithmic axis with plain numbers: powers of ten, if it has enough of them."""
    steps = (1,) if high / low >= 10**MIN_DECADES_FOR_POWERS_OF_TEN else (1, 2, 5)
    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))


def word(name):
    """What a hyper-parameter is called."""
    return name.replace("_", " ")


PANELS = [SearchMap]
