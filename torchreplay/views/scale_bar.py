"""The scale of colors of a regression: a bar with the numbers of its levels."""

from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from torchreplay.views.titles import font_scale, minus, shorten

BAR_HEIGHT, FONT_SIZE = 11, 7.5  # in points
GAP = 6  # in points


def scale_bar(dataset, looks, inches, lines=True):
    """What explains the colors of a regression: the name of its labels, and a bar of its bands.

    A number stands where two bands meet.
    inches: how wide all of it may get; lines: whether there are level lines.
    """
    words = {"fontsize": 9 * font_scale(), "parse_math": False}
    parts = [TextArea(shorten(dataset.target) + ", level lines" * lines, textprops=words)]
    if dataset.held_out is not None:
        parts.append(TextArea("hollow: held out", textprops=words))
    taken = sum(0.55 * words["fontsize"] * len(part.get_text()) + GAP for part in parts)
    bar = _bar(dataset.task, looks.palette.regions, max(0.4 * 72 * inches, 72 * inches - taken))
    return HPacker(children=[parts[0], bar, *parts[1:]], pad=0, sep=GAP, align="center")


def _bar(task, colors, width):
    """The bar, some points wide."""
    area, band = DrawingArea(width, BAR_HEIGHT), width / len(colors)
    for k, color in enumerate(colors):
        look = {"facecolor": color, "edgecolor": "black", "linewidth": 0.5}
        area.add_artist(Rectangle((k * band, 0), band, BAR_HEIGHT, **look))
    texts = [minus(f"{level:g}") for level in task.levels]
    longest = max(map(len, texts), default=1)
    size = min(FONT_SIZE * font_scale(), 0.85 * band / longest / 0.55)
    for k, text in enumerate(texts, start=1):
        place = {"ha": "center", "va": "center_baseline", "fontsize": size}
        halo = Text(k * band, BAR_HEIGHT / 2, text, **place)
        halo.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6})
        area.add_artist(halo)
    return area


def add_scale_bar(owner, bar, place, gap=0):
    """Add what `scale_bar` makes to a figure or axes: centered over a place, in their fractions."""
    transform = owner.transFigure if hasattr(owner, "transFigure") else owner.transAxes
    box = AnchoredOffsetbox(
        "lower center", child=bar, pad=0, borderpad=gap, frameon=False, bbox_to_anchor=place,
        bbox_transform=transform, prop={"size": 1},
    )  # fmt: skip
    box.set_clip_on(False)
    owner.add_artist(box)
    return box
