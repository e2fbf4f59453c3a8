"""A recorded training as it is seen in a space: what every picture of it is drawn from."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.activations import activation_of
from torchreplay.errors import UserError
from torchreplay.picture import AXES_RECTANGLE
from torchreplay.plane import Plane, surround
from torchreplay.record import predicted
from torchreplay.scenes import Geometry, make_scene

KEPT_BYTES = 64e6  # of scenes
REACH_POINTS = 201  # of a grid line, asked how far it reaches
LARGEST_IMAGE = 1e15  # of a point, in a feature space without bounds
UNIT_SPACING = 0.2  # of the grid lines across the range of a unit


class Run:
    """A recorded training as it is seen in a space.

    history: its History.
    space: the Space.
    epochs: those shown, in ascending order, none beyond the record.
    points: the Dataset whose points are drawn.
    size: pixels of the picture, at which the lines are to be smooth.
    limits: the Plane that the axes show.
    scenes: the Scene of every epoch shown, by its number: grid, boundary and regions.
    """

    def __init__(self, history, space, epochs, points, size=720):
        self.history, self.space, self.points, self.size = history, space, points, size
        self.epochs = sorted({min(epoch, history.epochs) for epoch in epochs})
        self.limits = limits(space, history, points, self.epochs)
        self._pixels = size * AXES_RECTANGLE[2]
        self._network, self._scene_network = history.network(0), history.network(0)
        self._layers = space.transform(self._network)
        self.scenes = Collection(self.epochs, self.make_scene)
        self._snapshot = None

    @property
    def last_epoch(self):
        """The last epoch shown."""
        return self.epochs[-1]

    @property
    def plane(self):
        """The Plane around the data, or None without two features."""
        dataset = self.history.dataset
        return dataset.plane if dataset.X.shape[1] == 2 else None

    def at(self, epoch):
        """The Snapshot of an epoch shown, valid until the next one is asked for."""
        if self._snapshot is None or self._snapshot.epoch != epoch:
            self.history.restore(self._network, epoch)
            self._snapshot = Snapshot(self, epoch, self._network, self._layers)
        return self._snapshot

    def make_scene(self, epoch):
        """Make the Scene of an epoch, whether it is kept or not."""
        network = self._scene_network
        self.history.restore(network, epoch)
        layers = self.space.transform(network)
        return make_scene(Geometry(network, layers, self.plane, self.limits, self._pixels))


class Snapshot:
    """A run at one epoch; what is asked of the network is asked once, however many views use it.

    epoch: its number.
    network: as it was then.
    """

    def __init__(self, run, epoch, network, layers):
        self.run, self.epoch, self.network, self._layers = run, epoch, network, layers

    @cached_property
    def scene(self):
        """The Scene: grid, boundary and regions."""
        return self.run.scenes[self.epoch]

    @cached_property
    @torch.no_grad()
    def images(self):
        """Where the points drawn are seen, (n, 2)."""
        return self._layers(self.run.points.X).numpy()

    @cached_property
    @torch.no_grad()
    def wrong(self):
        """Which of the points drawn are given the wrong class, (n,)."""
        points = self.run.points
        return (predicted(self.network.logit(points.X)) != points.y)[:, 0].numpy()

    @cached_property
    @torch.no_grad()
    def logit(self):
        """The logit of all points trained on, a tensor (n,)."""
        return self.network.logit(self.run.history.dataset.X)[:, 0]

    @property
    def probability(self):
        """The probability of class 1 of all points trained on, (n,)."""
        return torch.sigmoid(self.logit).numpy()

    @property
    def correct(self):
        """Which of the points trained on are given the right class, (n,)."""
        return (predicted(self.logit) == self.run.history.dataset.y[:, 0]).numpy()

    @property
    def losses(self):
        """The loss of every point trained on, (n,)."""
        labels = self.run.history.dataset.y[:, 0]
        return binary_cross_entropy_with_logits(self.logit, labels, reduction="none").numpy()


class Collection(Mapping):
    """Scenes by their epoch, made as they are asked for.

    The latest are kept, as many as a bound of memory allows.

    epochs: those that can be asked for.
    make: makes the Scene of an epoch.
    """

    def __init__(self, epochs, make):
        self._epochs, self._make = epochs, make
        self._kept, self._bytes = {}, 0

    def __getitem__(self, epoch):
        if epoch not in self._kept:
            scene = self._make(epoch)
            self._kept[epoch] = scene
            self._bytes += memory_of(scene)
            while self._bytes > KEPT_BYTES and len(self._kept) > 1:
                self._bytes -= memory_of(self._kept.pop(next(iter(self._kept))))
        return self._kept[epoch]

    def __iter__(self):
        return iter(self._epochs)

    def __len__(self):
        return len(self._epochs)


def memory_of(scene):
    """The bytes that a Scene takes."""
    paths = (scene.ground.vertices, scene.region.vertices)
    return sum(array.nbytes for array in (*paths, *scene.grid, *scene.boundary))


def limits(space, history, points, epochs):
    """The Plane that the axes of a space show.

    It is the plane of the data, the range of the hidden units, or, where that has no ends, what the
    points of a Dataset and the grid reach at some epochs.
    """
    layers = space.transform(history.model)
    if len(layers) == 0:
        return history.dataset.plane
    activation = activation_of(layers[-1])
    if activation and activation.range:
        low, high = activation.range
        return Plane((low, low), (high, high), (UNIT_SPACING, UNIT_SPACING))
    return _reach(space, history, points, epochs)


@torch.no_grad()
def _reach(space, history, points, epochs):
    """The Plane around all images of some points and of the grid."""
    x, network, ends = points.X, history.network(0), []
    if x.shape[1] == 2:
        grid = torch.from_numpy(history.dataset.plane.grid_lines(REACH_POINTS))
        x = torch.cat([x, grid.reshape(-1, 2)])
    layers = space.transform(network)
    for epoch in epochs:
        history.restore(network, epoch)
        images = layers(x).numpy()
        if not np.abs(images).max() < LARGEST_IMAGE:
            raise UserError("hidden units put out more than can be shown: lower --learning-rate")
        ends += [images.min(axis=0), images.max(axis=0)]
    return surround(np.array(ends, float))
