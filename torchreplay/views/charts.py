"""What several views draw with: their colors, the bars of a histogram, curves up to an epoch.

No class has one of these colors. In every palette errors are black, and correct points are gray.
"""

import itertools
import math

import numpy as np
from matplotlib import rcParams
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from torchreplay.views.artists import RimMarker

CORRECT, WRONG = "#A0A0A0", "#000000"
LINE, OTHER_LINE = "#000000", "#808080"
NEGATIVE, POSITIVE = "#543005", "#01665E"  # brown, teal
SIGNS = LinearSegmentedColormap.from_list("signs", [NEGATIVE, "white", POSITIVE])
DASHES = (
    "-",
    (0, (4, 1.5)),
    (0, (1, 1)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (9, 2)),
    (0, (4, 1, 1, 1, 1, 1)),
)
CURVE_STYLES = tuple((gray, dashes) for dashes in DASHES[:4] for gray in ("black", "#8C8C8C"))

LEGEND = {
    "loc": "upper center", "fontsize": "small", "frameon": False, "columnspacing": 1,
    "handlelength": 2, "borderaxespad": 0.1,
}  # fmt: skip


class Histogram:
    """Counts of values between edges, as bars on the axes given.

    artist: the bars, matplotlib's StepPatch; NaN between two counts separates their bars.
    """

    def __init__(self, axes, edges, color):
        self.edges = edges
        self.artist = axes.stairs(
            *self._bars(np.zeros(len(edges) - 1)),
            fill=True, facecolor=color, edgecolor="white", linewidth=0.5,
        )  # fmt: skip

    def count(self, values):
        """Show how many of some values lie between each pair of successive edges."""
        self.artist.set_data(*self._bars(np.histogram(values, self.edges)[0]))

    def _bars(self, counts):
        gaps = np.full(len(counts), np.nan)
        values = np.column_stack([counts, gaps]).ravel()[:-1]
        return values, np.repeat(self.edges, 2)[1:-1]


class Curve:
    """Values against the epoch, up to the present one, with a dot at the end.

    counts, values: of all epochs, see `History.epochs`.

    artists: line and dot. They lie above the spines, so these need not be drawn again.
    """

    def __init__(
        self, axes, counts, values, color, label="_", linestyle="-", linewidth=1.5, markersize=5,
        **settings
    ):  # fmt: skip
        self.counts, self.values = counts, values
        settings = {"color": color, "zorder": 3, **settings}
        line = {"linewidth": linewidth, "linestyle": linestyle, "label": label}
        (self.line,) = axes.plot([], [], **line, **settings)
        dot = {"marker": "o", "markersize": markersize, "linestyle": "", "label": "_"}
        self.dot = axes.add_line(RimMarker([], [], **settings, **dot))
        self.artists = (self.line, self.dot)

    def draw(self, epoch):
        """Draw the curve up to an epoch."""
        self.line.set_data(self.counts[: epoch + 1], self.values[: epoch + 1])
        self.dot.set_data(self.counts[epoch : epoch + 1], self.values[epoch : epoch + 1])


class LayerCurves:
    """A positive number of every layer against the epoch, on a log scale, up to the present one.

    values: (epochs, layers). A value that is zero or not finite leaves a gap.
    """

    def __init__(self, axes, history, values, title, ylabel):
        values = np.where((values > 0) & np.isfinite(values), values, np.nan)
        axes.set_title(title)
        axes.set(ylabel=ylabel, yscale="log")
        epoch_axis(axes, history, len(values) - 1)
        columns, taken = legend_shape(axes, history.layer_names)
        powers = np.log10(values[np.isfinite(values)]) if np.isfinite(values).any() else [0]
        low, high = math.floor(min(powers)), math.ceil(max(powers))
        axes.set_ylim(10.0**low, 10 ** (low + max(high - low, 1) / (1 - taken)))
        styles = itertools.cycle(CURVE_STYLES)
        self.curves = [
            Curve(axes, history.epochs, each, color, label=name, linestyle=dashes)
            for (color, dashes), name, each in zip(
                styles, history.layer_names, values.T, strict=False
            )
        ]
        axes.legend(**LEGEND, ncols=columns).set_zorder(1)
        self.artists = [artist for curve in self.curves for artist in curve.artists]

    def draw(self, snapshot):
        """Draw all curves up to an epoch."""
        for curve in self.curves:
            curve.draw(snapshot.epoch)


def epoch_axis(axes, history, last):
    """Give axes an x axis for the counts of epochs of a History, up to a last one."""
    axes.set(xlabel=history.label, xlim=(0, max(1, history.epochs[last])))
    axes.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))


def share_scales(panels):
    """Give some axes the same limits, which hold all that each of them shows."""
    for name in ("xlim", "ylim"):
        lows, highs = zip(*(getattr(axes, f"get_{name}")() for axes in panels), strict=True)
        for axes in panels:
            axes.set(**{name: (min(lows), max(highs))})


def legend_shape(axes, names):
    """How many columns of a legend fit into axes, and what share of their height it takes."""
    size = rcParams["font.size"] * 0.833
    width, height = (72 * side / axes.figure.dpi for side in axes.bbox.size)
    columns = max(1, int(width / size / (3.6 + 0.55 * max(map(len, names)))))  # with handle and gap
    return columns, min(0.6, (1 + 1.5 * math.ceil(len(names) / columns)) * size / height)
