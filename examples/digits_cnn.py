"""The effect of augmented data on a latent space, shown with handwritten 3s and 8s.

    python -m pip install . scikit-learn && python examples/digits_cnn.py

A small convolutional network learns from 60 of scikit-learn's digits, as they are or shifted and
rotated at random. Both trainings are replayed on the other digits, which no network has seen,
in the feature space of a latent layer of two units, side by side. The picture is
digits_cnn.png in the working directory.
"""

import sys

try:
    import torch
    from matplotlib.figure import Figure
    from sklearn.datasets import load_digits
    from torch import nn
    from torch.nn.functional import affine_grid, grid_sample

    from torchreplay import Recorder
except ModuleNotFoundError as missing:
    remedy = "python -m pip install . scikit-learn in the root of the repository"
    sys.exit(f"{missing.name} is not installed: {remedy}")

EPOCHS, TRAINED_ON = 60, 60
MAX_DEGREES, MAX_PIXELS = 15, 0.5


def load():
    """Images, (n, 1, 8, 8), from 0 to 1, and labels, (n, 1), 1 for the digit 8."""
    digits = load_digits()
    chosen = (digits.target == 3) | (digits.target == 8)
    X = torch.from_numpy(digits.images[chosen]).float()[:, None] / 16
    return X, torch.from_numpy(digits.target[chosen] == 8).float()[:, None]


class Net(nn.Module):
    """Two convolutions, a latent layer of two units, and a linear output."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        )  # fmt: skip
        self.latent = nn.Linear(64, 2)
        self.squash = nn.Tanh()
        self.output = nn.Linear(2, 1)

    def forward(self, x):
        """The logit of images, (n, 1, 8, 8): (n, 1)."""
        return self.output(self.squash(self.latent(self.features(x))))


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
    model, loss_function = Net(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    recorder = Recorder(model, *unseen, loss=loss_function, classes=["3", "8"])
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(X)).split(20):
            optimizer.zero_grad()
            inputs = augmented(X[rows]) if augment else X[rows]
            loss_function(model(inputs), y[rows]).backward()
            optimizer.step()
        recorder.record()
    return recorder.replay()


def main():
    """Train twice, and draw the last epoch of both."""
    torch.set_num_threads(1)
    X, y = load()
    seen, unseen = (X[:TRAINED_ON], y[:TRAINED_ON]), (X[TRAINED_ON:], y[TRAINED_ON:])
    figure = Figure(figsize=(11, 5.5), layout="constrained")
    for ax, augment in zip(figure.subplots(1, 2), (False, True), strict=True):
        replay = train(*seen, unseen, augment)
        replay.feature_space("squash").plot(ax=ax, mark_errors=True, legend=True)
        name = "shifted and rotated digits" if augment else "digits as they are"
        loss, accuracy = replay.history.loss[-1], replay.history.accuracy[-1]
        ax.set_xlabel(f"trained on {TRAINED_ON} {name}: loss {loss:.3f}, accuracy {accuracy:.1%}")
        ax.set_ylabel("")
        print(f"{name}: loss {loss:.4f}, accuracy {accuracy:.2%} of {len(unseen[0])} unseen")
    figure.savefig("digits_cnn.png", dpi=100)


if __name__ == "__main__":
    main()
