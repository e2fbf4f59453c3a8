"""The colors of the page: those of the palettes, by day and on dark ground."""

from torchreplay.views.looks import HUES, hue_of, named, scale_colors

NIGHT_HUES = {  # of the same classes: the colors of points and of regions
    "classic": (
        ("#6f9bff", "#1d3527"),
        ("#ff6b6b", "#382640"),
        ("#2ad4fc", "#18568a"),
        ("#fc8d10", "#54380c"),
        ("#f13e9b", "#5d4452"),
        ("#b287bc", "#4a4766"),
        ("#09fcf4", "#1d2829"),
        ("#ffabc7", "#5c4d48"),
        ("#b0f4be", "#515432"),
        ("#fbd36b", "#451707"),
    ),
    "accessible": (
        ("#5cb3ff", "#1b3048"),
        ("#ff9a4d", "#43301d"),
        ("#808eb4", "#2a5589"),
        ("#cbb991", "#4a3f0f"),
        ("#cdf804", "#4f5830"),
        ("#ba8491", "#381a2a"),
        ("#ecd4fe", "#4d3c49"),
        ("#f35651", "#79454e"),
        ("#1ecdbd", "#015c68"),
        ("#d5f3cf", "#034d39"),
    ),
}
NIGHT_SCALE = (  # as even as SCALE, and dark enough for white lines
    "#00214c", "#062f49", "#143947", "#224343", "#314d3e", "#435837", "#59642f", "#706e23",
    "#8b7612",
)  # fmt: skip


def colors(classes=2, bands=0):
    """The palettes by their names, made of what JSON knows; classes, bands: see `named`."""
    return {name: _colors(name, classes, bands) for name in HUES}


def _colors(name, classes, bands):
    palette = named(name, classes, bands)
    return {
        "points": palette.points,
        "regions": palette.regions,
        "markers": palette.markers,
        "night": night(name, classes, bands),
    }


def night(name, classes, bands):
    """The colors of points and of regions on dark ground; see `colors`."""
    if classes == 0:
        bands = scale_colors(bands, NIGHT_SCALE)
        return {"points": bands, "regions": bands}
    points, regions = zip(*(hue_of(NIGHT_HUES[name], k) for k in range(classes)), strict=True)
    return {"points": points, "regions": regions}
