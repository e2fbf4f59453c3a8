"""Options of the data on which a network is trained."""

from torchreplay.cli.options.parser import SEED, number, path
from torchreplay.data.example_sets import SETS
from torchreplay.settings import CLASSES, DATA_SEED, NOISE, POINTS


def source(text):
    """An argparse type: the bare name of a set, or the Path of a file."""
    return text if text in SETS else path(text)


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--data", "file with one point on each line, features and label, or one of"
           f" {', '.join(SETS)}",
           "datasets.txt", default=folder / "datasets.txt", type=source, metavar="FILE|NAME")
    option("--label", "name or number of the file's column of labels", "the last",
           metavar="COLUMN")
    option("--features", "names or numbers of its columns of features, two or more, of"
           " --regression one or more; 2-5 are four columns", "all but the label",
           nargs="+", metavar="COLUMN")
    option("--drop", "names or numbers of columns that are no features", "none",
           action="extend", nargs="+", metavar="COLUMN")
    option("--positive", "label that is class 1, all others are class 0",
           "each label is a class", metavar="LABEL")
    option("--regression", "learn the labels as numbers; one feature is enough",
           "learn classes", action="store_true")
    option("--points", f"points of a set made by formula; {POINTS}",
           f"{POINTS.default:,}, of corners 4, sine 300, hills 500",
           type=number(int, *POINTS.ends), metavar="N")
    option("--noise", f"standard deviation of its noise; {NOISE}", "that of the set",
           type=number(float, *NOISE.ends), metavar="SIGMA")
    option("--classes", f"number of classes of --data blobs; {CLASSES}", f"{CLASSES.default}",
           type=number(int, *CLASSES.ends), metavar="K")
    option("--data-seed", "seed of its points and noise, and of what --validation holds out",
           f"{DATA_SEED.default}", type=SEED, metavar="N")
    option("--validation", "share of the points of each class that is held out: they are drawn"
           " hollow, and not trained on; 0 to 0.9", "0", type=number(float, 0, 0.9),
           metavar="SHARE")
    option("--standardize", "train on features scaled to mean 0 and variance 1; pictures keep the"
           " units of the data", "features as they are", action="store_true")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    formula = {"points": typed.points, "noise": typed.noise}
    if not typed.validation:
        formula["data-seed"] = typed.data_seed
    if typed.data in SETS:
        wrong, whose = _columns(typed), "a file, not for a set made by formula"
    else:
        wrong, whose = formula, "sets made by formula, not for a file"
    for name, value in wrong.items():
        if value is not None:
            yield f"--{name} is for {whose}"
    if typed.classes is not None and typed.data != "blobs":
        yield "--classes is for --data blobs"
    if typed.regression and typed.positive is not None:
        yield "--positive is for classes: leave it out, or --regression"


def _columns(typed):
    names = ("label", "features", "drop", "positive")
    regression = True if typed.regression else None
    return {name: getattr(typed, name) for name in names} | {"regression": regression}


def name(typed, folder):
    """The name of the data, or "" for the default data set."""
    if typed.data in SETS:
        return typed.data
    is_default = typed.data.absolute() == (folder / "datasets.txt").absolute()
    # A name of dots alone would be another folder: `..` that of the default data.
    return "" if is_default else typed.data.stem.lstrip(".") or "points"


def grouped(typed):
    """The arguments of `load_dataset`."""
    formula = {"points": typed.points, "noise": typed.noise, "classes": typed.classes}
    choices = {"seed": typed.data_seed, "validation": typed.validation}
    settings = formula | _columns(typed) | choices
    return {
        "source": typed.data,
        "standardized": typed.standardize,
        **{name: value for name, value in settings.items() if value is not None},
    }
