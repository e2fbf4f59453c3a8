"""The story of the scripts: data set, network, training against formulas, and what is collected."""

import copy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import distances
from helpers import formulas
from helpers.scripts import PROJECT
from torch import nn

from common import (
    DATASET,
    Network,
    Standardize,
    augmented,
    batches,
    collect,
    load_dataset,
    loss_of,
    make_network,
    train,
    train_all,
)
from torchreplay.cli.checks import check_runs
from torchreplay.data.dataset import Dataset, make_dataset
from torchreplay.errors import DatasetError, UserError
from torchreplay.replay.replay import Replay

PUBLISHED_LOSS = {
    19: 0.6014,
    39: 0.4585,
    59: 0.4267,
    79: 0.3768,
    99: 0.2790,
    119: 0.1941,
    139: 0.1389,
    159: 0.1040,
    179: 0.0813,
    199: 0.0658,
}
ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


# Data set ---------------------------------------------------------------------------------------


def test_file_follows_from_the_formula():
    x1 = np.linspace(-1, 1, 1000)
    class_0 = np.column_stack([x1, x1**2, np.zeros(1000)])
    class_1 = np.column_stack([x1, x1**2 - 0.5, np.ones(1000)])
    order = np.random.RandomState(13).permutation(2000)
    expected = np.concatenate([class_0, class_1])[order]

    lines = DATASET.read_text().splitlines()
    rows = np.array([[float(field) for field in line.split(" ")] for line in lines])
    np.testing.assert_array_equal(rows, expected)


def test_shapes_types_and_order(dataset):
    rows = np.loadtxt(DATASET, dtype=np.float32)
    assert dataset.X.shape == (2000, 2)
    assert dataset.y.shape == (2000, 1)
    np.testing.assert_array_equal(np.hstack([dataset.X, dataset.y]), rows, strict=True)
    assert (dataset.source, dataset.standardized) == ("datasets.txt", False)


def test_files_and_sets_are_loaded_alike(tmp_path):
    """A path is read, as text too, and the name of a set is made with points, noise and seed."""
    (tmp_path / "moons.txt").write_text("1 2 0\n3 4 1\n")
    for source in (tmp_path / "moons.txt", str(tmp_path / "moons.txt")):
        read = load_dataset(source, standardized=True)
        np.testing.assert_array_equal(read.X, [[1, 2], [3, 4]])
        assert (read.source, read.standardized) == ("moons.txt", True)
    made = load_dataset("moons", standardized=True, points=50, noise=0.0, seed=3)
    assert made.X.shape == (50, 2)
    assert (made.source, made.standardized) == ("moons", True)
    assert not torch.equal(made.X, load_dataset("moons", points=50, noise=0.0, seed=4).X)
    with pytest.raises(DatasetError, match=r"circle: it is neither a file nor one of .*circles"):
        load_dataset("circle")


def test_file_with_the_name_of_a_set_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("moons").write_text("0.5 1 a\n1 0.5 b\n")
    assert load_dataset(Path("./moons")).classes == ("a", "b")
    assert len(load_dataset("moons").y) == 2000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "moons", "validation": 1.7}, r"the share held out is 1\.7: give a number"),
        ({"source": "one.txt", "validation": 0.5}, r"class 1 has one point only: to hold out"),
    ],
)
def test_what_cannot_be_held_out_names_no_argument_of_another_function(
    tmp_path, monkeypatch, settings, message
):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text("1.5 2.5 0\n2.5 1.5 0\n0.5 3.5 1\n")
    with pytest.raises(UserError, match=message) as refusal:
        load_dataset(**settings)
    assert "share=" not in str(refusal.value)


# Network ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def circles():
    return make_dataset("circles", points=300)


def seeded(dataset, **network):
    torch.manual_seed(3)
    return make_network(dataset, **network)


def as_float64(dataset):
    return dataset.X.double().numpy(), dataset.y.double().numpy()


