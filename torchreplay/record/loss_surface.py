"""The loss over planes of parameter space."""

import contextlib
import warnings

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, vmap

from torchreplay.data.dataset import sample
from torchreplay.models.activations import is_elementwise
from torchreplay.models.classifier import NO_OP_LAYERS, Classifier
from torchreplay.models.tasks import TWO_CLASSES
from torchreplay.record.history import recorded_module
from torchreplay.training.many_networks import outputs_of

PLACES, FEWER_PLACES = 21, 11
DIVISIONS = 4
MIN_POINTS, MAX_POINTS = 100, 2000
MAX_COST = 2.5e7  # parameters × points × places
VALUES_PER_BLOCK = 2**18


class LossSurface:
    """The loss over the plane through the parameters of an epoch, for any epoch of a History.

    directions: (2, P), of length 1 and orthogonal, P parameters in the order of `layer_parameters`.
    low, high: the ends of the plane in coordinates along the directions, the same at all epochs.

    points: the Dataset of the loss: all points trained on, or a fixed sample of them.
    across, up: the coordinates of the values along each direction, an array each.

    The loss is evaluated at some places. Cubics through four of them give the values between.
    """

    def __init__(self, history, directions, low, high):
        self.history = history
        size = directions.shape[1]
        count, most = places_and_points(size)
        self.points = sample(history.dataset.trained, most)
        ends = list(zip(low, high, strict=True))
        self._places = [np.linspace(*pair, count) for pair in ends]
        self.across, self.up = (np.linspace(*pair, (count - 1) * DIVISIONS + 1) for pair in ends)
        self._between = cubics(count, DIVISIONS)
        self._block = max(1, VALUES_PER_BLOCK // (size + self.points.X.numel()))
        self._network = history.network(0)
        self._loss = Loss(self._network, self.points, history.task)
        names = {id(value): name for name, value in self._loss.named_parameters()}
        self._parameters = {
            names[id(value)]: value.detach()
            for value in recorded_module(self._network).parameters()
        }
        blocks = np.split(directions, np.cumsum([v.numel() for v in self._parameters.values()]), 1)
        self._directions = {
            name: torch.from_numpy(block).float().reshape(2, *value.shape)
            for (name, value), block in zip(self._parameters.items(), blocks, strict=False)
        }
        self._losses = many_losses(self._loss)

    @torch.no_grad()
    def at(self, epoch, here):
        """The loss over the plane, (m, m), by rows, of an epoch whose coordinates are `here`.

        If the loss is that of a sample, all values are shifted so that the value at the epoch is
        the loss of all points.
        """
        self.history.restore(self._network, epoch)
        across, up = (places - own for places, own in zip(self._places, here, strict=True))
        steps = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        found = self._evaluate(steps).reshape(len(up), len(across))
        if len(self.points.y) < len(self.history.dataset.trained.y):
            found += self.history.loss[epoch] - self._evaluate(np.zeros((1, 2)))
        return np.maximum(self._between @ found @ self._between.T, 0)

    def _evaluate(self, steps):
        """The losses at some steps, (k, 2), from the parameters of the epoch: (k,)."""
        found = []
        for block in torch.from_numpy(steps).float().split(self._block):
            moved = {
                name: value + torch.tensordot(block, self._directions[name], 1)
                for name, value in self._parameters.items()
            }
            with without_warnings():
                found.append(self._losses(moved))
        return torch.cat(found).double().nan_to_num(nan=torch.inf).numpy()


def places_and_points(size):
    """The number of places along each axis and the greatest number of points, by network size."""
    count = PLACES if size * PLACES**2 * MIN_POINTS <= MAX_COST else FEWER_PLACES
    return count, int(np.clip(MAX_COST / size / count**2, MIN_POINTS, MAX_POINTS))


class Loss(nn.Module):
    """The loss of a network on a Dataset."""

    def __init__(self, network, points, task=TWO_CLASSES):
        super().__init__()
        self.network, self.points, self.task = network, points, task

    def forward(self):
        """The loss of the Task."""
        return self.task.loss(self.network.logit(self.points.X), self.points.y)


def many_losses(loss):
    """The function of many parameters at once, tensors (k, *shape) by name, to losses, (k,).

    loss: the Loss of a network with its own parameters.
    """
    chain = chain_of(loss)
    if chain is not None:
        return lambda moved: loss.task.losses(outputs_of_chain(*chain, moved), loss.points.y.T)
    together = vmap(lambda moved: functional_call(loss, moved, ()))
    own = {name: value.detach()[None] for name, value in loss.named_parameters()}
    try:
        with without_warnings():
            together(own)
    except RuntimeError:  # the model has operations that vmap does not know
        return lambda moved: torch.stack(
            [
                functional_call(loss, dict(zip(moved, values, strict=True)), ())
                for values in zip(*moved.values(), strict=True)
            ]
        )
    return together


def chain_of(loss):
    """The points that the first linear layer gets, (n, d), and a list of the linear layers.

    The list has for each the name of its weight, the name of its bias or None, and a Sequential of
    the elementwise functions that follow. Returns None for another kind of network.
    """
    network = loss.network
    layers = network.sequence if isinstance(network, Classifier) else network.logit
    if not isinstance(layers, nn.Sequential):
        return None
    names = {id(value): name for name, value in loss.named_parameters()}
    x, chain = loss.points.X, []
    for layer in layers:
        if isinstance(layer, nn.Linear):
            chain.append((names[id(layer.weight)], names.get(id(layer.bias)), nn.Sequential()))
        elif not chain and not [*layer.parameters()]:
            x = layer(x)
        elif is_elementwise(layer):
            chain[-1][-1].append(layer)
        elif not isinstance(layer, NO_OP_LAYERS):
            return None
    return (x, chain) if x.ndim == 2 else None


def outputs_of_chain(x, chain, moved):
    """What many networks that are chains put out, see `chain_of`: (k, outputs, n)."""
    layers = (
        (moved[weight], None if bias is None else moved[bias][..., None], function)
        for weight, bias, function in chain
    )
    for output in outputs_of(layers, x.T):
        last = output  # only that of the last layer is kept
    return last


@contextlib.contextmanager
def without_warnings():
    """Print no warning: `vmap` warns of operations that it evaluates one by one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def cubics(count, divisions):
    """The matrix that interpolates evenly spaced values: it divides each step into `divisions`.

    Every new value lies on the cubic through the four nearest values.
    """
    places = np.arange((count - 1) * divisions + 1) / divisions
    first = np.clip(np.floor(places) - 1, 0, count - 4).astype(int)
    matrix = np.zeros((len(places), count))
    for k in range(4):
        others = [j for j in range(4) if j != k]
        weights = [(places - first - j) / (k - j) for j in others]
        matrix[np.arange(len(places)), first + k] = np.prod(weights, axis=0)
    return matrix
