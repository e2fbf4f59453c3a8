"""The maps of hidden units, against formulas in NumPy and float64."""

import numpy as np
import pytest
import torch
from conftest import full_redraw, trained, view_of
from helpers import formulas
from helpers.models import LOGIT, Functional, clouds, replayed
from helpers.pictures import picture_of
from matplotlib import pyplot
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.views.charts import SIGNS
from torchreplay.views.units import UnitMaps, strongest


def units_of(history, **settings):
    space = SpaceReplay(history, INPUT_SPACE, **settings)
    return view_of(picture_of(space, ["units"], size=240), UnitMaps), space


def map_points(view, k):
    """The map of a unit, (rows, columns, 4), and the points of its pixels, (rows, columns, 2)."""
    pixels = view.maps[k].get_array()
    low, high = np.array(view.plane.low), np.array(view.plane.high)
    shares = (np.arange(len(pixels)) + 0.5) / len(pixels)
    x, y = (low + shares[:, None] * (high - low)).T
    return pixels, np.stack(np.meshgrid(x, y), axis=-1)


def lines_of(view, k):
    """The zero lines of a unit in the input plane: arrays (m, 2)."""
    low, high = np.array(view.plane.low), np.array(view.plane.high)
    left, right, bottom, top = view.cells.extent(k)
    return [
        low + (line - (left, bottom)) * (high - low)
        for line in view.lines.get_segments()
        if left - 1e-6 <= line[:, 0].min() and line[:, 0].max() <= right + 1e-6
        and bottom - 1e-6 <= line[:, 1].min() and line[:, 1].max() <= top + 1e-6
    ]  # fmt: skip


def parameters(history, epoch):
    """Weights and biases of every layer, pairs in float64."""
    values = [value[epoch].astype(float) for value in history.parameters.values()]
    return list(zip(values[::2], values[1::2], strict=True))


@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_colors_are_the_sigmoid_at_every_pixel(history, weights, epoch):
    view, space = units_of(history)
    view.draw(space.at(epoch))
    W, b, _, _ = weights(epoch)
    for unit in (0, 1):
        pixels, x = map_points(view, unit)
        h = formulas.sigmoid(x @ W[unit] + b[unit])
        expected = 255 * SIGNS(0.5 + 0.35 * (2 * h - 1))
        np.testing.assert_allclose(pixels, expected, atol=3.5)  # of 255


@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_zero_lines_of_the_first_layer(history, weights, epoch):
    view, space = units_of(history)
    view.draw(space.at(epoch))
    W, b, _, _ = weights(epoch)
    for unit in (0, 1):
        corners = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)]) @ W[unit] + b[unit]
        lines = lines_of(view, unit)
        assert len(lines) == (corners.min() < 0 < corners.max())
        for place in (place for line in lines for place in line):
            assert abs(W[unit] @ place + b[unit]) < 1e-5
            assert np.isclose([view.plane.low, view.plane.high], place, atol=1e-6).any()


def test_deeper_units():
    """Two layers of tanh: colors and zero lines of the second, which bend."""
    history = trained("circles", (8, 2), "tanh", 0.3)
    view, space = units_of(history)
    assert view.drawn == [list(range(8)), [0, 1]]
    view.draw(space.at(history.last))
    (W, b), (V, c), _ = parameters(history, history.last)
    for unit in (0, 1):
        pixels, x = map_points(view, 8 + unit)
        z = np.tanh(x @ W.T + b) @ V[unit] + c[unit]
        np.testing.assert_allclose(pixels, 255 * SIGNS(0.5 + 0.35 * np.tanh(z)), atol=3.5)  # of 255
        lines = lines_of(view, 8 + unit)
        assert lines
        for line in lines:
            assert np.abs(np.tanh(line @ W.T + b) @ V[unit] + c[unit]).max() < 1e-4


def test_scale_of_relu_holds_for_all_epochs():
    history = trained("moons", (3,), "relu", 0.3)
    view, _ = units_of(history)
    low, high = view.plane.low, view.plane.high
    corners = np.array([(x, y) for x in (low[0], high[0]) for y in (low[1], high[1])])
    largest = max(
        (corners @ W.T + b).max()
        for W, b in (parameters(history, epoch)[0] for epoch in range(history.last + 1))
    )
    np.testing.assert_allclose(view.scales, [[0, 0, largest]], rtol=1e-5)
    assert f"white 0, teal {largest:.3g}" in view.lines.axes.get_xlabel()


def test_of_wide_layers_those_with_the_largest_outgoing_weights():
    history = trained("moons", (70,), "tanh", 0.1, epochs=5)
    view, _ = units_of(history)
    (_, (V, _)) = parameters(history, history.last)
    assert view.drawn == [sorted(np.argsort(-np.abs(V[0]))[:24].tolist())]
    assert view.lines.axes.get_title() == "What Hidden Units Put Out, 24 of 70"
    assert len(view.maps) == 24


def test_outgoing_weights_of_models_of_others():
    """The norm of all weights of a unit; without a linear layer after it, the first units."""
    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Linear(2, 30), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(30, 20), nn.Tanh(),
        nn.BatchNorm1d(20), nn.Linear(20, 1),
    )  # fmt: skip
    history = replayed(model).history
    view, _ = units_of(history)
    V = history.parameters["3.weight"][-1]
    assert view.drawn[0] == sorted(np.argsort(-np.linalg.norm(V, axis=0))[:12].tolist())
    assert view.drawn[1] == list(range(12))


@pytest.mark.parametrize(
    ("widths", "weights", "drawn"),
    [
        ([3], [None], [[0, 1, 2]]),
        ([4], [np.array([1.0, 3, 2, 3])], [[1, 3]]),
        ([4, 1], [np.array([1.0, 3, 2, 3]), np.array([0.1])], [[1], [0]]),
    ],
)
def test_strongest(widths, weights, drawn):
    assert strongest(widths, weights, 3 if widths == [3] else 2) == drawn


def test_maps_are_squares_on_any_axes(history):
    space, (figure, axes) = SpaceReplay(history, INPUT_SPACE), pyplot.subplots(figsize=(8, 3))
    space.plot(ax=figure.add_axes((0, 0, 0.1, 0.1)), views={"units": axes})
    figure.canvas.draw()
    (left, bottom), (right, top) = axes.transData.transform([(0, 0), (1, 1)])
    assert right - left == pytest.approx(top - bottom)


def test_frame_equals_a_full_redraw(history):
    picture = picture_of(SpaceReplay(history, INPUT_SPACE), ["units"], size=240)
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)


def test_what_has_no_maps_is_refused():
    X, y = clouds(features=3)
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    space = Recorder(model, X, y, loss=LOGIT).replay().feature_space()
    with pytest.raises(NetworkError, match="units needs data of two features: leave it out"):
        space.animate([0], size=240, views=["units"])
    space = Recorder(Functional(), *clouds()).replay().feature_space()
    with pytest.raises(NetworkError, match=r"no hidden layer.*: leave out the view units"):
        space.animate([0], size=240, views=["units"])
