"""The colors of the page: those of the palettes, by day and on dark ground."""

from torchreplay.views.looks import HUES, hue_of, named, scale_colors

NIGHT_HUES = {  # of the same classes: the colors of points and of regions
    "classic": (
        ("#6f9bff", "#1d3527"),
        ("#ff6b6b", "#382640"),
        ("#88b69c", "#33573b"),
        ("#f63cbd", "#2d282e"),
        ("#ffe1ba", "#51360f"),
        ("#63d0fb", "#055788"),
        ("#fcc6d4", "#734062"),
        ("#ab7f93", "#533d43"),
        ("#d2f663", "#5d521a"),
        ("#fa930e", "#421700"),
    ),
    "accessible": (
        ("#5cb3ff", "#1b3048"),
        ("#ff9a4d", "#43301d"),
        ("#f74e60", "#36201e"),
        ("#56a380", "#274139"),
        ("#cad7ff", "#28242d"),
        ("#e9a7ad", "#803c50"),
        ("#fceb3a", "#4e430d"),
        ("#9487ae", "#434369"),
        ("#fce5c0", "#6a4935"),
        ("#a8e9de", "#085c53"),
    ),
}
UNITS = {  # of the lines of units: apart from points, grounds and black or white lines
    "day": ("#a63fcb", "#0f8260", "#780018", "#000060"),
    "night": ("#14e8c8", "#f0dc28", "#96783c", "#8769d2"),
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
        "units": UNITS["day"],
        "night": night(name, classes, bands),
    }


def night(name, classes, bands):
    """The colors of points, of regions and of units on dark ground; see `colors`."""
    if classes == 0:
        bands = scale_colors(bands, NIGHT_SCALE)
        return {"points": bands, "regions": bands, "units": UNITS["night"]}
    points, regions = zip(*(hue_of(NIGHT_HUES[name], k) for k in range(classes)), strict=True)
    return {"points": points, "regions": regions, "units": UNITS["night"]}
