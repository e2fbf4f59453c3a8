"""Training: against the published run, and against backpropagation by hand."""

import formulas
import numpy as np
import pytest
import torch

from common import Network, UserError, train

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


def as_float64(dataset):
    return dataset.X.double().numpy(), dataset.y.double().numpy()


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


def test_network_computes_its_formula(history, dataset, weights):
    X, _ = as_float64(dataset)
    network = history.network(120)
    with torch.no_grad():
        features, probability = network.features(dataset.X), network(dataset.X)
    np.testing.assert_allclose(features, formulas.hidden_layer(weights(120), X), atol=1e-6)
    np.testing.assert_allclose(probability, formulas.probability(weights(120), X), atol=1e-6)


def test_training_leaves_the_network_at_the_last_epoch(dataset):
    network = Network()
    history = train(network, dataset, epochs=3, learning_rate=1.0)
    assert history.epochs == 3
    assert len(history.loss) == len(history.accuracy) == 4
    for ours, recorded in zip(network.parameters(), history.network(3).parameters(), strict=True):
        assert torch.equal(ours, recorded)


def test_a_copy_from_the_record_cannot_change_the_record(history):
    before = history.network(7).state_dict()
    with torch.no_grad():
        for parameter in history.network(7).parameters():
            parameter.zero_()
    for name, value in history.network(7).state_dict().items():
        assert torch.equal(value, before[name])


def test_divergence_names_the_epoch_and_a_remedy(dataset):
    with pytest.raises(UserError, match=r"diverged at epoch 1: set --learning-rate below 1e\+300"):
        train(Network(), dataset, epochs=5, learning_rate=1e300)
