"""The optimizers against those of PyTorch."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from common import Network
from torchreplay.training.optimizers import SGD, make_optimizer


@pytest.mark.parametrize("weight_decay", [0.0, 0.05])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_is_that_of_pytorch_bit_by_bit(dataset, momentum, weight_decay):
    """Over 50 updates, in steps that differ, of all parameters of two networks alike."""
    torch.manual_seed(41)
    network = Network(hidden=(7, 2), activation="tanh")
    other = copy.deepcopy(network)
    settings = {"lr": 0.3, "momentum": momentum, "weight_decay": weight_decay}
    ours = SGD(network.parameters(), **settings)
    theirs = torch.optim.SGD(other.parameters(), **settings)
    before = [value.detach().clone() for value in network.parameters()]
    for rows in range(0, 2000, 40):
        for trained, optimizer in ((network, ours), (other, theirs)):
            optimizer.zero_grad()
            points = slice(rows, rows + 40)
            logit = trained.logit(dataset.X[points])
            nn.functional.binary_cross_entropy_with_logits(logit, dataset.y[points]).backward()
            optimizer.step()
        for one, two in zip(network.parameters(), other.parameters(), strict=True):
            assert torch.equal(one, two)
    for one, first in zip(network.parameters(), before, strict=True):
        assert not torch.equal(one, first)


def test_optimizers_by_their_names():
    network = Network()
    sgd = make_optimizer("sgd", network.parameters(), 0.3, 0.9, 0.01)
    assert isinstance(sgd, SGD)
    assert (sgd.lr, sgd.momentum, sgd.weight_decay) == (torch.tensor(0.3).item(), 0.9, 0.01)
    adam = make_optimizer("adam", network.parameters(), 0.3, weight_decay=0.01)
    assert isinstance(adam, torch.optim.Adam)
    assert adam.defaults["lr"] == torch.tensor(0.3).item()
    assert adam.defaults["weight_decay"] == 0.01
    assert make_optimizer("sgd", network.parameters(), 1e300).lr == np.inf
