"""What several test files share: the default run in both spaces, made once by each worker."""

import collections
import dataclasses
import functools
import importlib
import os
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
import torch
from helpers import formulas
from helpers.browsing import browser, visit, windows  # noqa: F401, fixtures
from helpers.firefox import firefox  # noqa: F401, a fixture
from helpers.models import Nested, replayed, small
from helpers.pictures import picture_of
from hypothesis import settings
from matplotlib import pyplot

import common
from torchreplay.data.dataset import Dataset, make_dataset
from torchreplay.replay.space_replay import SpaceReplay

SCRIPTS = ("input_space", "feature_space")
SIZE = 720
WHITE, GREEN, PURPLE = (255, 255, 255), (224, 254, 224), (245, 227, 245)
BLUE, RED, BLACK = (0, 0, 255), (255, 0, 0), (0, 0, 0)
ROUNDING = 2.0**-24  # of a number in single precision, as a share of it, at the most

torch.set_num_threads(1)  # the workers share the processors
os.environ.setdefault("OMP_NUM_THREADS", "1")  # and so do the programs that they start

# Tests of properties try few cases, always the same. `pytest -m properties --hypothesis-profile
# long` tries many, and others every time.
settings.register_profile("short", max_examples=60, derandomize=True, deadline=None, database=None)
settings.register_profile("long", max_examples=5000, deadline=None, database=None)
settings.load_profile("short")


SLOWEST = ("test_scripts", "test_examples", "test_whole_runs", "test_layout", "test_use")
SLOW = ("page", "pictures", "views", "spaces", "replay")
CASES = 1  # of a slow test that are tried by default


def pytest_addoption(parser):
    parser.addoption("--thorough", action="store_true", help="try all cases of slow tests, too")


