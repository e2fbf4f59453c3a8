"""The Recorder: any model, and nothing of its training is touched."""

import gc
import re
import signal

import matplotlib
import numpy as np
import pytest
import torch
from conftest import SCRIPTS
from helpers.models import Functional, Nested, clouds, small, train
from torch import nn

import common
from torchreplay.data.dataset import Dataset
from torchreplay.record import growing_record
from torchreplay.record.growing_array import GrowingArray
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay

LOGIT = nn.BCEWithLogitsLoss()


# Training is left as it is ----------------------------------------------------------------------


def restless():
    """A network that depends on random numbers and on its mode."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.4), nn.Linear(8, 1)
    )


def test_training_is_the_same_bit_by_bit_with_and_without():
    X, y = clouds()
    states = []
    for recorded in (False, True):
        model = restless()
        model[3].eval()  # a mode of its own
        model[3].train()
        found = Recorder(model, X, y, loss=LOGIT) if recorded else None
        model, optimizer = train(model, X, y, LOGIT, recorder=found)
        tensors = [*model.state_dict().values(), *(p.grad for p in model.parameters())]
        for values in optimizer.state.values():
            tensors += values.values()
        states.append((tensors, torch.get_rng_state(), [m.training for m in model.modules()]))
    for ours, theirs in zip(states[0][0], states[1][0], strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(states[0][1], states[1][1])
    assert states[0][2] == states[1][2]


def test_every_module_keeps_its_own_mode_and_gradient():
    X, y = clouds()
    model = restless()
    model[1].eval()
    LOGIT(model(X)[:, 0], y).backward()
    gradients = [parameter.grad.clone() for parameter in model.parameters()]
    Recorder(model, X, y, loss=LOGIT).record()
    assert [module.training for module in model] == [True, False, True, True, True]
    assert model.training
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        assert torch.equal(parameter.grad, gradient)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_what_surrounds_it_is_left_as_it_is():
    settings = dict(matplotlib.rcParams)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    collector, threads = (gc.isenabled(), gc.get_threshold()), torch.get_num_threads()
    X, y = clouds()
    found = Recorder(small(), X, y, loss=LOGIT).replay()
    found.feature_space().animate(size=120, epochs=[0])._repr_html_()
    found._repr_html_()
    assert dict(matplotlib.rcParams) == settings
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert (gc.isenabled(), gc.get_threshold()) == collector
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled()


# What is recorded -------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["probability", "logit", "flat logit", "two logits"])
def test_loss_and_accuracy_by_pytorch(output):
    X, y = clouds()
    model, loss = {
        "probability": (small(nn.Sigmoid()), None),
        "logit": (small(), LOGIT),
        "flat logit": (small(nn.Flatten(0)), LOGIT),
        "two logits": (nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2)),) * 1
        + (nn.CrossEntropyLoss(),),
    }[output]
    history = Recorder(model, X, y, loss=loss).history()
    with torch.no_grad():
        z = model(X)
        if output == "two logits":
            expected, right = nn.CrossEntropyLoss()(z, y.long()), z.argmax(dim=1) == y
        elif output == "probability":
            expected, right = nn.BCELoss()(z[:, 0], y), (z[:, 0] >= 0.5) == y
        else:
            expected, right = LOGIT(z.flatten(), y), (z.flatten() >= 0) == y
    assert history.loss[0] == pytest.approx(expected.item(), abs=1e-6)
    assert history.accuracy[0] == pytest.approx(right.float().mean().item())
    network = history.network(0)
    with torch.no_grad():
        probability = network(X)[:, 0]
    if output == "two logits":
        z = torch.softmax(z, dim=1)[:, 1]
    elif output != "probability":
        z = torch.sigmoid(z)
    torch.testing.assert_close(probability, z.flatten(), atol=1e-6, rtol=0)


def test_parameters_and_buffers_of_every_epoch():
    X, y = clouds()
    model = restless()
    found, states = Recorder(model, X, y, loss=LOGIT), []
    states.append({name: value.clone() for name, value in model.state_dict().items()})
    for _ in range(20):
        train(model, X, y, LOGIT, steps=1)
        assert found.record()
        states.append({name: value.clone() for name, value in model.state_dict().items()})
    history = found.history()
    assert history.last == 20
    for epoch, state in enumerate(states):
        assert set(state) == set(history.parameters)
        for name, value in state.items():
            np.testing.assert_array_equal(history.parameters[name][epoch], value)
    assert not history.network(20).training


@pytest.mark.parametrize(
    "labels",
    [
        lambda y: y.int(),
        lambda y: y[:, None],
        lambda y: y.numpy().astype(bool),
        lambda y: [1 if label else -1 for label in y],
        lambda y: np.where(y == 1, "yes", "no"),
    ],
)
def test_labels_of_many_kinds(labels):
    X, y = clouds()
    dataset = Recorder(small(), X.numpy().astype(float), labels(y), loss=LOGIT).dataset
    assert torch.equal(dataset.y, y[:, None])
    assert torch.equal(dataset.X, X)


def test_double_precision_is_recorded_and_drawn():
    X, y = clouds()
    model = small().double()
    replay = Recorder(model, X.double(), y, loss=LOGIT).replay()
    assert replay.history.parameters["0.weight"].dtype == np.float64
    replay.input_space().plot()


def test_record_takes_no_arguments():
    """A name that is mistyped fails; what a trainer hands over is dropped by a function."""
    X, y = clouds()
    found = Recorder(small(), X, y, loss=LOGIT)
    with pytest.raises(TypeError, match="unexpected keyword argument 'evry'"):
        found.record(evry=3)
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        found.record(object())
    callback = lambda *_, **__: found.record()  # noqa: E731, as in docs/recorder.md
    assert callback(object(), epoch=3)
    assert found.history().last == 1


def test_of_every_few_steps_the_last_one_is_recorded():
    X, y = clouds()
    model, calls = small(), []
    found = Recorder(model, X, y, loss=LOGIT, every=3, label="step")
    weights = [model[0].weight.detach().clone()]
    model[0].register_forward_pre_hook(lambda *_: calls.append(found))
    for _ in range(10):
        with torch.no_grad():
            model[0].weight += 1
        before = len(calls)
        assert found.record() is True
        weights.append(model[0].weight.detach().clone())
        assert (len(calls) > before) == (len(weights) in (4, 7, 10))  # skipped, it costs nothing
    history = found.history()
    assert history.epochs.tolist() == [0, 3, 6, 9]
    for row, step in enumerate((0, 3, 6, 9)):
        np.testing.assert_array_equal(history.parameters["0.weight"][row], weights[step])


def test_with_every_a_model_that_diverges_is_found_at_the_next_record():
    X, y = clouds()
    model = small()
    found = Recorder(model, X, y, loss=LOGIT, every=2)
    with torch.no_grad():
        model[0].weight[0, 0] = np.nan
    assert [found.record(), found.record()] == [True, False]
    assert (found.history().last, found.history().diverged) == (0, True)


def test_a_model_that_keeps_what_it_computed_is_recorded():
    """Such tensors with a history cannot be copied."""

    class Remembering(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(2, 1)

        def forward(self, x):
            self.seen = self.out(x)
            return self.seen

    X, y = clouds()
    model = Remembering()
    found = Recorder(model, X, y, loss=LOGIT)
    train(model, X, y, LOGIT, steps=1)
    LOGIT(model(X)[:, 0], y).backward()
    assert found.history().last == 0


def test_images_are_evaluated_in_batches(monkeypatch):
    sizes = []

    class Watching(nn.Flatten):
        def forward(self, x):
            sizes.append(len(x))
            return super().forward(x)

    X = torch.randn(300, 3, 32, 32)
    model = nn.Sequential(Watching(), nn.Linear(3072, 2), nn.Linear(2, 1))
    found = Recorder(model, X, torch.arange(300) % 2, loss=LOGIT)
    with torch.no_grad():
        expected = LOGIT(model(X)[:, 0], (torch.arange(300) % 2).float())
    assert found.history().loss[0] == pytest.approx(expected.item(), abs=1e-6)
    assert max(sizes[:-1]) <= 64


def test_default_run_through_recorder_and_replay_is_that_of_the_scripts(dataset, spaces):
    """Pixel for pixel: the loop of a user, and `common.train` with `collect`."""
    torch.manual_seed(41)
    history = common.train(common.Network(), dataset, epochs=200, learning_rate=3.0)
    torch.manual_seed(41)
    network = common.Network()
    model = nn.Sequential(*network.logit, nn.Sigmoid())
    optimizer = torch.optim.SGD(model.parameters(), lr=3.0)
    found = Recorder(model, dataset.X, dataset.y)
    for _ in range(200):
        optimizer.zero_grad()
        nn.BCELoss()(model(dataset.X), dataset.y).backward()
        optimizer.step()
        found.record()
    replay = found.replay()
    np.testing.assert_array_equal(replay.history.loss, history.loss)
    ours = {"input_space": replay.input_space(), "feature_space": replay.feature_space()}
    for name in SCRIPTS:
        replays = {"": Replay(history)}
        script = common.collect(replays, spaces[name], [80, 200], 10_000).picture()
        picture = ours[name].animate(epochs=[80, 200]).picture
        for epoch in (80, 200):
            np.testing.assert_array_equal(picture.draw(epoch), script.draw(epoch))


# Features alone ---------------------------------------------------------------------------------


def test_features_are_kept_in_the_place_of_parameters():
    X, y = clouds()
    model = Nested()
    found = Recorder(model, X, y, loss=LOGIT, keep="features", layer="net.1")
    train(model, X, y, LOGIT, steps=2, recorder=found)
    history = found.history()
    with torch.no_grad():
        x = model.body["block"](model.body["first"](X))
        images, logits = torch.tanh(model.net[0](x)), model(X)
    assert set(history.parameters) == {"images", "logits"}
    assert history.parameters["images"].shape[1] == len(X) + np.prod(history.model.shape)
    np.testing.assert_allclose(history.parameters["images"][2][: len(X)], images, atol=1e-6)
    np.testing.assert_allclose(history.parameters["logits"][2], logits, atol=1e-6)
    with torch.no_grad():
        lines = torch.from_numpy(found.dataset.plane.grid_lines(201)).flatten(0, 1)
        grid = torch.tanh(model.net[0](model.body["block"](model.body["first"](lines))))
    np.testing.assert_allclose(history.parameters["images"][2][len(X) :], grid, atol=1e-6)


def test_kept_features_have_the_line_of_the_linear_head():
    X, y = clouds(features=5)
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 2), nn.Tanh(), nn.Linear(2, 2))
    loss = nn.CrossEntropyLoss()
    replay = Recorder(model, X, y, loss=loss, keep="features").replay()
    (boundary,) = replay.feature_space().showing([0], 720).scenes[0].boundary
    h = torch.from_numpy(boundary).float()
    with torch.no_grad():
        z = model[2](h)
    torch.testing.assert_close(z[:, 0], z[:, 1], atol=1e-5, rtol=0)
    replay.feature_space().plot()
    np.testing.assert_allclose(
        replay.history.parameters["images"][0], torch.tanh(model[0](X)).detach(), atol=1e-6
    )


def test_what_kept_features_cannot_do():
    X, y = clouds()
    replay = Recorder(Functional(), X, y, keep="features").replay()
    with pytest.raises(ValueError, match='keep="parameters"'):
        replay.input_space()
    with pytest.raises(ValueError, match="no more than the features of layer 'hidden'"):
        replay.feature_space("out")
    with pytest.raises(ValueError, match="no more than the features of layer 'hidden'"):
        replay.feature_space(projection="pca")
    for view in ("gradients", "weights", "network"):
        with pytest.raises(ValueError, match="keeps no parameters"):
            replay.feature_space().animate(views=[view])
    views = ["loss", "losses", "probabilities"]
    assert replay.feature_space().animate([0], size=120, views=views).picture.draw(0).any()


# Bad use ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["parameters", "features"])
def test_points_held_out_are_measured_apart(keep, tmp_path):
    model, others = small(), clouds(20, seed=1)
    found = Recorder(model, X, Y, validation=others, loss=LOGIT, keep=keep)
    train(model, X, Y, LOGIT, recorder=found)
    history = found.history()
    with torch.no_grad():
        for metrics, (points, labels) in zip(history.metrics, ((X, Y), others), strict=True):
            losses, accuracies = metrics["loss"], metrics["accuracy"]
            logit = model(points)[:, 0]
            assert losses[-1] == pytest.approx(LOGIT(logit, labels).item(), rel=1e-5)
            correct = ((logit >= 0).float() == labels).float().mean().item()
            assert accuracies[-1] == pytest.approx(correct)
    assert history.dataset.held_out.tolist() == [False] * 60 + [True] * 20
    found.replay().save(tmp_path / "run.npz")
    again = Replay.load(tmp_path / "run.npz", model).history
    assert torch.equal(again.dataset.held_out, history.dataset.held_out)
    np.testing.assert_equal(again.metrics, history.metrics)
    assert len(again.dataset.trained.y) == 60
    found.replay().feature_space().animate([1], size=120).picture.draw(1)


def broken(**given):
    """What makes a Recorder of a good model and good data, but for what is given."""

    def make():
        X, y = clouds()
        arguments = {"model": small(), "X": X, "y": y, "loss": LOGIT, **given}
        return Recorder(**arguments)

    return make


X, Y = clouds()
BAD = {
    "no pair": (broken(validation=X), TypeError, r"validation is no pair: give .* as in \(X, y\)"),
    "held out": (broken(validation=(X[:0], Y[:0])), ValueError, "validation has no points"),
    "held out, lengths": (
        broken(validation=(X, Y[:5])),
        ValueError,
        "validation's X has 60 points",
    ),
    "held out, features": (
        broken(validation=(torch.ones(60, 3), Y)),
        ValueError,
        r"of shape \(3,\), X of \(2,\)",
    ),
    "held out, labels": (broken(validation=(X, Y + 1)), ValueError, "the label 2.0, which y has"),
    "held out of what": (
        broken(X=Dataset(X, Y[:, None]), y=None, validation=(X, Y)),
        TypeError,
        "a Dataset says",
    ),
    "no module": (broken(model=len), TypeError, "model is a builtin.*torch.nn.Module"),
    "no parameters": (broken(model=nn.Sigmoid()), ValueError, "model has no parameters"),
    "lengths": (broken(y=Y[:5]), ValueError, r"X has 60 points and y has shape \(5,\)"),
    "no labels": (broken(y=None), TypeError, "y is missing"),
    "one class": (broken(y=Y * 0), ValueError, "y has one class only, 0: give points of two"),
    "three": (broken(y=torch.arange(60) % 3), ValueError, r"the labels are 3 classes"),
    "NaN": (broken(X=X * np.nan), ValueError, "X has NaN.*leave such points out"),
    "infinite": (broken(X=X / 0), ValueError, "X has NaN, infinite"),
    "NaN in y": (broken(y=torch.where(Y > 0, np.nan, Y)), ValueError, "y has NaN: leave"),
    "words": (broken(X=np.full((60, 2), "a")), TypeError, "X has elements of type"),
    "no objects": (broken(y=np.full(60, None)), TypeError, "y has elements of type object"),
    "one point": (broken(X=X[:1], y=Y[:1]), ValueError, "X has 1 points, not two or more"),
    "no points": (broken(X=X[:0], y=Y[:0]), ValueError, "X has 0 points, not two or more"),
    "flat": (broken(X=X[:, 0]), ValueError, r"X has shape \(60,\), not \(points, features\)"),
    "ragged": (broken(X=[[1], [1, 2]]), ValueError, "X is no array"),
    "features": (broken(X=torch.ones(60, 3)), ValueError, r"does not take X, .* shape \(3,\)"),
    "outputs": (broken(model=nn.Linear(2, 3)), ValueError, r"puts out \(16, 3\).*not \(16, 1\)"),
    "one logit": (broken(loss=nn.CrossEntropyLoss()), ValueError, r"\(16, 1\).*not \(16, 2\)"),
    "what": (broken(loss=None), ValueError, "say by loss= what it is trained on"),
    "no P": (broken(X=X * 1e4, loss=nn.BCELoss()), ValueError, "no probabilities: with loss="),
    "class": (broken(loss=nn.BCELoss), TypeError, r"loss is .*give one of nn.BCELoss\(\)"),
    "other loss": (broken(loss=nn.PoissonNLLLoss()), TypeError, r"loss is PoissonNLLLoss\(\)"),
    "names": (broken(names=["a"]), ValueError, "names has 1 names for X of shape"),
    "no names": (broken(names=3), TypeError, "names is 3: give a list"),
    "classes": (broken(classes="ab"), TypeError, "classes is 'ab': give a list"),
    "three names": (
        broken(classes=["a", "b", "c"]),
        ValueError,
        "classes has 3 names for 2 different labels",
    ),
    "every": (broken(every=0), ValueError, "every is 0: give a whole number"),
    "label": (broken(label=3), TypeError, "label is 3: give a word"),
    "keep": (broken(keep="all"), ValueError, "keep is 'all': give"),
    "layer": (broken(layer="0"), ValueError, 'layer is for keep="features"'),
    "kept layer": (
        broken(keep="features", layer="7"),
        ValueError,
        r"no layer '7': .*0 \(2 units\)",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_use_ends_in_one_clear_sentence(name):
    make, kind, words = BAD[name]
    with pytest.raises(kind, match=words) as caught:
        make()
    assert type(caught.value).__module__ in ("builtins", "torchreplay.errors")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("grown", ["size", "layer"])
def test_a_model_that_changes_its_layers_is_refused(grown):
    model = small()
    found = Recorder(model, X, Y, loss=LOGIT)
    if grown == "size":
        model[0], model[2] = nn.Linear(2, 3), nn.Linear(3, 1)
        words = re.escape("0.weight of the model is (3, 2) now and was (2, 2)")
    else:
        model.append(nn.Linear(1, 1))
        words = "3.weight of the model is .* now and was nothing"
    with pytest.raises(ValueError, match=words):
        found.record()
    assert found.history().last == 0


def test_records_beyond_the_memory_are_refused_and_the_others_stay(monkeypatch):
    """A small network has 9 parameters of 4 bytes."""
    monkeypatch.setattr(growing_record, "MAX_RECORD_BYTES", 3 * 36)
    found = Recorder(small(), X, Y, loss=LOGIT)
    found.record()
    found.record()
    with pytest.raises(ValueError, match=r'more than .* GB: record less often.*keep="features"'):
        found.record()
    assert found.history().last == 2


def test_memory_grows_by_what_is_recorded():
    rows = GrowingArray((2,), np.float32)
    for k in range(40):
        rows.append([k, -k])
    np.testing.assert_array_equal(rows.rows()[:, 0], np.arange(40))
