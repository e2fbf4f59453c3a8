"""The network as a diagram."""

import itertools

import numpy as np
from matplotlib.collections import LineCollection

from torchreplay.views.charts import NEGATIVE, POSITIVE

UNITS_DRAWN = 12  # of a layer, at the most
LINE_WIDTH = 5  # of the largest weight, in points


class NetworkDiagram:
    """The network: a line a weight, as wide as it is large, blue if negative, orange if not."""

    def __init__(self, axes, run):
        self.history = run.history
        self.largest = self.history.largest_parameter(run.epochs)
        weights = [layer[:, :-1] for layer in self.history.layers(run.last_epoch)]
        sizes = [weights[0].shape[1], *map(len, weights)]
        heights = [_heights(size) for size in sizes]
        self.drawn = [len(column) for column in heights]
        axes.set_title("Network")
        axes.set(xlim=(-0.3, len(weights) + 0.3), ylim=(-0.15, 1))
        axes.axis("off")
        segments = [
            [(k, start), (k + 1, end)]
            for k, (left, right) in enumerate(itertools.pairwise(heights))
            for end in right
            for start in left
        ]
        self.lines = axes.add_collection(LineCollection(segments, capstyle="round"))
        units = [(k, height) for k, column in enumerate(heights) for height in column]
        (dots,) = axes.plot(
            *np.transpose(units), "o", color="white", markeredgecolor="black", markersize=9
        )
        self._name_layers(axes, sizes, lowest=0.4 - 0.6 * max(map(np.ptp, heights)))
        self.artists = (self.lines, dots)

    def _name_layers(self, axes, sizes, lowest):
        names = ["input", *self.history.layer_names]
        for k, (name, size, drawn) in enumerate(zip(names, sizes, self.drawn, strict=True)):
            more = f"\n+{size - drawn}" if size > drawn else ""
            axes.text(k, lowest, f"{name}{more}", ha="center", va="top", fontsize=8)

    def draw(self, snapshot):
        """Give all lines their widths and colors."""
        layers = self.history.layers(snapshot.epoch)
        sizes = itertools.pairwise(self.drawn)
        drawn = [layer[:n, :m].ravel() for layer, (m, n) in zip(layers, sizes, strict=True)]
        values = np.concatenate(drawn)
        self.lines.set_linewidth(LINE_WIDTH * np.abs(values) / self.largest)
        self.lines.set_color(np.where(values < 0, NEGATIVE, POSITIVE))


def _heights(size):
    """How high the units of a layer stand, at most UNITS_DRAWN of them, from the top."""
    count = min(size, UNITS_DRAWN)
    return 0.5 + (np.arange(count)[::-1] - (count - 1) / 2) / max(count, 2)


PANELS = [NetworkDiagram]
