"""A recorded training in one space: on anybody's axes, or as an animation."""

import base64
import io
from collections.abc import Iterable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import imsave

from torchreplay.data.dataset import sample
from torchreplay.errors import UserError
from torchreplay.films.film import Film
from torchreplay.pictures.composition import compose
from torchreplay.pictures.picture import default_style
from torchreplay.replay.animation import Animation
from torchreplay.replay.run import Run
from torchreplay.settings import FPS, HOLD, MAX_POINTS, SIZE
from torchreplay.spaces.space import SPACE_INCHES, check_dimensions
from torchreplay.views import VIEWS, panels_of
from torchreplay.views.palettes import PALETTES, Looks
from torchreplay.views.space import space_views


class SpaceReplay:
    """A recorded training in one space, drawn at any epoch.

    After `plot`: `ax_`, the matplotlib Axes drawn on, and `figure_`, their Figure.
    """

    def __init__(self, history, space):
        check_dimensions(space, history.network(0), history.dataset)
        self.history, self.space = history, space
        self._run = None

    def plot(
        self, epoch=None, ax=None, *, views=None, palette="classic", mark_errors=False, plane=(),
    ):  # fmt: skip
        """Draw an epoch on axes. Returns itself.

        epoch: its count, one of `history.epochs`; by default the last one.
        ax: the Axes to draw on; by default those of a new pyplot figure.
        views: other Axes by the names of views to draw on them, as {"loss": ax}; a view of two
            panels, probabilities, needs two.
        palette: "classic", or "accessible", which needs no color vision.
        mark_errors: whether to ring misclassified points.
        plane: two parameters, as "hidden.weight[0,1]", between which the view surface shows the
            loss; by default the main components of the path.
        Raises ValueError for an epoch that is not recorded, or an unknown name.
        """
        number = self._number_of(self.history.epochs[-1] if epoch is None else epoch)
        looks = looks_of(palette, mark_errors or self.space.is_projected, plane)
        if ax is None:
            from matplotlib import pyplot  # it chooses a backend

            ax = pyplot.figure(figsize=(SPACE_INCHES, SPACE_INCHES)).add_subplot()
        if not isinstance(ax, Axes):
            raise TypeError(f"ax is a {type(ax).__name__}, not matplotlib Axes")
        snapshot = self._run_of(range(self.history.last + 1)).at(number)
        made = space_views(ax, snapshot.run, looks)
        if not isinstance(views or {}, Mapping):
            raise TypeError('views is no dictionary: give Axes by names, as in {"loss": ax}')
        for name, other in (views or {}).items():
            makers, others = panels_of([_known_view(name)]), np.ravel(other)
            if not all(isinstance(each, Axes) for each in others):
                raise TypeError(f"views: {name!r} has no matplotlib Axes to be drawn on")
            if len(makers) != len(others):
                raise UserError(f"view {name!r} needs {len(makers)} Axes, not {len(others)}")
            pairs = zip(makers, others, strict=True)
            made += [make(on, snapshot.run, looks) for make, on in pairs]
        for view in made:
            view.draw(snapshot)
            if hasattr(view, "title"):
                view.title.join()  # the figure may be laid out anew
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def animate(
        self, epochs=None, fps=FPS.default, size=SIZE.default, *, views=(), hold=HOLD.default,
        palette="classic", mark_errors=False, legend=True, plane=(),
    ):  # fmt: skip
        """Make the Animation of some epochs, a frame each.

        epochs: their counts; by default all of `history.epochs` but the initialization.
        fps: frames a second, and `hold` the seconds that the last one stays.
        size: pixels of the space alone.
        views: names of what to show beside it.
        """
        counts = self.history.epochs[min(1, self.history.last) :] if epochs is None else epochs
        if isinstance(counts, str) or not isinstance(counts, Iterable):
            raise TypeError(f"epochs is {counts!r}: give a list or a range of them")
        numbers = [self._number_of(count) for count in counts]
        if not numbers:
            raise UserError("epochs is empty: give one or more")
        FPS.check("fps", fps)
        SIZE.check("size", size)
        HOLD.check("hold", hold)
        if isinstance(views, str):
            raise TypeError(f"views is {views!r}: give a list of names")
        picture = self._picture(numbers, size, views, palette, mark_errors, legend, plane)
        return Animation(Film(picture, numbers, fps=fps, hold=hold))

    def _picture(
        self, numbers, size, views=(), palette="classic", mark_errors=False, legend=True, plane=(),
    ):  # fmt: skip
        """The Picture of some epochs by their numbers."""
        rings = looks_of(palette, mark_errors, plane).mark_errors or self.space.is_projected
        names = [_known_view(name) for name in views]
        with default_style():
            run, settings = {"": self._run_of(numbers, size)}, {"legend": legend, "plane": plane}
            return compose(run, names, palette, rings, size, **settings)

    def still_as_html(self, size=SIZE.default // 2):
        """The picture of the last epoch as an element of HTML, some pixels wide.

        It has twice as many pixels, for screens of high resolution.
        """
        last, file = self.history.last, io.BytesIO()
        imsave(file, self._picture([last], 2 * size).draw(last))
        png = base64.b64encode(file.getvalue()).decode()
        title = f"{self.space.title} at {self.history.label.title()} {self.history.count(last)}"
        return f'<img width="{size}" alt="{title}" src="data:image/png;base64,{png}">'

    def _number_of(self, count):
        """The number of the epoch with a count; raises UserError if there is none."""
        counts = self.history.epochs
        if count not in counts:
            every = f", every {self.history.every}" if self.history.every > 1 else ""
            raise UserError(
                f"{self.history.label} {count} is not recorded: there are 0 to {counts[-1]}{every}"
            )
        return int(count) // self.history.every

    def _run_of(self, numbers, size=SIZE.default):
        points = sample(self.history.dataset, MAX_POINTS.default)
        if self._run is None or not set(numbers) <= set(self._run.epochs) or self._run.size != size:
            self._run = Run(self.history, self.space, numbers, points, size)
        return self._run


def looks_of(palette, mark_errors=False, plane=()):
    """The Looks of a palette by its name; raises UserError if there is none."""
    if palette not in PALETTES:
        raise UserError(f"palette {palette!r} is not one of {', '.join(PALETTES)}")
    if (
        isinstance(plane, str)
        or len(plane) not in (0, 2)
        or not all(isinstance(name, str) for name in plane)
    ):
        raise UserError(f"plane is {plane!r}: give the names of two parameters")
    return Looks(PALETTES[palette], mark_errors, plane=tuple(plane))


def _known_view(name):
    if name not in VIEWS:
        raise UserError(f"view {name!r} is not one of {', '.join(VIEWS)}")
    return name
