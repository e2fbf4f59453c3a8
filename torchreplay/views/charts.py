"""What several views draw with: their colors, the bars of a histogram, curves up to an epoch.

The colors are none of a class: errors are black and what is correct is gray, as in any palette.
"""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

CORRECT, WRONG = "#A0A0A0", "#000000"
LINE, OTHER_LINE = "#000000", "#808080"
NEGATIVE, POSITIVE = "#543005", "#01665E"  # brown, teal
SIGNS = LinearSegmentedColormap.from_list("signs", [NEGATIVE, "white", POSITIVE])
CURVES = tuple(  # grays and dashes
    (gray, dashes)
    for dashes in ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)))
    for gray in ("black", "#8C8C8C")
)


class Histogram:
    """Counts of values between edges, as bars on the axes given.

    artist: the bars, matplotlib's StepPatch; NaN between two counts parts their bars.
    """

    def __init__(self, axes, edges, color):
        self.edges = edges
        self.artist = axes.stairs(
            *self._bars(np.zeros(len(edges) - 1)),
            fill=True, facecolor=color, edgecolor="white", linewidth=0.5,
        )  # fmt: skip

    def count(self, values):
        """Show how many of some values lie between two edges each."""
        self.artist.set_data(*self._bars(np.histogram(values, self.edges)[0]))

    def _bars(self, counts):
        gaps = np.full(len(counts), np.nan)
        values = np.column_stack([counts, gaps]).ravel()[:-1]
        return values, np.repeat(self.edges, 2)[1:-1]


class Curve:
    """Values against the epoch, up to the present one, with a dot at the end.

    artists: line and dot, above the spines, which need not be drawn again.
    """

    def __init__(self, axes, epochs, values, color, label="_", linestyle="-", **settings):
        self.epochs, self.values = epochs, values
        settings = {"color": color, "zorder": 3, **settings}
        line = {"linewidth": 1.5, "linestyle": linestyle, "label": label}
        (self.line,) = axes.plot([], [], **line, **settings)
        dot = {"marker": "o", "markersize": 5, "linestyle": "", "clip_on": False, "label": "_"}
        (self.dot,) = axes.plot([], [], **settings, **dot)
        self.artists = (self.line, self.dot)

    def draw(self, epoch):
        """Draw the curve up to an epoch."""
        self.line.set_data(self.epochs[: epoch + 1], self.values[: epoch + 1])
        self.dot.set_data(self.epochs[epoch : epoch + 1], self.values[epoch : epoch + 1])
