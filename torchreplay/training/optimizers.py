"""The optimizers: how the parameters of a network follow their gradients."""

import math

import torch
from torch.optim.sgd import sgd


class SGD:
    """Stochastic gradient descent, equal to `torch.optim.SGD` bit by bit.

    It is built on the same function of PyTorch. The first use of an optimizer class would load
    PyTorch's compiler, which takes longer than the whole training.
    """

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        self.parameters, self.lr, self.momentum = list(parameters), lr, momentum
        self.weight_decay = weight_decay
        self.velocities = [None] * len(self.parameters)

    def zero_grad(self):
        """Forget all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self):
        """Move all parameters against their gradients."""
        gradients = [parameter.grad for parameter in self.parameters]
        sgd(
            *(self.parameters, gradients, self.velocities),
            lr=self.lr, momentum=self.momentum, weight_decay=self.weight_decay,
            dampening=0, nesterov=False, maximize=False,
        )  # fmt: skip


def make_optimizer(name, parameters, learning_rate, momentum=0.0, weight_decay=0.0):
    """Make the optimizer of a name, sgd or adam; adam has no momentum of that kind.

    A step beyond single precision becomes infinite.
    """
    rate, first_of_adam = torch.tensor([learning_rate, 10 * learning_rate]).tolist()
    if name == "adam":
        rate = rate if first_of_adam < math.inf else math.inf
        return torch.optim.Adam(parameters, lr=rate, weight_decay=weight_decay)
    return SGD(parameters, rate, momentum, weight_decay)
