"""Train a network, by default 2-2-1 with sigmoids, and record it: what both scripts share.

Read it from top to bottom: data set, network, training, the record of every epoch, and the grids
and boundaries from which the pictures are drawn. The package `torchreplay` draws the pictures.

Epoch 0 is the initialization and epoch e the state after e passes over the data. Everything that
a picture shows belongs to one epoch.
"""

import dataclasses
import functools
from pathlib import Path

import torch
from torch import nn

from torchreplay.data.dataset import hold_out, make_dataset, read_dataset, sample
from torchreplay.data.example_sets import SETS
from torchreplay.models.activations import ACTIVATIONS, XAVIER
from torchreplay.models.standardize import Standardize
from torchreplay.models.tasks import TWO_CLASSES
from torchreplay.record.files import rebuild_record
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.settings import SIZE
from torchreplay.spaces.space import spanned
from torchreplay.system.progress import progress
from torchreplay.training.optimizers import make_optimizer
from torchreplay.training.search import train_together

DATASET = Path(__file__).with_name("datasets.txt")


# Data set ---------------------------------------------------------------------------------------


def load_dataset(source=DATASET, standardized=False, validation=0.0, seed=13, **settings):
    """Load a Dataset: from a text file with one point on each line, or a set made by formula.

    source: the Path of a file, or the name of a set as a str.
    standardized: whether a network is trained on features of mean 0 and variance 1.
    validation: the share of the points that is held out, and not trained on.
    seed: of the points of a set, and of the choice of those held out.
    settings: other arguments of `make_dataset` or of `read_dataset`.
    Raises DatasetError if there is no such file or set, or if a line of the file is wrong.
    """
    if source in SETS:
        dataset = make_dataset(source, seed=seed, standardized=standardized, **settings)
    else:
        dataset = read_dataset(source, standardized, **settings)
    return hold_out(dataset, validation, seed) if validation else dataset


# Network ----------------------------------------------------------------------------------------


class Network(nn.Module):
    """A network, freshly initialized; by default a 2-2-1 network with a sigmoid as its last layer.

    inputs: the number of features.
    hidden: the number of units of each hidden layer.
    activation: the name of the activation function of the hidden layers.
    latent, is_latent: whether a linear layer of two units follows the hidden layers.
    scaling: a layer without parameters before the hidden layers.
    task: what it learns, which decides how many units the output layer has.
    is_published: whether it is the network of the published run, 2-2-1 with sigmoids. Its loss is
        computed in another way, see `loss_of`.

    Weights are drawn from normal distributions. Their variance is 2 / (inputs + units) in hidden
    layers and in the latent one, by Xavier's rule, but 2 / inputs in layers of ReLU, by He's rule,
    and 1 in the output layer. Biases are drawn by PyTorch's default. The order matters: in another
    order, a seed would give other weights.
    """

    def __init__(
        self, inputs=2, hidden=(2,), activation="sigmoid", latent=False, scaling=None,
        task=TWO_CLASSES,
    ):  # fmt: skip
        super().__init__()
        shape = (inputs, *hidden, activation, latent, scaling)
        self.settings = {
            "inputs": inputs, "hidden": list(hidden), "activation": activation, "latent": latent
        }  # fmt: skip
        self.is_latent, self.task = latent, task
        self.is_published = shape == (2, 2, "sigmoid", False, None) and task is TWO_CLASSES
        known = ACTIVATIONS[activation]
        widths = [(units, known.initialize, [getattr(nn, known.module)]) for units in hidden]
        if latent:
            widths.append((2, XAVIER, []))
        layers = [scaling] if scaling else []
        for units, initialize, functions in widths:
            layer = nn.Linear(inputs, units)
            getattr(nn.init, initialize)(layer.weight)
            layers += [layer, *(function() for function in functions)]
            inputs = units
        output = nn.Linear(inputs, task.outputs)
        nn.init.normal_(output.weight)
        self.logit = nn.Sequential(*layers, output)

    @property
    def inputs(self):
        """No layer at all: points x, (n, d), stay where they are."""
        return nn.Sequential()

    @property
    def features(self):
        """The hidden layers: a function of x, (n, d), to activations of the last, (n, units)."""
        return self.logit[:-1]

    @property
    def head(self):
        """The output layer: a function of what the last hidden layer puts out to the logits."""
        return self.logit[-1]

    def forward(self, x):
        """The probability of class 1, (n, 1), or whatever is predicted of points x, (n, d)."""
        return self.task.predictions(self.logit(x))


