"""The spaces in which the input plane is seen.

A space is described without PyTorch, so that a script can say which one is its own before PyTorch
is loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torchreplay.errors import NetworkError


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
