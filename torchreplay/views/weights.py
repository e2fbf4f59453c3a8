"""Every weight and bias as a cell of a heat map."""

import itertools

import numpy as np

from torchreplay.views import needed_by
from torchreplay.views.charts import SIGNS
from torchreplay.views.titles import CHARACTER_WIDTH, output_names, shorten

MIN_FONT_SIZE, MAX_FONT_SIZE, MAX_NAME_FONT_SIZE = 4.5, 12, 8
LINE_HEIGHT = 1.3  # in units of the font size
NAME_CHARACTERS = (8, 6, 4)  # the first that fits into a cell
COLUMNS_BETWEEN_LAYERS = 1


class WeightMap:
    """Every weight and bias as a cell of a heat map: a block for each layer, a row for each unit.

    The columns of a block are the inputs of its units, and the last one is their biases.
    """

    @needed_by("weights")
    def __init__(self, axes, replay, looks):
        self.history = replay.history
        blocks = self.history.weights_and_biases(replay.last_epoch)
        largest = self.history.largest_parameter(replay.epochs)
        widths = [block.shape[1] + COLUMNS_BETWEEN_LAYERS for block in blocks]
        self.left = [0, *itertools.accumulate(widths[:-1])]
        self.shape = max(map(len, blocks)), sum(widths) - COLUMNS_BETWEEN_LAYERS
        axes.set_title("Weights and Biases", pad=16)
        axes.set_axis_off()
        scale = {"cmap": SIGNS, "vmin": -largest, "vmax": largest, "aspect": "auto"}
        self.image = axes.imshow(np.full(self.shape, np.nan), **scale)
        self.numbers = self._numbers(axes, blocks)
        if not self.numbers:
            axes.figure.colorbar(self.image, ax=axes, pad=0.09, aspect=15)
        outputs = output_names(replay.history.dataset)
        self._name(axes, blocks, replay.points.names, outputs)
        self.artists = (self.image, *self.numbers)

    def _name(self, axes, blocks, features, outputs):
        """Name inputs and biases above the blocks, units beside, and layers below them all."""
        inputs, layers = self._short(axes, features), self.history.layer_names
        outputs = self._short(axes, outputs)
        for k, (block, left) in enumerate(zip(blocks, self.left, strict=True)):
            units = [f"h{n}" for n in range(1, len(block) + 1)] if k < len(blocks) - 1 else outputs
            self._name_cells(axes, left, inputs, units)
            middle = left + (block.shape[1] - 1) / 2
            below = "\n" * (len(blocks) > 2 and k % 2)  # staggered, because blocks may be narrow
            place = middle, self.shape[0] - 0.5
            _write(axes, f"{below}{layers[k]}", place, (0, -3), fontsize="small")
            inputs = units

    def _short(self, axes, names):
        """The names of features or classes, cut until they fit into a cell."""
        cuts = [[shorten(name, longest) for name in names] for longest in NAME_CHARACTERS]
        return next((names for names in cuts if self._font(axes, names)), cuts[-1])

    def _name_cells(self, axes, left, inputs, units):
        """Name the columns and rows of a block, unless the cells are too small."""
        columns = [*inputs, "bias"]
        size = self._font(axes, [*columns, *units], MAX_NAME_FONT_SIZE)
        for k, name in enumerate(columns if size else ()):
            _write(axes, name, (left + k, -0.5), (0, 3), fontsize=size)
        for k, name in enumerate(units if size else ()):
            _write(axes, name, (left - 0.5, k), (-3, 0), fontsize=size)

    def _font(self, axes, texts, largest=MAX_FONT_SIZE):
        """The font size at which each of some texts fits into a cell, or 0 if that is too small."""
        rows, columns = self.shape
        width, height = (72 / axes.figure.dpi * side for side in axes.bbox.size)
        longest = max(map(len, texts))
        fitting = width / columns / longest / CHARACTER_WIDTH, height / rows / LINE_HEIGHT
        size = min(*fitting, largest)
        return size if size >= MIN_FONT_SIZE else 0

    def _numbers(self, axes, blocks):
        """A Text for every cell, if the cells have room for it."""
        size = self._font(axes, ["−12.3"])
        return [
            axes.text(left + column, row, "", ha="center", va="center", fontsize=size)
            for left, block in zip(self.left, blocks, strict=True)
            for row, column in np.ndindex(block.shape)
            if size
        ]

    def draw(self, snapshot):
        """Color all cells."""
        blocks = self.history.weights_and_biases(snapshot.epoch)
        cells = np.full(self.shape, np.nan)
        for left, block in zip(self.left, blocks, strict=True):
            cells[: len(block), left : left + block.shape[1]] = block
        self.image.set_data(cells)
        values = np.concatenate([block.ravel() for block in blocks])
        for text, value in zip(self.numbers, values, strict=False):
            text.set_text(f"{value:.1f}".replace("-", "−"))
            text.set_color("white" if abs(value) > 0.5 * self.image.norm.vmax else "black")


def _write(axes, text, place, offset, **font):
    """Write literal text beside a place, at an offset in points."""
    x, y = np.sign(offset).astype(int)
    sides = {"ha": ("right", "center", "left")[x + 1], "va": ("top", "center", "bottom")[y + 1]}
    axes.annotate(
        text, place, offset, textcoords="offset points", parse_math=False, **sides, **font
    )


PANELS = [WeightMap]
