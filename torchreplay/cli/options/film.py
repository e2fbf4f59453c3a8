"""Options of the film: its form, its epochs and its pace."""

from torchreplay.cli.options.parser import EPOCH, file_path, number
from torchreplay.films.forms import FORMS
from torchreplay.settings import FPS, HOLD

LAST = -1  # stands for the last epoch
PAGE_FORM = "html"  # it is made of a record, not of frames


# fmt: off
def add(option, folder):
    """Add the options."""
    names = (*FORMS, PAGE_FORM)
    option("--format", f"forms of the film: {', '.join(names)}; png is a folder of frames, html a"
           " page to explore", "mp4", default=["mp4"], nargs="+", choices=names, metavar="NAME")
    option("--from", "first epoch", "1", dest="first", default=1, type=EPOCH, metavar="K",
           page=False)
    option("--to", "last epoch", "that of the training", dest="last", type=EPOCH, metavar="K",
           page=False)
    option("--every", "epochs from one frame to the next; the last epoch is always shown;"
           " 1 to 100,000", "1", default=1, type=number(int, 1, 100_000), metavar="N",
           page=False)
    option("--fps", f"frames a second; {FPS}", f"{FPS.default:g}", default=FPS.default,
           type=number(float, *FPS.ends), metavar="RATE")
    option("--hold", f"seconds the last frame stays; {HOLD}", f"{HOLD.default:g}",
           default=HOLD.default, type=number(float, *HOLD.ends), metavar="SECONDS", page=False)
    option("--bend", "make a second film, of this epoch alone, in which its plane bends from the"
           " input space to the feature space; without K of the last one", "none", nargs="?",
           type=EPOCH, const=LAST, metavar="K", page=False)
    option("--tour", "text file of stops that one steps through on the page of --format html",
           "a tour of its own", type=file_path, metavar="FILE")
    option("--once", "play a film that repeats itself only once", "again and again",
           action="store_true", page=False)
# fmt: on


def epochs(typed):
    """The epochs of the film; each is a frame."""
    last = _last(typed)
    return [*range(typed.first, last, typed.every), last]


def _last(typed):
    return typed.epochs if typed.last is None else typed.last


def contradictions(typed):
    """Yield what is wrong with options together."""
    if _last(typed) > typed.epochs:
        yield f"--to {typed.last} comes after the last of {typed.epochs:,} --epochs"
    if typed.first > _last(typed):
        yield f"--from {typed.first} comes after the last epoch of the film, {_last(typed)}"
    forms = {name: FORMS[name] for name in typed.format if name in FORMS}
    if typed.once and not any(form.repeats for form in forms.values()):
        yield f"--once is for --format {' and '.join(n for n, f in FORMS.items() if f.repeats)}"
    if typed.tour and PAGE_FORM not in typed.format:
        yield f"--tour is for --format {PAGE_FORM}"
    if typed.bend is not None:
        yield from _contradictions_of_bend(typed, forms)
    for name, form in forms.items():
        if typed.fps > form.most_fps:
            yield f"--format {name} has at most {form.most_fps} frames a second: lower --fps"
    if typed.hold and not any(form.holds for form in forms.values()):
        yield f"--hold is for --format {' and '.join(n for n, f in FORMS.items() if f.holds)}"


def _contradictions_of_bend(typed, forms):
    if typed.bend > typed.epochs:
        yield f"--bend {typed.bend} comes after the last of {typed.epochs:,} --epochs"
    if typed.compare:
        yield "--bend shows one run: leave out --compare"
    if not forms:
        yield f"--bend is for --format {', '.join(FORMS)}"


def bend(typed):
    """The epoch of the film of a bend, or None if there is to be none."""
    return typed.epochs if typed.bend == LAST else typed.bend


def grouped(typed):
    """The arguments of `Film`."""
    return {
        "epochs": epochs(typed),
        "fps": typed.fps,
        "hold": typed.hold,
        "loop": not typed.once,
    }