def test_standardizing_layer_gives_mean_0_and_variance_1():
    X = torch.tensor(np.random.default_rng(0).normal([3, -200], [0.01, 50], (1000, 2))).float()
    dataset = Dataset(X, y=torch.zeros(1000, 1), standardized=True)
    for layer in (Standardize(X), make_network(dataset).logit[0]):
        scaled = layer(X).double().numpy()
        np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(scaled.var(axis=0), 1, atol=1e-3)
        assert not list(layer.parameters()) and not layer.state_dict()
    constant = X * 0 + 7
    assert (Standardize(constant)(constant) == 0).all()


def test_default_network_computes_its_formula(history, dataset, weights):
    X, _ = as_float64(dataset)
    network = history.network(120)
    with torch.no_grad():
        features, probability = network.features(dataset.X), network(dataset.X)
    np.testing.assert_allclose(features, formulas.hidden_layer(weights(120), X), atol=1e-6)
    np.testing.assert_allclose(probability, formulas.probability(weights(120), X), atol=1e-6)


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
    network = make_network(circles, [400, 300], "tanh", latent=True)
    weights = [layer.weight.detach() for layer in network.logit if isinstance(layer, nn.Linear)]
    for weight in weights[:-1]:
        fan_out, fan_in = weight.shape
        assert weight.std().item() == pytest.approx((2 / (fan_in + fan_out)) ** 0.5, rel=0.1)
    wide = [Network(hidden=[100], activation="tanh") for _ in range(50)]
    normal = torch.cat([network.logit[-1].weight for network in wide])
    assert normal.std().item() == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("latent", [False, True])
def test_weights_of_relu_layers_have_variance_2_by_inputs(circles, latent):
    torch.manual_seed(0)
    network = make_network(circles, [300, 600, 150], "relu", latent)
    weights = [layer.weight.detach() for layer in network.logit if isinstance(layer, nn.Linear)]
    for weight in weights[:3]:
        assert weight.std().item() == pytest.approx((2 / weight.shape[1]) ** 0.5, rel=0.07)
    if latent:
        assert weights[3].std().item() == pytest.approx((2 / 152) ** 0.5, rel=0.15)


def test_values_keep_their_size_through_layers_of_relu():
    """The mean square of the outputs stays, as He's rule promises without biases."""
    torch.manual_seed(0)
    network = Network(200, hidden=[200] * 6, activation="relu")
    x = torch.randn(2000, 200)
    sizes = []
    with torch.no_grad():
        for layer in network.features:
            if isinstance(layer, nn.Linear):
                layer.bias.zero_()
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                sizes.append((x**2).mean().item())
    assert 0.5 < sizes[-1] / sizes[0] < 2


# Training ---------------------------------------------------------------------------------------


def test_published_loss(history):
    ours = {epoch: history.loss[epoch] for epoch in PUBLISHED_LOSS}
    assert ours == pytest.approx(PUBLISHED_LOSS, abs=1e-4)


def test_published_parameters(history):
    hidden_weight, hidden_bias, output_weight, output_bias = history.network(200).parameters()
    close = {"rtol": 0, "atol": 1e-3}
    expected = [[5.7092, -5.7115], [5.9769, 5.7664]]
    np.testing.assert_allclose(hidden_weight.detach(), expected, **close)
    np.testing.assert_allclose(hidden_bias.detach(), [-2.2349, 2.2162], **close)
    np.testing.assert_allclose(output_weight.detach(), [[9.1163, -8.3302]], **close)
    np.testing.assert_allclose(output_bias.detach(), [3.2387], **close)


def test_published_run_is_the_default_of_every_setting(history, dataset):
    torch.manual_seed(41)
    plain = train(Network(), dataset)
    assert (plain.last, plain.diverged) == (200, False)
    np.testing.assert_array_equal(plain.loss, history.loss)


@pytest.mark.parametrize("epoch", [0, 1, 80, 200])
def test_gradients_of_every_parameter(history, dataset, weights, epoch):
    network = history.network(epoch)
    torch.nn.BCELoss()(network(dataset.X), dataset.y).backward()
    by_hand = formulas.gradients(weights(epoch), *as_float64(dataset))
    for parameter, gradient in zip(network.parameters(), by_hand, strict=True):
        np.testing.assert_allclose(parameter.grad, gradient, rtol=1e-4, atol=1e-6)


