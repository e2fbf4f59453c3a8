"""Where the points lie on the activation functions of the hidden units."""

import itertools
import math

import numpy as np
import torch
from matplotlib.collections import LineCollection, PolyCollection

from torchreplay.errors import MissingError
from torchreplay.models.activations import activation_of
from torchreplay.record.layers import check_parameters, hidden_activations, unit_inputs
from torchreplay.views import needed_by
from torchreplay.views.cells import Cells, divide
from torchreplay.views.titles import shrink_to_fit, unit_names

MAX_UNITS_DRAWN = 12
HISTOGRAM_BINS = 40
FRACTION_BEYOND_ENDS = 0.005
MAX_BAR_HEIGHT, MAX_STACK_HEIGHT = 0.45, 0.9  # in heights of a cell
SATURATED_SLOPE_FRACTION = 0.1
CURVE_POINTS = 201
SATURATED_COLOR = "#E6E6E6"


class UnitActivations:
    """A cell for every hidden unit: its activation function, its derivative and the points.

    The x axis is z, the input of the unit, at the same scale in all cells. The few points beyond
    its ends are counted in the last bars. Bars of class 0 start at the bottom of a cell, those of
    class 1 at its top. Those of more classes, or of the bands of a regression, stand on each other.
    The highest bar of a cell has a fixed height. Where the derivative is less than a tenth of its
    largest value, the unit is saturated, and the cell is shaded.
    """

    @needed_by("activations")
    def __init__(self, axes, replay, looks):
        history = replay.history
        check_parameters(history)
        network = replay.at(replay.last_epoch).network
        found = hidden_activations(history, network)
        if not found:
            raise MissingError(
                "no hidden layer of the model has an activation function that is a module"
            )
        dataset = history.dataset.trained
        self.points = dataset.X
        groups = history.task.group(dataset.y).numpy()
        self.outlines_of = facing if history.task.classes == 2 else stacked
        self.members = [groups == group for group in range(history.task.areas)]
        widths = [len(z[0]) for z in unit_inputs(network, found.values(), self.points[:1])]
        self.drawn = divide(widths, MAX_UNITS_DRAWN)
        self.history = history
        self.reach = max(reach_of(self._inputs(replay.at(epoch))) for epoch in replay.epochs) or 1
        self.edges = np.linspace(-self.reach, self.reach, HISTOGRAM_BINS + 1)
        self.cells = Cells(axes, sum(self.drawn))
        self._add_curves(axes, list(found.values()))
        self._name(axes, list(found), sum(widths))
        alpha = 0.55 if history.task.classes == 2 else 0.8
        self.bars = [
            axes.add_collection(PolyCollection([], facecolors=color, alpha=alpha, zorder=2), False)
            for color in looks.palette.points
        ]
        self.artists = (*self.bars, self.slopes, self.curves, self.frames)

    def _inputs(self, snapshot):
        """The inputs z of the units drawn, for all points at an epoch: (units, n)."""
        modules = hidden_activations(self.history, snapshot.network)
        inputs = unit_inputs(snapshot.network, modules.values(), self.points)
        return np.concatenate(
            [z[:, :count].numpy().T for z, count in zip(inputs, self.drawn, strict=True)]
        )

    @torch.enable_grad()
    def _add_curves(self, axes, modules):
        """Add functions, derivatives, shades and frames."""
        z = torch.linspace(-self.reach, self.reach, CURVE_POINTS, requires_grad=True)
        x = np.linspace(0, 1, CURVE_POINTS)
        curves, slopes, shades, self.ranges = [], [], [], []
        for module, count in zip(modules, self.drawn, strict=True):
            values = module(z.clone())
            (slope,) = torch.autograd.grad(values.sum(), z)
            values, slope = values.detach().numpy(), slope.numpy()
            known = activation_of(module)
            low, high = (known and known.range) or (values.min(), values.max())
            flat = slope < SATURATED_SLOPE_FRACTION * slope.max()
            for _ in range(count):
                place = self.cells.place(len(curves))
                curves.append(place([x, (values - low) / ((high - low) or 1)]))
                slopes.append(place([x, np.clip((slope - low) / ((high - low) or 1), 0, 1)]))
                shades += [
                    place([x[piece][[0, 0, -1, -1]], [0, 1, 1, 0]]) for piece in marked_slices(flat)
                ]
                self.ranges.append((low, high))
        add = axes.add_collection
        self.shades = add(PolyCollection(shades, facecolors=SATURATED_COLOR, linewidths=0), False)
        width = min(1.6, self.cells.width / 40)
        dashes = {"colors": "black", "linewidths": 1, "linestyles": (0, (3, 2)), "zorder": 3}
        self.slopes = add(LineCollection(slopes, **dashes), False)
        self.curves = add(LineCollection(curves, colors="black", linewidths=width, zorder=3), False)
        self.frames = self.cells.frame(axes)

    def _name(self, axes, layers, total):
        """Add the title, the names of the units, and numbers on the axes."""
        count = sum(self.drawn)
        left_out = f", {count} of {total}" if count < total else ""
        axes.set_title(f"Activations of Hidden Units{left_out}")
        axes.set_xlabel("z (bars: points, line: activation, dashes: derivative, gray: saturated)")
        shrink_to_fit(axes.xaxis.label, 1.25 * axes.bbox.width / axes.figure.dpi)
        self.cells.name(axes, unit_names(layers, map(range, self.drawn)))
        self.cells.tick(axes, round_down(self.reach), self.reach, self.ranges)

    def draw(self, snapshot):
        """Count the points of each group at an epoch."""
        bars = []
        for k, z in enumerate(self._inputs(snapshot)):
            z = z.clip(-self.reach, self.reach)
            counts = [np.histogram(z[members], self.edges)[0] for members in self.members]
            place = self.cells.place(k)
            bars.append([place(outline) for outline in self.outlines_of(counts)])
        for collection, outlines in zip(self.bars, zip(*bars, strict=True), strict=True):
            collection.set_verts(outlines)


