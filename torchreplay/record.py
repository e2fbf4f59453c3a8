"""The record of a training run: the parameters of every epoch, and what is evaluated from them.

Epoch 0 is the initialization, and epoch e the state after e updates, or passes over the data.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.errors import NetworkError, UserError

MOST_BYTES = 2e9  # of the records of all runs
FIRST_ROWS = 256  # of a growing array


@dataclass(frozen=True)
class History:
    """The record of a training run, epoch by epoch; it never changes.

    dataset: what the network was trained on.
    parameters: every parameter of `network.logit` by its name, arrays (E + 1, *shape).
    loss, accuracy: (E + 1,), over the whole data set.
    model: a network of the kind that was trained, of which copies are made.
    diverged: whether training went on, to parameters or a loss that are not finite.
    training: how it was trained, as `common.train` is told; empty if that is not known.
    """

    dataset: object
    parameters: Mapping
    loss: np.ndarray
    accuracy: np.ndarray
    model: nn.Module
    diverged: bool = False
    training: Mapping = field(default_factory=dict)

    def __post_init__(self):
        for values in (*self.parameters.values(), self.loss, self.accuracy):
            values.flags.writeable = False
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        object.__setattr__(self, "model", copy.deepcopy(self.model))

    @property
    def epochs(self):
        """The last epoch E."""
        return len(self.loss) - 1

    def network(self, epoch):
        """A new copy of the network as it was at an epoch."""
        network = copy.deepcopy(self.model)
        self.restore(network, epoch)
        return network

    def restore(self, network, epoch):
        """Set the parameters of a copy of the network to what they were at an epoch."""
        state = {name: torch.tensor(values[epoch]) for name, values in self.parameters.items()}
        network.logit.load_state_dict(state)

    def silent_units(self, epoch):
        """Which hidden units put out nothing for any point: pairs of layer and unit, from 1 on."""
        x, silent, layer = self.dataset.X, [], 0
        with torch.no_grad():
            for part in self.network(epoch).logit[:-1]:
                x = part(x)
                layer += isinstance(part, nn.Linear)
                if isinstance(part, nn.ReLU):
                    silent += [
                        (layer, unit + 1) for unit in (x == 0).all(dim=0).nonzero()[:, 0].tolist()
                    ]
        return silent

    @property
    def units(self):
        """The numbers of inputs and of units of every layer."""
        weights = list(self.parameters.values())[::2]
        return [weights[0].shape[2], *(values.shape[1] for values in weights)]

    def layers(self, epoch):
        """Weights and biases of every layer at an epoch: arrays (units, inputs + 1)."""
        values = [values[epoch] for values in self.parameters.values()]
        return [np.column_stack(pair) for pair in zip(values[::2], values[1::2], strict=True)]

    @property
    def layer_names(self):
        """What the layers are called, one name for each of `layers`."""
        hidden = len(self.parameters) // 2 - 1
        numbered = [f"hidden {k}" for k in range(1, hidden + 1)]
        return [*(numbered if hidden > 1 else ["hidden"]), "output"]

    def largest_parameter(self, epochs):
        """The largest magnitude of a weight or bias at some epochs."""
        return max(np.abs(values[list(epochs)]).max() for values in self.parameters.values()).item()


def predicted(logit):
    """The predicted class of points: 1 where P is at least one half, the logit at least 0."""
    return logit >= 0


class Recorder:
    """Records a network while it is trained: its parameters, loss and accuracy, epoch by epoch.

    The initialization is recorded at once; `record` is to be called after every epoch.

    dataset: over all of its points loss and accuracy are evaluated, both from the logit, which is
        exact where the probability is 0 or 1 in single precision.
    """

    def __init__(self, network, dataset):
        self.network, self.dataset = network, dataset
        self._parameters = {
            name: _GrowingArray(value.shape) for name, value in network.logit.state_dict().items()
        }
        self._loss, self._accuracy = _GrowingArray((), float), _GrowingArray((), float)
        self.diverged = False
        if not self.record():
            raise UserError("the network puts out more than can be shown: try --standardize")

    @torch.no_grad()
    def record(self):
        """Record the network as it is now, unless a parameter or the loss is no longer finite.

        Returns whether it is recorded.
        """
        state = self.network.logit.state_dict()
        logit = self.network.logit(self.dataset.X)
        loss = binary_cross_entropy_with_logits(logit, self.dataset.y)
        self.diverged = not all(x.isfinite().all() for x in (logit, loss, *state.values()))
        if self.diverged:
            return False
        for name, value in state.items():
            self._parameters[name].append(value.numpy())
        self._loss.append(loss.item())
        correct = predicted(logit) == self.dataset.y
        self._accuracy.append(correct.float().mean().item())
        return True

    def history(self):
        """The History of all epochs recorded so far."""
        parameters = {name: values.rows() for name, values in self._parameters.items()}
        loss, accuracy = self._loss.rows(), self._accuracy.rows()
        return History(self.dataset, parameters, loss, accuracy, self.network, self.diverged)


class _GrowingArray:
    """Rows of one shape in one array, which doubles when it is full."""

    def __init__(self, shape, dtype=np.float32):
        self._values, self._count = np.empty((FIRST_ROWS, *shape), dtype), 0

    def append(self, row):
        if self._count == len(self._values):
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
        self._values[self._count] = row
        self._count += 1

    def rows(self):
        """A copy of all rows."""
        return self._values[: self._count].copy()


def check_memory(networks, epochs):
    """Raise NetworkError if the records of some networks would take too much memory.

    epochs: how many each of them is trained.
    """
    parameters = [sum(value.numel() for value in network.parameters()) for network in networks]
    size = sum(4 * (last + 1) * count for last, count in zip(epochs, parameters, strict=True))
    if size > MOST_BYTES:
        raise NetworkError(
            f"the record of {max(epochs):,} epochs would take {size / 1e9:.0f} GB: lower --epochs,"
            " or --hidden"
        )
