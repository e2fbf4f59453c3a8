"""What the page carries of a training: its record, as JSON with base64 of little-endian arrays."""

import base64

import numpy as np
from torch import nn

from torchreplay.activations import activation_of
from torchreplay.errors import NetworkError
from torchreplay.palettes import PALETTES
from torchreplay.run import Run
from torchreplay.spaces import FEATURE_SPACE, axis_labels

MOST_BYTES = 3.5e6  # of parameters: in base64, a third more


def encode(values, kind="<f4"):
    """An array as base64 of its little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()


def page_record(history, points, fps=20.0):
    """The record that the page of a training carries, made of what JSON knows.

    history: its History.
    points: the Dataset of the points that are drawn.
    Raises NetworkError if the network has a layer that the page cannot evaluate.
    """
    every = stride(history)
    epochs = sorted({*range(0, history.epochs, every), history.epochs})
    parameters = np.concatenate(
        [values[epochs].reshape(len(epochs), -1) for values in history.parameters.values()], axis=1
    )
    planes = {}
    if points.X.shape[1] == 2:
        planes["input"] = axes_of(points.plane, points.names)
    network = describe(history.model.logit, history.layer_names)
    if network["stages"][-1]["inputs"] == 2:
        run = Run(history, FEATURE_SPACE, epochs, points)
        layers = FEATURE_SPACE.transform(history.model)
        planes["feature"] = axes_of(run.limits, axis_labels(FEATURE_SPACE, layers, points.names))
        if run.is_whitened:
            network["whitening"] = pair(run.layers(history.model)[-1])
    return {
        "last": history.epochs,
        "every": every,
        "loss": encode(history.loss[epochs]),
        "accuracy": encode(history.accuracy[epochs]),
        "names": list(points.names),
        "classes": list(class_words(points)),
        "points": {
            "x": encode(points.X.numpy()),
            "label": encode(np.packbits(points.y.numpy() > 0.5, bitorder="little"), "u1"),
        },
        "planes": planes,
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
        "largest": float(np.abs(parameters).max()),
        "network": network,
        "parameters": encode(parameters),
        "step": step_of(history, points),
    }


def stride(history):
    """From one epoch that the page carries to the next: 1, or more if all were too large."""
    size = sum(values[0].nbytes for values in history.parameters.values())
    return max(1, -(-size * (history.epochs + 1) // int(MOST_BYTES)))


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


def describe(layers, names):
    """The shape of a network: how features are scaled, and its stages.

    layers: its `logit`, linear layers each followed by an activation, but for the last.
    names: of the stages.
    """
    shape, stages = {}, []
    for layer in layers:
        activation = activation_of(layer)
        if isinstance(layer, nn.Linear):
            units, inputs = layer.weight.shape
            stages.append({"inputs": inputs, "units": units, "activation": "linear"})
        elif activation and stages:
            stages[-1]["activation"] = activation.name
        elif hasattr(layer, "spread") and not stages:
            shape = {"mean": layer.mean.tolist(), "spread": layer.spread.tolist()}
        elif not isinstance(layer, nn.Identity):
            raise NetworkError(f"the page cannot evaluate a layer of kind {type(layer).__name__}")
    stages[-1]["activation"] = "sigmoid"  # the probability, behind the logit
    for stage, name in zip(stages, names, strict=True):
        stage["name"] = name
    return {**shape, "stages": stages}


def pair(layer):
    """Weight and bias of a linear layer, as flat lists."""
    return {"weight": layer.weight.flatten().tolist(), "bias": layer.bias.tolist()}


def step_of(history, points):
    """The step that an epoch takes, if it is one of gradient descent on the points, or None."""
    training = history.training
    if not training or training["optimizer"] != "sgd" or training["momentum"]:
        return None
    count, size = len(history.dataset.y), training["batch_size"]
    if len(points.y) < count or (size is not None and size < count):
        return None
    return {"rate": training["learning_rate"]}
