"""The errors: rings around misclassified points."""

from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from torchreplay.artists import points_of

SIZE = 8  # in points
CIRCLE = Path.unit_circle()
HOLE = CIRCLE.transformed(Affine2D().scale(-0.8, 0.8))  # mirrored: it runs the other way around
RING = Path.make_compound_path(CIRCLE, HOLE)


class ErrorRings:
    """Rings around the points that the network gives the wrong class, drawn on the axes given.

    They lie below the points, so that where these are dense their colors are still seen.

    artists: the rings.
    """

    def __init__(self, axes, run, looks):
        looks = {"marker": RING, "markersize": SIZE * looks.scale}
        self.rings = axes.add_line(points_of(color="black", zorder=2.9, **looks))
        self.artists = (self.rings,)

    def draw(self, snapshot):
        """Move the rings to the errors of an epoch."""
        self.rings.set_data(*snapshot.images[snapshot.wrong].T)
