"""The two spaces to which the input plane is mapped: input space and feature space.

A space is described without PyTorch, so that a script can choose its space before PyTorch is
loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from torchreplay.errors import Argument, NetworkError

if TYPE_CHECKING:
    from torch import nn

SPACE_INCHES = 6  # a square
AXES_RECTANGLE = (0.15, 0.1, 0.8, 0.8)  # left, bottom, width, height: fractions of the square


@dataclass(frozen=True)
class Space:
    """A space to which the input plane is mapped.

    name: of the files made, in lower case with underscores.
    title: of the pictures, to which the epoch is added.
    transform: a function of a network to the layers that map the plane, a Module of (n, d) to
        (n, 2).
    head: a function of a network to the Linear that makes the logits from their outputs, or to
        None.
    axis_labels: of the two axes; the names of the features if it is empty.
    remedy: the part of a message that says what to do if the space is not a plane.
    is_projected: whether it is a projection of more units to a plane, without a boundary.
    is_graph: whether it shows numbers against the only feature from which they are learned.
    is_raw: whether linear units are shown as they are, and not whitened.
    plane: the DecisionPlane that it shows, or None.
    span: what spans the plane that is shown of an input space of more than two features: two
        features, or three points, see `Replay.input_space`; () of a space that is a plane.
    classes: the names of three classes of more that a decision plane shows; () for the first.
    slice: the Slice of it, found for a data set; or None.
    """

    name: str
    title: str
    transform: Callable[[nn.Module], nn.Module]
    head: Callable[[nn.Module], nn.Linear | None]
    axis_labels: tuple[str, ...] = ()
    remedy: str | tuple[Any, ...] = ""
    is_projected: bool = False
    is_graph: bool = False
    is_raw: bool = False
    plane: Any = None
    span: tuple[Any, ...] = ()
    classes: tuple[str, ...] = ()
    slice: Any = None

    def task(self, history: Any) -> Any:
        """What is decided in the space: what a History learns, or a part of it."""
        return history.task if self.plane is None else self.plane.task

    def scores(self, z: Any) -> Any:
        """What decides in the space, from what a network puts out."""
        return z if self.plane is None else self.plane.decides(z)

    def shown(self, points: Any) -> Any:
        """Those points of a Dataset that are shown."""
        shows = self.plane or self.slice
        return points if shows is None else shows.shown(points)

    def coordinates(self, points: Any) -> Any:
        """Where the points of a Dataset are if they never move, (n, 2)."""
        return points.coordinates if self.slice is None else self.slice.places(points.X)

    @property
    def kind(self) -> str:
        """What it is, in words."""
        if self.plane:
            return "decision plane"
        return f"{'slice of the ' * bool(self.slice)}{self.name.replace('_', ' ')}"

    @property
    def called(self) -> str:
        """What it is, in words, with the units of a decision plane."""
        return f"{self.kind} of {self.plane.units} units" if self.plane else self.kind

    @property
    def view(self) -> str:
        """The name of the view that shows this space beside another one."""
        return self.name.removesuffix("_space")


INPUT_SPACE = Space(
    name="input_space",
    title="Input Space with Boundary",
    transform=lambda network: network.inputs,
    head=lambda network: None,
    remedy=(
        "feature_space_visualization.py shows any number of features, and ",
        Argument("span", in_python="features="),
        " two of them; ",
        Argument("plane_of"),
        " shows the plane through three points",
    ),
)
FEATURE_SPACE = Space(
    name="feature_space",
    title="Feature Space with Boundary",
    transform=lambda network: network.features,
    head=lambda network: network.head,
    axis_labels=("Hidden 1", "Hidden 2"),
    remedy=(Argument("latent", True), " appends a layer of 2 units"),
)


def spaces_shown(space, views):
    """The spaces that a picture shows: its own, and those named by the views beside it."""
    named = dict((view, ()) if isinstance(view, str) else (view[0], view[1:]) for view in views)
    others = [other for other in (INPUT_SPACE, FEATURE_SPACE) if other.view in named]
    return [space, *(spanned(beside(other), named[other.view]) for other in others)]


def spanned(space, span, classes=()):
    """A Space with a `span` and `classes`, if there are any."""
    if not (span or classes):
        return space
    return replace(space, span=tuple(span), classes=tuple(classes))


def beside(space):
    """A Space that is shown beside another one, which it can be without."""
    return replace(space, remedy=without_view(space))


def without_view(space):
    """The remedy if a space beside another one is not a plane."""
    return "leave out ", Argument("views", [space.view])


def slice_beside(dataset):
    """The part of a message that says how an input space of many features can stand beside."""
    points = Argument("plane_of", in_python='the view ("input", 0, 1, 2)')
    if dataset.X.ndim > 2:
        return ", or choose the plane through three points by ", points
    features = Argument("span", in_python='the view ("input", 0, 1)')
    return ", or choose a slice by ", features, " or ", points


def axis_labels(space, whitened, names):
    """The names of the two axes of a space.

    whitened: whether they show whitened latent units.
    names: of the features.
    """
    if not space.axis_labels:
        return names
    return ("Latent 1, whitened", "Latent 2, whitened") if whitened else space.axis_labels


def check_dimensions(space, network, dataset, remedy=""):
    """Raise NetworkError unless a space of a network is a plane.

    remedy: replaces the remedy of the space.
    """
    if space.slice:
        return
    dimensions = space.transform(network)(dataset.X[:1]).flatten(1).shape[1]
    if dimensions > 2 and space.head(network) is not None:
        return  # it has a plane in which it decides
    if dimensions != 2:
        name = space.name.replace("_", " ")
        plural = "s" if dimensions > 1 else ""
        remedy = remedy or space.remedy
        if remedy == without_view(INPUT_SPACE) and dimensions > 2:
            remedy = remedy, slice_beside(dataset)
        raise NetworkError(f"the {name} has {dimensions} dimension{plural}, not 2: ", remedy)
