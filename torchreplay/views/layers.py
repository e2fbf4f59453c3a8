"""The planes after every step of the network, as small panels."""

import dataclasses

from torchreplay.errors import MissingError
from torchreplay.spaces.layer_steps import steps_of_layers
from torchreplay.views import needed_by
from torchreplay.views.cells import Cells
from torchreplay.views.space import space_views

SIDE_OF_SPACE = 4.8 * 72  # of the axes of a space alone, in points


class LayerPlanes:
    """A small panel for the plane after every step of the network; see `Replay.layers`.

    artists: those of all panels.
    """

    @needed_by("layers")
    def __init__(self, axes, replay, looks):
        steps, history, total = steps_of_layers(replay.history)
        if not steps:
            raise MissingError("the model has no layers of two units or more")
        cells = Cells(axes, len(steps), square=True)
        axes.set_aspect("equal")
        shown = f", {len(steps)} of {total} Steps" if len(steps) < total else ""
        axes.set_title(f"Layer by Layer{shown}")
        axes.set(xticks=[], yticks=[])
        cells.name(axes, [step.name for step in steps])
        scale = looks.scale * (cells.width / SIDE_OF_SPACE) ** 0.5
        looks = dataclasses.replace(looks, title=None, legend=False, scale=scale)
        self.panels = []
        for k, step in enumerate(steps):
            left, right, bottom, top = cells.extent(k)
            place = (left, bottom, right - left, top - bottom)
            panel = axes.inset_axes(place, transform=axes.transData)
            other = replay.in_space(step.space, history)
            self.panels.append((other, space_views(panel, other, looks, ())))
            panel.set(xticks=[], yticks=[], xlabel="", ylabel="")
        self.artists = [
            artist for _, views in self.panels for view in views for artist in view.artists
        ]

    def draw(self, snapshot):
        """Draw the epoch in all panels."""
        for other, views in self.panels:
            found = other.at(snapshot.epoch)
            for view in views:
                view.draw(found)


PANELS = [LayerPlanes]
