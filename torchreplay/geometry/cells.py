"""Rectangular cells of a plane, and where classes change around them.

Cells with more than a single change of class inside are halved. A new edge between two halves gets
changes of its own; those around the cell stay, so that neighbors always agree.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from torchreplay.geometry.envelope import changes

BOTTOM, RIGHT, TOP, LEFT = range(4)  # the sides of a cell, anticlockwise
PARTS = 16  # of an edge on which other classes may be hidden
CROSSING = np.dtype(
    [(name, int) for name in ("cell", "side", "rank", "vertex", "before", "after")]
    + [("x", np.float32, 2)]
)


def crossings(cell, side, rank, vertex, before, after, x, reverse):
    """Make crossings, an array (n,) of CROSSING: places on sides of cells where classes change.

    cell, side, rank: where they are; the rank is their order along the side, from 0 on.
    vertex: the number of the place, which all cells have that meet there.
    before, after: the classes on the way along the side.
    x: the places, (n, 2).
    reverse: whether this is not the way anticlockwise around the cell.
    """
    made = np.empty(len(x), CROSSING)
    made["cell"], made["side"], made["vertex"], made["x"] = cell, side, vertex, x
    made["rank"] = np.where(reverse, -rank, rank)
    made["before"], made["after"] = (
        np.where(reverse, *pair) for pair in ((after, before), (before, after))
    )
    return made


@dataclass(frozen=True, eq=False)
class Cells:
    """Rectangles and the crossings around them.

    plane: the width and the height of the plane, (2,).
    low, high: corners, (cells, 2) float32 each.
    crossings: an array of CROSSING, cell by cell and anticlockwise.
    """

    plane: np.ndarray
    low: np.ndarray
    high: np.ndarray
    crossings: np.ndarray

    @classmethod
    def sorted(cls, plane, low, high, crossings):
        """The Cells with crossings that are given in any order."""
        order = np.lexsort([crossings[name] for name in ("rank", "side", "cell")])
        return cls(plane, low, high, crossings[order])

    @cached_property
    def count(self):
        """The number of crossings around each cell."""
        return np.bincount(self.crossings["cell"], minlength=len(self.low))

    @cached_property
    def first(self):
        """The first crossing of each cell."""
        return np.cumsum(self.count) - self.count

    @cached_property
    def following(self):
        """The crossings with each replaced by the next one around its cell."""
        following = np.arange(1, len(self.crossings) + 1)
        crossed = self.count > 0
        following[(self.first + self.count - 1)[crossed]] = self.first[crossed]
        return self.crossings[following]

    @property
    def size(self):
        """The width and the height of each cell, as shares of the plane, (cells, 2)."""
        return (self.high - self.low) / self.plane

    def where(self, chosen):
        """Those cells that are chosen by a mask."""
        kept = self.crossings[chosen[self.crossings["cell"]]]
        kept["cell"] = (np.cumsum(chosen) - 1)[kept["cell"]]
        return Cells(self.plane, self.low[chosen], self.high[chosen], kept)

    def halved(self, logits, add_vertices):
        """The halves that have crossings. Cells are divided across their longer axis.

        logits: a function of points, (n, 2), to their logits, (n, K).
        add_vertices: a function of places, (m, 2), to the numbers of vertices, (m,).
        """
        axis, number = self.size.argmax(axis=1), np.arange(len(self.low))
        middle = (self.low + self.high)[number, axis] / 2
        old, cell = self.crossings.copy(), self.crossings["cell"]
        in_high = old["x"][np.arange(len(old)), axis[cell]] >= middle[cell]
        old["cell"], old["rank"] = 2 * cell + in_high, np.arange(len(old))
        new = self._between(logits, add_vertices, axis, middle, in_high)
        low, high = (np.repeat(corner, 2, axis=0) for corner in (self.low, self.high))
        high[2 * number, axis] = low[2 * number + 1, axis] = middle
        halves = Cells.sorted(self.plane, low, high, np.concatenate([old, *new]))
        return halves.where(halves.count > 0)

    def _between(self, logits, add_vertices, axis, middle, in_high):
        """The crossings of the edges between halves, as those of the low and of the high halves.

        Such an edge runs from where the way around a cell enters its high half to where it leaves.
        The classes at its ends are those between the crossings there.
        """
        number, cell = np.arange(len(self.low)), self.crossings["cell"]
        is_before = ~in_high & (self.crossings["side"] <= axis[cell])
        before, inside = (
            np.bincount(cell[chosen], minlength=len(number)) for chosen in (is_before, in_high)
        )
        ends = [np.where(axis[:, None] == k, self.low, self.high) for k in (0, 1)]
        for end in ends:
            end[number, axis] = middle
        classes = self._class_after(before), self._class_after(before + inside)
        edge, rank, before, after, x = changes(logits, *ends, *classes, PARTS)
        vertex = add_vertices(x)
        for is_high, side in enumerate((axis[edge] + 1, (axis[edge] + 3) % 4)):
            half = 2 * edge + is_high
            yield crossings(half, side, rank, vertex, before, after, x, is_high)

    def _class_after(self, passed):
        """The class around each cell when some of its crossings are passed, (cells,)."""
        return self.crossings["after"][self.first + (passed - 1) % self.count]
