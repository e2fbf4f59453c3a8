"""What the layers of a network do at an epoch: what they put out, and their loss gradients."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.errors import NetworkError
from torchreplay.kept import KeptFeatures
from torchreplay.record import recorded

ELEMENTWISE = (  # activation functions without parameters, in `torch.nn`
    nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish,
    nn.Softplus, nn.Softsign, nn.LogSigmoid, nn.ReLU6, nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish,
    nn.Tanhshrink,
)  # fmt: skip


def is_elementwise(layer):
    """Whether a layer is an activation function: it changes every number by itself."""
    return type(layer) in ELEMENTWISE


def check_parameters(history, view):
    """Raise NetworkError if a History keeps features alone, of which a view shows nothing."""
    if isinstance(history.model, KeptFeatures):
        raise NetworkError(f"the record keeps no parameters: leave out the view {view}")


def layer_gradients(history, network):
    """The loss gradients of every layer of a network: a tensor for each of its parameters.

    network: a copy of the one recorded, as it was at an epoch. Returns a list for each layer.
    """
    dataset, trained = history.dataset, dict(recorded(network).named_parameters())
    loss = binary_cross_entropy_with_logits(network.logit(dataset.X), dataset.y)
    gradients = torch.autograd.grad(loss, list(trained.values()), materialize_grads=True)
    of = dict(zip(trained, gradients, strict=True))
    return [[of[name] for name in names] for names in history.owners.values()]
