"""Artists that matplotlib lacks: points in their exact places, overlays, split text."""

import functools
import itertools

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from torchreplay.geometry.level_sets import starts_of

HOLLOW_EDGE_WIDTH = 0.9
EMPTY_PATH = Path(np.empty((0, 2)))


def closed_path(curves):
    """The area within closed curves, a list of arrays (n, 2), as a path."""
    curves = [curve for curve in curves if len(curve)]
    if not curves:
        return EMPTY_PATH
    codes = np.concatenate([np.full(len(curve), Path.LINETO, Path.code_type) for curve in curves])
    codes[starts_of(curves)] = Path.MOVETO
    return Path(np.concatenate(curves), codes)


class WholeAtRim:
    """An artist that is drawn whole where it lies on the rim of its axes, and not beyond.

    A clip box at the rim itself would cut lines and markers in two.
    """

    def get_reach(self):
        """How far the artist reaches from its position, in points."""
        return 1 + float(np.max(self.get_linewidth()))  # a pixel of smoothing is more than half

    def clip(self):
        """Clip the artist to the axes and its reach around them."""
        self.set_clip_path(None)
        reach = self.get_reach() / 72 * self.get_figure().dpi
        self.set_clip_box(self.axes.bbox.padded(reach))

    def draw(self, renderer):
        """Draw the artist, clipped."""
        self.clip()
        super().draw(renderer)


class RimLines(WholeAtRim, LineCollection):
    """Lines that may run along the rim."""


class RimCurve(WholeAtRim, PathPatch):
    """A curve that may end at the rim."""


class RimMarker(WholeAtRim, Line2D):
    """A marker that may lie on the rim."""

    def get_reach(self):
        """The size of the marker, in points."""
        return self.get_markersize()


class Points(RimMarker):
    """Markers at their exact positions, to a quarter of a pixel, and not clipped at the rim.

    Agg centers markers on whole pixels, which makes a dense curve of points lumpy. Here it gets
    four images of a marker, shifted by half a pixel. Other renderers have no pixels, and draw
    markers at their exact positions.
    """

    STAMP_OFFSET = (0.5, -0.5)  # pixels from the position given to Agg to the center of its marker

    def draw(self, renderer):
        """Draw the markers. Those on the rim of the axes are drawn whole, none beyond it."""
        if not self.get_visible():
            return
        self.clip()
        if isinstance(renderer, RendererAgg):
            self._stamp(renderer)
        else:
            super().draw(renderer)

    def _stamp(self, renderer):
        """Draw the markers, all with the same shift at once."""
        graphics = renderer.new_gc()
        self._set_gc_clip(graphics)
        graphics.set_linewidth(renderer.points_to_pixels(self.get_markeredgewidth()))
        graphics.set_foreground(self.get_markeredgecolor())
        color = to_rgba(self.get_markerfacecolor())
        size = renderer.points_to_pixels(self.get_markersize())
        pixels = self.get_transform().transform(self.get_xydata()) - self.STAMP_OFFSET
        halves = np.rint(2 * pixels).astype(int)
        whole, shifts = halves >> 1, (halves & 1) @ (2, 1)
        for shift, (path, stamp) in enumerate(stamps(self.get_marker(), size)):
            centers = Path(whole[shifts == shift])
            renderer.draw_markers(graphics, path, stamp, centers, IdentityTransform(), color)
        graphics.restore()


@functools.cache
def stamps(marker, size):
    """Path and transform of a marker, some pixels wide, for each shift: none, up, right, both."""
    style = MarkerStyle(marker)
    return [
        (style.get_path(), style.get_transform().scale(size).translate(right / 2, up / 2))
        for right, up in itertools.product((0, 1), repeat=2)
    ]


