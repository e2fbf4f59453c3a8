"""The violins, against NumPy, backpropagation by hand and a known density."""

import numpy as np
import pytest
import torch
from conftest import full_redraw
from helpers import formulas
from helpers.models import Functional, clouds, move
from helpers.pictures import picture_of
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.replay.recorder import Recorder
from torchreplay.spaces.snapshot import Snapshot
from torchreplay.views.violins import Violins, activations_of, kernel_density


@pytest.fixture(scope="module")
def picture(runs):
    return picture_of(runs["feature_space"], ["violins"], size=240)


def violins_of(picture):
    """From top to bottom: of weights, activations and gradients."""
    return [view for view in picture.parts[0].views if isinstance(view, Violins)][::-1]


def heights_of(ticks, layer):
    """The heights of the ticks of a layer."""
    segments = np.array(ticks.get_segments())
    return np.sort(segments[np.rint(segments[:, :, 0].mean(axis=1)) == layer, 0, 1])


@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_few_values_are_drawn_one_by_one(picture, runs, dataset, weights, epoch):
    snapshot = runs["feature_space"].at(epoch)
    X, t = dataset.X.double().numpy(), dataset.y.double().numpy()
    expected = (weights(epoch), None, formulas.gradients(weights(epoch), X, t))
    for view, values in zip(violins_of(picture), expected, strict=True):
        view.draw(snapshot)
        for layer in (0, 1) if values else ():
            of_layer = [value.ravel() for value in values[2 * layer : 2 * layer + 2]]
            found = heights_of(view.ticks, layer)
            np.testing.assert_allclose(found, np.sort(np.concatenate(of_layer)), atol=1e-5)
            low, high = view.ticks.axes.get_ylim()
            assert low < found.min() and found.max() < high
            assert len(view.bodies.get_paths()) == 0


@pytest.mark.parametrize("epoch", [0, 200])
def test_bodies_are_the_activations(picture, runs, dataset, weights, epoch):
    """They end with the activations of the hidden layer and the probabilities of the formulas."""
    view = violins_of(picture)[1]
    view.draw(runs["feature_space"].at(epoch))
    X = dataset.X.double().numpy()
    outputs = formulas.hidden_layer(weights(epoch), X), formulas.probability(weights(epoch), X)
    bin_width = np.diff(view.bodies.axes.get_ylim())[0] / 128
    for k, (values, path) in enumerate(zip(outputs, view.bodies.get_paths(), strict=True)):
        x, y = path.vertices.T
        assert (y.min(), y.max()) == pytest.approx((values.min(), values.max()), abs=bin_width)
        assert (x.min(), x.max()) == pytest.approx((k - 0.4, k + 0.4))
        assert view.medians.get_ydata()[k] == pytest.approx(np.median(values), abs=1e-5)
    assert view.ticks.get_segments() == []


def test_density_is_that_of_a_sum_of_gaussians():
    values = np.random.default_rng(0).normal(1, 0.5, 400)
    edges = np.linspace(-2, 4, 601)
    centers = (edges[1:] + edges[:-1]) / 2
    width = values.std() * 400**-0.2
    expected = np.exp(-0.5 * ((centers[:, None] - values) / width) ** 2).mean(axis=1)
    expected /= width * np.sqrt(2 * np.pi)
    found = kernel_density(values, edges)
    inside = (centers > values.min()) & (centers < values.max())
    assert (found[~inside] > 0).sum() <= 2
    np.testing.assert_allclose(found[inside], expected[inside], rtol=0.02, atol=0.01)


def test_scales_hold_for_the_film_and_layers_are_named(picture, runs):
    for view in violins_of(picture):
        axes = view.ticks.axes
        before = axes.get_xlim(), axes.get_ylim()
        view.draw(runs["feature_space"].at(150))
        assert (axes.get_xlim(), axes.get_ylim()) == before
        assert [text.get_text() for text in axes.get_xticklabels()] == ["hidden", "output"]


def test_frame_equals_a_full_redraw(picture):
    frame = picture.draw(60).copy()
    np.testing.assert_array_equal(full_redraw(picture, 60), frame)


def test_models_of_others():
    """What follows a layer is its activation function, if it is a module."""
    X, y = clouds(40)
    loss = nn.BCEWithLogitsLoss()
    batch_norm = nn.BatchNorm1d(2)
    chain = nn.Sequential(nn.Linear(2, 2), batch_norm, nn.Dropout(), nn.Tanh(), nn.Linear(2, 1))
    recorder = Recorder(chain, X, y, loss=loss)
    move(chain)
    recorder.record()
    history = recorder.history()
    outputs = activations_of(history, Snapshot(None, 1, history.network(1)))
    chain.eval()
    with torch.no_grad():
        expected = {0: chain[0](X), 1: chain[:4](X), 2: torch.sigmoid(chain(X))}
    assert outputs.keys() == expected.keys()
    for k, values in expected.items():
        np.testing.assert_allclose(outputs[k], values.numpy().ravel(), atol=1e-5)
    model = Functional()
    history = Recorder(model, X, y).history()
    with torch.no_grad():
        found = activations_of(history, Snapshot(None, 0, history.network(0)))
        np.testing.assert_allclose(found[0], model.hidden(X).numpy().ravel(), atol=1e-6)
        np.testing.assert_allclose(found[1], model(X)[:, 0], atol=1e-6)
    kept = Recorder(chain, X, y, loss=loss, keep="features").replay().feature_space()
    with pytest.raises(NetworkError, match="keeps no parameters: leave out the view violins"):
        kept.animate([0], size=240, views=["violins"])
