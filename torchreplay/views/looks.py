"""How pictures look: the colors and markers of classes, the scale of regression, and Looks.

Ten hues and ten shapes make twenty classes. Any two hues stay apart without red-green vision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from torchreplay.errors import UserError
from torchreplay.settings import POINT_SIZE

PaletteName = Literal["classic", "accessible"]
REGION_TINT = 0.14  # the share of a color of one's own in that of its region, over white
DEEPER_TINT = 0.15  # the share of the color of points in regions of the same hue, from class 10 on
EDGE_WIDTH = 0.5  # of points on a ground of their own color, in typographic points

HUES = {  # the colors of points and of regions, and the names of those of points
    "classic": (
        ("#0000FF", "#E0FEE0", "blue"),
        ("#FF0000", "#F5E3F5", "red"),  # regions: #98FB98 and #DDA0DD, at 30 % over white
        ("#219E94", "#B0E6CF", "teal"),
        ("#4C1B54", "#D5C5F9", "purple"),
        ("#432700", "#FFF3C7", "brown"),
        ("#3C96DB", "#CACDE3", "sky"),
        ("#863941", "#FDC3C3", "wine"),
        ("#FA3B76", "#D5CAD0", "pink"),
        ("#2F8944", "#CCDEAE", "green"),
        ("#E89E55", "#FAEAE7", "amber"),
    ),
    "accessible": (
        ("#0055AA", "#DCE9F7", "blue"),
        ("#C85200", "#FDE8D3", "orange"),
        ("#8D2941", "#FABECC", "wine"),
        ("#3F8F5C", "#C1D7A3", "green"),
        ("#3F9FDA", "#99E2FF", "sky"),
        ("#E08294", "#FEF3F5", "pink"),
        ("#DE9105", "#FEF2C0", "amber"),
        ("#3B1E57", "#D0C9E0", "purple"),
        ("#492103", "#EAC9BD", "brown"),
        ("#017076", "#9BE6D9", "teal"),
    ),
}
SHAPES = (  # matplotlib's marker, its size in typographic points, and its name
    ("o", 4, "circles"),
    ("X", 5.5, "crosses"),
    ("s", 3.7, "squares"),
    ("^", 5, "triangles"),
    ("D", 3.6, "diamonds"),
    ("v", 5, "triangles pointing down"),
    ("P", 5.2, "pluses"),
    ("<", 5, "triangles pointing left"),
    ("*", 6.5, "stars"),
    (">", 5, "triangles pointing right"),
)
SCALE = (  # evenly spaced for the eye, and all light enough for black lines
    "#4D7FDB", "#4596D3", "#4EA7CA", "#5EB6C0", "#73C3B6", "#8ED1AA", "#B1DF9B", "#D9EB8C",
    "#FFF57C",
)  # fmt: skip


@dataclass(frozen=True)
class Palette:
    """The look of classes, or of the bands of a scale: an entry for each in every tuple.

    points, regions: colors of data points and of the regions in which a class is predicted.
    markers, sizes: of the points, in matplotlib's words and in typographic points.
    names: of the points, in words.
    edge: the width of a black edge around points, in typographic points.
    """

    points: tuple[str, ...]
    regions: tuple[str, ...]
    markers: tuple[str, ...]
    sizes: tuple[float, ...]
    names: tuple[str, ...]
    edge: float = 0


def named(palette, classes=2, bands=0):
    """The Palette of a name; raises UserError if there is none.

    classes: how many it is for; 0 in regression, where it is for so many bands of the SCALE.
    """
    if not isinstance(palette, str) or palette not in HUES:
        raise UserError(f"palette {palette!r} is not one of {', '.join(HUES)}")
    if classes == 0:
        return banded(bands)
    points, regions, names = zip(*(hue_of(HUES[palette], k) for k in range(classes)), strict=True)
    if palette == "classic" and classes == 2:
        return round_points(points, regions, names)
    return shaped(points, regions, names)


def hue_of(hues, k):
    """What a table of hues has for class k: the colors of points and of regions, and the rest.

    After its last hue come the same ones again, in deeper regions.
    """
    again, k = divmod(k, len(hues))
    point, region, *rest = hues[k]
    deeper = mixed(region, point, again * DEEPER_TINT) if again else region
    return point, deeper, *rest


def round_points(points, regions, names):
    """The Palette of points that differ in color alone."""
    count = len(points)
    return Palette(points, regions, ("o",) * count, (4,) * count, names)


def shaped(points, regions, names):
    """The Palette of classes that differ in shape, too. The same hue never has the same shape."""
    count = len(SHAPES)
    shapes = [SHAPES[(k + k // count) % count] for k in range(len(points))]
    markers, sizes, words = zip(*shapes, strict=True)
    names = tuple(f"{name} {word}" for name, word in zip(names, words, strict=True))
    return Palette(points, regions, markers, sizes, names)


def banded(count, scale=SCALE):
    """The Palette of regression: a point in a band has the color of this ground, and an edge."""
    colors = scale_colors(count, scale)
    names = tuple(f"points of band {k + 1}" for k in range(count))
    return Palette(colors, colors, ("o",) * count, (5,) * count, names, EDGE_WIDTH)


def scale_colors(count, scale=SCALE):
    """The colors of some bands of equal width, from low to high: that in the middle of each."""
    return tuple(scale_color((k + 0.5) / count, scale) for k in range(count))


def scale_color(share, scale=SCALE):
    """The color at a share of the way from the low end of a scale, 0, to its high end, 1.

    scale: its colors at equal distances, as hexadecimal numbers.
    """
    steps = len(scale) - 1
    way = min(max(share, 0), 1) * steps
    k = min(int(way), steps - 1)
    return mixed(scale[k], scale[k + 1], way - k)


def mixed(color, other, share):
    """A hexadecimal color on the way from one to another."""
    pairs = ((int(each[k : k + 2], 16) for each in (color, other)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(one + share * (two - one)):02X}" for one, two in pairs)


def palette_of(colors, classes=2, bands=0):
    """The Palette of colors in matplotlib's words; raises UserError for anything else.

    classes: how many colors there must be; 0 in regression, where they are those of a scale for
        so many bands.
    """
    points = own_points(colors, classes)
    if classes == 0:
        return banded(bands, points)
    tints = tuple(mixed("#FFFFFF", color, REGION_TINT) for color in points)
    return (round_points if classes == 2 else shaped)(points, tints, tuple(map(str, colors)))


def own_points(colors, classes):
    """Colors of one's own as hexadecimal numbers; see `palette_of`."""
    from matplotlib.colors import is_color_like, to_hex

    given = tuple(colors) if isinstance(colors, Sequence) else (colors,)
    needed = {0: "two or more", 2: "two"}.get(classes, classes)
    remedy = f': give {needed}, as in ("tab:blue", "#d62728"{", …" * (classes != 2)})'
    for color in given:
        if not is_color_like(color):
            raise UserError(f"palette {colors!r} has {color!r}, which is no color{remedy}")
    if len(given) < 2 or len(given) != (classes or len(given)):
        count = f"{len(given)} color{'s' * (len(given) != 1)}"
        raise UserError(f"palette {colors!r} has {count}{remedy}")
    points = tuple(map(to_hex, given))
    if len(set(points)) < len(points):
        raise UserError(f"palette {colors!r} has the same color twice{remedy}")
    return points


CLASSIC, ACCESSIBLE = map(named, HUES)
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
    classes: the numbers of those that are shown, if they are not all.
    """

    palette: Palette = CLASSIC
    mark_errors: bool = False
    legend: bool = True
    scale: float = 1.0
    point_size: float | None = None
    title: str | None = None
    classes: tuple[int, ...] = ()


def looks_of(
    palette="classic", mark_errors=False, legend=True, point_size=None, title=None,
    classes=2, bands=0,
):  # fmt: skip
    """The Looks of a palette: its name, or a list of colors; raises UserError for others.

    classes, bands: what it is for, see `named`.
    """
    if point_size is not None:
        POINT_SIZE.check("point_size", point_size)
    made = named if isinstance(palette, str) else palette_of
    palette = made(palette, classes, bands)
    return Looks(palette, mark_errors, legend, point_size=point_size, title=title)
