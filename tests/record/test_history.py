"""The record of a training: it never changes, whatever becomes of what it was made of."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from helpers import formulas
from helpers.models import LOGIT, Functional, X, Y, small
from torch import nn

import common
from torchreplay.data.dataset import Dataset
from torchreplay.errors import UserError
from torchreplay.geometry.level_sets import LevelSet
from torchreplay.record.history import History
from torchreplay.replay.recorder import Recorder
from torchreplay.training.search import Search

EPOCHS = range(201)


# The record never changes -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def brief(dataset):
    """A short training, and the network that was trained."""
    torch.manual_seed(41)
    network = common.Network()
    return common.train(network, dataset, epochs=3, learning_rate=3.0), network


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_measures_cannot_be_written(brief, name):
    history, _ = brief
    with pytest.raises(ValueError, match="read-only"):
        getattr(history, name)[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        getattr(history, name)[:] += 1


def test_parameters_cannot_be_written(brief):
    history, _ = brief
    assert len(history.parameters) == 4
    for name, values in history.parameters.items():
        with pytest.raises(ValueError, match="read-only"):
            values[1] = 0
        with pytest.raises(TypeError):
            history.parameters[name] = np.zeros_like(values)


def test_arrays_are_no_views_of_others_that_can_be_written(brief):
    history, _ = brief
    for values in (history.loss, history.accuracy, *history.parameters.values()):
        assert values.base is None


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(History)])
def test_fields_cannot_be_assigned(brief, field):
    history, _ = brief
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(history, field, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(history, field)


def test_record_does_not_follow_the_network_trained(dataset):
    """Neither its parameters, nor the networks it gives."""
    torch.manual_seed(41)
    network = common.Network()
    history = common.train(network, dataset, epochs=3, learning_rate=3.0)
    kept = {name: values.copy() for name, values in history.parameters.items()}
    with torch.no_grad():
        image = history.network(3).features(dataset.X)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(7)
    network.logit[1] = nn.ReLU()
    for name, values in history.parameters.items():
        np.testing.assert_array_equal(values, kept[name])
    with torch.no_grad():
        assert torch.equal(history.network(3).features(dataset.X), image)


def test_a_copy_from_the_record_cannot_change_the_record(history):
    before = history.network(7).state_dict()
    with torch.no_grad():
        for parameter in history.network(7).parameters():
            parameter.zero_()
    for name, value in history.network(7).state_dict().items():
        assert torch.equal(value, before[name])


def test_record_does_not_follow_the_mapping_it_was_made_of(history):
    parameters = {name: values.copy() for name, values in history.parameters.items()}
    names = list(parameters)
    other = dataclasses.replace(history, parameters=parameters)
    parameters.clear()
    assert list(other.parameters) == names


def test_what_has_arrays_is_compared_by_identity(history, dataset, runs):
    """Arrays have no truth value. What is equal by identity can be a key as well."""
    search = Search({"momentum": [1.0]}, np.zeros((2, 1)))
    mesh = dataset.plane.mesh(5)
    level_set = LevelSet([np.zeros((2, 2))], [])
    for one in (history, dataset, search, mesh, level_set, runs["input_space"].scenes[80]):
        other = copy.copy(one)
        assert one == one and one != other
        assert len({one, one, other}) == 2


# What it gives ----------------------------------------------------------------------------------


def test_last_epoch_and_lengths(history):
    assert history.last == 200
    for values in (history.loss, history.accuracy, *history.parameters.values()):
        assert isinstance(values, np.ndarray) and len(values) == 201
    assert {name: values.shape[1:] for name, values in history.parameters.items()} == {
        "logit.0.weight": (2, 2),
        "logit.0.bias": (2,),
        "logit.2.weight": (1, 2),
        "logit.2.bias": (1,),
    }
    assert not history.diverged


def test_networks_are_those_of_their_epochs(history, weights):
    """Be they new, or made before and set to the epoch."""
    other = common.Network()
    for epoch in (*EPOCHS, 80, 0):
        history.restore(other, epoch)
        for network in (history.network(epoch), other):
            for value, recorded in zip(network.parameters(), weights(epoch), strict=True):
                np.testing.assert_array_equal(value.detach(), recorded)


def test_layers_are_weights_beside_biases(history, larger, weights):
    W, b, v, c = weights(80)
    hidden, output = history.weights_and_biases(80)
    np.testing.assert_array_equal(hidden, np.column_stack([W, b]))
    np.testing.assert_array_equal(output, [[*v[0], *c]])
    shapes = [layer.shape for layer in larger.weights_and_biases(20)]
    assert shapes == [(15, 3), (10, 16), (2, 11), (1, 3)]


def test_a_model_that_is_a_single_layer_has_weights_and_biases():
    model = nn.Linear(2, 1)
    history = Recorder(model, X, Y, loss=LOGIT).history()
    assert (history.units, history.layer_names) == ([2, 1], ["model"])
    expected = np.column_stack([model.weight.detach(), model.bias.detach()])
    np.testing.assert_array_equal(history.weights_and_biases(0), [expected])


def test_units_and_names_of_layers(history, larger):
    assert history.units == [2, 2, 1]
    assert history.layer_names == ["hidden", "output"]
    assert larger.units == [2, 15, 10, 2, 1]
    assert larger.layer_names == ["hidden 1", "hidden 2", "hidden 3", "output"]


def test_largest_parameter_of_some_epochs(history, weights):
    for epochs in ([0], [3, 50], EPOCHS):
        largest = max(np.abs(value).max() for epoch in epochs for value in weights(epoch))
        assert history.largest_parameter(epochs) == pytest.approx(largest, rel=1e-6)


def test_in_a_line_it_says_what_it_is(history):
    loss, accuracy = history.loss[-1], 100 * history.accuracy[-1]
    figures = f"loss {loss:.4g}, accuracy {accuracy:.1f} %"
    assert repr(history) == f"History of epochs 0 to 200: Network 2-2-1, {figures}"
    lost = dataclasses.replace(history, diverged=True, label="step", every=5)
    words = f"History of steps 0 to 1000, every 5: Network 2-2-1, {figures}, diverged"
    assert repr(lost) == words


@pytest.mark.parametrize(
    ("make", "settings", "words"),
    [
        (small, {"loss": LOGIT}, "Sequential 2-2-1"),
        (lambda: small(nn.PReLU()), {"loss": LOGIT}, "Sequential"),
        (Functional, {"keep": "features"}, "KeptFeatures"),
        (lambda: nn.Linear(2, 2), {"loss": nn.CrossEntropyLoss()}, "Linear 2-2"),
    ],
)
def test_records_of_other_models_say_what_they_are(make, settings, words):
    recorder = Recorder(make(), X, Y, **settings)
    kind, keep = type(recorder.model).__name__, settings.get("keep", "parameters")
    assert repr(recorder) == f"Recorder of epoch 0: {kind}, keeps {keep}"
    assert repr(recorder.history()).startswith(f"History of epoch 0: {words}, loss ")
    with torch.no_grad():
        next(recorder.model.parameters()).fill_(np.nan)
    recorder.record()
    assert repr(recorder) == f"Recorder of epoch 0: {kind}, keeps {keep}, diverged"
    assert repr(recorder.history()).endswith(" %, diverged")


# Recording --------------------------------------------------------------------------------------


@pytest.fixture
def four():
    """Four points, and a network for them."""
    X = torch.tensor([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    torch.manual_seed(1)
    return Dataset(X, y=torch.tensor([[0.0], [0.0], [1.0], [1.0]])), common.Network()


def test_recorder_takes_what_the_network_is_at_every_call(four):
    """Hundreds of epochs of a loop that is not `common.train`."""
    dataset, network = four
    recorder, expected = Recorder(network, dataset), []
    for epoch in range(601):
        X, t = dataset.X.double().numpy(), dataset.y.double().numpy()
        values = [value.detach().double().numpy().copy() for value in network.parameters()]
        p, loss = formulas.probability(values, X), formulas.loss(values, X, t)
        expected.append((values, loss, ((p >= 0.5) == t).mean()))
        if epoch < 600:
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter += 0.1 * torch.randn_like(parameter)
            assert recorder.record()
    history = recorder.history()
    assert history.last == 600
    for epoch, (values, loss, accuracy) in enumerate(expected):
        for recorded, value in zip(history.parameters.values(), values, strict=True):
            np.testing.assert_array_equal(recorded[epoch], value)
        assert history.loss[epoch] == pytest.approx(loss, abs=1e-6)
        assert history.accuracy[epoch] == accuracy


def test_history_ends_where_it_was_called(four):
    dataset, network = four
    recorder = Recorder(network, dataset)
    recorder.record()
    early = recorder.history()
    kept = copy.deepcopy(dict(early.parameters))
    with torch.no_grad():
        network.logit[0].weight.fill_(5)
    recorder.record()
    assert (early.last, recorder.history().last) == (1, 2)
    for name, values in early.parameters.items():
        np.testing.assert_array_equal(values, kept[name])


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_not_recorded(four, fault):
    dataset, network = four
    recorder = Recorder(network, dataset)
    assert recorder.record()
    with torch.no_grad():
        network.logit[0].weight[0, 0] = fault
    assert not recorder.record()
    history = recorder.history()
    assert (history.last, history.diverged) == (1, True)
    for values in (history.loss, history.accuracy, *history.parameters.values()):
        assert len(values) == 2
        assert np.isfinite(values).all()


def test_network_that_is_not_finite_to_begin_with_is_refused(four):
    dataset, network = four
    with torch.no_grad():
        network.logit[0].weight[0, 0] = np.nan
    with pytest.raises(UserError, match=r"more than can be shown: try standardized=True"):
        Recorder(network, dataset)
