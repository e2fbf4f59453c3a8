"""A training is recorded and shown in each form: as a picture, a film, a page and a record."""

import importlib.metadata
from pathlib import Path

import torch
from torch import nn

from torchreplay import Recorder, Replay, make_dataset


def main():
    """Print the versions used; raise AssertionError if something is not made."""
    dataset = make_dataset("moons", points=60)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    loss, optimizer = nn.BCEWithLogitsLoss(), torch.optim.SGD(model.parameters(), 0.5)
    recorder = Recorder(model, dataset.X, dataset.y, loss=loss)
    for _ in range(3):
        optimizer.zero_grad()
        loss(model(dataset.X), dataset.y).backward()
        optimizer.step()
        recorder.record()
    replay = recorder.replay()
    replay.save("record.npz")
    replay = Replay.load("record.npz", model)
    replay.to_html("page.html")
    replay.input_space().plot().figure_.savefig("still.png")
    replay.feature_space().animate(size=120).save("film.mp4")
    for name in ("record.npz", "page.html", "still.png", "film.mp4"):
        assert Path(name).stat().st_size > 1000, name
    names = ("torchreplay", "torch", "numpy", "matplotlib", "contourpy", "pillow", "tqdm")
    print(*(f"{name} {importlib.metadata.version(name)}" for name in names), sep=", ")


if __name__ == "__main__":
    main()