def test_gradients_by_hand_against_finite_differences(dataset, weights):
    X, t = as_float64(dataset)
    parameters, step = weights(80), 1e-6
    for value, gradient in zip(parameters, formulas.gradients(parameters, X, t), strict=True):
        for index in np.ndindex(value.shape):
            center = value[index]
            value[index] = center + step
            above = formulas.loss(parameters, X, t)
            value[index] = center - step
            below = formulas.loss(parameters, X, t)
            value[index] = center
            assert gradient[index] == pytest.approx((above - below) / (2 * step), abs=1e-8)


def test_whole_trajectory(history, dataset, weights):
    X, t = as_float64(dataset)
    parameters = weights(0)
    for epoch in range(201):
        for ours, by_hand in zip(weights(epoch), parameters, strict=True):
            np.testing.assert_allclose(ours, by_hand, rtol=0, atol=1e-3)
        assert history.loss[epoch] == pytest.approx(formulas.loss(parameters, X, t), abs=1e-5)
        correct = (formulas.probability(weights(epoch), X) >= 0.5) == t
        assert history.accuracy[epoch] == pytest.approx(correct.mean(), abs=1e-6)
        parameters = formulas.descend(parameters, X, t, learning_rate=3.0)


def test_training_leaves_the_network_at_the_last_epoch(dataset):
    network = Network()
    history = train(network, dataset, epochs=3, learning_rate=1.0)
    assert history.last == 3
    assert len(history.loss) == len(history.accuracy) == 4
    for ours, recorded in zip(network.parameters(), history.network(3).parameters(), strict=True):
        assert torch.equal(ours, recorded)


def test_standardizing_network_equals_training_on_scaled_features(circles):
    X = circles.X * torch.tensor([0.01, 300.0]) + torch.tensor([5.0, -1000.0])
    scaled = ((X.double() - X.double().mean(dim=0)) / X.double().std(dim=0, correction=0)).float()
    own = Dataset(X, circles.y, standardized=True)
    plain = Dataset(scaled, circles.y)
    histories = [train(seeded(data), data, epochs=30, learning_rate=1.0) for data in (own, plain)]
    np.testing.assert_allclose(histories[0].loss, histories[1].loss, rtol=1e-3)
    shapes = [[values.shape for values in one.parameters.values()] for one in histories]
    assert shapes[0] == shapes[1]


def same(one, other):
    return all(
        np.array_equal(one.parameters[name], other.parameters[name]) for name in one.parameters
    )


def brief(network, dataset, **settings):
    return train(network, dataset, epochs=5, learning_rate=0.5, **settings)


def test_mini_batches_are_reproducible_from_the_seed(circles):
    runs = [brief(seeded(circles), circles, batch_size=32) for _ in range(2)]
    assert same(*runs)
    torch.manual_seed(4)
    network = seeded(circles)
    torch.manual_seed(4)
    assert not same(runs[0], brief(network, circles, batch_size=32))


def test_full_batch_equals_batch_size_n(circles):
    whole = brief(seeded(circles), circles)
    assert same(whole, brief(seeded(circles), circles, batch_size=300))
    assert same(whole, brief(seeded(circles), circles, batch_size=10_000))
    assert not same(whole, brief(seeded(circles), circles, batch_size=299))


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
    history = train(seeded(circles), circles, epochs=10, learning_rate=0.1, momentum=0.9)
    velocity = 0
    for epoch in range(10):
        before, after = history.network(epoch), history.network(epoch + 1)
        steps = gradients(before, circles)
        velocity = [0.9 * v + g for v, g in zip(velocity or [0] * len(steps), steps, strict=True)]
        for old, new, v in zip(before.parameters(), after.parameters(), velocity, strict=True):
            moved = (new - old).detach().numpy()
            np.testing.assert_allclose(moved, -0.1 * v, rtol=1e-3, atol=1e-6)


def test_adam_against_its_formula(circles):
    history = train(seeded(circles), circles, epochs=10, learning_rate=0.01, optimizer="adam")
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


