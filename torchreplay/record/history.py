"""The record of a training run: the parameters of every epoch, and values computed from them.

Epoch 0 is the initialization, and epoch e the state after e passes over the data.
"""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import nn

from torchreplay.data.dataset import Dataset
from torchreplay.errors import Argument, MissingError, NetworkError, UserError
from torchreplay.models.classifier import Classifier
from torchreplay.models.evaluating import is_close, own_forwards
from torchreplay.models.model_outputs import CRITERIA
from torchreplay.models.recordable import without_compilers
from torchreplay.models.tasks import METRIC_NAMES, Task
from torchreplay.models.tracing import examples_of
from torchreplay.training.search import Search

PROBES = "probes"
BELOW_A_LAYER = re.compile(r"(^|\.)parametrizations\..*")
COPIES_WHILE_DOUBLING = 2


@dataclass(frozen=True, eq=False)
class History:
    """The record of a training run, epoch by epoch; it never changes.

    An `epoch` is a number from 0 to `last`. A Recorder may record less often than after every pass
    over the data, or count steps. Pictures then call epoch e by its count, `every * e`, and by
    `label`.

    Parameters
    ----------
    dataset : Dataset
        The data of the training.
    parameters : Mapping of str to array
        Every parameter and buffer of the model by its name, (E + 1, *shape).
    loss, accuracy : array
        (E + 1,), over the points trained on; accuracy is None in regression.
    model : torch.nn.Module
        A model of the trained kind; it is copied.
    diverged : bool
        Whether the training continued to parameters or losses that are not finite.
    output : str or None
        What the model puts out, see `classifier`; None if it is used directly.
    every, label : int, str
        The count from one epoch to the next and its unit: 1 "epoch", or 100 times a "step".
    training : Mapping
        The settings of the training, those of `common.train`; empty if they are not known.
    class_accuracy : array or None
        (E + 1, K), the accuracy of each of more than two classes; NaN of one without a point.
    rmse, r2 : array or None
        (E + 1,), the root of the mean squared error, and R², in regression.
    validation_loss, validation_accuracy, ... : array or None
        The same over the points held out; None without any.
    search : Search or None
        The search that found this training.
    probes : array or None
        (E + 1, 16, outputs), the logits of `examples_of(dataset.X)`, from what the model itself put
        out; (E + 1, 16) of a single one.
        What is replayed must give them again. None in older records.

    Examples
    --------
    >>> history = replay.history
    >>> history.loss.shape, history.epochs.tolist()
    ((4,), [0, 1, 2, 3])
    >>> history.network(epoch=2).training
    False
    """

    dataset: Dataset
    parameters: Mapping[str, np.ndarray]
    loss: np.ndarray
    accuracy: np.ndarray | None
    model: nn.Module
    diverged: bool = False
    output: str | None = None
    every: int = 1
    label: str = "epoch"
    training: Mapping[str, Any] = field(default_factory=dict)
    validation_loss: np.ndarray | None = None
    validation_accuracy: np.ndarray | None = None
    search: Search | None = None
    probes: np.ndarray | None = None
    class_accuracy: np.ndarray | None = None
    rmse: np.ndarray | None = None
    r2: np.ndarray | None = None
    validation_class_accuracy: np.ndarray | None = None
    validation_rmse: np.ndarray | None = None
    validation_r2: np.ndarray | None = None
    _replayed: set[int] = field(default_factory=set, init=False, repr=False)  # and found equal

    def __post_init__(self) -> None:
        for values in itertools.chain(self.parameters.values(), self.measured.values()):
            values.flags.writeable = False
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        with own_forwards(self.model):
            model = copy.deepcopy(self.model)
        model = without_compilers(model).cpu().float().eval().requires_grad_()
        object.__setattr__(self, "model", model)

    def __repr__(self) -> str:
        shown = described_metrics(self.metrics[0], self.last)
        shown += ["diverged"] * self.diverged
        epochs = described_epochs(self.label, self.every, len(self.loss))
        return f"History of {epochs}: {', '.join([described_model(self), *shown])}"

    @property
    def last(self) -> int:
        """The number E of the last epoch recorded."""
        return len(self.loss) - 1

    @cached_property
    def task(self) -> Task:
        """What is learned, with the loss that is recorded."""
        return self.dataset.task.trained_on(CRITERIA.get(self.output, "mse"))

    @property
    def metrics(self) -> list[dict[str, np.ndarray]]:
        """The numbers measured of the points trained on, then of those held out, if any are.

        They are (E + 1,) each, by the names "loss" and those of `Task.metrics`.
        """
        names, prefixes = ("loss", *self.task.metrics), ("", "validation_")
        found = [{name: getattr(self, prefix + name) for name in names} for prefix in prefixes]
        return found if self.validation_loss is not None else found[:1]

    @property
    def measured(self) -> dict[str, np.ndarray]:
        """All that was measured at every epoch, by the names of the attributes."""
        names = ("loss", *self.task.measured)
        names += tuple(f"validation_{name}" for name in names)
        found = {name: getattr(self, name) for name in names}
        return {name: values for name, values in found.items() if values is not None}

    @property
    def epochs(self) -> np.ndarray:
        """The counts of all epochs recorded, (E + 1,)."""
        return self.every * np.arange(len(self.loss))

    def clamp(self, epoch: int) -> int:
        """An epoch, or the last epoch recorded if the record ends before it."""
        return min(epoch, self.last)

    def number(self, count: int) -> int:
        """The epoch with a count. Raises UserError if it is not recorded."""
        counts = self.epochs
        if count not in counts:
            every = f", every {self.every}" if self.every > 1 else ""
            raise UserError(
                f"{self.label} {count} is not recorded: there are 0 to {counts[-1]}{every}"
            )
        return int(count) // self.every

    def numbers(self, counts: Iterable[int] | None = None) -> list[int]:
        """The epochs with some counts; by default all but the initialization.

        Raises TypeError or UserError if these are not counts, or not recorded.
        """
        counts = self.epochs[min(1, self.last) :] if counts is None else counts
        if isinstance(counts, str) or not isinstance(counts, Iterable):
            raise TypeError(f"epochs is {counts!r}: give a list or a range of them")
        numbers = [self.number(count) for count in counts]
        if not numbers:
            raise UserError("epochs is empty: give one or more")
        return numbers

    def count(self, epoch: int) -> str:
        """The count of an epoch, as text."""
        return str(self.every * epoch)

    def network(self, epoch: int) -> nn.Module:
        """A new copy of the network as it was at an epoch."""
        model = copy.deepcopy(self.model)
        if self.output is not None:
            model = Classifier(model, self.output, self.dataset.X, self.task).eval()
        self.restore(model, epoch)
        return model

    def restore(self, network: nn.Module, epoch: int) -> None:
        """Set the parameters of a copy of the network to their values at an epoch.

        Raises NetworkError if it does not put out then what was recorded.
        """
        recorded_module(network).load_state_dict(self.state_dict(epoch))
        if self.probes is not None and epoch not in self._replayed:
            self._check_probes(network, epoch)
            self._replayed.add(epoch)

    def state_dict(self, epoch: int) -> dict[str, torch.Tensor]:
        """The parameters and buffers of the model at an epoch, for its `load_state_dict`."""
        return {name: torch.tensor(values[epoch]) for name, values in self.parameters.items()}

    @torch.no_grad()
    def _check_probes(self, network, epoch):
        recorded = torch.tensor(self.probes[epoch]).flatten()
        found = network.logit(examples_of(self.dataset.X)).flatten()
        if not is_close(found, recorded):
            worst = (found - recorded).abs().nan_to_num(torch.inf).argmax()
            raise NetworkError(
                f"{self.label} {self.count(epoch)} cannot be replayed: a copy of the model puts out"
                f" {found[worst]:.4g}, recorded was {recorded[worst]:.4g}. Something"
                ' changes that is no parameter: record with keep="features"'
            )

    @property
    def layer_parameters(self) -> dict[str, list[str]]:
        """The names of the parameters of every layer, lists, by the name of the layer."""
        found = {}
        for name, _ in self.model.named_parameters():
            module = name.rpartition(".")[0]  # below a layer, if it computes a parameter of that
            found.setdefault(BELOW_A_LAYER.sub("", module), []).append(name)
        return found

    @property
    def linear_layers(self) -> list[str]:
        """The names of the layers. Raises MissingError unless all of them are linear."""
        modules = {name: self.model.get_submodule(name) for name in self.layer_parameters}
        if not modules:
            raise MissingError("the record keeps no parameters")
        for name, module in modules.items():
            if not isinstance(module, nn.Linear) or self._values(name, "weight") is None:
                raise MissingError(f"{name or 'the model'} is no linear layer")
        return list(modules)

    @property
    def units(self) -> list[int]:
        """The number of inputs, and then the number of units of every layer."""
        weights = [self._values(name, "weight") for name in self.linear_layers]
        return [weights[0].shape[2], *(values.shape[1] for values in weights)]

    def weights_and_biases(self, epoch: int) -> list[np.ndarray]:
        """Weights and biases of every layer at an epoch: arrays (units, inputs + 1)."""
        return [self._with_biases(name, epoch) for name in self.linear_layers]

    def _with_biases(self, name, epoch):
        weight, bias = (self._values(name, kind) for kind in ("weight", "bias"))
        biases = np.zeros(weight.shape[1]) if bias is None else bias[epoch]
        return np.column_stack([weight[epoch], biases])

    def _values(self, layer, kind):
        """The weights or biases of a layer, or None. A model that is a layer has the name ""."""
        return self.parameters.get(f"{layer}.{kind}".removeprefix("."))

    @property
    def layer_names(self) -> list[str]:
        """The names of the layers in pictures, in the order of `layer_parameters`."""
        if self.output is not None:
            return [name or "model" for name in self.layer_parameters]
        names = [f"hidden {k}" for k in range(1, len(self.layer_parameters))]
        if len(names) == 1:
            names = ["hidden"]
        if getattr(self.model, "is_latent", False):
            names[-1] = "latent"
        return [*names, "output"]

    def largest_parameter(self, epochs: Iterable[int]) -> float:
        """The largest magnitude of a weight or bias at some epochs."""
        names = itertools.chain.from_iterable(self.layer_parameters.values())
        return max(np.abs(self.parameters[name][list(epochs)]).max() for name in names).item()


