"""The activation functions of hidden layers: one table of all facts about them.

It names classes and functions of PyTorch but does not load it, because options read this table.
"""

from typing import NamedTuple

XAVIER, HE = "xavier_normal_", "kaiming_normal_"


class Activation(NamedTuple):
    """The facts about an activation function.

    name: what users call it.
    module: the name of its class in `torch.nn`.
    initialize: the name of the function in `torch.nn.init` that draws the weights of its layer.
    range: the ends of its output, or None if it has no bounds.
    invertible: whether it has no value twice, so that it does not fold a plane.
    in_place: the name of the function in `torch` that overwrites its argument.
    backward: the name of the function in `torch.ops.aten` that gives the gradient of the input,
        and its arguments after the gradient of the output and the output itself.
    """

    name: str
    module: str
    initialize: str
    range: tuple | None
    invertible: bool
    in_place: str
    backward: tuple


ACTIVATIONS = {  # `page/network.js` implements all of them, too
    activation.name: activation
    for activation in (
        Activation(
            "sigmoid", "Sigmoid", XAVIER, (0.0, 1.0), True, "sigmoid_", ("sigmoid_backward",)
        ),
        Activation("tanh", "Tanh", XAVIER, (-1.0, 1.0), True, "tanh_", ("tanh_backward",)),
        Activation("relu", "ReLU", HE, None, False, "relu_", ("threshold_backward", 0)),
    )
}
ELEMENTWISE_CLASSES = (  # in `torch.nn`: all without parameters
    *(known.module for known in ACTIVATIONS.values()),
    "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Softplus", "Softsign",
    "LogSigmoid", "ReLU6", "Hardtanh", "Hardsigmoid", "Hardswish", "Tanhshrink",
)  # fmt: skip


def activation_of(layer):
    """The Activation that a layer of a network computes, or None for a layer of another kind."""
    return next((known for known in ACTIVATIONS.values() if _is(layer, known.module)), None)


def is_elementwise(layer):
    """Whether a layer is an activation function: it changes every number by itself."""
    return any(_is(layer, name) for name in ELEMENTWISE_CLASSES)


def _is(layer, name):
    """Whether a layer computes what PyTorch's own class with this name does."""
    from torch import nn  # options read the tables without it

    return is_plain(layer, getattr(nn, name))


def is_plain(layer, kind):
    """Whether a layer computes what a class says.

    It is of that class and no subclass, and has neither hooks nor a forward of its own.
    """
    return type(layer) is kind and not (
        layer._forward_hooks or layer._forward_pre_hooks or "forward" in vars(layer)
    )
