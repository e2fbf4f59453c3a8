"""A recorded training as it is seen in a space: what every picture of it is drawn from."""

from collections.abc import Mapping
from functools import cached_property

import torch
from torch import nn

from torchreplay.level_sets import level_set
from torchreplay.scenes import Geometry, scene_maker
from torchreplay.spaces import limits

BLOCK_UNITS = 16  # epochs in a block times units of the widest layer: what fits into the cache
KEPT_BYTES = 64e6  # of scenes


class Run:
    """A recorded training as it is seen in a space.

    history: its History.
    space: the Space.
    epochs: those shown, in ascending order, none beyond the record.
    points: the Dataset whose points are drawn.
    limits: the Plane that the axes show.
    scenes: the Scene of every epoch shown, by its number: grid, boundary and regions.
    """

    def __init__(self, history, space, epochs, points):
        self.history, self.space, self.points = history, space, points
        self.epochs = sorted({min(epoch, history.epochs) for epoch in epochs})
        self.limits = limits(space, history, points, blocks(self.epochs, history))
        self._network = history.network(0)
        self._layers = space.transform(self._network)
        self._make_scene = scene_maker(self._layers, history.dataset, self.limits)
        self.scenes = Collection(blocks(self.epochs, history), self._make_scenes)
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

    def _make_scenes(self, epochs):
        """Make the Scenes of a block of epochs."""
        network = self.history.network(0)
        layers, plane = self.space.transform(network), self.plane
        if plane is not None:
            logits = self.history.evaluate(network.logit, plane.mesh, epochs)[..., 0]
        for k, epoch in enumerate(epochs):
            self.history.restore(network, epoch)
            curves = None if plane is None else level_set(logits[k], network, plane)
            yield self._make_scene(Geometry(network, layers, plane, curves))


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
        return ((self.network(points.X) >= 0.5) != (points.y == 1))[:, 0].numpy()

    @cached_property
    @torch.no_grad()
    def probability(self):
        """The probability of class 1 of all points trained on, (n,)."""
        return self.network(self.run.history.dataset.X)[:, 0].numpy()

    @cached_property
    def losses(self):
        """The loss of every point trained on, (n,)."""
        labels = self.run.history.dataset.y[:, 0]
        criterion = nn.BCELoss(reduction="none")
        return criterion(torch.from_numpy(self.probability), labels).numpy()


def blocks(epochs, history):
    """Part some epochs into as many at a time as are evaluated at once."""
    widest = max(values.shape[1] for values in history.parameters.values())
    size = max(1, BLOCK_UNITS // widest)
    return [epochs[start : start + size] for start in range(0, len(epochs), size)]


class Collection(Mapping):
    """Scenes by their epoch, evaluated a block of epochs at a time as they are asked for.

    The latest blocks are kept, as many as a bound of memory allows.

    blocks: lists of epochs.
    evaluate: makes the Scenes of a block, in its order.
    """

    def __init__(self, blocks, evaluate):
        self._block = {epoch: tuple(block) for block in blocks for epoch in block}
        self._evaluate = evaluate
        self._kept, self._bytes = {}, 0  # by block: its scenes by epoch

    def __getitem__(self, epoch):
        block = self._block[epoch]
        if block not in self._kept:
            self._kept[block] = dict(zip(block, self._evaluate(block), strict=True))
            self._bytes += memory_of(self._kept[block].values())
            while self._bytes > KEPT_BYTES and len(self._kept) > 1:
                oldest = self._kept.pop(next(iter(self._kept)))
                self._bytes -= memory_of(oldest.values())
        return self._kept[block][epoch]

    def __iter__(self):
        return iter(self._block)

    def __len__(self):
        return len(self._block)


def memory_of(scenes):
    """The bytes that some Scenes take."""
    arrays = (
        array
        for scene in scenes
        for array in (scene.ground.vertices, scene.region.vertices, scene.grid, *scene.boundary)
    )
    return sum(array.nbytes for array in arrays)
