"""A recorded training in one space, on axes of one's own."""

import gc
import weakref

import matplotlib
import numpy as np
import pytest
import torch
from helpers.models import LOGIT, Nested, X, Y, clouds, replayed, small
from matplotlib import pyplot
from matplotlib.figure import Figure

from torchreplay.replay.recorder import Recorder


def test_plot_draws_on_the_axes_given_and_returns_itself(replay):
    figure = Figure(figsize=(10, 5))
    left, right = figure.subplots(1, 2)
    space = replay.feature_space()
    assert space.plot(epoch=2, ax=left) is space
    assert (space.ax_, space.figure_) == (left, figure)
    other = replay.input_space().plot(ax=right, palette="accessible", mark_errors=True)
    assert other.ax_ is right
    assert pyplot.get_fignums() == []


def test_plot_makes_a_figure_of_pyplot(replay):
    space = replay.input_space().plot()
    assert pyplot.gcf() is space.figure_


def test_a_title_is_one_text_that_follows_the_layout(replay):
    """Its parts, apart from each other, would stay where the axes were."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    for ax in figure.subplots(1, 2):
        replay.feature_space().plot(epoch=2, ax=ax)
        shown = [text for text in [*ax.texts, ax.title] if text.get_visible() and text.get_text()]
        assert [text.get_text() for text in shown] == ["Feature Space with Boundary at Epoch 2"]
        figure.canvas.draw()
        box, title = ax.get_window_extent(), shown[0].get_window_extent()
        assert (title.x0 + title.x1) / 2 == pytest.approx((box.x0 + box.x1) / 2, abs=1)


def test_views_on_axes_of_ones_own(replay):
    figure = Figure()
    space, loss, first, second = figure.subplots(2, 2).ravel()
    replay.feature_space().plot(1, space, views={"loss": loss, "probabilities": (first, second)})
    assert loss.get_title() == "Loss and Accuracy"
    assert first.has_data() and second.has_data()


def texts_of(ax):
    return " ".join(text.get_text() for text in [ax.title, *ax.texts])


def test_plotted_where_gradients_are_off():
    """As in a function that evaluates a model."""
    replay = replayed(small())
    with torch.no_grad():
        for space in (replay.input_space(), replay.feature_space()):
            axes = Figure().subplots(1, 3)
            views = {"gradients": axes[1], "activations": axes[2]}
            assert space.plot(ax=axes[0], views=views).ax_ is axes[0]


def test_counts_of_another_name_on_titles_and_axes():
    replay = replayed(small(), steps=150, every=50, label="step")
    assert replay.history.epochs.tolist() == [0, 50, 100, 150]
    figure = Figure(figsize=(12, 6))
    left, right = figure.subplots(1, 2)
    space = replay.input_space().plot(epoch=100, ax=left, views={"loss": right})
    shown = " ".join(text.get_text() for text in space.figure_.findobj(match=is_text))
    assert "at Step 100" in shown
    assert right.get_xlabel() == "step"
    assert right.get_xlim() == (0, 150)
    with pytest.raises(ValueError, match="step 60 is not recorded: there are 0 to 150, every 50"):
        space.plot(epoch=60)


def is_text(artist):
    return hasattr(artist, "get_text")


def test_names_of_features_and_classes():
    replay = Recorder(
        small(), X, Y, loss=LOGIT, names=["width", "height"], classes=["no", "yes"]
    ).replay()
    space = replay.input_space().plot()
    assert (space.ax_.get_xlabel(), space.ax_.get_ylabel()) == ("width", "height")
    picture = replay.input_space().animate([0]).picture
    words = {text.get_text() for text in picture.figure.findobj(match=is_text)}
    assert {"no", "yes"} <= words


def test_a_space_that_is_no_plane_is_refused():
    X5, y5 = clouds(features=5)
    replay = replayed(Nested(5), X=X5, y=y5)
    with pytest.raises(ValueError, match=r"X has shape \(60, 5\): an input space needs two"):
        replay.input_space()
    with pytest.raises(ValueError, match="the input space has 5 dimensions, not 2"):
        replay.feature_space().animate(views=["input"])


def test_plot_once_more_draws_in_the_place_of_what_was_drawn():
    """Pixel by pixel that of a plot on new axes, with scales of colors and other axes, too."""
    space, pixels = replayed(small(), steps=4).feature_space(), []
    for epochs in ((2,), (4, 0, 2)):
        figure, (one, other, third) = pyplot.subplots(1, 3, figsize=(12, 4))
        for epoch in epochs:
            space.plot(epoch, one, views={"loss": other, "surface": third})
        figure.canvas.draw()
        pixels.append(np.array(figure.canvas.buffer_rgba()))
        assert len(figure.axes) == 5
    np.testing.assert_array_equal(*pixels)


def test_space_is_named_in_a_line():
    assert repr(replayed(small()).input_space()).endswith("in Input Space with Boundary")


def test_figures_end_when_nobody_holds_them():
    """What `plot` remembers of Axes ends with them, also beside scales of colors."""
    space = replayed(small()).feature_space()
    figure, (one, other) = pyplot.subplots(1, 2)
    space.plot(2, one, views={"surface": other})
    alive = weakref.ref(figure)
    del space, figure, one, other
    pyplot.close("all")
    gc.collect()
    assert alive() is None


def test_stills_are_the_same_under_any_settings(tmp_path):
    made = []
    for settings in ({}, {"text.hinting": "none"}):
        with matplotlib.rc_context(settings):
            space = replayed(small()).input_space()
            space.picture().save(tmp_path / "still.png", 3)
            shown = replayed(small())._repr_html_()
            made.append((shown, (tmp_path / "still.png").read_bytes()))
    assert made[0] == made[1]
