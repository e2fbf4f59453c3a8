"""Example data sets made by formula.

Each function takes a NumPy random generator and the numbers of points of class 0 and of class 1. It
returns the features of each class, two arrays (n, d). Noise is added afterwards.
"""

import math
from typing import Literal

import numpy as np

from torchreplay.settings import DATA_SEED, POINTS

FEATURES_OF_BALL = 10
SetName = Literal["parabolas", "circles", "moons", "xor", "spirals", "gaussians", "ball"]


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


NOISE = {
    parabolas: 0.0,
    circles: 0.1,
    moons: 0.1,
    xor: 0.0,
    spirals: 0.02,
    gaussians: 0.25,
    ball: 0.0,
}
SETS = {make.__name__: make for make in NOISE}


def make(name, points=POINTS.default, noise=None, seed=DATA_SEED.default):
    """Make an example set: features (points, d) and labels (points, 1), float32, shuffled.

    Each class has half of the points. `noise` is the standard deviation of the noise added to every
    feature; None is the default of the set.
    """
    random = np.random.RandomState(seed)
    n1 = points // 2
    n0 = points - n1
    order = random.permutation(points)
    X = np.concatenate(SETS[name](random, n0, n1))
    X += random.normal(0, NOISE[SETS[name]] if noise is None else noise, X.shape)
    y = (np.arange(points) >= n0)[:, None]
    return X[order].astype(np.float32), y[order].astype(np.float32)