def probes_of(z):
    """What a record keeps of what a model puts out for examples, (16, outputs); (16,) of one."""
    return z[:, 0] if z.shape[1] == 1 else z


@torch.no_grad()
def replayed_probes(history):
    """The probes of an older record, which has none, as it is replayed; see History."""
    network, found = history.network(0), []
    for epoch in range(history.last + 1):
        history.restore(network, epoch)
        found.append(probes_of(network.logit(examples_of(history.dataset.X))).numpy())
    return np.array(found)


def described_epochs(label, every, count):
    """The epochs of a record, in words.

    every, label: see History.
    count: their number, with the initialization.
    """
    skips = f", every {every}" if every > 1 else ""
    return f"{label}s 0 to {every * (count - 1)}{skips}" if count > 1 else f"{label} 0"


def described_metrics(metrics, epoch):
    """The numbers measured at an epoch, in words: a list; see `History.metrics`."""
    return [
        f"{METRIC_NAMES.get(name, name)} {100 * values[epoch]:.1f} %"
        if name == "accuracy"
        else f"{METRIC_NAMES.get(name, name)} {values[epoch]:.4g}"
        for name, values in metrics.items()
    ]


def described_model(history):
    """The class of a model, and the units of its layers if all are linear: Network 2-2-1."""
    try:
        units = " " + "-".join(map(str, history.units))
    except MissingError:
        units = ""
    return f"{type(history.model).__name__}{units}"


def recorded_module(network):
    """The module whose parameters are recorded: the network, or the model of a Classifier."""
    return network.model if isinstance(network, Classifier) else network


def record_memory(networks, epochs):
    """How much memory the records of some networks need while they grow; see `check_memory`.

    epochs: the number of epochs of each.
    """
    parameters = [sum(value.numel() for value in network.parameters()) for network in networks]
    sizes = [4 * (last + 1) * count for last, count in zip(epochs, parameters, strict=True)]
    size = sum(sizes) + COPIES_WHILE_DOUBLING * max(sizes)
    smaller = "lower ", Argument("epochs"), " or ", Argument("hidden")
    return [(size, f"the record of {max(epochs):,} epochs", smaller)]
