"""The names of many classes, written among their points: a legend has no room for them."""

import numpy as np

from torchreplay.views.artists import Label
from torchreplay.views.titles import CHARACTER_WIDTH, class_names, font_scale

MAX_CLASSES_IN_LEGEND = 10
FONT_SIZE = 8
MARGIN = 3  # at the rim of the axes, in points


def are_written(dataset, looks):
    """Whether a picture has the names of classes among the points, and not in the legend.

    looks: those of the picture, which may compare a Dataset with one of more classes.
    """
    most = len(looks.palette.points) if dataset.classes else 0
    return looks.legend and not looks.classes and most > MAX_CLASSES_IN_LEGEND


class ClassLabels:
    """The name of each class at the median place of its points drawn, within the axes.

    artists: the names.
    """

    def __init__(self, axes, replay, looks):
        points, task = replay.points, replay.history.task
        groups = task.group(points.y).numpy()
        self.rows = [np.flatnonzero(groups == group) for group in range(task.classes)]
        self.axes = axes
        size = FONT_SIZE * font_scale() * looks.scale
        names = class_names(points)
        sizes = [(CHARACTER_WIDTH * size * len(name), 1.2 * size) for name in names]
        points_wide = 72 * np.array(axes.bbox.size) / axes.figure.dpi
        self.shares = (np.array(sizes) / 2 + MARGIN) / points_wide  # of the axes
        self.artists = tuple(axes.add_artist(Label(name, size)) for name in names)

    def draw(self, snapshot):
        """Move the names with the points of an epoch."""
        low, high = self.axes.viewLim.min, self.axes.viewLim.max
        reach = self.shares * (high - low)
        ends = zip(self.artists, self.rows, low + reach, high - reach, strict=True)
        for text, rows, low, high in ends:
            text.set_visible(len(rows) > 0)
            if len(rows):
                text.set_position(np.median(snapshot.images[rows], axis=0).clip(low, high))
