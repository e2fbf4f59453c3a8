"""The legend: what the markers and lines of a space mean."""

import math

import numpy as np
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from torchreplay.views.artists import hollow
from torchreplay.views.class_labels import are_written
from torchreplay.views.rings import RING, RING_SIZE
from torchreplay.views.scale_bar import add_scale_bar, scale_bar
from torchreplay.views.titles import MAX_NAME_CHARACTERS, font_scale, shorten

SHAPES = ((1, MAX_NAME_CHARACTERS), (2, MAX_NAME_CHARACTERS), (2, 12), (2, 7))  # rows, characters
MAX_FONT_SIZES, MIN_FONT_SIZE = {1: 9, 2: 7.2}, 6.5  # by the number of rows
ROWS_LOWER = {1: 0, 2: 3}  # two rows come nearer to the axes, in points
GAP_OF_MANY = 3  # more of it for the title, where there may be two rows
LEGEND_GAP = 9  # in points; points and rings at the rim need it
TITLE_GAP_WITH_LEGEND = LEGEND_GAP + 17  # in points, between axes and title


def title_gap(dataset):
    """The gap between axes and the title above their legend, in points."""
    return TITLE_GAP_WITH_LEGEND + GAP_OF_MANY * (len(dataset.classes) > 2)


def add_legend(figure, dataset, looks, center, bottom, width, boundary=True, beyond=False):
    """Add a legend to a figure, at a place given in inches: a line, or two of many classes.

    center, bottom: of the line.
    width: how wide it may get; its font shrinks to fit.
    boundary, beyond: see `entries`.
    """
    across, up = figure.get_size_inches()
    place = center / across, bottom / up
    if not dataset.classes:
        return add_scale_bar(figure, scale_bar(dataset, looks, width, boundary or beyond), place)
    return _fitting(figure, (dataset, looks, boundary, beyond), place, width)


def add_legend_above(axes, dataset, looks, boundary=True, beyond=False):
    """Add a small legend right above axes, with which it moves; see `entries`."""
    width = 1.1 * axes.bbox.width / axes.figure.dpi
    if not dataset.classes:
        bar = scale_bar(dataset, looks, width, boundary or beyond)
        add_scale_bar(axes, bar, (0.5, 1), LEGEND_GAP)
        return
    _fitting(axes, (dataset, looks, boundary, beyond), (0.5, 1), width, LEGEND_GAP)


def add_handles(axes, dataset, looks, boundary=True, beyond=False):
    """Add to axes empty artists of what a legend explains, for a legend by hand: `ax.legend()`.

    The scale of a regression is not explained by such a legend.
    """
    if not dataset.classes:
        return
    for handle, name in entries(dataset, looks, boundary, beyond):
        handle = handle[0] if isinstance(handle, tuple) else handle
        literal = name.replace("$", r"\$")
        handle.set_label(f" {literal}" if literal.startswith("_") else literal)
        handle.set_data(*np.empty((2, 0), np.float32))  # the type of all other places drawn
        axes.add_line(handle)


def entries(dataset, looks, boundary=True, beyond=False, longest=MAX_NAME_CHARACTERS):
    """What a legend explains: pairs of a handle, or of a tuple of two handles, and its name.

    boundary: whether there is a decision boundary within the plane.
    beyond: whether a dashed line continues it beyond the plane.
    longest: the most characters of the name of a class.
    """
    palette = looks.palette
    styles = [*zip(palette.points, palette.markers, palette.sizes, strict=True)]
    points = [
        _handle(color=color, marker=marker, markersize=1.4 * size, markeredgewidth=0)
        for color, marker, size in styles
    ]
    names = [shorten(name, longest) for name in dataset.class_names]
    found = [] if are_written(dataset, looks) else [*zip(points, names, strict=False)]
    found = [found[label] for label in looks.classes] or found
    if dataset.held_out is not None:
        both = [_handle(color=c, marker=m, **hollow(1.4 * size)) for c, m, size in styles[:2]]
        found.append((tuple(both), "held out"))
    if boundary:
        line = Line2D([], [], color="black", linewidth=2, solid_capstyle="butt")
        found.append((line, "decision boundary"))
    if beyond:
        dashed = Line2D([], [], color="black", linewidth=1, linestyle="--")
        name = "its line beyond the plane" if boundary else "decision boundary beyond the plane"
        found.append((dashed, name))
    if looks.mark_errors:
        ring = _handle(color="black", marker=RING, markersize=RING_SIZE, markeredgewidth=0)
        found.append((ring, "misclassified"))
    return found


def _handle(**settings):
    return Line2D([], [], linestyle="", **settings)


def _fitting(owner, explained, place, width, gap=0):
    """A Legend of figure or axes in a font in which it is no wider than inches; None of nothing.

    More than two classes get a second row and shorter names, if the font would be too small.
    explained: the arguments of `entries`; gap: between the place and the legend, in points.
    """
    dataset, *_ = explained
    if not entries(*explained):  # of many classes, without a boundary
        return None
    shapes = SHAPES if len(dataset.classes) > 2 else SHAPES[:1]
    for rows, longest in shapes:
        found = entries(*explained, longest=longest)
        size = font_scale() * MAX_FONT_SIZES[rows]
        legend = _rows(owner, found, rows, place, size, gap - ROWS_LOWER[rows])
        wide = legend.get_window_extent().width / owner.get_figure().dpi
        if size * min(1, width / wide) >= MIN_FONT_SIZE or (rows, longest) == shapes[-1]:
            break
        legend.remove()
    if wide > width:
        legend.remove()
        legend = _rows(owner, found, rows, place, size * width / wide, gap - ROWS_LOWER[rows])
    return legend


def _rows(owner, found, rows, place, size, gap):
    """A Legend of some rows, whose names are drawn literally."""
    columns = math.ceil(len(found) / rows)
    found = [entry for column in range(columns) for entry in found[column::columns]]
    handles, names = zip(*found, strict=True)
    legend = owner.legend(
        handles, ["name"] * len(names), ncols=columns, fontsize=size, frameon=False,
        loc="lower center", bbox_to_anchor=place, borderpad=0, borderaxespad=gap / size,
        handlelength=1.5, handletextpad=0.5, columnspacing=1.4, labelspacing=0.2,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.5)},
    )  # fmt: skip
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set(text=name, parse_math=False)
    return legend
