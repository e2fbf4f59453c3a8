"""Artists: points in their exact places, and text of which only the end is drawn again."""

import io
import re

import matplotlib
import numpy as np
import pytest
import torch
from conftest import BLUE, RED, SCRIPTS, is_color
from helpers.pictures import picture_of
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from torchreplay.data.dataset import Dataset
from torchreplay.pictures.picture import add_axes, new_figure
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.artists import Overlay, Points, split_off_end
from torchreplay.views.looks import CLASSIC, Looks
from torchreplay.views.space import SpaceView


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
    run = SpaceReplay(history, spaces["input_space"], [200], outside)
    frame = picture_of(run, legend=False).draw(200)
    assert is_color(frame, RED).any()
    assert not is_color(frame[:66], RED).any()
    assert not is_color(frame, BLUE).any()


def points_alone(run, dpi, epoch=200):
    """The pixels of the points of a figure drawn at a resolution, and its axes in pixels."""
    axes = add_axes(new_figure(120), 0.9, 0.6, 4.8, 4.8)
    view = SpaceView(axes, run, Looks())
    view.draw(run.at(epoch))
    axes.figure.dpi = dpi
    axes.axis("off")
    for artist in view.artists:
        artist.set_visible(isinstance(artist, Points | Overlay))
    FigureCanvasAgg(axes.figure).draw()
    return np.array(axes.figure.canvas.buffer_rgba())[..., :3], axes.get_window_extent()


@pytest.mark.parametrize("name", SCRIPTS)
def test_points_are_right_at_any_resolution(runs, name):
    """Of a figure made at one and drawn at another one the shares of ink agree."""
    shares, corners = [], []
    for dpi in (60, 120, 240):
        pixels, _ = points_alone(runs[name], dpi)
        assert pixels.shape == (6 * dpi, 6 * dpi, 3)
        shares.append([(255.0 - pixels[..., k]).mean() / 255 for k in range(3)])
        rows, columns = np.nonzero((pixels < 255).any(axis=-1))
        corners.append(np.array([columns.min(), columns.max() + 1, rows.min(), rows.max() + 1]))
        corners[-1] = corners[-1] / dpi
    for other, corner in zip(shares, corners, strict=True):
        np.testing.assert_allclose(other, shares[1], rtol=0.1)
        np.testing.assert_allclose(corner, corners[1], atol=2 / 60)


def drawn(axes):
    FigureCanvasAgg(axes.figure).draw()
    return np.array(axes.figure.canvas.buffer_rgba()).astype(int)


def test_what_stays_looks_like_its_artists(runs):
    """Laid over others as an image it differs by rounding alone, in whatever part is seen."""
    made = []
    for is_overlay in (True, False):
        axes = add_axes(new_figure(120), 0.9, 0.6, 4.8, 4.8)
        view = SpaceView(axes, runs["input_space"], Looks())
        axes.set_facecolor("green")
        (overlay,) = [artist for artist in view.artists if isinstance(artist, Overlay)]
        if not is_overlay:
            overlay.remove()
            for points in view.points:
                axes.add_line(points)
        made.append((axes, overlay))
    (ours, overlay), (theirs, _) = made
    for limits in ((-1, 1), (-0.4, 0.6)):
        frames = []
        for axes in (ours, theirs):
            axes.set(xlim=limits, ylim=limits)
            frames.append(drawn(axes))
        difference = np.abs(frames[0] - frames[1])
        assert difference.max() <= 8
        assert (difference > 0).mean() < 0.01
        assert is_color(frames[0], RED).sum() > 500
    overlay.set_visible(False)
    assert not is_color(drawn(ours), RED).any()
    overlay.set_visible(True)
    ours.set(xlim=(5, 6))  # where no point is
    assert not is_color(drawn(ours), RED).any()


@pytest.mark.parametrize("dpi", [60, 120, 240])
def test_clip_box_of_points_follows_the_resolution(history, spaces, dpi):
    """A point at the corner is whole, and one farther away than its size is not seen at all."""
    X = torch.tensor([[1.0, 1.0], [1.09, 0.0], [0.0, -1.09]])
    points = Dataset(X=X, y=torch.tensor([[0.0], [1.0], [1.0]]))
    pixels, box = points_alone(SpaceReplay(history, spaces["input_space"], [200], points), dpi)
    assert not is_color(pixels, RED).any()
    rows, columns = np.nonzero(is_color(pixels, BLUE))
    size = 3 * dpi / 72
    assert np.ptp(columns) + 1 == pytest.approx(size, abs=2.5)
    assert np.ptp(rows) + 1 == pytest.approx(size, abs=2.5)
    assert columns.mean() + 0.5 == pytest.approx(box.x1, abs=0.6)
    assert 6 * dpi - rows.mean() - 0.5 == pytest.approx(box.y1, abs=0.6)


@pytest.mark.parametrize("name", SCRIPTS)
def test_vector_graphics_hold_a_marker_a_point(runs, name):
    run, axes = runs[name], add_axes(new_figure(120), 0.9, 0.6, 4.8, 4.8)
    view = SpaceView(axes, run, Looks())
    view.draw(run.at(200))
    expected = {to_hex(color): 1000 for color in CLASSIC.points}
    svg, pdf = io.BytesIO(), io.BytesIO()
    axes.figure.savefig(svg, format="svg")
    marker = r'<use xlink:href="#m[^>]*style="fill: (#[0-9a-f]{6})'
    used = re.findall(marker, svg.getvalue().decode())
    assert {color: used.count(color) for color in expected} == expected
    with matplotlib.rc_context({"pdf.compression": 0}):
        axes.figure.savefig(pdf, format="pdf")
    places = re.findall(rb"cm /M\d+ Do|/M\d+ Do", pdf.getvalue())
    assert len(places) >= 2000


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
    moving = split_off_end(still, "A Title at Epoch ", "200")
    assert (still.get_text(), moving.get_text()) == ("A Title at Epoch ", "200")
    np.testing.assert_allclose(extent([still, moving]), extent([whole]), atol=1.5)
    left, _, right, _ = extent([still])
    assert right <= extent([moving])[0] + 0.01
    assert moving.get_fontsize() == whole.get_fontsize()
    moving.set_text("7")
    assert extent([still])[0] == left, "the beginning moves"
    assert right <= extent([moving])[0] + 0.01


def test_end_of_a_parted_text_has_no_formulas():
    moving = split_off_end(line_of_figure(new_figure(120), ""), "price: ", "$1 or $2")
    assert not moving.get_parse_math()


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_classes_at_the_same_places_neither_covers_the_other(history, spaces, swapped):
    """Of the pixels of points that are seen, each class has a quarter at the least."""
    random = np.random.default_rng(0)
    places = random.uniform(-0.9, 0.9, (400, 2)).repeat(2, axis=0)
    labels, order = (np.arange(800) + swapped) % 2, random.permutation(800)
    X, y = (torch.from_numpy(values[order]).float() for values in (places, labels[:, None]))
    pixels, _ = points_alone(
        SpaceReplay(history, spaces["input_space"], [200], Dataset(X=X, y=y)), 120
    )
    blue, red = is_color(pixels, BLUE).sum(), is_color(pixels, RED).sum()
    assert min(blue, red) > (blue + red) / 4
