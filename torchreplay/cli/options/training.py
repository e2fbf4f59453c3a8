"""Options of the training: its length and its optimizer."""

from torchreplay.cli.options.parser import SEED, number, positive
from torchreplay.data.example_sets import SETS
from torchreplay.settings import EPOCHS, LEARNING_RATES, REGRESSION_RATE

POINTS = number(int, 1, 1_000_000)


def batch_size(text):
    """An argparse type: a number of points, or all of them (None)."""
    return None if text == "all" else POINTS(text)


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--epochs", f"passes over the data, each a frame of the film; {EPOCHS}",
           f"{EPOCHS.default}", default=EPOCHS.default, type=number(int, *EPOCHS.ends), metavar="N")
    option("--learning-rate", "step of the optimizer",
           f"{LEARNING_RATES['sgd']:g}, in regression {REGRESSION_RATE:g}, with adam"
           f" {LEARNING_RATES['adam']:g}",
           type=positive, metavar="RATE")
    option("--batch-size", "points per update, reshuffled each epoch; 1 to 1,000,000, or all",
           "all, unshuffled", type=batch_size, metavar="N")
    option("--optimizer", "sgd, gradient descent, or adam", "sgd", default="sgd",
           choices=LEARNING_RATES, metavar="NAME")
    option("--momentum", "of sgd; 0 to 0.999", "0", type=number(float, 0, 0.999),
           metavar="SHARE")
    option("--weight-decay", "L2 penalty: this times the parameter is added to every gradient;"
           " 0 to 10", "0", default=0.0, type=number(float, 0, 10), metavar="RATE")
    option("--augment", "standard deviation of noise on the points trained on, fresh in every"
           " epoch, in units of the features, with --standardize in their standard deviations;"
           " 0 to 1,000,000", "0", default=0.0, type=number(float, 0, 1_000_000), metavar="SIGMA")
    option("--seed", "seed of initial parameters, noise and shuffling", "41", default=41, type=SEED,
           metavar="N")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    if typed.momentum is not None and typed.optimizer == "adam":
        yield "--momentum is for --optimizer sgd, not for adam"


def _default_rate(typed):
    """The default learning rate."""
    learns_numbers = typed.regression or (typed.data in SETS and not SETS[typed.data].classes)
    if learns_numbers and typed.optimizer == "sgd":
        return REGRESSION_RATE
    return LEARNING_RATES[typed.optimizer]


def grouped(typed):
    """The arguments of `train`."""
    rate = typed.learning_rate
    return {
        "epochs": typed.epochs,
        "learning_rate": _default_rate(typed) if rate is None else rate,
        "batch_size": typed.batch_size,
        "optimizer": typed.optimizer,
        "momentum": typed.momentum or 0.0,
        "weight_decay": typed.weight_decay,
        "augment": typed.augment,
    }
