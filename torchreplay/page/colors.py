"""The colors of the page: those of the palettes, by day and on dark ground."""

from torchreplay.views.looks import PALETTES

DARK_PALETTES = {
    "classic": {"points": ["#6f9bff", "#ff6b6b"], "regions": ["#1d3527", "#382640"]},
    "accessible": {"points": ["#5cb3ff", "#ff9a4d"], "regions": ["#1b3048", "#43301d"]},
}


def colors():
    """The palettes by their names, made of what JSON knows."""
    return {
        name: {
            "points": palette.points,
            "regions": palette.regions,
            "markers": palette.markers,
            "night": DARK_PALETTES[name],
        }
        for name, palette in PALETTES.items()
    }
