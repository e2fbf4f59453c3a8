"""Artists: points in their exact places, and text of which only the end is drawn again."""

import numpy as np
import pytest
import torch
from conftest import BLUE, RED, is_color
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from torchreplay.artists import Points, part_text
from torchreplay.composition import compose
from torchreplay.dataset import Dataset
from torchreplay.picture import new_figure
from torchreplay.run import Run


def test_points_lie_where_they_belong():
    """The center of mass of a drawn point is within a quarter of a pixel of its position."""
    figure = Figure(figsize=(1, 1), dpi=20)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 20), ylim=(0, 20))
    axes.axis("off")
    point = axes.add_line(Points([], [], color="black", marker="o", markersize=20))
    centers = np.arange(20) + 0.5
    for position in np.random.default_rng(0).uniform(8, 12, (100, 2)):
        point.set_data(*position[:, None])
        canvas.draw()
        ink = 255.0 - np.asarray(canvas.buffer_rgba())[::-1, :, 0]
        mass = [ink.sum(axis=0) @ centers / ink.sum(), ink.sum(axis=1) @ centers / ink.sum()]
        np.testing.assert_allclose(mass, position, atol=0.26)


def test_points_outside_the_axes_do_not_cover_the_text(history, spaces):
    X = torch.tensor([[-0.1, 1.1], [0.5, 0.5], [1.5, 0.2]])
    outside = Dataset(X=X, y=torch.tensor([[1.0], [1.0], [0.0]]))
    frame = compose({"": Run(history, spaces["input_space"], [200], outside)}).draw(200)
    assert is_color(frame, RED).any()
    assert not is_color(frame[:66], RED).any()
    assert not is_color(frame, BLUE).any()


def extent(texts):
    """The ends of all texts together, in pixels: left, bottom, right, top."""
    boxes = np.array([text.get_window_extent().extents for text in texts])
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def title_of_axes(figure, text):
    return figure.add_subplot().set_title(text, y=1, pad=10)


def line_of_figure(figure, text):
    return figure.text(0.5, 0.9, text, ha="center", va="center", fontsize=13)


@pytest.mark.parametrize("make", [title_of_axes, line_of_figure])
def test_parted_text_stands_where_the_whole_one_would(make):
    whole = make(new_figure(120), "A Title at Epoch 200")
    still = make(new_figure(120), "")
    moving = part_text(still, "A Title at Epoch ", "200")
    assert (still.get_text(), moving.get_text()) == ("A Title at Epoch ", "200")
    np.testing.assert_allclose(extent([still, moving]), extent([whole]), atol=1.5)
    left, _, right, _ = extent([still])
    assert right <= extent([moving])[0] + 0.01
    assert moving.get_fontsize() == whole.get_fontsize()
    moving.set_text("7")
    assert extent([still])[0] == left, "the beginning moves"
    assert right <= extent([moving])[0] + 0.01


def test_end_of_a_parted_text_has_no_formulas():
    moving = part_text(line_of_figure(new_figure(120), ""), "price: ", "$1 or $2")
    assert not moving.get_parse_math()
