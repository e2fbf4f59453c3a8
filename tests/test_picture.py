"""Pictures: the same pixels as a full redraw at any epoch, stills, and the style they have."""

import matplotlib
import numpy as np
import pytest
from conftest import SIZE, full_redraw, is_color
from matplotlib.image import imread
from PIL import Image

from torchreplay.picture import default_style, new_figure, save_still, space_axes

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
    save_still(tmp_path / "still.png", picture, 80)
    still = np.rint(imread(tmp_path / "still.png") * 255).astype(np.uint8)
    np.testing.assert_array_equal(still, picture.draw(80))
    content = (tmp_path / "still.png").read_bytes()
    assert b"Software" not in content
    assert matplotlib.__version__.encode() not in content


def test_still_is_titled(pictures, tmp_path):
    save_still(tmp_path / "still.png", pictures["feature_space"], 80)
    with Image.open(tmp_path / "still.png") as still:
        assert still.text["Title"] == "Feature Space with Boundary at Epoch 80"
        assert still.info["dpi"] == pytest.approx((120, 120), abs=0.1)


def test_axes_of_a_space_in_a_square_of_a_figure():
    """They take eight tenths of the square; by default that is at the left of the figure."""
    figure = new_figure(dpi=50, width=12, height=6)
    assert figure.canvas.get_width_height() == (600, 300)
    for axes, expected in (
        (space_axes(figure), (45, 30, 285, 270)),
        (space_axes(figure, side=4, left=8, bottom=1), (430, 70, 590, 230)),
    ):
        np.testing.assert_allclose(axes.get_window_extent().extents, expected, atol=1e-6)


def test_default_style_is_matplotlibs_own_while_it_lasts():
    with matplotlib.rc_context({"lines.linewidth": 5, "axes.facecolor": "red"}):
        with default_style():
            assert matplotlib.rcParams["lines.linewidth"] == 1.5
            figure = new_figure(dpi=50)
            space_axes(figure)
            figure.canvas.draw()
            assert not is_color(np.asarray(figure.canvas.buffer_rgba()), (255, 0, 0)).any()
        assert matplotlib.rcParams["lines.linewidth"] == 5
        assert matplotlib.rcParams["axes.facecolor"] == "red"
