"""The diagram of the network, against the recorded parameters."""

import numpy as np
import pytest
from conftest import view_of
from helpers.pictures import picture_of
from matplotlib.colors import to_rgba

from torchreplay.views.network import NetworkDiagram


@pytest.fixture(scope="module")
def largest(weights):
    """The largest magnitude of a parameter at all epochs."""
    return max(np.abs(value).max() for epoch in range(201) for value in weights(epoch))


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_lines_are_the_weights(six, runs, weights, largest, epoch):
    """The largest of the whole film is five points wide; negative ones are brown, others teal."""
    view = view_of(six, NetworkDiagram)
    view.draw(runs["feature_space"].at(epoch))
    W, _, v, _ = weights(epoch)
    values = np.concatenate([W.ravel(), v.ravel()])
    widths = view.lines.get_linewidths()
    np.testing.assert_allclose(widths, 5 * np.abs(values) / largest, rtol=1e-5)
    colors = [to_rgba("#543005" if value < 0 else "#01665E") for value in values]
    np.testing.assert_array_equal(view.lines.get_colors(), colors)
    starts = np.array(view.lines.get_segments())[:, 0]
    assert len(np.unique(starts, axis=0)) == 4


def test_widths_hold_for_the_whole_film(six, largest):
    assert view_of(six, NetworkDiagram).largest == pytest.approx(largest, rel=1e-6)


def test_lines_join_the_units_that_their_weights_do(six, runs, weights):
    """Of all lines into a unit the one from the upper input comes first, as in a row of W."""
    view = view_of(six, NetworkDiagram)
    segments = np.array(view.lines.get_segments())
    np.testing.assert_array_equal(segments[:, 0, 0], [0, 0, 0, 0, 1, 1])
    np.testing.assert_array_equal(segments[:, 1, 0], [1, 1, 1, 1, 2, 2])
    (upper, lower), middle = np.unique(segments[:, 0, 1])[::-1], segments[-1, 1, 1]
    np.testing.assert_array_equal(segments[:, 0, 1], [upper, lower] * 3)
    np.testing.assert_array_equal(segments[:, 1, 1], [upper, upper, lower, lower, middle, middle])
    assert lower < middle < upper


def test_units_beyond_twelve_are_summarized(larger_run):
    view = view_of(picture_of(larger_run, ["network"]), NetworkDiagram)
    texts = [text.get_text() for text in view.lines.axes.texts]
    assert texts == ["input", "hidden 1\n12 of 15", "hidden 2", "hidden 3", "output"]
    assert len(view.lines.get_segments()) == 2 * 12 + 12 * 10 + 10 * 2 + 2


def test_lines_of_a_summarized_layer_are_its_first_units(larger, larger_run):
    view = view_of(picture_of(larger_run, ["network"]), NetworkDiagram)
    view.draw(larger_run.at(20))
    widths = np.array(view.lines.get_linewidths())
    weights = [values[20] for values in list(larger.parameters.values())[::2]]
    drawn = [weights[0][:12], weights[1][:, :12], weights[2], weights[3]]
    values = np.concatenate([np.abs(layer).ravel() for layer in drawn])
    np.testing.assert_allclose(widths / widths.max(), values / values.max(), rtol=1e-4)
