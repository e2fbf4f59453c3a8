"""How curves between classes run inside cells: past each other, or to a point where they meet."""

from dataclasses import dataclass

import numpy as np

from torchreplay.geometry.cells import Cells
from torchreplay.geometry.envelope import classes_at, triple_points

MAX_CELLS = 10_000  # to be halved
REACH = 1 / 1500  # of the plane
SHARES_OF_LINE = np.linspace(0, 1, 7, dtype=np.float32)
SHARES_OF_REACH = np.float32([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16])


@dataclass(frozen=True, eq=False)
class Division:
    """The curves that divide cells.

    cells: the Cells.
    has_chords: which cells have one curve, or two that do not meet, (cells,).
    chords: the crossings at the ends of such curves, (curves, 2).
    has_center: in which cells curves meet at a point, (cells,).
    centers: the points, (cells, 2).

    All other cells have to be halved.
    """

    cells: Cells
    has_chords: np.ndarray
    chords: np.ndarray
    has_center: np.ndarray
    centers: np.ndarray

    @property
    def is_done(self):
        """Which cells have their curves, (cells,)."""
        return self.has_chords | self.has_center

    def add_to(self, outline):
        """Add the curves to an Outline. At a center each area has a vertex of its own."""
        one, other = self.cells.crossings[self.chords].T
        for start, end in ((one, other), (other, one)):
            outline.add(start["vertex"], end["vertex"], end["after"], end["before"])
        cells = self.cells.where(self.has_center)
        here, following, cell = cells.crossings, cells.following, cells.crossings["cell"]
        center = outline.add_vertices(self.centers[self.has_center][cell])
        outline.add(following["vertex"], center, here["after"], following["after"])
        outline.add(center, here["vertex"], here["after"], here["before"], cells.count[cell] > 2)


def divide(logits, cells, smallest):
    """Find the Division of Cells.

    logits: a function of points, (n, 2), to their logits, (n, K).
    smallest: the size of cells that are too small to be halved, as a share of the plane. Their
        curves meet in the middle.
    """
    has_chords, chords = _find_chords(logits, cells)
    has_center, centers = _find_centers(logits, cells)
    rest = ~has_chords & ~has_center
    is_last = (cells.size.max(axis=1) <= smallest) | (rest.sum() > MAX_CELLS)
    return Division(cells, has_chords, chords, ~has_chords & (has_center | is_last), centers)


def _find_chords(logits, cells):
    """Find the cells with one curve, (cells,) or with two, and the ends of these, (curves, 2).

    Two opposite areas of one class are a single area if the straight line between them stays in
    that class. A cell with two crossings has one area on each side.
    """
    has_chords, chords = np.zeros(len(cells.low), bool), []
    for turn in (0, 1):
        cell = np.flatnonzero(~has_chords & np.isin(cells.count, (2, 4)))
        around = cells.first[cell, None] + (turn + np.arange(4)) % cells.count[cell, None]
        here = cells.crossings[around]
        fits = _is_one_area(logits, here)
        has_two = fits & (cells.count[cell] == 4)
        fits[fits] = _is_near(logits, *here[fits, 1:3].T, cells.plane * REACH)
        fits[has_two] &= _is_near(logits, *here[has_two][:, [3, 0]].T, cells.plane * REACH)
        has_chords[cell[fits]] = True
        chords += [around[fits, 1:3], around[fits & has_two][:, [3, 0]]]
    return has_chords, np.concatenate(chords)


def _is_one_area(logits, here):
    """Whether the areas after the first and after the third of four crossings are one, (n,).

    here: the crossings around cells, (n, 4).
    """
    side, label, x = here["side"], here["after"], here["x"]
    start, end = x[:, :2].mean(axis=1), x[:, 2:].mean(axis=1)
    line = start + SHARES_OF_LINE[:, None, None] * (end - start)
    is_inside = (classes_at(logits, line) == label[:, 0]).all(axis=0)
    return (
        is_inside & (label[:, 2] == label[:, 0]) & (side[:, [1, 3]] != side[:, [2, 0]]).all(axis=1)
    )


def _is_near(logits, one, other, reach):
    """Whether both classes are within reach of the middles of segments, or these are shorter.

    one, other: the crossings at their ends, (n,) each.
    reach: a distance along each axis, (2,).
    """
    way, middle = (other["x"] - one["x"]) / reach, (one["x"] + other["x"]) / 2
    length = np.linalg.norm(way, axis=1)
    left = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.where(length > 0, length, 1)[:, None]
    aside = SHARES_OF_REACH[:, None, None] * reach * left
    is_found = [
        (classes_at(logits, x) == label).any(axis=0)
        for x, label in ((middle + aside, one["before"]), (middle - aside, one["after"]))
    ]
    return (length < 1) | np.all(is_found, axis=0)


def _find_centers(logits, cells):
    """Find the cells with a point where three classes meet, (cells,), and such points, (cells, 2).

    In other cells the point is the middle.
    """
    has_center, centers = cells.count == 3, (cells.low + cells.high) / 2
    if has_center.any():
        around = cells.crossings[cells.first[has_center][:, None] + np.arange(3)]
        corners = cells.low[has_center], cells.high[has_center]
        start = around["x"].mean(axis=1)
        found = triple_points(logits, start, around["before"], *corners)
        centers[has_center], has_center[has_center] = found
    return has_center, centers
