"""Example data sets made by formula.

A function of classes takes a NumPy random generator and the number of points of each class. It
returns the features of each class, arrays (n, d). One of regression takes the generator and the
number of points. It returns the features, (n, d), and the numbers to learn, (n, 1). Noise is added
afterwards.
"""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from torchreplay.settings import CLASSES, DATA_SEED, POINTS

FEATURES_OF_BALL = 10
RADIUS_OF_INNER_BLOBS, WIDTH_OF_HILLS = 0.4, 0.25
SetName = Literal[
    "parabolas", "circles", "moons", "xor", "spirals", "gaussians", "ball", "corners", "blobs",
    "sine", "hills",
]  # fmt: skip


def parabolas(random, n0, n1):
    """DeepReplay's parabolas, those of `datasets.txt`: x2 = x1² and x2 = x1² − 0.5."""
    x0, x1 = np.linspace(-1, 1, n0), np.linspace(-1, 1, n1)
    return np.column_stack([x0, x0**2]), np.column_stack([x1, x1**2 - 0.5])


def circles(random, n0, n1):
    """A circle of radius 1 and another of radius 0.5 inside it."""
    return _circle(random, n0), 0.5 * _circle(random, n1)


def _circle(random, n):
    angle = random.uniform(0, 2 * math.pi, n)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def moons(random, n0, n1):
    """Two half circles, each with one end inside the other."""
    upper, lower = _circle(random, n0), _circle(random, n1)
    upper[:, 1] = np.abs(upper[:, 1])
    lower[:, 1] = -np.abs(lower[:, 1])
    shift = np.array([0.5, 0.25])
    return upper - shift, lower + shift


def xor(random, n0, n1):
    """Four squares: class 0 where the signs of x1 and x2 are alike, class 1 where they differ."""
    square = random.uniform(-1, 1, (n0 + n1, 2))
    square[:, 1] = np.abs(square[:, 1]) * np.sign(square[:, 0])
    square[n0:, 1] *= -1
    return square[:n0], square[n0:]


def spirals(random, n0, n1):
    """Two spirals of one and a half turns around the same center."""

    def spiral(n, start):
        radius = np.sqrt(random.uniform(0.01, 1, n))
        angle = start + 3 * math.pi * radius
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])

    return spiral(n0, 0), spiral(n1, math.pi)


def gaussians(random, n0, n1):
    """Two centers, (−0.5, −0.5) and (0.5, 0.5); the noise spreads the points around them."""
    return np.full((n0, 2), -0.5), np.full((n1, 2), 0.5)


def ball(random, n0, n1):
    """A ball in ten dimensions and the shell around it; coordinates have variances near 1."""
    direction = random.normal(size=(n0 + n1, FEATURES_OF_BALL))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    share = random.uniform(size=(n0 + n1, 1)) ** (1 / FEATURES_OF_BALL)  # uniform in volume
    radius = np.concatenate([2 * share[:n0], 3 + share[n0:]])
    points = direction * radius
    return points[:n0], points[n0:]


def corners(random, n0, n1):
    """The four points of XOR: (0, 0) and (1, 1) are class 0, (0, 1) and (1, 0) are class 1."""
    return np.resize([[0.0, 0], [1, 1]], (n0, 2)), np.resize([[0.0, 1], [1, 0]], (n1, 2))


def blobs(random, *counts):
    """A center for each class, on two rings; the noise spreads the points around them."""
    return [np.full((n, 2), c) for n, c in zip(counts, centers(len(counts)), strict=True)]


def centers(count):
    """The centers of blobs, (count, 2): on a ring of radius 1, and a quarter of them inside it."""
    inner = count // 4
    outer, radius = count - inner, RADIUS_OF_INNER_BLOBS if inner > 1 else 0
    return np.concatenate([_ring(outer, 1), _ring(inner, radius, turned=math.pi / outer)])


def _ring(count, radius, turned=0.0):
    angle = math.pi / 2 + turned + 2 * math.pi * np.arange(count) / count
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def sine(random, n):
    """Two periods of the sine curve, from −2π to 2π in even steps: one feature."""
    x = np.linspace(-2 * math.pi, 2 * math.pi, n)[:, None]
    return x, np.sin(x)


def hills(random, n):
    """A Gaussian hill of height 1 at (0.5, 0.5), and a valley as deep at (−0.5, −0.5)."""
    X = random.uniform(-1, 1, (n, 2))
    squares = (((X - center) ** 2).sum(axis=1, keepdims=True) for center in (0.5, -0.5))
    hill, valley = (np.exp(-square / (2 * WIDTH_OF_HILLS**2)) for square in squares)
    return X, hill - valley


class ExampleSet(NamedTuple):
    """An example set.

    make: the function that makes it.
    noise: the default standard deviation of the noise, of features or of the numbers to learn.
    classes: how many there are, by default if there are `blobs`; 0 in regression.
    points: the default number of points.
    """

    make: Callable
    noise: float
    classes: int = 2
    points: int = int(POINTS.default)


SETS = {
    one.make.__name__: one
    for one in (
        ExampleSet(parabolas, 0.0),
        ExampleSet(circles, 0.1),
        ExampleSet(moons, 0.1),
        ExampleSet(xor, 0.0),
        ExampleSet(spirals, 0.02),
        ExampleSet(gaussians, 0.25),
        ExampleSet(ball, 0.0),
        ExampleSet(corners, 0.0, points=4),
        ExampleSet(blobs, 0.12, int(CLASSES.default)),
        ExampleSet(sine, 0.05, classes=0, points=300),
        ExampleSet(hills, 0.05, classes=0, points=500),
    )
}


def make(name, points=None, noise=None, seed=DATA_SEED.default, classes=None):
    """Make an example set: features (points, d) and labels (points, 1), float32, shuffled.

    Each class has as many of the points, or one more. In regression the labels are numbers.

    points, noise, classes: None is the default of the set. `noise` is the standard deviation of
        the noise added to every feature, or, in regression, to the labels.
    """
    one, random = SETS[name], np.random.RandomState(seed)
    points = one.points if points is None else points
    noise = one.noise if noise is None else noise
    classes = one.classes if classes is None else classes
    order = random.permutation(points)
    if classes:
        counts = [len(range(k, points, classes)) for k in range(classes)]
        X, y = np.concatenate(one.make(random, *counts)), np.repeat(range(classes), counts)[:, None]
        X += random.normal(0, noise, X.shape)
    else:
        X, y = one.make(random, points)
        y += random.normal(0, noise, y.shape)
    return X[order].astype(np.float32), y[order].astype(np.float32)
