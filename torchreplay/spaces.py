"""The spaces in which the input plane is seen.

A space is described without PyTorch, so that a script can say which one is its own before PyTorch
is loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from torchreplay.activations import activation_of
from torchreplay.errors import NetworkError, UserError
from torchreplay.plane import Plane, surround

LARGEST_IMAGE = 1e15  # of a point, in a feature space without bounds
UNIT_SPACING = 0.2  # of the grid lines across the range of a unit


@dataclass(frozen=True)
class Space:
    """A space in which the input plane is seen.

    name: of the files made, in lower case with underscores.
    title: of the pictures, to which the epoch is added.
    transform: gives those layers of a network through which the input plane is seen.
    axis_labels: of the two axes; without any, the names of the features.
    remedy: what to do where the space is not a plane.
    """

    name: str
    title: str
    transform: Callable
    axis_labels: tuple = ()
    remedy: str = ""


def check_dimensions(space, network, dataset):
    """Raise NetworkError if a network makes of a space no plane that can be drawn."""
    dimensions = space.transform(network)(dataset.X[:1]).shape[1]
    if dimensions != 2:
        name = space.name.replace("_", " ")
        plural = "s" if dimensions > 1 else ""
        raise NetworkError(f"the {name} has {dimensions} dimension{plural}, not 2: {space.remedy}")


def limits(space, history, points, blocks):
    """The Plane that the axes of a space show.

    It is the plane of the data, the range of the hidden units, or, where that has no ends, what the
    points of a Dataset and the grid reach over the epochs shown.

    blocks: the epochs shown, as many at a time as are evaluated at once.
    """
    layers = space.transform(history.model)
    if len(layers) == 0:
        return history.dataset.plane
    activation = activation_of(layers[-1])
    if activation and activation.range:
        low, high = activation.range
        return Plane((low, low), (high, high), (UNIT_SPACING, UNIT_SPACING))
    return _reach(layers, history, points, blocks)


def _reach(layers, history, points, blocks):
    """The Plane around all images of some points and of the grid."""
    x = points.X.numpy()
    if x.shape[1] == 2:
        x = np.concatenate([x, history.dataset.plane.grid_lines.reshape(-1, 2)])
    ends = []
    for epochs in blocks:
        images = history.evaluate(layers, x, epochs)
        if not np.abs(images).max() < LARGEST_IMAGE:
            raise UserError("hidden units put out more than can be shown: lower --learning-rate")
        ends += [images.min(axis=(0, 1)), images.max(axis=(0, 1))]
    return surround(np.array(ends, float))
