"""The space itself: regions, grid, points and decision boundary."""

from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MultipleLocator

from torchreplay.artists import EMPTY_PATH, Points, part_text

TICK_CHARACTERS = 10.5  # an inch along an axis
NAME_CHARACTERS = 50  # of an axis; longer names are cut


class SpaceView:
    """Regions, grid, points and decision boundary of one epoch, drawn on the axes given.

    palette: the Palette of the classes.
    heading, reading: the title, of which the end is made by a function of the epoch; by default
        the title of the space, and the epoch itself.
    artists: those that change with the epoch or lie above one that does.
    """

    def __init__(self, axes, run, palette, heading=None, reading=str):
        self.reading = reading
        X, y = run.points.X, run.points.y[:, 0]
        self.classes = [X[y == label] for label in (0, 1)]
        _prepare(axes, run.limits, run.space.axis_labels or run.points.names)

        title = axes.set_title("", y=1, pad=10)
        heading = heading or f"{run.space.title} at Epoch "
        self.title_end = part_text(title, heading, reading(run.history.epochs))
        self.regions = [
            axes.add_patch(PathPatch(EMPTY_PATH, color=color, linewidth=0))
            for color in palette.regions
        ]
        grid = LineCollection([], colors="black", linewidths=0.5, zorder=2, clip_on=False)
        self.grid = axes.add_collection(grid)
        looks = zip(palette.points, palette.markers, palette.sizes, strict=True)
        self.points = [
            axes.add_line(Points([], [], color=color, marker=marker, markersize=size, zorder=3))
            for color, marker, size in looks
        ]
        for points in self.points:
            points.clip_to(axes)
        line = {"color": "black", "linewidth": 2, "joinstyle": "round", "clip_on": False}
        self.boundary = axes.add_patch(PathPatch(EMPTY_PATH, fill=False, zorder=4, **line))
        moving = (*self.regions, self.grid, *self.points, self.boundary, self.title_end)
        self.artists = (*moving, *axes.spines.values())

    def draw(self, snapshot):
        """Move all artists to where they belong at an epoch."""
        scene = snapshot.scene
        self.title_end.set_text(self.reading(snapshot.epoch))
        self.regions[0].set_path(scene.ground)
        self.regions[1].set_path(scene.region)
        self.grid.set_segments(scene.grid)
        self.boundary.set_path(Path.make_compound_path(*map(Path, scene.boundary)))
        for points, x in zip(self.points, self.classes, strict=True):
            points.set_data(*snapshot.image(x).T)


def _prepare(axes, plane, labels):
    """Give axes the limits of a plane, ticks on its grid lines, and labels."""
    for set_label, label in zip((axes.set_xlabel, axes.set_ylabel), labels, strict=True):
        too_long = len(label) > NAME_CHARACTERS
        set_label(f"{label[: NAME_CHARACTERS - 1]}…" if too_long else label, parse_math=False)
    (left, bottom), (right, top) = plane.low, plane.high
    axes.set(xlim=(left, right), ylim=(bottom, top), axisbelow=True)
    axes.set_aspect((right - left) / (top - bottom))
    for k, axis in enumerate((axes.xaxis, axes.yaxis)):
        labels = axis.get_major_formatter().format_ticks(plane.ticks(k))
        characters = len(labels) * max(map(len, labels)) * axes.figure.dpi / axes.bbox.width
        every = next(n for n in (1, 2, 5, 10) if characters <= n * TICK_CHARACTERS or n == 10)
        axis.set_major_locator(MultipleLocator(every * plane.spacing[k]))
