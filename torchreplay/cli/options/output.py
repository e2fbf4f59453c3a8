"""Options of the output files: stills, and the folder of all files."""

from torchreplay.cli.options import data
from torchreplay.cli.options.parser import EPOCH, PrintVersion, path
from torchreplay.films.forms import FORMS
from torchreplay.pictures.stills import STILL_FORMS


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--epoch", "epochs to save a still of; 0 is the initialization", "the last",
           dest="stills", nargs="+", type=EPOCH, metavar="K", page=False)
    option("--still", f"forms of the stills: {', '.join(STILL_FORMS)}", "png", default=["png"],
           dest="still_forms", nargs="+", choices=STILL_FORMS, metavar="NAME", page=False)
    option("--output-dir", "folder of stills and films, made if missing; without it, those of"
            " other data than the default go to outputs/data", "outputs", "-o", type=path,
           metavar="DIR")
    option("--quiet", "print nothing but what goes wrong", "progress and outcome",
           action="store_true")
    option("--version", "print the version of torchreplay, and do nothing else", "none",
           nargs=0, action=PrintVersion)
# fmt: on


def stills(typed):
    """The epochs of the stills."""
    return list(dict.fromkeys(typed.stills or [typed.epochs]))


def contradictions(typed):
    """Yield what is wrong with options together."""
    for epoch in typed.stills or ():
        if epoch > typed.epochs:
            yield f"--epoch {epoch} comes after the last of {typed.epochs:,} --epochs"


def home(typed, folder):
    """The default folder of the files: pictures of other data than the default have their own."""
    name, outputs = data.name(typed, folder), folder / "outputs"
    return outputs / "data" / name if name else outputs


def suffix(typed):
    """The suffix of the names of files that show more than a space."""
    views = "_views" * bool(typed.views)
    if typed.compare:
        names = (name.replace("-", "_") for name, *_ in typed.compare)
        return "_".join(["_compare", *names]) + views
    return "_search" if typed.search else views


def grouped(typed, folder):
    """The arguments of `OutputFolder`; `folder` has the default data set and `outputs`."""
    return {
        "folder": typed.output_dir or home(typed, folder),
        "suffix": suffix(typed),
        "stills": stills(typed),
        "still_forms": list(dict.fromkeys(typed.still_forms)),
        "has_bend": typed.bend is not None,
        "forms": [form for form in dict.fromkeys(typed.format) if form in FORMS],
    }
