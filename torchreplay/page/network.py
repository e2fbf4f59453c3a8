"""The network of a training as the page evaluates it, if it consists of layers that the page knows.

`network.js` evaluates it in the browser.
"""

import numpy as np
import torch
from torch import nn

from torchreplay.models.activations import activation_of, is_plain
from torchreplay.models.classifier import NO_OP_LAYERS, Classifier
from torchreplay.models.evaluating import is_close
from torchreplay.models.tracing import examples_of
from torchreplay.page.encoding import encode
from torchreplay.page.notation import parameter_rows, symbols
from torchreplay.record.history import recorded_module

FUNCTIONS = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


class PageNetwork:
    """The stages of a network: linear layers, each with the activation after it.

    scaling: the layer that scales the features, or None.
    layers: pairs of a linear layer, its name among the recorded modules, and the name of its
        activation.
    """

    def __init__(self, history, scaling, layers):
        self.history, self.scaling, self.layers = history, scaling, layers
        several = len(layers) > 2
        names = dict(zip(history.layer_parameters, history.layer_names, strict=True))
        self.stages = [
            {
                "inputs": layer.in_features,
                "units": layer.out_features,
                "activation": activation,
                "name": names[name],
                "symbols": symbols("h", layer.out_features, layer=number if several else None),
            }
            for number, (layer, name, activation) in enumerate(layers, start=1)
        ]
        self.stages[-1] |= output_of(history.task, len(layers))

    @property
    def count(self):
        """The number of parameters."""
        return sum(stage["units"] * (stage["inputs"] + 1) for stage in self.stages)

    @property
    def ends(self):
        """The mean and the spread of the features, as lists."""
        if self.scaling is None:
            inputs = self.stages[0]["inputs"]
            return {"mean": [0] * inputs, "spread": [1] * inputs}
        return {name: getattr(self.scaling, name).tolist() for name in ("mean", "spread")}

    def parameters(self, epochs):
        """The parameters at some epochs, (epochs, count): of each layer weights, then biases."""
        recorded = self.history.parameters
        return np.concatenate(
            [
                recorded[f"{name}.{kind}".removeprefix(".")][epochs].reshape(len(epochs), -1)
                for _, name, _ in self.layers
                for kind in ("weight", "bias")
            ],
            axis=1,
        )

    @np.errstate(over="ignore")
    def gives(self, parameters, epochs):
        """Whether the stages put out the logits that were recorded at some epochs."""
        if self.history.probes is None:
            return True
        ends = {name: np.array(values) for name, values in self.ends.items()}
        z = (examples_of(self.history.dataset.X).numpy() - ends["mean"]) / ends["spread"]
        start = 0
        for stage in self.stages:
            inputs, units = stage["inputs"], stage["units"]
            weights = parameters[:, start : start + inputs * units].reshape(-1, units, inputs)
            biases = parameters[:, start + inputs * units :][:, None, :units]
            z = z @ weights.swapaxes(1, 2) + biases
            if stage is not self.stages[-1]:
                z = FUNCTIONS[stage["activation"]](z)
            start += units * (inputs + 1)
        return is_close(torch.from_numpy(z), torch.from_numpy(self.history.probes[epochs]))

    def described(self):
        """The shape of the network, and the names of its units, made of types that JSON has."""
        inputs = self.stages[0]["inputs"]
        return {
            **self.ends,
            "scaled": symbols("x′", inputs) if self.scaling is not None else None,
            "stages": self.stages,
            "symbols": symbols("x", inputs),
            "rows": parameter_rows(self.stages),
            "shown": len(self.stages) - 1,
            **shown_units(nn.Identity()),
        }

    def shows(self, replay):
        """What a SpaceReplay of the features shows of the network, see `described`."""
        network, placement, plane = self.history.network(0), replay.placement, replay.space.plane
        if plane:
            return {"plane": {"others": encode(plane.others, "<f8"), "chosen": list(plane.chosen)}}
        layers = replay.space.transform(network)
        shown = sum(isinstance(module, nn.Linear) for module in layers.modules())
        if placement.is_whitened:
            return {"shown": shown, **shown_units(placement.layers(network)[-1])}
        self.stages[shown - 1]["axes"] = placement.axis_labels
        return {"shown": shown}


def output_of(task, layer):
    """The activation of the last stage of a network that learns a task, and its symbols.

    P is a probability, after the logit. The page makes those of many classes of all logits, the
    sums of these units, which are named by their layer: others are those of hidden units.
    """
    if task.classes == 2:
        return {"activation": "sigmoid", "symbols": ["P"]}
    if not task.classes:
        return {"activation": "linear", "symbols": ["z"]}
    count = {"count": task.outputs, "first": 0}
    sums = symbols("z", **count, layer=layer)
    return {"activation": "linear", "symbols": symbols("P", **count), "sums": sums}


def read_network(history):
    """The PageNetwork of a History.

    None if it has a layer that the page does not know, or if points are no lists of features.
    """
    if history.dataset.X.ndim != 2:
        return None
    network = history.network(0)
    names = {module: name for name, module in recorded_module(network).named_modules()}
    sequence = network.sequence if isinstance(network, Classifier) else network.logit
    if not isinstance(sequence, nn.Sequential):
        return None
    scaling, layers = None, []
    for layer in sequence:
        activation = activation_of(layer)
        if is_plain(layer, nn.Linear) and layer.bias is not None and layer in names:
            layers.append((layer, names[layer], "linear"))
        elif activation and layers and layers[-1][2] == "linear":
            layers[-1] = (*layers[-1][:2], activation.name)
        elif hasattr(layer, "spread") and not layers and scaling is None:
            scaling = layer
        elif not isinstance(layer, NO_OP_LAYERS):
            return None
    return PageNetwork(history, scaling, layers) if layers else None


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
