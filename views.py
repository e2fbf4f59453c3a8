"""Views beside the space: what else can be seen of a network while it learns, a panel each.

A view is made of the axes it draws on and an Evaluation of the record, and moves its artists with
`draw(epoch)`. VIEWS says which panels each name stands for.
"""

import itertools
import math
from functools import partial

import matplotlib
import numpy as np
import torch
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from torch import nn

CORRECT, WRONG, LINE, OTHER_LINE = "#808080", "#E00000", "#000000", "#007F5F"
NEGATIVE, POSITIVE = "#0055AA", "#C85200"
PROBABILITY_BINS = np.linspace(0, 1, 11)
LOSS_BINS = 20
HEAT, CURVES = "RdBu_r", "viridis"  # color maps
SHADES = np.linspace(0, 1, 17)
COLORS = (
    *(CORRECT, WRONG, OTHER_LINE, NEGATIVE, POSITIVE, "#C0C0C0", "#EEEEEE", "#F28080", "#80BFAF"),
    *(to_hex(color) for name in (HEAT, CURVES) for color in matplotlib.colormaps[name](SHADES)),
)  # of all views, for GIF
UNITS_DRAWN = 12  # of a layer, at the most
LINE_WIDTH = 5  # of the largest weight, in points
COLUMN_INCHES = 3.8  # of panels
CELLS_WITH_NUMBERS = 9  # across the heat map, at the most
NOTHING = Path(np.empty((0, 2)))


class Evaluation:
    """What the views need to know of a record, for all points it was trained on.

    last: the last epoch shown.
    """

    def __init__(self, history):
        self.history, self.dataset = history, history.dataset
        self.y = self.dataset.y[:, 0].numpy()
        self.last = max(history.shown)
        self._network = history.network(0)
        self._criterion = nn.BCELoss(reduction="none")
        self._epoch = None

    def at(self, epoch):
        """Probability of class 1 and loss of every point at an epoch: two arrays (n,)."""
        if epoch != self._epoch:
            self.history.restore(self._network, epoch)
            with torch.no_grad():
                probability = self._network(self.dataset.X)
                loss = self._criterion(probability, self.dataset.y)
            self._epoch, self._known = epoch, (probability[:, 0].numpy(), loss[:, 0].numpy())
        return self._known

    def gradient_norms(self):
        """The norm of the loss gradient of every layer, up to the last epoch: (epochs, layers)."""
        criterion, norms = nn.BCELoss(), []
        for epoch in range(self.last + 1):
            self.history.restore(self._network, epoch)
            loss = criterion(self._network(self.dataset.X), self.dataset.y)
            gradients = torch.autograd.grad(loss, list(self._network.parameters()))
            pairs = zip(gradients[::2], gradients[1::2], strict=True)
            norms.append([math.hypot(weight.norm(), bias.norm()) for weight, bias in pairs])
        self._epoch = None
        return np.array(norms)

    def layers(self, epoch):
        """Weights and biases of every layer at an epoch: arrays (units, inputs + 1)."""
        values = [value[epoch].numpy() for value in self.history.parameters.values()]
        return [np.column_stack(pair) for pair in zip(values[::2], values[1::2], strict=True)]

    def largest(self):
        """The largest magnitude of a weight or bias at the epochs shown."""
        shown = list(self.history.shown)
        return max(values[shown].abs().max().item() for values in self.history.parameters.values())

    def names(self):
        """What the layers are called."""
        hidden = len(self.history.parameters) // 2 - 1
        numbered = [f"hidden {k}" for k in range(1, hidden + 1)]
        return [*(numbered if hidden > 1 else ["hidden"]), "output"]


def bars(counts, edges):
    """The path of a histogram's bars."""
    left, right = edges[:-1], edges[1:]
    zero = np.zeros(len(counts))
    corners = np.stack(
        [[left, zero], [left, counts], [right, counts], [right, zero], [left, zero]], axis=0
    )
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(corners.transpose(2, 0, 1).reshape(-1, 2), codes * len(counts))


def _bars_on(axes, color):
    return axes.add_patch(PathPatch(NOTHING, facecolor=color, edgecolor="white", linewidth=0.5))


class ProbabilityHistogram:
    """How many points of a class are given which probability of class 1; the wrong ones in red."""

    def __init__(self, axes, evaluation, label):
        self.evaluation, self.label = evaluation, label
        self.members = evaluation.y == label
        name = evaluation.dataset.classes[label]
        axes.set_title(f"Class {label}" if name == str(label) else f"Class {label}: {name[:20]}")
        axes.set(xlabel="P(class 1)", ylabel="points", xlim=(0, 1), ylim=(0, self.members.sum()))
        self.bars = [_bars_on(axes, color) for color in (CORRECT, WRONG)]
        self.artists = (*self.bars, *axes.spines.values())

    def draw(self, epoch):
        """Count the points of an epoch."""
        probability = self.evaluation.at(epoch)[0][self.members]
        correct = (probability >= 0.5) == self.label
        for patch, chosen in zip(self.bars, (correct, ~correct), strict=True):
            counts, _ = np.histogram(probability[chosen], PROBABILITY_BINS)
            patch.set_path(bars(counts, PROBABILITY_BINS))


