"""Rings around errors, against the formulas of the network."""

import numpy as np
import pytest
from conftest import BLUE, SCRIPTS, axes_of, full_redraw, is_color, view_of
from helpers import formulas
from helpers.pictures import picture_of

from torchreplay.data.dataset import Dataset
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.rings import ErrorRings


@pytest.fixture(scope="module")
def ringed(runs):
    """The pictures of both spaces with rings around errors, without a legend."""
    settings = {"mark_errors": True, "legend": False}
    return {name: picture_of(runs[name], **settings) for name in SCRIPTS}


@pytest.fixture(scope="module")
def plain(runs):
    """The same pictures without rings."""
    return {name: picture_of(runs[name], legend=False) for name in SCRIPTS}


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_rings_are_around_the_misclassified_points(ringed, plain, dataset, weights, name, epoch):
    picture = ringed[name]
    frame = picture.draw(epoch).copy()
    X, t = dataset.X.double().numpy(), dataset.y.numpy()
    wrong = ((formulas.probability(weights(epoch), X) >= 0.5) != t)[:, 0]
    expected = X[wrong]
    if name == "feature_space":
        expected = formulas.hidden_layer(weights(epoch), expected)
    rings = view_of(picture, ErrorRings).rings
    np.testing.assert_allclose(rings.get_xydata(), expected, atol=2e-6)
    assert (frame != plain[name].draw(epoch)).any() == wrong.any()


def test_a_ring_leaves_its_point_open(history, dataset, spaces):
    """At epoch 0 all are class 1: around a point of class 0 that stands alone there is a ring."""
    few = Dataset(dataset.X[:2] * 0 + 0.5, dataset.y[:2] * 0)
    run = SpaceReplay(history, spaces["input_space"], [0], few)
    picture = picture_of(run, mark_errors=True)
    frame = picture.draw(0)
    column, row = axes_of(picture).transData.transform((0.5, 0.5))
    row, column = round(719.5 - row), round(column - 0.5)
    assert is_color(frame[row, column], BLUE)
    for reach, dark in ((4, False), (6, True), (9, False)):
        assert (frame[row, column + reach, :3].max() < 140) == dark


def test_rings_are_drawn_as_in_a_full_redraw(ringed):
    picture = ringed["feature_space"]
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)
