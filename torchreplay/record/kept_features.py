"""Features that a record keeps instead of a large model: images of points, and logits."""

import dataclasses

import numpy as np
import torch
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.models.tracing import hooked, in_batches

IMAGES, LOGITS = "images", "logits"


class KeptFeatures(nn.Module):
    """The features of a model at one epoch, as a module of numbers of points, (n, 1, 1).

    points: the number of points.
    shape: the number of grid lines, and the number of points of each.
    layer: the name of the layer whose outputs are kept.
    has_head: whether a linear layer makes the logits from them.
    outputs: how many numbers the model puts out for a point.
    """

    def __init__(self, points, shape, layer, has_head, outputs=1):
        super().__init__()
        self.settings = {
            "kept": {
                "points": points, "shape": shape, "layer": layer, "has_head": has_head,
                "outputs": outputs,
            }
        }  # fmt: skip
        self.points, self.shape, self.layer = points, tuple(shape), layer
        self.register_buffer(IMAGES, torch.zeros(points + int(np.prod(self.shape)), 2))
        self.register_buffer(LOGITS, torch.zeros(points, outputs))
        self.head = nn.Linear(2, outputs) if has_head else None

    @property
    def inputs(self):
        """Raises NetworkError: the inputs are not kept."""
        raise NetworkError("the record keeps features alone: it has no input space")

    @property
    def features(self):
        """The module that maps numbers of points to their images, (n, 2)."""
        return Lookup(self.images)

    @property
    def grid(self):
        """The numbers of the points of the grid lines, (lines, points, 1, 1)."""
        numbers = np.arange(self.points, len(self.images), dtype=np.float32)
        return numbers.reshape(*self.shape, 1, 1)

    @property
    def logit(self):
        """The module that maps numbers of points to their logits, (n, outputs)."""
        return Lookup(self.logits)


class Lookup(nn.Module):
    """The values kept of points, by their numbers."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def forward(self, x):
        """The values of the points with some numbers, (n, 1, 1)."""
        return self.values[x.flatten(1)[:, 0].long()]


def numbered(dataset):
    """The same Dataset with the numbers of its points in place of what they are, (n, 1, 1).

    These are no features: there is no plane of them, and no graph.
    """
    X = torch.arange(len(dataset.X), dtype=torch.float32)[:, None, None]
    return dataclasses.replace(
        dataset, X=X, names=("Hidden 1", "Hidden 2"), standardized=False, remarks=()
    )


def read_features(classifier, layer, dataset, place):
    """The features of a model in its present state: the tensors of a KeptFeatures by name.

    classifier: the Classifier of the model.
    place: moves points to the device of the model.
    """
    found = []
    module = classifier.model.get_submodule(layer)

    def both(x):
        found.clear()
        logit = classifier.logit(place(x))
        return torch.cat([found[-1].flatten(1), logit], dim=1).float().cpu()

    with hooked([module], put_out=lambda module, x, output: found.append(output.clone())):
        outputs = in_batches(both, dataset.X)
        if len(dataset.grid):
            outputs = torch.cat([outputs, in_batches(both, dataset.grid.flatten(0, 1))])
    kept = {IMAGES: outputs[:, :2], LOGITS: outputs[: len(dataset.X), 2:]}
    head = classifier.head_of(layer)
    if head is not None:
        kept |= {"head.weight": head.weight.detach(), "head.bias": head.bias.detach()}
    return kept
