"""The decision boundary beyond the plane, and whether a picture shows one at all."""

import numpy as np

from torchreplay.geometry.cut import cut

MIN_BOUNDARY_FRACTION = 0.1  # of the axes
EPOCHS_SEARCHED = 9


class BoundaryBeyond:
    """The straight lines of the output layer, dashed, across all of a feature space.

    Without them, the boundary in a plane that has shrunk to a line or a corner could not be seen.

    artists: the lines.
    """

    def __init__(self, axes, replay):
        (self.line,) = axes.plot([], [], color="black", linewidth=1, linestyle="--", zorder=3.5)
        self.artists = (self.line,)

    def draw(self, snapshot):
        """Move the lines to where areas meet at an epoch."""
        gap = np.full((1, 2), np.nan)
        find = whole_lines if snapshot.replay.task.levels else lines_beyond
        pieces = [part for piece in find(snapshot) for part in (gap, piece)]
        self.line.set_data(*np.concatenate(pieces[1:] or [gap]).T)


def lines_beyond(snapshot):
    """The straight lines of the output layer within the axes: a list of arrays (2, 2)."""
    if snapshot.head is None:
        return []
    outline = snapshot.replay.placement.limits.outline(2)
    _, lines, _ = cut([outline], snapshot.head, snapshot.replay.task)
    return lines


def whole_lines(snapshot):
    """The lines of the levels, which go beyond the axes: a list of arrays (2, 2).

    Their dashes begin far from the axes and are not counted from the rim, where they would creep.
    """
    limits, task = snapshot.replay.placement.limits, snapshot.replay.task
    low, high = np.array(limits.low), np.array(limits.high)
    center, reach = (low + high) / 2, np.linalg.norm(high - low)
    weight = snapshot.head.weight[0].detach().double().numpy()
    normal = weight / (weight @ weight or 1)
    along = np.array([-weight[1], weight[0]]) * reach / (np.linalg.norm(weight) or 1)
    at_center = weight @ center + snapshot.head.bias.item()
    nearest = [center - (at_center - level) * normal for level in task.levels]
    return [np.array([place - along, place + along]) for place in nearest]


def lines_shown(replay):
    """Whether a picture of a SpaceReplay shows a boundary in the plane, and one beyond it."""
    return has_boundary(replay), is_seen_beyond(replay)


def is_seen_beyond(replay, epoch=None):
    """Whether the boundary of an epoch is hardly seen within the plane, but beyond.

    replay: the SpaceReplay.
    epoch: its number, by default that of the last epoch shown.
    """
    epoch = replay.last_epoch if epoch is None else epoch
    if not crosses_axes(replay, epoch):
        return False
    low, high = replay.placement.limits.low, replay.placement.limits.high
    curves = replay.scenes[epoch].boundary
    steps = [np.diff(curve / np.subtract(high, low), axis=0) for curve in curves]
    return sum(np.hypot(*step.T).sum() for step in steps) < MIN_BOUNDARY_FRACTION


def crosses_axes(replay, epoch):
    """Whether a straight line of the output layer crosses the axes at an epoch."""
    return not replay.placement.points_stay and bool(lines_beyond(replay.at(epoch)))


def has_boundary(replay, epochs=None):
    """Whether a decision boundary, or a level line, lies within the plane at some epochs.

    epochs: their numbers, by default some of those shown. A fitted curve is no boundary.
    """
    if epochs is None:
        places = np.linspace(0, len(replay.epochs) - 1, EPOCHS_SEARCHED)[::-1]
        epochs = dict.fromkeys(replay.epochs[place] for place in places.astype(int))
    return not replay.space.is_graph and any(replay.scenes[epoch].boundary for epoch in epochs)
