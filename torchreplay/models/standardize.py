"""The layer that scales features."""

import torch
from torch import nn


class Standardize(nn.Module):
    """The layer without parameters that gives the features of X, (n, d), mean 0 and variance 1."""

    keeps_plane_flat = True  # it folds nothing, see `scenes`

    def __init__(self, X):
        super().__init__()
        spread, mean = torch.std_mean(X.double(), dim=0, correction=0)
        spread = torch.where(spread > 0, spread, 1.0)
        self.register_buffer("mean", mean.float(), persistent=False)
        self.register_buffer("spread", spread.float(), persistent=False)

    def forward(self, x):
        """Points x, (n, d), scaled."""
        return (x - self.mean) / self.spread