def test_weight_decay_is_the_penalty_l2_of_pytorch_bit_by_bit(circles):
    """The same training by hand with PyTorch's own SGD."""
    network = seeded(circles)
    other = copy.deepcopy(network)
    history = train(network, circles, epochs=10, learning_rate=0.5, weight_decay=0.02)
    optimizer = torch.optim.SGD(other.parameters(), lr=0.5, weight_decay=0.02)
    for epoch in range(11):
        for name, value in other.state_dict().items():
            np.testing.assert_array_equal(history.parameters[name][epoch], value)
        optimizer.zero_grad()
        nn.BCELoss()(other(circles.X), circles.y).backward()
        optimizer.step()
    assert not same(history, train(seeded(circles), circles, epochs=10, learning_rate=0.5))


def test_augmented_points_are_drawn_anew_in_every_epoch(circles):
    """Before the batches; the record is of the points themselves. The same training by hand."""
    network = seeded(circles)
    other = copy.deepcopy(network)
    history = train(network, circles, epochs=4, learning_rate=0.5, batch_size=200, augment=0.3)
    torch.manual_seed(3)
    make_network(circles)
    optimizer = torch.optim.SGD(other.parameters(), lr=0.5)
    for epoch in range(5):
        for name, value in other.state_dict().items():
            np.testing.assert_array_equal(history.parameters[name][epoch], value)
        with torch.no_grad():
            loss = nn.BCELoss()(other(circles.X), circles.y).item()
        assert history.loss[epoch] == pytest.approx(loss, rel=1e-5)
        points = circles.X + 0.3 * torch.randn(300, 2)
        for rows in torch.randperm(300).split(200):
            optimizer.zero_grad()
            nn.BCELoss()(other(points[rows]), circles.y[rows]).backward()
            optimizer.step()
    assert history.dataset is circles
    assert same(brief(seeded(circles), circles, augment=0.0), brief(seeded(circles), circles))


def test_noise_of_standardized_features_is_in_their_standard_deviations(circles):
    X = circles.X * torch.tensor([0.01, 300.0])
    for standardized, expected in ((True, X.std(dim=0)), (False, torch.ones(2))):
        noise = augmented(Dataset(X, circles.y, standardized=standardized), 0.2).X - X
        np.testing.assert_allclose(noise.std(dim=0), 0.2 * expected, rtol=0.15)
        assert noise.unique(dim=0).shape == (300, 2)


def losses_of(network, dataset):
    """The cross-entropy of every point in float64, from the logit of the network as float64."""
    with torch.no_grad():
        z = copy.deepcopy(network).double().logit(dataset.X.double())
    z, t = z.numpy(), dataset.y.double().numpy()
    return np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))


COMPILER = """
import sys
import input_space_visualization, feature_space_visualization
sys.argv = ["", "--epochs", "2", "--size", "120", "--output-dir", sys.argv[1]]
for script in (input_space_visualization, feature_space_visualization):
    script.main()
print("torch._dynamo" in sys.modules, "torch" in sys.modules, file=sys.stderr)
"""


def test_scripts_do_not_load_the_compiler_of_pytorch(tmp_path):
    """All settings are the defaults but those that make the run short."""
    command = [sys.executable, "-c", COMPILER, tmp_path]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ended.stderr.splitlines()[-1] == "False True"
    assert len(list(tmp_path.glob("*.mp4"))) == 2


def test_published_network_is_trained_as_with_bceloss_bit_by_bit(history, dataset):
    """By PyTorch's own SGD, on the probability; all 200 epochs."""
    torch.manual_seed(41)
    network = Network()
    assert network.is_published
    optimizer = torch.optim.SGD(network.parameters(), lr=3.0)
    for epoch in range(201):
        for name, value in network.state_dict().items():
            np.testing.assert_array_equal(history.parameters[name][epoch], value)
        assert loss_of(network, dataset.X, dataset.y).item() == (
            nn.BCELoss()(network(dataset.X), dataset.y).item()
        )
        optimizer.zero_grad()
        nn.BCELoss()(network(dataset.X), dataset.y).backward()
        optimizer.step()


@pytest.mark.parametrize(
    "changes",
    [
        *({"inputs": 3}, {"hidden": (3,)}, {"hidden": (2, 2)}, {"activation": "tanh"}),
        *({"latent": True}, {"scaling": nn.Identity()}),
    ],
)
def test_only_the_published_network_is_trained_on_its_probability(changes):
    assert not Network(**changes).is_published


