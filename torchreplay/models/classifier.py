"""Wrap any PyTorch model, and find what pictures need: its logits and its layers.

A network with all attributes of `network.Network` is used directly. Any other model is wrapped in a
Classifier.
"""

import math

import torch
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.models.activations import is_plain
from torchreplay.models.model_outputs import LOGITS, PROBABILITY, is_pair, logit_call, logit_of
from torchreplay.models.network import REQUIRED_ATTRIBUTES
from torchreplay.models.tasks import TWO_CLASSES
from torchreplay.models.tracing import Tap, examples_of, trace

NO_LAYERS = "it has no hidden layer that puts out a row for each point"
CHOICE = 'choose units=(0, 1) or projection="pca"'
NO_OP_LAYERS = (nn.Dropout, nn.Flatten, nn.Identity)  # in evaluation mode


def is_used_directly(model):
    """Whether a model has all attributes of a Network and needs no Classifier."""
    return all(hasattr(type(model), name) or hasattr(model, name) for name in REQUIRED_ATTRIBUTES)


class Classifier(nn.Module):
    """A model that pictures are made of.

    model: maps points, (n, ...), to what `output` says, see `model_outputs`.
    task: what it learns.
    X: points, (n, ...); the model is evaluated for a few of them to find its layers.

    layer_shapes: the shape of what each layer before the logit puts out for one point, by name.
    """

    def __init__(self, model, output, X, task=TWO_CLASSES):
        super().__init__()
        self.model, self.output, self.task = model, output, task
        example = examples_of(X)
        calls, y = trace(model, example)
        x = calls[-1].given  # of the model itself
        met = logit_call(calls, y) if output == PROBABILITY else None
        self._sigmoid = self._linear = None  # the layer that is given the logit, or makes it
        if met is None:
            logit = y
        elif isinstance(met.module, nn.Sigmoid):
            self._sigmoid, logit = met.name, met.given
        else:
            self._linear, logit = met.name, met.result
        self._chain, self._is_difference = _chain(model), output == LOGITS and is_pair(y.shape)
        self._way = self._way_to_logit()
        calls = _of_rows(calls, trace(model, example[: len(example) // 2])[0], len(example))
        self.layer_shapes = {
            call.name: call.result.shape[1:]
            for call in calls
            if call.name != self._sigmoid
            and not isinstance(call.module, NO_OP_LAYERS)
            and _has_no_layers(call.module)
            and not logit.is_same(call.result)
        }
        heads = [
            call
            for call in calls
            if is_plain(call.module, nn.Linear) and logit.is_same(call.result)
        ]
        # The last of them of two inputs or more, unless it is given the points themselves.
        wide = [head for head in heads if head.module.in_features > 1]
        inner = [head.name for head in wide if not x.is_same(head.given)]
        self._last_head = inner[-1] if inner else None
        last = {call.name: call for call in calls}  # a layer may be called several times
        # The names of the linear layers that make the logit, by the layer before them.
        self._heads = {
            name: head.name
            for name, call in last.items()
            for head in heads
            if head.given.is_same(call.result)
        }

    def _way_to_logit(self):
        """The layers of a Sequential that make the logit, as a tuple; None if others make it.

        A tuple hides them: parameters registered twice cannot be replaced for a moment.
        """
        if not self._chain or self._is_difference:
            return None
        if self._sigmoid is None:
            return tuple(self._chain) if self.output != PROBABILITY else None
        sigmoid = self.model.get_submodule(self._sigmoid)
        places = [k for k, layer in enumerate(self._chain) if layer is sigmoid]
        return tuple(self._chain[: places[-1]]) if places else None

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

        The last one is linear.
        """
        if not self._way or not is_plain(self._way[-1], nn.Linear):
            return None
        return nn.Sequential(*self._way)

    def planes(self):
        """The names of the layers of two units."""
        return [name for name, shape in self.layer_shapes.items() if math.prod(shape) == 2]

    def two_unit_layer(self, layer=None, remedy=CHOICE):
        """The name of a layer of two units: the given one, or the last one before the output.

        Raises NetworkError, with the layers there are and a remedy, if there is no such layer.
        """
        found = self.planes()
        if layer is None and not found:
            self.last_wide_layer()  # if there is none, the remedy would not help
            raise NetworkError(f"no layer of the model has two units: {self.described()}; {remedy}")
        layer = found[-1] if layer is None else layer
        self.check(layer)
        if layer not in found:
            raise NetworkError(
                f"layer {layer!r} has {math.prod(self.layer_shapes[layer])} units, not two: "
                + (f"those that have are {', '.join(found)}; or " * bool(found))
                + remedy
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
        return f"its layers are {', '.join(sizes)}" if self.layer_shapes else NO_LAYERS

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
        """The linear layer that makes the logits from a layer; None if there is none.

        If the model puts out two logits, it makes their difference. It always has a bias.
        """
        return self._with_bias(self._linear_after(layer))

    @property
    def has_last_head(self):
        """Whether a linear layer makes the logits from what is no longer the input."""
        return self._last_head is not None

    @property
    def last_head(self):
        """That linear layer, see `head_of`."""
        return self._with_bias(self.model.get_submodule(self._last_head))

    @property
    def given_last_head(self):
        """The module that maps points, (n, ...), to what that layer is given, (n, units)."""
        return Tap(self.model, self.model.get_submodule(self._last_head), given=True)

    def _with_bias(self, linear):
        """A linear layer of the model as one that makes the logits."""
        if linear is None or not (self._is_difference or linear.bias is None):
            return linear
        weight, bias = linear.weight.detach(), linear.bias
        bias = torch.zeros(len(weight)).to(weight) if bias is None else bias.detach()
        if self._is_difference:
            weight, bias = (values[1:] - values[:1] for values in (weight, bias))
        return linear_layer(weight, bias)

    def _linear_after(self, layer):
        """The linear layer that makes the output of the model from a layer; None without one."""
        return self.model.get_submodule(self._heads[layer]) if layer in self._heads else None

    def logit(self, x):
        """The logit of points x, (n, ...), or what else the Task says: (n, outputs)."""
        if self._way is not None:
            for layer in self._way:
                x = layer(x)
            return x if self.output == LOGITS else x.reshape(len(x), 1)
        if self._sigmoid is not None:
            return self._tapped(self._sigmoid, x, given=True)
        if self._linear is not None:
            return self._tapped(self._linear, x)
        return logit_of(self.model(x), self.output)

    def _tapped(self, layer, x, given=False):
        return Tap(self.model, self.model.get_submodule(layer), given)(x).reshape(len(x), 1)

    def forward(self, x):
        """What is predicted of points x, (n, ...), see `Task.predictions`."""
        return self.task.predictions(self.logit(x))


def size_of(shape):
    """The size of what a layer puts out for a point, in words: units, or the sides of an image."""
    if len(shape) > 1:
        return " × ".join(map(str, shape))
    return f"{math.prod(shape)} unit{'s' * (math.prod(shape) != 1)}"


def _has_no_layers(module):
    """Whether a module contains no other, except those that hold or compute its parameters."""
    return all(
        name == "parametrizations" or isinstance(child, nn.ParameterDict | nn.ParameterList)
        for name, child in module.named_children()
    )


def _of_rows(calls, of_fewer, points):
    """Those of some Calls for points that put out a row for each of them.

    of_fewer: the Calls for half of the points, because a number may equal that of the points.
    """
    rows = {call.name: call.result.shape[:1] for call in of_fewer}
    return [
        call
        for call in calls
        if call.result.shape[:1] == (points,) and rows.get(call.name) == (points // 2,)
    ]


def _chain(model):
    """The layers that a Sequential calls in order; None for a model with a forward of its own."""
    if not is_plain(model, nn.Sequential):
        return None
    return [inner for layer in model for inner in (_chain(layer) or [layer])]


def linear_layer(weight, bias):
    """The linear layer with some weights and biases. It draws no random numbers."""
    layer = nn.Linear(*weight.T.shape, device="meta")
    layer.weight, layer.bias = (nn.Parameter(v.float(), False) for v in (weight, bias))
    return layer


def last_layer(layers):
    """The last of some layers that is not in NO_OP_LAYERS; None if there is none."""
    if not isinstance(layers, nn.Sequential):
        return layers.module if isinstance(layers, Tap) else layers
    return next((one for one in reversed(layers) if not isinstance(one, NO_OP_LAYERS)), None)
