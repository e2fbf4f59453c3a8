"""The scene of an epoch: grid, decision boundary and regions as they are seen in a space.

All is made in the input plane and mapped. How the regions are found depends on whether the plane
lies flat in the space, is folded, or does not exist because the data has more than two features.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.path import Path
from torch import nn

from torchreplay.activations import activation_of
from torchreplay.folds import cut, unfold
from torchreplay.level_sets import LevelSet
from torchreplay.plane import Plane

FLAT = 1e-6  # share of the axes' area that a turned part of the plane may have and not be noticed


class Scene(NamedTuple):
    """The geometry of an epoch, as it is seen in a space.

    ground: the area of both classes, a matplotlib path.
    region: the part of it that belongs to class 1, likewise.
    grid: the lines of the grid, (lines, points, 2).
    boundary: the curves between the classes, a list of arrays (points, 2).
    """

    ground: Path
    region: Path
    grid: np.ndarray
    boundary: list


@dataclass(frozen=True)
class Geometry:
    """The geometry of the input plane at an epoch, and the layers that map it.

    network: as it was at the epoch.
    layers: those of its layers through which the plane is geometry.
    plane: the input Plane, or None if the data has more than two features.
    level_set: the LevelSet of the epoch in that plane, or None.
    """

    network: nn.Module
    layers: Callable
    plane: Plane | None
    level_set: LevelSet | None

    @torch.no_grad()
    def image(self, x):
        """Where points of the input plane, an array (..., 2), are geometry."""
        return self.layers(torch.as_tensor(x, dtype=torch.float32)).numpy()


def scene_maker(layers, dataset, axes):
    """Choose the function that makes a Scene of a Geometry that some layers map.

    axes: the Plane that the axes show.
    """
    if dataset.X.shape[1] > 2:
        return partial(unbounded_scene, axes=axes)
    if keeps_plane_flat(layers):
        return flat_scene
    scale = np.prod(np.subtract(axes.high, axes.low))
    scale /= np.prod(np.subtract(dataset.plane.high, dataset.plane.low))
    return partial(folded_scene, flat=FLAT * scale)


def keeps_plane_flat(layers):
    """Whether all layers have two units, and an activation that takes no value twice."""
    widths = {layer.out_features for layer in layers if isinstance(layer, nn.Linear)}
    known = filter(None, map(activation_of, layers))
    return widths <= {2} and all(activation.invertible for activation in known)


def flat_scene(geometry):
    """Make the Scene of a plane that lies flat: its rim encloses all of it."""
    vertices, codes = geometry.level_set.region
    return Scene(
        ground=Path(geometry.image(geometry.plane.outline)),
        region=Path(geometry.image(vertices), codes),
        grid=geometry.image(geometry.plane.grid_lines),
        boundary=[geometry.image(curve) for curve in geometry.level_set.boundary],
    )


def folded_scene(geometry, flat):
    """Make the Scene of a plane that may be folded.

    flat: the share of their area to which parts may shrink and not be noticed.
    """
    sheets = [geometry.image(sheet) for sheet in unfold(geometry.layers, geometry.plane, flat)]
    halves = [cut(sheet, geometry.network.logit[-1])[0] for sheet in sheets]
    ground, region = (Path.make_compound_path(*map(Path, parts)) for parts in (sheets, halves))
    return flat_scene(geometry)._replace(ground=ground, region=region)


def unbounded_scene(geometry, axes):
    """Make the Scene of a space in which any place on the axes can be reached."""
    (left, bottom), (right, top) = axes.low, axes.high
    corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    half, boundary = cut(corners, geometry.network.logit[-1])
    return Scene(Path(corners), Path(half), grid=np.empty((0, 2, 2)), boundary=[boundary])
