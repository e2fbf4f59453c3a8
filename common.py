"""Train a 2-2-1 sigmoid network and replay its training as pictures: all that both scripts share.

Read from top to bottom, this is the way of the data: data set, network, training, the record of
every epoch, the geometry of the input plane, a space in which it is seen, still and film. What only
options need stands in modules beside this one.

Epoch 0 is the initialization and epoch e the state after e updates. Whatever one picture shows
belongs to one epoch.
"""

import contextlib
import copy
import dataclasses
import itertools
import math
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import imageio_ffmpeg
import numpy as np
import torch
from contourpy import FillType, LineType, contour_generator
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import IdentityTransform
from torch import nn
from tqdm import tqdm

from tables import DatasetError, read_table

SMALLEST_STEPS = 1000  # of single precision, that a feature has to vary by
FLOAT32_TINY = 1e-30
SPACES_BETWEEN_LINES = 14  # of the grid, at the most
MARGIN = 0.1  # between data and axes, in units of the grid's spacing
SAMPLES = 201  # points along a grid line, and mesh points along either axis
LARGEST_IMAGE = 1e15  # of a point, in a feature space without bounds
NEWTON_STEPS = 2  # from a contour by linear interpolation to the network's own P = 0.5
LOGIT_TOLERANCE = 1e-4  # beyond which Newton's method has failed, and a plain search is made
LOCATE_ROUNDS = 7
EPOCHS_AT_ONCE = 8  # of a 2-2-1 network in one batched pass, which fits into the cache
RANGES = {nn.Sigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0)}  # of a unit's output

TICK_CHARACTERS = 10.5  # an inch along an axis
NAME_CHARACTERS = 50  # of an axis; longer names are cut
FIGURE_INCHES = 6
PIPE_BYTES = 2**20  # room for half a frame, so that drawing need not wait for the encoder to read
NOTHING = Curve(np.empty((0, 2)))
AXES_RECTANGLE = (0.15, 0.1, 0.8, 0.8)  # left, bottom, width, height, in fractions of the figure


class UserError(Exception):
    """A fault that the user can mend; its message is the one line that says how."""

    exit_code = 1


class DivergenceError(UserError):
    """Training that has diverged.

    history: the History of the epochs before.
    """

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


# Data set ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dataset:
    """Points and their classes.

    X: (n, d) float32, the features, in their own units.
    y: (n, 1) float32, the labels, 0 or 1.
    names: of the d features.
    classes: the labels 0 and 1 as they are called in the data.
    standardized: whether a network is to be trained on features of mean 0 and variance 1.
    """

    X: torch.Tensor
    y: torch.Tensor
    names: tuple = ("X1", "X2")
    classes: tuple = ("0", "1")
    standardized: bool = False

    @cached_property
    def plane(self):
        """The Plane around the data, if that has two features.

        Both axes have the same scale, as they have to a network, unless it standardizes them.
        """
        return surround(self.X.double().numpy(), same_scale=not self.standardized)

    @property
    def scaling(self):
        """The first layer of a network that is trained on this data."""
        return Standardize(self.X) if self.standardized else nn.Identity()


def load_dataset(path):
    """Read a data set from a text file with a point a line: its features, then its label.

    The labels are any two numbers or words, in sorted order class 0 and class 1. Raises
    DatasetError, naming file and line, for whatever is not such a file; see `tables`.
    """
    X, labels, spellings, names = read_table(path)
    names = names or feature_names(X.shape[1])
    for name, column in zip(names, X.T, strict=True):
        least = max(SMALLEST_STEPS * np.spacing(np.float32(np.abs(column).max())), FLOAT32_TINY)
        if 0 < np.std(column) < least:
            raise DatasetError(
                f"data set {path}: {name[:60]} varies by {np.std(column):.2g} around"
                f" {np.mean(column):.7g}, too little for single precision: subtract an offset"
            )
    classes = sorted(spellings, key=lambda label: (isinstance(label, str), label))
    y = np.array([label == classes[1] for label in labels], np.float32)
    return Dataset(
        X=torch.from_numpy(X.astype(np.float32)),
        y=torch.from_numpy(y)[:, None],
        names=names,
        classes=tuple(spellings[label] for label in classes),
    )


def feature_names(count):
    """What features are called that have no names."""
    return tuple(f"X{k}" for k in range(1, count + 1))


