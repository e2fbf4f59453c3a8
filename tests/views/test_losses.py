"""The histogram of losses, against an evaluation of the recorded parameters in NumPy."""

import numpy as np
import pytest
from conftest import heights, near_counts, view_of
from matplotlib.colors import to_rgba

from torchreplay.pictures.picture import new_figure
from torchreplay.views.looks import Looks
from torchreplay.views.losses import LossHistogram


@pytest.fixture(scope="module")
def edges(exact):
    """Of 20 bins, up to the largest loss of all epochs."""
    return np.linspace(0, max(exact(epoch)[1].max() for epoch in range(201)), 21)


@pytest.fixture(scope="module")
def highest(exact, edges):
    """The points in the highest bar of all epochs."""
    return max(np.histogram(exact(epoch)[1], edges)[0].max() for epoch in range(201))


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_bars_count_the_points(six, runs, exact, edges, highest, epoch):
    view = view_of(six, LossHistogram)
    view.draw(runs["feature_space"].at(epoch))
    _, loss, _ = exact(epoch)
    counts = heights(view.wrong, view.wrong.edges)
    near_counts(counts, loss, view.wrong.edges)
    assert counts.sum() == 2000
    axes = view.wrong.artist.axes
    assert axes.get_ylim() == pytest.approx((0, 1.05 * highest))
    assert axes.get_xlim() == pytest.approx((0, edges[-1]), rel=1e-4)


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_bars_of_the_correct_stand_in_front_of_all(six, runs, exact, epoch):
    """What is seen of the bars behind them are the misclassified, black."""
    view = view_of(six, LossHistogram)
    view.draw(runs["feature_space"].at(epoch))
    p, loss, t = exact(epoch)
    correct = (p >= 0.5) == t
    counts = heights(view.correct, view.wrong.edges)
    near_counts(counts, loss[correct], view.wrong.edges)
    assert counts.sum() == correct.sum()
    assert (counts <= heights(view.wrong, view.wrong.edges)).all()
    axes, ours = view.wrong.artist.axes, [view.wrong.artist, view.correct.artist]
    assert [artist for artist in axes.patches if artist in ours] == ours
    assert view.wrong.artist.get_zorder() == view.correct.artist.get_zorder()
    assert [artist.get_facecolor() for artist in ours] == [
        to_rgba(color) for color in ("#000000", "#A0A0A0")
    ]


def test_bins_reach_the_largest_loss_of_all_epochs(six, edges):
    view = view_of(six, LossHistogram)
    np.testing.assert_allclose(view.wrong.edges, edges, rtol=1e-4)
    np.testing.assert_array_equal(view.correct.edges, view.wrong.edges)
    heights(view.wrong, view.wrong.edges)


def test_points_that_are_not_drawn_are_counted(million):
    """Of a million points, too."""
    view = LossHistogram(new_figure(60).add_subplot(), million, Looks())
    view.draw(million.at(200))
    assert heights(view.wrong, view.wrong.edges).sum() == 1_000_000
