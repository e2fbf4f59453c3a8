"""What the tests of the page share: documents of several trainings, and how to ask them."""

import contextlib
import functools

import numpy as np
import torch

import common
from torchreplay.data.dataset import Dataset, make_dataset
from torchreplay.errors import NetworkError
from torchreplay.page import make_page
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE

SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
KINDS = {
    "sigmoid": ("circles", (2,), "sigmoid", 3.0),
    "tanh": ("circles", (10, 2), "tanh", 1.0),
    "relu": ("moons", (10, 2), "relu", 0.3),
    "latent": ("circles", (10,), "tanh", 0.3, True),
}


def blobs(classes, points=40, seed=3):
    """Points around places at random, (points * classes, 2), a class for each place: a Dataset."""
    random = np.random.default_rng(seed)
    middles = random.uniform(-1, 1, (classes, 2))
    X = np.repeat(middles, points, axis=0) + random.normal(0, 0.17, (classes * points, 2))
    y = np.repeat(np.arange(classes), points)[:, None]
    names = tuple(map(str, range(classes)))
    return Dataset(torch.tensor(X).float(), torch.tensor(y).float(), classes=names, source="blobs")


def hills(points=300, seed=5, features=2):
    """Points of a square, or of a line, and the height of hills there: a Dataset of numbers."""
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, (points, features))
    y = 4 * np.sin(2.5 * X[:, :1]) * np.cos(1.5 * X[:, -1:]) + random.normal(0, 0.1, (points, 1))
    X, y = torch.tensor(X).float(), torch.tensor(y).float()
    names = ("east", "north")[:features]
    return Dataset(X, y, names, classes=(), source="hills", target="height")


@functools.cache
def learned(
    make, *settings, hidden=(10, 2), activation="tanh", epochs=60, rate=0.5, latent=False, **more
):
    """The History of a network trained on what `blobs` or `hills` make with some settings."""
    dataset = make(*settings, **more)
    torch.manual_seed(41)
    network = common.make_network(dataset, hidden, activation, latent)
    return common.train(network, dataset, epochs=epochs, learning_rate=rate)


def few_points(name, hidden, activation, rate, latent=False, epochs=60):
    """The History of a network trained on 200 points of an example set."""
    settings = {"hidden": hidden, "activation": activation, "rate": rate, "latent": latent}
    return learned(make_dataset, name, points=200, epochs=epochs, **settings)


def history_of(kind):
    """The History of one of the KINDS of network."""
    return few_points(*KINDS[kind])


FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


def layers_of(history, epoch):
    """Weights and biases of the layers at an epoch, in float64: pairs."""
    values = [value[epoch].astype(float) for value in history.parameters.values()]
    return list(zip(values[::2], values[1::2], strict=True))


def evaluate(history, epoch, X):
    """What the hidden layers and the output layer put out at X, (n, d), in float64: a list."""
    layers, found = layers_of(history, epoch), [np.asarray(X, float)]
    for k, (weight, bias) in enumerate(layers):
        z = found[-1] @ weight.T + bias
        is_last = k == len(layers) - 1
        found.append(z if is_last else FUNCTIONS[history.model.settings["activation"]](z))
    return found[1:]


@functools.cache
def many_features():
    """A training on 57 features, with latent units."""
    torch.manual_seed(0)
    X = torch.randn(300, 57)
    y = (X[:, :1] + X[:, 1:2] > 0).float()
    names = tuple(f"word_{k}" for k in range(57))
    dataset = Dataset(X, y, names, ("ham", "spam"), source="mail.csv")
    network = common.make_network(dataset, (10,), "tanh", latent=True)
    return common.train(network, dataset, epochs=20, learning_rate=0.5)


def planes_of(history, points=None):
    """The SpaceReplays of a History, of all points, in those spaces that are planes, by name."""
    found = {}
    for space in (INPUT_SPACE, FEATURE_SPACE):
        with contextlib.suppress(NetworkError):
            found[space.view] = SpaceReplay(history, space, points=points or history.dataset)
            found[space.view].points = points or history.dataset
    return found


DOCUMENTS = {}  # by a History, which is kept, and settings


def page_of(history, **settings):
    """The document of a History, with all of its points; made once."""
    key = (id(history), *sorted(settings.items()))
    if key not in DOCUMENTS:
        DOCUMENTS[key] = history, make_page(planes_of(history), **settings)
    return DOCUMENTS[key][1]


def settle(page):
    """Wait until what has changed is drawn."""
    page.evaluate(SETTLED)


def show(page, epoch):
    """Go to an epoch, and wait until it is drawn."""
    page.evaluate("(epoch) => page.go(epoch)", epoch)
    settle(page)


def scene(page, space):
    """What is drawn of a space as it is shown: lists of arrays (n, 2); `regions` has lists of them.

    `others` are the numbers of areas.
    """
    script = """(name) => {
        const space = page.spaces.find((one) => one.name === name);
        return page.source.scene(name, space.view, space.pixel);
    }"""
    found = page.evaluate(script, space)
    regions = [[as_places(curve) for curve in region] for region in found.pop("regions")]
    others = found.pop("others")
    curves = {kind: [as_places(curve) for curve in curves] for kind, curves in found.items()}
    return {**curves, "regions": regions, "others": others}


def as_places(curve):
    return np.reshape(curve, (-1, 2))


def images_of(page, space):
    """Where the points are in a space: an array (n, 2)."""
    return np.reshape(page.evaluate("(name) => [...page.source.images[name]]", space), (-1, 2))


def pixel_of(page, space, place):
    """Where a place of a space is in the window."""
    script = """([name, [x, y]]) => {
        const space = page.spaces.find((one) => one.name === name);
        const box = space.canvas.getBoundingClientRect();
        const [left, top] = space.toPixels([x, y]);
        return [box.left + left, box.top + top];
    }"""
    return page.evaluate(script, [space, list(map(float, place))])


def text(page, selector):
    """The text of an element."""
    return page.locator(selector).inner_text()
