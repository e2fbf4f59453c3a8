"""The scenes of many epochs, as many as memory allows."""

import itertools
from collections.abc import Callable, Iterator, Mapping

from torchreplay.spaces.scenes import Scene


class SceneCache(Mapping[int, Scene]):
    """Scenes by their epoch, made when they are first used.

    epochs: the keys.
    make: makes the Scene of an epoch.
    max_bytes: only the latest scenes are kept, as many as fit into this memory.
    """

    def __init__(self, epochs: list[int], make: Callable[[int], Scene], max_bytes: float):
        self._epochs, self._make, self._max_bytes = epochs, make, max_bytes
        self._kept, self._bytes = {}, 0

    def __getitem__(self, epoch: int) -> Scene:
        if epoch not in self._epochs:
            raise KeyError(epoch)
        if epoch not in self._kept:
            scene = self._make(epoch)
            self._kept[epoch] = scene
            self._bytes += memory_of(scene)
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                self._bytes -= memory_of(self._kept.pop(next(iter(self._kept))))
        return self._kept[epoch]

    def __iter__(self) -> Iterator[int]:
        return iter(self._epochs)

    def __len__(self) -> int:
        return len(self._epochs)


def memory_of(scene):
    """The bytes that a Scene takes."""
    curves = itertools.chain(scene.ground, *scene.regions, scene.grid, scene.boundary)
    return sum(curve.nbytes for curve in curves)
