"""The effect of augmented data on a latent space, shown with ten handwritten digits.

    python -m pip install . scikit-learn && python examples/digits_cnn.py

A small convolutional network learns from 500 of scikit-learn's digits, as they are or shifted and
rotated at random. Both trainings are replayed on the other digits, which no network has seen,
in the feature space of a latent layer of two units, side by side. The picture of the last epoch is
digits_cnn.png in the working directory, and the film of all epochs digits_cnn.mp4.
"""

import math
import sys

try:
    import torch
    from sklearn.datasets import load_digits
    from torch import nn
    from torch.nn.functional import affine_grid, grid_sample
    from torch.optim.lr_scheduler import OneCycleLR

    from torchreplay import Recorder, compare
except ModuleNotFoundError as missing:
    remedy = "python -m pip install . scikit-learn in the root of the repository"
    sys.exit(f"{missing.name} is not installed: {remedy}")

EPOCHS, BATCH_SIZE, TRAINED_ON = 60, 25, 500
MAX_DEGREES, MAX_PIXELS = 15, 0.5


def load():
    """Images, (n, 1, 8, 8), from 0 to 1, and the digits that they show, (n,)."""
    digits = load_digits()
    return torch.from_numpy(digits.images).float()[:, None] / 16, torch.from_numpy(digits.target)


class Net(nn.Module):
    """Two convolutions, a latent layer of two units, and a linear output for each digit.

    The latent units are scaled to mean 0 and variance 1, so that a film shows them at any epoch.
    """

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Flatten(),
        )  # fmt: skip
        self.latent = nn.Linear(512, 2)
        self.scaled = nn.BatchNorm1d(2, affine=False)
        self.output = nn.Linear(2, 10)

    def forward(self, x):
        """The logits of images, (n, 1, 8, 8): (n, 10)."""
        return self.output(self.scaled(self.latent(self.features(x))))


def augmented(X):
    """Images, shifted and rotated at random."""
    angle = torch.deg2rad(MAX_DEGREES * (2 * torch.rand(len(X)) - 1))
    cosine, sine = torch.cos(angle), torch.sin(angle)
    shift = MAX_PIXELS / 4 * (2 * torch.rand(len(X), 2) - 1)
    maps = torch.stack([cosine, -sine, shift[:, 0], sine, cosine, shift[:, 1]], dim=1)
    return grid_sample(X, affine_grid(maps.reshape(-1, 2, 3), X.shape, False), "bilinear",
                       align_corners=False)  # fmt: skip


def train(X, y, unseen, augment):
    """Train a network on some digits, and record where it maps digits that it has not seen."""
    torch.manual_seed(1)
    model, loss_function = Net(), nn.CrossEntropyLoss()
    layers, rates = (model.features, model.latent, model.output), (0.01, 0.01, 0.1)
    optimizer = torch.optim.Adam([{"params": layer.parameters()} for layer in layers])
    schedule = OneCycleLR(optimizer, rates, EPOCHS * math.ceil(len(X) / BATCH_SIZE))
    digits = [str(digit) for digit in range(10)]
    recorder = Recorder(model, *unseen, loss=loss_function, classes=digits)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(X)).split(BATCH_SIZE):
            optimizer.zero_grad()
            inputs = augmented(X[rows]) if augment else X[rows]
            loss_function(model(inputs), y[rows]).backward()
            optimizer.step()
            schedule.step()
        recorder.record()
    return recorder.replay()


def main():
    """Train twice, and show both trainings side by side."""
    torch.set_num_threads(1)
    X, y = load()
    seen, unseen = (X[:TRAINED_ON], y[:TRAINED_ON]), (X[TRAINED_ON:], y[TRAINED_ON:])
    replays = {}
    for name in ("as they are", "shifted and rotated"):
        replay = train(*seen, unseen, augment=name.startswith("shifted"))
        replays[name] = replay.feature_space("scaled")
        loss, accuracy = replay.history.loss[-1], replay.history.accuracy[-1]
        print(f"{name}: loss {loss:.4f}, accuracy {accuracy:.2%} of {len(unseen[0])} unseen")
    film = compare(replays).animate(fps=8, hold=3, point_size=3)
    film.picture.save("digits_cnn.png", EPOCHS)
    film.save("digits_cnn.mp4")


if __name__ == "__main__":
    main()
