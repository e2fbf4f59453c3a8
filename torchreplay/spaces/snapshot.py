"""One epoch of a recorded training in a space: the values that pictures show."""

from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import nn

from torchreplay.models.tasks import Task
from torchreplay.models.tracing import in_batches
from torchreplay.spaces.scenes import Scene


class Snapshot:
    """A replay at one epoch. The network is evaluated once, however many views use the values.

    replay: the SpaceReplay.
    epoch: its number.
    network: as it was at the epoch.

    `images` and `drawn_wrong` are of the points drawn, all other values of all points trained on.
    """

    replay: Any
    epoch: int
    network: nn.Module

    def __init__(self, replay: Any, epoch: int, network: nn.Module):
        self.replay, self.epoch, self.network = replay, epoch, network

    @cached_property
    def scene(self) -> Scene:
        """The Scene: grid, boundary and regions."""
        return self.replay.scenes[self.epoch]

    @cached_property
    def head(self) -> nn.Linear | None:
        """The linear layer that makes the logit from what the axes show, or None."""
        return self.replay.placement.head(self.network)

    @cached_property
    @torch.no_grad()
    def images(self) -> np.ndarray:
        """The places of the points drawn on the axes, (n, 2)."""
        return self.replay.placement.places(self.network).numpy()

    @cached_property
    @torch.no_grad()
    def drawn_wrong(self) -> np.ndarray:
        """Which of the points drawn are misclassified, (n,)."""
        points = self.replay.points
        if not len(points.y):
            return np.zeros(0, bool)  # a model may not take an empty batch
        z = in_batches(self.network.logit, points.X)
        return self.task.is_wrong(z, points.y).numpy()

    @cached_property
    @torch.no_grad()
    def logit(self) -> torch.Tensor:
        """What the network puts out for all points trained on, a tensor (n, outputs)."""
        return in_batches(self.network.logit, self._trained.X)

    @property
    def predictions(self) -> np.ndarray:
        """What is predicted of all points trained on, (n, outputs), see `Task.predictions`."""
        return self.task.predictions(self.logit).numpy()

    @property
    def area(self) -> np.ndarray:
        """The numbers of the areas in which all points trained on lie, (n,); those of classes."""
        return self.task.area(self.logit).numpy()

    @property
    def correct(self) -> np.ndarray:
        """Which of the points trained on are classified correctly, (n,)."""
        return ~self.task.is_wrong(self.logit, self._trained.y).numpy()

    @property
    def losses(self) -> np.ndarray:
        """The loss of every point trained on, (n,)."""
        return self.task.loss(self.logit, self._trained.y, reduction="none").numpy()

    @property
    def task(self) -> Task:
        """What is learned."""
        return self.replay.history.task

    @property
    def _trained(self):
        return self.replay.history.dataset.trained
