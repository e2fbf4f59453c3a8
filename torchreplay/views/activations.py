"""Where the points lie on the activation functions of the hidden units."""

import math

import numpy as np
import torch
from matplotlib import rcParams
from matplotlib.collections import LineCollection, PolyCollection

from torchreplay.errors import MissingError
from torchreplay.models.activations import activation_of
from torchreplay.record.layers import check_parameters, hidden_activations, unit_inputs
from torchreplay.views import needed_by
from torchreplay.views.titles import shorten, shrink_to_fit

MOST_UNITS = 12  # that are drawn
BINS = 40  # of a histogram
BEYOND = 0.005  # of the points of a unit may lie beyond the ends of a histogram
HEIGHT = 0.45  # of the highest bar, in parts of a cell
SATURATED = 0.1  # of the largest slope
CURVE_POINTS = 201
SHADE = "#E6E6E6"
SHAPE = 1.5  # width of a cell by its height, if there is room
NAME_SIZE, SMALLEST, NAME_WIDTH = 8, 4.5, 0.62  # fonts in points; width of a character
ABOVE, BESIDE = 14, 6  # a cell, in points
LOW, NARROW = 20, 12  # cells, in points, and in points for a character below


class UnitActivations:
    """A cell for every hidden unit: its activation function, its derivative and the points.

    z, what the unit is given, runs to the right, at the same scale in all cells; the few points
    beyond the ends are counted in the last bars. The bars of class 0 stand and those of class 1
    hang: in a cell, the highest one has a fixed height. Where the derivative is less than a tenth
    of its largest, the unit is saturated, and the cell is shaded.
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
        self.members = [dataset.y[:, 0].numpy() == label for label in (0, 1)]
        widths = [len(z[0]) for z in unit_inputs(network, found.values(), self.points[:1])]
        self.drawn = divide(widths, MOST_UNITS)
        self.history = history
        self.reach = max(reach_of(self._inputs(replay.at(epoch))) for epoch in replay.epochs) or 1
        self.edges = np.linspace(-self.reach, self.reach, BINS + 1)
        self.cells = Cells(axes, sum(self.drawn))
        self._add_curves(axes, list(found.values()))
        self._name(axes, list(found), sum(widths))
        self.bars = [
            axes.add_collection(PolyCollection([], facecolors=color, alpha=0.55, zorder=2), False)
            for color in looks.palette.points
        ]
        self.artists = (*self.bars, self.slopes, self.curves, self.frames)

    def _inputs(self, snapshot):
        """What the units drawn are given for all points at an epoch: (units, n)."""
        modules = hidden_activations(self.history, snapshot.network)
        inputs = unit_inputs(snapshot.network, modules.values(), self.points)
        return np.concatenate(
            [z[:, :count].numpy().T for z, count in zip(inputs, self.drawn, strict=True)]
        )

    @torch.enable_grad()
    def _add_curves(self, axes, modules):
        """Add functions, derivatives, what is shaded, frames and ticks."""
        z = torch.linspace(-self.reach, self.reach, CURVE_POINTS, requires_grad=True)
        x = np.linspace(0, 1, CURVE_POINTS)
        curves, slopes, shades, self.ranges = [], [], [], []
        for module, count in zip(modules, self.drawn, strict=True):
            values = module(z.clone())
            (slope,) = torch.autograd.grad(values.sum(), z)
            values, slope = values.detach().numpy(), slope.numpy()
            known = activation_of(module)
            low, high = (known and known.range) or (values.min(), values.max())
            flat = slope < SATURATED * slope.max()
            for _ in range(count):
                place = self.cells.place(len(curves))
                curves.append(place([x, (values - low) / ((high - low) or 1)]))
                slopes.append(place([x, np.clip((slope - low) / ((high - low) or 1), 0, 1)]))
                shades += [
                    place([x[part][[0, 0, -1, -1]], [0, 1, 1, 0]]) for part in marked_slices(flat)
                ]
                self.ranges.append((low, high))
        add = axes.add_collection
        self.shades = add(PolyCollection(shades, facecolors=SHADE, linewidths=0), False)
        width = min(1.6, self.cells.width / 40)
        dashes = {"colors": "black", "linewidths": 1, "linestyles": (0, (3, 2)), "zorder": 3}
        self.slopes = add(LineCollection(slopes, **dashes), False)
        self.curves = add(LineCollection(curves, colors="black", linewidths=width, zorder=3), False)
        frames = [
            self.cells.place(k)([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]) for k in range(len(curves))
        ]
        self.frames = add(
            LineCollection(frames, colors="black", linewidths=0.8, zorder=4, clip_on=False), False
        )

    def _name(self, axes, layers, total):
        """Add the title, the names of the units, and numbers on the axes."""
        count = sum(self.drawn)
        left_out = f", {count} of {total}" if count < total else ""
        axes.set_title(f"Activations of Hidden Units{left_out}")
        axes.set_xlabel("z (line: activation, dashes: derivative, gray: saturated)")
        shrink_to_fit(axes.xaxis.label, 1.25 * axes.bbox.width / axes.figure.dpi)
        names = [
            f"{shorten(layer)} h{unit + 1}" if len(layers) > 1 else f"h{unit + 1}"
            for layer, drawn in zip(layers, self.drawn, strict=True)
            for unit in range(drawn)
        ]
        size = min(NAME_SIZE, self.cells.width / max(map(len, names)) / NAME_WIDTH)
        for k, name in enumerate(names if size >= SMALLEST else ()):
            place = self.cells.place(k)([[0], [1]])[0]
            offset = {"xytext": (0, 2), "textcoords": "offset points", "va": "bottom"}
            axes.annotate(name, place, **offset, fontsize=size, parse_math=False)
        mark = round_down(self.reach)
        self.cells.tick(axes, [-mark, 0, mark], self.reach, self.ranges)

    def draw(self, snapshot):
        """Count the points of either class at an epoch."""
        bars = [[], []]
        for k, z in enumerate(self._inputs(snapshot)):
            z = z.clip(-self.reach, self.reach)
            counts = [np.histogram(z[members], self.edges)[0] for members in self.members]
            shares = [count / max(1, count.sum()) for count in counts]
            place, highest = self.cells.place(k), max(share.max() for share in shares) or 1
            x = np.repeat(np.linspace(0, 1, BINS + 1), 2)
            for label, share in enumerate(shares):
                heights = np.pad(np.repeat(HEIGHT * share / highest, 2), 1)
                bars[label].append(place([x, 1 - heights if label else heights]))
        for collection, outlines in zip(self.bars, bars, strict=True):
            collection.set_verts(outlines)


class Cells:
    """Cells of the same size in rows and columns, drawn on the axes given, which they fill.

    width, height: of a cell, in points.
    """

    def __init__(self, axes, count):
        across, up = (72 * side / axes.figure.dpi for side in axes.bbox.size)

        def size(columns):
            rows = math.ceil(count / columns)
            return (across - BESIDE * (columns - 1)) / columns, up / rows - ABOVE

        def unlikeness(columns):
            width, height = size(columns)
            return abs(math.log(width / height / SHAPE)) if min(width, height) > 0 else math.inf

        self.columns = min(range(1, count + 1), key=unlikeness)
        self.rows = math.ceil(count / self.columns)
        self.width, self.height = size(self.columns)
        self.steps = 1 + BESIDE / self.width, 1 + ABOVE / self.height
        axes.set(xlim=(0, across / self.width), ylim=(0, up / self.height))
        axes.spines[:].set_visible(False)

    def corner(self, k):
        """The lower left corner of a cell, in sizes of a cell."""
        row, column = divmod(k, self.columns)
        return column * self.steps[0], (self.rows - 1 - row) * self.steps[1]

    def place(self, k):
        """The function that moves x and y, which go from 0 to 1, into a cell: (points, 2)."""
        corner = np.array(self.corner(k))
        return lambda points: np.transpose(points) + corner

    def tick(self, axes, marks, reach, ranges):
        """Number the cells: marks of z below, and left what floor and ceiling of a cell mean."""
        font = {"fontsize": min(NAME_SIZE, rcParams["font.size"])}
        length = NARROW * max(len(f"{mark:g}") for mark in marks)
        between = self.width * (1 - max(marks) / reach) + BESIDE  # of the outer marks of two cells
        if self.width < length or between < length / 2:
            marks = [0]
        in_last_row = len(ranges) - self.columns * (self.rows - 1)
        places = [
            (self.corner(column)[0] + (mark / reach + 1) / 2, minus(f"{mark:g}"))
            for column in range(in_last_row)
            for mark in marks
        ]
        axes.set_xticks(*zip(*places, strict=True), **font)
        ends = [
            (self.corner(k)[1] + step, minus(f"{end:.2g}"))
            for k in range(0, len(ranges) if self.height > LOW else 1, self.columns)
            for step, end in enumerate(ranges[k])
        ]
        axes.set_yticks(*zip(*ends, strict=True), **font)


def reach_of(z):
    """How far from 0 the inputs of some units are, (units, n), but for the farthest of each."""
    return np.quantile(np.abs(z), 1 - BEYOND, axis=1).max()


def divide(widths, most):
    """How many units of each layer are drawn, `most` in all: the narrowest layers are whole."""
    drawn, left = [0] * len(widths), most
    for place, k in enumerate(sorted(range(len(widths)), key=lambda k: widths[k])):
        drawn[k] = min(widths[k], math.ceil(left / (len(widths) - place)))
        left -= drawn[k]
    return drawn


def marked_slices(marked):
    """Where some numbers in a row are marked: a slice for each part."""
    ends = np.nonzero(np.diff(np.pad(marked.astype(int), 1)))[0].reshape(-1, 2)
    return [slice(first, last) for first, last in ends]


def round_down(number):
    """The largest of 1, 2 and 5 times a power of ten that is no larger than a number."""
    power = 10.0 ** math.floor(math.log10(number))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


def minus(text):
    """A number with the minus sign of print."""
    return text.replace("-", "−", 1)


PANELS = [UnitActivations]
