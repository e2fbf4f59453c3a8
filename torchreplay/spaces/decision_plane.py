"""The plane in which a linear head decides, of a layer of any width.

A head adds up w · h + c of what a layer puts out, h. All that decides between classes is the
projection of h on the differences of their weights w. So in a plane that contains these, every
point is on its true side of a straight line, however many units there are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import nn

from torchreplay.data.dataset import sample
from torchreplay.errors import Argument, NetworkError
from torchreplay.geometry.folds import is_mirror
from torchreplay.models.classifier import linear_layer
from torchreplay.models.tasks import ManyClasses
from torchreplay.models.tracing import in_batches
from torchreplay.settings import MAX_POINTS
from torchreplay.spaces.space import FEATURE_SPACE

MIN_LENGTH_FRACTION = 1e-6  # of a direction that is left when those before are taken out


@dataclass(frozen=True)
class DecisionPlane:
    """The plane of a layer in which its linear head decides.

    history: the History.
    features: a function of a network to the module that maps points, (n, ...), to (n, units).
    head: a function of a network to the linear layer that follows.
    chosen: the numbers of three classes if there are more than two.
    """

    history: Any
    features: Callable[[nn.Module], nn.Module]
    head: Callable[[nn.Module], nn.Linear]
    chosen: tuple[int, ...] = ()

    @property
    def task(self):
        """What is decided in the plane."""
        task = self.history.task
        return ManyClasses(task.classes, self.chosen) if self.chosen else task

    @property
    def left_out(self):
        """How many classes are left out."""
        return self.history.task.classes - len(self.chosen) if self.chosen else 0

    @property
    def units(self):
        """How many units the layer has."""
        return self.head(self.history.network(0)).in_features

    def shown(self, points):
        """Those points of a Dataset that are shown: of the classes chosen."""
        if not self.chosen:
            return points
        return points.take(torch.isin(points.y[:, 0], torch.tensor(self.chosen)))

    def _weights(self, network):
        """Weights, (outputs, units), and biases of the head: of classes relative to the first."""
        head = self.head(network)
        weight, bias = (value.detach().double() for value in (head.weight, head.bias))
        if not self.chosen:
            return weight, bias
        chosen = list(self.chosen)
        return weight[chosen] - weight[chosen[0]], bias[chosen] - bias[chosen[0]]

    def decides(self, z):
        """What the head of the plane gives where a network puts out z, (n, outputs)."""
        chosen = list(self.chosen)
        return z[:, chosen] - z[:, chosen[:1]] if chosen else z

    def basis(self, network):
        """Two orthogonal directions of length 1, (2, units): those of the head come first."""
        weight, _ = self._weights(network)
        normals = weight[1:] if self.chosen else weight
        return orthonormal([*normals, *self.others])

    @cached_property
    def others(self):
        """The directions in which points vary most at right angles to those of the head.

        They are the same at all epochs, (2, units): what is left of them is continuous if the head
        is. Their sign is that with which the plane of the data is not mirrored at the last epoch.
        """
        network, total = self.history.network(0), 0
        points = sample(self.history.dataset, MAX_POINTS.default).X
        for epoch in range(self.history.last + 1):
            self.history.restore(network, epoch)
            h = in_batches(self.features(network), points).flatten(1).double()
            weight, _ = self._weights(network)
            taken = orthonormal(weight[1:] if self.chosen else weight, most=2)
            h = h - h.mean(dim=0)
            rest = h - h @ taken.T @ taken
            total = total + rest.T @ rest / len(rest)
        _, directions = torch.linalg.eigh(total)
        found = directions[:, -2:].flip(1).T
        is_turned_over = is_mirror(points, h @ orthonormal([*taken, *found]).T)
        return -found if is_turned_over else found

    @torch.no_grad()
    def transform(self, network):
        """The module that maps points to the plane, (n, ...) to (n, 2)."""
        return InPlane(self.features(network), self.basis(network).float())

    @torch.no_grad()
    def cut(self, network):
        """The head as a function of places in the plane, a Linear(2, outputs)."""
        weight, bias = self._weights(network)
        return linear_layer(weight @ self.basis(network).T, bias)


class InPlane(nn.Module):
    """What a layer puts out, projected on two directions, (2, units)."""

    def __init__(self, layers, directions):
        super().__init__()
        self.layers, self.directions = layers, directions

    def forward(self, x):
        """The places of points x in the plane, (n, 2)."""
        return self.layers(x).flatten(1) @ self.directions.T


def orthonormal(directions, most=2):
    """Orthogonal directions of length 1 that span the first independent ones: (most or less, d)."""
    found = []
    for direction in directions:
        left = direction
        for _ in range(2):  # twice, so that rounding leaves nothing
            for other in found:
                left = left - (left @ other) * other
        length = left.norm()
        if length > MIN_LENGTH_FRACTION * direction.norm() and len(found) < most:
            found.append(left / length)
    return torch.stack(found) if found else torch.zeros(0, len(directions[0]), dtype=torch.double)


def decision_space(history, features, head, classes=None):
    """Make the Space of a DecisionPlane.

    features, head: see DecisionPlane. classes: the names of three classes, by default the first,
        see `check_classes`.
    """
    chosen = check_classes(history.dataset, classes)
    plane = DecisionPlane(history, features, head, chosen)
    names = [history.dataset.class_names[label] for label in chosen]
    total = len(history.dataset.classes)
    among = f", {len(names)} of {total} Classes" if 0 < len(names) < total else ""
    return replace(
        FEATURE_SPACE,
        title=f"Decision Plane of {plane.units} Units{among}",
        transform=plane.transform,
        head=plane.cut,
        axis_labels=_axis_labels(history, names),
        plane=plane,
    )


def _axis_labels(history, names):
    """The names of the axes: along the first is what the head adds up."""
    if not names:
        toward = history.dataset.class_names[1:] or (history.dataset.target,)
        return f"Toward {toward[0]}", "Main component at right angles to it"
    first, second, third = names
    return f"From {first} toward {second}", f"Toward {third}, at right angles to it"


def check_classes(dataset, classes):
    """The numbers of the three classes of a plane, from their names; () if there are two classes.

    Names may be those of a legend, such as "class 3". The numbers are in the order of classes.
    Raises NetworkError for names that are not three different classes.
    """
    if classes is None:
        return (0, 1, 2) if dataset.task.classes > 2 else ()
    is_list = isinstance(classes, Iterable) and not isinstance(classes, str)
    given = list(map(str, classes)) if is_list else []
    asked = Argument("classes_shown", given, in_python=f"classes={classes!r}")
    if dataset.task.classes < 3:
        raise NetworkError(asked, f": the labels are {dataset.task.described}")
    names = dataset.classes
    numbers = {name: k for k, name in enumerate(dataset.class_names)}
    numbers |= {name: k for k, name in enumerate(names)}
    chosen = {numbers.get(name) for name in given}
    if len(given) != 3 or len(chosen) != 3 or None in chosen:
        raise NetworkError(asked, f": give three different ones of {', '.join(names)}")
    return tuple(sorted(chosen))
