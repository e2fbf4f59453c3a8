"""Wrap any PyTorch model of two classes, and find what pictures need: its logit and its layers.

A network with all attributes of `network.Network` is used directly. Any other model is wrapped in a
Classifier.
"""

import math

import torch
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.models.network import REQUIRED_ATTRIBUTES
from torchreplay.models.tracing import Tap, trace

EXAMPLE_SIZE = 16
NO_OP_LAYERS = (nn.Dropout, nn.Flatten, nn.Identity)  # in evaluation mode
LOGIT_EPS = 2.0**-25  # the logits of P = 0 and P = 1 become finite
PROBABILITY, LOGIT, LOGITS = "probability", "logit", "logits"
OUTPUTS = {nn.BCELoss: PROBABILITY, nn.BCEWithLogitsLoss: LOGIT, nn.CrossEntropyLoss: LOGITS}


def is_used_directly(model):
    """Whether a model has all attributes of a Network and needs no Classifier."""
    return all(hasattr(type(model), name) or hasattr(model, name) for name in REQUIRED_ATTRIBUTES)


def find_output(model, X, loss=None):
    """Find out what a model puts out: one of OUTPUTS.

    X: its inputs, (n, ...); the model is evaluated for a few of them.
    loss: the BCELoss, BCEWithLogitsLoss or CrossEntropyLoss that it is trained on. Without it, a
        model whose last layer is a Sigmoid puts out a probability.
    Raises NetworkError if the model puts out something else, or something unknown.
    """
    if loss is not None and type(loss) not in OUTPUTS:
        names = ", ".join(f"nn.{kind.__name__}()" for kind in OUTPUTS)
        raise TypeError(f"loss is {loss!r}: give one of {names}")
    calls, y = trace(model, X[:EXAMPLE_SIZE])
    output = OUTPUTS.get(type(loss))
    if output is None and _logit_of(calls, y) is not None:
        output = PROBABILITY
    if output is None:
        raise NetworkError(
            "the model does not end in a Sigmoid: say by loss= what it is trained on, as in"
            " loss=nn.BCEWithLogitsLoss()"
        )
    found, points = tuple(y.shape), min(len(X), EXAMPLE_SIZE)
    wanted = [(points, 2)] if output == LOGITS else [(points, 1), (points,)]
    if found not in wanted:
        raise NetworkError(
            f"the model puts out {found} for {points} points, not {wanted[0]}: two classes need"
            " one output, or two outputs with loss=nn.CrossEntropyLoss()"
        )
    if output == PROBABILITY and not ((y >= 0) & (y <= 1)).all():
        raise NetworkError(
            "the model puts out numbers that are no probabilities: with loss=nn.BCEWithLogitsLoss()"
            " they are logits"
        )
    return output


def _logit_of(calls, y):
    """The Call that computes the logit of probabilities y; None if there is none.

    This is the last Sigmoid: its input is the logit. If the model calls a function instead, it is
    the linear layer that puts out the logit.
    """
    for call in reversed(calls):
        if isinstance(call.module, nn.Sigmoid) and call.puts_out(y):
            return call
        if isinstance(call.module, nn.Linear) and torch.sigmoid(call.result).flatten().equal(
            y.flatten()
        ):
            return call
    return None


