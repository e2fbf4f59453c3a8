"""Looks of one's own: legends, colors, titles and fonts of pictures made in Python."""

import matplotlib
import numpy as np
import pytest
from conftest import WHITE, axes_of, is_color, space_view
from helpers.models import LOGIT, X, Y, replayed, small
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from torchreplay.replay.compare import compare
from torchreplay.replay.recorder import Recorder


def legend_of(axes):
    """What a legend of axes says."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_plot_on_new_axes_has_a_small_legend_below_the_title(replay):
    space = replay.input_space().plot(epoch=2, mark_errors=True)
    assert legend_of(space.ax_) == ["class 0", "class 1", "decision boundary", "misclassified"]
    space.figure_.canvas.draw()
    box, title = space.ax_.get_legend().get_window_extent(), space.ax_.title.get_window_extent()
    assert space.ax_.bbox.y1 < box.y0 and box.y1 < title.y0
    assert box.x0 > 0 and box.x1 < space.figure_.bbox.width
    assert replay.input_space().plot(legend=False).ax_.get_legend() is None


def test_on_axes_of_ones_own_a_legend_is_one_call(replay):
    """Its colors are those of the points; names are literal."""
    names = ["_a", "in $"]
    replay = Recorder(small(), X, Y, loss=LOGIT, classes=names).replay()
    for space in (replay.input_space(), replay.feature_space()):
        axes = Figure().add_subplot()
        space.plot(ax=axes)
        assert axes.get_legend() is None
        axes.legend()
        axes.figure.canvas.draw()
        assert [text.strip().replace("\\", "") for text in legend_of(axes)[:2]] == names
        handles = axes.get_legend().legend_handles
        assert [handle.get_color() for handle in handles[:2]] == ["#0000FF", "#FF0000"]
        space.plot(ax=axes, legend=True)
        assert legend_of(axes)[:2] == names


def test_nothing_is_drawn_beyond_axes_of_other_limits(replay):
    figure = pyplot.figure(figsize=(8, 4))
    axes = figure.add_axes((0.3, 0.2, 0.3, 0.6))
    replay.input_space().plot(ax=axes)
    axes.set(xlim=(-0.2, 0.1), ylim=(-0.3, 0.4), aspect="auto", title="")
    figure.canvas.draw()
    pixels, box = np.asarray(figure.canvas.buffer_rgba())[::-1], axes.bbox
    assert is_color(pixels[:, int(box.x1) + 12 :], WHITE).all()
    assert is_color(pixels[int(box.y1) + 8 :], WHITE).all()


def test_the_end_of_a_curve_stays_within_its_axes(replay):
    figure = pyplot.figure(figsize=(8, 4))
    space, loss = figure.add_axes((0.05, 0.2, 0.2, 0.6)), figure.add_axes((0.4, 0.2, 0.2, 0.6))
    replay.input_space().plot(epoch=3, ax=space, views={"loss": loss})
    for axes in figure.axes[1:]:
        axes.set(xlim=(0, 1.5), yticks=[])
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    right = pixels[:, int(loss.bbox.x1 + 40) :]
    assert is_color(right, WHITE).all()


@pytest.mark.parametrize("projection", ["3d", "polar"])
def test_axes_of_another_projection_are_refused(replay, projection):
    axes, plain = pyplot.figure().add_subplot(projection=projection), Figure().add_subplot()
    for settings in ({"ax": axes}, {"ax": plain, "views": {"loss": axes}}):
        with pytest.raises(TypeError, match=f"the projection '{projection}': give Axes without"):
            replay.input_space().plot(**settings)


def test_hints_name_the_remedy(replay):
    space = replay.input_space()
    for shown in (space, compare({"a": space, "b": space})):
        with pytest.raises(AttributeError, match="after plot, its figure_ has savefig"):
            shown.plot().savefig("a.png")
        with pytest.raises(AttributeError, match="has no attribute 'other'"):
            shown.other  # noqa: B018
    with pytest.raises(ValueError, match=r"for a still use picture\(\).save\(path, epoch\)"):
        space.animate([0], size=240).save("a.png")


def test_everything_is_named_in_a_line(replay):
    space = replay.input_space()
    made = [space.plot(), compare({"a": space, "b": space}), space.picture(), space.animate([1])]
    for each in made:
        assert " at 0x" not in repr(each) and "\n" not in repr(each)
        assert len(repr(each)) < 160


def test_two_colors_of_ones_own(replay):
    """Regions are tints of the two: on the way from white to the color."""
    picture = replay.input_space().picture(palette=("tab:green", "#d62728"))
    view = space_view(picture)
    colors = [to_rgb("tab:green"), to_rgb("#d62728")]
    for points, (label, _) in zip(view.points, view.portions, strict=True):
        np.testing.assert_allclose(to_rgb(points.get_color()), colors[label], atol=1 / 255)
    for region, color in zip(view.regions, colors, strict=True):
        shares = (1 - np.array(to_rgb(region.get_facecolor()))) / (1 - np.array(color))
        np.testing.assert_allclose(shares, shares.mean(), atol=0.02)
        assert 0.05 < shares.mean() < 0.3


@pytest.mark.parametrize("palette", [("red",), ("red", "no"), ("red", "#FF0000"), 3, ("a", "b", 1)])
def test_other_palettes_are_refused(replay, palette):
    with pytest.raises(ValueError, match=r"^palette .*: give two"):
        replay.input_space().plot(palette=palette)


def test_title_and_sizes(replay):
    space = replay.feature_space()
    for made in (space, compare({"a": space, "b": space})):
        picture = made.picture(title="Mine", point_size=9, font_size=12)
        texts = [text.get_text() for text in picture.figure.findobj(matplotlib.text.Text)]
        assert any(text.startswith("Mine") for text in texts)
        assert picture.title_at(3) == "Mine at Epoch 3"
    picture = space.animate([3], title="Mine", point_size=9, font_size=12).picture
    assert {points.get_markersize() for points in space_view(picture).points} == {9}
    assert axes_of(picture).xaxis.label.get_fontsize() == 12
    axes = space.plot(title="Mine", font_size=12, point_size=9).ax_
    assert axes.get_title() == "Mine at Epoch 3"
    assert axes.xaxis.label.get_fontsize() == 12
    for name in ("font_size", "point_size"):
        with pytest.raises(ValueError, match=f"^{name} is -1: give a number from"):
            space.animate([3], **{name: -1})


def test_fonts_are_those_of_matplotlibs_settings(tmp_path):
    space = replayed(small()).input_space()
    default = axes_of(space.picture())
    with matplotlib.rc_context({"font.family": "serif", "font.size": 12, "lines.linewidth": 9}):
        picture = space.picture()
        picture.save(tmp_path / "still.svg", 3)
    label = axes_of(picture).xaxis.label
    assert (label.get_fontsize(), label.get_fontfamily()) == (12, ["serif"])
    assert default.xaxis.label.get_fontsize() == 10
    assert "DejaVu Serif" in (tmp_path / "still.svg").read_text()


@pytest.mark.parametrize("size", [4, 13, 30])
def test_text_stays_on_the_picture_at_any_size_of_font(size):
    space = replayed(small()).input_space()
    with matplotlib.rc_context({"font.size": size}):
        picture = space.picture(mark_errors=True)
    axes, width = axes_of(picture), picture.size[0]
    renderer = picture.canvas.get_renderer()
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label, *picture.figure.legends):
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= width
