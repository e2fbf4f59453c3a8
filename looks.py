"""Other looks of a picture: a palette for all eyes, and rings around errors."""

import torch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from common import Palette, Points, looking

ACCESSIBLE = Palette(
    points=("#0055AA", "#C85200"),
    regions=("#DCE9F7", "#FDE8D3"),
    markers=("o", "X"),
    sizes=(4, 5.5),
    names=("blue circles", "orange crosses"),
)
CIRCLE = Path.unit_circle()
HOLE = CIRCLE.transformed(Affine2D().scale(-0.8, 0.8))  # mirrored: it runs the other way around
RING = Path.make_compound_path(CIRCLE, HOLE)


class ErrorRings:
    """Rings around the points that the network gives the wrong class, drawn on the axes given.

    They lie below the points, so that where these are dense their colors are still seen.

    artists: the rings.
    """

    def __init__(self, axes, space, history, dataset):
        self.space, self.history, self.network = space, history, history.network(0)
        self.dataset = dataset
        rings = Points([], [], color="black", marker=RING, markersize=8, zorder=2.9)
        self.rings = axes.add_line(rings)
        self.rings.clip_to(axes)
        self.artists = (self.rings,)

    @torch.no_grad()
    def draw(self, epoch):
        """Move the rings to the errors of an epoch."""
        self.history.restore(self.network, epoch)
        X, y = self.dataset.X, self.dataset.y
        wrong = (self.network(X) >= 0.5)[:, 0] != (y[:, 0] == 1)
        self.rings.set_data(*looking(self.space.transform, self.network)(X[wrong]).T)
