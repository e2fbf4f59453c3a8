"""Views: their places on the canvas, their names, and colors that are none of a class."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from conftest import full_redraw, view_of
from matplotlib.colors import to_rgb

import common
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views import VIEWS, charts, panels_of
from torchreplay.views.looks import PALETTES
from torchreplay.views.losses import LossHistogram
from torchreplay.views.titles import class_names
from torchreplay.views.weights import WeightMap

NAMES = VIEWS[:-1]  # all but the space that they stand beside


@pytest.fixture(scope="module", params=["2-2-1", "2-15-10-2-1"])
def history(request):
    dataset = common.load_dataset("moons", points=100)
    if request.param != "2-2-1":
        dataset = dataclasses.replace(dataset, classes=("a rather long name of a class", "b"))
    hidden = [int(units) for units in request.param.split("-")[1:-1]]
    torch.manual_seed(41)
    return common.train(common.make_network(dataset, hidden, "tanh"), dataset, 4, 0.5)


def picture_of(history, *views):
    return SpaceReplay(history, FEATURE_SPACE).picture(views)


def some_of(count, history):
    """Combinations of so many views, from one on and further around; of each network others."""
    starts = range(len(history.units) == 3, len(NAMES), {1: 2, 3: 4}.get(count, len(NAMES)))
    return [[*NAMES[start:], *NAMES[:start]][:count] for start in starts]


@pytest.mark.parametrize("count", [1, 3, 8, len(NAMES)])
def test_nothing_overlaps_is_cut_off_or_wider_than_16_to_9(history, count):
    for names in some_of(count, history):
        picture = picture_of(history, *names)
        picture.draw(4)
        width, height = picture.size
        assert width * 9 <= height * 16
        if len(panels_of(names)) <= 6:
            assert (width, height) == (1440, 810)
        boxes = {}
        for axes in picture.figure.axes:
            box = axes.get_tightbbox(picture.canvas.get_renderer())
            assert box.x0 > 1 and box.y0 > 1 and box.x1 < width - 1 and box.y1 < height - 1, names
            of_scale = getattr(axes, "_colorbar_info", None)  # a scale belongs to its axes
            panel = of_scale["parents"][0] if of_scale else axes
            boxes.setdefault(tuple(np.rint(panel.bbox.bounds[:2])), []).append(box)
        for ours, others in itertools.combinations(boxes.values(), 2):
            pairs = list(itertools.product(ours, others))
            assert not any(one.overlaps(other) for one, other in pairs), names


def test_frames_equal_full_redraws(history):
    few = ["weights", "gradients", "loss", "network"], ["weights"]
    for names in few if len(history.units) == 3 else (NAMES,):
        picture = picture_of(history, *names)
        frame = picture.draw(4).copy()
        np.testing.assert_array_equal(frame, full_redraw(picture, 4))


@pytest.mark.parametrize("place", range(3))
def test_probabilities_of_class_0_stand_above_those_of_class_1(history, place):
    names = ["loss", "weights", "losses", "gradients"]
    names.insert(place, "probabilities")
    picture = picture_of(history, *names)
    titles = {axes.get_title(): axes.bbox for axes in picture.figure.axes}
    upper, lower = (titles[f"Points of {name}"] for name in class_names(history.dataset))
    assert upper.x0 == lower.x0 and upper.y0 > lower.y1
    between = [
        box for box in titles.values() if box.x0 == upper.x0 and lower.y1 < box.y0 < upper.y0
    ]
    assert not between


def test_a_single_view_is_as_large_as_the_space(history):
    picture = picture_of(history, "losses")
    picture.draw(0)
    space, view = (axes.bbox for axes in picture.figure.axes)
    np.testing.assert_allclose((view.width, view.height), (space.width, space.height), rtol=0.01)
    assert view.y0 == pytest.approx(space.y0)


def test_losses_fill_their_panel(history):
    picture = picture_of(history, "losses")
    view = view_of(picture, LossHistogram)
    run, edges = picture.parts[0].replay, view.wrong.edges
    most = max(np.histogram(run.at(epoch).losses, edges)[0].max() for epoch in range(5))
    assert view.wrong.artist.axes.get_ylim() == pytest.approx((0, 1.05 * most))


def test_losses_of_the_misclassified_are_black(history):
    picture = picture_of(history, "losses")
    view = view_of(picture, LossHistogram)
    picture.draw(4)
    snapshot = picture.parts[0].replay.at(4)
    heights = np.nan_to_num(view.wrong.artist.get_data().values)[::2]
    in_front = np.nan_to_num(view.correct.artist.get_data().values)[::2]
    assert heights.sum() == 100 and in_front.sum() == snapshot.correct.sum()
    assert (in_front <= heights).all()


def test_weights_are_named(history):
    if history.units != [2, 2, 1]:
        return
    axes = view_of(picture_of(history, "weights"), WeightMap).image.axes
    texts = {text.get_text() for text in axes.texts}
    assert {"X1", "X2", "bias", "h1", "h2", "out", "hidden", "output"} <= texts
    numbers = view_of(picture_of(history, *NAMES), WeightMap).numbers
    assert len(numbers) == 9 and all(text.get_fontsize() >= 4.5 for text in numbers)


@pytest.mark.parametrize("palette", [*PALETTES.values()])
def test_colors_of_views_are_none_of_a_class(palette):
    ours = [charts.CORRECT, charts.WRONG, charts.LINE, charts.OTHER_LINE]
    ours += [color for color, _ in charts.CURVE_STYLES]
    assert all(np.ptp(to_rgb(color)) < 0.01 for color in ours)  # gray, which no class is
    for color, sign in itertools.product(palette.points, (charts.NEGATIVE, charts.POSITIVE)):
        assert np.abs(np.subtract(to_rgb(color), to_rgb(sign))).max() > 0.25
    assert charts.CORRECT != charts.WRONG
