"""The activation functions of hidden layers: one table of all that Python knows of them.

It names PyTorch's classes and functions and does not load PyTorch, because options read it.
"""

from typing import NamedTuple


class Activation(NamedTuple):
    """What is known of an activation function.

    name: what users call it.
    module: the name of its class in `torch.nn`.
    range: the ends of its output, or None if it has no bounds.
    invertible: whether it takes no value twice, so that it does not fold a plane.
    in_place: the name of the function in `torch` that writes it over its argument.
    backward: the name of the function in `torch.ops.aten` to the gradient of its argument, of the
        gradient of its output, the output and what else stands here.
    """

    name: str
    module: str
    range: tuple | None
    invertible: bool
    in_place: str
    backward: tuple


ACTIVATIONS = {  # that options offer: `page/network.js` knows all of them, too
    activation.name: activation
    for activation in (
        Activation("sigmoid", "Sigmoid", (0.0, 1.0), True, "sigmoid_", ("sigmoid_backward",)),
        Activation("tanh", "Tanh", (-1.0, 1.0), True, "tanh_", ("tanh_backward",)),
        Activation("relu", "ReLU", None, False, "relu_", ("threshold_backward", 0)),
    )
}
ELEMENTWISE = (  # classes in `torch.nn` of all functions without parameters, of recorded models
    *(known.module for known in ACTIVATIONS.values()),
    "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Softplus", "Softsign",
    "LogSigmoid", "ReLU6", "Hardtanh", "Hardsigmoid", "Hardswish", "Tanhshrink",
)  # fmt: skip


def activation_of(layer):
    """The Activation that a layer of a network computes, or None for a layer of another kind."""
    return next((known for known in ACTIVATIONS.values() if _is(layer, known.module)), None)


def is_elementwise(layer):
    """Whether a layer is an activation function: it changes every number by itself."""
    return any(_is(layer, name) for name in ELEMENTWISE)


def _is(layer, name):
    """Whether a layer is of PyTorch's own class of a name."""
    from torch import nn  # options read the tables without it

    return type(layer) is getattr(nn, name)
