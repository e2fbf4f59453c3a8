"""A histogram of the probability of class 1, for the points of each class."""

from functools import partial

import numpy as np

from torchreplay.views.charts import CORRECT, WRONG, Histogram
from torchreplay.views.titles import class_names

EDGES = np.linspace(0, 1, 11)


class ProbabilityHistogram:
    """How many points of a class have which probability of class 1; black ones are wrong."""

    def __init__(self, axes, replay, looks, label):
        dataset = replay.history.dataset.trained
        self.members = dataset.y[:, 0].numpy() == label
        names = class_names(dataset)
        axes.set_title(f"Points of {names[label]}", parse_math=False)
        axes.set_xlabel(f"probability of {names[1]}", parse_math=False)
        axes.set_ylabel("points (black: wrong)")
        self.bars = [Histogram(axes, EDGES, color) for color in (CORRECT, WRONG)]
        axes.set(xlim=(0, 1), ylim=(0, self.members.sum()))
        self.artists = (*(bars.artist for bars in self.bars), *axes.spines.values())

    def draw(self, snapshot):
        """Count the points of an epoch."""
        probability = snapshot.predictions[self.members, -1]
        correct = snapshot.correct[self.members]
        for bars, chosen in zip(self.bars, (correct, ~correct), strict=True):
            bars.count(probability[chosen])


PANELS = [partial(ProbabilityHistogram, label=label) for label in (0, 1)]
