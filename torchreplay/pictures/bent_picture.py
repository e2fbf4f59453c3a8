"""The pictures of a bend: frames between two stills."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from torchreplay.geometry.plane import Plane
from torchreplay.models.tracing import in_batches
from torchreplay.pictures.composition import compose, space_axes
from torchreplay.pictures.picture import new_figure
from torchreplay.spaces.scenes import Geometry, feature_scene
from torchreplay.spaces.snapshot import Snapshot
from torchreplay.spaces.space import AXES_RECTANGLE, SPACE_INCHES
from torchreplay.views.beyond import has_boundary
from torchreplay.views.legend import LEGEND_GAP, add_legend, title_gap
from torchreplay.views.space import TITLE_GAP, space_views
from torchreplay.views.ticks import add_ticks
from torchreplay.views.titles import shrink_to_fit

FRAMES_HELD, MAX_HELD_FRACTION = 15, 1 / 8  # at each end
FRAMES_PER_STAGE, MIN_FRAMES_MOVING = 22.5, 90
NOTE = "between the two spaces: no state of the network"
TICKS_PER_AXIS = 8
POINTS_ALONG, MESH_POINTS = 201, 41


class BentPicture:
    """A picture that is drawn for any frame of a bend; see `SpaceReplay.bend`.

    start, end: the SpaceReplays of input and feature space.
    bend: the Bend of the epoch, a number.
    frames: how many there are.
    looks: the Looks of the picture.

    The first and the last frames are the stills of the two spaces.
    """

    def __init__(self, start, end, bend, epoch, frames, looks):
        self.start, self.end, self.bend, self.epoch, self.frames = start, end, bend, epoch, frames
        self.stills = compose(start, (), looks), compose(end, (), looks)
        self.palette, self.network = looks.palette, end.history.network(epoch)
        history = end.history
        at = f"{history.label.title()} {history.count(epoch)}"
        self.title = (
            f"{looks.title} at {at}" if looks.title else f"{at}: from Input to Feature Space"
        )
        self.moments = moments(frames, len(bend.stages))
        self._add_axes(looks)
        self._geometry = BentGeometry.of(end, self.network)
        self._last_box = self._box(len(bend.stages), 0.0)

    def _add_axes(self, looks):
        """Make the figure of the frames between the stills."""
        self.figure = new_figure(self.end.size / SPACE_INCHES)
        self.canvas = self.figure.canvas
        axes = self.axes = space_axes(self.figure, SPACE_INCHES)
        gap, dataset = TITLE_GAP, self.end.history.dataset
        if looks.legend:
            box, gap = axes.get_position(), title_gap(dataset)
            center, top = box.x0 + 0.4, box.y1 + LEGEND_GAP / 72 / SPACE_INCHES
            inches = (SPACE_INCHES * center, SPACE_INCHES * top, 2 * SPACE_INCHES * (1 - center))
            shown = has_boundary(self.start), False
            add_legend(self.figure, dataset, looks, *inches[:2], inches[2] - 0.2, *shown)
        self.views = space_views(axes, self.end, looks, (), gap, beyond=False)
        axes.set(xlabel=NOTE, ylabel="", aspect="auto")
        longest = max(map(self.title_at, range(self.frames)), key=len)
        self.words = axes.set_title(longest, y=1, pad=gap, parse_math=False)
        shrink_to_fit(self.words, axes.bbox.width / self.figure.dpi)

    @property
    def size(self):
        """Width and height in pixels."""
        return self.canvas.get_width_height()

    def stage_at(self, frame):
        """The name of the stage of a frame."""
        done, _ = self.moments[frame]
        return self.bend.stages[min(done, len(self.bend.stages) - 1)].name

    def title_at(self, frame):
        """The title of a frame."""
        still = self._still(frame)
        return still.title_at(self.epoch) if still else f"{self.title}, {self.stage_at(frame)}"

    def count(self, frame):
        """The number of a frame, as text."""
        return str(frame)

    def _still(self, frame):
        """The Picture whose still a frame is, or None between the ends."""
        moment, last = self.moments[frame], (len(self.bend.stages), 0.0)
        return {(0, 0.0): self.stills[0], last: self.stills[1]}.get(moment)

    def draw(self, frame):
        """Draw a frame: (height, width, 4) uint8, RGBA, valid until the next call."""
        still = self._still(frame)
        if still:
            return still.draw(self.epoch)
        snapshot = self.snapshot(frame)
        self._show(self.limits(*self.moments[frame]))
        self.words.set_text(self.title_at(frame))
        for view in self.views:
            view.draw(snapshot)
        self.canvas.draw()
        return np.asarray(self.canvas.buffer_rgba())

    def snapshot(self, frame):
        """What a frame between the ends shows: a Snapshot."""
        moment = self.moments[frame]
        layers = self.bend.at(*moment)
        found = Snapshot(self.end, self.epoch, self.network)
        found.scene = feature_scene(self._geometry.bent(layers, self.limits(*moment)))
        found.images = places(layers, self.end.points.X)
        return found

    def limits(self, done, share):
        """The Plane that the axes show at a moment of the bend.

        It is a square around the image of the plane, and becomes that of the feature space in the
        last stage.
        """
        final = share if done == len(self.bend.stages) - 1 else 0.0
        box = self._box(done, share)
        middle, half = box.mean(axis=0), np.ptp(box, axis=0).max() / 2
        square = np.array([middle - half, middle + half])
        end = np.array([self.end.placement.limits.low, self.end.placement.limits.high])
        low, high = (1 - final) * square + final * (box + end - self._last_box)
        return Plane(tuple(low), tuple(high), tuple((high - low) / TICKS_PER_AXIS))

    def _box(self, done, share):
        """The lowest and the highest places of points and plane at a moment: (2, 2)."""
        plane = self.start.history.dataset.plane
        x = [plane.outline(POINTS_ALONG), plane.mesh(MESH_POINTS).points.reshape(-1, 2)]
        layers = self.bend.at(done, share)
        images = places(layers, torch.from_numpy(np.concatenate([*x, self.end.points.X])))
        return np.array([images.min(axis=0), images.max(axis=0)], dtype=float)

    def _show(self, limits):
        """Give the axes limits, and numbers if they have the units of the features."""
        (left, bottom), (right, top) = limits.low, limits.high
        self.axes.set(xlim=(left, right), ylim=(bottom, top))
        if not (self.bend.scale == 1).all():
            self.axes.set(xticks=[], yticks=[])
            return
        for k, axis in enumerate((self.axes.xaxis, self.axes.yaxis)):
            add_ticks(axis, limits.low[k], limits.high[k], limits.spacing[k])


@dataclass(frozen=True)
class BentGeometry(Geometry):
    """The Geometry of a frame. Regions of the input plane are found once for all frames.

    found: these regions, see `Geometry.regions`.
    """

    found: tuple = ()

    @classmethod
    def of(cls, replay, network):
        """That of a network in a SpaceReplay."""
        dataset, space, limits = replay.history.dataset, replay.space, replay.placement.limits
        pixels = replay.size * AXES_RECTANGLE[2]
        made = cls(network, replay.task, nn.Sequential(), None, dataset, space, limits, pixels)
        return replace(made, found=Geometry.regions(made))

    def bent(self, layers, limits):
        """That of other layers, on axes with other limits."""
        return replace(self, layers=layers, limits=limits)

    def regions(self):
        """The regions that were found."""
        return self.found


@torch.no_grad()
def places(layers, x):
    """Where layers map points x, (n, 2): an array (n, 2)."""
    return in_batches(layers, x).numpy()


def natural_frames(stages):
    """How many frames a bend of some stages has by default."""
    return 2 * FRAMES_HELD + max(MIN_FRAMES_MOVING, round(FRAMES_PER_STAGE * stages))


def moments(frames, stages):
    """The moments of the frames: how many stages are done, and the share of the next one.

    All stages take the same time, and begin and end at rest.
    """
    held = max(1, min(FRAMES_HELD, round(MAX_HELD_FRACTION * frames)))
    moving = frames - 2 * held
    found = []
    for k in range(1, moving + 1):
        done, share = divmod(k / (moving + 1) * stages, 1)
        found.append((int(done), share**2 * (3 - 2 * share)))
    return [(0, 0.0)] * held + found + [(stages, 0.0)] * held
