"""Spaces of any layer of a model: of its two units, of two of many, or of a projection of all."""

import dataclasses
import functools
import math
import numbers
from collections.abc import Iterable

import torch
from torch import nn

from torchreplay.data.dataset import sample
from torchreplay.errors import Argument, NetworkError
from torchreplay.models.classifier import Classifier
from torchreplay.models.model_outputs import plain_output
from torchreplay.models.tracing import in_batches
from torchreplay.settings import MAX_POINTS
from torchreplay.spaces.decision_plane import check_classes, decision_space
from torchreplay.spaces.space import FEATURE_SPACE

MAX_PROJECTED_UNITS = 4096  # their covariances take 134 MB


def as_model(history):
    """The same History, but with layers that can be chosen by name."""
    if history.output is not None:
        return history
    return dataclasses.replace(
        history,
        model=history.model.logit,
        parameters={
            name.removeprefix("logit."): values for name, values in history.parameters.items()
        },
        output=plain_output(history.task),
    )


def space_of_layer(history, layer=None, units=None, projection=None, classes=None):
    """Make the Space of a layer of a Classifier; see `Replay.feature_space`."""
    network = history.network(0)
    if units is not None or projection not in (None, "decision"):
        if classes is not None:
            raise NetworkError(
                "classes= chooses those of a decision plane: leave it out, or leave out units= and"
                " projection="
            )
        layer = network.last_wide_layer() if layer is None else layer
        return projected_space(history, layer, units, projection)
    planes = network.planes()
    if projection is classes is None and (layer in planes or (layer is None and planes)):
        return layer_space(network, planes[-1] if layer is None else layer)
    if layer is None and network.has_last_head:
        return decision_space(
            history,
            lambda network: network.given_last_head,
            lambda network: network.last_head,
            classes,
        )
    if layer is None and projection is not None:
        layer = network.last_wide_layer()
    if layer is None or (network.head_of(layer) is None and projection is None):
        network.two_unit_layer(layer)  # it says what there is
    network.check(layer)
    if network.head_of(layer) is None:
        raise NetworkError(
            f"no linear layer makes the output from {layer!r}, so nothing is decided in a plane:"
            ' choose projection="pca", or another layer'
        )
    return decision_space(
        history, lambda network: network.tap(layer), lambda network: network.head_of(layer), classes
    )


def plane_of(space, history):
    """The Space in which a network is shown: a decision plane if its features are no plane.

    Raises NetworkError, with the remedy of the Space, if there is none.
    """
    if space.transform is not FEATURE_SPACE.transform:
        return space
    network = history.network(0)
    if isinstance(network, Classifier):
        if not (network.planes() or network.has_last_head):
            raise NetworkError(
                "no layer of the model has two units, and no linear layer makes the output from"
                f" one: {network.described()}; ",
                space.remedy,
            )
        return space_of_layer(history, classes=space.classes or None)
    check_shown(space, network, history.dataset)
    head = space.head(network)
    if head is None or head.in_features <= 2:
        return space
    return decision_space(history, space.transform, space.head, space.classes or None)


def check_shown(space, network, dataset):
    """Raise NetworkError unless the decision plane of a network can show the classes of a Space."""
    if not space.classes:
        return
    head, remedy = space.head(network), ("; leave out ", Argument("classes_shown"))
    if head is None or head.in_features <= 2:
        needed = "a choice of classes needs a last hidden layer of more than two units"
        raise NetworkError(needed, remedy)
    if dataset.task.classes <= 3:
        raise NetworkError(f"the labels are {dataset.task.described}: all are shown", remedy)
    check_classes(dataset, space.classes)


def layer_space(network, layer):
    """Make the Space of a layer of two units of a Classifier."""
    is_default = layer == network.two_unit_layer()
    return dataclasses.replace(
        FEATURE_SPACE,
        title=FEATURE_SPACE.title if is_default else f"Feature Space of {layer}",
        transform=lambda network: network.tap(layer),
        head=lambda network: network.head_of(layer),
    )


def projected_space(history, layer, units, projection):
    """Make the Space of two of the units of a layer, or of a projection of them."""
    network = history.network(0)
    network.check(layer)
    width = math.prod(network.layer_shapes[layer])
    if units is not None and projection is not None:
        raise NetworkError("units and projection contradict each other: give one of them")
    if units is not None:
        units = _two_of(units, width)
        to_plane = functools.partial(torch.index_select, dim=1, index=torch.tensor(units))
        axis_labels = tuple(f"Unit {unit}" for unit in units)
    else:
        to_plane = _components(history, layer, projection)
        axis_labels = "Component 1", "Component 2"
    return dataclasses.replace(
        FEATURE_SPACE,
        title=f"Feature Space of {layer}",
        transform=lambda network: Projected(network.tap(layer), to_plane),
        head=lambda network: None,
        axis_labels=axis_labels,
        is_projected=True,
    )


class Projected(nn.Module):
    """A layer of many units, projected to a plane: a module of points, (n, ...), to (n, 2).

    to_plane: a linear function of what the units put out, (n, units), to (n, 2).
    """

    def __init__(self, layers, to_plane):
        super().__init__()
        self.layers, self.to_plane = layers, to_plane

    def forward(self, x):
        """The places of points x in the plane, (n, 2)."""
        return self.to_plane(self.layers(x).flatten(1))


def _two_of(units, width):
    """The numbers of two units of a layer. Raises NetworkError for anything else."""
    found = tuple(units) if isinstance(units, Iterable) else ()
    whole = all(isinstance(unit, numbers.Integral) for unit in found)
    if not whole or len(set(found)) != 2 or len(found) != 2 or not set(found) <= set(range(width)):
        raise NetworkError(f"units={units!r}: give two different numbers from 0 to {width - 1}")
    return found


@torch.no_grad()
def _components(history, layer, projection):
    """The linear map to the plane in which the units of a layer vary most over all epochs."""
    if projection != "pca":
        raise NetworkError(f'projection={projection!r}: give "decision" or "pca"')
    network, points = history.network(0), sample(history.dataset, MAX_POINTS.default).X
    width = math.prod(network.layer_shapes[layer])
    if width > MAX_PROJECTED_UNITS:
        raise NetworkError(
            f"layer {layer!r} has {width:,} units: components are found of up to"
            f" {MAX_PROJECTED_UNITS:,}; choose units=(0, 1), or a layer after it"
        )
    total = square = count = 0
    for epoch in range(history.last + 1):
        history.restore(network, epoch)
        z = in_batches(network.tap(layer), points).flatten(1).double()
        total, square, count = total + z.sum(0), square + z.T @ z, count + len(z)
    mean = total / count
    _, directions = torch.linalg.eigh(square / count - torch.outer(mean, mean))
    components = directions[:, -2:].flip(1)
    weight, bias = components.T.float(), -(mean @ components).float()
    return functools.partial(nn.functional.linear, weight=weight, bias=bias)
