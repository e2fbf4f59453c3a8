"""Runs side by side: what each panel shows, and what becomes of a run that diverges."""

import itertools
import math

import matplotlib
import numpy as np
import pytest
import torch
from conftest import full_redraw
from matplotlib.text import Text

import common
from torchreplay.cli.options import parse_options
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.replay import Replay
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE
from torchreplay.views.rings import ErrorRings


def compared(spaces, dataset, folder, *arguments, space="feature_space"):
    """The picture of a comparison, and the record of each run by its value."""
    options = parse_options("", folder, ["--epochs", "12", "--from", "0", *arguments])
    datasets = dict.fromkeys(options.trainings, dataset)
    histories = common.train_all(datasets, options.trainings)
    replays = {name: Replay(history) for name, history in histories.items()}
    shown = common.collect(replays, spaces[space], **options.space)
    return shown.picture(**options.picture), histories


def space_of(panel):
    """The view of the space on a panel."""
    return panel.views[0]


def titles(picture):
    """What is written above each panel."""
    found = []
    for panel in picture.parts[1:]:
        loss, accuracy = space_of(panel).title.artists
        axes = loss.axes
        assert axes is accuracy.axes
        between = axes.texts[axes.texts.index(loss) + 1]
        parts = (loss, between, accuracy)
        found.append(axes.get_title() + "".join(part.get_text() for part in parts))
    return found


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("learning-rate", "0.3", "3"), ("learning rate 0.3", "learning rate 3")),
        (
            ("activation", "tanh", "relu", "sigmoid"),
            ("activation tanh", "activation relu", "activation sigmoid"),
        ),
        (("hidden", "2", "10,2"), ("hidden 2", "hidden 10 2")),
        (("seed", "1", "2"), ("seed 1", "seed 2")),
        (("batch-size", "500", "2000"), ("batch size 500", "batch size 2000")),
        (("optimizer", "sgd", "adam"), ("optimizer sgd", "optimizer adam")),
    ],
)
def test_each_panel_shows_its_own_run(spaces, dataset, tmp_path, arguments, names):
    """Its record is that of the run alone, and its title tells loss and accuracy of the epoch."""
    picture, histories = compared(spaces, dataset, tmp_path, "--compare", *arguments)
    option, *values = arguments
    assert list(histories) == values
    alone = {}
    for value in values:
        typed = ["--epochs", "12", f"--{option}", *value.split(",")]
        options = parse_options("", tmp_path, typed)
        alone |= {value: common.train_all({"": dataset}, options.trainings)[""]}
        np.testing.assert_array_equal(alone[value].loss, histories[value].loss)
    for epoch in (0, 7, 12):
        picture.draw(epoch)
        for panel, title, name, value in zip(
            picture.parts[1:], titles(picture), names, values, strict=True
        ):
            history = alone[value]
            loss, accuracy = history.loss[epoch], history.accuracy[epoch]
            assert title == f"{name}: loss {loss:.3f}, accuracy {100 * accuracy:.1f} %"
            with torch.no_grad():
                images = history.network(epoch).features(dataset.X).numpy()
            view = space_of(panel)
            drawn = np.concatenate([points.get_xydata() for points in view.points])
            rows = np.concatenate([rows for _, rows in view.portions])
            np.testing.assert_array_equal(np.sort(rows), np.arange(len(dataset.y)))
            np.testing.assert_allclose(drawn, images[rows], atol=1e-5)


def test_panel_at_default_equals_the_space_alone(spaces, dataset, pictures, tmp_path):
    """Its regions have the same path as those of the picture of the run alone."""
    picture, _ = compared(spaces, dataset, tmp_path, "--compare", "learning-rate", "1", "3")
    alone = pictures["feature_space"]
    picture.draw(9)
    alone.draw(9)
    views = space_of(picture.parts[2]), space_of(alone.parts[0])
    for ours, other in zip(*(view.regions for view in views), strict=True):
        np.testing.assert_allclose(ours.get_path().vertices, other.get_path().vertices, atol=1e-6)