def make_network(dataset, hidden=(2,), activation="sigmoid", latent=False):
    """Make a Network for the points of a Dataset; see `Network`."""
    scaling = Standardize(dataset.trained.X) if dataset.standardized else None
    return Network(dataset.X.shape[1], hidden, activation, latent, scaling, dataset.task)


# Training ---------------------------------------------------------------------------------------


def augmented(dataset, sigma):
    """The same Dataset with fresh Gaussian noise on its points, or without if sigma is 0.

    sigma: its standard deviation in every feature, in units of the feature, or, where a network
        standardizes them, in standard deviations of the feature.
    """
    if not sigma:
        return dataset
    noise = sigma * dataset.feature_scales * torch.randn_like(dataset.X)
    return dataclasses.replace(dataset, X=dataset.X + noise)


def batches(dataset, size=None, augment=0.0):
    """Points and labels in the batches of an epoch: all at once, or shuffled, `size` at a time.

    augment: sigma of the noise on the points, see `augmented`. Points held out are in no batch.
    """
    dataset = augmented(dataset.trained, augment)
    n = len(dataset.y)
    if size is None or size >= n:
        return [(dataset.X, dataset.y)]
    return ((dataset.X[rows], dataset.y[rows]) for rows in torch.randperm(n).split(size))


def loss_of(network, X, y):
    """The loss of points and labels, on which a network is trained: of classes the cross-entropy.

    For the network of the published run it is computed from the probability, by BCELoss, to equal
    that run bit by bit. For all others it is computed from the logit, the input of the last
    sigmoid: where the probability is 0 or 1 in single precision, BCELoss has no gradient.
    """
    if not network.is_published:
        return network.task.loss(network.logit(X), y)
    probability = network(X)
    if probability.isnan().any():
        return probability.sum()  # NaN, which BCELoss would refuse
    return nn.BCELoss()(probability, y)


def train(
    network, dataset, epochs=200, learning_rate=3.0, batch_size=None, optimizer="sgd", momentum=0.0,
    weight_decay=0.0, augment=0.0,
):  # fmt: skip
    """Train a network by gradient descent on its loss, and record every epoch.

    batch_size: points per update; None is the whole data set.
    optimizer: sgd, which may have momentum, or adam.
    weight_decay: this times the parameter is added to every gradient, an L2 penalty.
    augment: sigma of noise on the points, see `augmented`. It is drawn anew in every epoch, before
        the batches. The record is of the points themselves.
    Returns the History of the epochs 0 to `epochs`. If training diverges, it ends with the last
    epoch at which all parameters and the loss were finite, and the History says so.
    """
    training = {
        "learning_rate": learning_rate, "batch_size": batch_size, "optimizer": optimizer,
        "momentum": momentum, "weight_decay": weight_decay, "augment": augment,
    }  # fmt: skip
    step = learning_rate, momentum, weight_decay
    optimizer = make_optimizer(optimizer, network.parameters(), *step)
    recorder = Recorder(network, dataset)
    for _ in progress(range(epochs), desc="training", unit="epoch"):
        for X, y in batches(dataset, batch_size, augment):
            optimizer.zero_grad()
            loss = loss_of(network, X, y)
            if loss.isnan():
                break  # it has diverged
            loss.backward()
            optimizer.step()
        if not recorder.record():  # parameters or loss are not finite: this epoch is not kept
            break
    return dataclasses.replace(recorder.history(), training=training)


