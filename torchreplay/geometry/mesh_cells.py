"""The cells of a mesh around which classes change, and the rim of the mesh."""

import numpy as np

from torchreplay.geometry.cells import BOTTOM, LEFT, PARTS, RIGHT, TOP, Cells, crossings
from torchreplay.geometry.envelope import changes
from torchreplay.geometry.outline import OUTSIDE


class MeshCells:
    """The cells of a mesh. Cells and edges have numbers, row by row; those of edges along rows
    come before those of edges along columns.

    logits: a function of points, (n, 2), to their logits, (n, K).
    points, label: those of the mesh, (rows, columns, 2), and their classes, (rows, columns).
    outline: the Outline to which vertices are added.
    """

    def __init__(self, logits, points, label, outline):
        self._logits, self._points, self._label, self._outline = logits, points, label, outline
        self._rows, self._columns = np.subtract(label.shape, 1)  # of cells
        differ = (label[:, 1:] != label[:, :-1]).ravel(), (label[1:] != label[:-1]).ravel()
        self._first_column_edge = len(differ[0])
        self._is_searched = np.zeros(sum(map(len, differ)), bool)
        self._crossings = self._find(np.nonzero(np.concatenate(differ))[0], parts=1)

    def cells(self):
        """The Cells that have crossings, in the order of their numbers."""
        found = self._crossings.copy()
        cell, found["cell"] = np.unique(found["cell"], return_inverse=True)
        row, column = np.divmod(cell, self._columns)
        corners = self._points[row, column], self._points[row + 1, column + 1]
        return Cells.sorted(np.ptp(self._points, axis=(0, 1)), *corners, found)

    def search(self, chosen):
        """Search the edges of cells for hidden classes. Returns whether there are new ones.

        chosen: a mask of the cells that have crossings.
        """
        cell = np.unique(self._crossings["cell"])[chosen]
        edges = np.unique(self._edge(cell[:, None], np.arange(4)))
        edges = edges[~self._is_searched[edges]]
        self._is_searched[edges] = True
        known = np.isin(self._edge(self._crossings["cell"], self._crossings["side"]), edges)
        found = self._find(edges, PARTS)
        if len(found) == known.sum():
            return False
        self._crossings = np.concatenate([self._crossings[~known], found])
        return True

    def _edge(self, cell, side):
        """The numbers of the edges on sides of cells."""
        left = self._first_column_edge + cell + cell // self._columns
        return np.choose(side, [cell, left + 1, cell + self._columns, left])

    def _find(self, edge, parts):
        """The crossings on edges, an array of CROSSING, as those of the cells on both sides."""
        axis = (edge >= self._first_column_edge).astype(int)
        row, column = np.divmod(edge - axis * self._first_column_edge, self._columns + axis)
        start, end = (row, column), (row + axis, column + 1 - axis)
        ends = (values[at] for values in (self._points, self._label) for at in (start, end))
        found, rank, before, after, x = changes(self._logits, *ends, parts)
        row, column, axis = row[found], column[found], axis[found]
        vertex, both = self._outline.add_vertices(x), []
        for behind, sides in enumerate([(BOTTOM, LEFT), (TOP, RIGHT)]):
            row_there, column_there = row - behind * (axis == 0), column - behind * (axis == 1)
            is_inside = (row_there >= 0) & (row_there < self._rows)
            is_inside &= (column_there >= 0) & (column_there < self._columns)
            cell, side = row_there * self._columns + column_there, np.array(sides)[axis]
            here = crossings(cell, side, rank, vertex, before, after, x, axis != behind)
            both.append(here[is_inside])
        return np.concatenate(both)

    def add_rim(self):
        """Add the rim of the mesh to the outline: its points and the crossings between them."""
        rows, columns, found = self._rows, self._columns, self._crossings
        x, y = np.arange(columns), np.arange(rows)
        points = (
            np.concatenate([0 * x, y, 0 * x + rows, rows - y]),
            np.concatenate([x, 0 * y + columns, columns - x, 0 * y]),
        )
        row, column = np.divmod(found["cell"], columns)
        row_left, column_left = rows - 1 - row, columns - 1 - column
        at_rim = np.choose(found["side"], [row, column_left, row_left, column]) == 0
        along = np.choose(found["side"], [column, row, column_left, row_left])
        step = along + np.cumsum([0, columns, rows, columns])[found["side"]]
        found, step = found[at_rim], np.append(np.arange(len(points[0])), step[at_rim])
        lowest = np.full(len(points[0]), found["rank"].min(initial=0) - 1)
        order = np.lexsort([np.append(lowest, found["rank"]), step])
        vertices = self._outline.add_vertices(self._points[points])
        vertex = np.append(vertices, found["vertex"])[order]
        label = np.append(self._label[points], found["after"])[order]
        self._outline.add(vertex, np.roll(vertex, -1), label, OUTSIDE)
