"""A recorded training in a space: what every picture of it is drawn from."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.errors import Argument, UserError
from torchreplay.geometry.plane import Plane, surround
from torchreplay.models.activations import activation_of
from torchreplay.models.classifier import last_layer
from torchreplay.models.decision import predicted
from torchreplay.models.tracing import in_batches
from torchreplay.pictures.picture import AXES_RECTANGLE
from torchreplay.settings import SIZE
from torchreplay.spaces.scenes import Geometry, make_scene
from torchreplay.spaces.whitening import is_latent, undo, whitening, with_grid

CACHE_BYTES, ALL_CACHE_BYTES = 64e6, 384e6  # of the scenes of a run, and of all compared runs
LARGEST_IMAGE = 1e15  # of a point, in a feature space without bounds
UNIT_SPACING = 0.2  # of the grid lines across the range of a unit


class Run:
    """A recorded training in a space.

    history: its History.
    space: the Space.
    epochs: those shown, in ascending order, none beyond the record.
    points: the Dataset whose points are drawn.
    size: pixels of the picture, at which the lines are to be smooth.
    among: how many runs are compared: they share the memory for scenes.
    limits: the Plane that the axes show.
    scenes: the Scene of every epoch shown, by its number: grid, boundary and regions.
    """

    def __init__(self, history, space, epochs, points, size=SIZE.default, among=1):
        self.history, self.space, self.points, self.size = history, space, points, size
        self.epochs = sorted({min(epoch, history.last) for epoch in epochs})
        self._whitening = None
        self._network, self._scene_network = history.network(0), history.network(0)
        if is_latent(space.transform(self._network)):
            self._whitening = whitening(space.transform(history.network(self.last_epoch)), points)
        self.limits = self._find_limits()
        self._pixels = size * AXES_RECTANGLE[2]
        most = min(CACHE_BYTES, ALL_CACHE_BYTES / among)
        self.scenes = SceneCache(self.epochs, self.make_scene, most)
        self._snapshot = None

    @property
    def last_epoch(self):
        """The last epoch shown."""
        return self.epochs[-1]

    @property
    def plane(self):
        """The Plane around the data, or None without two features."""
        dataset = self.history.dataset
        return dataset.plane if dataset.is_plane else None

    def at(self, epoch):
        """The Snapshot of an epoch shown, valid until the next one is asked for."""
        if self._snapshot is None or self._snapshot.epoch != epoch:
            self.history.restore(self._network, epoch)
            self._snapshot = Snapshot(self, epoch, self._network)
        return self._snapshot

    @property
    def points_stay(self):
        """Whether points stay in their places: in the input space, which no layer moves."""
        return last_layer(self.space.transform(self._network)) is None

    @property
    def is_whitened(self):
        """Whether the axes show units whitened, as they do latent ones."""
        return self._whitening is not None

    def layers(self, network):
        """The layers of a network that map the input plane to what the axes show."""
        layers = self.space.transform(network)
        return nn.Sequential(layers, self._whitening) if self.is_whitened else layers

    def head(self, network):
        """The linear layer that makes the logit of what the axes show, or None if there is none."""
        head = self.space.head(network)
        return undo(head, self._whitening) if head and self.is_whitened else head

    def make_scene(self, epoch):
        """Make the Scene of an epoch, whether it is kept or not."""
        network = self._scene_network
        self.history.restore(network, epoch)
        layers, head = self.layers(network), self.head(network)
        place = self.plane, self.limits, self._pixels
        return make_scene(Geometry(network, layers, head, *place, self.space.is_projected))

    def _find_limits(self):
        """The Plane that the axes show.

        It is the plane of the data, or the range of the hidden units. If that has no ends, it is
        what points and grid reach at the epochs shown, and each axis has a scale of its own.
        """
        if self.points_stay:
            return self.plane
        activation = activation_of(last_layer(self.space.transform(self._network)))
        if activation and activation.range:
            low, high = activation.range
            return Plane((low, low), (high, high), (UNIT_SPACING, UNIT_SPACING))
        ends = [end for epoch in self.epochs for end in self._reach(epoch)]
        return surround(np.array(ends), same_scale=False)

    @torch.no_grad()
    def _reach(self, epoch):
        """The least and the largest coordinates of the images of points and grid at an epoch."""
        network = self.history.network(epoch)
        x = with_grid(self.points)
        if hasattr(network, "grid"):  # one that is kept
            x = torch.cat([x, torch.from_numpy(network.grid).flatten(0, 1)])
        images = in_batches(self.layers(network), x).double().numpy()
        if not np.abs(images).max() < LARGEST_IMAGE:
            remedy = "lower ", Argument("learning_rate")
            raise UserError("hidden units put out more than can be shown: ", remedy)
        return images.min(axis=0), images.max(axis=0)


class Snapshot:
    """A run at one epoch. The network is asked once, however many views use the answer.

    epoch: its number.
    network: as it was then.

    `images` and `drawn_wrong` are of the points drawn, all other values of all points trained on.
    """

    def __init__(self, run, epoch, network):
        self.run, self.epoch, self.network = run, epoch, network

    @cached_property
    def scene(self):
        """The Scene: grid, boundary and regions."""
        return self.run.scenes[self.epoch]

    @property
    def head(self):
        """The linear layer that makes the logit of what the axes show, or None."""
        return self.run.head(self.network)

    @cached_property
    @torch.no_grad()
    def images(self):
        """Where the points drawn stand on the axes, (n, 2)."""
        return in_batches(self.run.layers(self.network), self.run.points.X).numpy()

    @cached_property
    @torch.no_grad()
    def drawn_wrong(self):
        """Which of the points drawn are misclassified, (n,)."""
        points = self.run.points
        logit = in_batches(self.network.logit, points.X)
        return (predicted(logit) != points.y)[:, 0].numpy()

    @cached_property
    @torch.no_grad()
    def logit(self):
        """The logit of all points trained on, a tensor (n,)."""
        return in_batches(self.network.logit, self.run.history.dataset.trained.X)[:, 0]

    @property
    def probability(self):
        """The probability of class 1 of all points trained on, (n,)."""
        return torch.sigmoid(self.logit).numpy()

    @property
    def correct(self):
        """Which of the points trained on are classified right, (n,)."""
        return (predicted(self.logit) == self.run.history.dataset.trained.y[:, 0]).numpy()

    @property
    def losses(self):
        """The loss of every point trained on, (n,)."""
        labels = self.run.history.dataset.trained.y[:, 0]
        return binary_cross_entropy_with_logits(self.logit, labels, reduction="none").numpy()


class SceneCache(Mapping):
    """Scenes by their epoch, made when they are asked for.

    The latest are kept, as many as a bound of memory allows.

    epochs: those that can be asked for.
    make: makes the Scene of an epoch.
    most: bytes that are kept.
    """

    def __init__(self, epochs, make, most):
        self._epochs, self._make, self._most = epochs, make, most
        self._kept, self._bytes = {}, 0

    def __getitem__(self, epoch):
        if epoch not in self._epochs:
            raise KeyError(epoch)
        if epoch not in self._kept:
            scene = self._make(epoch)
            self._kept[epoch] = scene
            self._bytes += memory_of(scene)
            while self._bytes > self._most and len(self._kept) > 1:
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