def pytest_collection_modifyitems(config, items):
    """Begin with the slowest files, so that no worker is left with one at the end.

    A test of SLOW folders that is repeated for several cases tries the first ones, unless all are
    wanted, or it is named.
    """
    items.sort(key=lambda item: item.path.stem not in SLOWEST)
    if config.getoption("--thorough") or any("::" in each for each in config.args):
        return
    tried, kept, left_out = collections.Counter(), [], []
    for item in items:
        name = item.nodeid.partition("[")[0]
        tried[name] += item.path.parent.name in SLOW
        (kept if tried[name] <= CASES else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(autouse=True)
def close_figures():
    """No figure of pyplot outlives its test."""
    yield
    pyplot.close("all")


@pytest.fixture(scope="session")
def dataset():
    return common.load_dataset()


@pytest.fixture(scope="session")
def history(dataset):
    torch.manual_seed(41)
    return common.train(common.Network(), dataset, epochs=200, learning_rate=3.0)


@pytest.fixture(scope="session")
def weights(history):
    """The parameters of an epoch as float64 arrays W, b, v, c, in the notation of formulas.py."""

    def of(epoch):
        return [values[epoch].astype(float) for values in history.parameters.values()]

    return of


@pytest.fixture(scope="session")
def exact(dataset, weights):
    """Probability and loss of every point at an epoch by the formulas, and the labels."""
    X, t = dataset.X.double().numpy(), dataset.y[:, 0].numpy()

    def at(epoch):
        p = formulas.probability(weights(epoch), X)[:, 0]
        return p, -t * np.log(p) - (1 - t) * np.log(1 - p), t

    return at


@pytest.fixture(scope="session")
def spaces():
    """The two spaces, as the two scripts describe them."""
    return {name: importlib.import_module(f"{name}_visualization").SPACE for name in SCRIPTS}


@pytest.fixture(scope="session")
def runs(history, spaces, dataset):
    """The default training in both spaces, all epochs and all points."""
    return {name: SpaceReplay(history, spaces[name], range(201), dataset) for name in SCRIPTS}


@pytest.fixture(scope="session")
def pictures(runs):
    return {name: picture_of(runs[name]) for name in SCRIPTS}


@pytest.fixture(params=SCRIPTS)
def picture(request, pictures):
    return pictures[request.param]


@pytest.fixture(scope="session")
def own_units():
    """A training on features of very different units, which the network standardizes."""
    random = np.random.default_rng(0)
    X = np.concatenate([random.normal((2010, 0.3), (4, 0.02), (200, 2)) for _ in range(2)])
    X[200:] += (12, 0.07)
    y = np.arange(400)[:, None] >= 200
    dataset = Dataset(
        torch.from_numpy(X).float(),
        torch.from_numpy(y).float(),
        names=("year", "price in $ or $$"),
        standardized=True,
    )
    torch.manual_seed(41)
    return common.train(common.make_network(dataset), dataset, epochs=60, learning_rate=3.0)


@pytest.fixture(scope="session")
def held_out():
    """A training on 60 moons of which 18 are held out, 9 of either class, for 4 epochs."""
    dataset = common.load_dataset("moons", points=60, noise=0.3, validation=0.3)
    torch.manual_seed(41)
    return common.train(common.make_network(dataset), dataset, epochs=4)


@pytest.fixture(scope="session")
def larger():
    """The training of a 2-15-10-2-1 network on classes with names of their own."""
    made = make_dataset("moons", points=400)
    dataset = Dataset(made.X, made.y, classes=("a rather long name of a class", "b"))
    torch.manual_seed(41)
    network = common.make_network(dataset, [15, 10, 2], "tanh")
    return common.train(network, dataset, epochs=20, learning_rate=0.5)


@pytest.fixture(scope="session")
def larger_run(larger, spaces):
    return SpaceReplay(larger, spaces["feature_space"], range(21), larger.dataset)


@pytest.fixture(scope="session")
def million(history, dataset, spaces):
    """The default training, as if it had been on a million points, two epochs of it."""
    rows = torch.arange(1_000_000) % 2000
    points = dataclasses.replace(dataset, X=dataset.X[rows], y=dataset.y[rows])
    record = dataclasses.replace(history, dataset=points, probes=None)
    return SpaceReplay(record, spaces["feature_space"], [80, 200], dataset)


@pytest.fixture(scope="session")
def six(runs):
    """The picture of the feature space and all views beside it."""
    names = ["probabilities", "loss", "losses", "gradients", "weights", "network"]
    return picture_of(runs["feature_space"], names)


@pytest.fixture(scope="session")
def replay():
    """The Replay of a short training of a model of one's own."""
    return replayed(small())


@pytest.fixture(scope="session")
def nested():
    """A model that goes on nonlinearly behind the layer that is seen, and its Replay."""
    torch.manual_seed(5)
    model = Nested()
    return model, replayed(model, steps=10)


@functools.cache
def trained(name, hidden, activation, learning_rate, latent=False, epochs=120):
    """The History of a network trained on an example set; hidden is a tuple."""
    dataset = make_dataset(name)
    torch.manual_seed(41)
    network = common.make_network(dataset, hidden, activation, latent)
    return common.train(network, dataset, epochs=epochs, learning_rate=learning_rate)


def moved(network, share, seed):
    """A network after each of its parameters is larger or smaller by a share of it, at random."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in network.parameters():
            sign = 2 * torch.randint(2, value.shape, generator=generator) - 1
            value += share * sign * value
    return network


def space_view(picture):
    """The view of the space in a picture of one run."""
    return picture.parts[0].views[0]


def distances(points, curve, reach=0.01):
    """How far points, in the order of a line, are from a polyline: infinite beyond the reach."""
    curve, found = np.asarray(curve, float), []
    start, way = curve[:-1], np.diff(curve, axis=0)
    low, high = np.minimum(start, curve[1:]) - reach, np.maximum(start, curve[1:]) + reach
    square = np.maximum((way**2).sum(axis=1), 1e-300)
    for part in np.array_split(np.asarray(points, float), min(len(points), 100)):
        near = ((low <= part.max(axis=0)) & (high >= part.min(axis=0))).all(axis=1)
        x = part[:, None] - start[near]
        share = ((x * way[near]).sum(axis=-1) / square[near]).clip(0, 1)
        away = np.linalg.norm(x - share[..., None] * way[near], axis=-1).min(axis=1, initial=np.inf)
        found.append(np.where(away <= reach, away, np.inf))
    return np.concatenate(found)


def assert_chords(chords, curves, atol):
    """Assert that straight pieces are where curves lie, which have the same ends."""
    for chord, curve in zip(chords, curves, strict=True):
        ends = min((curve[[0, -1]], curve[[-1, 0]]), key=lambda ends: np.abs(ends - chord).max())
        np.testing.assert_allclose(chord, ends, atol=atol)
        assert distances(curve, chord).max() <= atol


def view_of(picture, kind, which=0):
    """A view of some kind in a picture of one run."""
    return [view for view in picture.parts[0].views if isinstance(view, kind)][which]


def axes_of(picture):
    """The only axes of a picture."""
    (axes,) = picture.figure.axes
    return axes


def heights(histogram, edges):
    """The counts that the bars of a Histogram show, which have to stand on the edges given."""
    values, bounds, baseline = histogram.artist.get_data()
    np.testing.assert_allclose(bounds[::2], edges[:-1])
    np.testing.assert_allclose(bounds[1::2], edges[1:])
    assert np.isnan(values[1::2]).all(), "bars are not parted"
    assert baseline == 0
    return values[::2]


def near_counts(ours, values, edges):
    """Assert that counts agree, but for values that float32 may put beyond a near edge."""
    below, above = (
        np.histogram(np.clip(values + shift, edges[0], edges[-1]), edges)[0].cumsum()
        for shift in (2e-6, -2e-6)
    )
    assert (below <= ours.cumsum()).all() and (ours.cumsum() <= above).all()


def decode(film, size=SIZE):
    """Yield all frames of a film, (height, width, 3), as a player would show them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(film)]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as decoder:
        while raw := decoder.stdout.read(3 * size**2):
            yield np.frombuffer(raw, np.uint8).reshape(size, size, 3)
    assert decoder.returncode == 0


def is_color(pixels, color):
    """Mark the pixels of exactly one color."""
    return (pixels[..., :3] == color).all(axis=-1)


def full_redraw(picture, epoch):
    """The same figure at the same epoch, drawn whole by matplotlib, without any background."""
    for panel in picture.parts:
        panel.draw(epoch)
    for artist in picture.artists:
        artist.set_animated(False)
    picture.canvas.draw()
    pixels = np.array(picture.canvas.buffer_rgba())
    for artist in picture.artists:
        artist.set_animated(True)
    return pixels
