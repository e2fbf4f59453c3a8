"""How pictures look: palettes, the colors and markers of the two classes, and rings and legends."""

from dataclasses import dataclass
from typing import Literal

from torchreplay.errors import UserError

PaletteName = Literal["classic", "accessible"]


@dataclass(frozen=True)
class Palette:
    """The look of the two classes, each a pair: class 0, then class 1.

    points, regions: colors of data points and of the regions in which a class is predicted.
    markers, sizes: of the points, in matplotlib's words and in typographic points.
    names: of the points, in words.
    """

    points: tuple[str, str]
    regions: tuple[str, str]
    markers: tuple[str, str]
    sizes: tuple[float, float]
    names: tuple[str, str]


CLASSIC = Palette(
    points=("#0000FF", "#FF0000"),
    regions=("#E0FEE0", "#F5E3F5"),  # #98FB98 and #DDA0DD, at 30 % over white
    markers=("o", "o"),
    sizes=(4, 4),
    names=("blue", "red"),
)
ACCESSIBLE = Palette(
    points=("#0055AA", "#C85200"),
    regions=("#DCE9F7", "#FDE8D3"),
    markers=("o", "X"),
    sizes=(4, 5.5),
    names=("blue circles", "orange crosses"),
)
PALETTES = {"classic": CLASSIC, "accessible": ACCESSIBLE}


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
