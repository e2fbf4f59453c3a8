"""Where the panels of runs that are compared stand on a picture, in inches."""

import math
from dataclasses import dataclass

from torchreplay.spaces.space import AXES_RECTANGLE
from torchreplay.views import OWN_VIEWS, SHARED_VIEWS

PANEL_SIDE = 4.0
HEADLINE_HEIGHT, LEGEND_HEIGHT = 0.5, 0.25
MAX_GRID_SIZE = (16, 9)
MIN_GRID_WIDTH = 6.0
NAME_HEIGHT, TITLE_HEIGHT = 0.3, 0.28
STRIP_HEIGHT, CHART_HEIGHT = 2.8, 2.2  # of a panel of all runs, and of a panel of each run
CHART_MARGINS = (0.5, 0.36)  # below and above its axes
STRIP_MARGINS = (0.6, 0.2)  # left and right of its axes
LABEL_MARGINS = (0.75, 0.42)  # left of the first column, below the last row
TICK_MARGINS, RIGHT_MARGIN = (0.36, 0.22), 0.06  # of each panel, if panels differ in their limits


@dataclass(frozen=True)
class Layout:
    """The places of panels, each in a square cell, row by row from the top.

    side: of a cell.
    left, below, above: the margins around the cells, without headline and legend.
    charts: how many panels each run has under its cell.
    strips: how many panels all runs share, under all cells.
    """

    rows: int
    columns: int
    side: float
    left: float = 0.0
    below: float = 0.0
    above: float = 0.0
    is_grid: bool = False
    charts: int = 0
    strips: int = 0

    @property
    def right(self):
        """The right end of the cells."""
        return self.left + self.columns * self.side

    @property
    def top(self):
        """The upper end of the cells and of the names right above them."""
        return self._base + self.rows * self._step + self.above

    @property
    def _base(self):
        """The lower end of the lowest cell and the panels under it."""
        return self.strips * STRIP_HEIGHT + self.below

    @property
    def _step(self):
        """The height of a cell and the panels under it."""
        return self.side + self.charts * CHART_HEIGHT

    def inches(self, legend):
        """Width and height of the picture, with or without a legend."""
        height = self.top + HEADLINE_HEIGHT + LEGEND_HEIGHT * legend
        return max(self.right, MIN_GRID_WIDTH * self.is_grid), height

    def cell(self, k):
        """Left and bottom of a cell."""
        row, column = divmod(k, self.columns)
        bottom = self._base + (self.rows - row) * self._step - self.side
        return self.left + column * self.side, bottom

    def chart(self, k, n):
        """Left, bottom, width and height of the axes of a panel of a run: the n-th from the top."""
        left, bottom = self.cell(k)
        x, _, across, _ = (self.side * share for share in AXES_RECTANGLE)
        below, above = CHART_MARGINS
        low = bottom - (n + 1) * CHART_HEIGHT + below
        return left + x, low, across, CHART_HEIGHT - below - above

    def strip(self, n, width):
        """Left, bottom, width and height of the axes of a panel of all runs: the n-th from below.

        width: of the picture.
        """
        (before, after), (below, above) = STRIP_MARGINS, CHART_MARGINS
        low = n * STRIP_HEIGHT + below
        return before, low, width - before - after, STRIP_HEIGHT - below - above

    def rectangle(self, k, alike):
        """Left, bottom, width and height of the axes in a cell.

        alike: whether all axes have the same limits, so that only the outer ones need ticks.
        """
        left, bottom = self.cell(k)
        if not self.is_grid:
            x, y, across, up = (self.side * share for share in AXES_RECTANGLE)
            return left + x, bottom + y, across, up
        if alike:
            return left, bottom, self.side - TITLE_HEIGHT, self.side - TITLE_HEIGHT
        x, y = TICK_MARGINS
        side = self.side - max(x + RIGHT_MARGIN, y + TITLE_HEIGHT)
        return left + x - LABEL_MARGINS[0] / 2, bottom + y - LABEL_MARGINS[1] / 2, side, side


def layout_of(compared, views=()):
    """The Layout of runs that differ in one or two options, with some views; see `Comparison`."""
    charts, strips = (sum(view in views for view in kind) for kind in (OWN_VIEWS, SHARED_VIEWS))
    panels = {"charts": charts, "strips": strips}
    counts = [len(values) for values in compared.values()]
    if len(counts) == 1:
        (count,) = counts
        rows = 1 if count <= 3 else 2
        return Layout(rows, math.ceil(count / rows), PANEL_SIDE, **panels)
    columns, rows = counts
    side = min(PANEL_SIDE, MAX_GRID_SIZE[0] / columns, MAX_GRID_SIZE[1] / rows)
    left = max(NAME_HEIGHT + LABEL_MARGINS[0], (MIN_GRID_WIDTH - columns * side) / 2)
    margins = left, LABEL_MARGINS[1], NAME_HEIGHT
    return Layout(rows, columns, side, *margins, is_grid=True, **panels)
