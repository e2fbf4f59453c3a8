"""The views of one replay on a picture. After a run has diverged, a veil says so."""

from matplotlib.patches import Rectangle

from torchreplay.views.titles import shrink_to_fit

VEIL_COLOR = "#808080"


class ReplayViews:
    """The views of one replay, on one or several axes. They stay at its last recorded epoch.

    axes: those of the space, which turn gray after the last epoch of a run that has diverged; None
        where there is no space among the views.
    replay: the SpaceReplay; views: those that draw it.

    artists: those of all views.
    titles: those of all views, see `Title`.
    """

    def __init__(self, axes, replay, views):
        self.replay, self.views = replay, views
        self.titles = [view.title for view in views if hasattr(view, "title")]
        self.veil = veil(axes, replay.history) if axes and replay.history.diverged else []
        self.artists = [artist for view in views for artist in view.artists] + self.veil

    def draw(self, epoch):
        """Move all artists to their places at an epoch."""
        snapshot = self.replay.at(epoch)
        for view in self.views:
            view.draw(snapshot)
        for artist in self.veil:
            artist.set_visible(epoch > snapshot.epoch)


def veil(axes, history):
    """Make the artists that turn axes gray and say at which epoch the run diverged."""
    whole = {"transform": axes.transAxes, "visible": False}
    gray = Rectangle((0, 0), 1, 1, facecolor=VEIL_COLOR, alpha=0.6, zorder=10, **whole)
    place = {"ha": "center", "va": "center", "fontsize": 16, "zorder": 11}
    words = f"diverged at {history.label} {history.count(history.last + 1)}"
    note = axes.text(0.5, 0.12, words, **place, transform=axes.transAxes)
    shrink_to_fit(note, 0.95 * axes.bbox.width / axes.figure.dpi)
    note.set_visible(False)
    return [axes.add_patch(gray), note]
