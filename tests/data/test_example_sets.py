"""Example sets: each against its formula, their points, noise and seeds."""

import numpy as np
import pytest

from common import DATASET
from torchreplay.data.example_sets import SETS, make


@pytest.mark.parametrize("name", SETS)
def test_shapes_balance_and_seed(name):
    X, y = make(name, points=501)
    features = 10 if name == "ball" else 2
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((501, features), np.float32, (501, 1), "f4")
    assert (y == 1).sum() == 250 and (y == 0).sum() == 251
    assert 100 < y[:250].sum() < 150, "not shuffled"
    again, labels = make(name, points=501)
    np.testing.assert_array_equal(again, X)
    np.testing.assert_array_equal(labels, y)
    other, _ = make(name, points=501, seed=14)
    assert (other != X).any()


@pytest.mark.parametrize("name", SETS)
def test_spread_is_near_one(name):
    X, _ = make(name)
    assert (X.std(axis=0) > 0.3).all() and (X.std(axis=0) < 1.5).all()
    assert np.abs(X.mean(axis=0)).max() < 0.3


@pytest.mark.parametrize("name", SETS)
def test_noise_is_added_to_every_feature(name):
    clean, labels = make(name, points=2000, noise=0.0)
    noisy, same = make(name, points=2000, noise=0.5)
    np.testing.assert_array_equal(same, labels)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.5, rtol=0.1)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0, atol=0.05)


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
