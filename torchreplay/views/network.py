"""The network as a diagram."""

import itertools

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from torchreplay.views import needed_by
from torchreplay.views.charts import NEGATIVE, POSITIVE
from torchreplay.views.swatches import SWATCH_WIDTH, swatches
from torchreplay.views.titles import class_names, shorten

MAX_UNITS_DRAWN = 12
CAPTION_FONT_SIZE = 7.5
MIN_FONT_SIZE, LINE_HEIGHT, MAX_NAME_CHARACTERS = 4.5, 1.2, 8
MAX_LINE_WIDTH = 5


class NetworkDiagram:
    """The network: a line for each weight, wide if large, brown if negative, teal if positive."""

    @needed_by("network")
    def __init__(self, axes, replay, looks):
        self.history = replay.history
        weights = [layer[:, :-1] for layer in self.history.weights_and_biases(replay.last_epoch)]
        self.largest = self.history.largest_parameter(replay.epochs)
        sizes = [weights[0].shape[1], *map(len, weights)]
        heights = [_heights(size) for size in sizes]
        self.drawn = [len(column) for column in heights]
        axes.set_title("Network")
        axes.set(xlim=(-0.25, len(weights) + 0.25), ylim=(-0.02, 1.02))
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
        self._name_layers(axes, sizes)
        if replay.history.task.classes > 2:
            self._name_outputs(axes, looks.palette, units[-self.drawn[-1] :])
        _explain(axes)
        self.artists = (self.lines, dots)

    def _name_layers(self, axes, sizes):
        names = ["input", *self.history.layer_names]
        distance = 72 * axes.bbox.width / axes.figure.dpi / np.ptp(axes.get_xlim())
        size = min(CAPTION_FONT_SIZE, distance / max(map(len, names)) / 0.6)
        place = {"ha": "center", "va": "top", "fontsize": size, "textcoords": "offset points"}
        for k, (name, size, drawn) in enumerate(zip(names, sizes, self.drawn, strict=True)):
            more = f"\n{drawn} of {size}" if size > drawn else ""
            axes.annotate(f"{name}{more}", (k, 0), (0, -8), **place)

    def _name_outputs(self, axes, palette, units):
        """Write the names of classes right of the output units, with their markers."""
        names = class_names(self.history.dataset)[: len(units)]
        swatches(axes, palette, units, (SWATCH_WIDTH, 0))
        step = 72 * axes.bbox.height / axes.figure.dpi * (units[0][1] - units[1][1])
        size = min(CAPTION_FONT_SIZE, step / LINE_HEIGHT)
        style = {"va": "center_baseline", "textcoords": "offset points", "parse_math": False}
        for unit, name in zip(units if size >= MIN_FONT_SIZE else (), names, strict=False):
            offset = 1.6 * SWATCH_WIDTH, 0
            axes.annotate(shorten(name, MAX_NAME_CHARACTERS), unit, offset, fontsize=size, **style)

    def draw(self, snapshot):
        """Give all lines their widths and colors."""
        layers = self.history.weights_and_biases(snapshot.epoch)
        sizes = itertools.pairwise(self.drawn)
        drawn = [layer[:n, :m].ravel() for layer, (m, n) in zip(layers, sizes, strict=True)]
        values = np.concatenate(drawn)
        self.lines.set_linewidth(MAX_LINE_WIDTH * np.abs(values) / self.largest)
        self.lines.set_color(np.where(values < 0, NEGATIVE, POSITIVE))


def _heights(size):
    """How high the units of a layer stand, at most MAX_UNITS_DRAWN of them, from the top."""
    count = min(size, MAX_UNITS_DRAWN)
    return 0.5 + 0.9 * (np.arange(count)[::-1] - (count - 1) / 2) / max(count - 1, 1)


def _explain(axes):
    """Say below the diagram what the colors of its lines mean."""
    signs = ((NEGATIVE, "negative"), (POSITIVE, "positive weight"))
    below = axes.transAxes + ScaledTranslation(0, -27 / 72, axes.figure.dpi_scale_trans)
    axes.legend(
        [Line2D([], [], color=color, linewidth=3) for color, _ in signs],
        [name for _, name in signs],
        loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=below, ncols=2,
        borderpad=0, borderaxespad=0, frameon=False, fontsize=CAPTION_FONT_SIZE,
        handlelength=1.2, handletextpad=0.5, columnspacing=1,
    )  # fmt: skip


PANELS = [NetworkDiagram]
