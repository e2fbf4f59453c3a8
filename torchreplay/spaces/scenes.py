"""The scene of an epoch: grid, decision boundary and regions in a space.

Grid and ground are made in the input plane and mapped. Boundary and regions are, too, unless a head
cuts the space along a straight line. The plane is flat in the space or folded. There is no plane if
the data has more than two features.
"""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import nn

from torchreplay.data.dataset import Dataset
from torchreplay.geometry.curves import map_curves, map_lines
from torchreplay.geometry.cut import cut
from torchreplay.geometry.folds import unfold, unfold_region
from torchreplay.geometry.level_sets import level_set, with_crossings
from torchreplay.geometry.mesh import margin
from torchreplay.geometry.partition import partition
from torchreplay.geometry.plane import Plane, mesh_points
from torchreplay.models.activations import activation_of
from torchreplay.models.tasks import Task
from torchreplay.spaces.space import Space

POINTS_PER_LINE, POINTS_PER_FOLDED_LINE = 201, 801
MIN_TURNED_AREA_FRACTION = 1e-6  # of the axes


@dataclass(frozen=True, eq=False)
class Scene:
    """The geometry of an epoch in a space.

    Curves are arrays (points, 2).

    ground: the closed curves around all areas; what no region covers is area 0, see `Task`.
    regions: the closed curves around each of the other areas, a list of lists; holes run in the
        opposite direction. Those of levels lie within each other, those of classes side by side.
    grid: the lines of the grid.
    boundary: the curves between areas.
    levels: the level of each of these curves, if they are those of levels.
    """

    ground: list[np.ndarray]
    regions: list[list[np.ndarray]]
    grid: list[np.ndarray]
    boundary: list[np.ndarray]
    levels: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Geometry:
    """The geometry of the input plane at an epoch, and the layers that map it.

    network: as it was at the epoch.
    task: what it learns.
    layers: the layers that map the plane to what the axes show.
    head: the linear layer that makes the logits from that, or None.
    dataset: the Dataset whose plane is mapped, if it has one.
    space: the Space that the axes show.
    limits, pixels: the Plane that the axes show, and its width.
    """

    network: nn.Module
    task: Task
    layers: nn.Module
    head: nn.Linear | None
    dataset: Dataset
    space: Space
    limits: Plane
    pixels: float

    @property
    def plane(self):
        """The input Plane, or a slice of it; None if the data does not have two features."""
        if self.space.slice:
            return self.space.slice.plane
        return self.dataset.plane if self.dataset.is_plane else None

    @torch.no_grad()
    def image(self, x):
        """The images of points of the input plane, an array (n, 2)."""
        return self.layers(torch.from_numpy(x)).numpy()

    @property
    def pixel(self):
        """The size of a pixel along each axis, (2,)."""
        return np.subtract(self.limits.high, self.limits.low) / self.pixels

    def grid(self, points):
        """The images of the grid lines, evaluated at some points each: a list of arrays (m, 2)."""
        return map_lines(self.image, self.plane.grid_lines(points), self.pixel)

    def axis(self):
        """The image of the axis of a single feature, a list of one array (m, 2); none of others."""
        lines = [*self.dataset.grid.numpy()] if self.dataset.is_graph else []
        return map_curves(self.image, lines, self.pixel)

    def images(self, curves):
        """The smooth images of curves of the input plane: a list of arrays (m, 2)."""
        return map_curves(self.image, curves, self.pixel)

    def logit(self, x):
        """What the network puts out for points of the input plane, (n, 2): (n, outputs)."""
        if self.space.slice:
            return self.space.slice.logit(self.network, x)
        return self.network.logit(x)

    def area(self, x):
        """The numbers of the areas of points of the input plane, (n,)."""
        return self.task.area(self.space.scores(self.logit(x)))

    def regions(self):
        """Regions, boundary and levels in the input plane; see Scene."""
        mesh = self.plane.mesh(mesh_points(self.pixels))
        if not self.task.levels:
            found = partition(self.logit, mesh)
            return found.regions[1:], found.boundary, []
        sets = [level_set(above, mesh) for above in self.above_zero()]
        boundary = [curve for found in sets for curve in found.boundary]
        levels = [
            level
            for level, found in zip(self.task.levels, sets, strict=True)
            for _ in found.boundary
        ]
        return [found.region for found in sets], boundary, levels

    def above_zero(self):
        """The functions of points, (n, 2), to (n, 1), each of which is above zero in a region."""
        if self.task.levels:
            return [lambda x, level=level: self.logit(x) - level for level in self.task.levels]
        return [partial(lead, self.logit, label) for label in range(1, self.task.classes)]


