"""The picture of the loss surface: its levels, its path and what it tells."""

import numpy as np
import pytest
from conftest import full_redraw, view_of
from helpers.models import Nested, clouds, move
from helpers.pictures import picture_of
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.replay.recorder import Recorder
from torchreplay.views.surface import LossContours


@pytest.fixture(scope="module")
def picture(runs):
    return picture_of(runs["feature_space"], ["surface"], size=240)


@pytest.fixture(scope="module")
def view(picture):
    return view_of(picture, LossContours)


def test_path_is_drawn_up_to_the_epoch_in_the_colors_of_its_true_loss(view, runs, exact):
    view.draw(runs["feature_space"].at(80))
    path = view.path.coordinates[:81]
    np.testing.assert_allclose(view.rim.get_xydata(), path)
    np.testing.assert_allclose(view.dot.get_xydata(), path[-1:])
    colors = view.line.get_colors()
    assert len(colors) == 80
    for epoch in (1, 30, 80):
        level = np.searchsorted(view.norm.boundaries, exact(epoch)[1].mean())
        np.testing.assert_allclose(colors[epoch - 1], view.bands.get_facecolors()[level])
    np.testing.assert_allclose(view.dot.get_markerfacecolor(), colors[-1])


@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_the_present_point_lies_in_the_band_of_its_true_loss(view, runs, epoch):
    view.draw(runs["feature_space"].at(epoch))
    point = view.path.coordinates[epoch]
    level = np.searchsorted(view.norm.boundaries, view.history.loss[epoch])
    inside = [path.contains_point(point) for path in view.bands.get_paths()]
    assert inside.index(True) == level and sum(inside) == 1


def test_levels_ends_and_what_is_told(view, runs):
    levels = view.norm.boundaries
    view.draw(runs["feature_space"].at(0))
    axes = view.rim.axes
    ends = axes.get_xlim(), axes.get_ylim()
    assert "".join(text.get_text() for text in view.title._texts) == (
        "Loss 0.738, path within 0.00 of plane"
    )
    view.draw(runs["feature_space"].at(200))
    assert "".join(text.get_text() for text in view.title._texts) == (
        "Loss 0.065, path within 0.84 of plane"
    )
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("component 1 (97.1 %)", "component 2 (2.6 %)")
    assert ends == (axes.get_xlim(), axes.get_ylim())
    np.testing.assert_array_equal(view.norm.boundaries, levels)
    assert (np.diff(levels) > 0).all() and 4 <= len(levels) <= 12
    assert levels[0] < 0.1 and levels[-1] > 0.5


def test_plane_of_two_parameters_is_named(runs):
    names = ("hidden.weight[0,1]", "output.bias")
    picture = picture_of(runs["input_space"], [("surface", *names)], size=240)
    view = view_of(picture, LossContours)
    assert view.rim.axes.get_xlabel().startswith("hidden.weight[0,1] (")
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)
    with pytest.raises(NetworkError, match="no parameter 'x': there are"):
        picture_of(runs["input_space"], [("surface", "x", "y")], size=240)


def test_frame_equals_a_full_redraw(picture):
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)


def test_models_of_others_and_kept_features():
    X, y = clouds(features=3)
    loss = nn.BCEWithLogitsLoss()
    for keep in ("parameters", "features"):
        model = Nested(3)
        recorder = Recorder(model, X, y, loss=loss, keep=keep)
        for _ in range(3):
            move(model)
            recorder.record()
        space = recorder.replay().feature_space()
        if keep == "parameters":
            view = ("surface", "net.0.weight[0,1]", "net.0.bias[0]")
            space.animate(size=240, views=[view])
            continue
        with pytest.raises(NetworkError, match="keeps no parameters: leave out the view surface"):
            space.animate(size=240, views=["surface"])


@pytest.mark.parametrize("views", [["surface"], ["surface", "loss", "losses", "updates"]])
def test_a_legend_explains_circle_and_path(runs, views):
    """It stands between plane and title, on the picture."""
    picture = picture_of(runs["feature_space"], views, size=480)
    view = view_of(picture, LossContours)
    picture.draw(60)
    axes, renderer = view.dot.axes, picture.canvas.get_renderer()
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["this epoch", "path so far, gray as its loss"]
    box, title = axes.get_legend().get_window_extent(), axes.title.get_window_extent(renderer)
    assert axes.bbox.y1 <= box.y0 and box.y1 <= title.y0 + 1
    assert title.y1 < picture.size[1]
    space = picture.figure.axes[0].bbox
    assert space.x1 < box.x0 and box.x1 < picture.size[0]
    bare = picture_of(runs["feature_space"], views, size=480, legend=False)
    assert view_of(bare, LossContours).dot.axes.get_legend() is None
