"""A histogram of probabilities for the points of each class: of class 1, or of the true class."""

from functools import partial

import numpy as np
from matplotlib.collections import PolyCollection

from torchreplay.views.cells import Cells
from torchreplay.views.charts import CORRECT, WRONG, Histogram
from torchreplay.views.swatches import SWATCH_WIDTH, swatches
from torchreplay.views.titles import class_names, shorten

EDGES, BAR_GAP = np.linspace(0, 1, 11), 0.01


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


class TrueClassHistograms:
    """For every class a cell: which share of its points has which probability of the true class.

    Black parts of bars are wrong.
    """

    def __init__(self, axes, replay, looks):
        dataset, names = replay.history.dataset.trained, replay.history.dataset.class_names
        self.label = dataset.y[:, 0].long().numpy()
        self.sizes = np.maximum(np.bincount(self.label, minlength=len(names)), 1)[:, None]
        self.cells = Cells(axes, len(names))
        axes.set_title("Points of Each Class")
        axes.set_xlabel("probability of the true class")
        axes.set_ylabel("share of points (black: wrong)")
        self.cells.name(axes, list(map(shorten, names)), indent=SWATCH_WIDTH)
        corners = [self.cells.place(k)([[0], [1]])[0] for k in range(len(names))]
        swatches(axes, looks.palette, corners, (SWATCH_WIDTH / 2, 6))
        self.cells.tick_at(axes, (0, 0.5, 1))
        self.bars = [
            axes.add_collection(PolyCollection([], facecolors=color, linewidths=0), False)
            for color in (WRONG, CORRECT)
        ]
        self.artists = (*self.bars, self.cells.frame(axes))

    def draw(self, snapshot):
        """Count the points of an epoch; the bars of correct points cover those of all points."""
        own = snapshot.predictions[np.arange(len(self.label)), self.label]
        everywhere = np.ones(len(own), bool)
        for bars, chosen in zip(self.bars, (everywhere, snapshot.correct), strict=True):
            bars.set_verts(self._outlines(own[chosen], self.label[chosen]))

    def _outlines(self, probability, label):
        """The bars of some points, in all cells: a list of rectangles."""
        ends = np.arange(len(self.sizes) + 1) - 0.5
        counts, _, _ = np.histogram2d(label, probability, (ends, EDGES))
        outlines = []
        for k, share in enumerate(counts / self.sizes):
            place = self.cells.place(k)
            outlines += [
                place([[left, left, right, right], [0, height, height, 0]])
                for left, right, height in zip(EDGES, EDGES[1:] - BAR_GAP, share, strict=False)
                if height
            ]
        return outlines


PANELS = [partial(ProbabilityHistogram, label=label) for label in (0, 1)]
PANELS_OF_MANY = [TrueClassHistograms]
