"""Swatches: the marker of a class beside its name."""

from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

SWATCH_WIDTH = 10  # with a gap, in points


def swatches(axes, palette, places, offset):
    """Add the markers of classes to axes. Returns them.

    places: of the first classes, in data; offset: from them, in points.
    """
    shift = ScaledTranslation(*(each / 72 for each in offset), axes.figure.dpi_scale_trans)
    made = []
    looks = zip(palette.points, palette.markers, palette.sizes, places, strict=False)
    for color, marker, size, (x, y) in looks:
        style = {"color": color, "marker": marker, "markersize": 1.2 * size, "markeredgewidth": 0}
        swatch = Line2D([x], [y], linestyle="", clip_on=False, **style)
        swatch.set_transform(axes.transData + shift)
        made.append(axes.add_artist(swatch))
    return made
