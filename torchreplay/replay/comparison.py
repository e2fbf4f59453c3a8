"""Several recorded trainings side by side, in step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import product
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from torchreplay.films.film import Film
from torchreplay.models.evaluating import default_torch
from torchreplay.models.tasks import on_one_scale as tasks_on_one_scale
from torchreplay.page.tour import Tour
from torchreplay.pictures.compared_views import axes_needed, make_view
from torchreplay.pictures.comparison import side_by_side
from torchreplay.pictures.picture import Picture, default_style, fonts_of, new_figure
from torchreplay.replay.drawing import Drawable, axes_by_name, looks_for, make_on
from torchreplay.replay.drawing import new_figure as own_figure
from torchreplay.replay.pages import page_of, with_task
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.settings import FPS, HOLD, MAX_POINTS, SIZE
from torchreplay.spaces.space import SPACE_INCHES
from torchreplay.views import check_compared
from torchreplay.views.fonts import fonts_for, words_of
from torchreplay.views.space import title_of

if TYPE_CHECKING:
    from torchreplay.record.history import History
    from torchreplay.views import ViewName
    from torchreplay.views.looks import PaletteName


class Comparison(Drawable):
    """Several recorded trainings in one space, each in a panel, drawn at the same epoch.

    `compare` makes it.

    Parameters
    ----------
    spaces : sequence of SpaceReplay
        The trainings, row by row.
    compared : Mapping
        The one or two options in which they differ, each with its values. The first one differs
        by columns, the second one by rows.

    Attributes
    ----------
    history : History
        The longest of their records.
    figure_ : Figure
        After `plot`: the matplotlib Figure drawn.

    Examples
    --------
    >>> both = compare({"one": replay, "other": other}).plot(epoch=2)
    >>> both.figure_.savefig("both.png")
    >>> both.animate().save("both.mp4")
    """

    figure_: Any
    spaces: Sequence[SpaceReplay]
    compared: Mapping[str, Sequence[str]]
    history: History
    measured = True  # whether loss and accuracy stand above each panel

    def __init__(self, spaces: Sequence[SpaceReplay], compared: Mapping[str, Sequence[str]]):
        self.spaces, self.compared = on_one_scale(spaces), compared
        self.history = max((each.history for each in spaces), key=lambda history: history.last)

    def __repr__(self) -> str:
        return f"Comparison of {len(self.spaces)} trainings in {self.spaces[0].space.title}"

    def showing(self, epochs: Iterable[int], size: float) -> Comparison:
        """The same for some epochs by their numbers, in some size."""
        return self._with([each.showing(epochs, size) for each in self.spaces])

    def _with(self, spaces):
        """The same with other SpaceReplays."""
        return Comparison(spaces, self.compared)

    def _check_views(self, views):
        """The names of views; raises UserError for those that it does not have."""
        return check_compared(views, len(self.compared))

    def _headline(self, title):
        """What stands above all panels; None for what the runs have in common."""
        return title

    @default_torch()
    def picture(
        self,
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool = True,
        *,
        views: Iterable[ViewName | tuple[str, ...]] = (),
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> Picture:
        """Make the Picture of the epochs shown; see `animate`."""
        views, title = self._check_views(views), self._headline(title)
        looks = looks_for(self.spaces, palette, mark_errors, legend, point_size, title)
        first = self.spaces[0]
        new = partial(new_figure, first.size / SPACE_INCHES)
        with default_style(font_size), fonts_for(self._words(title)):
            figure, parts = side_by_side(
                self.spaces, self.compared, looks, new, views, self.measured
            )
            return Picture(figure, parts, title_of(first, looks), looks.palette, self.history)

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
        """Make the Film of some epochs, one frame for each; see `SpaceReplay.animate`.

        views: what to show under the spaces: "loss", the losses of all runs in one panel, and
            "gradients", a panel of each run.
        """
        numbers = self.history.numbers(epochs)
        sizes = {"font_size": font_size, "point_size": point_size}
        shown = self.showing(numbers, size)
        picture = shown.picture(palette, mark_errors, legend, views=views, title=title, **sizes)
        return Film(picture, numbers, fps, hold)

    @default_torch()
    def plot(
        self,
        epoch: int | None = None,
        *,
        views: Mapping[ViewName, Any] | None = None,
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool = True,
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> Comparison:
        """Draw an epoch on a new pyplot figure. Returns itself; see `SpaceReplay.plot`.

        views: Axes of your own by the names of views: {"loss": ax} for the losses of all runs,
            {"gradients": [ax, other]} with as many Axes as runs.
        """
        number = self.history.number(self.history.epochs[-1] if epoch is None else epoch)
        title = self._headline(title)
        looks = looks_for(self.spaces, palette, mark_errors, legend, point_size, title)
        others = axes_by_name(views, self._axes_needed)
        figure = own_figure()

        def new(width, height):
            figure.set_size_inches(width, height)
            return figure

        with fonts_of(font_size), fonts_for(self._words(title)):
            shown = self.spaces, self.compared, looks
            self.figure_, parts = side_by_side(*shown, new, measured=self.measured)
            for name, axes in others.items():
                parts += make_view(name, axes, *shown, on=make_on)
        for part in parts:
            part.draw(number)
            for each in part.titles:
                each.join()
        return self

    @default_torch()
    def to_html(
        self,
        path: str | PathLike[str] | None = None,
        palette: PaletteName = "classic",
        *,
        opens: Literal["input", "feature"] = "input",
        mark_errors: bool = False,
        fps: float = FPS.default,
        max_points: int = int(MAX_POINTS.default),
        title: str | None = None,
        tour: str | PathLike[str] | Tour | None = None,
    ) -> str | None:
        """Save the page of the trainings: one is picked by its name, another may be its ghost.

        See `Replay.to_html`. Raises ValueError if the trainings have no plane in common.
        """
        histories = dict(zip(self._names, (each.history for each in self.spaces), strict=True))
        looks = {"palette": palette, "opens": opens, "mark_errors": mark_errors}
        return page_of(histories, path, max_points, fps, title, tour, **looks)

    @property
    def _names(self):
        """The names of the runs, row by row."""
        named = [
            [f"{option} {value}".strip() for value in values]
            for option, values in self.compared.items()
        ]
        return [", ".join(reversed(run)) for run in product(*reversed(named))]

    def _axes_needed(self, name):
        """How many Axes a view needs."""
        self._check_views([name])
        return axes_needed(name, self.spaces)

    def _words(self, title):
        """The words on the picture."""
        values = [name for names in self.compared.values() for name in names]
        own = [word for each in self.spaces for word in words_of(each.history)]
        return [*own, *values, title or ""]


def on_one_scale(spaces):
    """SpaceReplays with the same levels, those of the labels of all of them, if they have any."""
    tasks = tasks_on_one_scale([each.history.task for each in spaces])
    pairs = zip(spaces, tasks, strict=True)
    return [_with_task(each, task, len(spaces)) for each, task in pairs]


def _with_task(space, task, among):
    """A SpaceReplay of another Task, whose labels are the same."""
    history = with_task(space.history, task)
    if history is space.history:
        return space
    return SpaceReplay(history, space.space, space.epochs, space.sampled, space.size, among)