def sample(dataset, size):
    """A fixed random sample of a data set in which the classes keep their shares.

    A data set of no more points than `size` is returned whole.
    """
    total = len(dataset.y)
    if total <= size:
        return dataset
    generator = torch.Generator().manual_seed(0)
    members = [(dataset.y[:, 0] == label).nonzero()[:, 0] for label in (0, 1)]
    positive = round(size * len(members[1]) / total)
    chosen = [
        rows[torch.randperm(len(rows), generator=generator)[:count]]
        for rows, count in zip(members, (size - positive, positive), strict=True)
    ]
    rows = torch.cat(chosen).sort().values
    return dataclasses.replace(dataset, X=dataset.X[rows], y=dataset.y[rows])


# Network and training ---------------------------------------------------------------------------


class Standardize(nn.Module):
    """The layer without parameters that gives the features of X, (n, d), mean 0 and variance 1."""

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
    hidden: of each hidden layer, its number of units and their activation.
    scaling: a layer without parameters that precedes them.

    Weights are drawn Xavier-normal (hidden layers) and standard-normal (output layer), biases as
    PyTorch draws them. The order of the draws is part of what a seed means.
    """

    def __init__(self, inputs=2, hidden=((2, nn.Sigmoid),), scaling=None):
        super().__init__()
        layers = [scaling or nn.Identity()]
        for units, activation in hidden:
            layer = nn.Linear(inputs, units)
            nn.init.xavier_normal_(layer.weight)
            layers += [layer, activation()]
            inputs = units
        output = nn.Linear(inputs, 1)
        nn.init.normal_(output.weight)
        self.logit = nn.Sequential(*layers, output)

    @property
    def inputs(self):
        """No layer at all, which leaves points x, (n, d), where they are."""
        return self.logit[:0]

    @property
    def features(self):
        """The hidden layers, a function of x, (n, d), to activations of the last, (n, units)."""
        return self.logit[:-1]

    def forward(self, x):
        """The probability of class 1, (n, 1), of points x, (n, d)."""
        return torch.sigmoid(self.logit(x))


def batches(dataset, size=None):
    """Points and labels in the batches of an epoch: all at once, or shuffled, `size` at a time."""
    n = len(dataset.y)
    if size is None or size >= n:
        return [(dataset.X, dataset.y)]
    return ((dataset.X[rows], dataset.y[rows]) for rows in torch.randperm(n).split(size))


def train(network, dataset, epochs, learning_rate, batch_size=None, make_optimizer=torch.optim.SGD):
    """Train a network by gradient descent on the binary cross-entropy.

    A batch is the whole data set unless `batch_size` is smaller. Returns the History of all epochs,
    0 to `epochs`. Raises DivergenceError, naming the epoch, when a parameter or the loss is no
    longer finite.
    """
    criterion = nn.BCELoss()
    # A rate beyond float32 becomes infinite, and the run is told to diverge like any other.
    optimizer = make_optimizer(network.parameters(), lr=torch.tensor(learning_rate).item())
    records = [_record(network, dataset, criterion)]
    for epoch in tqdm(range(1, epochs + 1), desc="training", unit="epoch", disable=None):
        for X, y in batches(dataset, batch_size):
            optimizer.zero_grad()
            probability = network(X)
            if probability.isnan().any():
                break  # it has diverged, as the record will tell
            loss = criterion(probability, y)
            loss.backward()
            optimizer.step()

        records.append(_record(network, dataset, criterion))
        if math.isnan(records[-1][1]):
            fault = f"diverged at epoch {epoch}: set --learning-rate below {learning_rate:g}"
            raise DivergenceError(f"training {fault}", _history(network, dataset, records[:-1]))
    return _history(network, dataset, records)


def _history(network, dataset, records):
    """Turn what `_record` returned epoch by epoch into a History."""
    states, loss, accuracy = zip(*records, strict=True)
    parameters = {name: torch.stack([state[name] for state in states]) for name in states[0]}
    return History(network, dataset, parameters, np.array(loss), np.array(accuracy))


@torch.no_grad()
def _record(network, dataset, criterion):
    """Copy a network's parameters, and measure its loss (NaN if it has diverged) and accuracy."""
    parameters = {name: value.clone() for name, value in network.logit.state_dict().items()}
    probability = network(dataset.X)
    finite = all(values.isfinite().all() for values in (probability, *parameters.values()))
    loss = criterion(probability, dataset.y).item() if finite else math.nan
    accuracy = ((probability >= 0.5) == dataset.y).float().mean().item()
    return parameters, loss, accuracy


