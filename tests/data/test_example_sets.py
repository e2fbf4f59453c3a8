"""Example sets: each against its formula, their points, noise and seeds."""

import numpy as np
import pytest

from common import DATASET
from torchreplay.data.example_sets import SETS, make

OF_CLASSES = [name for name, one in SETS.items() if one.classes]
OF_NUMBERS = [name for name in SETS if name not in OF_CLASSES]


@pytest.mark.parametrize("name", SETS)
def test_shapes_and_seed(name):
    X, y = make(name, points=501)
    features = {"ball": 10, "sine": 1}.get(name, 2)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((501, features), np.float32, (501, 1), "f4")
    again, labels = make(name, points=501)
    np.testing.assert_array_equal(again, X)
    np.testing.assert_array_equal(labels, y)
    other, others = make(name, points=501, seed=14)
    assert (other != X).any() or (others != y).any()


@pytest.mark.parametrize("name", OF_CLASSES)
def test_classes_are_balanced_and_shuffled(name):
    classes = 3 if name == "blobs" else 2
    labels = make(name, points=501)[1][:, 0].astype(int)
    assert np.bincount(labels).tolist() == ([167] * 3 if classes == 3 else [251, 250])
    first = np.bincount(labels[:250])
    assert (first > 200 / classes).all() and (first < 300 / classes).all(), "not shuffled"


@pytest.mark.parametrize("name", [name for name in SETS if name not in ("corners", "sine")])
def test_spread_is_near_one(name):
    X, _ = make(name)
    assert (X.std(axis=0) > 0.3).all() and (X.std(axis=0) < 1.5).all()
    assert np.abs(X.mean(axis=0)).max() < 0.3


@pytest.mark.parametrize("name", OF_CLASSES)
def test_noise_is_added_to_every_feature(name):
    clean, labels = make(name, points=2000, noise=0.0)
    noisy, same = make(name, points=2000, noise=0.5)
    np.testing.assert_array_equal(same, labels)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.5, rtol=0.1)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0, atol=0.05)


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_noise_is_added_to_the_numbers_to_learn(name):
    X, clean = make(name, points=2000, noise=0.0)
    same, noisy = make(name, points=2000, noise=0.5)
    np.testing.assert_array_equal(same, X)
    np.testing.assert_allclose((noisy - clean).std(), 0.5, rtol=0.1)
    np.testing.assert_allclose((noisy - clean).mean(), 0, atol=0.05)


def test_parabolas_are_those_of_the_file():
    rows = np.loadtxt(DATASET, dtype=np.float32)
    np.testing.assert_array_equal(np.hstack(make("parabolas")), rows)


def clean(name):
    X, y = make(name, points=4000, noise=0.0)
    return X.astype(float), y[:, 0] == 1


def test_circles():
    X, inner = clean("circles")
    radius = np.hypot(*X.T)
    np.testing.assert_allclose(radius, np.where(inner, 0.5, 1), atol=1e-6)
    quarters = np.histogram(np.arctan2(*X.T), bins=4)[0]
    assert quarters.min() > 900


def test_moons():
    X, lower = clean("moons")
    center = np.where(lower, 1, -1)[:, None] * [0.5, 0.25]
    np.testing.assert_allclose(np.hypot(*(X - center).T), 1, atol=1e-6)
    assert ((X - center)[~lower, 1] >= 0).all() and ((X - center)[lower, 1] <= 0).all()


def test_xor():
    X, different = clean("xor")
    np.testing.assert_array_equal(X.prod(axis=1) < 0, different)
    assert np.abs(X).max() <= 1
    assert np.histogram2d(*X.T, bins=2)[0].min() > 900


def test_spirals():
    X, second = clean("spirals")
    radius = np.hypot(*X.T)
    turned = np.arctan2(X[:, 1], X[:, 0]) - 3 * np.pi * radius - np.pi * second
    np.testing.assert_allclose(np.exp(1j * turned), 1, atol=1e-5)
    assert radius.min() > 0.09 and radius.max() <= 1


def test_gaussians():
    X, y = make("gaussians", points=4000)
    for label, center in ((0, -0.5), (1, 0.5)):
        np.testing.assert_allclose(X[y[:, 0] == label].mean(axis=0), center, atol=0.03)
        np.testing.assert_allclose(np.cov(X[y[:, 0] == label].T), 0.25**2 * np.eye(2), atol=0.01)


def test_ball():
    X, outside = clean("ball")
    radius = np.linalg.norm(X, axis=1)
    assert radius[~outside].max() <= 2
    assert radius[outside].min() >= 3 and radius[outside].max() <= 4
    np.testing.assert_allclose(np.mean((radius[~outside] / 2) ** 10), 0.5, atol=0.03)


def test_corners_are_the_four_points_of_xor():
    X, y = make("corners")
    points = sorted(map(tuple, np.hstack([X, y]).tolist()))
    assert points == [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    X, y = make("corners", points=10)
    np.testing.assert_array_equal(y[:, 0], X[:, 0] != X[:, 1])


@pytest.mark.parametrize("classes", range(2, 21))
def test_blobs_are_around_centers_that_stay_apart(classes):
    X, y = make("blobs", points=100 * classes, classes=classes)
    groups = [X[y[:, 0] == k] for k in range(classes)]
    means = np.array([group.mean(axis=0) for group in groups])
    np.testing.assert_allclose([group.std(axis=0) for group in groups], 0.12, rtol=0.3)
    distances = np.hypot(*(means[:, None] - means[None]).transpose(2, 0, 1))
    assert distances[np.triu_indices(classes, 1)].min() > 0.3
    assert np.hypot(*means.T).max() < 1.1


def test_sine_has_two_periods_in_even_steps():
    x, y = (values[:, 0].astype(float) for values in make("sine", points=500, noise=0.0))
    np.testing.assert_allclose(y, np.sin(x), atol=1e-6)
    assert np.abs(np.diff(x)).min() < 2 < np.abs(np.diff(x)).max(), "not shuffled"
    np.testing.assert_allclose(np.diff(np.sort(x)), 4 * np.pi / 499, atol=1e-5)
    np.testing.assert_allclose([x.min(), x.max()], [-2 * np.pi, 2 * np.pi], rtol=1e-6)


def test_hills():
    X, y = make("hills", points=4000, noise=0.0)
    assert np.abs(X).max() <= 1
    assert np.histogram2d(*X.T, bins=2)[0].min() > 900
    away = [np.hypot(*(X - center).T) for center in (0.5, -0.5)]
    up, down = (np.exp(-(distance**2) / (2 * 0.25**2)) for distance in away)
    np.testing.assert_allclose(y[:, 0], up - down, atol=1e-6)
