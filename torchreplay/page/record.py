"""What the page carries of a training: its record, as JSON with base64 of little-endian arrays."""

import contextlib
import json
import math

import numpy as np
from torch import nn

from torchreplay.activations import activation_of
from torchreplay.classifier import PASSED_OVER, Classifier
from torchreplay.errors import NetworkError
from torchreplay.page.encoding import encode
from torchreplay.page.positions import positions_of
from torchreplay.palettes import PALETTES
from torchreplay.run import Run
from torchreplay.spaces import FEATURE_SPACE, INPUT_SPACE, axis_labels

MOST_BYTES = 4.5e6  # of parameters or positions, in base64
OTHER_STEPS = ("momentum", "weight_decay")  # than down the gradient of the loss


def page_record(history, points, fps=20.0, evaluated=True):
    """The record that the page of a training carries, made of what JSON knows.

    history: its History.
    points: the Dataset of the points that are drawn.
    evaluated: whether the page evaluates the network itself. If it cannot, because of a layer that
        it does not know, or is not to, it carries positions instead.
    """
    network = describe(history) if evaluated else None
    runs = planes_of(history, points)
    labels = {
        name: axis_labels(run.space, run.is_whitened, points.names) for name, run in runs.items()
    }
    if network:
        every, carried = with_parameters(history, network, runs)
    else:
        every, carried = with_positions(history, runs)
    epochs = carried_epochs(history, every)
    return {
        "last": history.every * history.last,
        "every": history.every * every,
        "loss": encode(history.loss[epochs]),
        "accuracy": encode(history.accuracy[epochs]),
        "names": list(points.names),
        "classes": list(class_words(points)),
        "points": {
            "x": encode(points.X.numpy()),
            "label": encode(np.packbits(points.y.numpy() > 0.5, bitorder="little"), "u1"),
        },
        "planes": {name: axes_of(run.limits, labels[name]) for name, run in runs.items()},
        "palettes": {
            name: {
                "name": name,
                "points": palette.points,
                "regions": palette.regions,
                "markers": palette.markers,
            }
            for name, palette in PALETTES.items()
        },
        "fps": fps,
        "step": step_of(history, points),
        **carried,
    }


def planes_of(history, points):
    """The Runs of all epochs in those spaces that are planes, by the names of the spaces."""
    epochs, network = range(history.last + 1), history.network(0)
    spaces = [INPUT_SPACE] if points.is_plane else []
    with contextlib.suppress(NetworkError):  # no layer of two units
        spaces += [FEATURE_SPACE] if is_plane(FEATURE_SPACE.transform(network), points) else []
    if not spaces:
        raise NetworkError("the training has no plane to show: no layer has two units")
    return {space.view: Run(history, space, epochs, points) for space in spaces}


def is_plane(layers, points):
    """Whether some layers lead to a plane."""
    return layers(points.X[:1]).shape[1] == 2


def with_parameters(history, network, runs):
    """From one epoch carried to the next, and what a page carries that evaluates the network."""
    count = sum(values[0].size for values in history.parameters.values())
    every = stride(history, 4 / 3 * 4 * count)
    epochs = carried_epochs(history, every)
    parameters = np.concatenate(
        [values[epochs].reshape(len(epochs), -1) for values in history.parameters.values()], axis=1
    )
    if "feature" in runs and runs["feature"].is_whitened:
        network["whitening"] = pair(runs["feature"].layers(history.network(0))[-1])
    return every, {
        "network": network,
        "parameters": encode(parameters),
        "largest": float(np.abs(parameters).max()),
    }


def with_positions(history, runs):
    """From one epoch carried to the next, and what a page carries that shows positions."""
    size = max(len(json.dumps(positions_of(runs, epoch))) for epoch in (0, history.last))
    every = stride(history, size)
    epochs = carried_epochs(history, every)
    return every, {"positions": {"epochs": [positions_of(runs, epoch) for epoch in epochs]}}


def stride(history, size):
    """From one epoch that the page carries to the next: 1, or more if all were too large.

    size: characters of an epoch.
    """
    return max(1, math.ceil(size * (history.last + 1) / MOST_BYTES))


def carried_epochs(history, every):
    """The epochs that the page carries, in order; the last one always."""
    return [*range(0, history.last, every), history.last]


def axes_of(plane, labels):
    """A Plane as the page draws it: its ends, its grid lines, and the labels of the axes."""
    return {
        "rect": [*plane.low, *plane.high],
        "lines": [[float(f"{tick:.7g}") for tick in plane.ticks(axis)] for axis in (0, 1)],
        "labels": list(labels),
    }


def class_words(dataset):
    """What the page calls the two classes."""
    return ("class 0", "class 1") if dataset.classes == ("0", "1") else dataset.classes


def describe(history):
    """The shape of a network: how features are scaled, and its stages.

    Stages are linear layers, each with the activation that follows it. Returns None if the page
    cannot evaluate the network: if it has another layer, or its logit is no sequence of layers.
    """
    network, shape, stages = history.network(0), {}, []
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
            shape = {"mean": layer.mean.tolist(), "spread": layer.spread.tolist()}
        elif not isinstance(layer, PASSED_OVER):
            return None
    stages[-1]["activation"] = "sigmoid"  # the probability, behind the logit
    for stage, name in zip(stages, history.layer_names, strict=True):
        stage["name"] = name
    return {**shape, "stages": stages}


def pair(layer):
    """Weight and bias of a linear layer, as flat lists."""
    return {"weight": layer.weight.flatten().tolist(), "bias": layer.bias.tolist()}


def step_of(history, points):
    """The step that an epoch takes, if it is one of gradient descent on the points, or None."""
    training = history.training
    if not training or training["optimizer"] != "sgd" or any(map(training.get, OTHER_STEPS)):
        return None
    count, size = len(history.dataset.y), training["batch_size"]
    if len(points.y) < count or (size is not None and size < count):
        return None
    return {"rate": training["learning_rate"]}
