"""The graph of a number that is learned from one feature: it stands for the input space."""

from dataclasses import replace

import torch
from torch import nn

from torchreplay.spaces.space import INPUT_SPACE


class Graph(nn.Module):
    """The places of features x on the fitted curve: a module of (n, 1) to (n, 2)."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        """The points (x, prediction) of features x, (n, 1)."""
        return torch.cat([x, self.network.logit(x)], dim=1)


def space_of(space, dataset):
    """The Space in which a data set is shown: a graph in place of the inputs, if it has one."""
    if space.name != INPUT_SPACE.name or not dataset.is_graph:
        return space
    return replace(
        space,
        title="Input Space with Fitted Curve",
        transform=Graph,
        axis_labels=(*dataset.names, dataset.target),
        is_graph=True,
    )
