"""Models of two classes as people write them, none a network of `common`, and data for them."""

import torch
from torch import nn

from torchreplay.replay.recorder import Recorder

LOGIT = nn.BCEWithLogitsLoss()


def clouds(points=60, features=2, seed=0):
    """Two overlapping clouds: X, (n, features), and y, (n,)."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(points, features, generator=generator)
    noise = 0.3 * torch.randn(points, generator=generator)
    return X, (X[:, 0] + noise > 0).float()


X, Y = clouds()


def small(*more):
    """A 2-2-1 network with tanh that puts out a logit, and maybe more layers behind it."""
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1), *more)


class Functional(nn.Module):
    """Calls functions in the place of layers, with a shortcut from inputs to output."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 2)
        self.out = nn.Linear(2, 1)

    def forward(self, x):
        return torch.sigmoid(self.out(x + torch.tanh(self.hidden(x))))


class Block(nn.Module):
    """A layer with a shortcut around it."""

    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, width)
        self.act = nn.Tanh()

    def forward(self, x):
        return x + self.act(self.layer(x))


class Nested(nn.Module):
    """Modules within modules; behind the plane of two units there is more than a linear layer."""

    def __init__(self, features=2):
        super().__init__()
        self.body = nn.ModuleDict({"first": nn.Linear(features, 4), "block": Block(4)})
        self.net = nn.ModuleList([nn.Linear(4, 2), nn.Tanh()])
        self.tail = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))

    def forward(self, x):
        x = self.body["block"](self.body["first"](x))
        return self.tail(self.net[1](self.net[0](x)))


def move(model):
    """Move all parameters a bit, at random: a step of training as far as a record is concerned."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn_like(parameter)


def train(model, X, y, loss, steps=5, recorder=None, rate=0.1):
    """A loop as people write it, with Adam and batches of 16; returns model and optimizer."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(steps):
        for rows in torch.randperm(len(X)).split(16):
            optimizer.zero_grad()
            loss(model(X[rows])[:, 0], y[rows]).backward()
            optimizer.step()
        if recorder is not None:
            recorder.record()
    return model, optimizer


def replayed(model, loss=LOGIT, X=X, y=Y, steps=3, **settings):
    """The Replay of a short training; before two logits, of the initialization alone."""
    found = Recorder(model, X, y, loss=loss, **settings)
    if not isinstance(loss, nn.CrossEntropyLoss):
        torch.manual_seed(0)
        train(model, X, y, loss, steps, found)
    return found.replay()
