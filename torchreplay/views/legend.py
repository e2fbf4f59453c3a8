"""The legend: what the markers and lines of a space mean."""

from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from torchreplay.views.artists import hollow
from torchreplay.views.rings import RING, RING_SIZE
from torchreplay.views.titles import class_names

MAX_FONT_SIZE = 9


def add_legend(figure, dataset, looks, center, bottom, width, boundary=True, beyond=False):
    """Add a legend to a figure: a single line, at a place given in inches.

    center, bottom: of the line.
    width: how wide it may get; its font shrinks to fit.
    boundary, beyond: see `entries`.
    """
    handles, names = zip(*entries(dataset, looks, boundary, beyond), strict=True)
    size = MAX_FONT_SIZE
    legend = _line(figure, handles, names, (center, bottom), size)
    found = legend.get_window_extent(figure.canvas.get_renderer()).width / figure.dpi
    if found > width:
        legend.remove()
        legend = _line(figure, handles, names, (center, bottom), size * width / found)
    return legend


def entries(dataset, looks, boundary=True, beyond=False):
    """What a legend explains: pairs of a handle, or of a tuple of two handles, and its name.

    boundary: whether there is a decision boundary within the plane.
    beyond: whether a dashed line continues it beyond the plane.
    """
    palette = looks.palette
    styles = [*zip(palette.points, palette.markers, palette.sizes, strict=True)]
    points = [
        _handle(color=color, marker=marker, markersize=1.4 * size, markeredgewidth=0)
        for color, marker, size in styles
    ]
    found = [*zip(points, class_names(dataset), strict=True)]
    if dataset.held_out is not None:
        both = [_handle(color=c, marker=m, **hollow(1.4 * size)) for c, m, size in styles]
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


def _line(figure, handles, names, place, size):
    """A Legend of one line, whose names are drawn literally."""
    width, height = figure.get_size_inches()
    legend = figure.legend(
        handles, ["name"] * len(names), ncols=len(names), fontsize=size, frameon=False,
        loc="lower center", bbox_to_anchor=(place[0] / width, place[1] / height),
        borderpad=0, borderaxespad=0, handlelength=1.5, handletextpad=0.5, columnspacing=1.4,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.5)},
    )  # fmt: skip
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set(text=name, parse_math=False)
    return legend
