"""The record of a training in the page: JSON with base64 of little-endian arrays."""

import json
import math

import numpy as np
import torch
from torch import nn

from torchreplay.models.activations import activation_of
from torchreplay.models.classifier import NO_OP_LAYERS, Classifier
from torchreplay.page.colors import colors
from torchreplay.page.encoding import encode
from torchreplay.page.positions import positions_of
from torchreplay.page.words import parameter_rows, sentences, symbols
from torchreplay.settings import FPS
from torchreplay.spaces.space import FEATURE_SPACE

MAX_BASE64_BYTES = 4.5e6
NOT_PLAIN_DESCENT = ("momentum", "weight_decay", "augment")


def page_record(spaces, fps=FPS.default, evaluated=True):
    """The record that the page of a training carries, made of types that JSON has.

    spaces: the SpaceReplays of all epochs in those spaces that are planes, input and feature, by
        their names.
    evaluated: whether the page is to evaluate the network itself. If not, or if it does not know a
        layer of the network, it carries positions instead.
    """
    one = next(iter(spaces.values()))
    history, points = one.history, one.points
    network = describe(history) if evaluated else None
    if network:
        every, carried = with_parameters(history, network, spaces)
    else:
        every, carried = with_positions(history, spaces)
    return {
        "label": history.label,
        "Label": history.label.capitalize(),
        "words": sentences(history.label, spaces, network, len(points.trained.y)),
        "last": history.every * history.last,
        "every": history.every * every,
        "curves": curves_of(history, carried_epochs(history, every)),
        "names": list(points.names),
        "classes": list(points.class_names),
        "points": {
            "x": encode(points.X.numpy()),
            "label": as_bits(points.y.numpy() > 0.5),
            "held": "" if points.held_out is None else as_bits(points.held_out.numpy()),
        },
        "planes": {name: axes_of(space.placement) for name, space in spaces.items()},
        "palettes": colors(),
        "fps": fps,
        "step": step_of(history, points),
        **carried,
    }


def curves_of(history, epochs):
    """Loss and accuracy of the points trained on, then of those held out, with the axis of each."""
    highest = max(np.nan_to_num(loss).max() for loss, _ in history.metrics)
    return [
        {"name": f"{group}{name}", "values": encode(values[epochs]), "most": float(most or 1)}
        for group, pair in zip(("", "held-out-"), history.metrics, strict=False)
        for name, values, most in zip(("loss", "accuracy"), pair, (highest, 1), strict=True)
    ]


def as_bits(flags):
    """Booleans as text, eight a byte."""
    return encode(np.packbits(flags, bitorder="little"), "u1")


def with_parameters(history, network, spaces):
    """The stride of the epochs carried, and the data of a page that evaluates the network."""
    count = sum(values[0].size for values in history.parameters.values())
    every = stride(history, 4 / 3 * 4 * count)
    epochs = carried_epochs(history, every)
    parameters = np.concatenate(
        [values[epochs].reshape(len(epochs), -1) for values in history.parameters.values()], axis=1
    )
    if "feature" in spaces and spaces["feature"].placement.is_whitened:
        network |= shown_units(spaces["feature"].placement.layers(history.network(0))[-1])
    elif "feature" in spaces:
        network["stages"][-2]["axes"] = FEATURE_SPACE.axis_labels
    return every, {
        "network": network,
        "parameters": encode(parameters),
        "largest": float(np.abs(parameters).max()),
    }


def with_positions(history, spaces):
    """The stride of the epochs carried, and the data of a page that shows positions."""
    size = max(len(json.dumps(positions_of(spaces, epoch))) for epoch in (0, history.last))
    every = stride(history, size)
    epochs = carried_epochs(history, every)
    return every, {"positions": [positions_of(spaces, epoch) for epoch in epochs]}


def stride(history, size):
    """The stride of the epochs that the page carries: 1, or more if all would be too large.

    size: characters for each epoch.
    """
    return max(1, math.ceil(size * (history.last + 1) / MAX_BASE64_BYTES))


def carried_epochs(history, every):
    """The epochs that the page carries, in order; it always carries the last one."""
    return [*range(0, history.last, every), history.last]


def axes_of(placement):
    """A Placement as the page draws it: the ends of axes, their grid lines, and their labels."""
    plane = placement.limits
    return {
        "rect": [*plane.low, *plane.high],
        "lines": [[float(f"{tick:.7g}") for tick in plane.ticks(axis)] for axis in (0, 1)],
        "labels": list(placement.axis_labels),
    }


def describe(history):
    """The shape of a network: the scale of its features, its stages, and the names of their units.

    Stages are linear layers, each with the activation after it. Returns None if the page cannot
    evaluate the network, because it has another layer or its logit is not a sequence of layers.
    """
    network, scaling, stages = history.network(0), None, []
    layers = network.sequence if isinstance(network, Classifier) else network.logit
    if not isinstance(layers, nn.Sequential):
        return None
    for layer in layers:
        activation = activation_of(layer)
        if isinstance(layer, nn.Linear) and layer.bias is not None:
            units, inputs = layer.weight.shape
            stages.append({"inputs": inputs, "units": units, "activation": "linear"})
        elif activation and stages:
            stages[-1]["activation"] = activation.name
        elif hasattr(layer, "spread") and not stages:
            scaling = {"mean": layer.mean.tolist(), "spread": layer.spread.tolist()}
        elif not isinstance(layer, NO_OP_LAYERS):
            return None
    stages[-1]["activation"] = "sigmoid"  # the probability, after the logit
    for stage, name in zip(stages, history.layer_names, strict=True):
        stage |= {"name": name, "symbols": symbols("h", stage["units"])}
    stages[-1]["symbols"] = ["P"]
    inputs = stages[0]["inputs"]
    return {
        **(scaling or {"mean": [0] * inputs, "spread": [1] * inputs}),
        "scaled": symbols("x′", inputs) if scaling else None,
        "stages": stages,
        "symbols": symbols("x", inputs),
        "rows": parameter_rows(stages),
        **shown_units(nn.Identity()),
    }


def shown_units(layer):
    """The map from two units to the axes, and its inverse; the layer is invertible."""
    weight = getattr(layer, "weight", torch.eye(2)).double()
    bias = getattr(layer, "bias", torch.zeros(2)).double()
    back = weight.inverse()
    ways = {"seen": (weight, bias), "meant": (back, -back @ bias)}
    return {
        name: {"weight": weight.flatten().tolist(), "bias": bias.tolist()}
        for name, (weight, bias) in ways.items()
    }


def step_of(history, points):
    """The step of an epoch, or None if it is not plain gradient descent on all points."""
    training = history.training
    if not training or training["optimizer"] != "sgd" or any(map(training.get, NOT_PLAIN_DESCENT)):
        return None
    count, size = len(history.dataset.trained.y), training["batch_size"]
    if len(points.trained.y) < count or (size is not None and size < count):
        return None
    return {"rate": training["learning_rate"]}