class Overlay(Artist):
    """Artists that stay in their places on axes, over others that move.

    Agg draws them once, as a bitmap, which is laid over each frame. Other renderers draw them as
    they are.
    """

    def __init__(self, axes, artists, zorder=None):
        super().__init__()
        self.artists = artists
        self.zorder = artists[0].zorder if zorder is None else zorder
        self._canvas, self._bitmap = None, None
        for artist in artists:
            artist.axes = axes
            artist.set_figure(axes.figure)
            artist.set_transform(axes.transData)

    def draw(self, renderer):
        """Draw the artists, by their bitmap if there can be one."""
        if not self.get_visible():
            return
        if not isinstance(renderer, RendererAgg):
            for artist in self.artists:
                artist.draw(renderer)
            return
        canvas = renderer.width, renderer.height, renderer.dpi
        place = *self.axes.bbox.bounds, *self.axes.viewLim.bounds
        if self._canvas != (canvas, place):
            layer = RendererAgg(*canvas)
            for artist in self.artists:
                artist.draw(layer)
            self._canvas, self._bitmap = (canvas, place), covered(layer)
        renderer.draw_image(renderer.new_gc(), *self._bitmap)


class Label(Text):
    """A centered text with a white halo, which is drawn once by Agg and then moved.

    It stands on whole pixels, so that its bitmap holds for every place.
    """

    def __init__(self, text, size):
        style = {"ha": "center", "va": "center_baseline", "fontsize": size, "zorder": 5}
        halo = [withStroke(linewidth=2, foreground="white")]
        super().__init__(0, 0, text, path_effects=halo, parse_math=False, **style)
        self._canvas, self._bitmap = None, None

    def draw(self, renderer):
        """Draw the text, by its bitmap if there can be one."""
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
        elif self.get_visible():
            canvas = renderer.width, renderer.height, renderer.dpi
            if self._canvas != canvas:
                self._canvas, self._bitmap = canvas, self._stamped(canvas)
            x, y = np.rint(self.get_transform().transform(self.get_position()))
            left, bottom, pixels = self._bitmap
            renderer.draw_image(renderer.new_gc(), x + left, y + bottom, pixels)

    def _stamped(self, canvas):
        """Its left and bottom ends from its place, in pixels, and its pixels, upwards."""
        width, height, _ = canvas
        layer, own, place = RendererAgg(*canvas), self.get_transform(), self.get_position()
        self.set(transform=IdentityTransform(), position=(width // 2, height // 2), clip_on=False)
        super().draw(layer)
        self.set(transform=own, position=place)
        left, bottom, pixels = covered(layer)
        return left - width // 2, bottom - height // 2, pixels


def covered(renderer):
    """What has been drawn on a canvas: its left and bottom ends, and its pixels, upwards."""
    pixels = np.asarray(renderer.buffer_rgba())[::-1]
    opaque = pixels[..., 3] > 0
    (bottom, top), (left, right) = (_ends(opaque.any(axis=axis)) for axis in (1, 0))
    return left, bottom, pixels[bottom:top, left:right].copy()


def _ends(marks):
    """Where the marked places of an array begin and end; one place of it, if none is marked."""
    places = np.flatnonzero(marks)
    return (places[0], places[-1] + 1) if len(places) else (0, 1)


def points_of(**style):
    """Make Points without an edge or a line."""
    return Points([], [], **{"linestyle": "none", "markeredgewidth": 0, **style})


def hollow(size):
    """The settings of hollow markers, white within an edge, that are some points wide."""
    settings = {"markeredgewidth": HOLLOW_EDGE_WIDTH, "markerfacecolor": "white"}
    return {"markersize": size - HOLLOW_EDGE_WIDTH, **settings}


def split_off_end(text, fixed, moving):
    """Split the end that changes off a centered Text, whose fixed beginning stays.

    Glyphs are slow to draw: the whole text would take as long as everything else that moves.

    fixed, moving: beginning and end; `moving` is the longest end that there will be.
    Returns the Text of the end alone.
    """
    to_units = text.get_transform().inverted()
    text.set_text(fixed + moving)
    left, _ = to_units.transform(text.get_window_extent().min)
    text.set(text=fixed, x=left, horizontalalignment="left")
    right, _ = to_units.transform(text.get_window_extent().max)
    return (text.axes or text.figure).text(
        *(right, text.get_position()[1], moving),
        transform=text.get_transform(),
        fontproperties=text.get_fontproperties(),
        verticalalignment=text.get_verticalalignment(),
        parse_math=False,
    )