# Record and geometry ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Plane:
    """The part of a plane that is drawn.

    low, high: of both axes, each a pair.
    spacing: the distance of grid lines across either axis, a pair.
    """

    low: tuple
    high: tuple
    spacing: tuple

    @cached_property
    def samples(self):
        """Where either axis is sampled: two arrays (SAMPLES,)."""
        return [
            np.linspace(low, high, SAMPLES, dtype=np.float32)
            for low, high in zip(self.low, self.high, strict=True)
        ]

    @cached_property
    def mesh(self):
        """The points at which the plane is sampled: (SAMPLES, SAMPLES, 2), row by row."""
        return np.stack(np.meshgrid(*self.samples), axis=-1)

    @cached_property
    def coordinates(self):
        """Both coordinates of the mesh in float64, as contours are made of them."""
        return np.ascontiguousarray(np.moveaxis(self.mesh, -1, 0), np.float64)

    @cached_property
    def outline(self):
        """The closed curve around the plane, through the rim of the mesh: (points, 2)."""
        mesh = self.mesh
        return np.concatenate([mesh[0], mesh[1:, -1], mesh[-1, -2::-1], mesh[-2::-1, 0]])

    @cached_property
    def grid_lines(self):
        """Lines at every multiple of the spacing, horizontal ones first: (lines, points, 2)."""
        (x_ticks, y_ticks), (x, y) = (self.ticks(axis) for axis in (0, 1)), self.samples
        horizontal = np.stack(np.meshgrid(x, y_ticks), axis=-1)
        vertical = np.stack(np.meshgrid(y, x_ticks), axis=-1)[..., ::-1]
        return np.concatenate([horizontal, vertical])

    def ticks(self, axis):
        """Where grid lines cross axis 0 or 1, from end to end."""
        low, high = self.low[axis], self.high[axis]
        count = 1 + round((high - low) / self.spacing[axis])
        return np.linspace(low, high, count, dtype=np.float32)


