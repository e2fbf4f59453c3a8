"""The space itself: regions, grid, points and decision boundary."""

from dataclasses import replace

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from torchreplay.spaces.space import beside
from torchreplay.views.artists import (
    EMPTY_PATH,
    Overlay,
    RimCurve,
    RimLines,
    closed_path,
    hollow,
    points_of,
)
from torchreplay.views.beyond import BoundaryBeyond, is_seen_beyond
from torchreplay.views.class_labels import ClassLabels, are_written
from torchreplay.views.level_labels import LEVEL_WIDTH, LevelLabels
from torchreplay.views.marks import OthersNote, SliceMarks
from torchreplay.views.rings import ErrorRings, point_scale
from torchreplay.views.ticks import add_ticks
from torchreplay.views.titles import Title, shorten, shrink_to_fit

MAX_AXIS_NAME_CHARACTERS = 60  # as many as those of a file have
MIN_FONT_PIXELS = 5
PORTIONS_PER_CLASS = 5
HELD_OUT_SIZE_RATIO = 1.25
SHARES_OF_SIZE = (1, 0.8, 0.6, 0.45)  # of points on a slice, and farther and farther from it
GRID_WIDTH, AXIS_WIDTH, BOUNDARY_WIDTH = 0.5, 1.5, 2  # of lines, in points
TITLE_GAP = 10  # in points


class SpaceView:
    """Regions, grid, points and decision boundary of one epoch, drawn on the axes given.

    looks: the Looks of the picture.
    title: its parts, see `Title`; by default the title of the space and the epoch.
    gap: between axes and title, in points.

    artists: those that change with the epoch, and those that lie above one that does.
    """

    def __init__(self, axes, replay, looks, title=None, gap=TITLE_GAP):
        self.groups = replay.history.task.areas
        portions = interleaved(*groups_of(replay.points, replay.history.task))
        self.portions, self.shares = sized(portions, replay.space.slice, replay.points.X)
        label_axes(axes, replay.placement.limits, replay.placement.axis_labels)

        if title is None:
            words = f"{title_of(replay, looks)} at {replay.history.label.title()} "
            title = [(words, replay.history.count)]
        self.title = Title(
            axes.set_title("", y=1, pad=gap), title, replay.history.last, _room(axes)
        )
        is_graph, task = replay.space.is_graph, replay.history.task
        has_levels = task.classes == 0 and not is_graph
        self.labels = [LevelLabels(axes, replay)] if has_levels else []
        if are_written(replay.points, looks):
            self.labels.append(ClassLabels(axes, replay, looks))
        self.regions = [
            axes.add_patch(PathPatch(EMPTY_PATH, color=color, linewidth=0))
            for color in looks.palette.regions
        ]
        is_axis = replay.history.dataset.is_graph and not is_graph
        width = AXIS_WIDTH if is_axis else GRID_WIDTH
        grid = RimLines([], colors="black", linewidths=width, zorder=2)
        self.grid = axes.add_collection(grid)
        self.points_stay = replay.placement.points_stay
        self.points = self._make_points(looks, point_scale(replay, looks))
        if self.points_stay:
            self._move_points(replay.space.coordinates(replay.points).numpy())
            drawn = [axes.add_artist(Overlay(axes, self.points))]
        else:
            drawn = [axes.add_line(points) for points in self.points]
        width = LEVEL_WIDTH if has_levels else BOUNDARY_WIDTH
        line = {"color": "black", "linewidth": width, "joinstyle": "round"}
        self.boundary = axes.add_patch(RimCurve(EMPTY_PATH, fill=False, zorder=4, **line))
        over = (*drawn, self.boundary, *self.title.artists)
        over += tuple(artist for labels in self.labels for artist in labels.artists)
        self.artists = (*self.regions, self.grid, *over, *axes.spines.values())

    def _make_points(self, looks, scale):
        """Make the Points of every portion, at a scale."""
        palette, made = looks.palette, []
        kinds = [*zip(palette.points, palette.markers, palette.sizes, strict=True)]
        rim = {"markeredgecolor": "black", "markeredgewidth": palette.edge} if palette.edge else {}
        for (group, _), share in zip(self.portions, self.shares, strict=True):
            color, marker, size = kinds[group % self.groups]
            size *= scale * share
            is_held_out = group >= self.groups
            filling = hollow(HELD_OUT_SIZE_RATIO * size) if is_held_out else {"markersize": size}
            filling |= {} if is_held_out else rim
            made.append(points_of(color=color, marker=marker, zorder=3, **filling))
        return made

    def draw(self, snapshot):
        """Show an epoch."""
        scene = snapshot.scene
        self.title.draw(snapshot.epoch)
        self.regions[0].set_path(closed_path(scene.ground))
        for region, curves in zip(self.regions[1:], scene.regions, strict=False):
            region.set_path(closed_path(curves))
        self.grid.set_segments(scene.grid)
        self.boundary.set_path(Path.make_compound_path(*map(Path, scene.boundary)))
        for labels in self.labels:
            labels.draw(snapshot)
        if not self.points_stay:
            self._move_points(snapshot.images)

    def _move_points(self, images):
        """Move all points to their images, (n, 2)."""
        for points, (_, rows) in zip(self.points, self.portions, strict=True):
            points.set_data(*images[rows].T)


