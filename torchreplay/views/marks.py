"""What belongs to a plane that is a choice: marks and notes.

A slice of an input space has the points through which it goes. A decision plane of three classes
has a note on the others.
"""

import numpy as np
import torch
from matplotlib.colors import Normalize
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

from torchreplay.views.artists import Overlay, points_of
from torchreplay.views.rings import RING, RING_SIZE, point_scale
from torchreplay.views.titles import CHARACTER_WIDTH, font_scale, shrink_to_fit

MARK_SIZE_RATIO, MAX_MARK_SCALE = 2.2, 2.6  # times the size of a point
MARK_EDGE_WIDTH, MARK_GAP = 1.2, 10  # gap from the middle of a mark, in points
NAME_SIZE, NOTE_SIZE = 9, 7.5  # of fonts, in points
THUMBNAIL_SIZE = 0.09  # of the axes
LEAST_RISE = 0.01  # of a direction, from which on it leads up
COLOR_CHANNELS = (1, 3)
MIN_IMAGE_SIDE = 3


class SliceMarks:
    """The points through which a slice goes, with their names and thumbnails, and a note.

    A ring is around those that are misclassified. The note says how many points are drawn.

    artists: the rings, and all others, which never move.
    """

    def __init__(self, axes, replay, looks):
        self.slice, self.mark_errors = replay.space.slice, looks.mark_errors
        self.task = replay.history.task
        self.places = self.slice.places(self.slice.marked.X).numpy()
        scale = min(MARK_SIZE_RATIO * point_scale(replay, looks), MAX_MARK_SCALE)
        ring = {"marker": RING, "markersize": scale * RING_SIZE, "color": "black", "zorder": 4.9}
        self.rings = axes.add_line(points_of(**ring))
        wide = 72 * axes.bbox.width / axes.figure.dpi
        images = images_of(self.slice.marked)
        side = THUMBNAIL_SIZE * wide if images else 0
        fixed = [*self._marks(looks.palette, scale), *self._thumbnails(images, side)]
        fixed += [*self._names(side), note(axes, note_of(replay), 0.95 * wide / 72)]
        self.artists = (self.rings, axes.add_artist(Overlay(axes, fixed, zorder=5)))

    def draw(self, snapshot):
        """Move the rings to the marked points that are misclassified at an epoch."""
        marked = self.slice.marked
        if self.mark_errors and len(marked.y):
            wrong = self.task.is_wrong(snapshot.network.logit(marked.X), marked.y).numpy()
            self.rings.set_data(*self.places[wrong].T)

    def _marks(self, palette, scale):
        """A large marker for each of the points, in the look of its class."""
        groups = self.task.group(self.slice.marked.y).tolist()
        edge = {"markeredgecolor": "black", "markeredgewidth": MARK_EDGE_WIDTH}
        for place, group in zip(self.places, groups, strict=True):
            look = {"color": palette.points[group], "marker": palette.markers[group]}
            point = points_of(**look, markersize=scale * palette.sizes[group], **edge)
            point.set_data(*place[:, None])
            yield point

    def _names(self, side):
        """The names of the points, beside them, or above or below their thumbnails.

        side: of a thumbnail, in points; 0 if there are none.
        """
        style = {"fontsize": NAME_SIZE * font_scale(), "ha": "center", "va": "center"}
        style["path_effects"] = [withStroke(linewidth=2, foreground="white")]
        ways = outward(self.places)
        for name, place, way in zip(self.slice.names, self.places, ways, strict=True):
            width = CHARACTER_WIDTH * NAME_SIZE * font_scale() * len(name)
            offset = beside(way, (width, NAME_SIZE))
            if side:
                x, y = beside(way, (side, side))
                away = (side + 1.4 * NAME_SIZE * font_scale()) / 2
                offset = x, y + (away if way[1] > LEAST_RISE else -away)
            yield Annotation(name, place, offset, textcoords="offset points", **style)

    def _thumbnails(self, images, side):
        """The images that the points are, `side` points wide."""
        for image, place, way in zip(images, self.places, outward(self.places), strict=False):
            zoom = side / max(image.shape[:2])
            shown = OffsetImage(
                image, zoom=zoom, cmap="gray", norm=Normalize(0, 1), interpolation="nearest"
            )
            frame = {"pad": 0, "bboxprops": {"edgecolor": "black", "linewidth": 0.6}}
            offset = beside(way, (side, side))
            yield AnnotationBbox(shown, place, offset, boxcoords="offset points", **frame)


def beside(way, size):
    """Where the middle of a box of some size is that stands beside a mark: offsets in points.

    way: the direction, of length 1.
    """
    half = min(length / 2 / max(abs(part), 1e-9) for length, part in zip(size, way, strict=True))
    return (MARK_GAP + half) * way


def outward(places):
    """The directions from the middle of some places to each of them, of length 1: (n, 2)."""
    if not len(places):
        return places
    ways = places - places.mean(axis=0)
    return ways / np.linalg.norm(ways, axis=1, keepdims=True)


def images_of(dataset):
    """The points of a Dataset as images, (height, width) or (height, width, 3), from 0 to 1.

    A list. It is empty if they are no images: these are (n, height, width), or (n, channels,
    height, width) of 1 or 3 channels.
    """
    X = dataset.X.numpy()
    X = X[:, None] if X.ndim == 3 else X
    if X.ndim != 4 or X.shape[1] not in COLOR_CHANNELS or min(X.shape[2:]) < MIN_IMAGE_SIDE:
        return []
    X = (X - X.min()) / (np.ptp(X) or 1)
    return [image[0] if len(image) == 1 else np.moveaxis(image, 0, -1) for image in X]


def note_of(replay):
    """The words on the points of a slice that are drawn."""
    shown, total = len(replay.points.y), len(replay.sampled.y)
    sample = "a sample of " if total < len(replay.history.dataset.y) else ""
    sizes = f"{shown:,} of {sample}{total:,} points are near: the smaller, the farther"
    return "\n".join(filter(None, [replay.space.slice.note, sizes]))


class OthersNote:
    """A note on the classes that a decision plane leaves out: how many points they get.

    artists: the note.
    """

    def __init__(self, axes, replay):
        self.points, self.task, self.plane = replay.points, replay.history.task, replay.space.plane
        longest = self._words(len(self.points.y))
        width = 0.95 * axes.bbox.width / axes.figure.dpi
        self.text = axes.add_artist(note(axes, longest, width))
        self.text.set_zorder(5)
        self.artists = (self.text,)

    def _words(self, count):
        others = self.plane.left_out
        which = f"the {others} other classes" if others > 1 else "the other class"
        are = "is" if count == 1 else "are"
        return f"{count:,} of {len(self.points.y):,} points {are} taken for {which}, left out here"

    def draw(self, snapshot):
        """Say how many points the whole network takes for others at an epoch."""
        predicted = self.task.area(snapshot.network.logit(self.points.X))
        is_other = ~torch.isin(predicted, torch.tensor(self.plane.chosen))
        self.text.set_text(self._words(int(is_other.sum())))


def note(axes, words, inches):
    """A small Annotation in the lower left corner of axes, at most some inches wide."""
    halo = [withStroke(linewidth=2, foreground="white")]
    text = axes.annotate(
        words, (0.015, 0.015), xycoords="axes fraction", fontsize=NOTE_SIZE * font_scale(),
        path_effects=halo, parse_math=False,
    )  # fmt: skip
    shrink_to_fit(text, inches)
    text.remove()
    return text
