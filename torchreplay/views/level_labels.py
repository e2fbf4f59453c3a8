"""The numbers at the level lines of a regression."""

import numpy as np

from torchreplay.views.artists import Label
from torchreplay.views.titles import font_scale, minus

FONT_SIZE, LEVEL_WIDTH = 7.5, 1.0
MIN_DISTANCE = 22  # between two labels, in points
MARGIN = 0.03  # of the axes, at their rim


class LevelLabels:
    """The number of each level, at that place of its lines which is nearest to the middle.

    A label that would touch another one is left out.

    artists: the labels.
    """

    def __init__(self, axes, replay):
        task = replay.history.task
        self.axes = axes
        self.room = MIN_DISTANCE / (72 * axes.bbox.width / axes.figure.dpi)  # in axes
        size = FONT_SIZE * font_scale()
        self.levels = task.levels
        self.artists = tuple(
            axes.add_artist(Label(minus(f"{level:g}"), size)) for level in task.levels
        )

    def draw(self, snapshot):
        """Move the labels to the level lines of an epoch."""
        scene, taken = snapshot.scene, []
        low, extent = self.axes.viewLim.min, self.axes.viewLim.size
        for text, level in zip(self.artists, self.levels, strict=True):
            curves = [
                curve
                for curve, own in zip(scene.boundary, scene.levels, strict=True)
                if own == level
            ]
            place = self._place(curves, taken, low, extent)
            text.set_visible(place is not None)
            if place is not None:
                taken.append(place)
                text.set_position(low + place * extent)

    def _place(self, curves, taken, low, extent):
        """Where a label stands on some curves, in shares of the axes; None if there is no room."""
        if not curves:
            return None
        places = (np.concatenate([densified(curve) for curve in curves]) - low) / extent
        places = places[(np.abs(places - 0.5) < 0.5 - MARGIN).all(axis=1)]
        for other in taken:
            places = places[np.linalg.norm(places - other, axis=1) > self.room]
        if not len(places):
            return None
        return places[np.linalg.norm(places - 0.5, axis=1).argmin()]


def densified(curve):
    """A curve, (n, 2), with some places between its vertices: a straight line has only two."""
    share = np.linspace(0, 1, 17)[:-1, None, None]
    between = curve[:-1] + share * np.diff(curve, axis=0)
    return np.concatenate([between.reshape(-1, 2), curve[-1:]])
