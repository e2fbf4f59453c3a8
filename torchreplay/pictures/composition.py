"""What stands on a picture: a space with views beside it, or several runs side by side."""

import math

import matplotlib

from torchreplay.errors import Argument, TooLargeError
from torchreplay.films.forms import FORMS, FRAMES_HELD
from torchreplay.models.activations import activation_of
from torchreplay.pictures.comparison import comparison
from torchreplay.pictures.layout import layout_of
from torchreplay.pictures.picture import Picture, new_figure, space_axes
from torchreplay.pictures.veil import VeiledViews
from torchreplay.settings import SIZE
from torchreplay.spaces.space import SPACE_INCHES
from torchreplay.views import panels_of
from torchreplay.views.legend import add_legend
from torchreplay.views.palettes import PALETTES, Looks
from torchreplay.views.space import LEGEND_GAP, LEGEND_HEIGHT, TITLE_GAP, space_views

WIDE = 16 / 9  # the shape of a picture with views
SIZES = ((3, 1, 1), (6, 2, 1), (8, 2, 4 / 3), (math.inf, 3, 3 / 2))  # views, columns, enlargement
MARGINS = (0.68, 0.56, 0.53, 0.38)  # left, right, bottom and top of a view, in inches
MOST_AREA, ENCODER_MARGIN = 2**28, 128  # pixels of a frame that ffmpeg takes, with its margin
FONT_SIZES = {1: 10, 2: 9, 3: 8, 4: 8, 5: 8}  # by the rows of views


def compose(
    runs, views=(), palette="classic", mark_errors=False, size=SIZE.default, compared=None,
    legend=True, plane=(),
):  # fmt: skip
    """Make the Picture of a run, or of several runs that are compared.

    runs: Runs by their names, of one space; those compared row by row.
    views: names of what to show beside a single run.
    palette: the name of one.
    mark_errors: whether to ring misclassified points.
    size: pixels of a space alone.
    compared: the one or two options in which several runs differ, each with its values. The first
        one differs by columns, the second one by rows.
    legend: whether to say what markers and lines mean.
    plane: the names of two parameters, see `Looks`.
    """
    looks = Looks(PALETTES[palette], mark_errors=mark_errors, legend=legend, plane=tuple(plane))
    dpi = size / SPACE_INCHES
    if compared:
        figure, parts = side_by_side(runs, compared, looks, dpi)
    else:
        (run,) = runs.values()
        figure, parts = space_and_views(run, views, looks, dpi)
    title = next(iter(runs.values())).space.title
    return Picture(figure, parts, title, looks.palette)


def picture_memory(forms, frames, views=(), size=SIZE.default, compared=None, legend=True, **_):
    """What films of the picture of some runs need of memory; see `check_memory`.

    forms: the names of their forms.
    frames: how many they have.
    views, size, compared, legend: as `compose` is given them.
    Raises TooLargeError if an encoder takes no frames of that size.
    """
    _, *inches = space_inches(panels_of(views))
    if compared:
        inches = layout_of(compared).inches(legend)
    width, height = (int(size / SPACE_INCHES * length) for length in inches)
    area = (width + ENCODER_MARGIN) * (height + ENCODER_MARGIN)
    name, memory = f"a picture of {width:,} × {height:,} pixels", 0
    for form, kind in ((form, FORMS[form]) for form in forms):
        if max(width, height) > kind.most_pixels or (kind.encoder and area >= MOST_AREA):
            whose, smaller = Argument("forms", [form]), Argument("size")
            raise TooLargeError(f"{name} is too large for ", whose, ": lower ", smaller)
        memory = max(memory, kind.memory + kind.frame_memory * min(frames, FRAMES_HELD))
    return [(memory * width * height, name, ("lower ", Argument("size")))]


def space_inches(makers):
    """Side of a space with views beside it, and width and height of the picture."""
    _, larger = columns_and_size(len(makers))
    side = SPACE_INCHES * larger
    return (side, 2 * side, 2 * side / WIDE) if makers else (side, side, side)


def space_and_views(run, names, looks, dpi):
    """Make the figure of a space and of the views beside it, and a list of its only RunViews."""
    makers = panels_of(names)
    side, width, height = space_inches(makers)
    figure = new_figure(dpi, width, height)
    axes = space_axes(figure, side, bottom=(height - side) / 2)
    gap = TITLE_GAP
    if looks.legend:
        top = axes.get_position().y1 * height + LEGEND_GAP / 72
        center = axes.get_position().x0 * width + 0.4 * side
        add_legend(figure, run.history.dataset, looks, center, top, 2 * (side - center) - 0.2)
        gap = LEGEND_GAP + LEGEND_HEIGHT
    views = space_views(axes, run, looks, gap=gap)
    views += add_views(figure, side, makers, run, looks)
    return figure, [VeiledViews(axes, run, views)]


def add_views(figure, left, makers, run, looks):
    """Make views in columns at the right of a figure, from `left` inches on."""
    width, height = figure.get_size_inches()
    columns = columns_of(makers)
    across = (width - left) / max(1, len(columns))
    views = []
    for column, stacked in enumerate(columns):
        up, corner = height / len(stacked), left + column * across
        font = {"font.size": FONT_SIZES[len(columns[0])], "axes.titlesize": "medium"}
        with matplotlib.rc_context(font):
            for row, make in enumerate(reversed(stacked)):
                views.append(make(cell_axes(figure, corner, row * up, across, up), run, looks))
    if len(makers) == 1:
        align(figure)
    return views


def align(figure):
    """Make the axes of a single view as high as those of the space beside them."""
    space, *others = (axes.get_position() for axes in figure.axes)
    for axes, box in zip(figure.axes[1:], others, strict=True):
        axes.set_position((box.x0, space.y0, box.width, space.height))


def columns_of(makers):
    """Part views into columns: lists from top to bottom, of which the last may be shorter."""
    columns, _ = columns_and_size(len(makers))
    rows = max(1, math.ceil(len(makers) / columns))
    return [makers[k : k + rows] for k in range(0, len(makers), rows)]


def columns_and_size(count):
    """In how many columns some views stand, and how much larger the picture gets for them."""
    return next((columns, larger) for most, columns, larger in SIZES if count <= most)


def cell_axes(figure, left, bottom, width, height):
    """Make the axes of a view in a cell of a figure, given in inches."""
    across, up = figure.get_size_inches()
    before, after, below, above = MARGINS
    x, y = (left + before) / across, (bottom + below) / up
    return figure.add_axes((x, y, (width - before - after) / across, (height - below - above) / up))


def side_by_side(runs, compared, looks, dpi):
    """Make the figure of runs that differ in one or two options, and the parts of its Picture."""
    space = next(iter(runs.values())).space.name.replace("_", " ").capitalize()
    facts = common_facts([run.history for run in runs.values()])
    headline = ", ".join([space, *facts])
    return comparison(list(runs.values()), compared, headline, dpi, looks)


def common_facts(histories):
    """What some runs have in common, of data set, units and activation: a list of words."""
    facts = [(history.dataset.source, *architecture(history)) for history in histories]
    return [values[0] for values in zip(*facts, strict=True) if len(set(values)) == 1]


def architecture(history):
    """The units of all layers, as in 2-10-2-1, and the name of the activation: two words."""
    activations = filter(None, map(activation_of, history.model.logit))
    return "-".join(map(str, history.units)), next(activations).name
