"""Several runs side by side, in step: those of one option in rows, those of two in a grid."""

import dataclasses

import matplotlib

from torchreplay.models.activations import activation_of
from torchreplay.models.tasks import METRIC_NAMES
from torchreplay.pictures.compared_views import heading, view_panels
from torchreplay.pictures.layout import (
    HEADLINE_HEIGHT,
    LABEL_MARGINS,
    NAME_HEIGHT,
    PANEL_SIDE,
    TITLE_HEIGHT,
    layout_of,
)
from torchreplay.pictures.picture import add_axes
from torchreplay.pictures.replay_views import ReplayViews
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views.beyond import has_boundary, is_seen_beyond
from torchreplay.views.legend import add_legend
from torchreplay.views.space import TITLE_GAP, space_views
from torchreplay.views.titles import Title, font_scale, minus, shrink_to_fit

FONTS = ("axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")
FONT_SIZE, SMALL_FONT_SIZE, MIN_SIDE_FOR_FONT_SIZE = 8, 6.5, 2.5
MIN_FONT_PIXELS = 6.5  # if there is room for it
MAX_CHARACTERS_BETWEEN_AXES = 7
GRID_TITLE_GAP = 4  # in points
MIN_WIDTH_FOR_ACCURACY = 1.5  # of the axes, in inches


def reading_loss(losses):
    """A function from an epoch to its loss, in at most five characters."""

    def reading(epoch):
        loss = losses[epoch]
        return f"{loss:.3f}"[:5] if loss < 999 else f"{loss:.0e}"

    return reading


def reading_score(name, scores):
    """A function from an epoch to its accuracy in percent, or to its R²."""
    if name == "accuracy":
        return lambda epoch: f"{100 * scores[epoch]:.1f} %"
    return lambda epoch: minus(f"{scores[epoch]:.3f}")


def title_of(history, name, roomy=True):
    """The parts of the title of a panel, see `Title`: loss and accuracy, or R², of a named run.

    If points are held out, those of them follow. A panel of a grid has no name: if points
    are held out, it shows only the two losses.
    roomy: whether there is room for the word accuracy.
    """
    which = history.task.metrics[-1]
    losses = [reading_loss(found["loss"]) for found in history.metrics]
    scores = [reading_score(which, found[which]) for found in history.metrics]
    first = (f"{name}: loss " if name else "loss ", losses[0])
    if len(losses) == 1:
        word = METRIC_NAMES.get(which, which)
        return [first, (f", {word} " if roomy else ", ", scores[0])]
    if not name:
        return [first, (", held out ", losses[1])]
    return [first, (", ", scores[0]), ("; held out ", losses[1]), (", ", scores[1])]


def panel(axes, replay, looks, name="", measured=True):
    """Draw the space of a replay on axes, with a title: ReplayViews; see `title_of`.

    measured: whether loss and accuracy stand beside the name.
    """
    if not measured:
        views = space_views(axes, replay, looks, ())
        name = axes.set_title(name, parse_math=False)
        shrink_to_fit(name, 1.12 * axes.bbox.width / axes.figure.dpi)
        return ReplayViews(axes, replay, views)
    gap = TITLE_GAP if name else GRID_TITLE_GAP
    width = axes.bbox.width / axes.figure.dpi
    title = title_of(replay.history, name, roomy=width > MIN_WIDTH_FOR_ACCURACY)
    views = space_views(axes, replay, looks, title, gap, beyond=has_line_beyond(replay))
    return ReplayViews(axes, replay, views)


def has_line_beyond(replay):
    """Whether a panel shows the line of the boundary beyond the plane, too.

    The last hidden layer shows it always, so that all runs look alike, others where it is needed.
    """
    if replay.space is FEATURE_SPACE or replay.space.plane:
        return replay.at(0).head is not None
    return is_seen_beyond(replay)


def side_by_side(replays, compared, looks, make_figure, views=(), measured=True):
    """Make the figure of several replays, each in a panel, and the parts of its Picture.

    replays: a list of SpaceReplays, row by row.
    compared: the one or two options in which they differ, each with its values. The first one
        differs by columns, the second one by rows.
    looks: the Looks of the picture.
    make_figure: a function of width and height in inches.
    views: the names of the views under the spaces, see `check_compared`.
    measured: whether the title of each panel has loss and accuracy.
    """
    layout = layout_of(compared, views)
    width, height = layout.inches(looks.legend)
    figure = make_figure(width, height)
    place = {"ha": "center", "va": "center", "fontsize": 13 * font_scale()}
    line = figure.text(0.5, 1 - HEADLINE_HEIGHT / 2 / height, "", **place)
    longest = max((replay.history for replay in replays), key=lambda history: history.last)
    words = f"{headline(replays) if looks.title is None else looks.title}, {longest.label} "
    parts = [Title(line, [(words, longest.count)], longest.last, width - 0.4)]
    if looks.legend:
        dataset = dataset_for_legend([replay.history.dataset for replay in replays])
        place = width / 2, layout.top + 0.1, width - 0.4
        shown = (
            any(map(has_boundary, replays)),
            any(map(has_line_beyond if measured else is_seen_beyond, replays)),
        )
        add_legend(figure, dataset, looks, *place, *shown)
    with matplotlib.rc_context(panel_fonts(layout, figure.dpi)):
        if layout.is_grid:
            parts += grid_panels(figure, layout, replays, compared, looks)
        else:
            parts += row_panels(figure, layout, replays, compared, looks, measured)
        return figure, parts + view_panels(figure, layout, replays, compared, looks, views)


