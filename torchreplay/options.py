"""The options of both scripts: what they mean, their defaults, and which do not go together."""

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from torchreplay.activations import ACTIVATIONS
from torchreplay.example_sets import SETS
from torchreplay.forms import FORMS
from torchreplay.palettes import PALETTES
from torchreplay.spaces import SPACE_INCHES
from torchreplay.views import GROUPS, VIEWS

OPTIMIZERS = {"sgd": 3.0, "adam": 0.1}  # and their learning rates
COMPARABLE = ("learning-rate", "activation", "hidden", "seed", "batch-size", "optimizer")


@dataclass(frozen=True)
class Options:
    """What was typed, in groups that are each handed on as keyword arguments.

    data: what to load, for `load_dataset`.
    runs: by its name, how to make and train a network, for `train_all`.
    shown: what is shown of them, for `collect`.
    picture: for `compose`.
    film: for `Film`.
    output: for `OutputFolder`.
    """

    data: dict
    runs: dict
    shown: dict
    picture: dict
    film: dict
    output: dict


class Parser(argparse.ArgumentParser):
    """An argument parser that reports a bad option in a single line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (see --help)\n")

    def option_group(self, name):
        """Make a group of options: a function that adds one, with its help and default in words."""
        group = self.add_argument_group(name)
        return lambda flag, help, otherwise, **settings: group.add_argument(
            flag, help=f"{help} (default: {otherwise})", **settings
        )


def number(kind, low, high):
    """Make an argparse type: a finite number of the kind int or float from low to high."""

    def convert(text):
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {low:,} to {high:,}")
        return value

    return convert


def learning_rate(text):
    """An argparse type: a positive, finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive, finite number")
    return value