def lead(logit, label, x):
    """How far the logit of a class lies above all others at points x, (n, 2): (n, 1)."""
    z = logit(x)
    return margin(z, torch.full((len(z),), label))[:, None]


def make_scene(geometry):
    """Make the Scene of a Geometry."""
    if geometry.space.is_graph:
        return graph_scene(geometry)
    if geometry.space.is_projected:
        grid = geometry.axis() if geometry.plane is None else geometry.grid(POINTS_PER_FOLDED_LINE)
        return Scene([], [], grid, boundary=[])
    if geometry.plane is None:
        return unbounded_scene(geometry)
    if isinstance(geometry.layers, nn.Sequential) and len(geometry.layers) == 0:
        return input_scene(geometry)
    return feature_scene(geometry)


def keeps_plane_flat(layers):
    """Whether all layers are known to map a plane to a plane without folds.

    These are linear layers of two units, invertible activation functions, and layers with a true
    attribute `keeps_plane_flat`.
    """
    return isinstance(layers, nn.Sequential) and all(map(_keeps_plane_flat, layers))


def _keeps_plane_flat(layer):
    if isinstance(layer, nn.Sequential):
        return keeps_plane_flat(layer)
    if isinstance(layer, nn.Linear):
        return layer.out_features == 2
    activation = activation_of(layer)
    return activation.invertible if activation else getattr(layer, "keeps_plane_flat", False)


def input_scene(geometry):
    """Make the Scene of the input plane itself."""
    regions, boundary, levels = geometry.regions()
    ground, grid = [geometry.plane.outline(2)], list(geometry.plane.grid_lines(2))
    return Scene(ground, regions, grid, boundary, levels)


def graph_scene(geometry):
    """Make the Scene of the graph of a number: the fitted curve."""
    return Scene([], [], list(geometry.dataset.plane.grid_lines(2)), geometry.axis())


def feature_scene(geometry):
    """Make the Scene of a plane that layers have mapped.

    If the output layer is the next one, it cuts the image along straight lines. Otherwise regions
    and boundary are the images of those in the input plane.
    """
    plane = geometry.plane
    flat = keeps_plane_flat(geometry.layers)
    extent = np.subtract(geometry.limits.high, geometry.limits.low)
    least = MIN_TURNED_AREA_FRACTION * np.prod(extent) / np.prod(np.subtract(plane.high, plane.low))
    folds = plane, least, extent
    sheets = [plane.outline(POINTS_PER_LINE)] if flat else unfold(geometry.layers, *folds)
    if geometry.head is None:
        regions, boundary, levels = geometry.regions()
        if not flat:
            above = geometry.above_zero()
            regions = [unfold_region(geometry.layers, each, *folds) for each in above]
        sheets, boundary = geometry.images(sheets), geometry.images(boundary)
        regions = [geometry.images(region) for region in regions]
    else:
        sheets = geometry.images(with_crossings(sheets, geometry.area))
        regions, boundary, levels = cut(sheets, geometry.head, geometry.task)
    grid = geometry.grid(POINTS_PER_LINE if flat else POINTS_PER_FOLDED_LINE)
    return Scene(sheets, regions, grid, boundary, levels)


def unbounded_scene(geometry):
    """Make the Scene of a space in which points may lie anywhere on the axes.

    It has regions and a boundary if it has a head, and a grid if the record keeps one, see
    `kept_features`.
    """
    kept = getattr(geometry.network, "grid", ())
    grid = [geometry.image(line) for line in kept] if len(kept) else geometry.axis()
    if geometry.head is None:
        return Scene([], [], grid, boundary=[])
    (left, bottom), (right, top) = geometry.limits.low, geometry.limits.high
    corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    regions, boundary, levels = cut([corners], geometry.head, geometry.task)
    return Scene([corners], regions, grid, boundary, levels)
