"""Options of the picture: what it shows and how it looks."""

from torchreplay.cli.options.film import PAGE_FORM
from torchreplay.cli.options.parser import number, title
from torchreplay.settings import MAX_POINTS, MAX_TITLE, SIZE
from torchreplay.spaces.space import INPUT_SPACE, SPACE_INCHES
from torchreplay.views import GROUPS, VIEWS
from torchreplay.views.looks import PALETTES

MAX_ROW = 1_000_000_000


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--palette", f"one of {', '.join(PALETTES)}; accessible needs no color vision",
           "classic", default="classic", choices=PALETTES, metavar="NAME")
    option("--mark-errors", "draw a ring around every misclassified point that is drawn", "none",
           action="store_true")
    option("--no-legend", "draw no legend of markers and lines", "a legend",
           action="store_true", page=False)
    option("--max-points", "most points that are drawn: a fixed sample of all points",
           f"{MAX_POINTS.default:,}", default=MAX_POINTS.default,
           type=number(int, *MAX_POINTS.ends), metavar="N")
    names = (*VIEWS, *GROUPS)
    option("--views", f"what to show beside the space: {', '.join(names)}", "nothing", default=[],
           nargs="+", choices=names, metavar="NAME", page=False)
    option("--plane", "two parameters, as in hidden.weight[0,1]: the axes on which --views"
           " surface shows the loss", "the main components of the path", nargs=2, metavar="NAME",
           page=False)
    option("--features-shown", "two features, by names or numbers from 1 on, that the input space"
           " shows of more; all others stay at their medians", "none", nargs=2, metavar="FEATURE",
           page=False)
    option("--slice", "three points, by numbers from 1 on: the input space shows the plane through"
           " them", "none", nargs=3, type=number(int, 1, MAX_ROW), metavar="POINT", page=False)
    option("--classes-shown", "three classes, by names or numbers as in the legend, that the"
           " decision plane of a wide layer shows of more", "the first three", nargs=3,
           metavar="CLASS", page=False)
    option("--size", "width and height in pixels of a space alone, which is 6 inches; up to six"
           " views make the frame 2 x 9/8 of it, so that 960 gives 1920 x 1080; text can be read"
           f" from 240 on; {SIZE}",
           f"{SIZE.default}", type=number(int, *SIZE.ends), metavar="PIXELS", page=False)
    option("--dpi", "the same as pixels per inch; 20 to 1365", f"{SIZE.default // SPACE_INCHES}",
           type=number(float, *(end // SPACE_INCHES for end in SIZE.ends)), metavar="DPI",
           page=False)
    option("--title", f"title of the page of --format html; 1 to {MAX_TITLE} characters",
           "what is learned from which data", type=title, metavar="TEXT")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.size is not None and typed.dpi is not None:
        yield "--size and --dpi say the same: give one of them"
    if typed.title and PAGE_FORM not in typed.format:
        yield f"--title is for --format {PAGE_FORM}"
    if typed.plane and "surface" not in typed.views:
        yield "--plane is for --views surface"
    if typed.slice and typed.features_shown:
        yield "--slice and --features-shown contradict each other: give one of them"
    if span(typed) and PAGE_FORM in typed.format:
        yield f"{flag(typed)} is for stills and films, not for --format {PAGE_FORM}"
    if typed.classes_shown and PAGE_FORM in typed.format:
        yield f"--classes-shown is for stills and films, not for --format {PAGE_FORM}"


def misses_its_space(typed, space):
    """What is wrong if what chooses a plane is typed, and its space is not shown; else nothing."""
    if typed.classes_shown and space and space.view == INPUT_SPACE.view:
        yield "--classes-shown is for feature_space_visualization.py"
    if span(typed) and space and space.view != INPUT_SPACE.view not in typed.views:
        yield f"{flag(typed)} is for the input space: add --views {INPUT_SPACE.view}"


def span(typed):
    """What spans the plane that is shown of an input space, see `Space`: words."""
    return tuple(map(str, typed.slice or typed.features_shown or ()))


def flag(typed):
    """The option that says it."""
    return "--slice" if typed.slice else "--features-shown"


def size(typed):
    """The pixels of a space alone."""
    return typed.dpi * SPACE_INCHES if typed.dpi else typed.size or SIZE.default


def space(typed, epochs):
    """The arguments of `collect`."""
    return {
        "epochs": sorted(epochs),
        "max_points": typed.max_points,
        "classes": tuple(typed.classes_shown or ()),
        "span": () if INPUT_SPACE.view in typed.views else span(typed),
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
    shown = {"surface": typed.plane or (), INPUT_SPACE.view: span(typed)}
    return {
        "views": [
            (view, *shown[view]) if shown.get(view) else view
            for view in (*_maps(typed), *typed.views)
        ],
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
    """The arguments of `page_of`; `name` is that of the space that comes first."""
    return {
        "palette": typed.palette,
        "opens": name,
        "mark_errors": typed.mark_errors,
        "fps": typed.fps,
        "max_points": typed.max_points,
        "title": typed.title,
        "tour": typed.tour,
    }
