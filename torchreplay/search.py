"""A search: many runs of one network, which differ in hyper-parameters, trained together."""

import itertools
import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus
from tqdm import tqdm

from torchreplay.errors import UserError

BLOCK_VALUES = 600_000  # of all layers, that are computed at once: they stay in the cache
ARRAYS = 4  # of such a size, that are needed at a time
WHILE_REPLACED = 2  # records there are, when a run is replaced in one
SMALLEST_SPREAD = 1e-12  # of P (1 - P), below which BCELoss has another gradient
SHARED = {"learning_rate": 3.0, "momentum": 0.0, "weight_decay": 0.0}  # by runs, if not searched
BETAS, EPSILON = (0.9, 0.999), 1e-8  # of adam, as PyTorch has them
FUNCTIONS = {  # in place, and from what comes back to an output and that output, what goes on
    nn.Sigmoid: (torch.sigmoid_, torch.ops.aten.sigmoid_backward),
    nn.Tanh: (torch.tanh_, torch.ops.aten.tanh_backward),
    nn.ReLU: (torch.relu_, partial(torch.ops.aten.threshold_backward, threshold=0)),
    nn.Linear: (lambda x: x, lambda slope, _: slope),  # no function follows a latent layer
}
FUNCTIONS[type(None)] = FUNCTIONS[nn.Linear]  # nor the output


@dataclass(frozen=True)
class Search:
    """The losses of runs of one network that differ in one or two hyper-parameters.

    axes: the values of each, in ascending order, by its name, as `common.train` calls it. There is
        a run for each of them, or for each pair.
    loss: (E + 1, runs), over the whole data set; NaN from the epoch on at which a run has diverged.
    """

    axes: Mapping
    loss: np.ndarray

    @cached_property
    def runs(self):
        """The hyper-parameters of every run: dictionaries, those of the last axis vary fastest."""
        return runs_of(self.axes)

    @property
    def judged(self):
        """The loss by which the best run is chosen, (runs,): that of the last epoch."""
        return self.loss[-1]

    @property
    def best(self):
        """The number of the best run. Raises UserError if all have diverged."""
        if np.isnan(self.judged).all():
            raise UserError(
                f"all {len(self.runs)} runs of the search have diverged: give --search lower values"
            )
        return int(np.nanargmin(self.judged))

    def confirm(self, train):
        """Train the best run alone, and whichever is the best then, until it has been.

        Rounding can lead a run that jumps about another way. A run that is trained alone takes the
        place of that which was trained with others, so that the best one is what it is said to be.

        train: makes the History of a run from its hyper-parameters.
        Returns the History of the best run, which has the Search.
        """
        search, alone = self, {}
        while search.best not in alone:
            best = search.best
            alone[best] = train(**self.runs[best])
            search = search._with(best, alone[best].loss)
        return replace(alone[search.best], search=search)

    def _with(self, run, loss):
        """The same Search with other losses of a run, (epochs,): fewer if it has diverged."""
        losses = self.loss.copy()
        losses[:, run] = np.nan
        losses[: len(loss), run] = loss
        return Search(self.axes, losses)


def runs_of(axes):
    """The hyper-parameters of every run on some axes: dictionaries."""
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def train_together(network, axes, dataset, batches, epochs, optimizer="sgd", **settings):
    """Train runs that all begin with the parameters of a network. Returns their Search.

    axes: values of learning_rate, momentum and weight_decay, see Search; `settings` has one of
        those that all runs share.
    batches: makes the batches of an epoch, pairs of points and labels, the same for all runs.
    """
    runs = [SHARED | settings | run for run in runs_of(axes)]
    size = block_size(network, dataset)
    blocks = [Block(network, runs[k : k + size], optimizer) for k in range(0, len(runs), size)]
    losses = np.empty((epochs + 1, len(runs)))
    progress = tqdm(range(epochs + 1), desc=f"searching {len(runs)} runs", disable=None)
    with ThreadPoolExecutor(processors()) as pool:

        def each(work, X, y):
            x = network.logit[: first_linear(network)](X).T.contiguous()
            return np.concatenate([*pool.map(partial(work, x=x, y=y.T), blocks)])

        for epoch in progress:
            parts = [*batches()] if epoch < epochs else []
            if [X is dataset.X for X, _ in parts] == [True]:
                losses[epoch] = each(Block.update, *parts[0])  # it is asked for the loss anyway
            else:
                losses[epoch] = each(Block.loss, dataset.X, dataset.y)
                for X, y in parts:
                    each(Block.update, X, y)
    losses[np.logical_or.accumulate(~np.isfinite(losses))] = np.nan
    return Search(axes, losses)


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
        self.steps, self.mean, self.square = 0, torch.zeros(()), torch.zeros(())

    def outputs(self, x):
        """What the layers put out for points x, (d, n): x itself, ..., the logits, (runs, 1, n)."""
        found = [x]
        for (weight, bias), (function, _) in zip(self.layers, self.functions, strict=True):
            x = function((weight @ x).add_(bias))
            found.append(x)
        return found

    @torch.no_grad()
    def loss(self, x, y):
        """The loss of every run, (runs,), over points x, (d, n), of labels y, (1, n)."""
        return self._measured(self.outputs(x)[-1], y)

    @torch.no_grad()
    def update(self, x, y):
        """Update the parameters of every run by backpropagation. Returns the losses of before."""
        *given, logit = self.outputs(x)
        losses, slope = self._measured(logit, y), self._slope(logit, y)
        for k in reversed(range(len(given))):
            weight, bias = self.slopes[k]
            weight.copy_(slope @ given[k].mT)
            torch.sum(slope, dim=-1, keepdim=True, out=bias)
            if k:
                _, backward = self.functions[k - 1]
                slope = backward(self.layers[k][0].mT @ slope, given[k])
        self._step(self.gradients / y.shape[1])
        return losses

    def _measured(self, logit, y):
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


def values_of(network, dataset):
    """How many numbers the layers of a network put out for all points."""
    units = [layer.out_features for layer in network.logit if isinstance(layer, nn.Linear)]
    return sum(units) * len(dataset.y)


def block_size(network, dataset):
    """How many runs are computed at once."""
    return max(1, BLOCK_VALUES // values_of(network, dataset))


def processors():
    """How many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def search_memory(network, dataset, axes, epochs):
    """What `train_together` needs of memory; see `check_memory`."""
    runs = len(runs_of(axes))
    size = block_size(network, dataset)
    blocks = min(processors(), math.ceil(runs / size))
    computed = 4 * ARRAYS * blocks * size * values_of(network, dataset)
    return [
        (8 * WHILE_REPLACED * (epochs + 1) * runs, f"the record of {runs:,} runs", "lower --runs"),
        (computed, "the training of many runs at once", "lower --hidden or --points"),
    ]
