"""The areas of several classes in the input plane, and the curves between them."""

from dataclasses import dataclass

import numpy as np

from torchreplay.geometry.junctions import divide
from torchreplay.geometry.mesh import find_mesh
from torchreplay.geometry.mesh_cells import MeshCells
from torchreplay.geometry.outline import Outline

MIN_CELL = 32  # times the last binary digit of coordinates; below, logits show rounding errors


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

    logits: a function of points, (n, 2) float32, to their logits, (n, K). Where several are the
        largest, the class is the lowest of theirs.
    mesh: the Mesh where it is evaluated first.

    Curves and areas share their vertices, so there is no gap and no overlap between them.
    """
    mesh, z = find_mesh(logits, mesh)
    outline = Outline()
    of_mesh = MeshCells(logits, mesh.points, z.argmax(axis=-1), outline)
    digit = np.spacing(np.abs(mesh.points).max(axis=(0, 1))) / np.ptp(mesh.points, axis=(0, 1))
    division = divide(logits, of_mesh.cells(), MIN_CELL * digit.max())
    while of_mesh.search(~division.is_done):
        division = divide(logits, of_mesh.cells(), MIN_CELL * digit.max())
    while not division.is_done.all():
        division.add_to(outline)
        halves = division.cells.where(~division.is_done).halved(logits, outline.add_vertices)
        division = divide(logits, halves, MIN_CELL * digit.max())
    division.add_to(outline)
    of_mesh.add_rim()
    return Partition(*outline.curves(z.shape[-1]))
