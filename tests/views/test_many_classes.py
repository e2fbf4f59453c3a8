"""Views of three to twenty classes and of regression, against the recorded parameters in NumPy."""

import numpy as np
import pytest
from conftest import full_redraw, space_view, view_of
from helpers.tasks import hill, learned, put_out
from matplotlib.colors import to_hex
from matplotlib.text import Text

from torchreplay.errors import UserError
from torchreplay.replay.compare import compare
from torchreplay.views import panels_of
from torchreplay.views.activations import UnitActivations
from torchreplay.views.class_labels import ClassLabels
from torchreplay.views.loss import LossAndScore
from torchreplay.views.losses import LossHistogram
from torchreplay.views.probabilities import TrueClassHistograms

EVERYTHING = [
    "loss", "losses", "gradients", "updates", "violins", "activations", "surface", "weights",
    "network",
]  # fmt: skip


@pytest.mark.parametrize("classes", [0, 3, 20])
def test_frames_of_all_views_equal_full_redraws(classes):
    views = EVERYTHING + ["probabilities", "confusion"] * (classes > 0)
    picture = learned(classes).feature_space().picture(views)
    for epoch in (6, 0):
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


@pytest.mark.parametrize("classes", [3, 20])
def test_bars_are_the_shares_of_points_by_the_probability_of_their_class(classes):
    space = learned(classes).feature_space()
    picture = space.picture(["probabilities"])
    picture.draw(6)
    view, data = view_of(picture, TrueClassHistograms), space.history.dataset
    z, label = put_out(space.history, 6, data.X), data.y[:, 0].long().numpy()
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    own, right = p[np.arange(len(z)), label], z.argmax(axis=1) == label
    for bars, chosen in zip(view.bars, (right | ~right, right), strict=True):
        boxes = [path.get_extents() for path in bars.get_paths()]
        shown = sum(box.height for box in boxes)
        assert shown == pytest.approx(sum((chosen & (label == k)).sum() / (label == k).sum()
                                          for k in range(classes)))  # fmt: skip
        for k in range(classes):
            left, floor = view.cells.corner(k)
            members = own[chosen & (label == k)]
            found = {
                round(10 * (box.x0 - left)): box.height
                for box in boxes
                if 0 <= box.x0 - left < 1 and box.y0 == pytest.approx(floor)
            }
            counts = np.histogram(members, np.linspace(0, 1, 11))[0] / (label == k).sum()
            assert found == pytest.approx({n: share for n, share in enumerate(counts) if share})


def test_probabilities_of_many_classes_are_one_panel():
    assert len(panels_of(["probabilities"], 3)) == 1
    assert len(panels_of(["all"], 3)) == 3
    assert len(panels_of(["all"], 0)) == 2, "there are none in regression"
    figure_axes = learned(3).feature_space().plot().figure_.subplots(1, 2)
    with pytest.raises(UserError, match="view 'probabilities' needs 1 Axes, not 2"):
        learned(3).feature_space().plot(views={"probabilities": figure_axes})


@pytest.mark.parametrize(("classes", "thin"), [(3, 3), (10, 10), (11, 0)])
def test_each_of_few_classes_has_a_curve_of_its_accuracy(classes, thin):
    space = learned(classes).feature_space()
    picture = space.picture(["loss"])
    picture.draw(6)
    view = view_of(picture, LossAndScore)
    data = space.history.dataset
    right = put_out(space.history, 6, data.X).argmax(axis=1) == data.y[:, 0].numpy()
    assert len(view.curves) == thin + 2
    for k, curve in enumerate(view.curves[:thin]):
        expected = right[data.y[:, 0].numpy() == k].mean()
        assert curve.line.get_ydata()[-1] == pytest.approx(expected)
        assert curve.line.get_color() == picture.palette.points[k]
    assert ("thin: of each class" in view.curves[-2].line.figure.axes[1].get_title()) == bool(thin)


def test_regression_shows_r_squared_rmse_and_losses_of_which_none_is_wrong():
    space = learned(0).feature_space()
    picture = space.picture(["loss", "losses"])
    picture.draw(6)
    view, losses = view_of(picture, LossAndScore), view_of(picture, LossHistogram)
    y = space.history.dataset.y.double().numpy()
    error = put_out(space.history, 6, space.history.dataset.X) - y
    loss, score = (curve.line.get_ydata()[-1] for curve in view.curves)
    assert loss == pytest.approx((error**2).mean(), rel=1e-4)
    assert score == pytest.approx(1 - (error**2).mean() / y.var(), abs=1e-4)
    assert [part.get_text() for part in view.title.artists] == [f"{(error**2).mean() ** 0.5:.3g}"]
    low, high = view.curves[1].line.axes.get_ylim()
    assert -1 <= low <= 0 and high > 1
    counts = [bars.artist.get_data().values for bars in (losses.correct, losses.wrong)]
    np.testing.assert_array_equal(*counts)
    assert losses.wrong.artist.axes.get_ylabel() == "points"


