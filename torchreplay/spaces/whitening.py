"""Whitened latent units: coordinates that fill a picture and do not change the network."""

import torch
from torch import nn

from torchreplay.models.classifier import last_layer, linear_layer
from torchreplay.models.tracing import in_batches

MIN_VARIANCE_FRACTION = 1e-8  # of the larger variance


def is_latent(layers):
    """Whether the last of some layers is linear: its units are merely coordinates.

    The network stays the same if they are mapped and the head undoes the map.
    """
    return isinstance(last_layer(layers), nn.Linear)


def with_grid(points):
    """The points of a Dataset and, if it has two features, those of the grid: a tensor (n, d)."""
    return torch.cat([points.X, points.grid.flatten(0, 1)])


@torch.no_grad()
def whitening(layers, points):
    """The layer that whitens two units: their outputs get mean 0, variance 1 and no correlation.

    It is ZCA whitening: of all such layers it changes the coordinates least. Means and variances
    are those of the images of points and grid. Units that do not vary keep their scale: enlarged,
    they would make all other epochs small.
    """
    mean, variance, directions, varies = _spread(layers, points)
    variance = torch.where(varies, variance, 1.0)
    weight = (directions @ torch.diag(variance**-0.5) @ directions.T).float()
    return linear_layer(weight, -(weight.double() @ mean))


def has_collapsed(layers, points):
    """Whether two units have collapsed to a line or a point, so that they are not whitened."""
    *_, varies = _spread(layers, points)
    return not varies.all()


@torch.no_grad()
def _spread(layers, points):
    """Mean, variances and their directions of two units, and along which of these they vary."""
    z = in_batches(layers, with_grid(points)).double()
    variance, directions = torch.linalg.eigh(torch.cov(z.T).nan_to_num())
    varies = variance > MIN_VARIANCE_FRACTION * variance.max()
    return z.mean(dim=0), variance, directions, varies


@torch.no_grad()
def undo(head, layer):
    """The head that undoes an invertible layer before it: undo(head, layer)(layer(z)) = head(z)."""
    inverse = torch.linalg.inv(layer.weight.double())
    weight = head.weight.double() @ inverse
    return linear_layer(weight, head.bias.double() - weight @ layer.bias.double())