@pytest.mark.parametrize("hidden", [[2], [5, 2]])
def test_saturated_network_tells_the_true_cross_entropy(dataset, hidden):
    """Where the probability is 0 or 1 in single precision BCELoss tells 100 at the most."""
    torch.manual_seed(41)
    network = make_network(dataset, hidden, "sigmoid")
    with torch.no_grad():
        for parameter in network.parameters():
            parameter *= 100
        network.logit[-1].weight.abs_()
        network.logit[-1].bias.fill_(150)
        clamped = nn.BCELoss()(network(dataset.X), dataset.y).item()
    exact = losses_of(network, dataset)
    assert exact.max() > 120
    assert abs(clamped - exact.mean()) > 0.01 * exact.mean()
    recorded = train(network, dataset, epochs=0)
    assert recorded.loss[0] == pytest.approx(exact.mean(), rel=1e-5)
    if not network.is_published:
        loss = loss_of(network, dataset.X, dataset.y)
        assert loss.item() == pytest.approx(exact.mean(), rel=1e-5)
        loss.backward()
        z = copy.deepcopy(network).double().logit(dataset.X.double())
        slope = (torch.sigmoid(z) - dataset.y).mean().item()
        assert network.logit[-1].bias.grad.item() == pytest.approx(slope, rel=1e-4)


