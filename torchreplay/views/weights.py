"""Every weight and bias as a cell of a heat map."""

import numpy as np

from torchreplay.views.charts import HEAT

NUMBERED_COLUMNS, NUMBERED_ROWS = 9, 12  # of cells, beyond which they have no numbers


class WeightMap:
    """Every weight and bias as a cell of a heat map: a block a layer, a row a unit."""

    def __init__(self, axes, run):
        self.history = run.history
        blocks = self.history.layers(run.last_epoch)
        largest = self.history.largest_parameter(run.epochs)
        ends = np.cumsum([block.shape[1] + 1 for block in blocks])
        self.left = [0, *ends[:-1]]
        self.shape = max(map(len, blocks)), ends[-1] - 1
        axes.set_title("Weights and Biases")
        self.image = axes.imshow(
            np.full(self.shape, np.nan), cmap=HEAT, vmin=-largest, vmax=largest, aspect="auto"
        )
        axes.figure.colorbar(self.image, ax=axes, pad=0.06)
        self._name_blocks(axes, blocks)
        self.numbers = self._numbers(axes, blocks)
        self.artists = (self.image, *self.numbers)

    def _name_blocks(self, axes, blocks):
        centers = [
            left + (block.shape[1] - 1) / 2 for left, block in zip(self.left, blocks, strict=True)
        ]
        names = self.history.layer_names
        if len(names) > 2:
            names[1::2] = [f"\n{name}" for name in names[1::2]]  # staggered, blocks may be narrow
        axes.set_xticks(centers, names, fontsize=8)
        axes.set_yticks([])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)

    def _numbers(self, axes, blocks):
        """A Text for every cell, if they are few enough to be read."""
        rows, columns = self.shape
        if columns > NUMBERED_COLUMNS or rows > NUMBERED_ROWS:
            return []
        return [
            axes.text(left + column, row, "", ha="center", va="center", fontsize=6)
            for left, block in zip(self.left, blocks, strict=True)
            for row, column in np.ndindex(block.shape)
        ]

    def draw(self, snapshot):
        """Color all cells."""
        blocks = self.history.layers(snapshot.epoch)
        cells = np.full(self.shape, np.nan)
        for left, block in zip(self.left, blocks, strict=True):
            cells[: len(block), left : left + block.shape[1]] = block
        self.image.set_data(cells)
        values = np.concatenate([block.ravel() for block in blocks])
        for text, value in zip(self.numbers, values, strict=False):
            text.set_text(f"{value:.1f}".replace("-", "−"))
            text.set_color("white" if abs(value) > 0.6 * self.image.norm.vmax else "black")


PANELS = [WeightMap]
