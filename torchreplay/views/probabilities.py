"""How many points of a class are given which probability of class 1."""

from functools import partial

import numpy as np

from torchreplay.views.charts import CORRECT, WRONG, Histogram

EDGES = np.linspace(0, 1, 11)


class ProbabilityHistogram:
    """How many points of a class are given which probability of class 1; the wrong ones in red."""

    def __init__(self, axes, run, label):
        dataset, self.label = run.history.dataset, label
        self.members = dataset.y[:, 0].numpy() == label
        name = dataset.classes[label]
        axes.set_title(f"Class {label}" if name == str(label) else f"Class {label}: {name[:20]}")
        axes.set(xlabel="P(class 1)", ylabel="points")
        self.bars = [Histogram(axes, EDGES, color) for color in (CORRECT, WRONG)]
        axes.set(xlim=(0, 1), ylim=(0, self.members.sum()))
        self.artists = (*(bars.artist for bars in self.bars), *axes.spines.values())

    def draw(self, snapshot):
        """Count the points of an epoch."""
        probability = snapshot.probability[self.members]
        correct = (probability >= 0.5) == self.label
        for bars, chosen in zip(self.bars, (correct, ~correct), strict=True):
            bars.count(probability[chosen])


PANELS = [partial(ProbabilityHistogram, label=label) for label in (0, 1)]
