"""Feature spaces in which the plane of the data does not lie flat.

Layers wider than two units, or ReLU, may fold the plane: parts of it come to lie upon one another,
some turned over, and its image is more than what the image of its rim encloses. With more than two
features there is no plane to begin with, and any point of the feature space may be reached.

In either case the output layer decides what is seen: class 1 lies on one side of a straight line.
"""

from functools import partial

import numpy as np
import torch
from contourpy import FillType, contour_generator
from matplotlib.path import Path
from torch import nn

import common

STRIDE = 2  # of the mesh points at which folds are looked for
ROUNDS = 2  # of the search for a fold between two of them
FLAT = 1e-6  # share of the axes' area that a turned part of the plane may have and not be noticed


def scene_of(space, network, dataset, axes):
    """Choose the function that makes the scenes of a network in a space, as `common.scene` does.

    axes: the Plane that the axes show.
    """
    layers = space.transform(network)
    if dataset.X.shape[1] > 2:
        return partial(unbounded_scene, axes=axes)
    if _keeps_plane_flat(layers):
        return common.scene
    return partial(folded_scene, axes=axes)


def _keeps_plane_flat(layers):
    """Whether all layers have two units, and an activation that takes no value twice."""
    widths = {layer.out_features for layer in layers if isinstance(layer, nn.Linear)}
    return widths <= {2} and not any(isinstance(layer, nn.ReLU) for layer in layers)


def unbounded_scene(history, epoch, network, see, axes):
    """Make the Scene of an epoch in which all that the axes show can be reached."""
    (left, bottom), (right, top) = axes.low, axes.high
    corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    half, boundary = cut(corners, network.logit[-1])
    return common.Scene(Path(corners), Path(half), grid=[], boundary=Path(boundary))


def folded_scene(history, epoch, network, see, axes):
    """Make the Scene of an epoch at which the plane of the data may be folded."""
    scale = np.prod(np.subtract(axes.high, axes.low))
    scale /= np.prod(np.subtract(history.plane.high, history.plane.low))
    sheets = [see(sheet) for sheet in unfold(network.features, history.plane, FLAT * scale)]
    halves = [cut(sheet, network.logit[-1])[0] for sheet in sheets]
    ground, region = (Path.make_compound_path(*map(Path, parts)) for parts in (sheets, halves))
    return common.scene(history, epoch, network, see)._replace(ground=ground, region=region)


def unfold(features, plane, flat):
    """Part a plane into sheets on which its image does not turn over: closed curves, each (m, 2).

    Their images run anticlockwise around what they enclose, and holes clockwise, so that where
    sheets lie upon one another they add up and nothing cancels out. Parts that shrink to less than
    `flat` of their area count as not turned.
    """
    samples = [axis[::STRIDE].copy() for axis in plane.samples]
    mesh = torch.from_numpy(plane.mesh[::STRIDE, ::STRIDE].copy())
    turning = stretch(features, mesh.reshape(-1, 2)).reshape(mesh.shape[:2]) + flat
    contours = contour_generator(*samples, turning.numpy(), fill_type=FillType.OuterOffset)
    sheets = []
    for low, high, direction in ((0, np.inf, 1), (-np.inf, 0, -1)):
        for vertices, offsets in zip(*contours.filled(low, high), strict=True):
            curves = np.split(vertices, offsets[1:-1].astype(int))
            sheets += [curve[::direction] for curve in curves]

    start, end = common.edges(np.concatenate(sheets), samples)
    inside = (start != end).any(dim=1)
    ends = start[inside], end[inside]
    start[inside] = common.locate(lambda x: stretch(features, x) > -flat, *ends, ROUNDS)
    for sheet in np.split(start.numpy(), np.cumsum([len(sheet) for sheet in sheets])[:-1]):
        middles = (sheet + np.roll(sheet, -1, axis=0)) / 2
        yield np.stack([sheet, middles], axis=1).reshape(-1, 2)


def stretch(layers, x):
    """The determinant of the layers' derivative at points x, (n, 2): (n,).

    By this factor areas grow; it is negative where the plane is turned over.
    """
    x = x.clone().requires_grad_()
    image = layers(x)
    (a, b) = (torch.autograd.grad(image[:, unit].sum(), x, retain_graph=True)[0] for unit in (0, 1))
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def cut(polygon, output):
    """Cut a polygon, (n, 2), along the straight line on which an output layer gives zero.

    Returns what lies on the side of class 1, and the points where the line meets the polygon.
    """
    weight, bias = (value.detach().double().numpy() for value in (output.weight[0], output.bias))
    following = np.roll(polygon, -1, axis=0)
    side, next_side = (points @ weight + bias for points in (polygon, following))
    crosses = (side >= 0) != (next_side >= 0)
    share = np.where(crosses, side, 0) / np.where(crosses, side - next_side, 1)
    crossings = polygon + share[:, None] * (following - polygon)
    both = np.stack([polygon, crossings], axis=1)
    return both[np.stack([side >= 0, crosses], axis=1)], crossings[crosses]
