"""The planes after every step as small panels, against formulas in NumPy."""

import numpy as np
import pytest
from conftest import full_redraw, trained, view_of
from helpers import formulas
from helpers.models import LOGIT, X, Y, small
from helpers.pictures import picture_of
from matplotlib import pyplot

from torchreplay import NetworkError, Recorder
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE
from torchreplay.views.layers import LayerPlanes


def test_points_of_every_panel(history, dataset, weights):
    """Where they are drawn, in all portions of both classes."""
    picture = picture_of(SpaceReplay(history, FEATURE_SPACE, [0, 80]), ["layers"], size=240)
    picture.draw(80)
    W, b, _, _ = weights(80)
    x = dataset.X.double().numpy()
    z = x @ W.T + b
    panels = view_of(picture, LayerPlanes).panels
    for (_, (space, *_)), expected in zip(panels, (x, z, formulas.sigmoid(z)), strict=True):
        for points, (_, rows) in zip(space.points, space.portions, strict=True):
            np.testing.assert_allclose(points.get_xydata(), expected[rows], atol=2e-5)


@pytest.mark.parametrize("space", [INPUT_SPACE, FEATURE_SPACE])
def test_frame_equals_a_full_redraw(history, space):
    picture = picture_of(SpaceReplay(history, space, [20, 60]), ["layers", "loss"], size=240)
    frame = picture.draw(60).copy()
    picture.draw(20)
    np.testing.assert_array_equal(picture.draw(60), frame)
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)


def test_panels_are_squares_within_the_axes_and_named():
    history = trained("circles", (2, 2, 2), "tanh", 0.5, epochs=5)
    figure, axes = pyplot.subplots(figsize=(8, 3))
    SpaceReplay(history, FEATURE_SPACE).plot(
        ax=figure.add_axes((0, 0, 0.1, 0.1)), views={"layers": axes}
    )
    figure.canvas.draw()
    assert axes.get_title() == "Layer by Layer, 4 of 7 Steps"
    assert [text.get_text() for text in axes.texts] == [
        "input", *(f"hidden {k}: tanh" for k in (1, 2, 3))
    ]  # fmt: skip
    assert len(axes.child_axes) == 4
    for panel in axes.child_axes:
        assert panel.bbox.width == pytest.approx(panel.bbox.height)
        assert axes.bbox.padded(1).contains(*panel.bbox.min)
        assert axes.bbox.padded(1).contains(*panel.bbox.max)


def test_a_record_without_parameters_is_refused():
    space = Recorder(small(), X, Y, loss=LOGIT, keep="features").replay().feature_space()
    with pytest.raises(NetworkError, match="keeps no parameters: leave out the view layers"):
        space.animate([0], size=240, views=["layers"])
