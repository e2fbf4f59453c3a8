"""Examples in the docstrings of what Python users hold, run as they stand there."""

import doctest
import inspect

import pytest
import torch
from torch import nn

import torchreplay

NAMED = [name for name in torchreplay.__all__ if not name.endswith("Error") and name[0].isupper()]


@pytest.fixture(scope="module")
def names():
    """What the examples take for granted: a data set, a model in training, and two replays."""
    torch.manual_seed(0)
    dataset = torchreplay.make_dataset("moons", points=60)

    def made():
        return nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1), nn.Sigmoid())

    def train_one_epoch(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        nn.BCELoss()(model(dataset.X), dataset.y).backward()
        optimizer.step()
        optimizer.zero_grad()

    def recorded():
        model = made()
        recorder = torchreplay.Recorder(model, dataset.X, dataset.y)
        for _ in range(3):
            train_one_epoch(model)
            recorder.record()
        return recorder.replay()

    names = {name: getattr(torchreplay, name) for name in torchreplay.__all__}
    about = {"dataset": dataset, "model": made(), "train_one_epoch": train_one_epoch}
    return names | about | {"replay": recorded(), "other": recorded()}


@pytest.mark.parametrize("name", NAMED)
def test_examples_are_true(name, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(getattr(torchreplay, name))
    example = doctest.DocTestParser().get_doctest(text, dict(names), name, None, 0)
    assert example.examples, "there is an example"
    output = []
    assert doctest.DocTestRunner().run(example, out=output.append).failed == 0, "".join(output)