def path(text):
    """An argparse type: a path that is not empty."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty")
    return Path(text)


SEED = number(int, 0, 2**32 - 1)
EPOCH = number(int, 0, 100_000)


# fmt: off
def add_data_options(option, folder):
    option("--data", f"file with a point a line, features and label, or one of {', '.join(SETS)}",
           "datasets.txt", default=folder / "datasets.txt", type=path, metavar="FILE|NAME")
    option("--points", "points of a set made by formula; 4 to 1,000,000", "2,000",
           type=number(int, 4, 1_000_000), metavar="N")
    option("--noise", "standard deviation of its noise; 0 to 10", "that of the set",
           type=number(float, 0, 10), metavar="SIGMA")
    option("--data-seed", "seed of its points and noise", "13", type=SEED, metavar="N")
    option("--standardize", "train on features scaled to mean 0 and variance 1; pictures keep the"
           " units of the data", "features as they are", action="store_true")


def add_network_options(option):
    option("--hidden", "units of each hidden layer; 1 to 1,000", "2", default=[2], nargs="+",
           type=number(int, 1, 1000), metavar="UNITS")
    option("--activation", "sigmoid, tanh or relu, of the hidden layers", "sigmoid",
           default="sigmoid", choices=ACTIVATIONS, metavar="NAME")
    option("--latent", "append a linear layer of 2 units to the hidden layers", "none",
           action="store_true")


def add_training_options(option):
    option("--epochs", "passes over the data, each a frame of the film; 1 to 100,000", "200",
           default=200, type=number(int, 1, 100_000), metavar="N")
    option("--learning-rate", "step of the optimizer", "3, with adam 0.1",
           type=learning_rate, metavar="RATE")
    option("--batch-size", "points per update, reshuffled each epoch; 1 to 1,000,000",
           "all, unshuffled", type=number(int, 1, 1_000_000), metavar="N")
    option("--optimizer", "sgd, gradient descent, or adam", "sgd", default="sgd",
           choices=OPTIMIZERS, metavar="NAME")
    option("--momentum", "of sgd; 0 to 0.999", "0", type=number(float, 0, 0.999),
           metavar="SHARE")
    option("--seed", "seed of initial parameters and shuffling", "41", default=41, type=SEED,
           metavar="N")


def add_picture_options(option):
    option("--epoch", "epochs to save a still of; 0 is the initialization", "the last",
           dest="stills", nargs="+", type=EPOCH, metavar="K")
    option("--palette", "classic, or accessible, which needs no color vision", "classic",
           default="classic", choices=PALETTES, metavar="NAME")
    option("--mark-errors", "draw a ring around every misclassified point", "none",
           action="store_true")
    option("--no-legend", "leave out what says what markers and lines mean", "a legend",
           action="store_true")
    option("--max-points", "points drawn at the most, a fixed sample of those trained on", "10,000",
           default=10_000, type=number(int, 2, 1_000_000), metavar="N")
    names = (*VIEWS, *GROUPS)
    option("--views", f"what to show beside the space: {', '.join(names)}", "nothing", default=[],
           nargs="+", choices=names, metavar="NAME")
    option("--compare", "an option, and two to six values of it to run side by side; of"
           f" {', '.join(COMPARABLE)}; units of layers as 10,2", "nothing", default=[], nargs="+",
           metavar=("OPTION", "VALUE"))
    option("--size", "pixels of 6 inches, a space alone; 120 to 8,190", "720",
           type=number(int, 120, 8190), metavar="PIXELS")
    option("--dpi", "the same as pixels of an inch; 20 to 1365", "120",
           type=number(float, 20, 1365), metavar="DPI")


def add_film_options(option):
    option("--format", "forms of the film: mp4, gif, and png, a folder of frames", "mp4",
           default=["mp4"], nargs="+", choices=FORMS, metavar="NAME")
    option("--from", "first epoch", "1", dest="first", default=1, type=EPOCH, metavar="K")
    option("--to", "last epoch", "that of the training", dest="last", type=EPOCH, metavar="K")
    option("--every", "epochs from frame to frame, but for the last; 1 to 100,000", "1", default=1,
           type=number(int, 1, 100_000), metavar="N")
    option("--fps", "frames a second; 0.1 to 240", "20", default=20.0,
           type=number(float, 0.1, 240), metavar="RATE")
    option("--hold", "seconds the last frame stays; 0 to 600", "0", default=0.0,
           type=number(float, 0, 600), metavar="SECONDS")
    option("--loop", "play a gif again and again", "it does", action="store_true")
    option("--once", "play a gif once", "again and again", action="store_true")


def add_output_options(option, folder):
    option("--output-dir", "folder of stills and films, made if missing", "outputs",
           default=folder / "outputs", type=path, metavar="DIR")
# fmt: on


def contradictions(typed):
    """Yield, for options that are right one by one, what is wrong with them together."""
    made = {"points": typed.points, "noise": typed.noise, "data-seed": typed.data_seed}
    for name, value in made.items():
        if value is not None and str(typed.data) not in SETS:
            yield f"--{name} is for sets made by formula, not for a file"
    if typed.momentum is not None and typed.optimizer == "adam":
        yield "--momentum is for --optimizer sgd, not for adam"
    if typed.size is not None and typed.dpi is not None:
        yield "--size and --dpi say the same: give one of them"
    yield from _contradictions_of_comparison(typed)
    yield from _contradictions_of_film(typed)


def _contradictions_of_comparison(typed):
    if typed.compare:
        name, *values = typed.compare
        if name not in COMPARABLE:
            yield f"--compare {name}: not one of {', '.join(COMPARABLE)}"
        if not 2 <= len(set(values)) == len(values) <= 6:
            yield f"--compare {name} needs two to six different values"
        if typed.views:
            yield "--compare and --views do not go together"


def _contradictions_of_film(typed):
    for epoch in typed.stills or ():
        if epoch > typed.epochs:
            yield f"--epoch {epoch} comes after the last of {typed.epochs:,} --epochs"
    if typed.last is not None and typed.last > typed.epochs:
        yield f"--to {typed.last} comes after the last of {typed.epochs:,} --epochs"
    last = typed.epochs if typed.last is None else typed.last
    if typed.first > last:
        yield f"--from {typed.first} comes after the last epoch of the film, {last}"
    if typed.loop and typed.once:
        yield "--loop and --once contradict each other"
    if (typed.loop or typed.once) and "gif" not in typed.format:
        yield "--loop and --once are for --format gif"
    if typed.fps > 50 and "gif" in typed.format:
        yield "--format gif has at most 50 frames a second: lower --fps"
    if typed.hold and typed.format == ["png"]:
        yield "--hold is for --format mp4 and gif"


def parse_options(description, folder, arguments=None, space=None):
    """Read the Options of a script.

    folder: that with the default data set and the default output folder.
    arguments: what was typed; by default what the script was started with.
    space: the Space that the script shows.
    """
    parser = Parser(description=description, allow_abbrev=False)
    add_data_options(parser.option_group("data"), folder)
    add_network_options(parser.option_group("network"))
    add_training_options(parser.option_group("training"))
    add_picture_options(parser.option_group("picture"))
    add_film_options(parser.option_group("film"))
    add_output_options(parser.option_group("output"), folder)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    typed = _parse(parser, arguments)
    if space and space.view in typed.views:
        parser.error(
            f"--views {space.view}: the {space.view} space is already what the views stand beside"
        )
    name, *values = typed.compare or [None]
    compared = {
        value: _parse(parser, [*arguments, f"--{name}", *value.split(",")]) for value in values
    }
    runs = compared or {"": typed}
    return _grouped(typed, {value: _run(settings) for value, settings in runs.items()})


def _parse(parser, arguments):
    typed = parser.parse_args(arguments)
    for contradiction in contradictions(typed):
        parser.error(contradiction)
    return typed


def _run(typed):
    """How to make and train a network, for `train_all`."""
    rate = typed.learning_rate
    return {
        "seed": typed.seed,
        "network": {
            "hidden": typed.hidden,
            "activation": typed.activation,
            "latent": typed.latent,
        },
        "training": {
            "epochs": typed.epochs,
            "learning_rate": OPTIMIZERS[typed.optimizer] if rate is None else rate,
            "batch_size": typed.batch_size,
            "optimizer": typed.optimizer,
            "momentum": typed.momentum or 0.0,
        },
    }


def _grouped(typed, runs):
    """What was typed as Options, with the defaults that depend on other options."""
    data = {"points": typed.points, "noise": typed.noise, "seed": typed.data_seed}
    stills = list(dict.fromkeys(typed.stills or [typed.epochs]))
    last = typed.epochs if typed.last is None else typed.last
    film_epochs = [*range(typed.first, last, typed.every), last]
    size = typed.dpi * SPACE_INCHES if typed.dpi else typed.size or 720
    compared = typed.compare[0] if typed.compare else ""
    suffix = f"_compare_{compared.replace('-', '_')}" if compared else "_views" * bool(typed.views)
    return Options(
        data={
            "source": typed.data,
            "standardized": typed.standardize,
            **{name: value for name, value in data.items() if value is not None},
        },
        runs=runs,
        shown={
            "epochs": sorted({*stills, *film_epochs}),
            "max_points": typed.max_points,
            "size": size,
        },
        picture={
            "views": typed.views,
            "palette": typed.palette,
            "mark_errors": typed.mark_errors,
            "size": size,
            "compared": compared.replace("-", " "),
            "legend": not typed.no_legend,
        },
        film={
            "epochs": film_epochs,
            "fps": typed.fps,
            "hold": typed.hold,
            "loop": not typed.once,
        },
        output={
            "folder": typed.output_dir,
            "suffix": suffix,
            "stills": stills,
            "forms": list(dict.fromkeys(typed.format)),
        },
    )