def load_datasets(trainings):
    """Load the Datasets of trainings by their names, each once."""
    datasets = {}
    for name, one in trainings.items():
        same = (other for other in datasets if trainings[other]["data"] == one["data"])
        other = next(same, None)
        datasets[name] = load_dataset(**one["data"]) if other is None else datasets[other]
    return datasets


def train_all(datasets, trainings):
    """Make the networks and train them.

    datasets: by the names of the runs.
    trainings: by name, each with its seed, the arguments of `make_network` and `train`, and, if it
        is a `search`, its param_grid, and how many of its best runs are trained alone.
    Returns their Histories by name.
    """
    histories = {}
    for name, one in trainings.items():
        dataset, settings = datasets[name], one["training"]
        make = functools.partial(make_seeded, dataset, one["seed"], **one["network"])
        if one.get("search"):
            histories[name] = search(make, dataset, one["search"], one.get("best", 1), **settings)
        else:
            histories[name] = train(make(), dataset, **settings)
    return histories


def make_seeded(dataset, seed, **network):
    """Make a Network, see `make_network`. The seed decides its parameters and batches."""
    torch.manual_seed(seed)
    return make_network(dataset, **network)


def search(make, dataset, param_grid, best=1, batch_size=None, augment=0.0, **training):
    """Train runs that differ in hyper-parameters together, and then the best of them alone.

    All runs begin with the same parameters and get the same batches.

    make: makes the Network with which every run begins.
    param_grid: values of one or two of learning_rate, momentum and weight_decay, by their names.
    best: how many of them.
    batch_size, augment, training: see `train`.
    Returns the History of the best run, which has the losses of all: its Search.
    """
    make_batches = functools.partial(batches, dataset, batch_size, augment)
    found = train_together(make(), param_grid, dataset, make_batches, **training)
    settings = {"batch_size": batch_size, "augment": augment, **training}
    return found.confirm(lambda **best: train(make(), dataset, **settings | best), best)


# Grids and boundaries ---------------------------------------------------------------------------


def train_replays(trainings, load_from=None, check=lambda datasets, networks: None):
    """Make the Replays of some trainings, or of a saved record.

    trainings: by name, see `train_all`.
    load_from: the path of the record; if it is given, nothing is trained.
    check: a function of Datasets and networks by their names, called before training; it raises
        UserError to refuse them.
    Returns Replays by name. Raises UserError if the file has no record of such a network.
    """
    if load_from:
        history = rebuild_record(load_from, make_network)
        check({"": history.dataset}, {"": history.network(0)})
        return {"": Replay(history)}
    datasets = load_datasets(trainings)
    check(
        datasets, {n: make_network(datasets[n], **one["network"]) for n, one in trainings.items()}
    )
    return {name: Replay(each) for name, each in train_all(datasets, trainings).items()}


def collect(
    replays, space, epochs, max_points, size=SIZE.default, compared=None, span=(), classes=()
):
    """Collect the grids and boundaries of some epochs in a space.

    The grid consists of straight lines in the input plane, mapped by the layers of the space. The
    boundary is where two classes meet, P = 0.5 of two. Both are made when a picture first needs
    them, and then kept in memory up to a limit.

    replays: Replays by the names of their runs.
    max_points: how many points of a Dataset are drawn at most.
    size: pixels of the picture; the lines look smooth at this size.
    compared: the one or two options in which several replays differ, each with its values.
    span: of an input space of more than two features, what spans the plane of it that is shown: two
        features, or three points; see `Replay.input_space`. In words, numbers count from 1.
    classes: of a decision plane of more than three, the names of three; see `Space`.
    Returns a SpaceReplay, or a Comparison of several; `space.scenes[epoch]` of a SpaceReplay has
    the grid and the boundary of an epoch.
    """
    space, among = spanned(space, span, classes), len(replays)
    drawn = functools.cache(sample)  # the same points for all of a Dataset
    spaces = [
        SpaceReplay(each, space, epochs, drawn(each.dataset, max_points), size, among)
        for each in (replay.history for replay in replays.values())
    ]
    return Comparison(spaces, compared) if compared else spaces[0]
