"""The scene of an epoch: grid, decision boundary and regions in a space.

Grid and ground are made in the input plane and mapped. So are boundary and regions, unless a head
cuts the space along a straight line. The plane lies flat in the space, or it is folded, or there is
none because the data has more than two features.
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

LINE_POINTS, FOLDED_LINE_POINTS = 201, 801  # of a grid line, asked where its image bends
FLAT = 1e-6  # a turned part of the plane below this share of the axes' area is ignored


@dataclass(frozen=True, eq=False)
class Scene:
    """The geometry of an epoch in a space.

    All four are lists of arrays (points, 2).

    ground: the closed curves around the area of both classes.
    region: those around the part of it that belongs to class 1; holes run the other way around.
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
    layers: those that map the plane to what the axes show.
    head: the linear layer that makes the logit of that, or None if there is none.
    plane: the input Plane, or None if the data has more than two features.
    limits: the Plane that the axes show, and `pixels` its width.
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
        """How much of either axis is a pixel."""
        return np.subtract(self.limits.high, self.limits.low) / self.pixels

    def grid(self, points):
        """The images of the grid lines, each asked at some points: a list of arrays (m, 2)."""
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
        grid = [] if geometry.plane is None else geometry.grid(FOLDED_LINE_POINTS)
        return Scene([], [], grid, boundary=[])
    if geometry.plane is None:
        return unbounded_scene(geometry)
    if isinstance(geometry.layers, nn.Sequential) and len(geometry.layers) == 0:
        return input_scene(geometry)
    return feature_scene(geometry)


def keeps_plane_flat(layers):
    """Whether it is known of all layers that they keep a plane a plane and fold nothing.

    Linear layers of two units do, and activations that take no value twice, and layers that say so
    by an attribute `keeps_plane_flat`.
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

    The output layer cuts it along a straight line. Where that layer is not the next one, region and
    boundary are the images of those in the input plane.
    """
    plane, logit = geometry.plane, geometry.network.logit
    flat = keeps_plane_flat(geometry.layers)
    area = np.prod(np.subtract(geometry.limits.high, geometry.limits.low))
    least = FLAT * area / np.prod(np.subtract(plane.high, plane.low))
    sheets = [plane.outline(LINE_POINTS)] if flat else unfold(geometry.layers, plane, least)
    if geometry.head is None:
        level_set = geometry.level_set()
        region = level_set.region if flat else unfold_region(geometry.layers, logit, plane, least)
        sheets, region, boundary = map(geometry.images, (sheets, region, level_set.boundary))
    else:
        sheets = geometry.images(with_crossings(sheets, logit))
        region, boundary = cut(sheets, geometry.head)
    grid = geometry.grid(LINE_POINTS if flat else FOLDED_LINE_POINTS)
    return Scene(sheets, region, grid, boundary)


def unbounded_scene(geometry):
    """Make the Scene of a space in which any place on the axes can be reached.

    Without a layer that tells the class of a place, it has neither regions nor boundary. It has a
    grid if the record keeps one, see `kept_features`.
    """
    grid = [geometry.image(line) for line in getattr(geometry.network, "grid", ())]
    if geometry.head is None:
        return Scene([], [], grid, boundary=[])
    (left, bottom), (right, top) = geometry.limits.low, geometry.limits.high
    corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    region, boundary = cut([corners], geometry.head)
    return Scene([corners], region, grid, boundary)
