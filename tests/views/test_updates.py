"""The relative sizes of updates, against gradient descent by hand and NumPy."""

import dataclasses

import numpy as np
import pytest
from conftest import full_redraw, view_of
from helpers import formulas
from helpers.pictures import picture_of

from torchreplay.views.updates import UpdateSizes, update_sizes


@pytest.fixture(scope="module")
def picture(runs):
    return picture_of(runs["feature_space"], ["updates"], size=240)


@pytest.mark.parametrize("epoch", [1, 80, 200])
def test_curves_end_at_the_step_of_backpropagation_by_hand(picture, runs, dataset, weights, epoch):
    """A step of gradient descent is the learning rate, 3, times the gradient."""
    view = view_of(picture, UpdateSizes)
    view.draw(runs["feature_space"].at(epoch))
    before = weights(epoch - 1)
    X, t = dataset.X.double().numpy(), dataset.y.double().numpy()
    steps = formulas.gradients(before, X, t)
    for curve, part in zip(view.curves, (slice(0, 2), slice(2, 4)), strict=True):
        step, size = (np.sqrt(sum((v**2).sum() for v in each[part])) for each in (steps, before))
        assert curve.dot.get_ydata()[0] == pytest.approx(3 * step / size, rel=1e-3)
        assert curve.line.axes.get_yscale() == "log"


def test_no_step_leads_to_the_initialization(picture, runs):
    view = view_of(picture, UpdateSizes)
    view.draw(runs["feature_space"].at(0))
    assert all(np.isnan(curve.dot.get_ydata()).all() for curve in view.curves)


def test_layers_that_do_not_move_have_no_curve(history):
    """Neither has one whose parameters were all zero, and the scale is that of the others."""
    for value, expected in ((1, 0), (0, np.nan)):
        still = {name: values.copy() for name, values in history.parameters.items()}
        still["logit.0.weight"][:], still["logit.0.bias"][:] = value, value
        sizes = update_sizes(dataclasses.replace(history, parameters=still), 5)
        np.testing.assert_array_equal(sizes[1:, 0], np.full(5, expected))
        assert (sizes[1:, 1] > 0).all()


def test_frame_equals_a_full_redraw(picture):
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)