class Classifier(nn.Module):
    """A model of two classes that pictures are made of.

    model: maps points, (n, ...), to what `output` says: a probability, a logit or two logits.
    example: a few points; the model is evaluated for them to find its layers.

    layer_shapes: the shape of what each layer before the logit puts out for one point, by name.
    """

    def __init__(self, model, output, example):
        super().__init__()
        self.model, self.output = model, output
        calls, y = trace(model, example[:EXAMPLE_SIZE])
        met = _logit_of(calls, y) if output == PROBABILITY else None
        self._sigmoid = self._linear = None  # the layer that is given the logit, or makes it
        if met is None:
            logit = y
        elif isinstance(met.module, nn.Sigmoid):
            self._sigmoid, logit = met.name, met.given
        else:
            self._linear, logit = met.name, met.result
        self._chain = _chain(model)
        if self._chain and output != LOGITS:
            self._way = nn.Sequential(*self._chain[: -1 if self._sigmoid is not None else None])
        self.layer_shapes = {
            call.name: tuple(call.result.shape[1:])
            for call in calls
            if call.name != self._sigmoid
            and not isinstance(call.module, NO_OP_LAYERS)
            and not list(call.module.children())
            and not call.puts_out(logit)
        }
        heads = [
            call for call in calls if isinstance(call.module, nn.Linear) and call.puts_out(logit)
        ]
        # The names of the linear layers that make the logit, by the layer before them.
        self._heads = {call.name: head.name for call in calls for head in heads if call.gives(head)}

    @property
    def inputs(self):
        """No layer at all, which leaves points x, (n, d), where they are."""
        return nn.Sequential()

    @property
    def features(self):
        """The last layer of two units before the output, see `tap`."""
        return self.tap(self.two_unit_layer())

    @property
    def sequence(self):
        """The layers that make the logit as a Sequential; None if the model does anything else.

        The last one is the head of `features`.
        """
        known = self._chain and (self._sigmoid is not None or self.output == LOGIT)
        known = known and any(math.prod(shape) == 2 for shape in self.layer_shapes.values())
        linear = self._linear_after(self.two_unit_layer()) if known else None
        return self._way if known and linear is self._way[-1] else None

    def two_unit_layer(self, layer=None):
        """The name of a layer of two units: the given one, or the last one before the output.

        Raises NetworkError, with the layers there are, if there is no such layer.
        """
        found = [name for name, shape in self.layer_shapes.items() if math.prod(shape) == 2]
        choice = 'choose units=(0, 1) or projection="pca"'
        if layer is None and not found:
            raise NetworkError(f"no layer of the model has two units: {self.described()}; {choice}")
        layer = found[-1] if layer is None else layer
        self.check(layer)
        if layer not in found:
            raise NetworkError(
                f"layer {layer!r} has {math.prod(self.layer_shapes[layer])} units, not two: "
                + (f"those that have are {', '.join(found)}; or " * bool(found))
                + choice
            )
        return layer

    def check(self, layer):
        """Raise NetworkError, with the layers there are, unless the model has this layer."""
        if layer not in self.layer_shapes:
            raise NetworkError(f"the model has no layer {layer!r}: {self.described()}")

    def last_wide_layer(self):
        """The name of the last layer before the output that has two units or more."""
        wide = [name for name, shape in self.layer_shapes.items() if math.prod(shape) >= 2]
        if not wide:
            raise NetworkError(f"no layer of the model has two units or more: {self.described()}")
        return wide[-1]

    def described(self):
        """The layers of the model and their sizes, in words."""
        sizes = (f"{name} ({size_of(shape)})" for name, shape in self.layer_shapes.items())
        return f"its layers are {', '.join(sizes)}" if self.layer_shapes else "it has no layers"

    def tap(self, layer):
        """The module that maps points, (n, ...), to what a layer puts out, (n, units).

        layer: its name, as in `named_modules`.
        """
        self.check(layer)
        module = self.model.get_submodule(layer)
        if self._chain and self._chain.count(module) == 1 and len(self.layer_shapes[layer]) == 1:
            return nn.Sequential(*self._chain[: self._chain.index(module) + 1])
        return Tap(self.model, module)

    @property
    def head(self):
        """The linear layer that makes the logit from `features`, or None."""
        return self.head_of(self.two_unit_layer())

    def head_of(self, layer):
        """The linear layer of one output that makes the logit from a layer; None if there is none.

        If the model puts out two logits, it makes their difference. It always has a bias.
        """
        linear = self._linear_after(layer)
        if linear is None or (self.output != LOGITS and linear.bias is not None):
            return linear
        head = nn.Linear(linear.in_features, 1)
        with torch.no_grad():
            bias = torch.zeros(linear.out_features) if linear.bias is None else linear.bias
            rows = (linear.weight, bias)
            if self.output == LOGITS:
                rows = (values[1:] - values[:1] for values in rows)
            for own, values in zip((head.weight, head.bias), rows, strict=True):
                own.copy_(values)
        return head

    def _linear_after(self, layer):
        """The linear layer that makes the output of the model from a layer; None without one."""
        return self.model.get_submodule(self._heads[layer]) if layer in self._heads else None

    def logit(self, x):
        """The logit of points x, (n, ...): (n, 1)."""
        if self._chain and (self._sigmoid is not None or self.output == LOGIT):
            return self._way(x).reshape(len(x), 1)
        if self._sigmoid is not None:
            sigmoid = self.model.get_submodule(self._sigmoid)
            return Tap(self.model, sigmoid, given=True)(x).reshape(len(x), 1)
        if self._linear is not None:
            return Tap(self.model, self.model.get_submodule(self._linear))(x).reshape(len(x), 1)
        y = self.model(x)
        if self.output == LOGITS:
            return y[:, 1:] - y[:, :1]
        if self.output == PROBABILITY:
            return torch.logit(y, eps=LOGIT_EPS).reshape(len(x), 1)
        return y.reshape(len(x), 1)

    def forward(self, x):
        """The probability of class 1, (n, 1), of points x, (n, ...)."""
        return torch.sigmoid(self.logit(x))


def size_of(shape):
    """The size of what a layer puts out for a point, in words: units, or the sides of an image."""
    if len(shape) > 1:
        return " × ".join(map(str, shape))
    return f"{math.prod(shape)} unit{'s' * (math.prod(shape) != 1)}"


def _chain(model):
    """The layers that a Sequential calls in order; None for a model with a forward of its own."""
    if type(model) is not nn.Sequential:
        return None
    return [inner for layer in model for inner in (_chain(layer) or [layer])]


def last_layer(layers):
    """The last of some layers that is not in NO_OP_LAYERS; None if there is none."""
    if not isinstance(layers, nn.Sequential):
        return layers.module if isinstance(layers, Tap) else layers
    return next((one for one in reversed(layers) if not isinstance(one, NO_OP_LAYERS)), None)
