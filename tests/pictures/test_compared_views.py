"""Views of runs side by side: the losses of all in one panel, and gradients of each."""

import itertools

import numpy as np
import pytest
from conftest import full_redraw
from matplotlib.colors import rgb_to_hsv, to_rgb
from matplotlib.figure import Figure

import common
from torchreplay import compare
from torchreplay.cli.options import parse_options
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.replay import Replay
from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.views.gradients import gradient_norms
from torchreplay.views.looks import PALETTES
from torchreplay.views.loss import RUN_COLORS, run_style


def shown(typed, epochs, **settings):
    """The Comparison that some options make, the arguments of its picture, and the Histories."""
    options = parse_options(
        "", common.DATASET.parent, ["--points=40", "--data=moons", *typed.split()]
    )
    datasets = common.load_datasets(options.trainings)
    histories = list(common.train_all(datasets, options.trainings).values())
    replays = {str(k): Replay(history) for k, history in enumerate(histories)}
    space = options.space | {"epochs": epochs, "size": 240} | settings
    return common.collect(replays, INPUT_SPACE, **space), options.picture, histories


@pytest.fixture(scope="module")
def three():
    """Runs of 6, 6 and 0 epochs, of which the last has diverged: their picture and Histories."""
    typed = "--compare learning-rate 0.3 3 1e300 --epochs 6 --views gradients loss"
    comparison, looks, histories = shown(typed, range(7))
    assert [history.last for history in histories] == [6, 6, 0] and histories[2].diverged
    return comparison.picture(**looks), histories


@pytest.fixture(scope="module")
def grid():
    """A grid of two lengths of training by two learning rates, with points held out."""
    typed = "--compare epochs 2 4 --compare learning-rate 1 3 --validation 0.5 --views loss"
    comparison, looks, histories = shown(typed, range(5))
    return comparison.picture(**looks), histories


def curves(axes):
    """The lines on axes that are longer than their dots: without the names of a legend."""
    return [line for line in axes.lines if line.get_marker() == "None"]


def dots(axes):
    return [line for line in axes.lines if line.get_marker() == "o"]


def legend_of(axes):
    legend = axes.get_legend()
    return dict(
        zip([text.get_text() for text in legend.get_texts()], legend.legend_handles, strict=True)
    )


def look(line):
    return to_rgb(line.get_color()), line._unscaled_dash_pattern


def strip(picture):
    (axes,) = [axes for axes in picture.figure.axes if axes.get_title().startswith("Loss")]
    return axes


@pytest.mark.parametrize("epoch", [0, 1, 5, 6])
def test_losses_of_all_runs_end_at_the_epoch_or_where_the_run_ends(three, epoch):
    picture, histories = three
    picture.draw(epoch)
    axes = strip(picture)
    for line, dot, history in zip(curves(axes), dots(axes), histories, strict=True):
        end = min(epoch, len(history.loss) - 1)
        np.testing.assert_array_equal(line.get_xdata(), np.arange(end + 1))
        np.testing.assert_array_equal(line.get_ydata(), history.loss[: end + 1])
        np.testing.assert_array_equal(dot.get_xydata(), [[end, history.loss[end]]])


def test_each_run_is_named_as_its_panel_with_the_look_of_its_curve(three):
    picture, histories = three
    axes = strip(picture)
    names = ["learning rate 0.3", "learning rate 3", "learning rate 1e300"]
    legend = legend_of(axes)
    assert list(legend) == names
    titles = [panel.get_title() for panel in picture.figure.axes[: len(histories)]]
    assert [title.removesuffix(": loss ") for title in titles] == names
    assert [look(line) for line in curves(axes)] == [look(handle) for handle in legend.values()]


def test_scales_are_the_same_at_all_epochs_and_hold_every_loss(three):
    picture, histories = three
    found = set()
    for epoch in (0, 3, 6):
        picture.draw(epoch)
        found.add(tuple((axes.get_xlim(), axes.get_ylim()) for axes in picture.figure.axes))
    assert len(found) == 1
    axes = strip(picture)
    assert axes.get_yscale() == "linear" and axes.get_xlim() == (0, 6)
    highest = max(history.loss.max() for history in histories)
    _, pixel = axes.transData.transform((0, highest))
    assert axes.get_ylim()[0] == 0
    assert pixel < axes.get_legend().get_window_extent().y0


def test_gradients_of_each_run_stand_under_its_space_on_common_scales(three):
    picture, histories = three
    picture.draw(4)
    panels = [axes for axes in picture.figure.axes if axes.get_title() == "Gradients"]
    for axes, history, space in zip(panels, histories, picture.figure.axes, strict=False):
        norms = gradient_norms(history, history.last)[:5]
        for line, values in zip(curves(axes), norms.T, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), values)
        ours, theirs = axes.get_position(), space.get_position()
        assert ours.y1 < theirs.y0 and ours.x0 == pytest.approx(theirs.x0)
        assert (axes.get_yscale(), axes.get_xlim()) == ("log", (0, 6))
    assert len(panels) == 3 and len({axes.get_ylim() for axes in panels}) == 1


def test_frame_equals_a_full_redraw(three, grid):
    for (picture, _), epochs in ((three, (0, 6, 2)), (grid, (0, 4))):
        for epoch in epochs:
            frame = picture.draw(epoch).copy()
            np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


