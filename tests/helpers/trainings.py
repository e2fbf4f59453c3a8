"""The training that every framework has to repeat, as a plain loop of PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.models import LOGIT, X, Y, small

EPOCHS, RATE, BATCH = 3, 0.5, 20


def loader():
    """The batches of the training, always in the same order."""
    return DataLoader(TensorDataset(X, Y), batch_size=BATCH)


def restless():
    """A model that draws random numbers, and depends on its mode."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.4), nn.Linear(4, 1)
    )


def descent(model):
    """The optimizer of the training."""
    return torch.optim.SGD(model.parameters(), lr=RATE)


def state_of(model):
    """A copy of the state of a model."""
    return {name: value.clone() for name, value in model.state_dict().items()}


def plain(model=None, epochs=EPOCHS, after_step=None):
    """Train a model without any framework: its states at all epochs."""
    model = small() if model is None else model
    optimizer, states = descent(model), [state_of(model)]
    for _ in range(epochs):
        for x, y in loader():
            optimizer.zero_grad()
            LOGIT(model(x)[:, 0], y).backward()
            optimizer.step()
            if after_step:
                after_step()
        states.append(state_of(model))
    return states


def assert_recorded(history, states, prefix=""):
    """Assert that a History has these states bit for bit, and the losses that belong to them."""
    assert history.last == len(states) - 1
    model = small()
    for epoch, state in enumerate(states):
        assert {prefix + name for name in state} == set(history.parameters)
        for name, value in state.items():
            np.testing.assert_array_equal(history.parameters[prefix + name][epoch], value)
        model.load_state_dict(state)
        with torch.no_grad():
            expected = LOGIT(model(X)[:, 0], Y).item()
        np.testing.assert_allclose(history.loss[epoch], expected, rtol=1e-5)


def assert_equal(ours, theirs):
    """Assert that two states are equal bit for bit."""
    assert set(ours) == set(theirs)
    for name, value in ours.items():
        assert torch.equal(value, theirs[name]), name
