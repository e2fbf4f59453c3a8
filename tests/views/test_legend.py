"""The legend: what it says, where it stands, and that frames stay equal to full redraws."""

import dataclasses

import numpy as np
import pytest
import torch
from conftest import full_redraw
from matplotlib.lines import Line2D

import common
from torchreplay.cli.options import parse_options
from torchreplay.pictures.picture import new_figure
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE
from torchreplay.views.legend import add_legend
from torchreplay.views.looks import looks_of

NAMES = ("Iris setosa of the $alpine$ meadows", "_a $price$")


@pytest.fixture(scope="module")
def histories():
    """Two short runs, and one on classes of long names."""
    dataset = common.load_dataset("moons", points=100)
    named = dataclasses.replace(dataset, classes=NAMES)
    made = {}
    for name, data in (("1", dataset), ("2", dataset), ("named", named)):
        torch.manual_seed(int(name == "2"))
        made[name] = common.train(common.make_network(data), data, epochs=4)
    return made


def picture_of(histories, *names, space=INPUT_SPACE, compared=None, size=720, **looks):
    chosen = [SpaceReplay(histories[name], space, size=size) for name in names]
    shown = Comparison(chosen, compared) if compared else chosen[0]
    return shown.picture(**looks)


def legends(picture):
    """The texts of all legends of a figure, and their boxes."""
    renderer = picture.canvas.get_renderer()
    found = picture.figure.legends
    texts = [[text.get_text() for text in legend.get_texts()] for legend in found]
    return texts, [legend.get_window_extent(renderer) for legend in found]


def test_it_names_classes_boundary_and_errors(histories):
    texts, _ = legends(picture_of(histories, "1"))
    assert texts == [["class 0", "class 1", "decision boundary"]]
    texts, _ = legends(picture_of(histories, "1", mark_errors=True))
    assert texts == [["class 0", "class 1", "decision boundary", "misclassified"]]


def test_it_names_points_held_out(held_out):
    """Its handle is a hollow marker of either class, in the colors of the palette."""
    picture = picture_of({"": held_out}, "", palette="accessible")
    assert legends(picture)[0] == [["class 0", "class 1", "held out", "decision boundary"]]
    (legend,) = picture.figure.legends
    hollow = [line for line in legend.findobj(Line2D) if line.get_markerfacecolor() == "white"]
    assert [line.get_markeredgecolor() for line in hollow] == ["#0055AA", "#C85200"]
    for epoch in (0, 4):
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(frame, full_redraw(picture, epoch))


def test_names_are_cut_and_literal(histories):
    picture = picture_of(histories, "named")
    assert legends(picture)[0][0][:2] == ["Iris setosa of the …", "_a $price$"]
    (legend,) = picture.figure.legends
    assert not any(text.get_parse_math() for text in legend.get_texts())


@pytest.mark.parametrize("size", [240, 720])
@pytest.mark.parametrize("palette", ["classic", "accessible"])
@pytest.mark.parametrize("name", ["1", "named"])
def test_it_is_outside_of_the_data_and_below_the_title(histories, size, palette, name):
    settings = {"size": size, "palette": palette, "mark_errors": True}
    picture = picture_of(histories, name, **settings)
    _, (box,) = legends(picture)
    (axes,) = picture.figure.axes
    rim = 5 / 72 * picture.figure.dpi  # how far points and rings at the rim reach
    assert box.y0 > axes.bbox.y1 + rim
    assert box.y1 < axes.title.get_window_extent().y0
    assert box.x0 > 0 and box.x1 < size


def test_one_for_the_space_beside_views_and_one_for_a_comparison(histories):
    assert len(legends(picture_of(histories, "1", views=["all"]))[0]) == 1
    texts, (box,) = legends(picture_of(histories, "1", "2", compared={"seed": "12"}))
    assert texts == [["class 0", "class 1", "decision boundary"]]
    picture = picture_of(histories, "1", "2", compared={"seed": "12"}, space=FEATURE_SPACE)
    texts, (box,) = legends(picture)
    assert texts == [["class 0", "class 1", "decision boundary", "its line beyond the plane"]]
    titles = [axes.title.get_window_extent().y1 for axes in picture.figure.axes]
    assert box.y0 > max(titles) and box.y1 < picture.figure.texts[0].get_window_extent().y0


@pytest.mark.parametrize("names", [("1",), ("1", "2")])
def test_it_can_be_left_out(histories, names, tmp_path):
    compared = {"seed": "12"} if len(names) > 1 else None
    assert legends(picture_of(histories, *names, compared=compared, legend=False))[0] == []
    assert parse_options("", tmp_path, ["--no-legend"]).picture["legend"] is False
    assert parse_options("", tmp_path, []).picture["legend"] is True


@pytest.mark.parametrize("space", [INPUT_SPACE, FEATURE_SPACE])
def test_frames_equal_full_redraws(histories, space):
    other = {"input", "feature"} - {space.view}
    pictures = [
        picture_of(histories, "named", space=space, mark_errors=True),
        picture_of(histories, "1", space=space, mark_errors=True, views=["loss", *other], size=360),
        picture_of(histories, "1", "2", space=space, compared={"seed": "12"}, size=360),
    ]
    for picture in pictures:
        for epoch in (0, 4):
            frame = picture.draw(epoch).copy()
            np.testing.assert_array_equal(frame, full_redraw(picture, epoch))


def test_headline_and_titles_of_a_comparison(histories):
    picture = picture_of(histories, "1", "2", compared={"seed": "12"}, space=FEATURE_SPACE)
    picture.draw(3)
    headline = "".join(text.get_text() for text in picture.figure.texts)
    assert headline == "Feature space, moons, 2-2-1, sigmoid, epoch 3"
    for name, panel, axes in zip("12", picture.parts[1:], picture.figure.axes, strict=True):
        history = panel.replay.history
        loss, accuracy = f"{history.loss[3]:.3f}", f"{100 * history.accuracy[3]:.1f} %"
        assert axes.get_title() == f"seed {name}: loss "
        texts = [text.get_text() for text in axes.texts]
        assert {loss, ", accuracy ", accuracy} <= set(texts)
        assert [axis.get_ticklocs()[[0, -1]].tolist() for axis in (axes.xaxis, axes.yaxis)] == [
            [0, 1],
            [0, 1],
        ]


@pytest.mark.parametrize("classes", [2, 4])
def test_legend_that_fits_in_no_shape_is_shrunk(classes):
    """Long names, points held out, errors, and a line beyond the plane, in little room."""
    dataset = common.load_dataset("blobs", points=80, classes=classes, validation=0.3)
    names = tuple(f"a rather long name {k}" for k in range(classes))
    looks = looks_of("classic", mark_errors=True, classes=classes)
    figure = new_figure(60)
    add_legend(figure, dataclasses.replace(dataset, classes=names), looks, 3, 5, 1.5, beyond=True)
    (legend,) = figure.legends
    assert legend.get_window_extent().width <= 1.5 * 60 + 3
