"""Other networks and other training: against formulas in NumPy, and against themselves."""

import functools

import numpy as np
import pytest
import torch
from example_sets import make
from replay import build_network
from torch import nn

from common import Dataset, Network, UserError, batches, train

ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


@pytest.fixture(scope="module")
def circles():
    X, y = map(torch.from_numpy, make("circles", points=300))
    return Dataset(X, y)


def seeded(dataset, **network):
    torch.manual_seed(3)
    return build_network(dataset, **{"hidden": [2], "activation": "sigmoid", **network})


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("hidden", "latent"), [([2], False), ([10, 2], False), ([7, 5, 3], False), ([10], True)]
)
def test_network_computes_its_formula(circles, hidden, activation, latent):
    network = seeded(circles, hidden=hidden, activation=activation, latent=latent)
    values = [value.detach().double().numpy() for value in network.parameters()]
    x = circles.X.double().numpy()
    for layer in range(len(hidden)):
        x = ACTIVATIONS[activation](x @ values[2 * layer].T + values[2 * layer + 1])
    if latent:
        x = x @ values[-4].T + values[-3]
        assert x.shape[1] == 2
    p = ACTIVATIONS["sigmoid"](x @ values[-2].T + values[-1])
    with torch.no_grad():
        np.testing.assert_allclose(network.features(circles.X), x, atol=1e-5)
        np.testing.assert_allclose(network(circles.X), p, atol=1e-5)
        np.testing.assert_array_equal(network.inputs(circles.X), circles.X)


def test_initialization_is_xavier_normal_and_normal_for_the_output(circles):
    torch.manual_seed(0)
    network = build_network(circles, [400, 300], "tanh", latent=True)
    weights = [layer.weight.detach() for layer in network.logit if isinstance(layer, nn.Linear)]
    for weight in weights[:-1]:
        fan_out, fan_in = weight.shape
        assert weight.std().item() == pytest.approx((2 / (fan_in + fan_out)) ** 0.5, rel=0.1)
    normal = torch.cat([Network(hidden=[(100, nn.Tanh)]).logit[-1].weight for _ in range(50)])
    assert normal.std().item() == pytest.approx(1, rel=0.05)


def test_standardizing_network_equals_training_on_scaled_features(circles):
    X = circles.X * torch.tensor([0.01, 300.0]) + torch.tensor([5.0, -1000.0])
    scaled = ((X.double() - X.double().mean(dim=0)) / X.double().std(dim=0, correction=0)).float()
    own = Dataset(X, circles.y, standardized=True)
    plain = Dataset(scaled, circles.y)
    histories = [train(seeded(data), data, 30, 1.0) for data in (own, plain)]
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-3)
    assert histories[0].parameters.keys() == histories[1].parameters.keys()


def same(one, other):
    return all(torch.equal(one.parameters[name], other.parameters[name]) for name in one.parameters)


def test_mini_batches_are_reproducible_from_the_seed(circles):
    runs = [train(seeded(circles), circles, 5, 0.5, batch_size=32) for _ in range(2)]
    assert same(*runs)
    torch.manual_seed(4)
    network = seeded(circles)
    torch.manual_seed(4)
    assert not same(runs[0], train(network, circles, 5, 0.5, batch_size=32))


def test_full_batch_equals_batch_size_n(circles):
    whole = train(seeded(circles), circles, 5, 0.5)
    assert same(whole, train(seeded(circles), circles, 5, 0.5, batch_size=300))
    assert same(whole, train(seeded(circles), circles, 5, 0.5, batch_size=10_000))
    assert not same(whole, train(seeded(circles), circles, 5, 0.5, batch_size=299))


def test_batches_of_an_epoch_are_the_data_set_shuffled(circles):
    torch.manual_seed(0)
    epochs = [list(batches(circles, 128)) for _ in range(2)]
    for parts in epochs:
        assert [len(y) for _, y in parts] == [128, 128, 44]
        rows = torch.cat([torch.hstack(part) for part in parts])
        expected = torch.hstack([circles.X, circles.y])
        assert sorted(rows.tolist()) == sorted(expected.tolist())
        assert rows.tolist() != expected.tolist()
    assert not torch.equal(epochs[0][0][0], epochs[1][0][0])


def gradients(network, dataset):
    network.zero_grad()
    nn.functional.binary_cross_entropy(network(dataset.X), dataset.y).backward()
    return [parameter.grad.double().numpy() for parameter in network.parameters()]


def test_momentum_against_its_formula(circles):
    momentum = functools.partial(torch.optim.SGD, momentum=0.9)
    history = train(seeded(circles), circles, 10, 0.1, make_optimizer=momentum)
    velocity = 0
    for epoch in range(10):
        before, after = history.network(epoch), history.network(epoch + 1)
        steps = gradients(before, circles)
        velocity = [0.9 * v + g for v, g in zip(velocity or [0] * len(steps), steps, strict=True)]
        for old, new, v in zip(before.parameters(), after.parameters(), velocity, strict=True):
            moved = (new - old).detach().numpy()
            np.testing.assert_allclose(moved, -0.1 * v, rtol=1e-3, atol=1e-6)


def test_adam_against_its_formula(circles):
    history = train(seeded(circles), circles, 10, 0.01, make_optimizer=torch.optim.Adam)
    mean, square = None, None
    for epoch in range(10):
        before, after = history.network(epoch), history.network(epoch + 1)
        g = np.concatenate([step.ravel() for step in gradients(before, circles)])
        mean = 0.1 * g + (0 if mean is None else 0.9 * mean)
        square = 0.001 * g**2 + (0 if square is None else 0.999 * square)
        m, s = mean / (1 - 0.9 ** (epoch + 1)), square / (1 - 0.999 ** (epoch + 1))
        moved = [
            (new - old).detach().numpy().ravel()
            for old, new in zip(before.parameters(), after.parameters(), strict=True)
        ]
        expected = -0.01 * m / (np.sqrt(s) + 1e-8)
        np.testing.assert_allclose(np.concatenate(moved), expected, rtol=1e-2, atol=1e-5)


@pytest.mark.parametrize("make_optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_divergence_within_an_epoch_is_told(circles, make_optimizer):
    with pytest.raises(UserError, match="diverged at epoch 1"):
        train(seeded(circles), circles, 5, 1e39, 10, make_optimizer)
