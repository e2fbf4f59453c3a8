"""A recorded training in one space: on axes of the user, as a picture or as a film."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from torchreplay.data.dataset import sample
from torchreplay.films.film import Film
from torchreplay.models.evaluating import default_torch
from torchreplay.pictures.composition import compose
from torchreplay.pictures.picture import default_style, fonts_of
from torchreplay.replay.bending import bent_film
from torchreplay.replay.drawing import (
    Drawable,
    check_axes,
    looks_for,
    make_on,
    new_figure,
    panels_on,
    show,
    space_on,
)
from torchreplay.settings import FPS, HOLD, MAX_POINTS, SIZE
from torchreplay.spaces.graph import space_of
from torchreplay.spaces.layer_spaces import plane_of
from torchreplay.spaces.placement import Placement
from torchreplay.spaces.scene_cache import SceneCache
from torchreplay.spaces.scenes import Geometry, make_scene
from torchreplay.spaces.slices import slice_of
from torchreplay.spaces.snapshot import Snapshot
from torchreplay.spaces.space import AXES_RECTANGLE, check_dimensions
from torchreplay.views.fonts import fonts_for, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from torchreplay.data.dataset import Dataset
    from torchreplay.models.tasks import Task
    from torchreplay.pictures.picture import Picture
    from torchreplay.record.history import History
    from torchreplay.spaces.scenes import Scene
    from torchreplay.spaces.space import Space
    from torchreplay.views import ViewName
    from torchreplay.views.looks import PaletteName

MAX_CACHE_BYTES, MAX_SHARED_CACHE_BYTES = 64e6, 384e6


class SpaceReplay(Drawable):
    """A recorded training in one space, drawn at any epoch.

    `Replay.input_space` and `Replay.feature_space` make it.

    Parameters
    ----------
    history : History
        The record.
    space : Space
        The space to which the plane of the data is mapped.
    epochs : iterable of int, optional
        The numbers of the epochs shown; by default all. What the axes show may depend on them.
    points : Dataset, optional
        The points drawn; by default a sample of those recorded.
    size : float
        Pixels of the picture, at which the lines are to be smooth.
    among : int
        The number of replays compared: they share the memory for scenes.

    Attributes
    ----------
    scenes : Mapping
        The Scene of every epoch shown, by its number: grid, boundary and regions.
    placement : Placement
        How the space stands on axes.
    ax_, figure_ : Axes, Figure
        After `plot`: the matplotlib Axes drawn on, and their Figure.

    Raises
    ------
    NetworkError
        If the space is no plane; it is a ValueError.

    Examples
    --------
    >>> space = replay.feature_space().plot(epoch=2)
    >>> space.figure_.savefig("epoch_2.png")
    >>> replay.input_space().animate(fps=10).save("film.mp4")
    """

    ax_: Axes
    figure_: Any
    history: History
    space: Space
    epochs: list[int]
    points: Dataset
    size: float
    scenes: SceneCache

    def __init__(
        self,
        history: History,
        space: Space,
        epochs: Iterable[int] | None = None,
        points: Dataset | None = None,
        size: float = SIZE.default,
        among: int = 1,
    ):
        SIZE.check("size", size)
        space = slice_of(space_of(space, history.dataset), history.dataset)
        space = plane_of(space, history)
        check_dimensions(space, history.network(0), history.dataset)
        self.history, self.space, self.size = history, space, size
        epochs = range(history.last + 1) if epochs is None else epochs
        self.epochs = sorted({history.clamp(epoch) for epoch in epochs})
        points = sample(history.dataset, MAX_POINTS.default) if points is None else points
        self.points = space.shown(points)
        self._sampled = points
        max_bytes = min(MAX_CACHE_BYTES, MAX_SHARED_CACHE_BYTES / among)
        self.scenes = SceneCache(self.epochs, self.make_scene, max_bytes)
        self._snapshot = None

    def __repr__(self) -> str:
        return f"SpaceReplay of {self.history!r} in {self.space.title}"

    @property
    def sampled(self) -> Dataset:
        """The points drawn, and those that the space leaves out."""
        return self._sampled

    @property
    def task(self) -> Task:
        """What is decided in the space."""
        return self.space.task(self.history)

    @property
    def last_epoch(self) -> int:
        """The last epoch shown."""
        return self.epochs[-1]

    @cached_property
    def placement(self) -> Placement:
        """The Placement, the same at all epochs shown."""
        return Placement(self.history, self.space, self.epochs, self.points)

    def showing(self, epochs: Iterable[int], size: float) -> SpaceReplay:
        """The same for some epochs by their numbers, in some size: itself, if it is that already.

        What axes show may depend on the epochs.
        """
        if size == self.size and sorted(set(epochs)) == self.epochs:
            return self
        return SpaceReplay(self.history, self.space, epochs, self.sampled, size)

    def in_space(self, space: Space, history: History | None = None) -> SpaceReplay:
        """The same in another Space; the same History may have layers with other names."""
        history = self.history if history is None else history
        return SpaceReplay(history, space, self.epochs, self.sampled, self.size)

    @cached_property
    def _networks(self):
        """Two copies of the network, for snapshots and for scenes."""
        return self.history.network(0), self.history.network(0)

    def at(self, epoch: int) -> Snapshot:
        """The Snapshot of an epoch, valid until the Snapshot of another epoch is made."""
        epoch = self.history.clamp(epoch)
        if self._snapshot is None or self._snapshot.epoch != epoch:
            network, _ = self._networks
            self.history.restore(network, epoch)
            self._snapshot = Snapshot(self, epoch, network)
        return self._snapshot

    @default_torch()
    def make_scene(self, epoch: int) -> Scene:
        """Make the Scene of an epoch, even if it is in the cache."""
        _, network = self._networks
        self.history.restore(network, epoch)
        return make_scene(
            Geometry(
                network,
                self.task,
                layers=self.placement.layers(network),
                head=self.placement.head(network),
                dataset=self.history.dataset,
                limits=self.placement.limits,
                pixels=self.size * AXES_RECTANGLE[2],
                space=self.space,
            )
        )

    @default_torch()
    def picture(
        self,
        views: Iterable[ViewName | tuple[str, ...]] = (),
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool = True,
        *,
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> Picture:
        """Make the Picture of the epochs shown; see `animate`."""
        looks = looks_for([self], palette, mark_errors, legend, point_size, title)
        with default_style(font_size), fonts_for([*words_of(self.history), title or ""]):
            return compose(self, views, looks)

    @default_torch()
    def animate(
        self,
        epochs: Iterable[int] | None = None,
        fps: float = FPS.default,
        size: float = SIZE.default,
        *,
        views: Iterable[ViewName | tuple[str, ...]] = (),
        hold: float = HOLD.default,
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool = True,
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> Film:
        """Make the Film of some epochs, one frame for each.

        epochs: their counts; by default all of `history.epochs` except the initialization.
        fps: frames a second; hold: seconds that the last frame stays.
        size: pixels of the space alone.
        views: what to show beside it, see `plot`.
        palette: "classic", "accessible", which needs no color vision, or two colors of your own,
            in matplotlib's words.
        mark_errors: whether to ring misclassified points.
        legend: whether to say what markers and lines mean.
        title: in place of that of the space; the epoch is added.
        font_size, point_size: in typographic points. Fonts are those of matplotlib's settings.
        """
        numbers = self.history.numbers(epochs)
        sizes = {"font_size": font_size, "point_size": point_size}
        shown = self.showing(numbers, size)
        picture = shown.picture(views, palette, mark_errors, legend, title=title, **sizes)
        return Film(picture, numbers, fps, hold)

    @default_torch()
    def bend(
        self,
        epoch: int | None = None,
        fps: float = FPS.default,
        size: float = SIZE.default,
        *,
        frames: int | None = None,
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool = True,
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> Film:
        """Make the Film in which the plane of an epoch bends from input to feature space.

        The first and the last frames are the pictures of the two spaces. Between them, layers of
        two units turn the plane, stretch it, shift it and bend it, one after another. Wider layers
        are blended in along straight lines. None of that is a state of the network.

        epoch: its count, one of `history.epochs`; by default the last one.
        frames: how many there are; by default 120, and more for more than one layer of two units.
        All other arguments are those of `animate`.
        Raises ValueError if the data has not two features, or the space has no boundary.
        """
        number = self.history.number(self.history.epochs[-1] if epoch is None else epoch)
        looks = {
            "palette": palette, "mark_errors": mark_errors, "legend": legend,
            "point_size": point_size, "title": title,
        }  # fmt: skip
        return bent_film(self, number, frames, fps, size, looks, font_size)

    @default_torch()
    def plot(
        self,
        epoch: int | None = None,
        ax: Axes | None = None,
        *,
        views: Mapping[ViewName | tuple[str, ...], Any] | None = None,
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool | None = None,
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> SpaceReplay:
        """Draw an epoch on axes. Returns itself.

        epoch: its count, one of `history.epochs`; by default the last one.
        ax: the Axes to draw on; by default those of a new pyplot figure.
        views: other Axes by the names of views to draw on them, as {"loss": ax}; a view of several
            panels needs as many: violins three, and probabilities of two classes two.
            ("surface", "hidden.weight[0,1]", "output.bias") shows the loss with these two
            parameters as axes.
        legend: whether to say above the axes what markers and lines mean; by default on new axes
            alone. `ax.legend()` adds such a legend later.
        palette, mark_errors, title, font_size, point_size: see `animate`.
        Raises ValueError for an epoch that is not recorded, or an unknown name.
        """
        number = self.history.number(self.history.epochs[-1] if epoch is None else epoch)
        legend = ax is None if legend is None else legend
        looks = looks_for([self], palette, mark_errors, legend, point_size, title)
        others = panels_on(views, self.history.task.classes)
        figure = new_figure() if ax is None else None
        with fonts_of(font_size), fonts_for([*words_of(self.history), title or ""]):
            ax = figure.add_subplot() if figure else ax
            check_axes(ax)
            made = make_on(ax, lambda ax: space_on(ax, self, looks, number))
            for make, axes in others:
                made.append(make_on(axes, lambda axes, make=make: make(axes, self, looks)))
            show(made, self.at(number))
        self.ax_, self.figure_ = ax, ax.figure
        return self
