"""Short trainings on K classes and in regression."""

import functools

import numpy as np
import torch

import common
from torchreplay.data.dataset import Dataset
from torchreplay.replay.replay import Replay


def around(classes, points=120, held_out=False):
    """Clouds around a circle, one a class; every third point may be held out."""
    random = np.random.default_rng(classes)
    label = np.arange(points) % classes
    turn = 2 * np.pi * label / classes
    X = np.column_stack([np.cos(turn), np.sin(turn)]) + 0.3 * random.normal(size=(points, 2))
    names = tuple(f"kind {k}" for k in range(classes))
    held = torch.arange(points) // classes % 3 == 2 if held_out else None
    y = torch.from_numpy(label)[:, None].float()
    return Dataset(torch.from_numpy(X).float(), y, classes=names, held_out=held)


def hill(points=80, height=1.0):
    """Numbers on a plane, from 0 to some height."""
    X = torch.rand(points, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
    y = height * torch.exp(-(X**2).sum(dim=1, keepdim=True))
    return Dataset(X, y, classes=(), target="height")


@functools.cache
def learned(classes, held_out=False, epochs=6, height=1.0):
    """The Replay of a short training on so many classes; on numbers, if there are 0."""
    dataset = around(classes, held_out=held_out) if classes else hill(height=height)
    torch.manual_seed(41)
    network = common.make_network(dataset, (4, 2), "tanh")
    return Replay(common.train(network, dataset, epochs=epochs, learning_rate=0.3))


def put_out(history, epoch, X):
    """What the network puts out for points X, from its recorded parameters in NumPy."""
    values = [v[epoch].astype(float) for v in history.parameters.values()]
    h = np.asarray(X, float)
    for weight, bias in zip(values[:-2:2], values[1:-2:2], strict=True):
        h = np.tanh(h @ weight.T + bias)
    return h @ values[-2].T + values[-1]
