"""A histogram of the losses of all points."""

import numpy as np

from torchreplay.views.charts import CORRECT, WRONG, Histogram

BINS = 20


class LossHistogram:
    """How many points have which loss; the black part of a bar is that of the misclassified.

    In regression no point is misclassified.
    """

    def __init__(self, axes, replay, looks):
        most = max(replay.at(epoch).losses.max() for epoch in replay.epochs) or 1
        edges = np.linspace(0, most, BINS + 1)
        highest = max(np.histogram(replay.at(k).losses, edges)[0].max() for k in replay.epochs)
        axes.set_title("Losses")
        ylabel = "points (black: wrong)" if replay.history.task.classes else "points"
        axes.set(xlabel="loss of a point", ylabel=ylabel)
        self.wrong, self.correct = (Histogram(axes, edges, color) for color in (WRONG, CORRECT))
        axes.set(xlim=(0, most), ylim=(0, 1.05 * highest))
        self.artists = (self.wrong.artist, self.correct.artist, *axes.spines.values())

    def draw(self, snapshot):
        """Count the points of an epoch; the bars of correct points cover those of all points."""
        self.wrong.count(snapshot.losses)
        self.correct.count(snapshot.losses[snapshot.correct])


PANELS = [LossHistogram]