def facing(counts):
    """The outlines of the bars of two classes, in a cell: one stands, the other one hangs."""
    shares = [count / max(1, count.sum()) for count in counts]
    highest = max(share.max() for share in shares) or 1
    x, outlines = steps(len(counts[0])), []
    for label, share in enumerate(shares):
        heights = np.pad(np.repeat(MAX_BAR_HEIGHT * share / highest, 2), 1)
        outlines.append([x, 1 - heights if label else heights])
    return outlines


def stacked(counts):
    """The outlines of the bars of several groups, in a cell: they stand on each other."""
    tops = np.cumsum([np.zeros_like(counts[0]), *counts], axis=0)
    tops = MAX_STACK_HEIGHT * np.repeat(tops / max(1, tops.max()), 2, axis=1)
    x = steps(len(counts[0]))[1:-1]
    across = np.concatenate([x, x[::-1]])
    return [
        [across, np.concatenate([upper, lower[::-1]])] for lower, upper in itertools.pairwise(tops)
    ]


def steps(bins):
    """The places of the corners of bars side by side from 0 to 1, two at each edge."""
    return np.repeat(np.linspace(0, 1, bins + 1), 2)


def reach_of(z):
    """The largest distance from 0 of inputs z, (units, n), without the farthest of each unit."""
    return np.quantile(np.abs(z), 1 - FRACTION_BEYOND_ENDS, axis=1).max()


def marked_slices(marked):
    """The runs of marked values in a row: a slice for each run."""
    ends = np.nonzero(np.diff(np.pad(marked.astype(int), 1)))[0].reshape(-1, 2)
    return [slice(first, last) for first, last in ends]


def round_down(number):
    """The largest number that is 1, 2 or 5 times a power of ten, and at most the number given."""
    power = 10.0 ** math.floor(math.log10(number))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


PANELS = [UnitActivations]
