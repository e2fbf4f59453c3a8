"""The histogram of losses, against an evaluation of the recorded parameters in NumPy."""

import numpy as np
import pytest
from conftest import heights, near_counts, view_of
from matplotlib.colors import to_rgba

from torchreplay.picture import new_figure
from torchreplay.views.losses import LossHistogram


@pytest.fixture(scope="module")
def edges(exact):
    """Of 20 bins, up to the largest loss of all epochs."""
    return np.linspace(0, max(exact(epoch)[1].max() for epoch in range(201)), 21)


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_bars_count_the_points(six, runs, exact, edges, epoch):
    view = view_of(six, LossHistogram)
    view.draw(runs["feature_space"].at(epoch))
    _, loss, _ = exact(epoch)
    counts = heights(view.bars, view.bars.edges)
    near_counts(counts, loss, view.bars.edges)
    assert counts.sum() == 2000
    axes = view.bars.artist.axes
    assert axes.get_ylim() == (0, 2000)
    assert axes.get_xlim() == pytest.approx((0, edges[-1]), rel=1e-4)
    assert view.bars.artist.get_facecolor() == to_rgba("#808080")


def test_bins_reach_the_largest_loss_of_all_epochs(six, edges):
    view = view_of(six, LossHistogram)
    np.testing.assert_allclose(view.bars.edges, edges, rtol=1e-4)
    heights(view.bars, view.bars.edges)


def test_points_that_are_not_drawn_are_counted(million):
    """Of a million points, too."""
    view = LossHistogram(new_figure(60).add_subplot(), million)
    view.draw(million.at(200))
    assert heights(view.bars, view.bars.edges).sum() == 1_000_000
