"""The boundary beyond a plane that has collapsed, what the legend says of it, and few points."""

import dataclasses

import numpy as np
import pytest
import torch
from conftest import axes_of, full_redraw, space_view
from helpers.pictures import picture_of

import common
from torchreplay.data.dataset import Dataset
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE


def history_of(weights, bias=0.0):
    """A record of one epoch of a 2-2-1 network: its hidden weights, and the bias of its output."""
    corners = torch.tensor([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
    dataset = Dataset(corners, torch.tensor([[0.0], [1.0], [1.0], [0.0]]))
    torch.manual_seed(41)
    history = common.train(common.make_network(dataset), dataset, epochs=1)
    names = list(history.parameters)
    values = (weights, np.zeros(2), [[1.0, 1.0]], [bias])
    parameters = {
        name: np.broadcast_to(np.float32(value), history.parameters[name].shape).copy()
        for name, value in zip(names, values, strict=True)
    }
    return dataclasses.replace(history, parameters=parameters, probes=None)


WIDE, TINY = 8 * np.eye(2), 0.1 * np.eye(2)
LINE = np.full((2, 2), 8.0)


def dashed(picture):
    """The dashed lines on the axes of a picture."""
    return [line for line in axes_of(picture).lines if line.get_linestyle() == "--"]


def words(picture):
    (legend,) = picture.figure.legends
    return [text.get_text() for text in legend.get_texts()][2:]


@pytest.mark.parametrize(
    ("weights", "bias", "ends", "legend"),
    [
        (WIDE, -1.0, None, ["decision boundary"]),
        (LINE, -1.2, [(0.2, 1.0), (1.0, 0.2)], ["decision boundary", "its line beyond the plane"]),
        (TINY, -1.5, [(0.5, 1.0), (1.0, 0.5)], ["decision boundary beyond the plane"]),
        (LINE, -3.0, None, []),
    ],
    ids=["wide", "collapsed", "beyond", "nowhere"],
)
def test_it_is_dashed_where_the_plane_has_collapsed(weights, bias, ends, legend):
    """The output unit is zero where h1 + h2 is its negative bias."""
    picture = picture_of(SpaceReplay(history_of(weights, bias), FEATURE_SPACE))
    frame = picture.draw(1).copy()
    assert words(picture) == legend
    assert len(dashed(picture)) == (ends is not None)
    for line in dashed(picture):
        places = sorted(line.get_xydata().tolist())
        across, up = zip(*ends, strict=True)
        np.testing.assert_allclose(np.interp(across, *np.transpose(places)), up, atol=1e-6)
    np.testing.assert_array_equal(frame, full_redraw(picture, 1))


def test_dashes_begin_far_beyond_the_axes():
    """Its middle is nearest to that of the axes; both halves are as long as their diagonal."""
    picture = picture_of(SpaceReplay(history_of(LINE, -1.2), FEATURE_SPACE))
    picture.draw(1)
    (line,) = dashed(picture)
    ends = line.get_xydata()
    np.testing.assert_allclose(ends.mean(axis=0), (0.6, 0.6), atol=1e-6)
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(2 * 2**0.5)


def test_plot_shows_it_too():
    axes = SpaceReplay(history_of(LINE, -1.2), FEATURE_SPACE).plot(epoch=1).ax_
    (line,) = [
        line for line in axes.lines if line.get_linestyle() == "--" and len(line.get_xdata())
    ]
    np.testing.assert_allclose(line.get_xydata().sum(axis=1), 1.2, atol=1e-6)


def test_input_space_has_none():
    picture = picture_of(SpaceReplay(history_of(LINE, -3.0), INPUT_SPACE))
    assert words(picture) == dashed(picture) == []


@pytest.mark.parametrize("mark_errors", [False, True])
def test_few_points_are_large_and_whole_within_the_axes(mark_errors, runs):
    picture = picture_of(SpaceReplay(history_of(WIDE), INPUT_SPACE), mark_errors=mark_errors)
    sizes = {points.get_markersize() for points in space_view(picture).points}
    many = {
        points.get_markersize() for points in space_view(picture_of(runs["input_space"])).points
    }
    assert min(sizes) >= 1.5 * max(many)
    box, dpi = axes_of(picture).bbox, picture.figure.dpi
    for corner in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        x, y = axes_of(picture).transData.transform(corner)
        room = min(x - box.x0, y - box.y0, box.x1 - x, box.y1 - y)
        assert room > max(sizes) / 2 * dpi / 72