@pytest.mark.parametrize("classes", [0, 3])
def test_bars_of_groups_stand_on_each_other(classes):
    """The last outline ends where the histogram of all points does; each has its color."""
    space = learned(classes).feature_space()
    picture = space.picture(["activations"])
    picture.draw(6)
    view, data = view_of(picture, UnitActivations), space.history.dataset
    assert len(view.bars) == space.history.task.areas
    assert [to_hex(bars.get_facecolor()[0][:3]).upper() for bars in view.bars] == [
        color.upper() for color in picture.palette.points
    ]
    weight, bias = (v[6].astype(float) for v in [*space.history.parameters.values()][:2])
    z = (data.X.double().numpy() @ weight.T + bias).clip(-view.reach, view.reach)
    for unit in range(4):
        _, floor = view.cells.corner(unit)
        tops = view.bars[-1].get_paths()[unit].vertices[:80:2, 1] - floor
        counts = np.histogram(z[:, unit], view.edges)[0]
        np.testing.assert_allclose(tops, 0.9 * counts / counts.max(), atol=0.9 * 2 / counts.max())


@pytest.mark.parametrize(("classes", "rows"), [(3, 1), (10, 2)])
def test_legend_has_at_most_two_rows_in_a_font_that_can_be_read(classes, rows):
    picture = learned(classes).feature_space().picture(mark_errors=True)
    (legend,) = picture.figure.legends
    boxes = [text.get_window_extent() for text in legend.get_texts()]
    words = [text.get_text() for text in legend.get_texts()]
    assert {f"kind {k}" for k in range(classes)} <= set(words)
    assert len({round(box.y0 / 10) for box in boxes}) == rows
    assert min(text.get_fontsize() for text in legend.get_texts()) >= 6.5
    (axes,), box = picture.figure.axes, legend.get_window_extent()
    assert axes.bbox.y1 + 5 / 72 * 120 < box.y0 and box.y1 < axes.title.get_window_extent().y0
    assert box.x0 > 0 and box.x1 < 720


def test_more_than_ten_classes_have_their_names_among_their_points():
    space = learned(11).feature_space()
    picture = space.picture()
    (legend,) = picture.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["decision boundary"]
    (labels,) = [each for each in space_view(picture).labels if isinstance(each, ClassLabels)]
    label, (axes,) = space.points.y[:, 0].numpy(), picture.figure.axes
    for epoch in (0, 6):
        picture.draw(epoch)
        images = space.at(epoch).images
        for k, text in enumerate(labels.artists):
            box, place = text.get_window_extent(), np.median(images[label == k], axis=0)
            assert text.get_text() == f"kind {k}"
            assert axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1
            if (np.abs(place) < 0.7).all():
                assert text.get_position() == pytest.approx(tuple(place))
    assert not space_view(space.picture(legend=False)).labels


def test_numbers_have_no_errors_to_be_marked():
    space = learned(0).feature_space()
    for shown in (space, compare({"1": space, "2": space})):
        with pytest.raises(UserError) as refused:
            shown.animate(mark_errors=True)
        expected = "there are no errors in regression: leave out mark_errors=True"
        assert str(refused.value) == expected


def test_classes_and_numbers_are_not_compared():
    with pytest.raises(UserError, match="some runs learn classes, others numbers"):
        compare({"1": learned(0), "2": learned(3)})


def test_runs_of_other_labels_are_compared_on_the_same_levels():
    """Their levels are those of all labels together; the records themselves stay as they were."""
    low, high = learned(0), learned(0, height=3.0)
    before = low.history.task.levels
    both = compare({"low": low.feature_space(), "high": high.feature_space()})
    assert {space.history.task.levels for space in both.spaces} == {(0.5, 1.0, 1.5, 2.0, 2.5)}
    assert low.history.task.levels == before != both.spaces[0].history.task.levels
    assert float(hill(height=3.0).y.max()) < 3
    picture = both.picture()
    frame = picture.draw(6).copy()
    np.testing.assert_array_equal(full_redraw(picture, 6), frame)


def test_runs_of_fewer_classes_have_the_colors_of_the_most():
    both = compare({"2": learned(2).feature_space(), "3": learned(3).feature_space()})
    picture = both.picture()
    assert len(picture.palette.points) == 3
    (legend,) = picture.figure.legends
    assert [text.get_text() for text in legend.get_texts()][:3] == ["kind 0", "kind 1", "kind 2"]


@pytest.mark.parametrize("classes", [3, 20])
def test_output_units_have_the_names_of_classes(classes):
    picture = (
        learned(classes).feature_space().animate(size=1440, views=["weights", "network"]).picture
    )
    for axes in picture.figure.axes[1:3]:
        words = [text.get_text() for text in axes.texts]
        assert "out" not in words
        assert {"kind 0", "kind 1", "kind 2"} <= set(words)


def test_where_there_is_no_boundary_the_legend_names_none(monkeypatch):
    """Many classes then have no legend at all, and the scale of numbers speaks of no lines."""
    monkeypatch.setattr("torchreplay.pictures.composition.lines_shown", lambda replay: (False,) * 2)
    assert learned(11).feature_space().picture().figure.legends == []
    for projection, expected in (("pca", {"height"}), (None, {"height, level lines"})):
        space = learned(0).feature_space(projection=projection)
        monkeypatch.undo()
        words = {text.get_text() for text in space.picture().figure.findobj(Text)}
        assert {each for each in words if each.startswith("height")} == expected
