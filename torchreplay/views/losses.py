"""How many points have which loss."""

import numpy as np

from torchreplay.views.charts import CORRECT, Histogram

BINS = 20


class LossHistogram:
    """How many points have which loss."""

    def __init__(self, axes, run):
        most = max(run.at(epoch).losses.max() for epoch in run.epochs) or 1
        axes.set_title("Losses")
        axes.set(xlabel="loss of a point", ylabel="points")
        self.bars = Histogram(axes, np.linspace(0, most, BINS + 1), CORRECT)
        axes.set(xlim=(0, most), ylim=(0, len(run.history.dataset.y)))
        self.artists = (self.bars.artist, *axes.spines.values())

    def draw(self, snapshot):
        """Count the points of an epoch."""
        self.bars.count(snapshot.losses)


PANELS = [LossHistogram]
