"""Why a network may not learn: a diagnosis of an epoch of any History."""

import torch
from torch import nn

from torchreplay.models.tracing import in_batches
from torchreplay.record.layers import hidden_activations, unit_inputs

CONSTANT_RANGE_FRACTION = 1e-5
MAX_POINT_LOSS = 100  # BCELoss never gives more


@torch.no_grad()
def hidden_outputs(history, epoch):
    """The outputs of the activation functions of hidden layers for the points trained on, in order.

    Returns pairs of module and tensor (n, units). Functions that are not modules have no pair, and
    a record that keeps only features has none.
    """
    network = history.network(epoch)
    modules = hidden_activations(history, network).values()
    inputs = unit_inputs(network, modules, history.dataset.trained.X) if modules else ()
    return [(module, module(z)) for module, z in zip(modules, inputs, strict=True)]


@torch.no_grad()
def logits(history, epoch):
    """The logits of the points trained on, (n, 1)."""
    return in_batches(history.network(epoch).logit, history.dataset.trained.X)


def is_constant(first, now):
    """Whether units no longer vary from point to point, from their first and present outputs."""
    spread, present = (x.amax(dim=0) - x.amin(dim=0) for x in (first, now))
    return bool(spread.any() and (present <= CONSTANT_RANGE_FRACTION * spread).all())


def saturation(history, epoch):
    """Why the network at an epoch can hardly learn any more, in words; "" if it can."""
    layers = zip(hidden_outputs(history, 0), hidden_outputs(history, epoch), strict=True)
    if any(is_constant(first, now) for (_, first), (_, now) in layers):
        return "a hidden layer puts out the same for every point"
    if is_constant(logits(history, 0), logits(history, epoch)):
        return "it puts out the same for every point"
    wrong = 1 - history.accuracy[epoch]
    if history.loss[epoch] > MAX_POINT_LOSS * wrong + 1:  # the loss of a correct point is below 1
        return f"the loss of its errors is above {MAX_POINT_LOSS}"
    values = history.parameters.values()
    if epoch and wrong and all((array[epoch] == array[epoch - 1]).all() for array in values):
        return "its parameters do not change any more"
    return ""


def silent_units(history, epoch):
    """The hidden ReLU units that put out 0 for all points: pairs of layer and unit, from 1 on."""
    return [
        (layer, unit + 1)
        for layer, (module, x) in enumerate(hidden_outputs(history, epoch), start=1)
        if type(module) is nn.ReLU
        for unit in (x == 0).all(dim=0).nonzero()[:, 0].tolist()
    ]
