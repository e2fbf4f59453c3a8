"""Any PyTorch model of two classes, read as pictures need it: its logit, and the layers before it.

What pictures ask of a network is `inputs`, `features`, `head` and `logit`. A network that has all
four is asked itself; a Classifier asks any other model.
"""

import math

import torch
from torch import nn

from torchreplay.errors import NetworkError

ASKED = ("inputs", "features", "head", "logit")
BATCH = 65_536  # points that a model is asked for at once
EXAMPLES = 3  # points that a model is tried with
PASSED_OVER = (nn.Dropout, nn.Flatten, nn.Identity)  # layers that give, evaluated, what they get
SMALLEST = 2.0**-25  # distance of a probability from 0 and 1, whose logit is finite
PROBABILITY, LOGIT, LOGITS = "probability", "logit", "logits"  # what a model puts out
OUTPUTS = {nn.BCELoss: PROBABILITY, nn.BCEWithLogitsLoss: LOGIT, nn.CrossEntropyLoss: LOGITS}


def predicted(logit):
    """The predicted class of points: 1 where P is at least one half, the logit at least 0."""
    return logit >= 0


def is_asked_itself(model):
    """Whether a model has all that pictures ask of it."""
    return all(hasattr(type(model), name) or hasattr(model, name) for name in ASKED)


def in_batches(function, X):
    """What a function makes of X, (n, ...), asked for a part of the points at a time."""
    if len(X) <= BATCH:
        return function(X)
    return torch.cat([function(part) for part in X.split(BATCH)])


def read(model, X, loss=None):
    """Find out how a model is to be read: what it puts out, as one of OUTPUTS.

    X: its inputs, (n, ...), of which a few are tried.
    loss: a BCELoss, BCEWithLogitsLoss or CrossEntropyLoss that it is trained on. Without it, a
        model whose last layer is a Sigmoid puts out a probability.
    Raises NetworkError if the model puts out something else, or if it is not known what.
    """
    if loss is not None and type(loss) not in OUTPUTS:
        names = ", ".join(kind.__name__ for kind in OUTPUTS)
        raise NetworkError(f"loss is a {type(loss).__name__}, not one of {names}")
    calls, y = trace(model, X[:EXAMPLES])
    output = OUTPUTS.get(type(loss))
    if output is None and _last_sigmoid(calls, y) is not None:
        output = PROBABILITY
    if output is None:
        raise NetworkError(
            "the model does not end in a Sigmoid: say by loss= what it is trained on, as in"
            " loss=nn.BCEWithLogitsLoss()"
        )
    found, wanted = tuple(y.shape), "(n, 2)" if output == LOGITS else "(n, 1)"
    if y.flatten(1).shape[1] != (2 if output == LOGITS else 1) if y.ndim > 1 else output == LOGITS:
        raise NetworkError(f"the model puts out {found} for {len(y)} points, not {wanted}")
    if output == PROBABILITY and not ((y >= 0) & (y <= 1)).all():
        raise NetworkError(
            "the model puts out numbers that are no probabilities: with loss=nn.BCEWithLogitsLoss()"
            " they are logits"
        )
    return output


def trace(model, x):
    """What the modules of a model are given and put out for points x, in the order of their ends.

    Returns a list of (name, module, input, output), of tensors alone, and what the model puts out.
    Raises NetworkError if the model does not take the points.
    """
    calls, handles = [], []
    for name, module in model.named_modules():

        def keep(module, inputs, output, name=name):
            if torch.is_tensor(output) and inputs and torch.is_tensor(inputs[0]):
                calls.append((name, module, inputs[0], output))

        handles.append(module.register_forward_hook(keep))
    try:
        with torch.no_grad():
            y = model(x)
    except Exception as fault:
        reason = str(fault).strip().partition("\n")[0]
        raise NetworkError(
            f"the model does not take points of shape {tuple(x.shape)}: {reason}"
        ) from fault
    finally:
        for handle in handles:
            handle.remove()
    if not torch.is_tensor(y) or y.ndim == 0:
        raise NetworkError(f"the model puts out a {type(y).__name__}, not a tensor of (n, 1)")
    return calls, y


def _last_sigmoid(calls, y):
    """The name of the Sigmoid that puts out what the model does, or None."""
    names = [
        name
        for name, module, _, output in calls
        if isinstance(module, nn.Sigmoid) and torch.equal(output.flatten(), y.flatten())
    ]
    return names[-1] if names else None


