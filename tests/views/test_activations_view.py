"""The points on the activation functions, against an evaluation of the parameters in NumPy."""

import numpy as np
import pytest
import torch
from conftest import full_redraw, view_of
from helpers import formulas
from helpers.models import Functional, clouds, small
from helpers.pictures import picture_of
from matplotlib.colors import to_rgb
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.record.layers import hidden_activations, unit_inputs
from torchreplay.replay.recorder import Recorder
from torchreplay.views.activations import UnitActivations, divide, marked_slices, round_down
from torchreplay.views.looks import PALETTES


@pytest.fixture(scope="module")
def picture(runs):
    return picture_of(runs["feature_space"], ["activations"], size=240, palette="accessible")


@pytest.fixture(scope="module")
def view(picture):
    return view_of(picture, UnitActivations)


@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_bars_count_the_points_of_a_class(view, runs, dataset, weights, epoch):
    """Those of class 0 stand on the floor of a cell, those of class 1 hang from its ceiling."""
    view.draw(runs["feature_space"].at(epoch))
    W, b, _, _ = weights(epoch)
    z, t = dataset.X.double().numpy() @ W.T + b, dataset.y[:, 0].numpy()
    for unit in (0, 1):
        inside = z[:, unit].clip(-view.reach, view.reach)
        counts = [np.histogram(inside[t == label], view.edges)[0] for label in (0, 1)]
        for label, collection in enumerate(view.bars):
            left, floor = view.cells.corner(unit)
            x, y = (collection.get_paths()[unit].vertices - (left, floor)).T
            assert (x.min(), x.max()) == pytest.approx((0, 1))
            heights = (1 - y if label else y)[1:-1:2][:40]
            expected = 0.45 * counts[label] / np.max(counts)
            np.testing.assert_allclose(heights, expected, atol=0.45 * 3 / np.max(counts))


def test_curves_are_the_sigmoid_and_its_derivative(view):
    z = np.linspace(-view.reach, view.reach, 201)
    h = formulas.sigmoid(z)
    for unit, pair in enumerate(
        zip(view.curves.get_segments(), view.slopes.get_segments(), strict=True)
    ):
        for curve, expected in zip(pair, (h, h * (1 - h)), strict=True):
            x, y = (curve - view.cells.corner(unit)).T
            np.testing.assert_allclose(x, np.linspace(0, 1, 201), atol=1e-9)
            np.testing.assert_allclose(y, expected, atol=1e-5)


def test_shaded_is_where_the_derivative_is_small(view):
    left = view.shades.get_paths()[0].vertices[:, 0]
    z = view.reach * (2 * left.max() - 1)
    h = formulas.sigmoid(z)
    assert left.min() == pytest.approx(0)
    assert 4 * h * (1 - h) == pytest.approx(0.1, abs=0.02)


def test_scale_holds_for_nearly_all_points_of_the_film(view, weights, dataset):
    X = dataset.X.double().numpy()
    z = [np.abs(X @ weights(k)[0].T + weights(k)[1]) for k in range(201)]
    assert max(np.quantile(each, 0.995, axis=0).max() for each in z) == pytest.approx(view.reach)


def test_colors_are_those_of_the_classes(view):
    for bars, color in zip(view.bars, PALETTES["accessible"].points, strict=True):
        assert to_rgb(bars.get_facecolor()[0]) == to_rgb(color)


def test_frame_equals_a_full_redraw(picture):
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)


def test_of_wide_layers_some_units_are_drawn_and_it_is_said(larger_run):
    view = view_of(picture_of(larger_run, ["activations"], size=240), UnitActivations)
    assert view.drawn == [5, 5, 2]
    assert view.curves.axes.get_title() == "Activations of Hidden Units, 12 of 27"
    assert len(view.curves.get_segments()) == 12


@pytest.mark.parametrize(
    ("widths", "drawn"),
    [([2], [2]), ([10, 2], [10, 2]), ([15, 10, 2], [5, 5, 2]), ([100], [12]),
     ([3] * 14, [1] * 12 + [0] * 2)],
)  # fmt: skip
def test_units_are_shared_among_layers(widths, drawn):
    assert divide(widths, 12) == drawn


def test_marks_and_runs():
    assert [round_down(x) for x in (1, 1.99, 2, 9.9, 0.3)] == pytest.approx([1, 1, 2, 5, 0.2])
    marked = np.array([1, 1, 0, 1, 0, 0, 1], dtype=bool)
    assert [marked[run].tolist() for run in marked_slices(marked)] == [[True] * 2, [True], [True]]


def test_models_of_others():
    """Hidden activation functions that are modules, with what they are given, even in place."""
    X, y = clouds(40)
    relu = nn.ReLU(inplace=True)
    model = nn.Sequential(nn.Linear(2, 2), relu, nn.Linear(2, 1), nn.Sigmoid())
    history = Recorder(model, X, y).history()
    network = history.network(0)
    found = hidden_activations(history, network)
    assert list(found) == ["1"]
    (z,) = unit_inputs(network, found.values(), X)
    with torch.no_grad():
        np.testing.assert_allclose(z, model[0](X), atol=1e-6)
    Recorder(small(), X, y, loss=nn.BCEWithLogitsLoss()).replay().feature_space().animate(
        [0], size=240, views=["activations"]
    )
    for keep, words in (("parameters", "no hidden layer"), ("features", "keeps no parameters")):
        recorder = Recorder(Functional(), X, y, keep=keep)
        with pytest.raises(NetworkError, match=f"{words}.*: leave out the view activations"):
            recorder.replay().feature_space().animate([0], size=240, views=["activations"])
