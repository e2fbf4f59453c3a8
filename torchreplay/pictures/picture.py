"""A picture: a figure that is redrawn fast for any epoch."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from torchreplay.errors import UserError
from torchreplay.models.evaluating import default_torch
from torchreplay.pictures.stills import STILL_FORMS, write_still
from torchreplay.settings import FONT_SIZE
from torchreplay.spaces.space import SPACE_INCHES
from torchreplay.system.paths import given_file
from torchreplay.system.staging import save_whole

if TYPE_CHECKING:
    from torchreplay.record.history import History
    from torchreplay.views.looks import Palette


class Picture:
    """A figure that is redrawn for any epoch.

    `SpaceReplay.picture` and `Comparison.picture` make it. Everything that does not change is drawn
    once and kept as background. For each epoch the background is restored, and the artists that
    change are drawn over it, from bottom to top. The pixels are the same as if the whole figure
    were drawn.

    Parameters
    ----------
    figure : Figure
        With an Agg canvas.
    parts : sequence of ReplayViews and Title
        Each has artists that change, and moves them with `draw(epoch)`.
    title : str
        Of stills and films; the epoch is added.
    palette : Palette
        That of the classes.
    history : History
        The record whose counts name the epochs.

    Examples
    --------
    >>> picture = replay.input_space().picture(["loss"])
    >>> picture.draw(3).shape
    (810, 1440, 4)
    >>> picture.save("epoch_3.svg", 3)
    """

    figure: Figure
    parts: Sequence[Any]
    title: str
    palette: Palette
    history: History
    canvas: Any
    artists: list[Any]

    def __init__(
        self,
        figure: Figure,
        parts: Sequence[Any],
        title: str,
        palette: Palette,
        history: History,
    ):
        self.figure, self.canvas, self.parts = figure, figure.canvas, parts
        self.title, self.palette, self.history = title, palette, history
        artists = itertools.chain.from_iterable(part.artists for part in parts)
        within = [each for axes in figure.axes for each in (axes, *axes.child_axes)]
        order = {axes: k for k, axes in enumerate([*within, None])}
        self.artists = sorted(artists, key=lambda artist: (order[artist.axes], artist.zorder))
        for artist in self.artists:
            artist.set_animated(True)  # leaves them out of the background
        self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)

    def __repr__(self) -> str:
        width, height = self.size
        return f"Picture of {width} × {height} pixels: {self.title}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.canvas.get_width_height()

    @default_torch()
    def move(self, epoch: int) -> None:
        """Move all artists to their places at an epoch.

        Raises IndexError after the last epoch, unless the run has diverged: then it shows the last.
        """
        if epoch > self.history.last and not self.history.diverged:
            raise IndexError(f"{self.history.label} {self.history.count(epoch)} is not recorded")
        for part in self.parts:
            part.draw(epoch)

    def draw(self, epoch: int) -> np.ndarray:
        """Draw an epoch: (height, width, 4) uint8, RGBA, valid until the next call."""
        self.move(epoch)
        self.canvas.restore_region(self._background)
        renderer = self.canvas.get_renderer()
        for artist in self.artists:
            artist.draw(renderer)
        return np.asarray(self.canvas.buffer_rgba())

    def title_at(self, epoch: int) -> str:
        """The title of the still of an epoch."""
        return f"{self.title} at {self.history.label.title()} {self.history.count(epoch)}"

    def count(self, epoch: int) -> str:
        """The count of an epoch, as text."""
        return self.history.count(epoch)

    def save(self, path: str | PathLike[str], epoch: int) -> None:
        """Save the still of an epoch as PNG, SVG or PDF, by the suffix of the path.

        An older file is replaced when the new one is complete. Raises ValueError for other endings.
        """
        path = given_file(path)
        endings = [f".{form}" for form in STILL_FORMS]
        if path.suffix not in endings:
            raise UserError(f"{path}: give it one of the endings {', '.join(endings)}")
        with default_style():
            save_whole(path, lambda made: write_still(made, self, epoch))


def new_figure(dpi, width=SPACE_INCHES, height=SPACE_INCHES):
    """Make a Figure of some inches with an Agg canvas."""
    figure = Figure(figsize=(width, height), dpi=dpi)
    FigureCanvasAgg(figure)
    return figure


def add_axes(figure, left, bottom, width, height):
    """Make axes on a figure, at a place given in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


@contextlib.contextmanager
def default_style(font_size=None, keeps_fonts=True):
    """Draw with matplotlib's defaults, so that pictures are the same with any matplotlibrc.

    font_size: in typographic points.
    keeps_fonts: whether the present settings of fonts stay.
    """
    fonts = {name: value for name, value in matplotlib.rcParams.items() if name.startswith("font.")}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        if keeps_fonts:
            largest = {"font.size": min(fonts["font.size"], FONT_SIZE.high)}
            matplotlib.rcParams.update(fonts | largest)
        with fonts_of(font_size):
            yield


@contextlib.contextmanager
def fonts_of(size):
    """Draw with fonts of a size in typographic points; None leaves them as they are."""
    if size is not None:
        FONT_SIZE.check("font_size", size)
    with matplotlib.rc_context({} if size is None else {"font.size": size}):
        yield
