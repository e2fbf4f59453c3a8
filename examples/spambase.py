"""Replay the training of a network that separates spam from mail: UCI's Spambase, 57 features.

    python -m pip install . && python examples/spambase.py spambase.data

The file is that of https://archive.ics.uci.edu/dataset/94/spambase. The working directory
gets a film of the feature space, with probabilities and loss beside it, and a still of its end.
"""

import argparse
import sys
from pathlib import Path

try:
    import numpy as np
    import torch
    from matplotlib.figure import Figure
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    from torchreplay import Recorder
except ModuleNotFoundError as missing:
    sys.exit(
        f"{missing.name} is not installed: python -m pip install . in the root of the repository"
    )

EPOCHS = 20


def load(path):
    """Features scaled to mean 0 and variance 1, (n, 57), and labels, (n, 1), 1 for spam."""
    table = np.loadtxt(path, delimiter=",", dtype=np.float32)
    X, y = torch.from_numpy(table[:, :-1]), torch.from_numpy(table[:, -1:])
    spread = X.std(dim=0)
    return (X - X.mean(dim=0)) / torch.where(spread > 0, spread, 1.0), y


def train(X, y):
    """Train a 57-10-2-1 network, and record every epoch."""
    torch.manual_seed(13)
    model = nn.Sequential(
        nn.Linear(X.shape[1], 10), nn.Tanh(), nn.Linear(10, 2), nn.Tanh(), nn.Linear(2, 1)
    )
    loss_function = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    recorder = Recorder(model, X, y, loss=loss_function, classes=["mail", "spam"])
    for _ in range(EPOCHS):
        for inputs, labels in DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True):
            optimizer.zero_grad()
            loss_function(model(inputs), labels).backward()
            optimizer.step()
        recorder.record()
    return recorder.replay()


def main():
    """Train, and save the film and the still."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="path of spambase.data")
    replay = train(*load(parser.parse_args().data))
    space = replay.feature_space()
    space.animate(views=["probabilities", "loss"], size=240).save("spambase.mp4")
    figure = Figure(figsize=(6, 6))
    space.plot(ax=figure.add_subplot(), mark_errors=True, legend=True)
    figure.savefig("spambase.png")
    print(f"accuracy after {EPOCHS} epochs: {replay.history.accuracy[-1]:.1%}")


if __name__ == "__main__":
    main()
