"""The views of a run that may have diverged: beyond its last finite epoch a veil says so."""

from matplotlib.patches import Rectangle

from torchreplay.pictures.picture import RunViews
from torchreplay.views.titles import shrink_to_fit

COLOR = "#808080"


class VeiledViews(RunViews):
    """The views of a run. One that has diverged stays at its last finite epoch.

    axes: those of the space, which turn gray beyond that epoch.
    stays: whether a run stays at its last epoch even if it has not diverged: others are longer.

    veil: the artists that say so, if the run has diverged.
    """

    def __init__(self, axes, run, views, stays=False):
        super().__init__(run, views)
        self.last, self.stays = run.history.last, stays or run.history.diverged
        self.veil = veil(axes, run.history) if run.history.diverged else []
        self.artists += self.veil

    def draw(self, epoch):
        """Draw an epoch, or the last finite one."""
        super().draw(min(epoch, self.last) if self.stays else epoch)
        for artist in self.veil:
            artist.set_visible(epoch > self.last)


def veil(axes, history):
    """Make the artists that gray axes and tell at which epoch the run of a History diverged."""
    whole = {"transform": axes.transAxes, "visible": False}
    gray = Rectangle((0, 0), 1, 1, facecolor=COLOR, alpha=0.6, zorder=10, **whole)
    place = {"ha": "center", "va": "center", "fontsize": 16, "zorder": 11}
    words = f"diverged at {history.label} {history.count(history.last + 1)}"
    told = axes.text(0.5, 0.12, words, **place, transform=axes.transAxes)
    shrink_to_fit(told, 0.95 * axes.bbox.width / axes.figure.dpi)
    told.set_visible(False)
    return [axes.add_patch(gray), told]
