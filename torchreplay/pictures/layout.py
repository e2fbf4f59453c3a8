"""Where the panels of runs that are compared stand on a picture, in inches."""

import math
from dataclasses import dataclass

from torchreplay.spaces.space import AXES_RECTANGLE

SIDE = 4.0  # of a panel
HEADLINE, LEGEND = 0.5, 0.25  # above the panels
GRID = (16, 9)  # of all panels of a grid, at the most
NARROWEST = 6.0  # picture of a grid
NAMES, TITLE = 0.3, 0.28  # above the columns of a grid and beside its rows; above each panel
LABELS = (0.75, 0.42)  # of the axes, at the left of the first column and below the last row
TICKS, RIM = (0.36, 0.22), 0.06  # of panels of a grid that differ in their limits; at their right


@dataclass(frozen=True)
class Layout:
    """Where panels stand, each in a square cell: row by row, beginning at the top.

    side: of a cell.
    left, below, above: what there is around the cells, without headline and legend.
    """

    rows: int
    columns: int
    side: float
    left: float = 0.0
    below: float = 0.0
    above: float = 0.0
    is_grid: bool = False

    @property
    def right(self):
        """Where the cells end."""
        return self.left + self.columns * self.side

    @property
    def top(self):
        """Where the cells end, and what stands right above them."""
        return self.below + self.rows * self.side + self.above

    def inches(self, legend):
        """Width and height of the picture, with or without a legend."""
        return max(self.right, NARROWEST * self.is_grid), self.top + HEADLINE + LEGEND * legend

    def cell(self, k):
        """Left and bottom of a cell."""
        row, column = divmod(k, self.columns)
        return self.left + column * self.side, self.below + (self.rows - 1 - row) * self.side

    def rectangle(self, k, alike):
        """Left, bottom, width and height of the axes in a cell.

        alike: whether all axes have the same limits, so that those of a grid need no ticks within.
        """
        left, bottom = self.cell(k)
        if not self.is_grid:
            x, y, across, up = (self.side * share for share in AXES_RECTANGLE)
            return left + x, bottom + y, across, up
        if alike:
            return left, bottom, self.side - TITLE, self.side - TITLE
        x, y = TICKS
        side = self.side - max(x + RIM, y + TITLE)
        return left + x - LABELS[0] / 2, bottom + y - LABELS[1] / 2, side, side


def layout_of(compared):
    """The Layout of runs that differ in one or two options; see `compose`."""
    counts = [len(values) for values in compared.values()]
    if len(counts) == 1:
        (count,) = counts
        rows = 1 if count <= 3 else 2
        return Layout(rows, math.ceil(count / rows), SIDE)
    columns, rows = counts
    side = min(SIDE, GRID[0] / columns, GRID[1] / rows)
    left = max(NAMES + LABELS[0], (NARROWEST - columns * side) / 2)
    return Layout(rows, columns, side, left, LABELS[1], NAMES, is_grid=True)
