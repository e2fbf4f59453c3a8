"""The loss over planes of parameter space."""

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, vmap
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.data.dataset import sample
from torchreplay.models.activations import is_elementwise
from torchreplay.models.classifier import PASSED_OVER, Classifier
from torchreplay.record.history import recorded_module
from torchreplay.training.many_networks import outputs_of

SIDE, FEWER = 21, 11  # places along either axis at which the loss is asked for
BETWEEN = 4  # parts of a step from one to the next, at which it is interpolated
POINTS = (100, 2000)  # that are asked, at the least and at the most
PRODUCTS = 2.5e7  # of parameters, points and places
BLOCK = 2**18  # numbers that a layer puts out at once, more or less


class LossSurface:
    """The loss over the plane through the parameters of an epoch, for any epoch of a History.

    directions: (2, P), of length 1 and orthogonal, P parameters in the order of `layer_parameters`.
    low, high: the ends of the plane in coordinates along the directions, the same at all epochs.

    points: the Dataset that is asked: all points trained on, or a fixed sample of them.
    across, up: the coordinates of the values along either direction, an array each.

    The network is asked at some places. Cubics through four of them give the values between.
    """

    def __init__(self, history, directions, low, high):
        self.history = history
        size = directions.shape[1]
        count, most = places_and_points(size)
        self.points = sample(history.dataset.trained, most)
        ends = list(zip(low, high, strict=True))
        self._places = [np.linspace(*pair, count) for pair in ends]
        self.across, self.up = (np.linspace(*pair, (count - 1) * BETWEEN + 1) for pair in ends)
        self._between = cubics(count, BETWEEN)
        self._block = max(1, BLOCK // (size + self.points.X.numel()))
        self._network = history.network(0)
        self._loss = Loss(self._network, self.points)
        names = {id(value): name for name, value in self._loss.named_parameters()}
        self._parameters = {
            names[id(value)]: value.detach()
            for value in recorded_module(self._network).parameters()
        }
        parts = np.split(directions, np.cumsum([v.numel() for v in self._parameters.values()]), 1)
        self._directions = {
            name: torch.from_numpy(part).float().reshape(2, *value.shape)
            for (name, value), part in zip(self._parameters.items(), parts, strict=False)
        }
        self._losses = many_losses(self._loss)

    @torch.no_grad()
    def at(self, epoch, here):
        """The loss over the plane of an epoch, whose own coordinates are `here`: (m, m), by rows.

        Where a sample of the points is asked, all values are shifted by as much as its loss at the
        epoch differs from that of all points.
        """
        self.history.restore(self._network, epoch)
        across, up = (places - own for places, own in zip(self._places, here, strict=True))
        steps = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        found = self._ask(steps).reshape(len(up), len(across))
        if len(self.points.y) < len(self.history.dataset.trained.y):
            found += self.history.loss[epoch] - self._ask(np.zeros((1, 2)))
        return np.maximum(self._between @ found @ self._between.T, 0)

    def _ask(self, steps):
        """The losses some steps, (k, 2), away from the parameters of the epoch: (k,)."""
        found = []
        for part in torch.from_numpy(steps).float().split(self._block):
            moved = {
                name: value + torch.tensordot(part, self._directions[name], 1)
                for name, value in self._parameters.items()
            }
            found.append(self._losses(moved))
        return torch.cat(found).double().nan_to_num(nan=torch.inf).numpy()


def places_and_points(size):
    """How many places along an axis, and points at most, a network of some parameters is asked."""
    count = SIDE if size * SIDE**2 * POINTS[0] <= PRODUCTS else FEWER
    return count, int(np.clip(PRODUCTS / size / count**2, *POINTS))


class Loss(nn.Module):
    """The loss of a network on a Dataset."""

    def __init__(self, network, points):
        super().__init__()
        self.network, self.points = network, points

    def forward(self):
        """The binary cross-entropy, from the logit."""
        logit = self.network.logit(self.points.X)
        return binary_cross_entropy_with_logits(logit, self.points.y)


def many_losses(loss):
    """The function from many parameters at once, by name tensors (k, *shape), to losses, (k,).

    loss: the Loss of a network at its own parameters.
    """
    chain = chain_of(loss)
    if chain is not None:
        return lambda moved: losses_of_chain(*chain, loss.points.y, moved)
    together = vmap(lambda moved: functional_call(loss, moved, ()))
    own = {name: value.detach()[None] for name, value in loss.named_parameters()}
    try:
        together(own)
    except RuntimeError:  # what the model does can be done for one at a time alone
        return lambda moved: torch.stack(
            [
                functional_call(loss, dict(zip(moved, values, strict=True)), ())
                for values in zip(*moved.values(), strict=True)
            ]
        )
    return together


def chain_of(loss):
    """The points as the first linear layer is given them, (n, d), and the linear layers: a list.

    Of each it has the names of weight and bias, the latter None without one, and what follows: a
    Sequential of modules without parameters that change every number by itself. Returns None for a
    network of another kind.
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
        elif not isinstance(layer, PASSED_OVER):
            return None
    return (x, chain) if x.ndim == 2 else None


def losses_of_chain(x, chain, y, moved):
    """The losses of many networks that are chains, see `chain_of`: (k,)."""
    layers = (
        (moved[weight], None if bias is None else moved[bias][..., None], function)
        for weight, bias, function in chain
    )
    for output in outputs_of(layers, x.T):
        logit = output  # of the last layer, in the end; no others are kept
    y = y[:, 0].expand(len(logit), -1)
    return binary_cross_entropy_with_logits(logit[:, 0], y, reduction="none").mean(dim=1)


def cubics(count, parts):
    """The matrix that puts `parts` steps in the place of each between evenly spaced values.

    Every new value is that of the cubic through the four values that are nearest to it.
    """
    places = np.arange((count - 1) * parts + 1) / parts
    first = np.clip(np.floor(places) - 1, 0, count - 4).astype(int)
    matrix = np.zeros((len(places), count))
    for k in range(4):
        others = [j for j in range(4) if j != k]
        weights = [(places - first - j) / (k - j) for j in others]
        matrix[np.arange(len(places)), first + k] = np.prod(weights, axis=0)
    return matrix
