"""The activation functions of hidden layers: one table of all that the project knows of them."""

from typing import NamedTuple


class Activation(NamedTuple):
    """What is known of an activation function.

    name: what users call it.
    module: the name of its class in `torch.nn`.
    range: the ends of its output, or None if it has no bounds.
    invertible: whether it takes no value twice, so that it does not fold a plane.
    """

    name: str
    module: str
    range: tuple | None
    invertible: bool


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("sigmoid", "Sigmoid", range=(0.0, 1.0), invertible=True),
        Activation("tanh", "Tanh", range=(-1.0, 1.0), invertible=True),
        Activation("relu", "ReLU", range=None, invertible=False),
    )
}


def activation_of(layer):
    """The Activation that a layer of a network computes, or None for a layer of another kind."""
    module = type(layer).__name__
    return next((known for known in ACTIVATIONS.values() if known.module == module), None)