def panel_fonts(layout, dpi):
    """The settings of fonts on panels. In a row, titles and numbers of small panels are larger."""
    size = FONT_SIZE if layout.side >= MIN_SIDE_FOR_FONT_SIZE else SMALL_FONT_SIZE
    fonts = dict.fromkeys(FONTS, size * font_scale())
    least = 0 if layout.is_grid else MIN_FONT_PIXELS * 72 / dpi
    return fonts | {name: max(fonts[name], least) for name in FONTS if name != "axes.labelsize"}


def headline(replays):
    """The space of some replays, and what their trainings have in common."""
    names = dict.fromkeys(replay.space.called for replay in replays)
    if len(names) > 1:  # planes of different layers
        names = dict.fromkeys(replay.space.kind for replay in replays)
    space = " and ".join(names)
    space = space[:1].upper() + space[1:]
    facts = [(replay.history.dataset.source, *architecture(replay.history)) for replay in replays]
    common = [values[0] for values in zip(*facts, strict=True) if len(set(values)) == 1]
    return ", ".join([space, *filter(None, common)])


def architecture(history):
    """The units of all layers, as in 2-10-2-1, and the name of the activation."""
    if history.output is not None:
        return "", ""  # a model of any kind
    activations = filter(None, map(activation_of, history.model.logit))
    return "-".join(map(str, history.units)), next(activations).name


def row_panels(figure, layout, replays, compared, looks, measured=True):
    """Make the panels of runs that differ in one option, each with its name."""
    ((option, values),) = compared.items()
    return [
        panel(
            add_axes(figure, *layout.rectangle(k, alike=False)),
            replay,
            looks,
            heading(option, value),
            measured,
        )
        for k, (replay, value) in enumerate(zip(replays, values, strict=True))
    ]


def grid_panels(figure, layout, replays, compared, looks):
    """Make the panels of a grid, and the names of columns and rows."""
    alike = len({replay.placement.limits for replay in replays}) == 1
    looks = dataclasses.replace(looks, scale=(layout.side / PANEL_SIDE) ** 0.5)
    panels = []
    for k, replay in enumerate(replays):
        axes = add_axes(figure, *layout.rectangle(k, alike))
        panels.append(panel(axes, replay, looks))
        row, column = divmod(k, layout.columns)
        is_first, is_last = column == 0, row == layout.rows - 1
        if alike:
            axes.tick_params(labelleft=is_first, labelbottom=is_last)
            if column < layout.columns - 1:
                leave_room(axes)
        if not is_first:
            axes.set_ylabel("")
        if not is_last:
            axes.set_xlabel("")
    (columns, across), (rows, down) = compared.items()
    width, height = figure.get_size_inches()
    left, bottom, side, _ = layout.rectangle(0, alike)
    above = bottom + side + TITLE_HEIGHT + NAME_HEIGHT / 2
    for k, value in enumerate(across):
        x = left + k * layout.side + side / 2
        write(figure, columns, value, layout, (x / width, above / height))
    for k, value in enumerate(down):
        x, y = layout.left - LABEL_MARGINS[0] - NAME_HEIGHT / 2, bottom - k * layout.side + side / 2
        write(figure, rows, value, layout, (x / width, y / height)).set_rotation(90)
    return panels


def leave_room(axes):
    """Remove the last x tick if its label would touch the first label of the next axes."""
    ticks = axes.get_xticks()
    labels = axes.xaxis.get_major_formatter().format_ticks(ticks)
    if len(labels[0]) + len(labels[-1]) > MAX_CHARACTERS_BETWEEN_AXES:
        axes.set_xticks(ticks[:-1])


def write(figure, option, value, layout, place):
    """Write the name of a row or column of a grid. Returns the Text."""
    settings = {"ha": "center", "va": "center", "fontsize": 11 * font_scale(), "parse_math": False}
    name = figure.text(*place, heading(option, value), **settings)
    shrink_to_fit(name, 0.95 * layout.side)
    return name


def dataset_for_legend(datasets):
    """A Dataset whose legend holds for all of some Datasets."""
    most = max(datasets, key=lambda one: len(one.classes))
    held_out = next((one.held_out for one in datasets if one.held_out is not None), None)
    classes = most.classes
    if any(one.classes != classes[: len(one.classes)] for one in datasets):
        classes = tuple(map(str, range(len(classes))))
    target = most.target if len({one.target for one in datasets}) == 1 else "labels"
    named = dataclasses.replace(most, classes=classes, held_out=held_out, target=target)
    return named.with_task(most.task)
