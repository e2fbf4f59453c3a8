"""Cells of the same size that fill axes, each with a small chart or picture."""

import math

import numpy as np
from matplotlib import rcParams

from torchreplay.views.artists import RimLines
from torchreplay.views.titles import CHARACTER_WIDTH, minus

ASPECT = 1.5  # width / height of a cell
MIN_FONT_SIZE, MAX_FONT_SIZE = 4.5, 8
GAP_ABOVE, GAP_BESIDE = 14, 6  # of a cell, in points
MIN_TICKED_HEIGHT = 20  # of a cell, in points


class Cells:
    """Cells of the same size in rows and columns, drawn on the axes given, which they fill.

    square: whether the cells are squares, in the middle of the axes.

    width, height: of a cell, in points.
    """

    def __init__(self, axes, count, square=False):
        across, up = (72 * side / axes.figure.dpi for side in axes.bbox.size)

        def size(columns):
            rows = math.ceil(count / columns)
            return (across - GAP_BESIDE * (columns - 1)) / columns, up / rows - GAP_ABOVE

        def unlikeness(columns):
            width, height = size(columns)
            return abs(math.log(width / height / ASPECT)) if min(width, height) > 0 else math.inf

        def smallness(columns):
            return -min(size(columns))

        self.columns = min(range(1, count + 1), key=smallness if square else unlikeness)
        self.rows = math.ceil(count / self.columns)
        wide, high = size(self.columns)
        self.width, self.height = (min(wide, high),) * 2 if square else (wide, high)
        self.steps = 1 + GAP_BESIDE / self.width, 1 + GAP_ABOVE / self.height
        self.count = count
        left = self.columns * (wide - self.width) / 2 / self.width
        below = self.rows * (high - self.height) / 2 / self.height
        axes.set(xlim=(-left, across / self.width - left), ylim=(-below, up / self.height - below))
        axes.spines[:].set_visible(False)

    def corner(self, k):
        """The lower left corner of a cell, in sizes of a cell."""
        row, column = divmod(k, self.columns)
        return column * self.steps[0], (self.rows - 1 - row) * self.steps[1]

    def place(self, k):
        """The function that moves points with x and y from 0 to 1 into a cell: (points, 2)."""
        corner = np.array(self.corner(k))
        return lambda points: np.transpose(points) + corner

    def extent(self, k):
        """The ends of a cell: left, right, bottom and top."""
        left, bottom = self.corner(k)
        return left, left + 1, bottom, bottom + 1

    def frame(self, axes):
        """Add a frame around every cell. Returns it."""
        outline = [[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]
        frames = [self.place(k)(outline) for k in range(self.count)]
        return axes.add_collection(
            RimLines(frames, colors="black", linewidths=0.8, zorder=4), False
        )

    def name(self, axes, names, indent=0):
        """Write a name above every cell, if they can be read.

        indent: between the left end of a cell and its name, in points.
        """
        size = (self.width - indent) / max(map(len, names)) / CHARACTER_WIDTH
        for k, name in enumerate(names if size >= MIN_FONT_SIZE else ()):
            place = self.place(k)([[0], [1]])[0]
            offset = {"xytext": (indent, 2), "textcoords": "offset points", "va": "bottom"}
            font = {"fontsize": min(MAX_FONT_SIZE, size), "parse_math": False}
            axes.annotate(name, place, **offset, **font)

    def tick(self, axes, largest, reach, ranges):
        """Label the cells: with z below, and with the ends of the function's range on the left.

        largest: the largest z that gets a label; reach: z at the right end of a cell.
        """
        size = min(MAX_FONT_SIZE, rcParams["font.size"])
        cells, marks = self._marks(largest, reach, size)
        across = {(mark / reach + 1) / 2: minus(f"{mark:g}") for mark in marks}
        ends = [[(k, minus(f"{end:.2g}")) for k, end in enumerate(pair)] for pair in ranges]
        self._tick(axes, across, ends, cells)

    def tick_at(self, axes, marks):
        """Label cells whose axes both go from 0 to 1, with some marks below if there is room.

        The first cell of a row does for all of it.
        """
        texts = {mark: f"{mark:g}" for mark in marks}
        if CHARACTER_WIDTH * MAX_FONT_SIZE * sum(map(len, texts.values())) > self.width:
            texts = {0: "0", 1: "1"}
        self._tick(axes, texts, [[(0, "0"), (1, "1")]] * self.count, 1)

    def _tick(self, axes, across, ends, cells):
        """Write texts by their places: below the first cells of the last row, and left of rows."""
        font = {"fontsize": min(MAX_FONT_SIZE, rcParams["font.size"])}
        in_last_row = self.count - self.columns * (self.rows - 1)
        places = [
            (self.corner(column)[0] + place, text)
            for column in range(min(cells, in_last_row))
            for place, text in across.items()
        ]
        axes.set_xticks(*zip(*places, strict=True), **font)
        rows = range(0, self.count if self.height > MIN_TICKED_HEIGHT else 1, self.columns)
        places = [(self.corner(k)[1] + place, text) for k in rows for place, text in ends[k]]
        axes.set_yticks(*zip(*places, strict=True), **font)

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


def divide(widths, most):
    """How many units of each layer are drawn, `most` in all. The narrowest layers come first."""
    drawn, left = [0] * len(widths), most
    for place, k in enumerate(sorted(range(len(widths)), key=lambda k: widths[k])):
        drawn[k] = min(widths[k], math.ceil(left / (len(widths) - place)))
        left -= drawn[k]
    return drawn
