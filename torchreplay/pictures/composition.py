"""The picture of one replay: a space, with views beside it."""

import math

import matplotlib

from torchreplay.pictures.picture import Picture, add_axes, new_figure
from torchreplay.pictures.replay_views import ReplayViews
from torchreplay.spaces.space import AXES_RECTANGLE, SPACE_INCHES
from torchreplay.views import panels_of
from torchreplay.views.beyond import lines_shown
from torchreplay.views.legend import LEGEND_GAP, add_legend, title_gap
from torchreplay.views.space import TITLE_GAP, OtherSpace, space_views, title_of
from torchreplay.views.titles import font_scale

ASPECT_RATIO = 16 / 9
LAYOUTS = (  # max views, columns, scale
    (3, 1, 1), (6, 2, 1), (8, 2, 4 / 3), (15, 3, 3 / 2), (math.inf, 4, 2)
)  # fmt: skip
VIEW_MARGINS = (0.68, 0.56, 0.53, 0.38)  # left, right, bottom, top; in inches
FONT_SIZE_BY_ROWS = {1: 10, 2: 9, 3: 8, 4: 8, 5: 8}


def compose(replay, views, looks):
    """Make the Picture of a SpaceReplay, with some views beside the space.

    views: their names, see `panels_of`; looks: the Looks of the picture.
    """
    makers = panels_of(views, replay.history.task.classes)
    side, width, height = space_inches(len(makers))
    figure = new_figure(replay.size / SPACE_INCHES, width, height)
    axes = space_axes(figure, side)
    gap = TITLE_GAP
    if looks.legend:
        box = axes.get_position()
        top, center = box.y1 * height + LEGEND_GAP / 72, box.x0 * width + 0.4 * side
        place, shown = (center, top, 2 * (side - center) - 0.2), lines_shown(replay)
        add_legend(figure, replay.history.dataset, looks, *place, *shown)
        gap = title_gap(replay.history.dataset)
    made = space_views(axes, replay, looks, gap=gap)
    if is_pair(makers):
        made.append(makers[0](space_axes(figure, side, left=side), replay, looks, gap=gap))
    else:
        made += add_views(figure, side, makers, replay, looks)
    parts = [ReplayViews(axes, replay, made)]
    return Picture(figure, parts, title_of(replay, looks), looks.palette, replay.history)


def is_pair(makers):
    """Whether the only view is another space: both are drawn alike."""
    return len(makers) == 1 and getattr(makers[0], "func", None) is OtherSpace


def space_axes(figure, side, left=0):
    """Make the axes of a space in a square of a figure, its side and left end in inches."""
    width, height = figure.get_size_inches()
    x, y, across, up = AXES_RECTANGLE
    wide, high = side / width, side / height
    bottom = (height - side) / 2 / height
    return figure.add_axes((left / width + x * wide, bottom + y * high, across * wide, up * high))


def space_inches(count):
    """The side of a space with some views beside it, and the width and height of the picture."""
    _, larger = columns_and_size(count)
    side = SPACE_INCHES * larger
    return (side, 2 * side, 2 * side / ASPECT_RATIO) if count else (side, side, side)


def add_views(figure, left, makers, replay, looks):
    """Make views in columns of a figure, `left` inches from its left end."""
    width, height = figure.get_size_inches()
    columns = columns_of(makers)
    across = (width - left) / max(1, len(columns))
    views = []
    for column, stacked in enumerate(columns):
        up, corner = height / len(stacked), left + column * across
        size = font_scale() * FONT_SIZE_BY_ROWS[len(columns[0])]
        font = {"font.size": size, "axes.titlesize": "medium"}
        with matplotlib.rc_context(font):
            for row, make in enumerate(reversed(stacked)):
                axes = cell_axes(figure, corner, row * up, across, up)
                views.append(make(axes, replay, looks))
    if len(makers) == 1:
        align(figure)
    return views


def align(figure):
    """Make the axes of a single view as high as those of the space beside them."""
    space, *others = (axes.get_position() for axes in figure.axes)
    for axes, box in zip(figure.axes[1:], others, strict=True):
        axes.set_position((box.x0, space.y0, box.width, space.height))


def columns_of(makers):
    """Separate views into columns: lists from top to bottom. The last one may be shorter."""
    columns, _ = columns_and_size(len(makers))
    rows = max(1, math.ceil(len(makers) / columns))
    return [makers[k : k + rows] for k in range(0, len(makers), rows)]


def columns_and_size(count):
    """The number of columns of some views, and how much larger they make the picture."""
    return next((columns, larger) for most, columns, larger in LAYOUTS if count <= most)


def cell_axes(figure, left, bottom, width, height):
    """Make the axes of a view in a cell of a figure, given in inches."""
    before, after, below, above = VIEW_MARGINS
    return add_axes(
        figure, left + before, bottom + below, width - before - after, height - below - above
    )
