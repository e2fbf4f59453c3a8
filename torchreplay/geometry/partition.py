"""The areas of several classes in the input plane, and the curves between them."""

from dataclasses import dataclass

import numpy as np

from torchreplay.geometry.envelope import classes_at, triple_points
from torchreplay.geometry.mesh import find_mesh
from torchreplay.geometry.mesh_cells import MeshCells
from torchreplay.geometry.outline import Outline

MIN_CELL = 32  # times the last binary digit of coordinates; below, logits show rounding errors
MAX_CELLS_TO_HALVE = 10_000
SHARES_OF_LINE = np.linspace(0, 1, 7, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Partition:
    """The areas of K classes in the input plane, and the curves between them.

    regions: for each class the area where its logit is the largest, a list of closed curves (m, 2),
        which end where they start; they run anticlockwise around the area, clockwise around holes.
    boundary: the curves between two classes, a list of arrays (m, 2). They end at the rim of the
        plane or where more than two areas meet, or they are closed.
    """

    regions: list
    boundary: list


def partition(logits, mesh):
    """Find the Partition of the plane of a network with several classes.

    logits: a function of points, (n, 2) float32, to their logits, (n, K).
    mesh: the Mesh where it is evaluated first.

    Curves and areas share their vertices, so there is no gap and no overlap between them.
    """
    mesh, z = find_mesh(logits, mesh)
    reach = np.float32(np.ptp(mesh.points, axis=(0, 1)).max() / 1500)
    smallest = MIN_CELL * np.spacing(np.abs(mesh.points).max())
    outline = Outline()
    of_mesh = MeshCells(logits, mesh.points, z.argmax(axis=-1), outline)
    cells, is_whole = of_mesh.cells(), True
    while len(cells.low):
        is_divided, chords = _find_chords(logits, cells, reach)
        is_star, centers = _find_stars(logits, cells)
        rest = ~is_divided & ~is_star & ((cells.high - cells.low).max(axis=1) > smallest)
        if is_whole and rest.any() and of_mesh.search(rest):
            cells = of_mesh.cells()
            continue
        is_whole = False
        rest &= rest.sum() <= MAX_CELLS_TO_HALVE
        is_star = ~is_divided & ~rest
        one, other = cells.crossings[chords].T
        for start, end in ((one, other), (other, one)):
            outline.add(start["vertex"], end["vertex"], end["after"], end["before"])
        _add_stars(outline, cells.where(is_star), centers[is_star])
        cells = cells.where(rest).halved(logits, outline.add_vertices)
    of_mesh.add_rim()
    return Partition(*outline.curves(z.shape[-1]))


def _find_chords(logits, cells, reach):
    """Find the cells that are divided by curves that do not meet: by one, or by two.

    Two opposite areas of one class are a single area if the straight line between them stays in
    that class. A cell with two crossings has one area on each side.

    Returns which cells these are, (cells,), and the crossings at the ends of curves, (curves, 2).
    """
    is_divided, chords = np.zeros(len(cells.low), bool), []
    for turn in (0, 1):
        cell = np.flatnonzero(~is_divided & np.isin(cells.count, (2, 4)))
        around = cells.first[cell, None] + (turn + np.arange(4)) % cells.count[cell, None]
        here = cells.crossings[around]
        side, label, x = here["side"], here["after"], here["x"]
        is_pair = (label[:, 0] == label[:, 2]) & (side[:, [1, 3]] != side[:, [2, 0]]).all(axis=1)
        start, end = x[:, :2].mean(axis=1), x[:, 2:].mean(axis=1)
        line = start + SHARES_OF_LINE[:, None, None] * (end - start)
        fits = is_pair & (classes_at(logits, line) == label[:, 0]).all(axis=0)
        for one, other in ((1, 2), (3, 0)):
            fits &= _is_near(logits, here[:, one], here[:, other], reach)
        is_divided[cell[fits]] = True
        chords += [around[fits, 1:3], around[fits & (cells.count[cell] == 4)][:, [3, 0]]]
    return is_divided, np.concatenate(chords)


def _is_near(logits, one, other, reach):
    """Whether there are both classes within reach of the middle of each straight segment."""
    way = other["x"] - one["x"]
    length = np.linalg.norm(way, axis=1)
    across = (
        np.stack([-way[:, 1], way[:, 0]], axis=1)
        * (reach / np.where(length > 0, length, 1))[:, None]
    )
    middle = (one["x"] + other["x"]) / 2
    near = length < reach
    shares = np.float32([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16])[:, None, None]
    left = (classes_at(logits, middle + shares * across) == one["before"]).any(axis=0)
    right = (classes_at(logits, middle - shares * across) == one["after"]).any(axis=0)
    return near | left & right


def _find_stars(logits, cells):
    """Which cells have a point where three classes meet, (cells,), and the centers of all cells."""
    is_star, centers = cells.count == 3, cells.middle
    if is_star.any():
        around = cells.crossings[cells.first[is_star][:, None] + np.arange(3)]
        centers[is_star], is_star[is_star] = triple_points(
            logits,
            around["x"].mean(axis=1),
            around["before"],
            cells.low[is_star],
            cells.high[is_star],
        )
    return is_star, centers


def _add_stars(outline, cells, centers):
    """Add straight segments from all crossings of cells to their centers to an outline.

    Each area has a vertex of its own at a center.
    """
    here, following, cell = cells.crossings, cells.following, cells.crossings["cell"]
    center = outline.add_vertices(centers[cell])
    is_junction = cells.count[cell] > 2
    outline.add(following["vertex"], center, here["after"], following["after"])
    outline.add(center, here["vertex"], here["after"], here["before"], is_junction)
