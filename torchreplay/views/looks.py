"""How a picture looks, for all of its views."""

from dataclasses import dataclass

from torchreplay.errors import UserError
from torchreplay.views.palettes import CLASSIC, PALETTES, Palette


@dataclass(frozen=True)
class Looks:
    """How a picture looks.

    palette: the Palette of the classes.
    mark_errors: whether to ring misclassified points.
    legend: whether to say what markers and lines mean.
    scale: of the markers; less than 1 on small axes.
    """

    palette: Palette = CLASSIC
    mark_errors: bool = False
    legend: bool = True
    scale: float = 1.0


def looks_of(palette="classic", mark_errors=False, legend=True):
    """The Looks of a palette by its name; raises UserError if there is none."""
    if palette not in PALETTES:
        raise UserError(f"palette {palette!r} is not one of {', '.join(PALETTES)}")
    return Looks(PALETTES[palette], mark_errors, legend)
