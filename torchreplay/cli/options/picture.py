"""Options of the picture: what it shows and how it looks."""

from torchreplay.cli.options.parser import number
from torchreplay.settings import MAX_POINTS, SIZE
from torchreplay.spaces.space import SPACE_INCHES
from torchreplay.views import GROUPS, VIEWS
from torchreplay.views.looks import PALETTES


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--palette", f"one of {', '.join(PALETTES)}; accessible needs no color vision",
           "classic", default="classic", choices=PALETTES, metavar="NAME")
    option("--mark-errors", "draw a ring around every misclassified point that is drawn", "none",
           action="store_true")
    option("--no-legend", "draw no legend of markers and lines", "a legend",
           action="store_true")
    option("--max-points", "most points that are drawn: a fixed sample of all points",
           f"{MAX_POINTS.default:,}", default=MAX_POINTS.default,
           type=number(int, *MAX_POINTS.ends), metavar="N")
    names = (*VIEWS, *GROUPS)
    option("--views", f"what to show beside the space: {', '.join(names)}", "nothing", default=[],
           nargs="+", choices=names, metavar="NAME")
    option("--plane", "two parameters, as in hidden.weight[0,1]: the axes on which --views"
           " surface shows the loss", "the main components of the path", nargs=2, metavar="NAME")
    option("--size", "width and height in pixels of a space alone, which is 6 inches; up to six"
           " views make the frame 2 x 9/8 of it, so that 960 gives 1920 x 1080; text can be read"
           f" from 240 on; {SIZE}",
           f"{SIZE.default}", type=number(int, *SIZE.ends), metavar="PIXELS")
    option("--dpi", "the same as pixels per inch; 20 to 1365", f"{SIZE.default // SPACE_INCHES}",
           type=number(float, *(end // SPACE_INCHES for end in SIZE.ends)), metavar="DPI")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.size is not None and typed.dpi is not None:
        yield "--size and --dpi say the same: give one of them"
    if typed.plane and "surface" not in typed.views:
        yield "--plane is for --views surface"


def size(typed):
    """The pixels of a space alone."""
    return typed.dpi * SPACE_INCHES if typed.dpi else typed.size or SIZE.default


def space(typed, epochs):
    """The arguments of `collect`."""
    return {
        "epochs": sorted(epochs),
        "max_points": typed.max_points,
        "size": size(typed),
        "compared": {name.replace("-", " "): values for name, *values in typed.compare},
    }


def _maps(typed):
    """The maps of a search: of the points trained on, and of those held out."""
    if not typed.search:
        return []
    return ["search_map", "held_out_map"] if typed.validation else ["search_map"]


def grouped(typed):
    """The arguments of `SpaceReplay.picture` or of `Comparison.picture`."""
    views = [("surface", *typed.plane) if typed.plane and view == "surface" else view
             for view in (*_maps(typed), *typed.views)]  # fmt: skip
    return {
        "views": views,
        "palette": typed.palette,
        "mark_errors": typed.mark_errors,
        "legend": not typed.no_legend,
    }


def bend(typed):
    """The looks of a bend, see `SpaceReplay.bend`."""
    return {
        "size": size(typed),
        "palette": typed.palette,
        "mark_errors": typed.mark_errors,
        "legend": not typed.no_legend,
    }


def page(typed, name):
    """The arguments of `Replay.to_html`; `name` is that of the space that comes first."""
    return {
        "palette": typed.palette,
        "opens": name,
        "mark_errors": typed.mark_errors,
        "fps": typed.fps,
        "max_points": typed.max_points,
    }
