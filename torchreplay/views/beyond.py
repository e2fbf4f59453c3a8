"""The decision boundary beyond the plane, and whether a picture shows one at all."""

import numpy as np

from torchreplay.geometry.cut import cut

MIN_BOUNDARY_FRACTION = 0.1  # of the axes
EPOCHS_SEARCHED = 9


class BoundaryBeyond:
    """The straight line of the output unit, dashed, across all of a feature space.

    Without it, the boundary in a plane that has shrunk to a line or a corner could not be seen.

    artists: the line.
    """

    def __init__(self, axes, replay):
        low, high = np.array(replay.placement.limits.low), np.array(replay.placement.limits.high)
        self.center, self.reach = (low + high) / 2, np.linalg.norm(high - low)
        (self.line,) = axes.plot([], [], color="black", linewidth=1, linestyle="--", zorder=3.5)
        self.artists = (self.line,)

    def draw(self, snapshot):
        """Move the line to where the logit is zero at an epoch."""
        head = snapshot.head
        weight, bias = head.weight[0].detach().double().numpy(), head.bias.item()
        normal = weight / (weight @ weight or 1)
        nearest = self.center - (weight @ self.center + bias) * normal
        along = np.array([-weight[1], weight[0]]) * self.reach / (np.linalg.norm(weight) or 1)
        self.line.set_data(*np.transpose([nearest - along, nearest + along]))


def line_beyond(snapshot):
    """The straight line of the output unit within the axes: a list of one array (2, 2), or none."""
    if snapshot.head is None:
        return []
    _, lines = cut([snapshot.replay.placement.limits.outline(2)], snapshot.head)
    return lines


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
    """Whether the straight line of the output unit crosses the axes at an epoch."""
    head = replay.at(epoch).head
    if head is None or replay.placement.points_stay:
        return False
    (left, bottom), (right, top) = replay.placement.limits.low, replay.placement.limits.high
    corners = np.array([(left, bottom), (right, bottom), (left, top), (right, top)])
    sides = corners @ head.weight[0].detach().double().numpy() + head.bias.item()
    return bool(sides.min() < 0 < sides.max())


def has_boundary(replay):
    """Whether a decision boundary lies within the plane at some of the epochs shown."""
    places = np.linspace(0, len(replay.epochs) - 1, EPOCHS_SEARCHED)[::-1]
    some = dict.fromkeys(replay.epochs[place] for place in places.astype(int))
    return any(replay.scenes[epoch].boundary for epoch in some)
