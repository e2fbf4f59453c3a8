"""How pictures look: palettes, the colors and markers of the two classes, and rings and legends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torchreplay.errors import UserError
from torchreplay.settings import POINT_SIZE

PaletteName = Literal["classic", "accessible"]
REGION_TINT = 0.14  # the share of a color of one's own in that of its region, over white


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
    point_size: of the points, in typographic points; None leaves it to the palette.
    title: of the space, in place of its own.
    """

    palette: Palette = CLASSIC
    mark_errors: bool = False
    legend: bool = True
    scale: float = 1.0
    point_size: float | None = None
    title: str | None = None


def looks_of(palette="classic", mark_errors=False, legend=True, point_size=None, title=None):
    """The Looks of a palette: its name, or a pair of colors; raises UserError for others."""
    if point_size is not None:
        POINT_SIZE.check("point_size", point_size)
    palette = named(palette) if isinstance(palette, str) else palette_of(palette)
    return Looks(palette, mark_errors, legend, point_size=point_size, title=title)


def named(palette):
    """The Palette of a name; raises UserError if there is none."""
    if not isinstance(palette, str) or palette not in PALETTES:
        raise UserError(f"palette {palette!r} is not one of {', '.join(PALETTES)}")
    return PALETTES[palette]


def palette_of(colors):
    """The Palette of two colors in matplotlib's words; raises UserError for anything else."""
    from matplotlib.colors import is_color_like, to_hex, to_rgb

    colors = tuple(colors) if isinstance(colors, Sequence) else (colors,)
    if len(colors) != 2 or not all(map(is_color_like, colors)):
        raise UserError(
            f'palette {colors!r} is no pair of colors: give two, as in ("tab:blue", "#d62728")'
        )
    points = tuple(map(to_hex, colors))
    if len(set(points)) == 1:
        raise UserError(f"palette {colors!r} has one color for both classes: give two")
    tints = ([1 - REGION_TINT * (1 - part) for part in to_rgb(color)] for color in points)
    return Palette(points, tuple(map(to_hex, tints)), ("o", "o"), (4, 4), tuple(map(str, colors)))
