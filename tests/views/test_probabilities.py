"""The histograms of probability, against an evaluation of the recorded parameters in NumPy."""

import numpy as np
import pytest
from conftest import heights, near_counts
from matplotlib.colors import to_rgba

from torchreplay.data.dataset import Dataset
from torchreplay.pictures.picture import new_figure
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.looks import Looks
from torchreplay.views.probabilities import ProbabilityHistogram

TENTHS = np.linspace(0, 1, 11)


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
@pytest.mark.parametrize("label", [0, 1])
def test_bars_count_the_points_of_a_class(six, runs, exact, epoch, label):
    (view,) = (
        view
        for view in six.parts[0].views
        if isinstance(view, ProbabilityHistogram)
        and view.bars[0].artist.axes.get_title() == f"Points of class {label}"
    )
    view.draw(runs["feature_space"].at(epoch))
    p, _, t = exact(epoch)
    correct, wrong = (heights(bars, TENTHS) for bars in view.bars)
    near_counts(correct + wrong, p[t == label], TENTHS)
    assert correct.sum() == ((p >= 0.5) == t)[t == label].sum()
    assert (correct + wrong).sum() == 1000
    assert view.bars[0].artist.axes.get_ylim() == (0, 1000)
    assert view.bars[0].artist.axes.get_xlim() == (0, 1)
    assert [bars.artist.get_facecolor() for bars in view.bars] == [
        to_rgba(color) for color in ("#A0A0A0", "#000000")
    ]
    right = slice(5, None) if label else slice(0, 5)
    assert correct[right].sum() == correct.sum() and wrong[right].sum() == 0


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        (("0", "1"), ("class 0", "class 1")),
        (("a rather long name of a class", "b"), ("a rather long name …", "b")),
        (("_a_", "$b$"), ("_a_", "$b$")),
    ],
)
def test_titles_name_the_classes(history, spaces, dataset, classes, names):
    named = Dataset(dataset.X, dataset.y, classes=classes)
    record = type(history)(named, history.parameters, history.loss, history.accuracy, history.model)
    run, figure = SpaceReplay(record, spaces["feature_space"], [200], named), new_figure(60)
    for label, name in enumerate(names):
        axes = ProbabilityHistogram(figure.add_subplot(), run, Looks(), label).bars[0].artist.axes
        assert axes.get_title() == f"Points of {name}"
        assert axes.get_xlabel() == f"probability of {names[1]}"
        assert not axes.title.get_parse_math() and not axes.xaxis.label.get_parse_math()


def test_points_that_are_not_drawn_are_counted(million):
    """Of a million points, too."""
    figure = new_figure(60)
    for label in (0, 1):
        view = ProbabilityHistogram(figure.add_subplot(), million, Looks(), label)
        view.draw(million.at(80))
        assert sum(heights(bars, TENTHS).sum() for bars in view.bars) == 500_000
