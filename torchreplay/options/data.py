"""Options of the data: what a network is trained on."""

from torchreplay.example_sets import SETS
from torchreplay.options.parser import SEED, number, path


# fmt: off
def add(option, folder):
    """Add the options."""
    option("--data", "file with one point on each line, features and label, or one of"
           f" {', '.join(SETS)}",
           "datasets.txt", default=folder / "datasets.txt", type=path, metavar="FILE|NAME")
    option("--points", "points of a set made by formula; 4 to 1,000,000", "2,000",
           type=number(int, 4, 1_000_000), metavar="N")
    option("--noise", "standard deviation of its noise; 0 to 10", "that of the set",
           type=number(float, 0, 10), metavar="SIGMA")
    option("--data-seed", "seed of its points and noise", "13", type=SEED, metavar="N")
    option("--standardize", "train on features scaled to mean 0 and variance 1; pictures keep the"
           " units of the data", "features as they are", action="store_true")
# fmt: on


def contradictions(typed):
    """Yield what is wrong with options together."""
    made = {"points": typed.points, "noise": typed.noise, "data-seed": typed.data_seed}
    for name, value in made.items():
        if value is not None and str(typed.data) not in SETS:
            yield f"--{name} is for sets made by formula, not for a file"


def grouped(typed):
    """What `load_dataset` is to be given."""
    formula = {"points": typed.points, "noise": typed.noise, "seed": typed.data_seed}
    return {
        "source": typed.data,
        "standardized": typed.standardize,
        **{name: value for name, value in formula.items() if value is not None},
    }
