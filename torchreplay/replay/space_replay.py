"""A recorded training in one space: on anybody's axes, as a picture or as a film."""

import base64
import html
import io
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import imsave

from torchreplay.data.dataset import sample
from torchreplay.errors import UserError
from torchreplay.films.film import Film
from torchreplay.pictures.composition import compose
from torchreplay.pictures.picture import default_style
from torchreplay.settings import FPS, HOLD, MAX_POINTS, SIZE
from torchreplay.spaces.placement import Placement
from torchreplay.spaces.scene_cache import SceneCache
from torchreplay.spaces.scenes import Geometry, make_scene
from torchreplay.spaces.snapshot import Snapshot
from torchreplay.spaces.space import AXES_RECTANGLE, SPACE_INCHES, check_dimensions
from torchreplay.views import panels_of
from torchreplay.views.looks import looks_of
from torchreplay.views.space import space_views

CACHE_BYTES, ALL_CACHE_BYTES = 64e6, 384e6  # of the scenes of a replay, and of all compared


class SpaceReplay:
    """A recorded training in one space, drawn at any epoch.

    history: its History.
    space: the Space.
    epochs: the numbers of those shown, none beyond the record; by default all of them.
    points: the Dataset whose points are drawn; by default a sample of those recorded.
    size: pixels of the picture, at which the lines are to be smooth.
    among: how many replays are compared: they share the memory for scenes.

    placement: how the space stands on axes, see `Placement`.
    scenes: the Scene of every epoch shown, by its number: grid, boundary and regions.

    After `plot`: `ax_`, the matplotlib Axes drawn on, and `figure_`, their Figure.
    Raises NetworkError, a ValueError, if the space is no plane.
    """

    def __init__(self, history, space, epochs=None, points=None, size=SIZE.default, among=1):
        SIZE.check("size", size)
        check_dimensions(space, history.network(0), history.dataset)
        self.history, self.space, self.size = history, space, size
        epochs = range(history.last + 1) if epochs is None else epochs
        self.epochs = sorted({history.clamp(epoch) for epoch in epochs})
        self.points = sample(history.dataset, MAX_POINTS.default) if points is None else points
        max_bytes = min(CACHE_BYTES, ALL_CACHE_BYTES / among)
        self.scenes = SceneCache(self.epochs, self.make_scene, max_bytes)
        self._snapshot = None

    @property
    def last_epoch(self):
        """The last epoch shown."""
        return self.epochs[-1]

    @cached_property
    def placement(self):
        """The Placement, the same at all epochs shown."""
        return Placement(self.history, self.space, self.epochs, self.points)

    def showing(self, epochs, size):
        """The same for some epochs by their numbers, in some size: itself, if it is that already.

        What axes show may depend on the epochs.
        """
        if size == self.size and sorted(set(epochs)) == self.epochs:
            return self
        return SpaceReplay(self.history, self.space, epochs, self.points, size)

    def in_space(self, space):
        """The same in another Space."""
        return SpaceReplay(self.history, space, self.epochs, self.points, self.size)

    @cached_property
    def _networks(self):
        """Two copies of the network, for snapshots and for scenes."""
        return self.history.network(0), self.history.network(0)

    def at(self, epoch):
        """The Snapshot of an epoch, valid until the next one is asked for."""
        epoch = self.history.clamp(epoch)
        if self._snapshot is None or self._snapshot.epoch != epoch:
            network, _ = self._networks
            self.history.restore(network, epoch)
            self._snapshot = Snapshot(self, epoch, network)
        return self._snapshot

    def make_scene(self, epoch):
        """Make the Scene of an epoch, whether it is kept or not."""
        _, network = self._networks
        self.history.restore(network, epoch)
        return make_scene(
            Geometry(
                network,
                layers=self.placement.layers(network),
                head=self.placement.head(network),
                plane=self.history.dataset.plane if self.history.dataset.is_plane else None,
                limits=self.placement.limits,
                pixels=self.size * AXES_RECTANGLE[2],
                is_projected=self.space.is_projected,
            )
        )

    def picture(self, views=(), palette="classic", mark_errors=False, legend=True):
        """Make the Picture of the epochs shown; see `animate`."""
        looks = looks_of(palette, mark_errors or self.space.is_projected, legend)
        with default_style():
            return compose(self, views, looks)

    def animate(
        self, epochs=None, fps=FPS.default, size=SIZE.default, *, views=(), hold=HOLD.default,
        palette="classic", mark_errors=False, legend=True,
    ):  # fmt: skip
        """Make the Film of some epochs, a frame each.

        epochs: their counts; by default all of `history.epochs` but the initialization.
        fps: frames a second, and `hold` the seconds that the last one stays.
        size: pixels of the space alone.
        views: what to show beside it, see `plot`.
        palette: "classic", or "accessible", which needs no color vision.
        mark_errors: whether to ring misclassified points.
        legend: whether to say what markers and lines mean.
        """
        numbers = self.history.numbers(epochs)
        picture = self.showing(numbers, size).picture(views, palette, mark_errors, legend)
        return Film(picture, numbers, fps, hold)

    def plot(self, epoch=None, ax=None, *, views=None, palette="classic", mark_errors=False):
        """Draw an epoch on axes. Returns itself.

        epoch: its count, one of `history.epochs`; by default the last one.
        ax: the Axes to draw on; by default those of a new pyplot figure.
        views: other Axes by the names of views to draw on them, as {"loss": ax}; a view of two
            panels, probabilities, needs two. ("surface", "hidden.weight[0,1]", "output.bias")
            is the loss between two parameters.
        palette: "classic", or "accessible", which needs no color vision.
        mark_errors: whether to ring misclassified points.
        Raises ValueError for an epoch that is not recorded, or an unknown name.
        """
        number = self.history.number(self.history.epochs[-1] if epoch is None else epoch)
        looks = looks_of(palette, mark_errors or self.space.is_projected)
        if ax is None:
            from matplotlib import pyplot  # it chooses a backend

            ax = pyplot.figure(figsize=(SPACE_INCHES, SPACE_INCHES)).add_subplot()
        if not isinstance(ax, Axes):
            raise TypeError(f"ax is a {type(ax).__name__}, not matplotlib Axes")
        others = _panels_on(views)
        made = space_views(ax, self, looks)
        made += [make(on, self, looks) for make, on in others]
        for view in made:
            view.draw(self.at(number))
            if hasattr(view, "title"):
                view.title.join()  # the figure may be laid out anew
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def still_as_html(self, size=SIZE.default // 2):
        """The picture of the last epoch as an element of HTML, some pixels wide.

        It has twice as many pixels, for screens of high resolution.
        """
        last, file = self.history.last, io.BytesIO()
        picture = self.showing([last], 2 * size).picture()
        imsave(file, picture.draw(last))
        png = base64.b64encode(file.getvalue()).decode()
        title = html.escape(picture.title_at(last))
        return f'<img width="{size}" alt="{title}" src="data:image/png;base64,{png}">'


def _panels_on(views):
    """What makes the panels of views by name, each with the Axes to draw on: a list of pairs."""
    if not isinstance(views or {}, Mapping):
        raise TypeError('views is no dictionary: give Axes by names, as in {"loss": ax}')
    found = []
    for name, axes in (views or {}).items():
        makers, axes = panels_of([name]), np.ravel(axes)
        if not all(isinstance(each, Axes) for each in axes):
            raise TypeError(f"views: {name!r} has no matplotlib Axes to be drawn on")
        if len(makers) != len(axes):
            raise UserError(f"view {name!r} needs {len(makers)} Axes, not {len(axes)}")
        found += zip(makers, axes, strict=True)
    return found
