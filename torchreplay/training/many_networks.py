"""Runs of one network whose parameters are updated at once, by backpropagation for all of them."""

import itertools
import math

import torch
from torch import nn
from torch.nn.functional import softplus

from torchreplay.models.activations import ACTIVATIONS
from torchreplay.settings import LEARNING_RATES

SMALLEST_SPREAD = 1e-12  # the smallest divisor in the gradient of BCELoss
SHARED = {  # defaults of hyper-parameters that are not searched
    "learning_rate": LEARNING_RATES["sgd"], "momentum": 0.0, "weight_decay": 0.0
}  # fmt: skip
BETAS, EPSILON = (0.9, 0.999), 1e-8  # defaults of torch.optim.Adam


def functions_of(known):
    """The two functions of an Activation: in place, and that of its gradient, see there."""
    name, *more = known.backward
    backward = getattr(torch.ops.aten, name)
    return getattr(torch, known.in_place), lambda slope, output: backward(slope, output, *more)


FUNCTIONS = {getattr(nn, known.module): functions_of(known) for known in ACTIVATIONS.values()}
# No function follows a latent layer, and none the output.
FUNCTIONS[nn.Linear] = FUNCTIONS[type(None)] = (lambda x: x, lambda slope, _: slope)


class Block:
    """Some runs whose parameters are updated at once.

    Points are columns here, so that units of all runs are rows of a single matrix.

    network: that with whose parameters they begin.
    runs: the learning_rate, momentum and weight_decay of each.
    """

    def __init__(self, network, runs, optimizer):
        self.is_published, self.optimizer = network.is_published, optimizer
        start = torch.cat([value.detach().flatten() for value in network.parameters()])
        self.parameters = start.repeat(len(runs), 1)
        self.gradients = torch.empty_like(self.parameters)
        layers = network.logit[first_linear(network) :]
        self.functions = [
            FUNCTIONS[type(following)]
            for layer, following in itertools.pairwise([*layers, None])
            if isinstance(layer, nn.Linear)
        ]
        shapes = [value.shape for value in network.parameters()]
        self.layers = layers_of(self.parameters, shapes)
        self.slopes = layers_of(self.gradients, shapes)
        columns = ([[run[name]] for run in runs] for name in SHARED)
        self.rate, self.momentum, self.decay = map(torch.tensor, columns)
        self.mean = self.square = torch.zeros(())
        self.steps = 0

    def outputs(self, x):
        """What the layers put out for points x, (d, n): x itself, ..., the logits, (runs, 1, n)."""
        functions = (function for function, _ in self.functions)
        return [x, *outputs_of(zip(*zip(*self.layers, strict=True), functions, strict=True), x)]

    @torch.no_grad()
    def loss(self, x, y):
        """The loss of every run, (runs,), over points x, (d, n), of labels y, (1, n)."""
        return self._losses(self.outputs(x)[-1], y)

    @torch.no_grad()
    def update(self, x, y):
        """Update the parameters of every run by backpropagation. Returns the losses before that."""
        *given, logit = self.outputs(x)
        losses, slope = self._losses(logit, y), self._slope(logit, y)
        for k in reversed(range(len(given))):
            weight, bias = self.slopes[k]
            weight.copy_(slope @ given[k].mT)
            torch.sum(slope, dim=-1, keepdim=True, out=bias)
            if k:
                _, backward = self.functions[k - 1]
                slope = backward(self.layers[k][0].mT @ slope, given[k])
        self._step(self.gradients / y.shape[1])
        return losses

    def _losses(self, logit, y):
        """The binary cross-entropy of every run, (runs,); infinite if a parameter is."""
        finite = self.parameters.isfinite().all(dim=1)
        return softplus((1 - 2 * y) * logit).mean(dim=(1, 2)).where(finite, torch.inf).numpy()

    def _slope(self, logit, y):
        """The derivative of the binary cross-entropy by the logit, times the number of points."""
        probability = torch.sigmoid(logit)
        if not self.is_published:
            return probability.sub_(y)
        # BCELoss divides by P (1 - P): where that is tiny, not all of the derivative is left.
        spread = torch.addcmul(probability, probability, probability, value=-1)
        spread.div_(spread.clamp(min=SMALLEST_SPREAD))
        return probability.sub_(y).mul_(spread)

    def _step(self, gradient):
        """Move all parameters, as the optimizers of PyTorch do."""
        self.steps += 1
        gradient = gradient + self.decay * self.parameters
        if self.optimizer == "adam":
            first, second = BETAS
            self.mean = first * self.mean + (1 - first) * gradient
            self.square = second * self.square + (1 - second) * gradient**2
            size = (self.square / (1 - second**self.steps)).sqrt() + EPSILON
            move = self.mean / (1 - first**self.steps) / size
        else:
            move = self.mean = self.momentum * self.mean + gradient
        self.parameters -= self.rate * move


def outputs_of(layers, x):
    """Yield what each layer of many networks puts out for the same points, (k, units, n).

    layers: of each its weights, (k, units, inputs), its biases, (k, units, 1), or None, and the
        function that follows.
    x: the points as columns, (d, n), which is several times as fast as points as rows.
    """
    for weight, bias, function in layers:
        x = weight @ x
        x = function(x if bias is None else x.add_(bias))
        yield x


def layers_of(values, shapes):
    """Weights, (runs, units, inputs), and biases, (runs, units, 1), of layers: pairs of views.

    values: parameters, or gradients, of runs, (runs, count), and `shapes` those of the parameters.
    """
    views = []
    for shape, part in zip(shapes, values.split([*map(math.prod, shapes)], dim=1), strict=True):
        views.append(part.view(-1, *shape) if len(shape) == 2 else part[..., None])
    return list(zip(views[::2], views[1::2], strict=True))


def first_linear(network):
    """The number of the first linear layer: what stands before it only scales the points."""
    return [isinstance(layer, nn.Linear) for layer in network.logit].index(True)
