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
from torchreplay.views.artists import RimLines
from torchreplay.views.titles import CHARACTER_WIDTH, minus, shorten, shrink_to_fit

MAX_UNITS_DRAWN = 12
HISTOGRAM_BINS = 40
FRACTION_BEYOND_ENDS = 0.005
MAX_BAR_HEIGHT = 0.45  # in heights of a cell
SATURATED_SLOPE_FRACTION = 0.1
CURVE_POINTS = 201
SATURATED_COLOR = "#E6E6E6"
ASPECT = 1.5  # width / height of a cell
MIN_FONT_SIZE, MAX_FONT_SIZE = 4.5, 8
GAP_ABOVE, GAP_BESIDE = 14, 6  # of a cell, in points
MIN_TICKED_HEIGHT = 20  # of a cell, in points


class UnitActivations:
    """A cell for every hidden unit: its activation function, its derivative and the points.

    The x axis is z, the input of the unit, at the same scale in all cells. The few points beyond
    its ends are counted in the last bars. Bars of class 0 start at the bottom of a cell, those of
    class 1 at its top. The highest bar of a cell has a fixed height. Where the derivative is less
    than a tenth of its largest value, the unit is saturated, and the cell is shaded.
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
        self.drawn = divide(widths, MAX_UNITS_DRAWN)
        self.history = history
        self.reach = max(reach_of(self._inputs(replay.at(epoch))) for epoch in replay.epochs) or 1
        self.edges = np.linspace(-self.reach, self.reach, HISTOGRAM_BINS + 1)
        self.cells = Cells(axes, sum(self.drawn))
        self._add_curves(axes, list(found.values()))
        self._name(axes, list(found), sum(widths))
        self.bars = [
            axes.add_collection(PolyCollection([], facecolors=color, alpha=0.55, zorder=2), False)
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
        frames = [
            self.cells.place(k)([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]) for k in range(len(curves))
        ]
        self.frames = add(RimLines(frames, colors="black", linewidths=0.8, zorder=4), False)

    def _name(self, axes, layers, total):
        """Add the title, the names of the units, and numbers on the axes."""
        count = sum(self.drawn)
        left_out = f", {count} of {total}" if count < total else ""
        axes.set_title(f"Activations of Hidden Units{left_out}")
        axes.set_xlabel("z (bars: points, line: activation, dashes: derivative, gray: saturated)")
        shrink_to_fit(axes.xaxis.label, 1.25 * axes.bbox.width / axes.figure.dpi)
        names = [
            f"{shorten(layer)} h{unit + 1}" if len(layers) > 1 else f"h{unit + 1}"
            for layer, drawn in zip(layers, self.drawn, strict=True)
            for unit in range(drawn)
        ]
        size = min(MAX_FONT_SIZE, self.cells.width / max(map(len, names)) / CHARACTER_WIDTH)
        for k, name in enumerate(names if size >= MIN_FONT_SIZE else ()):
            place = self.cells.place(k)([[0], [1]])[0]
            offset = {"xytext": (0, 2), "textcoords": "offset points", "va": "bottom"}
            axes.annotate(name, place, **offset, fontsize=size, parse_math=False)
        self.cells.tick(axes, round_down(self.reach), self.reach, self.ranges)

    def draw(self, snapshot):
        """Count the points of each class at an epoch."""
        bars = [[], []]
        for k, z in enumerate(self._inputs(snapshot)):
            z = z.clip(-self.reach, self.reach)
            counts = [np.histogram(z[members], self.edges)[0] for members in self.members]
            shares = [count / max(1, count.sum()) for count in counts]
            place, highest = self.cells.place(k), max(share.max() for share in shares) or 1
            x = np.repeat(np.linspace(0, 1, HISTOGRAM_BINS + 1), 2)
            for label, share in enumerate(shares):
                heights = np.pad(np.repeat(MAX_BAR_HEIGHT * share / highest, 2), 1)
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
            return (across - GAP_BESIDE * (columns - 1)) / columns, up / rows - GAP_ABOVE

        def unlikeness(columns):
            width, height = size(columns)
            return abs(math.log(width / height / ASPECT)) if min(width, height) > 0 else math.inf

        self.columns = min(range(1, count + 1), key=unlikeness)
        self.rows = math.ceil(count / self.columns)
        self.width, self.height = size(self.columns)
        self.steps = 1 + GAP_BESIDE / self.width, 1 + GAP_ABOVE / self.height
        axes.set(xlim=(0, across / self.width), ylim=(0, up / self.height))
        axes.spines[:].set_visible(False)

    def corner(self, k):
        """The lower left corner of a cell, in sizes of a cell."""
        row, column = divmod(k, self.columns)
        return column * self.steps[0], (self.rows - 1 - row) * self.steps[1]

    def place(self, k):
        """The function that moves points with x and y from 0 to 1 into a cell: (points, 2)."""
        corner = np.array(self.corner(k))
        return lambda points: np.transpose(points) + corner

    def tick(self, axes, largest, reach, ranges):
        """Label the cells: with z below, and with the ends of the function's range on the left.

        largest: the largest z that gets a label; reach: z at the right end of a cell.
        """
        size = min(MAX_FONT_SIZE, rcParams["font.size"])
        font = {"fontsize": size}
        cells, marks = self._marks(largest, reach, size)
        in_last_row = len(ranges) - self.columns * (self.rows - 1)
        places = [
            (self.corner(column)[0] + (mark / reach + 1) / 2, minus(f"{mark:g}"))
            for column in range(min(cells, in_last_row))
            for mark in marks
        ]
        axes.set_xticks(*zip(*places, strict=True), **font)
        ends = [
            (self.corner(k)[1] + step, minus(f"{end:.2g}"))
            for k in range(0, len(ranges) if self.height > MIN_TICKED_HEIGHT else 1, self.columns)
            for step, end in enumerate(ranges[k])
        ]
        axes.set_yticks(*zip(*ends, strict=True), **font)

    def _marks(self, largest, reach, size):
        """How many cells of a row get which labels of z, so that none touches the next one.

        As all cells have the same scale, the first one can do for a row.
        """
        width = CHARACTER_WIDTH * size * (len(minus(f"{largest:g}")) + 1)  # with a gap
        inner, outer = (self.width * share for share in (largest / reach / 2, 1 - largest / reach))
        if inner >= width and outer + GAP_BESIDE >= width:
            return self.columns, [-largest, 0, largest]
        if inner >= width and self.width + GAP_BESIDE - inner >= width:
            return self.columns, [0, largest]
        return 1, [0, largest]


def reach_of(z):
    """The largest distance from 0 of inputs z, (units, n), without the farthest of each unit."""
    return np.quantile(np.abs(z), 1 - FRACTION_BEYOND_ENDS, axis=1).max()


def divide(widths, most):
    """How many units of each layer are drawn, `most` in all. The narrowest layers come first."""
    drawn, left = [0] * len(widths), most
    for place, k in enumerate(sorted(range(len(widths)), key=lambda k: widths[k])):
        drawn[k] = min(widths[k], math.ceil(left / (len(widths) - place)))
        left -= drawn[k]
    return drawn


def marked_slices(marked):
    """The runs of marked values in a row: a slice for each run."""
    ends = np.nonzero(np.diff(np.pad(marked.astype(int), 1)))[0].reshape(-1, 2)
    return [slice(first, last) for first, last in ends]


def round_down(number):
    """The largest number that is 1, 2 or 5 times a power of ten, and at most the number given."""
    power = 10.0 ** math.floor(math.log10(number))
    return max(step * power for step in (1, 2, 5) if step * power <= number)


PANELS = [UnitActivations]
