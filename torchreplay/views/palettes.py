"""The palettes: colors and markers of the two classes."""

from dataclasses import dataclass
from typing import Literal

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