def title_of(replay, looks):
    """The title of a picture, to which the epoch is added."""
    if looks.title is not None:
        return looks.title
    return replay.space.title.replace("Boundary", replay.history.task.separation)


def groups_of(dataset, task):
    """The group of every point, (n,), and how many groups there are.

    The first are the points trained on, by their areas; as many more are those held out, if any.
    """
    groups = task.group(dataset.y).numpy()
    if dataset.held_out is None:
        return groups, task.areas
    return groups + task.areas * dataset.held_out.numpy(), 2 * task.areas


def interleaved(groups, count):
    """Split points into portions of each group in turn, so that no group covers the others.

    Returns pairs of a group and the rows of a portion of it, in the order in which they are drawn.
    """
    rows = [np.nonzero(groups == group)[0] for group in range(count)]
    rows[1::2] = (members[::-1] for members in rows[1::2])  # keeps equal points apart
    members = [np.array_split(members, PORTIONS_PER_CLASS) for members in rows]
    rounds = zip(*members, strict=True)
    return [(group, rows) for portions in rounds for group, rows in enumerate(portions)]


def sized(portions, slice, X):
    """Portions, see `interleaved`, and the size of the points of each, as a share of the usual one.

    It is 1, but on a Slice smaller for points X farther from it. The smallest are drawn first.
    """
    if slice is None:
        return portions, [1] * len(portions)
    steps = slice.step(X).numpy()
    order = sorted(enumerate(SHARES_OF_SIZE), reverse=True)
    found = [(group, rows[steps[rows] == step]) for step, _ in order for group, rows in portions]
    return found, [share for _, share in order for _ in portions]


class OtherSpace:
    """The same epoch in another space.

    gap: between axes and a title that is like that of the space beside them; None for a short one.
    Raises NetworkError if that space is no plane.
    """

    def __init__(self, axes, replay, looks, space, gap=None):
        self.other = replay.in_space(beside(space))
        looks = replace(looks, title=None)
        if gap is None:
            self.views = space_views(axes, self.other, looks, title=())
            axes.set_title(self.other.space.called.title().replace(" Of The ", " of the "))
        else:
            self.views = space_views(axes, self.other, looks, gap=gap)
            self.title = self.views[0].title
        self.artists = [artist for view in self.views for artist in view.artists]

    def draw(self, snapshot):
        """Draw the epoch in the other space."""
        other = self.other.at(snapshot.epoch)
        for view in self.views:
            view.draw(other)


def space_views(axes, replay, looks, title=None, gap=TITLE_GAP, beyond=None):
    """Make the views that draw a space on axes; see SpaceView.

    beyond: whether to draw the BoundaryBeyond the plane; by default where it is needed.
    """
    beyond = is_seen_beyond(replay) if beyond is None else beyond
    views = [SpaceView(axes, replay, looks, title, gap)]
    views += [ErrorRings(axes, replay, looks)] if looks.mark_errors else []
    views += [SliceMarks(axes, replay, looks)] if replay.space.slice else []
    plane = replay.space.plane
    is_alone = title is None
    views += [OthersNote(axes, replay)] if is_alone and plane and plane.left_out else []
    return [*views, BoundaryBeyond(axes, replay)] if beyond else views


def label_axes(axes, plane, names):
    """Give axes the limits of a plane, ticks on its grid lines, and names if these can be read."""
    for axis, name in zip((axes.xaxis, axes.yaxis), names, strict=True):
        if axis.label.get_fontsize() * axes.figure.dpi / 72 >= MIN_FONT_PIXELS:
            axis.set_label_text(shorten(name, MAX_AXIS_NAME_CHARACTERS), parse_math=False)
            shrink_to_fit(axis.label, _room(axes))
    (left, bottom), (right, top) = plane.low, plane.high
    axes.set(xlim=(left, right), ylim=(bottom, top), axisbelow=True)
    axes.set_aspect((right - left) / (top - bottom))
    axes.apply_aspect()
    for k, axis in enumerate((axes.xaxis, axes.yaxis)):
        add_ticks(axis, plane.low[k], plane.high[k], plane.spacing[k])


def _room(axes):
    """How wide a title above axes may get, in inches."""
    return 1.12 * axes.bbox.width / axes.figure.dpi
