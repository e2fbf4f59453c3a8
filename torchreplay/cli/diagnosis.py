"""Why a network may not learn: a diagnosis of an epoch of any History."""

import math
from collections import Counter

import torch
from torch import nn

from torchreplay.models.tracing import in_batches
from torchreplay.record.layers import hidden_activations, unit_inputs

CONSTANT_RANGE_FRACTION = 1e-5
MAX_POINT_LOSS = 100  # BCELoss never gives more
MIN_EPOCHS_TO_JUDGE = 50
MIN_RANGE_OF_P = MIN_SPREAD_FRACTION = 0.05
MAX_RATIO_OF_SPREADS = 5
MIN_SPREAD, MAX_SPREAD_OR_MEAN = 0.2, 5  # beyond these, numbers are better standardized


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
    """What is put out for the points trained on, (n, outputs)."""
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
    if not history.task.classes:
        return ""
    wrong = 1 - history.accuracy[epoch]
    most = math.log(history.task.classes)  # the largest loss of a correct point
    if history.loss[epoch] > MAX_POINT_LOSS * wrong + most:
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


def layers_dead_from_start(history, epoch):
    """The hidden ReLU layers, from 1 on, that put out 0 for all points, at epoch 0 and at this."""
    silent = set(silent_units(history, 0)) & set(silent_units(history, epoch))
    widths = [x.shape[1] for _, x in hidden_outputs(history, epoch)]
    counts = Counter(layer for layer, _ in silent)
    return [layer for layer, width in enumerate(widths, start=1) if counts[layer] == width]


def indifference(history, epoch):
    """How little the output of the network at an epoch says of a point, in words; "" if enough.

    Nothing is said of a training of few epochs.
    """
    if epoch < MIN_EPOCHS_TO_JUDGE:
        return ""
    task, z = history.task, logits(history, epoch)
    p = task.predictions(z)
    if not task.classes:
        same = p.std() < MIN_SPREAD_FRACTION * history.dataset.trained.y.std()
        if same:
            return f"predicts nearly the same number for every point, {p.mean():.4g}"
        worse = history.r2[epoch] < 0
        return "predicts worse than the mean of all numbers would" if worse else ""
    low, high = p.amin(dim=0), p.amax(dim=0)
    widest = (high - low).argmax()
    if (high - low)[widest] < MIN_RANGE_OF_P:
        ends = f"{low[widest]:.3f} to {high[widest]:.3f}"
        return f"gives every point nearly the same probability, {ends}"
    found = task.area(z).unique()
    if len(found) == 1:
        return f"predicts {history.dataset.class_names[found]} for every point"
    return ""


def needs_other_units(dataset):
    """Whether numbers to be learned are far from mean 0 and variance 1."""
    return not dataset.classes and is_far_from_unit(*spread_and_mean(dataset.trained.y))


def spread_and_mean(values):
    """The standard deviation and the mean of a tensor."""
    return tuple(value.item() for value in torch.std_mean(values.double(), correction=0))


def is_far_from_unit(spread, mean):
    """Whether values of some standard deviation and mean are far from 1 and 0."""
    return spread < MIN_SPREAD or max(spread, abs(mean)) > MAX_SPREAD_OR_MEAN


def needs_standardizing(dataset):
    """Whether features of a Dataset differ much in scale, or are far from 0 for their spread."""
    spread, mean = torch.std_mean(dataset.trained.X.double(), dim=0, correction=0)
    differ = spread.max() > MAX_RATIO_OF_SPREADS * spread[spread > 0]
    return not dataset.standardized and bool(differ.any() or (mean.abs() > spread).any())


def sigmoid_layers(history):
    """The number of hidden layers of sigmoid units."""
    return sum(type(module) is nn.Sigmoid for module, _ in hidden_outputs(history, 0))
