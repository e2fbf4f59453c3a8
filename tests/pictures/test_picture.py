"""Pictures: the same pixels as a full redraw at any epoch, stills, and the style they have."""

import re
import zlib
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from conftest import SIZE, full_redraw, is_color
from helpers import formulas
from helpers.models import replayed, small
from matplotlib.image import imread
from PIL import Image

from torchreplay.pictures.picture import add_axes, default_style, new_figure
from torchreplay.replay.comparison import Comparison

SVG = "{http://www.w3.org/2000/svg}"
EPOCHS = (0, 1, 2, 10, 40, 80, 99, 120, 160, 200)


def test_frame_equals_a_full_redraw(picture):
    for epoch in EPOCHS:
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(frame, full_redraw(picture, epoch))


def test_draw_depends_on_the_epoch_alone(picture):
    first = picture.draw(200).copy()
    other = picture.draw(0).copy()
    assert (first != other).any()
    np.testing.assert_array_equal(picture.draw(200), first)


def test_size(picture):
    assert picture.size == (SIZE, SIZE)
    assert picture.draw(0).shape == (SIZE, SIZE, 4)


def test_still_equals_frame(picture, tmp_path):
    picture.save(tmp_path / "still.png", 80)
    still = np.rint(imread(tmp_path / "still.png") * 255).astype(np.uint8)
    np.testing.assert_array_equal(still, picture.draw(80))
    content = (tmp_path / "still.png").read_bytes()
    assert b"Software" not in content
    assert matplotlib.__version__.encode() not in content


def test_still_is_titled(pictures, tmp_path):
    pictures["feature_space"].save(tmp_path / "still.png", 80)
    with Image.open(tmp_path / "still.png") as still:
        assert still.text["Title"] == "Feature Space with Boundary at Epoch 80"
        assert still.info["dpi"] == pytest.approx((120, 120), abs=0.1)


def saved(tmp_path, form, picture, epoch):
    """A still in a form, saved twice to the same bytes."""
    paths = [tmp_path / f"{name}.{form}" for name in ("once", "again")]
    for path in paths:
        picture.save(path, epoch)
    once, again = (path.read_bytes() for path in paths)
    assert once == again
    return once


def test_still_as_svg_has_every_point_in_its_place_and_real_text(pictures, weights, tmp_path):
    picture, (X, y) = pictures["feature_space"], points_of(pictures)
    before = picture.draw(120).copy()
    root = ElementTree.fromstring(saved(tmp_path, "svg", picture, 120))
    np.testing.assert_array_equal(picture.draw(120), before)
    texts = {element.text: element for element in root.iter(f"{SVG}text")}
    assert "Feature Space with Boundary at Epoch 120" in texts
    assert {"Hidden 1", "Hidden 2", "class 0", "class 1", "decision boundary"} <= set(texts)
    middle = float(texts["Feature Space with Boundary at Epoch 120"].get("x")) / 72
    assert middle == pytest.approx(6 * (0.15 + 0.4), abs=0.01)

    h = formulas.hidden_layer(weights(120), X)
    expected = 72 * 6 * np.column_stack([0.15 + 0.8 * h[:, 0], 0.9 - 0.8 * h[:, 1]])
    for label, color in ((0, "#0000ff"), (1, "#ff0000")):
        uses = [use for use in root.iter(f"{SVG}use") if f"fill: {color}" in use.get("style", "")]
        drawn = np.array([(float(use.get("x")), float(use.get("y"))) for use in uses])
        points = expected[y == label]
        assert len(points) <= len(drawn) <= len(points) + 1, "one more is in the legend"
        nearest = np.abs(points[:, None] - drawn).max(axis=-1).min(axis=1)
        assert nearest.max() < 1e-3


def test_still_as_pdf_has_real_text(pictures, tmp_path):
    pdf = saved(tmp_path, "pdf", pictures["input_space"], 120)
    assert pdf.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    content = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    letters = [re.findall(rb"\(\0(.)\)", text) for text in re.findall(rb"BT(.*?)ET", content, re.S)]
    texts = [b"".join(letter) for letter in letters]
    assert b"Input Space with Boundary at Epoch 120" in texts
    assert b"decision boundary" in texts


def points_of(pictures):
    """The points of the default data set as float64 arrays, and their labels."""
    points = pictures["feature_space"].parts[0].replay.points
    return points.X.double().numpy(), points.y[:, 0].numpy()


def test_headline_of_a_comparison_is_one_text(runs, tmp_path):
    run = runs["input_space"]
    picture = Comparison([run, run], {"seed": "12"}).picture()
    root = ElementTree.fromstring(saved(tmp_path, "svg", picture, 80))
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert "Input space, datasets.txt, 2-2-1, sigmoid, epoch 80" in texts
    assert [text for text in texts if text.startswith("seed 1: loss ")]


def test_axes_stand_where_inches_say():
    figure = new_figure(dpi=50, width=12, height=6)
    assert figure.canvas.get_width_height() == (600, 300)
    axes = add_axes(figure, 8.6, 1.4, 3.2, 3.2)
    expected = (430, 70, 590, 230)
    np.testing.assert_allclose(axes.get_window_extent().extents, expected, atol=1e-6)


def test_default_style_is_matplotlibs_own_while_it_lasts():
    with matplotlib.rc_context({"lines.linewidth": 5, "axes.facecolor": "red"}):
        with default_style():
            assert matplotlib.rcParams["lines.linewidth"] == 1.5
            figure = new_figure(dpi=50)
            add_axes(figure, 1, 1, 4, 4)
            figure.canvas.draw()
            assert not is_color(np.asarray(figure.canvas.buffer_rgba()), (255, 0, 0)).any()
        assert matplotlib.rcParams["lines.linewidth"] == 5
        assert matplotlib.rcParams["axes.facecolor"] == "red"


def test_other_endings_are_refused(pictures, tmp_path):
    with pytest.raises(ValueError, match=r"give it one of the endings \.png, \.svg, \.pdf"):
        pictures["input_space"].save(tmp_path / "still.jpg", 80)
    assert list(tmp_path.iterdir()) == []


def test_title_of_a_still_says_what_is_counted(tmp_path):
    """Steps where steps are counted, and by their count."""
    picture = replayed(small(), every=2, label="step", steps=4).input_space().picture()
    picture.save(tmp_path / "still.png", 2)
    with Image.open(tmp_path / "still.png") as still:
        assert still.text["Title"] == "Input Space with Boundary at Step 4"