def test_planes_of_wide_layers_have_the_dashed_line_too(spaces, dataset, tmp_path):
    """Straight up, where w · h + c is zero: at −c/|w|, as in the picture of a run alone."""
    typed = ("--hidden", "64", "--compare", "seed", "41", "1")
    picture, histories = compared(spaces, dataset, tmp_path, *typed)
    picture.draw(4)
    for panel, history in zip(picture.parts[1:], histories.values(), strict=True):
        axes = space_of(panel).boundary.axes
        [line] = [line for line in axes.lines if line.get_linestyle() == "--"]
        output = history.network(4).head
        place = -output.bias.item() / output.weight.norm().item()
        np.testing.assert_allclose(line.get_xdata(), place, atol=1e-5)
        (low, high), (bottom, top) = sorted(line.get_ydata()), axes.get_ylim()
        assert low < bottom < top < high
    assert picture.figure.legends[0].get_texts()[-1].get_text().endswith("beyond the plane")
    name = picture.figure.texts[0].get_text()
    assert name == "Decision plane of 64 units, datasets.txt, 2-64-1, sigmoid, epoch "


@pytest.mark.parametrize(
    ("widths", "name"),
    [
        (("8", "64"), "Decision plane, datasets.txt, sig"),
        (("2", "8"), "Feature space and decision plane, datasets.txt, sig"),
    ],
)
def test_headline_names_planes_of_different_widths(spaces, dataset, tmp_path, widths, name):
    picture, _ = compared(spaces, dataset, tmp_path, "--compare", "hidden", *widths)
    assert picture.figure.texts[0].get_text().startswith(name)


@pytest.fixture(scope="module")
def diverging(spaces, dataset, tmp_path_factory):
    """Of two runs the second diverges at once, and its picture."""
    folder = tmp_path_factory.mktemp("diverging")
    return compared(spaces, dataset, folder, "--compare", "learning-rate", "3", "1e300")


def test_diverged_run_is_greyed_and_told_so(diverging):
    picture, histories = diverging
    assert (histories["1e300"].last, histories["1e300"].diverged) == (0, True)
    assert (histories["3"].last, histories["3"].diverged) == (12, False)
    frames = [picture.draw(epoch).copy() for epoch in (0, 1, 12)]
    veil, text = picture.parts[2].veil
    assert veil.get_visible() and text.get_visible()
    assert text.get_text() == "diverged at epoch 1"
    assert not any(artist.get_visible() for artist in picture.parts[1].veil)
    half = frames[0].shape[1] // 2
    axes = slice(110, -60)
    assert (frames[1][axes, half:] == frames[2][axes, half:]).all()
    assert (frames[0][axes, half:] != frames[1][axes, half:]).any()
    assert (frames[1][axes, :half] != frames[2][axes, :half]).any()


def test_frame_equals_a_full_redraw(diverging):
    picture, _ = diverging
    for epoch in (0, 12, 1):
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


@pytest.fixture(scope="module")
def grid():
    """Two data sets, of which points are held out, by two lengths of training, and the records."""
    typed = "--points 40 --compare data moons ball --compare epochs 2 4 --validation 0.5"
    options = parse_options("", common.DATASET.parent, typed.split())
    histories = common.train_all(common.load_datasets(options.trainings), options.trainings)
    replays = {name: Replay(history) for name, history in histories.items()}
    shown = common.collect(
        replays, FEATURE_SPACE, **options.space | {"epochs": range(5), "size": 240}
    )
    return shown.picture(**options.picture), list(histories.values())


def test_grid_has_a_data_set_and_a_length_for_each_run(grid):
    """Columns by rows; the shorter runs stay at their last epoch."""
    picture, histories = grid
    picture.draw(4)
    assert [history.dataset.X.shape[1] for history in histories] == [2, 10, 2, 10]
    assert histories[0].dataset is histories[2].dataset
    _, _, *names = [text.get_text() for text in picture.figure.texts]
    assert names == ["data moons", "data ball", "epochs 2", "epochs 4"]
    for panel, history in zip(picture.parts[1:], histories, strict=True):
        epoch = history.last
        loss, held_out = (artist.get_text() for artist in space_of(panel).title.artists)
        assert loss == f"{history.loss[epoch]:.3f}"
        assert held_out == f"{history.validation_loss[epoch]:.3f}"
        with torch.no_grad():
            images = history.network(epoch).features(history.dataset.X).numpy()
        drawn = np.concatenate([points.get_xydata() for points in space_of(panel).points])
        rows = np.concatenate([rows for _, rows in space_of(panel).portions])
        np.testing.assert_allclose(drawn, images[rows], atol=1e-5)
    (legend,) = picture.figure.legends
    assert "held out" in [text.get_text() for text in legend.get_texts()]