def _up_to(line, dot, epochs, values, epoch):
    """Draw a curve up to an epoch, with a dot at its end."""
    count = np.searchsorted(epochs, epoch, side="right")
    line.set_data(epochs[:count], values[:count])
    dot.set_data(epochs[count - 1 : count], values[count - 1 : count])


def _curve_on(axes, color, **settings):
    """Make a line and a dot, above the spines: these need not be drawn again."""
    settings = {"color": color, "zorder": 3, **settings}
    (line,) = axes.plot([], [], linewidth=1.2, **settings)
    dot = {"marker": "o", "markersize": 5, "linestyle": "", "clip_on": False, "label": "_"}
    return line, *axes.plot([], [], **{**settings, **dot})


class LossAndAccuracy:
    """Loss and accuracy against the epoch, up to the current one."""

    def __init__(self, axes, evaluation):
        history, last = evaluation.history, evaluation.last
        self.epochs = np.arange(last + 1)
        axes.set_title("Loss and Accuracy")
        axes.set(xlabel="epoch", xlim=(0, max(1, last)))
        axes.set_ylim(0, 1.05 * max(history.loss[: last + 1]))
        other = axes.twinx()
        other.set_ylim(0, 1.05)
        other.spines[:].set_visible(False)
        self.curves = []
        for values, side, color, name in (
            (history.loss, axes, LINE, "loss"),
            (history.accuracy, other, OTHER_LINE, "accuracy"),
        ):
            side.set_ylabel(name, color=color)
            side.tick_params("y", colors=color)
            # Both are drawn on the axes that lie above, whatever their scale.
            self.curves.append((*_curve_on(other, color, transform=side.transData), values))
        self.artists = [artist for line, dot, _ in self.curves for artist in (line, dot)]

    def draw(self, epoch):
        """Draw both curves up to an epoch."""
        for line, dot, values in self.curves:
            _up_to(line, dot, self.epochs, values, epoch)


class LossHistogram:
    """How many points have which loss."""

    def __init__(self, axes, evaluation):
        self.evaluation = evaluation
        most = max(evaluation.at(epoch)[1].max() for epoch in evaluation.history.shown) or 1
        self.edges = np.linspace(0, most, LOSS_BINS + 1)
        axes.set_title("Losses")
        axes.set(xlabel="loss of a point", ylabel="points")
        axes.set(xlim=(0, most), ylim=(0, len(evaluation.y)))
        self.bars = _bars_on(axes, CORRECT)
        self.artists = (self.bars, *axes.spines.values())

    def draw(self, epoch):
        """Count the points of an epoch."""
        counts, _ = np.histogram(self.evaluation.at(epoch)[1], self.edges)
        self.bars.set_path(bars(counts, self.edges))


class GradientNorms:
    """The norm of the loss gradient of every layer against the epoch, up to the current one."""

    def __init__(self, axes, evaluation):
        self.epochs = np.arange(evaluation.last + 1)
        self.norms = np.maximum(evaluation.gradient_norms(), np.finfo(np.float32).tiny)
        names = evaluation.names()
        axes.set_title("Gradients")
        axes.set(xlabel="epoch", ylabel="norm of the gradient", yscale="log")
        axes.set(xlim=(0, max(1, evaluation.last)))
        low, high = np.log10([self.norms.min(), self.norms.max()])
        axes.set_ylim(10 ** math.floor(low), 10 ** (math.ceil(high) + 1))  # room for the legend
        colors = matplotlib.colormaps[CURVES](np.linspace(0, 0.85, len(names)))
        self.curves = [
            (*_curve_on(axes, color, label=name), values)
            for color, name, values in zip(colors, names, self.norms.T, strict=True)
        ]
        legend = {"fontsize": 7, "frameon": False, "columnspacing": 1, "handlelength": 1}
        axes.legend(loc="upper center", ncols=3, **legend).set_zorder(1)  # below the curves
        self.artists = [artist for line, dot, _ in self.curves for artist in (line, dot)]

    def draw(self, epoch):
        """Draw all curves up to an epoch."""
        for line, dot, values in self.curves:
            _up_to(line, dot, self.epochs, values, epoch)


