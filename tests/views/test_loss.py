"""Loss and accuracy, against an evaluation of the recorded parameters in NumPy."""

import numpy as np
import pytest
from conftest import view_of
from matplotlib.colors import to_rgba

from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.loss import LossAndScore


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_curves_end_at_the_epoch(six, runs, exact, epoch):
    view = view_of(six, LossAndScore)
    view.draw(runs["feature_space"].at(epoch))
    p, loss, t = exact(epoch)
    for curve, value in zip(view.curves, (loss.mean(), np.mean((p >= 0.5) == t)), strict=True):
        np.testing.assert_array_equal(curve.line.get_xdata(), np.arange(epoch + 1))
        assert curve.line.get_ydata()[-1] == pytest.approx(value, abs=1e-5)
        np.testing.assert_array_equal(curve.dot.get_xydata(), curve.line.get_xydata()[-1:])
        assert curve.line.axes.get_xlim() == (0, 200)


def test_curves_of_points_held_out_are_dashed_on_the_same_scales(held_out, spaces):
    picture = SpaceReplay(held_out, spaces["input_space"]).picture(["loss"])
    view = view_of(picture, LossAndScore)
    picture.draw(3)
    values = (
        held_out.loss,
        held_out.validation_loss,
        held_out.accuracy,
        held_out.validation_accuracy,
    )
    for curve, expected, style in zip(view.curves, values, ("-", "--", "-", "--"), strict=True):
        np.testing.assert_array_equal(curve.line.get_ydata(), expected[:4])
        assert curve.line.get_linestyle() == style
    assert "(dashed: held out)" in picture.figure.axes[1].get_title()
    top = picture.figure.axes[1].get_ylim()[1]
    assert top == pytest.approx(1.05 * max(held_out.loss.max(), held_out.validation_loss.max()))


def test_each_curve_has_a_scale_of_its_own(six, runs, exact):
    """At the end of the loss its dot is where the left axis has it, that of accuracy the right."""
    view = view_of(six, LossAndScore)
    view.draw(runs["feature_space"].at(80))
    loss, accuracy = (curve.dot for curve in view.curves)
    assert [to_rgba(dot.get_color()) for dot in (loss, accuracy)] == [
        to_rgba(color) for color in ("#000000", "#808080")
    ]
    panel = accuracy.axes.get_window_extent()
    p, losses, t = exact(80)
    top = 1.05 * max(exact(epoch)[1].mean() for epoch in range(201))
    for dot, value, ceiling in (
        (loss, losses.mean(), top),
        (accuracy, np.mean((p >= 0.5) == t), 1.05),
    ):
        x, y = dot.get_transform().transform(dot.get_xydata())[0]
        assert x == pytest.approx(panel.x0 + 80 / 200 * panel.width, abs=0.01)
        assert y == pytest.approx(panel.y0 + value / ceiling * panel.height, abs=0.05)
