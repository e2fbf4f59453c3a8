"""The options of both scripts: what they mean, their defaults, and which do not go together."""

import argparse
import math
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
INCHES = 6  # of a picture, as in `common.FIGURE_INCHES`


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


VIEWS = ("probabilities", "loss", "losses", "gradients", "weights", "network", "all")
COMPARABLE = ("learning-rate", "activation", "hidden", "seed", "batch-size", "optimizer")
SEED = number(int, 0, 2**32 - 1)
EPOCH = number(int, 0, 100_000)


# fmt: off
def add_data_options(option, sets):
    option("--data", f"file with a point a line, features and label, or one of {', '.join(sets)}",
           "datasets.txt", default=PROJECT / "datasets.txt", type=path, metavar="FILE|NAME")
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
           default="sigmoid", choices=("sigmoid", "tanh", "relu"), metavar="NAME")
    option("--latent", "append a linear layer of 2 units to the hidden layers", "none",
           action="store_true")


def add_training_options(option):
    option("--epochs", "passes over the data, each a frame of the film; 1 to 100,000", "200",
           default=200, type=number(int, 1, 100_000), metavar="N")
    option("--learning-rate", "step of the optimizer", "3, with adam 0.1",
           type=learning_rate, metavar="RATE")
    option("--batch-size", "points an update, reshuffled each epoch; 1 to 1,000,000",
           "all, unshuffled", type=number(int, 1, 1_000_000), metavar="N")
    option("--optimizer", "sgd, gradient descent, or adam", "sgd", default="sgd",
           choices=("sgd", "adam"), metavar="NAME")
    option("--momentum", "of sgd; 0 to 0.999", "0", type=number(float, 0, 0.999),
           metavar="SHARE")
    option("--seed", "seed of initial parameters and shuffling", "41", default=41, type=SEED,
           metavar="N")


def add_picture_options(option):
    option("--epoch", "epochs to save a still of; 0 is the initialization", "the last",
           dest="stills", nargs="+", type=EPOCH, metavar="K")
    option("--palette", "classic, or accessible, which needs no color vision", "classic",
           default="classic", choices=("classic", "accessible"), metavar="NAME")
    option("--mark-errors", "draw a ring around every misclassified point", "none",
           action="store_true")
    option("--max-points", "points drawn at the most, a fixed sample of those trained on", "10,000",
           default=10_000, type=number(int, 2, 1_000_000), metavar="N")
    option("--views", f"what to show beside the space: {', '.join(VIEWS)}", "nothing", default=[],
           nargs="+", choices=VIEWS, metavar="NAME")
    option("--compare", "an option, and two to six values of it to run side by side; of"
           f" {', '.join(COMPARABLE)}; units of layers as 10,2", "nothing", default=[], nargs="+",
           metavar=("OPTION", "VALUE"))
    option("--size", "pixels of 6 inches, a space alone; 120 to 8,190", "720",
           type=number(int, 120, 8190), metavar="PIXELS")
    option("--dpi", "the same as pixels of an inch; 20 to 1365", "120",
           type=number(float, 20, 1365), metavar="DPI")


def add_film_options(option):
    option("--format", "forms of the film: mp4, gif, and png, a folder of frames", "mp4",
           default=["mp4"], nargs="+", choices=("mp4", "gif", "png"), metavar="NAME")
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


def add_output_options(option):
    option("--output-dir", "folder of stills and films, made if missing", "outputs",
           default=PROJECT / "outputs", type=path, metavar="DIR")
# fmt: on


def contradictions(options, sets):
    """Yield, for options that are right one by one, what is wrong with them together."""
    of_a_set = {"points": options.points, "noise": options.noise, "data-seed": options.data_seed}
    for name, value in of_a_set.items():
        if value is not None and str(options.data) not in sets:
            yield f"--{name} is for sets made by formula, not for a file"
    if options.momentum is not None and options.optimizer == "adam":
        yield "--momentum is for --optimizer sgd, not for adam"
    if options.compare:
        name, *values = options.compare
        if name not in COMPARABLE:
            yield f"--compare {name}: not one of {', '.join(COMPARABLE)}"
        if not 2 <= len(set(values)) == len(values) <= 6:
            yield f"--compare {name} needs two to six different values"
        if options.views:
            yield "--compare and --views do not go together"
    if options.size is not None and options.dpi is not None:
        yield "--size and --dpi say the same: give one of them"
    for epoch in options.stills or ():
        if epoch > options.epochs:
            yield f"--epoch {epoch} comes after the last of {options.epochs:,} --epochs"
    if options.last is not None and options.last > options.epochs:
        yield f"--to {options.last} comes after the last of {options.epochs:,} --epochs"
    last = options.epochs if options.last is None else options.last
    if options.first > last:
        yield f"--from {options.first} comes after the last epoch of the film, {last}"
    if options.loop and options.once:
        yield "--loop and --once contradict each other"
    if (options.loop or options.once) and "gif" not in options.format:
        yield "--loop and --once are for --format gif"
    if options.fps > 50 and "gif" in options.format:
        yield "--format gif has at most 50 frames a second: lower --fps"
    if options.hold and options.format == ["png"]:
        yield "--hold is for --format mp4 and gif"


def fill_in(options):
    """Set the defaults that depend on other options, and the epochs of the film."""
    rates = {"sgd": 3.0, "adam": 0.1}
    defaults = {
        "points": 2000,
        "data_seed": 13,
        "learning_rate": rates[options.optimizer],
        "momentum": 0.0,
        "stills": [options.epochs],
        "last": options.epochs,
        "dpi": 120.0 if options.size is None else options.size / INCHES,
    }
    for name, default in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, default)
    options.stills = list(dict.fromkeys(options.stills))
    options.film_epochs = [*range(options.first, options.last, options.every), options.last]


def parse_options(description, arguments=None):
    """Read the options of both scripts, as `replay.replay` takes them.

    Among them are variants: the options of every run that is to be compared, by its value.
    """
    from example_sets import SETS  # not at the top: NumPy takes a moment

    parser = Parser(description=description, allow_abbrev=False)
    add_data_options(parser.option_group("data"), SETS)
    add_network_options(parser.option_group("network"))
    add_training_options(parser.option_group("training"))
    add_picture_options(parser.option_group("picture"))
    add_film_options(parser.option_group("film"))
    add_output_options(parser.option_group("output"))
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = _read(parser, arguments, SETS)
    name, *values = options.compare or [None]
    options.variants = {
        value: _read(parser, [*arguments, f"--{name}", *value.split(",")], SETS) for value in values
    }
    return options


def _read(parser, arguments, sets):
    options = parser.parse_args(arguments)
    for contradiction in contradictions(options, sets):
        parser.error(contradiction)
    fill_in(options)
    return options