def surround(points, same_scale=True):
    """Find the Plane around points, (n, 2): its ends are round numbers, so are its grid lines.

    Points are a margin away from an end, unless that is the very number. At the same scale both
    axes have the same length, and if possible the same ends.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    least = 1e-6 * np.maximum(np.abs(low), np.abs(high))  # or else all are at one place
    length = np.where(high - low > least, high - low, 1e6 * least)
    spacing = np.array([_round_up(part / SPACES_BETWEEN_LINES) for part in length])
    if same_scale:
        spacing[:] = spacing.max()
    first, last = (
        np.where(np.isclose(end, np.rint(end), rtol=0, atol=1e-6), np.rint(end), outward)
        for end, outward in (
            (low / spacing, np.floor(low / spacing - MARGIN)),
            (high / spacing, np.ceil(high / spacing + MARGIN)),
        )
    )
    single = last - first < 1
    first, last = first - single, last + single
    if same_scale:
        longer = np.argmax(last - first)
        extent, start = (last - first)[longer], first[longer]
        fits = (last - extent <= start) & (start <= first)
        first = np.where(fits, start, np.floor((first + last - extent) / 2))
        last = first + extent
    return Plane(*(tuple(end.tolist()) for end in (first * spacing, last * spacing, spacing)))


def _round_up(length):
    """The next of the numbers 1, 2, 2.5 and 5 times a power of ten, and 1 for nothing."""
    if length == 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(length))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if length <= step * power * (1 + 1e-6))


@dataclass(frozen=True)
class LevelSet:
    """Where the input plane changes from one predicted class to the other.

    boundary: the curves P = 0.5, a list of (m, 2) arrays.
    region: the area P >= 0.5 of class 1, as vertices (k, 2) and matplotlib path codes (k,).
    """

    boundary: list
    region: tuple


def level_set(logits, network, plane):
    """Find the LevelSet of a network whose logits on the mesh of a plane are given.

    Curves and area share their vertices, so that neither gap nor overlap can open between them.
    """
    contours = contour_generator(
        *plane.coordinates,
        logits,
        line_type=LineType.ChunkCombinedOffset,
        fill_type=FillType.ChunkCombinedCode,
    )
    (curves,), (offsets,) = contours.lines(0)
    (area,), (codes,) = contours.filled(0, math.inf)
    curves, area = (np.empty((0, 2)) if part is None else part for part in (curves, area))
    vertices = _refine(np.concatenate([curves, area]), network, plane)
    curves, area = np.split(vertices, [len(curves)])
    boundary = [] if offsets is None else np.split(curves, offsets[1:-1].astype(int))
    return LevelSet(boundary, region=(area, np.empty(0, np.uint8) if codes is None else codes))


def edges(vertices, samples):
    """The ends of the mesh edges on which a contour's vertices lie, two tensors (n, 2).

    A vertex has one coordinate in common with a mesh point, or both: that is then both ends.
    samples: where either axis of the mesh is sampled.
    """
    x = torch.tensor(vertices, dtype=torch.float32)
    ends = x.clone(), x.clone()
    for axis, ticks in enumerate(map(torch.from_numpy, samples)):
        above = torch.searchsorted(ticks, x[:, axis].contiguous()).clamp(max=len(ticks) - 1)
        free = ticks[above] != x[:, axis]
        ends[0][free, axis] = ticks[above[free] - 1]
        ends[1][free, axis] = ticks[above[free]]
    return ends


def _refine(vertices, network, plane):
    """Slide the vertices of a contour along the edges of the mesh to where the logit is zero.

    The contour has put each between two mesh points by linear interpolation; from there Newton's
    method takes it to where the network itself has P = 0.5, or else a plain search: Newton's fails
    at a kink of ReLU. Mesh points stay.
    """
    x = torch.tensor(vertices, dtype=torch.float32)
    start, end = edges(vertices, plane.samples)
    reach = (end - start) / 2
    for _ in range(NEWTON_STEPS):
        x.requires_grad_()
        logit = network.logit(x)
        (gradient,) = torch.autograd.grad(logit.sum(), x)
        step = torch.where(reach > 0, -logit / gradient, 0).nan_to_num(0)
        x = (x + step.clamp(-reach, reach)).detach()
    with torch.no_grad():
        astray = (reach > 0).any(dim=1) & (network.logit(x)[:, 0].abs() > LOGIT_TOLERANCE)
        if astray.any():
            ends = start[astray], end[astray]
            x[astray] = locate(lambda x: network.logit(x)[:, 0] > 0, *ends, LOCATE_ROUNDS)
    return x.numpy()


def locate(condition, start, end, rounds):
    """Find where a condition of points changes between pairs of them, all (n, 2).

    Each round looks at seven points between, and leaves an eighth of the way.
    """
    at_start = condition(start)
    for _ in range(rounds):
        way = end - start
        between = start + torch.arange(1, 8)[:, None, None] / 8 * way
        alike = condition(between.reshape(-1, 2)).reshape(7, -1) == at_start
        eighths = alike.int().cumprod(dim=0).sum(dim=0)[:, None]
        start, end = start + eighths / 8 * way, start + (eighths + 1) / 8 * way
    return end


class History:
    """The record of a training run, epoch by epoch; all that is drawn is evaluated from it.

    epochs: number of updates E; the record has the E + 1 epochs 0 to E.
    dataset: what the network was trained on.
    parameters: every parameter of `Network.logit` by its name, (E + 1, *shape).
    loss, accuracy: (E + 1,), over the whole data set.
    shown: the epochs of which there will be pictures, by default all.
    plane: the Plane around the data.
    grid_lines: (lines, points, 2), the grid in it.
    """

    def __init__(self, network, dataset, parameters, loss, accuracy):
        self._network = copy.deepcopy(network)
        self.dataset = dataset
        self.parameters = parameters
        self.loss = loss
        self.accuracy = accuracy
        self.epochs = len(loss) - 1
        self.shown = range(self.epochs + 1)

    @property
    def plane(self):
        return self.dataset.plane

    @property
    def grid_lines(self):
        return self.plane.grid_lines

    def network(self, epoch):
        """A copy of the network as it was at an epoch."""
        network = copy.deepcopy(self._network)
        self.restore(network, epoch)
        return network

    def restore(self, network, epoch):
        """Set a network's parameters to what they were at an epoch."""
        state = {name: values[epoch] for name, values in self.parameters.items()}
        network.logit.load_state_dict(state)

    @cached_property
    def grids(self):
        """The image of the grid under the hidden layers: (E + 1, lines, points, units)."""
        return self.evaluate(self._network.features, self.grid_lines, range(self.epochs + 1))

    @cached_property
    def level_sets(self):
        """The LevelSet of every epoch shown, by its number."""
        level_sets, network, plane = {}, self.network(0), self.plane
        for epochs in self.parts(self.shown):
            logits = self.evaluate(self._network.logit, plane.mesh, epochs)
            for epoch, logit in zip(epochs, logits, strict=True):
                self.restore(network, epoch)
                level_sets[epoch] = level_set(logit[..., 0], network, plane)
        return level_sets

    @property
    def boundaries(self):
        """The curves P = 0.5 of every epoch shown in the input plane: lists of (m, 2) arrays."""
        return [level_set.boundary for level_set in self.level_sets.values()]

    def parts(self, epochs):
        """Part some epochs into so few at a time that they can be evaluated on the mesh at once."""
        widest = max(values.shape[1] for values in self.parameters.values())
        size = max(1, EPOCHS_AT_ONCE * 2 // widest)
        starts = range(0, len(epochs), size)
        for start in tqdm(starts, desc="geometry", unit_scale=size, disable=None):
            yield epochs[start : start + size]

    def evaluate(self, layers, x, epochs):
        """What some layers of the network make of x at some epochs, in one batched pass."""
        parameters = {name: self.parameters[name][list(epochs)] for name in layers.state_dict()}
        every_epoch = torch.func.vmap(torch.func.functional_call, in_dims=(None, 0, None))
        with torch.no_grad():
            return every_epoch(layers, parameters, torch.from_numpy(x)).numpy()


# Space ------------------------------------------------------------------------------------------


class Scene(NamedTuple):
    """The geometry of an epoch, as it is seen in a space.

    ground: the area of both classes, a matplotlib path.
    region: the part of it that belongs to class 1, likewise.
    grid: the lines of the grid, each (points, 2).
    boundary: the curves between the classes, a path.
    """

    ground: Curve
    region: Curve
    grid: np.ndarray
    boundary: Curve


def scene(history, epoch, network, see):
    """Make the Scene of an epoch: the geometry of the input plane, mapped.

    network: as it was at the epoch.
    see: maps points of the input plane, (n, 2), to where they are seen.
    """
    level_set = history.level_sets[epoch]
    vertices, codes = level_set.region
    curves = [Curve(see(curve)) for curve in level_set.boundary]
    return Scene(
        ground=Curve(see(history.plane.outline)),
        region=Curve(see(vertices), codes),
        grid=see(history.grid_lines),
        boundary=Curve.make_compound_path(*curves),
    )


@dataclass(frozen=True)
class Space:
    """A space in which the input plane is seen.

    name: of the files made, in lower case with underscores.
    title: of the pictures, to which the epoch is added.
    transform: gives those layers of a network through which the input plane is seen.
    labels: of the two axes; without any, the names of the features.
    remedy: what to do where the space is not a plane.
    scene: makes the Scene of an epoch, as the function `scene` does.
    """

    name: str
    title: str
    transform: Callable
    labels: tuple
    remedy: str
    scene: Callable = scene


def limits(space, history, dataset):
    """The Plane that the axes of a space show.

    It is the plane of the data, the range of the hidden units, or, where that has no ends, what the
    points of a data set and the grid reach over the epochs shown.
    """
    layers = space.transform(history.network(0))
    if len(layers) == 0:
        return history.plane
    activation = type(layers[-1])
    if activation in RANGES:
        low, high = RANGES[activation]
        return Plane((low, low), (high, high), (0.2, 0.2))
    x = dataset.X.numpy()
    if x.shape[1] == 2:
        x = np.concatenate([x, history.grid_lines.reshape(-1, 2)])
    ends = []
    for part in history.parts(history.shown):
        images = history.evaluate(layers, x, part)
        if not np.abs(images).max() < LARGEST_IMAGE:
            raise UserError("hidden units put out more than can be shown: lower --learning-rate")
        ends += [images.min(axis=(0, 1)), images.max(axis=(0, 1))]
    return surround(np.array(ends, float))


@dataclass(frozen=True)
class Palette:
    """How the two classes look: colors of points and regions, markers and their sizes in points.

    names: what to call the points.
    """

    points: tuple = ("#0000FF", "#FF0000")
    regions: tuple = ("#E0FEE0", "#F5E3F5")  # #98FB98 and #DDA0DD, at 30 % over white
    markers: tuple = ("o", "o")
    sizes: tuple = (4, 4)
    names: tuple = ("blue", "red")


CLASSIC = Palette()


class Points(Line2D):
    """Filled markers drawn where they belong, to a quarter of a pixel.

    Agg stamps a marker on the centers of whole pixels, which makes a dense curve of points lumpy.
    Here it is stamped from images of itself that are shifted by half a pixel.
    """

    STAMP = (0.5, -0.5)  # from the position given to Agg to where it centers the marker, in pixels

    def draw(self, renderer):
        """Draw the markers, those shifted alike at a time."""
        graphics = renderer.new_gc()
        self._set_gc_clip(graphics)
        graphics.set_linewidth(0)
        color = to_rgba(self.get_color())
        marker = MarkerStyle(self.get_marker())
        size = renderer.points_to_pixels(self.get_markersize())

        pixels = self.get_transform().transform(self.get_xydata()) - self.STAMP
        halves = np.rint(2 * pixels).astype(int)
        whole, half = halves >> 1, halves & 1
        for shift in ((0, 0), (0, 1), (1, 0), (1, 1)):
            stamp = marker.get_transform().scale(size).translate(shift[0] / 2, shift[1] / 2)
            centers = Curve(whole[(half[:, 0] == shift[0]) & (half[:, 1] == shift[1])])
            identity = IdentityTransform()
            renderer.draw_markers(graphics, marker.get_path(), stamp, centers, identity, color)
        graphics.restore()

    def clip_to(self, axes):
        """Draw markers at the rim of axes whole, but none beyond."""
        self.set_clip_box(axes.bbox.padded(self.get_markersize() / 72 * axes.figure.dpi))


def looking(transform, network):
    """The function that maps points to where they are seen, NumPy arrays of (..., 2) both."""
    layers = transform(network)

    @torch.no_grad()
    def see(x):
        return layers(torch.as_tensor(x, dtype=torch.float32)).numpy()

    return see


class SpaceView:
    """Regions, grid, points and decision boundary of one epoch, drawn on the axes given.

    plane: what the axes show, by default the limits of the space.
    heading, reading: the title, of which the part that changes is a function of the epoch; by
        default the title of the space, and the epoch itself.
    artists: those that change with the epoch or lie above one that does.
    """

    def __init__(
        self, axes, space, history, dataset, plane=None, palette=CLASSIC, heading=None, reading=str
    ):
        self.space, self.history, self.network = space, history, history.network(0)
        self.classes = [dataset.X[dataset.y[:, 0] == label].numpy() for label in (0, 1)]
        _prepare(axes, plane or limits(space, history, dataset), space.labels or dataset.names)

        self.reading = reading
        heading = heading or f"{space.title} at Epoch "
        self.epoch = _title(axes, heading, reading(history.epochs))
        self.regions = [
            axes.add_patch(PathPatch(NOTHING, color=color, linewidth=0))
            for color in palette.regions
        ]
        grid = LineCollection([], colors="black", linewidths=0.5, zorder=2, clip_on=False)
        self.grid = axes.add_collection(grid)
        looks = zip(palette.points, palette.markers, palette.sizes, strict=True)
        self.points = [
            axes.add_line(Points([], [], color=color, marker=marker, markersize=size, zorder=3))
            for color, marker, size in looks
        ]
        for points in self.points:
            points.clip_to(axes)
        line = {"color": "black", "linewidth": 2, "joinstyle": "round", "clip_on": False}
        self.boundary = axes.add_patch(PathPatch(NOTHING, fill=False, zorder=4, **line))
        moving = (*self.regions, self.grid, *self.points, self.boundary, self.epoch)
        self.artists = (*moving, *axes.spines.values())

    def draw(self, epoch):
        """Move all artists to where they belong at an epoch."""
        self.history.restore(self.network, epoch)
        see = looking(self.space.transform, self.network)
        scene = self.space.scene(self.history, epoch, self.network, see)
        self.epoch.set_text(self.reading(epoch))
        self.regions[0].set_path(scene.ground)
        self.regions[1].set_path(scene.region)
        self.grid.set_segments(scene.grid)
        self.boundary.set_path(scene.boundary)
        for points, x in zip(self.points, self.classes, strict=True):
            points.set_data(*see(x).T)


def _prepare(axes, plane, labels):
    """Give axes the limits of a plane, ticks on its grid lines, and labels."""
    for set_label, label in zip((axes.set_xlabel, axes.set_ylabel), labels, strict=True):
        too_long = len(label) > NAME_CHARACTERS
        set_label(f"{label[: NAME_CHARACTERS - 1]}…" if too_long else label, parse_math=False)
    (left, bottom), (right, top) = plane.low, plane.high
    axes.set(xlim=(left, right), ylim=(bottom, top), axisbelow=True)
    axes.set_aspect((right - left) / (top - bottom))
    for k, axis in enumerate((axes.xaxis, axes.yaxis)):
        labels = axis.get_major_formatter().format_ticks(plane.ticks(k))
        characters = len(labels) * max(map(len, labels)) * axes.figure.dpi / axes.bbox.width
        every = next(n for n in (1, 2, 5, 10) if characters <= n * TICK_CHARACTERS or n == 10)
        axis.set_major_locator(MultipleLocator(every * plane.spacing[k]))


def _title(axes, text, number):
    """Give axes a centered title that ends in a number, and return the Text of the number alone.

    Glyphs are slow to draw: the whole title would take as long as all else that moves.
    """
    to_axes = axes.transAxes.inverted()
    title = axes.set_title(text + number, y=1, pad=10)
    left, _ = to_axes.transform(title.get_window_extent().min)
    title.set(text=text, x=left, horizontalalignment="left")
    right, _ = to_axes.transform(title.get_window_extent().max)
    font = title.get_fontproperties()
    return axes.text(
        right, 1, number, transform=title.get_transform(), fontproperties=font, parse_math=False
    )


# Still and film ---------------------------------------------------------------------------------


class Picture:
    """A figure with views of the record, redrawn for any epoch.

    A view has artists that change, and moves them with `draw(epoch)`. What does not change is drawn
    once and kept as background; an epoch restores it and draws the artists over it, from bottom to
    top, which gives the same pixels as drawing the whole figure.

    palette, colors: those of the spaces, and what colors the other views have.
    """

    def __init__(self, figure, views, palette=CLASSIC, colors=()):
        self.figure, self.canvas, self.views = figure, figure.canvas, views
        self.palette, self.colors = palette, colors
        artists = itertools.chain.from_iterable(view.artists for view in views)
        order = {axes: k for k, axes in enumerate([*figure.axes, None])}
        self.artists = sorted(artists, key=lambda artist: (order[artist.axes], artist.zorder))
        for artist in self.artists:
            artist.set_animated(True)  # leaves them out of the background
        self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)

    def draw(self, epoch):
        """Draw an epoch: (height, width, 4) uint8, RGBA, valid until the next call."""
        for view in self.views:
            view.draw(epoch)
        self.canvas.restore_region(self._background)
        renderer = self.canvas.get_renderer()
        for artist in self.artists:
            artist.draw(renderer)
        return np.asarray(self.canvas.buffer_rgba())


