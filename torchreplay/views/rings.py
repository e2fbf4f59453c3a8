"""The errors: rings around misclassified points."""

from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from torchreplay.data.dataset import FEW_POINTS
from torchreplay.views.artists import points_of

RING_SIZE, FEW_POINTS_SCALE = 8, 2
CIRCLE = Path.unit_circle()
HOLE = CIRCLE.transformed(Affine2D().scale(-0.8, 0.8))  # mirrored, so that it stays empty
RING = Path.make_compound_path(CIRCLE, HOLE)


class ErrorRings:
    """Rings around the points drawn that are misclassified.

    They lie below the points, so that the colors of dense points can be seen.

    artists: the rings.
    """

    def __init__(self, axes, replay, looks):
        ring = {"marker": RING, "markersize": RING_SIZE * point_scale(replay, looks)}
        self.rings = axes.add_line(points_of(color="black", zorder=2.9, **ring))
        self.artists = (self.rings,)

    def draw(self, snapshot):
        """Move the rings to the errors of an epoch."""
        self.rings.set_data(*snapshot.images[snapshot.drawn_wrong].T)


def point_scale(replay, looks):
    """How much larger points and rings are drawn: few points are easily overlooked."""
    if looks.point_size is not None:
        return looks.scale * looks.point_size / looks.palette.sizes[0]
    few = len(replay.history.dataset.y) <= FEW_POINTS
    return looks.scale * (FEW_POINTS_SCALE if few else 1)
