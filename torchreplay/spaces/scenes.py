"""The scene of an epoch: grid, decision boundary and regions in a space.

Grid and ground are made in the input plane and mapped. Boundary and regions are, too, unless a head
cuts the space along a straight line. The plane is flat in the space or folded. There is no plane if
the data has more than two features.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from torchreplay.geometry.curves import map_curves, map_lines
from torchreplay.geometry.cut import cut
from torchreplay.geometry.folds import unfold, unfold_region
from torchreplay.geometry.level_sets import level_set, with_crossings
from torchreplay.geometry.plane import Plane, mesh_points
from torchreplay.models.activations import activation_of

POINTS_PER_LINE, POINTS_PER_FOLDED_LINE = 201, 801
MIN_TURNED_AREA_FRACTION = 1e-6  # of the axes


@dataclass(frozen=True, eq=False)
class Scene:
    """The geometry of an epoch in a space.

    Its attributes are lists of arrays (points, 2).

    ground: the closed curves around the area of both classes.
    region: the closed curves around the area of class 1; holes run in the opposite direction.
    grid: the lines of the grid.
    boundary: the curves between the classes.
    """

    ground: list[np.ndarray]
    region: list[np.ndarray]
    grid: list[np.ndarray]
    boundary: list[np.ndarray]


@dataclass(frozen=True)
class Geometry:
    """The geometry of the input plane at an epoch, and the layers that map it.

    network: as it was at the epoch.
    layers: the layers that map the plane to what the axes show.
    head: the linear layer that makes the logit from that, or None.
    plane: the input Plane, or None if the data has more than two features.
    limits, pixels: the Plane that the axes show, and its width.
    is_projected: whether the layers project more than two units to a plane.
    """

    network: nn.Module
    layers: nn.Module
    head: nn.Linear | None
    plane: Plane | None
    limits: Plane
    pixels: float
    is_projected: bool = False

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

    def images(self, curves):
        """The smooth images of curves of the input plane: a list of arrays (m, 2)."""
        return map_curves(self.image, curves, self.pixel)

    def level_set(self):
        """The LevelSet of the network in the input plane."""
        return level_set(self.network.logit, self.plane.mesh(mesh_points(self.pixels)))


def make_scene(geometry):
    """Make the Scene of a Geometry."""
    if geometry.is_projected:
        grid = [] if geometry.plane is None else geometry.grid(POINTS_PER_FOLDED_LINE)
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
    level_set = geometry.level_set()
    ground, grid = [geometry.plane.outline(2)], list(geometry.plane.grid_lines(2))
    return Scene(ground, level_set.region, grid, level_set.boundary)


def feature_scene(geometry):
    """Make the Scene of a plane that layers have mapped.

    If the output layer is the next one, it cuts the image along a straight line. Otherwise region
    and boundary are the images of those in the input plane.
    """
    plane, logit = geometry.plane, geometry.network.logit
    flat = keeps_plane_flat(geometry.layers)
    extent = np.subtract(geometry.limits.high, geometry.limits.low)
    least = MIN_TURNED_AREA_FRACTION * np.prod(extent) / np.prod(np.subtract(plane.high, plane.low))
    folds = plane, least, extent
    sheets = [plane.outline(POINTS_PER_LINE)] if flat else unfold(geometry.layers, *folds)
    if geometry.head is None:
        level_set = geometry.level_set()
        region = level_set.region if flat else unfold_region(geometry.layers, logit, *folds)
        sheets, region, boundary = map(geometry.images, (sheets, region, level_set.boundary))
    else:
        sheets = geometry.images(with_crossings(sheets, logit))
        region, boundary = cut(sheets, geometry.head)
    grid = geometry.grid(POINTS_PER_LINE if flat else POINTS_PER_FOLDED_LINE)
    return Scene(sheets, region, grid, boundary)


def unbounded_scene(geometry):
    """Make the Scene of a space in which points may lie anywhere on the axes.

    It has regions and a boundary if it has a head, and a grid if the record keeps one, see
    `kept_features`.
    """
    grid = [geometry.image(line) for line in getattr(geometry.network, "grid", ())]
    if geometry.head is None:
        return Scene([], [], grid, boundary=[])
    (left, bottom), (right, top) = geometry.limits.low, geometry.limits.high
    corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    region, boundary = cut([corners], geometry.head)
    return Scene([corners], region, grid, boundary)