def new_figure(dpi, width=FIGURE_INCHES, height=FIGURE_INCHES):
    """Make a Figure of some inches that is drawn by Agg."""
    figure = Figure(figsize=(width, height), dpi=dpi)
    FigureCanvasAgg(figure)
    return figure


def space_axes(figure, side=FIGURE_INCHES, left=0, bottom=0):
    """Make the axes of a space in a square of a figure, given in inches; by default at its left."""
    width, height = figure.get_size_inches()
    x, y, across, up = AXES_RECTANGLE
    wide, high = side / width, side / height
    corner = left / width + x * wide, bottom / height + y * high
    return figure.add_axes((*corner, across * wide, up * high))


def space_picture(space, history, dataset, dpi, plane=None, palette=CLASSIC):
    """Make the Picture of a space alone; see SpaceView."""
    figure = new_figure(dpi)
    view = SpaceView(space_axes(figure), space, history, dataset, plane, palette)
    return Picture(figure, [view], palette)


def save_still(path, picture, epoch, title):
    """Save the picture of an epoch as a PNG."""
    metadata = {"Title": title, "Software": None}
    imsave(path, picture.draw(epoch), dpi=picture.figure.dpi, metadata=metadata)


def find_ffmpeg():
    """Find the ffmpeg bundled with imageio-ffmpeg, or the one IMAGEIO_FFMPEG_EXE names, and try it.

    Raises UserError if it is missing or does not run.
    """
    try:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        subprocess.run([ffmpeg, "-version"], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        cause = f"{ffmpeg} -version ends with exit code {error.returncode}"
    except (OSError, RuntimeError) as error:
        cause = error
    else:
        return ffmpeg
    raise UserError(
        f"no film without a working ffmpeg ({cause}): reinstall imageio-ffmpeg, or set"
        " IMAGEIO_FFMPEG_EXE to an ffmpeg"
    )


def raw_frames(ffmpeg, width, height, fps):
    """The beginning of an ffmpeg command that reads RGBA frames from its standard input."""
    return [
        *(ffmpeg, "-loglevel", "error", "-y"),
        *("-f", "rawvideo", "-pixel_format", "rgba", "-video_size", f"{width}x{height}"),
        *("-framerate", str(fps), "-i", "pipe:0"),
    ]


def encoder_command(ffmpeg, path, width, height, fps, title, hold=0.0):
    """The ffmpeg command that turns raw frames into H.264 in MP4, the last held for some seconds.

    Matrix and tags are BT.709, so that players show the colors of the still. 4:2:0 needs even
    sizes: a picture of odd size gets a white column at the right and a white row at the bottom.
    The psychovisual options of x264 are off and its smoothing is low: made for what a camera sees,
    they leave ghosts beside thin lines.
    """
    filters = (
        f"tpad=stop_mode=clone:stop_duration={hold}",
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
        "scale=out_color_matrix=bt709:out_range=tv",
        "format=yuv420p",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    )
    x264 = "psy=0:deblock=-3,-3:rc-lookahead=10"
    return [
        *raw_frames(ffmpeg, width, height, fps),
        *("-vf", ",".join(filters)),
        *("-c:v", "libx264", "-crf", "12", "-x264-params", x264, "-movflags", "+faststart"),
        *("-metadata", f"title={title}", "-f", "mp4", str(path)),
    ]


def _feed(pipe, picture, epochs):
    """Draw frames and write them to a pipe, each while the next one is drawn; then close it."""
    width, height = picture.canvas.get_width_height()
    buffers = itertools.cycle(np.empty((2, height, width, 4), np.uint8))
    writer = ThreadPoolExecutor(max_workers=1)
    try:
        written = writer.submit(pipe.flush)
        for epoch in tqdm(epochs, desc="film", unit="frame", disable=None):
            frame = next(buffers)
            np.copyto(frame, picture.draw(epoch))
            written.result()
            written = writer.submit(pipe.write, frame)
        written.result()
        pipe.close()
    finally:
        writer.shutdown(wait=False)  # a write that hangs ends with the encoder


def encode(command, path, picture, epochs):
    """Feed the pictures of some epochs to an encoder that makes a file, a frame an epoch.

    Raises UserError, with the encoder's own words, if it does not finish.
    """
    with tempfile.TemporaryFile() as log:
        # A session of its own: Ctrl-C in the terminal reaches this program, and not the encoder.
        encoder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log,
            start_new_session=True, pipesize=PIPE_BYTES,
        )  # fmt: skip
        try:
            _feed(encoder.stdin, picture, epochs)
            finished = encoder.wait() == 0 and path.exists()
        except BrokenPipeError:
            finished = False  # it has ended early, whatever its exit code
            encoder.wait()
        finally:
            encoder.kill()
            encoder.wait()
            with contextlib.suppress(BrokenPipeError):
                encoder.stdin.close()
        if not finished:
            log.seek(0)
            cause = log.readline().decode(errors="replace").strip() or "it did not say why"
            raise UserError(
                f"no film: {command[0]} ended with exit code {encoder.returncode} ({cause}): free"
                " the disk, or set IMAGEIO_FFMPEG_EXE to another ffmpeg"
            )


def save_film(path, picture, epochs, fps, title, ffmpeg, hold=0.0):
    """Save the pictures of some epochs as a film, a frame an epoch, the last held some seconds.

    Raises UserError if the encoder does not finish.
    """
    size = picture.canvas.get_width_height()
    encode(encoder_command(ffmpeg, path, *size, fps, title, hold), path, picture, epochs)