class WeightMap:
    """Every weight and bias as a cell of a heat map: a block a layer, a row a unit."""

    def __init__(self, axes, evaluation):
        self.evaluation = evaluation
        blocks, largest = evaluation.layers(evaluation.last), evaluation.largest()
        ends = np.cumsum([block.shape[1] + 1 for block in blocks])
        self.left = [0, *ends[:-1]]
        self.shape = max(map(len, blocks)), ends[-1] - 1
        axes.set_title("Weights and Biases")
        self.image = axes.imshow(
            np.full(self.shape, np.nan), cmap=HEAT, vmin=-largest, vmax=largest, aspect="auto"
        )
        axes.figure.colorbar(self.image, ax=axes, pad=0.06)
        centers = [
            left + (block.shape[1] - 1) / 2 for left, block in zip(self.left, blocks, strict=True)
        ]
        names = evaluation.names()
        if len(names) > 2:
            names[1::2] = [f"\n{name}" for name in names[1::2]]  # staggered, blocks may be narrow
        axes.set_xticks(centers, names, fontsize=8)
        axes.set_yticks([])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        fit = self.shape[1] <= CELLS_WITH_NUMBERS and self.shape[0] <= UNITS_DRAWN
        self.numbers = [
            axes.text(left + column, row, "", ha="center", va="center", fontsize=6)
            for left, block in zip(self.left, blocks, strict=True)
            for row, column in np.ndindex(block.shape)
            if fit
        ]
        self.artists = (self.image, *self.numbers)

    def draw(self, epoch):
        """Color all cells."""
        blocks = self.evaluation.layers(epoch)
        cells = np.full(self.shape, np.nan)
        for left, block in zip(self.left, blocks, strict=True):
            cells[: len(block), left : left + block.shape[1]] = block
        self.image.set_data(cells)
        values = np.concatenate([block.ravel() for block in blocks])
        for text, value in zip(self.numbers, values, strict=False):
            text.set_text(f"{value:.1f}".replace("-", "−"))
            text.set_color("white" if abs(value) > 0.6 * self.image.norm.vmax else "black")


class NetworkDiagram:
    """The network: a line a weight, as wide as it is large, blue if negative, orange if not."""

    def __init__(self, axes, evaluation):
        self.evaluation, self.largest = evaluation, evaluation.largest()
        weights = [layer[:, :-1] for layer in evaluation.layers(evaluation.last)]
        sizes = [weights[0].shape[1], *(len(layer) for layer in weights)]
        heights = [_heights(size) for size in sizes]
        self.drawn = [len(column) for column in heights]
        segments = [
            [(k, start), (k + 1, end)]
            for k in range(len(weights))
            for end in heights[k + 1]
            for start in heights[k]
        ]
        axes.set_title("Network")
        axes.set(xlim=(-0.3, len(weights) + 0.3), ylim=(-0.15, 1))
        axes.axis("off")
        self.lines = axes.add_collection(LineCollection(segments, capstyle="round"))
        names = ["input", *evaluation.names()]
        units = [(k, height) for k, column in enumerate(heights) for height in column]
        (dots,) = axes.plot(
            *np.transpose(units), "o", color="white", markeredgecolor="black", markersize=9
        )
        below = 0.4 - 0.6 * max(map(np.ptp, heights))
        for k, (size, name) in enumerate(zip(sizes, names, strict=True)):
            more = f"\n+{size - self.drawn[k]}" if size > self.drawn[k] else ""
            axes.text(k, below, f"{name}{more}", ha="center", va="top", fontsize=8)
        self.artists = (self.lines, dots)

    def draw(self, epoch):
        """Give all lines their widths and colors."""
        layers = self.evaluation.layers(epoch)
        sizes = itertools.pairwise(self.drawn)
        drawn = [layer[:n, :m].ravel() for layer, (m, n) in zip(layers, sizes, strict=True)]
        values = np.concatenate(drawn)
        self.lines.set_linewidth(LINE_WIDTH * np.abs(values) / self.largest)
        self.lines.set_color(np.where(values < 0, NEGATIVE, POSITIVE))


def _heights(size):
    """How high the units of a layer stand, at most UNITS_DRAWN of them, from the top."""
    count = min(size, UNITS_DRAWN)
    return 0.5 + (np.arange(count)[::-1] - (count - 1) / 2) / max(count, 2)


VIEWS = {
    "probabilities": [
        partial(ProbabilityHistogram, label=0),
        partial(ProbabilityHistogram, label=1),
    ],
    "loss": [LossAndAccuracy],
    "losses": [LossHistogram],
    "gradients": [GradientNorms],
    "weights": [WeightMap],
    "network": [NetworkDiagram],
}
VIEWS["all"] = [panel for name in ("probabilities", "loss", "losses") for panel in VIEWS[name]]


def panels_of(names):
    """The panels that names of views stand for, each once."""
    return list(dict.fromkeys(panel for name in names for panel in VIEWS[name]))


def width_of(panels):
    """How many inches panels need beside a space, two above one another."""
    return COLUMN_INCHES * math.ceil(len(panels) / 2)


def add_panels(figure, panels, history):
    """Make the views of panels at the right of a figure; a last one alone is as high as two."""
    width, height = figure.get_size_inches()
    evaluation = Evaluation(history) if panels else None
    views = []
    for k, panel in enumerate(panels):
        left = height + COLUMN_INCHES * (k // 2) + 0.8
        bottom, up = (3.5, 1.9) if k % 2 == 0 else (0.6, 1.9)
        if k % 2 == 0 and k == len(panels) - 1:
            bottom, up = 0.6, 4.8
        rectangle = (left / width, bottom / height, (COLUMN_INCHES - 1.55) / width, up / height)
        views.append(panel(figure.add_axes(rectangle), evaluation))
    return views