class Classifier(nn.Module):
    """A model of two classes that pictures are made of.

    model: maps points, (n, ...), to what `output` says: a probability, a logit or two logits.
    example: a few points, with which its layers are found.
    """

    def __init__(self, model, output, example):
        super().__init__()
        self.model, self.output = model, output
        calls, y = trace(model, example[:EXAMPLES])
        self._sigmoid = _last_sigmoid(calls, y) if output == PROBABILITY else None
        logit = self._input_of(calls, self._sigmoid) if self._sigmoid is not None else y
        self._chain = _chain(model)
        if self._chain and output != LOGITS:
            self._way = nn.Sequential(*self._chain[: -1 if self._sigmoid is not None else None])
        self.layers = {
            name: tuple(put_out.shape[1:])
            for name, module, _, put_out in calls
            if name != self._sigmoid
            and not isinstance(module, PASSED_OVER)
            and not list(module.children())
            and not torch.equal(put_out.flatten(), logit.flatten())
        }
        self._heads = {}  # linear layers that give the logit, by the layer that they follow
        for name, _, _, put_out in calls:
            for head, module, given, result in calls:
                if (
                    isinstance(module, nn.Linear)
                    and result.shape == logit.shape
                    and torch.equal(result, logit)
                    and torch.equal(given.flatten(), put_out.flatten())
                ):
                    self._heads[name] = head

    @staticmethod
    def _input_of(calls, name):
        return next(given for called, _, given, _ in reversed(calls) if called == name)

    @property
    def inputs(self):
        """No layer at all, which leaves points x, (n, d), where they are."""
        return nn.Sequential()

    @property
    def features(self):
        """The last layer of two units before the output, see `tap`."""
        return self.tap(self.last_plane())

    def last_plane(self):
        """The name of the last layer of two units before the output."""
        planes = [name for name, shape in self.layers.items() if shape == (2,)]
        if not planes:
            raise NetworkError(f"no layer of the model has two units: {self.described()}")
        return planes[-1]

    def last_layer(self):
        """The name of the last layer before the output that has two units or more."""
        wide = [name for name, shape in self.layers.items() if math.prod(shape) >= 2]
        if not wide:
            raise NetworkError(f"no layer of the model has two units or more: {self.described()}")
        return wide[-1]

    def described(self):
        """The layers of the model and their sizes, in words."""
        sizes = (f"{name} {'×'.join(map(str, shape))}" for name, shape in self.layers.items())
        return f"its layers are {', '.join(sizes)}" if self.layers else "it has no layers"

    def tap(self, layer):
        """The way to a layer: a module that maps points, (n, ...), to what it puts out, (n, units).

        layer: its name, as in `named_modules`.
        """
        if layer not in self.layers:
            raise NetworkError(f"the model has no layer {layer!r}: {self.described()}")
        module = self.model.get_submodule(layer)
        if self._chain and module in self._chain:
            return nn.Sequential(*self._chain[: self._chain.index(module) + 1])
        return Tap(self.model, module)

    @property
    def head(self):
        """The linear layer that makes the logit of `features`, or None."""
        return self.head_of(self.last_plane())

    def head_of(self, layer):
        """The linear layer, of one output, that makes the logit of a layer; None if there is none.

        Of two logits it makes the difference.
        """
        if layer not in self._heads:
            return None
        linear = self.model.get_submodule(self._heads[layer])
        if self.output != LOGITS:
            return linear
        difference = nn.Linear(linear.in_features, 1)
        with torch.no_grad():
            difference.weight.copy_(linear.weight[1] - linear.weight[0])
            bias = torch.zeros(2) if linear.bias is None else linear.bias
            difference.bias.copy_(bias[1] - bias[0])
        return difference

    def logit(self, x):
        """The logit of points x, (n, ...): (n, 1)."""
        if self._chain and (self._sigmoid is not None or self.output == LOGIT):
            return self._way(x).reshape(len(x), 1)
        if self._sigmoid is not None:
            given = []
            sigmoid = self.model.get_submodule(self._sigmoid)
            handle = sigmoid.register_forward_hook(lambda module, inputs, _: given.append(inputs))
            try:
                self.model(x)
            finally:
                handle.remove()
            return given[-1][0].reshape(len(x), 1)
        y = self.model(x)
        if self.output == LOGITS:
            return y[:, 1:] - y[:, :1]
        if self.output == PROBABILITY:
            return torch.logit(y, eps=SMALLEST).reshape(len(x), 1)
        return y.reshape(len(x), 1)

    def forward(self, x):
        """The probability of class 1, (n, 1), of points x, (n, ...)."""
        return torch.sigmoid(self.logit(x))


class Tap(nn.Module):
    """What a module somewhere inside a model puts out, as a function of the model's inputs."""

    def __init__(self, model, module):
        super().__init__()
        self.model, self.module = model, module

    def forward(self, x):
        """What the module puts out for points x, (n, ...): (n, units)."""
        found = []
        handle = self.module.register_forward_hook(lambda module, _, output: found.append(output))
        try:
            self.model(x)
        finally:
            handle.remove()
        return found[-1].flatten(1)


def _chain(model):
    """The layers that a model calls one after another, or None if its forward may do anything."""
    if type(model) is not nn.Sequential:
        return None
    return [part for layer in model for part in (_chain(layer) or [layer])]


def last_layer(layers):
    """The layer at the end of a way into a network, of those that matter; None if there is none."""
    if not isinstance(layers, nn.Sequential):
        return getattr(layers, "module", layers)
    return next((part for part in reversed(layers) if not isinstance(part, PASSED_OVER)), None)
