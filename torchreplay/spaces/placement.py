"""The placement of a space on the axes of a picture, the same at all epochs shown."""

from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import nn

from torchreplay.data.dataset import Dataset
from torchreplay.errors import Argument, UserError
from torchreplay.geometry.plane import Plane, surround
from torchreplay.models.activations import activation_of
from torchreplay.models.classifier import last_layer
from torchreplay.models.evaluating import is_close
from torchreplay.models.tracing import examples_of, in_batches
from torchreplay.spaces.space import Space, axis_labels
from torchreplay.spaces.whitening import has_collapsed, is_latent, undo, whitening

MAX_COORDINATE = 1e15
UNIT_GRID_SPACING = 0.2


class Placement:
    """How a space of a recorded training is placed on axes.

    history, space: the History and the Space.
    epochs: the epochs shown, in ascending order.
    points: the Dataset whose points are drawn.

    points_stay: whether points never move, as in the input space.
    is_whitened: whether the axes show whitened units, which they do for latent ones.
    has_collapsed: whether latent units lie on a line at the last epoch, and are not whitened.
    """

    def __init__(self, history: Any, space: Space, epochs: list[int], points: Dataset):
        self.history, self.space, self.epochs, self.points = history, space, epochs, points
        self._whitening, self.has_collapsed = None, False
        layers = space.transform(history.network(epochs[-1]))
        self._last_layer = last_layer(layers)
        self.points_stay = space.is_graph or self._last_layer is None
        self.is_whitened = is_latent(layers) and not space.is_raw
        if self.is_whitened:
            self._whitening = whitening(layers, points)
            self.has_collapsed = has_collapsed(layers, points)

    @property
    def axis_labels(self) -> tuple[str, ...]:
        """The names of the two axes."""
        if self.has_collapsed:
            return "Latent 1, collapsed to a line", "Latent 2, collapsed to a line"
        return axis_labels(self.space, self.is_whitened, self.points.names)

    def layers(self, network: nn.Module) -> nn.Module:
        """The layers of a network that map the input plane to what the axes show."""
        layers = self.space.transform(network)
        return nn.Sequential(layers, self._whitening) if self.is_whitened else layers

    @torch.no_grad()
    def places(self, network: nn.Module) -> torch.Tensor:
        """The places of the points drawn on the axes, (n, 2)."""
        if self.points_stay:
            return self.space.coordinates(self.points)
        return in_batches(self.layers(network), self.points.X)

    @torch.no_grad()
    def head(self, network: nn.Module) -> nn.Linear | None:
        """The linear layer that makes the logit from what the axes show, or None.

        It is evaluated for a few points: a layer that does not make their logits is none.
        """
        head = self.space.head(network)
        if head is None:
            return None
        x = examples_of(self.history.dataset.X)
        expected = self.space.scores(network.logit(x))
        if not is_close(head(self.space.transform(network)(x)), expected):
            return None
        return undo(head, self._whitening) if self.is_whitened else head

    @cached_property
    def limits(self) -> Plane:
        """The Plane that the axes show.

        It is the plane of the data, or the range of the hidden units. If they are unbounded, it is
        the area of points and grid at all epochs shown, and each axis has its own scale.
        """
        if self.points_stay:
            return (self.space.slice or self.history.dataset).plane
        activation = activation_of(self._last_layer)
        if activation and activation.range:
            low, high = activation.range
            return Plane((low, low), (high, high), (UNIT_GRID_SPACING, UNIT_GRID_SPACING))
        ends = [end for epoch in self.epochs for end in self._reach(epoch)]
        return surround(np.array(ends), same_scale=False)

    @torch.no_grad()
    def _reach(self, epoch):
        """The smallest and largest coordinates of the images of points and grid at an epoch."""
        network = self.history.network(epoch)
        x = torch.cat([self.points.X, self.history.dataset.grid.flatten(0, 1)])
        if hasattr(network, "grid"):  # that of a KeptFeatures
            x = torch.cat([x, torch.from_numpy(network.grid).flatten(0, 1)])
        images = in_batches(self.layers(network), x).double().numpy()
        if not np.abs(images).max() < MAX_COORDINATE:
            remedy = "lower ", Argument("learning_rate")
            raise UserError("hidden units put out more than can be shown: ", remedy)
        return images.min(axis=0), images.max(axis=0)
