"""Options of the picture: what is shown, and how it looks."""

from torchreplay.options.parser import number
from torchreplay.palettes import PALETTES
from torchreplay.spaces import SPACE_INCHES
from torchreplay.views import GROUPS, VIEWS

SIZE = 720


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--palette", f"one of {', '.join(PALETTES)}; accessible needs no color vision",
           "classic", default="classic", choices=PALETTES, metavar="NAME")
    option("--mark-errors", "draw a ring around every misclassified point that is drawn", "none",
           action="store_true")
    option("--no-legend", "draw no legend of markers and lines", "a legend",
           action="store_true")
    option("--max-points", "most points that are drawn, a fixed sample of those trained on",
           "10,000", default=10_000, type=number(int, 2, 1_000_000), metavar="N")
    names = (*VIEWS, *GROUPS)
    option("--views", f"what to show beside the space: {', '.join(names)}", "nothing", default=[],
           nargs="+", choices=names, metavar="NAME")
    option("--size", "width and height in pixels of a space alone, which is 6 inches; 120 to 8,190",
           f"{SIZE}", type=number(int, 120, 8190), metavar="PIXELS")
    option("--dpi", "the same as pixels per inch; 20 to 1365", f"{SIZE // SPACE_INCHES}",
           type=number(float, 20, 1365), metavar="DPI")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.size is not None and typed.dpi is not None:
        yield "--size and --dpi say the same: give one of them"


def size(typed):
    """The pixels of a space alone."""
    return typed.dpi * SPACE_INCHES if typed.dpi else typed.size or SIZE


def shown(typed, epochs):
    """What `collect` is to be given."""
    return {"epochs": sorted(epochs), "max_points": typed.max_points, "size": size(typed)}


def grouped(typed):
    """What `compose` is to be given."""
    return {
        "views": [*(["search"] if typed.search else []), *typed.views],
        "palette": typed.palette,
        "mark_errors": typed.mark_errors,
        "size": size(typed),
        "compared": (typed.compare or [""])[0].replace("-", " "),
        "legend": not typed.no_legend,
    }