def test_in_a_grid_columns_have_colors_and_rows_have_dashes(grid):
    """Row by row, each run has its loss and, in a thin line, that of the points held out."""
    picture, histories = grid
    picture.draw(4)
    axes, legend = strip(picture), legend_of(strip(picture))
    assert list(legend) == ["epochs 2", "epochs 4", "learning rate 1", "learning rate 3"]
    columns, rows = list(legend.values())[:2], list(legend.values())[2:]
    lines = curves(axes)
    assert len(lines) == 8 and "thin: held out" in axes.get_title()
    for k, history in enumerate(histories):
        trained, held_out = lines[2 * k : 2 * k + 2]
        np.testing.assert_array_equal(trained.get_ydata(), history.loss)
        np.testing.assert_array_equal(held_out.get_ydata(), history.validation_loss)
        assert held_out.get_linewidth() < trained.get_linewidth()
        row, column = divmod(k, 2)
        for line in (trained, held_out):
            assert look(line) == (look(columns[column])[0], look(rows[row])[1])


def test_no_two_runs_look_the_same():
    """Up to 36 of them; six in a row differ in color and in dashes, none has that of a class."""
    row = [run_style(k, k) for k in range(36)]
    assert len(set(row)) == len({run_style(k, n) for k in range(6) for n in range(6)}) == 36
    assert len({color for color, _ in row[:6]}) == len({dashes for _, dashes in row[:6]}) == 6
    for palette, color in itertools.product(PALETTES.values(), RUN_COLORS):
        hue, saturation, value = rgb_to_hsv(to_rgb(color))
        for other in palette.points:
            away = abs(hue - rgb_to_hsv(to_rgb(other))[0])
            assert min(away, 1 - away) > 0.05 or min(saturation, value) < 0.1


@pytest.mark.parametrize("count", [2, 3, 6])
@pytest.mark.parametrize("size", [480, 720])
def test_panels_do_not_overlap(runs, count, size):
    """Neither axes with their labels, nor headline and legend; the legend holds all names."""
    space = runs["input_space"].showing([0, 100], size)
    names = [f"{k} with a long name" for k in range(count)]
    picture = Comparison([space] * count, {"": names}).picture(views=["loss", "gradients"])
    picture.draw(100)
    renderer = picture.canvas.get_renderer()
    boxes = [axes.get_tightbbox(renderer) for axes in picture.figure.axes]
    boxes += [part.get_window_extent(renderer) for part in picture.figure.legends]
    assert len(boxes) == 2 * count + 2
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    width, height = picture.size
    for box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
    axes = strip(picture)
    legend = axes.get_legend().get_window_extent(renderer)
    assert axes.bbox.x0 < legend.x0 and legend.x1 < axes.bbox.x1 and legend.y0 > axes.bbox.y0


def test_picture_with_views_has_the_same_spaces(runs):
    """As large, and as far from its upper left corner; what views add stands under them."""
    both = Comparison([runs["feature_space"]] * 4, {"seed": ["1", "2"], "epochs": ["3", "4"]})
    alone, beside = both.picture().figure, both.picture(views=["loss"]).figure
    for one, other in zip(alone.axes, beside.axes, strict=False):
        (left, low), (x, y) = one.bbox.min, other.bbox.min
        distances = alone.bbox.height - low, beside.bbox.height - y
        np.testing.assert_allclose([x, distances[1]], [left, distances[0]])
        np.testing.assert_allclose(one.bbox.size, other.bbox.size)
    assert len(beside.axes) == 5


@pytest.fixture
def replays(history):
    return {"one $x_": Replay(history), "_other": Replay(history)}


def test_plot_draws_them_on_axes_of_ones_own(replays, history):
    """They replace what was drawn on these axes before."""
    loss, *gradients = Figure().subplots(1, 3)
    both = compare(replays)
    for epoch in (3, 90):
        both.plot(epoch, views={"loss": loss, "gradients": gradients})
    assert list(legend_of(loss)) == ["one $x_", "_other"]
    for line in curves(loss):
        np.testing.assert_array_equal(line.get_ydata(), history.loss[:91])
    norms = gradient_norms(history, 90)
    for axes in gradients:
        for line, values in zip(curves(axes), norms.T, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), values)
    assert len(both.figure_.axes) == 2


def test_film_has_them(replays):
    film = compare(replays).animate(range(3), size=120, views=iter(["loss"]))
    assert strip(film.picture).get_xlim() == (0, 2)


@pytest.mark.parametrize(
    ("views", "message"),
    [
        (["loss", "losses"], "a comparison has no view 'losses': it has loss and gradients"),
        ([("surface", "a", "b")], "view 'surface'|no view"),
        (["all"], "a comparison has no view 'all'"),
        (["nothing"], "view 'nothing' is not one of"),
        ("loss", "give a list of names"),
    ],
)
def test_other_views_are_refused(replays, views, message):
    with pytest.raises((TypeError, ValueError), match=message):
        compare(replays).picture(views=views)


def test_a_grid_has_losses_alone(runs):
    space = runs["input_space"]
    shown = Comparison([space] * 4, {"seed": ["1", "2"], "epochs": ["3", "4"]})
    with pytest.raises(ValueError, match="a comparison of two options has no view 'gradients'"):
        shown.picture(views=["gradients"])


def test_axes_of_views_are_counted(replays):
    axes = Figure().subplots(1, 3)
    for view, needed in (("loss", 1), ("gradients", 2)):
        with pytest.raises(ValueError, match=f"view '{view}' needs {needed} Axes, not 3"):
            compare(replays).plot(views={view: axes})
    with pytest.raises(ValueError, match="has no view 'weights'"):
        compare(replays).plot(views={"weights": axes})