def test_frame_of_a_grid_equals_a_full_redraw(grid):
    picture, _ = grid
    for epoch in (0, 4):
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


def test_errors_are_ringed_on_every_panel(spaces, dataset, tmp_path):
    arguments = ("--compare", "seed", "1", "2", "--mark-errors")
    picture, histories = compared(spaces, dataset, tmp_path, *arguments)
    picture.draw(12)
    for panel, history in zip(picture.parts[1:], histories.values(), strict=True):
        with torch.no_grad():
            wrong = (history.network(12)(dataset.X) >= 0.5) != (dataset.y == 1)
        (ringed,) = [view.rings for view in panel.views if isinstance(view, ErrorRings)]
        assert len(ringed.get_xydata()) == wrong.sum() > 0


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        *(("input_space", counts) for counts in ((2,), (3,), (4,), (6,), (4, 3), (6, 6))),
        *(("feature_space", counts) for counts in ((5,), (2, 6), (4, 3))),
    ],
)
def test_layout(held_out, larger_run, counts, name):
    """One row, two, or a grid; no panel overlaps another, headline, legend or names.

    In input space labels of ticks are long; in feature space panels differ in their limits.
    """
    values = [f"0.0000{k}" for k in range(6)]
    options = ("learning rate", "seed")[: len(counts)]
    compared = {name: values[:count] for name, count in zip(options, counts, strict=True)}
    run = SpaceReplay(held_out, INPUT_SPACE, range(5), held_out.dataset)
    other = SpaceReplay(held_out, FEATURE_SPACE, range(5), held_out.dataset)
    shown = [run, run] if name == "input_space" else [other, larger_run]
    shown = [shown[k % 2] for k in range(math.prod(counts))]
    picture = Comparison(shown, compared).picture()
    figure = picture.figure
    picture.draw(4)
    renderer = picture.canvas.get_renderer()
    boxes = [axes.get_tightbbox(renderer) for axes in figure.axes]
    assert len(boxes) == math.prod(counts)
    headline, epoch, *others = figure.texts
    assert (headline.get_text() + epoch.get_text()).endswith(", epoch 4")
    assert len(others) == (sum(counts) if len(counts) == 2 else 0)
    boxes += [part.get_window_extent(renderer) for part in (headline, *others, *figure.legends)]
    width, height = picture.size
    assert width < 16 * 120 + 120 and height < 11 * 120
    for box in boxes:
        assert box.x0 > 2 and box.y0 > 2 and box.x1 < width - 2 and box.y1 < height - 2
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    for text in figure.findobj(Text):
        assert not text.get_text() or text.get_fontsize() >= 5.5


def test_headline_tells_the_epoch(diverging):
    picture, _ = diverging
    for epoch in (7, 12):
        picture.draw(epoch)
        assert picture.figure.texts[1].get_text() == str(epoch)


def test_small_text_of_panels_is_theirs_alone(runs):
    before = matplotlib.rcParams["axes.titlesize"]
    shown = [runs["input_space"], runs["input_space"]]
    figure = Comparison(shown, {"seed": ["1", "2"]}).picture().figure
    assert {axes.title.get_fontsize() for axes in figure.axes} == {8}
    assert matplotlib.rcParams["axes.titlesize"] == before


def test_text_of_small_panels_can_be_read(runs):
    """Numbers have 6 pixels. Titles have as many as fit above a panel, and do not touch."""
    shown = [runs["input_space"].showing([200], 240)] * 2
    picture = Comparison(shown, {"learning rate": ["0.3", "3"]}).picture()
    picture.draw(200)
    renderer, pixels = picture.canvas.get_renderer(), picture.figure.dpi / 72
    for axes in picture.figure.axes:
        assert axes.get_xticklabels()[0].get_fontsize() * pixels >= 6
        assert axes.title.get_fontsize() * pixels >= 4.5
    boxes = [axes.get_tightbbox(renderer) for axes in picture.figure.axes]
    assert not boxes[0].overlaps(boxes[1])
    assert boxes[0].x0 >= 0 and boxes[1].x1 <= picture.size[0]
