"""Train a 2-2-1 sigmoid network and record its training: the story that both scripts share.

Read from top to bottom, this is the way of the data: data set, network, training, the record of
every epoch, and the grids and boundaries that the pictures are drawn from. What makes pictures of
a record is the package `torchreplay`.

Epoch 0 is the initialization and epoch e the state after e passes over the data. Whatever one
picture shows belongs to one epoch.
"""

import dataclasses
import functools
import itertools
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from torchreplay.activations import ACTIVATIONS
from torchreplay.dataset import make_dataset, read_dataset, sample
from torchreplay.errors import UserError
from torchreplay.example_sets import SETS
from torchreplay.memory import check_memory
from torchreplay.optimizers import make_optimizer
from torchreplay.record import record_memory
from torchreplay.record_files import load_record, read_record
from torchreplay.recorder import Recorder
from torchreplay.run import Run
from torchreplay.search import search_memory, train_together
from torchreplay.spaces import check_dimensions

DATASET = Path(__file__).with_name("datasets.txt")


# Data set ---------------------------------------------------------------------------------------


def load_dataset(source=DATASET, standardized=False, **settings):
    """Load a Dataset: from a text file with one point on each line, or a set made by formula.

    source: the path of a file, or the name of a set, which is a text and no path.
    standardized: whether a network is to be trained on features of mean 0 and variance 1.
    settings: of a set, see `make_dataset`, or of a file, see `read_dataset`.
    Raises DatasetError if there is no such file or set, or if a line of the file is at fault.
    """
    load = make_dataset if source in SETS else read_dataset
    return load(source, standardized=standardized, **settings)


# Network ----------------------------------------------------------------------------------------


class Standardize(nn.Module):
    """The layer without parameters that gives the features of X, (n, d), mean 0 and variance 1."""

    keeps_plane_flat = True

    def __init__(self, X):
        super().__init__()
        spread, mean = torch.std_mean(X.double(), dim=0, correction=0)
        spread = torch.where(spread > 0, spread, 1.0)
        self.register_buffer("mean", mean.float(), persistent=False)
        self.register_buffer("spread", spread.float(), persistent=False)

    def forward(self, x):
        """Points x, (n, d), scaled."""
        return (x - self.mean) / self.spread


class Network(nn.Module):
    """A network with a sigmoid as its last layer, freshly initialized; by default a 2-2-1 network.

    inputs: the number of features.
    hidden: the number of units of each hidden layer, and `activation` the name of theirs.
    latent, is_latent: whether a linear layer of two units follows them.
    scaling: a layer without parameters that precedes them.
    is_published: whether this is the network of the published run, 2-2-1 with sigmoids.

    Weights of hidden layers are drawn by Xavier's rule, from a normal distribution with variance
    2 / (inputs + units), those of the output layer from the standard normal one, and biases as
    PyTorch draws them. The order of the draws is part of what a seed means.
    """

    def __init__(self, inputs=2, hidden=(2,), activation="sigmoid", latent=False, scaling=None):
        super().__init__()
        shape = (inputs, *hidden, activation, latent, scaling)
        self.settings = {
            "inputs": inputs, "hidden": list(hidden), "activation": activation, "latent": latent
        }  # fmt: skip
        self.is_latent = latent
        self.is_published = shape == (2, 2, "sigmoid", False, None)
        activation = getattr(nn, ACTIVATIONS[activation].module)
        widths = [(units, activation) for units in hidden]
        if latent:
            widths.append((2, None))
        layers = [scaling] if scaling else []
        for units, function in widths:
            layer = nn.Linear(inputs, units)
            nn.init.xavier_normal_(layer.weight)
            layers += [layer, function()] if function else [layer]
            inputs = units
        output = nn.Linear(inputs, 1)
        nn.init.normal_(output.weight)
        self.logit = nn.Sequential(*layers, output)

    @property
    def inputs(self):
        """No layer at all, which leaves points x, (n, d), where they are."""
        return nn.Sequential()

    @property
    def features(self):
        """The hidden layers, a function of x, (n, d), to activations of the last, (n, units)."""
        return self.logit[:-1]

    @property
    def head(self):
        """The output layer, a function of activations of the last hidden layer to the logit."""
        return self.logit[-1]

    def forward(self, x):
        """The probability of class 1, (n, 1), of points x, (n, d)."""
        return torch.sigmoid(self.logit(x))


def make_network(dataset, hidden=(2,), activation="sigmoid", latent=False):
    """Make a Network for the points of a Dataset; see there."""
    scaling = Standardize(dataset.X) if dataset.standardized else None
    return Network(dataset.X.shape[1], hidden, activation, latent, scaling)


# Training ---------------------------------------------------------------------------------------


def batches(dataset, size=None):
    """Points and labels in the batches of an epoch: all at once, or shuffled, `size` at a time."""
    n = len(dataset.y)
    if size is None or size >= n:
        return [(dataset.X, dataset.y)]
    return ((dataset.X[rows], dataset.y[rows]) for rows in torch.randperm(n).split(size))


def cross_entropy(network, X, y):
    """The binary cross-entropy of points and labels, on which a network is trained.

    The network of the published run takes it from the probability, by BCELoss, and is equal to that
    run bit by bit. All others take it from the logit, which is what the last sigmoid receives:
    where the probability is 0 or 1 in single precision, BCELoss has no gradient left.
    """
    if not network.is_published:
        return nn.BCEWithLogitsLoss()(network.logit(X), y)
    probability = network(X)
    if probability.isnan().any():
        return probability.sum()  # NaN, which BCELoss would refuse
    return nn.BCELoss()(probability, y)


