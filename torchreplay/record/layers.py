"""The layers of a network at an epoch: their outputs, inputs and loss gradients."""

import torch
from torch import nn

from torchreplay.errors import MissingError
from torchreplay.models.activations import is_elementwise
from torchreplay.models.classifier import Classifier
from torchreplay.models.tracing import examples_of, hooked, in_batches, trace
from torchreplay.record.history import recorded_module
from torchreplay.record.kept_features import KeptFeatures


def check_parameters(history):
    """Raise MissingError if a History keeps features alone."""
    if isinstance(history.model, KeptFeatures):
        raise MissingError("the record keeps no parameters")


@torch.enable_grad()
def layer_gradients(history, network):
    """The loss gradients of a network: for every layer a list of tensors, one per parameter.

    network: a copy of the recorded network as it was at an epoch.
    """
    dataset, trained = history.dataset.trained, dict(recorded_module(network).named_parameters())
    loss = history.task.loss(network.logit(dataset.X), dataset.y)
    gradients = torch.autograd.grad(loss, list(trained.values()), materialize_grads=True)
    of = dict(zip(trained, gradients, strict=True))
    return [[of[name] for name in names] for names in history.layer_parameters.values()]


@torch.no_grad()
def layer_outputs(history, network):
    """The outputs of the layers for the points trained on: tensors (n, units) by layer number.

    If an activation function follows a layer, they are the outputs of the function. For the layer
    that is called last, they are what is predicted, see `Task.predictions`.
    """
    model = recorded_module(network)
    layers = {model.get_submodule(name): k for k, name in enumerate(history.layer_parameters)}
    found, last = {}, None

    def keep(module, x, output):
        nonlocal last
        if module in layers:
            last = layers[module]
        elif x is None or last not in found or x.data_ptr() != found[last].data_ptr():
            return
        found[last] = output

    def evaluate(x):
        found.clear()
        logit = network.logit(x)
        found[last] = history.task.predictions(logit)
        widths.update({k: output[:1].numel() for k, output in found.items()})
        return torch.cat([output.flatten(1) for output in found.values()], dim=1)

    watched = [m for m in model.modules() if m in layers or is_elementwise(m)]
    with hooked(watched, put_out=keep):
        widths = {}
        columns = in_batches(evaluate, history.dataset.trained.X).split([*widths.values()], dim=1)
    return dict(zip(widths, columns, strict=True))


def hidden_activations(history, network):
    """The activation functions of the hidden layers: modules by the names of the layers."""
    if isinstance(network, Classifier):
        modules = network.model.named_modules()
        return {
            name: m for name, m in modules if name in network.layer_shapes and is_elementwise(m)
        }
    called = {}  # in order, and none that follows the logit
    with hooked(filter(is_elementwise, network.modules()), given=called.setdefault):
        network.logit(history.dataset.X[:1])
    return dict(zip(history.layer_names, called, strict=False))


@torch.no_grad()
def unit_inputs(network, modules, x):
    """The inputs of some activation functions for points x: a list of tensors (n, units)."""
    given = {}

    def keep(module, z):
        given[module] = z.flatten(1).clone()  # a later layer may overwrite it

    def evaluate(x):
        network.logit(x)
        return torch.cat([given[module] for module in modules], dim=1)

    with hooked(modules, given=keep):
        columns = in_batches(evaluate, x)
    return columns.split([given[module].shape[1] for module in modules], dim=1)


def outgoing_weights(network, modules, x):
    """The norms of the weights with which the units of activation functions are passed on.

    x: points, (n, ...); the network is evaluated for a few of them.
    Returns an array (units,) for each of the modules, or None where no linear layer follows it.
    """
    calls, _ = trace(recorded_module(network), examples_of(x))
    linear = [call for call in calls if isinstance(call.module, nn.Linear)]
    results = {call.module: call.result for call in calls}
    found = []
    for module in modules:
        after = [call.module for call in linear if call.given.is_same(results[module])]
        weights = [layer.weight.detach() for layer in after]
        found.append(torch.cat(weights).norm(dim=0).numpy() if weights else None)
    return found
