"""Runs of one network whose parameters are updated at once, by backpropagation for all of them."""

import itertools
import math

import torch
from torch import nn
from torch.nn.functional import linear

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
    task: what they learn.
    runs: the learning_rate, momentum and weight_decay of each.
    """

    def __init__(self, network, task, runs, optimizer):
        self.task, self.is_published, self.optimizer = task, network.is_published, optimizer
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
        self.stopped = torch.zeros(len(runs), 1, dtype=bool)
        self.steps = torch.zeros(len(runs), 1, dtype=float)

    def outputs(self, x):
        """What the layers put out for points x, (d, n): x itself, ..., (runs, outputs, n)."""
        functions = (function for function, _ in self.functions)
        return [x, *outputs_of(zip(*zip(*self.layers, strict=True), functions, strict=True), x)]

    @torch.no_grad()
    def loss(self, x, y):
        """The loss of every run, (runs,), over points x, (d, n), of labels y, (1, n)."""
        return self._judged(self._evaluate(x, y)[1])

    @torch.no_grad()
    def update(self, x, y):
        """Update the parameters of every run once. Returns the losses before that, see `loss`."""
        self.stopped.zero_()
        return self._judged(self._update(x, y))

    @torch.no_grad()
    def update_in_parts(self, parts):
        """Update the parameters of every run on batches, pairs of x and y, one after another.

        A run whose loss of a batch is NaN makes no more updates, as it does alone.
        """
        self.stopped.zero_()
        for x, y in parts:
            self._update(x, y)

    def _judged(self, losses):
        """The losses of runs; one whose loss is not finite ends, and is computed no more."""
        self.parameters[~losses.isfinite()] = torch.nan
        return losses.numpy()

    def _update(self, x, y):
        """Update the parameters by backpropagation. Returns the losses before that."""
        (*given, logit), losses = self._evaluate(x, y)
        # BCELoss, on which the published network is trained, is a number for infinite logits.
        stops = (logit.amax(dim=(1, 2)) if self.is_published else losses).isnan()
        self.stopped |= stops[:, None]
        slope = self._slope(logit, y)
        for k in reversed(range(len(given))):
            weight, bias = self.slopes[k]
            weight.copy_(slope @ given[k].mT)
            torch.sum(slope, dim=-1, keepdim=True, out=bias)
            if k:
                _, backward = self.functions[k - 1]
                slope = backward(self.layers[k][0].mT @ slope, given[k])
        self._step(self.gradients)
        return losses

    def _evaluate(self, x, y):
        """The outputs, and the loss of every run, (runs,); infinite if a parameter is not finite.

        Where terms of a sum are too large for single precision, their order decides whether it is
        infinite or NaN, and an activation may hide that. So a run whose loss is not finite is
        computed again in the order of a network that is trained alone.
        """
        found = self.outputs(x)
        losses = self.task.losses(found[-1], y)
        finite = self.parameters.isfinite().all(dim=1)
        for run in (finite & ~losses.isfinite()).nonzero()[:, 0]:
            for outputs, alone in zip(found[1:], self._outputs_alone(run, x), strict=True):
                outputs[run] = alone
            losses[run] = self.task.losses(found[-1][run, None], y)
        return found, losses.where(finite, torch.inf)

    def _outputs_alone(self, run, x):
        """What the layers of one run put out, as `nn.Linear` adds it up: arrays (units, n)."""
        x, found = x.T.contiguous(), []
        for (weight, bias), (function, _) in zip(self.layers, self.functions, strict=True):
            x = function(linear(x, weight[run], bias[run, :, 0]))
            found.append(x.T)
        return found

    def _slope(self, logit, y):
        """The derivative of the mean loss by what is put out for every point."""
        if not self.is_published:
            return self.task.slopes(logit, y)
        count, probability = y.shape[1], torch.sigmoid(logit)
        # BCELoss divides by P (1 - P): where that is tiny, not all of the derivative is left.
        spread = torch.addcmul(probability, probability, probability, value=-1)
        spread.div_(spread.clamp(min=SMALLEST_SPREAD))
        return probability.sub_(y).mul_(spread).div_(count)

    def _step(self, gradient):
        """Move all parameters, as the optimizers of PyTorch do; those of stopped runs stay.

        Products are in the same order, so that they go beyond single precision where those do.
        """
        self.steps += ~self.stopped
        gradient = gradient + self.decay * self.parameters
        if self.optimizer == "adam":
            first, second = BETAS
            mean = first * self.mean + (1 - first) * gradient
            square = second * self.square + (1 - second) * gradient * gradient
            self.square = self.square.where(self.stopped, square)
            size = square.sqrt() / (1 - second**self.steps).sqrt().float() + EPSILON
            move = (self.rate / (1 - first**self.steps)).float() * mean / size
        else:
            mean = self.momentum * self.mean + gradient
            move = self.rate * mean
        self.mean = self.mean.where(self.stopped, mean)
        self.parameters -= move.masked_fill_(self.stopped, 0)


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