def train(
    network, dataset, epochs=200, learning_rate=3.0, batch_size=None, optimizer="sgd", momentum=0.0,
    weight_decay=0.0,
):  # fmt: skip
    """Train a network by gradient descent on the binary cross-entropy, and record every epoch.

    batch_size: points an update; None is the whole data set.
    optimizer: sgd, which may have momentum, or adam.
    weight_decay: this times the parameter is added to every gradient, the penalty L2.
    Returns the History of the epochs 0 to `epochs`. If training diverges, it ends with the last
    epoch at which all parameters and the loss were finite, and says so.
    """
    training = {
        "learning_rate": learning_rate,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "momentum": momentum,
        "weight_decay": weight_decay,
    }
    step = learning_rate, momentum, weight_decay
    optimizer = make_optimizer(optimizer, network.parameters(), *step)
    recorder = Recorder(network, dataset)
    for _ in tqdm(range(epochs), desc="training", unit="epoch", disable=None):
        for X, y in batches(dataset, batch_size):
            optimizer.zero_grad()
            loss = cross_entropy(network, X, y)
            if loss.isnan():
                break  # it has diverged, as the record will tell
            loss.backward()
            optimizer.step()
        if not recorder.record():
            break
    return dataclasses.replace(recorder.history(), training=training)


def load_histories(path):
    """Load the History of a Network, by no name, from a file that `save_record` has made.

    Without a path there is none. Raises UserError if there is no such record in the file.
    """
    if path is None:
        return {}
    about, arrays = read_record(path)
    settings = about["settings"]
    if settings is None or "kept" in settings:
        raise UserError(
            f"the record {path} is not of a network that can be built here: Replay.load reads it"
        )
    scaling = Standardize(torch.from_numpy(arrays["X"])) if about["standardized"] else None
    return {"": load_record(path, Network(**settings, scaling=scaling))}


def dataset_of(histories):
    """The Dataset of all Histories, None if there is none of them."""
    return next((history.dataset for history in histories.values()), None)


def check_runs(dataset, spaces, trainings, pictures=(), histories=None):
    """Raise NetworkError if a network cannot be shown in a space, TooLargeError if memory is short.

    spaces: all that are to be shown.
    trainings: those that `train_all` is to be given, and `histories` those that are loaded.
    pictures: what these need of memory; see `check_memory`.
    """
    networks = [history.network(0) for history in (histories or {}).values()]
    networks = networks or [make_network(dataset, **one["network"]) for one in trainings.values()]
    for network, space in itertools.product(networks, spaces):
        check_dimensions(space, network, dataset)
    epochs = [one["training"]["epochs"] for one in trainings.values()]
    record = f"the record of {max(epochs):,} epochs"
    size = record_memory(networks, epochs)
    needs = [(size, record, "lower --epochs or --hidden"), *pictures]
    for network, one in zip(networks, trainings.values(), strict=True):
        if one.get("search"):
            needs += search_memory(network, dataset, one["search"], max(epochs))
    check_memory(needs)


def train_all(dataset, trainings):
    """Make the networks and train them.

    trainings: by the name of each its seed, what `make_network` and `train` are given, and, if it
        is the best of a `search`, the axes of that.
    Returns their Histories by name.
    """
    histories = {}
    for name, one in trainings.items():
        make = functools.partial(make_seeded, dataset, one["seed"], **one["network"])
        if one.get("search"):
            histories[name] = search(make, dataset, one["search"], **one["training"])
        else:
            histories[name] = train(make(), dataset, **one["training"])
    return histories


def make_seeded(dataset, seed, **network):
    """Make a Network, see `make_network`, whose parameters and batches a seed decides."""
    torch.manual_seed(seed)
    return make_network(dataset, **network)


def search(make, dataset, axes, batch_size=None, **training):
    """Train runs that differ in hyper-parameters together, and then the best of them alone.

    make: makes the Network that every run begins with.
    axes: values of one or two of learning_rate, momentum and weight_decay, by their names.
    batch_size, training: see `train`.
    Returns the History of the best run, which has the losses of all: its Search.
    """
    parts = functools.partial(batches, dataset, batch_size)
    found = train_together(make(), axes, dataset, parts, **training)
    settings = {"batch_size": batch_size, **training}
    return found.confirm(lambda **run: train(make(), dataset, **settings | run))


# Grids and boundaries ---------------------------------------------------------------------------


def collect(histories, space, epochs, max_points, size=720):
    """Collect the grids and boundaries of some epochs, as they are seen in a space.

    Both are made in the input plane: the grid of straight lines, and the curves on which P = 0.5.
    They are mapped through the layers of the space, and kept in memory for the pictures.

    histories: Histories by the names of their runs, trained on one Dataset.
    max_points: how many points of the Dataset are drawn at the most.
    size: pixels of the picture, at which the lines are to be smooth.
    Returns a Run for each; `run.scenes[epoch]` has the grid and the boundary of an epoch.
    """
    points = sample(dataset_of(histories), max_points)
    return {name: Run(history, space, epochs, points, size) for name, history in histories.items()}