def test_a_wide_hidden_layer_learns():
    """With the default settings, which saturate it at once, it still has a gradient."""
    moons = make_dataset("moons")
    torch.manual_seed(41)
    history = train(make_network(moons, [100]), moons)
    assert history.accuracy[-1] > 0.9
    for values in history.parameters.values():
        assert (values[-1] != values[-2]).any()
        assert (values[-1] != values[len(values) // 2]).any()


def test_divergence_ends_training_and_the_record_at_the_last_finite_epoch(dataset, monkeypatch):
    begun = []
    monkeypatch.setattr("common.batches", lambda *given: begun.append(1) or batches(*given))
    torch.manual_seed(41)
    network = Network()
    before = [value.detach().clone() for value in network.parameters()]
    history = train(network, dataset, epochs=5, learning_rate=1e300)
    assert (history.last, history.diverged) == (0, True)
    assert len(begun) == 1
    assert len(history.loss) == len(history.accuracy) == 1
    assert np.isfinite(history.loss).all()
    for recorded, value in zip(history.network(0).parameters(), before, strict=True):
        assert torch.equal(recorded, value)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_divergence_within_an_epoch_is_recorded(circles, optimizer):
    settings = {"learning_rate": 1e39, "batch_size": 10, "optimizer": optimizer}
    history = train(seeded(circles), circles, epochs=5, **settings)
    assert (history.last, history.diverged) == (0, True)


def test_divergence_in_the_middle_keeps_the_epochs_before(circles):
    """They are those of a training that ends in time."""
    settings = {"learning_rate": 1e36, "momentum": 0.999}
    history = train(seeded(circles), circles, epochs=60, **settings)
    assert history.diverged
    assert 0 < history.last < 60
    in_time = train(seeded(circles), circles, epochs=history.last, **settings)
    assert not in_time.diverged
    assert same(history, in_time)
    np.testing.assert_array_equal(history.loss, in_time.loss)
    np.testing.assert_array_equal(history.accuracy, in_time.accuracy)
    for values in (history.loss, *history.parameters.values()):
        assert np.isfinite(values).all()


# Points held out --------------------------------------------------------------------------------


def test_points_held_out_are_not_trained_on(held_out):
    """Training is that on the others alone, bit by bit, and both losses are true."""
    dataset, standardized = held_out.dataset, load_dataset("moons", True, 0.5, points=20)
    torch.manual_seed(41)
    alone = train(make_network(dataset.trained), dataset.trained, epochs=4)
    assert same(held_out, alone) and alone.validation_loss is None
    np.testing.assert_array_equal(held_out.loss, alone.loss)
    parts = dataset.trained, dataset.take(dataset.held_out)
    for found, part in zip(held_out.metrics, parts, strict=True):
        losses, accuracies = found["loss"], found["accuracy"]
        for epoch in range(5):
            network = held_out.network(epoch)
            assert losses[epoch] == pytest.approx(losses_of(network, part).mean(), rel=1e-5)
            correct = (network(part.X) >= 0.5) == part.y
            assert accuracies[epoch] == pytest.approx(correct.float().mean().item())
    scaling = make_network(standardized).logit[0]
    np.testing.assert_allclose(scaling.mean, standardized.trained.X.mean(dim=0), rtol=1e-4)


def test_which_points_are_held_out_is_a_matter_of_the_data_and_its_seed(tmp_path):
    (tmp_path / "own.txt").write_text("".join(f"{k % 7} {k % 5} {k % 2}\n" for k in range(40)))
    for source, settings in (("moons", {"points": 40}), (tmp_path / "own.txt", {})):
        masks = []
        for seed, torch_seed in ((13, 0), (13, 1), (14, 0)):
            torch.manual_seed(torch_seed)
            data = load_dataset(source, validation=0.25, seed=seed, **settings)
            masks.append(data.held_out.tolist())
        assert sum(masks[0]) == 10 and masks[0] == masks[1] != masks[2]


# All runs ---------------------------------------------------------------------------------------


def run_of(seed=41, hidden=(2,), epochs=4, **training):
    network = {"hidden": hidden, "activation": "sigmoid", "latent": False}
    return {"seed": seed, "network": network, "training": {"epochs": epochs, **training}}


def test_every_run_is_trained_as_it_would_be_alone(circles, spaces):
    runs = {
        "one": run_of(learning_rate=0.5),
        "other": run_of(seed=5, hidden=(3, 2), epochs=6, learning_rate=0.1, batch_size=50),
    }
    histories = train_all(dict.fromkeys(runs, circles), runs)
    assert list(histories) == ["one", "other"]
    for name, run in runs.items():
        torch.manual_seed(run["seed"])
        alone = train(make_network(circles, **run["network"]), circles, **run["training"])
        assert same(histories[name], alone)
        np.testing.assert_array_equal(histories[name].loss, alone.loss)
        assert histories[name].dataset is circles
    assert [history.last for history in histories.values()] == [4, 6]


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        (run_of(hidden=(1,)), "has 1 dimension, not 2"),
        (run_of(epochs=10**12), "would take 108,000.0 GB of memory"),
    ],
)
def test_every_run_is_checked(circles, spaces, faulty, message):
    with pytest.raises(UserError, match=message):
        datasets = {"good": circles, "faulty": circles}
        runs = {"good": run_of(), "faulty": faulty}
        networks = {name: make_network(circles, **run["network"]) for name, run in runs.items()}
        check_runs(datasets, networks, [spaces["feature_space"]], runs)


# What is collected ------------------------------------------------------------------------------


def test_grids_and_boundaries_are_collected_of_every_run(history, dataset, weights, spaces):
    space, replays = spaces["feature_space"], {"a": Replay(history), "b": Replay(history)}
    compared = {"seed": ["a", "b"]}
    a, b = collect(replays, space, [7, 80, 200], 100, compared=compared).spaces
    lines = dataset.plane.grid_lines(10_001).astype(float)
    for run in (a, b):
        assert run.history is history
        assert run.epochs == list(run.scenes) == [7, 80, 200]
        assert len(run.points.y) == 100
    for epoch in (80, 200):
        expected = formulas.hidden_layer(weights(epoch), lines)
        for line, exact in zip(b.scenes[epoch].grid, expected, strict=True):
            assert distances(line, exact).max() <= 2e-6
            assert distances(exact, line).max() * 0.8 * 720 <= 0.5
        _, _, v, c = weights(epoch)
        for h in b.scenes[epoch].boundary:
            assert (np.abs(h @ v.T + c) / np.linalg.norm(v)).max() <= 0.0001
    assert a.points is b.points
    assert a.size == b.size == 720
    assert collect({"": Replay(history)}, space, [200], 2000).points is dataset
    assert collect({"": Replay(history)}, space, [200], 2000, size=1500).size == 1500
