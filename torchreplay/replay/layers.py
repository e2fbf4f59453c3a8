"""Every layer of a recorded training in one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from torchreplay.errors import Argument, MissingError, UserError
from torchreplay.pictures.comparison import architecture
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.layer_steps import steps_of_layers

if TYPE_CHECKING:
    from torchreplay.record.history import History
    from torchreplay.views import ViewName
    from torchreplay.views.looks import PaletteName


class Layers(Comparison):
    """The plane after every step of a network, side by side, drawn at the same epoch.

    `Replay.layers` makes it. It draws as a Comparison does, and has no views under the spaces.

    Parameters
    ----------
    spaces : sequence of SpaceReplay
        The steps, from the input on.
    names : sequence of str
        What they are called.
    headline : str
        What stands above them.

    Examples
    --------
    >>> replay.layers().plot(epoch=2).figure_.savefig("layers.png")
    """

    measured = False

    def __init__(self, spaces: Sequence[SpaceReplay], names: Sequence[str], headline: str):
        super().__init__(spaces, {"": names})
        self.headline = headline

    def __repr__(self) -> str:
        return f"Layers: {', '.join(self.compared[''])}"

    def plot(
        self,
        epoch: int | None = None,
        *,
        views: Mapping[ViewName, Any] | None = None,
        palette: PaletteName | Sequence[str] = "classic",
        mark_errors: bool = False,
        legend: bool = True,
        title: str | None = None,
        font_size: float | None = None,
        point_size: float | None = None,
    ) -> Layers:
        """Draw an epoch on a new pyplot figure, without views. See `Comparison.plot`."""
        super().plot(
            epoch, views=views, palette=palette, mark_errors=mark_errors, legend=legend,
            title=title, font_size=font_size, point_size=point_size,
        )  # fmt: skip
        return self

    def _with(self, spaces):
        return Layers(spaces, self.compared[""], self.headline)

    def _check_views(self, views):
        if views:
            raise UserError("layers have no views: leave out ", Argument("views"))
        return []

    def _headline(self, title):
        return title or self.headline

    def to_html(self, *path: Any, **looks: Any) -> None:
        """Raise UserError: the page is that of the Replay."""
        raise UserError("layers have no page of their own: replay.to_html() shows the training")


def layers_of(history: History) -> Layers:
    """Make the Layers of a History; see `Replay.layers`."""
    steps, model, total = steps_of_layers(history)
    if len(steps) < 2:
        raise MissingError("the model has no layers of two units or more to show side by side")
    shown = f", {len(steps)} of {total} steps" if len(steps) < total else ""
    facts = [history.dataset.source, *architecture(history)]
    headline = ", ".join([f"Layer by Layer{shown}", *filter(None, facts)])
    spaces = [SpaceReplay(model, step.space, among=len(steps)) for step in steps]
    return Layers(spaces, [step.name for step in steps], headline)
