"""Models of several classes and of regression are recorded and replayed as they are trained."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from torchreplay import Recorder, Replay, compare
from torchreplay.models.tasks import ManyClasses, Regression

K = 4


def points(count=80, seed=0):
    """K clouds around a circle: X, (n, 2), and y, (n,), whole numbers."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(count) % K
    angle = 2 * torch.pi * y / K
    X = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)
    return X + 0.4 * torch.randn(count, 2, generator=generator), y


X, Y = points()
NUMBERS = torch.sin(2 * X[:, 0]) + X[:, 1]


def net(outputs=K, *more):
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2), nn.Tanh(), nn.Linear(2, outputs), *more
    )


class Bare(nn.Module):
    """A regression whose output is (n,)."""

    def __init__(self):
        super().__init__()
        self.body = net(1)

    def forward(self, x):
        return self.body(x)[:, 0]


CLASSES = {
    "logits": (net, nn.CrossEntropyLoss()),
    "function": (net, functional.cross_entropy),
    "log-probabilities": (lambda: net(K, nn.LogSoftmax(dim=1)), nn.NLLLoss()),
}
REGRESSIONS = {
    "MSE": (Bare, nn.MSELoss(), "mse"),
    "MSE column": (lambda: net(1), nn.MSELoss(), "mse"),
    "L1": (Bare, nn.L1Loss(), "l1"),
    "Huber": (Bare, nn.HuberLoss(), "huber"),
    "smooth": (Bare, nn.SmoothL1Loss(), "huber"),
}


def trained(model, y, loss, steps=6, **settings):
    """The Recorder of a training, and what the model put out at each epoch."""
    recorder, outputs = Recorder(model, X, y, loss=loss, **settings), []
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    target = y if model(X).ndim == 1 or not y.is_floating_point() else y[:, None]
    for step in range(steps + 1):
        with torch.no_grad():
            outputs.append(model(X).clone())
        if step:
            recorder.record()
        if step < steps:
            optimizer.zero_grad()
            loss(model(X), target).backward()
            optimizer.step()
    return recorder, outputs


@pytest.mark.parametrize("kind", CLASSES)
def test_classes_are_measured_as_the_model_is_trained(kind):
    make, loss = CLASSES[kind]
    recorder, outputs = trained(make(), Y, loss)
    history = recorder.history()
    assert history.task == ManyClasses(K)
    for epoch, put_out in enumerate(outputs):
        assert history.loss[epoch] == pytest.approx(loss(put_out, Y).item(), rel=1e-5)
        right = put_out.argmax(dim=1) == Y
        assert history.accuracy[epoch] == pytest.approx(right.double().mean().item())
        of_each = [right[label == Y].double().mean().item() for label in range(K)]
        np.testing.assert_allclose(history.class_accuracy[epoch], of_each)


@pytest.mark.parametrize("kind", REGRESSIONS)
def test_numbers_are_measured_as_the_model_is_trained(kind):
    make, loss, criterion = REGRESSIONS[kind]
    recorder, outputs = trained(make(), NUMBERS, loss)
    history = recorder.history()
    assert isinstance(history.task, Regression) and history.task.criterion == criterion
    assert history.accuracy is None and history.class_accuracy is None
    y = NUMBERS.double().numpy()
    for epoch, put_out in enumerate(outputs):
        found = put_out.reshape(len(X)).double().numpy()
        assert history.loss[epoch] == pytest.approx(
            loss(put_out.reshape(-1), NUMBERS).item(), rel=1e-5
        )
        assert history.rmse[epoch] == pytest.approx(np.sqrt(((found - y) ** 2).mean()), rel=1e-5)
        r2 = 1 - ((found - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()
        assert history.r2[epoch] == pytest.approx(r2, abs=1e-5)


@pytest.mark.parametrize("kind", [*CLASSES, *REGRESSIONS])
def test_every_record_is_replayed_after_it_was_saved(kind, tmp_path):
    """Curves, probes, and both spaces of an epoch are equal to those of the record itself."""
    make, loss, *_ = {**CLASSES, **REGRESSIONS}[kind]
    recorder, _ = trained(make(), Y if kind in CLASSES else NUMBERS, loss)
    replay = recorder.replay()
    replay.save(tmp_path / "run.npz")
    again = Replay.load(tmp_path / "run.npz", make())
    assert again.history.task == replay.history.task
    np.testing.assert_equal(again.history.measured, replay.history.measured)
    np.testing.assert_array_equal(again.history.probes, replay.history.probes)
    layer = {"MSE": "body.3", "L1": "body.3", "Huber": "body.3", "smooth": "body.3"}.get(kind)
    for one, other in (
        (replay.input_space(), again.input_space()),
        (replay.feature_space(layer), again.feature_space(layer)),
    ):
        np.testing.assert_equal(vars(one.scenes[6]), vars(other.scenes[6]))
        assert one.scenes[6].boundary


def test_points_held_out_and_a_class_that_these_lack(tmp_path):
    held_X, held_y = points(20, seed=1)
    held_X, held_y = held_X[held_y < K - 1], held_y[held_y < K - 1]
    recorder, _ = trained(net(), Y, nn.CrossEntropyLoss(), validation=(held_X, held_y))
    history = recorder.history()
    with torch.no_grad():
        right = history.network(6).logit(held_X).argmax(dim=1) == held_y
    assert history.validation_accuracy[6] == pytest.approx(right.double().mean().item())
    of_each = [right[held_y == label].double().mean().item() for label in range(K - 1)]
    np.testing.assert_allclose(history.validation_class_accuracy[6], [*of_each, np.nan])
    recorder.replay().save(tmp_path / "run.npz")
    again = Replay.load(tmp_path / "run.npz", net()).history
    np.testing.assert_equal(again.measured, history.measured)


@pytest.mark.parametrize(("y", "loss"), [(Y, nn.CrossEntropyLoss()), (NUMBERS, nn.MSELoss())])
def test_features_alone_are_kept_of_any_task(y, loss, tmp_path):
    """They show what the record with parameters shows, and need no model when they are loaded."""
    outputs = K if y is Y else 1
    whole, _ = trained(net(outputs), y, loss)
    recorder, _ = trained(net(outputs), y, loss, keep="features", layer="3")
    replay, expected = recorder.replay(), whole.replay().feature_space("3")
    replay.save(tmp_path / "run.npz")
    for found in (replay.feature_space(), Replay.load(tmp_path / "run.npz").feature_space()):
        np.testing.assert_allclose(found.at(6).images, expected.at(6).images, atol=1e-5)
        np.testing.assert_allclose(found.at(6).logit, expected.at(6).logit, atol=1e-5)
        np.testing.assert_array_equal(found.at(6).drawn_wrong, expected.at(6).drawn_wrong)
        assert len(found.scenes[6].regions) == len(expected.scenes[6].regions)


@pytest.mark.parametrize(("y", "loss"), [(Y, nn.CrossEntropyLoss()), (NUMBERS, nn.L1Loss())])
def test_a_record_goes_on(y, loss):
    """It is that of a training without a break."""
    outputs = K if y is Y else 1
    whole, _ = trained(net(outputs), y, loss, steps=2)
    part, _ = trained(net(outputs), y, loss, steps=2)
    resumed = Recorder.resume(part.replay())
    resumed.record()
    history = resumed.history()
    assert history.last == 3 and history.task == whole.history().task
    np.testing.assert_equal(history.loss[:3], whole.history().loss)
    np.testing.assert_equal(history.loss[3], whole.history().loss[2])


def test_a_sample_has_points_of_every_class():
    recorder = Recorder(net(), X, Y, loss=nn.CrossEntropyLoss(), sample=12)
    assert sorted(set(recorder.dataset.y[:, 0].tolist())) == [0, 1, 2, 3]
    assert len(recorder.dataset.y) == 12


@pytest.mark.parametrize(("y", "loss"), [(Y, nn.CrossEntropyLoss()), (NUMBERS, nn.MSELoss())])
def test_pictures_films_and_comparisons(y, loss, tmp_path):
    outputs = K if y is Y else 1
    replays = [trained(net(outputs), y, loss, steps=2)[0].replay() for _ in range(2)]
    for space in (replays[0].input_space(), replays[0].feature_space()):
        space.plot(epoch=1)
        space.animate(size=160).save(tmp_path / "film.gif")
        space.animate(size=160, palette="accessible").picture.draw(2)
    both = compare({"one": replays[0], "other": replays[1]})
    both.plot(epoch=1)
    both.animate(size=160).picture.draw(2)
    assert replays[0]._repr_html_()


def at_least(model, **settings):
    return lambda: Recorder(model, **{"X": X, "y": Y, **settings})


BAD = {
    "no loss": (at_least(net()), "labels are those of 4 classes: say by loss="),
    "BCE": (at_least(net(1), loss=nn.BCEWithLogitsLoss()), "for two classes, .* are 4 classes"),
    "outputs": (
        at_least(net(3), loss=nn.CrossEntropyLoss()),
        r"puts out \(16, 3\) for 16 points, not \(16, 4\): 4 classes need 4 outputs",
    ),
    "class without a point": (
        at_least(net(5), loss=nn.CrossEntropyLoss()),
        r"not \(16, 4\): .*; or give points of all 5 classes: y lacks some",
    ),
    "one output": (at_least(net(1), loss=nn.CrossEntropyLoss()), r"not \(16, 4\)"),
    "words": (at_least(net(1), y=list("ab") * 40, loss=nn.MSELoss()), "y has "),
    "empty label": (
        at_least(net(3), y=["a", "b", "", "a"] * 20, loss=nn.CrossEntropyLoss()),
        "y has an empty label: leave such points out",
    ),
    "None": (at_least(net(2), y=["a", None] * 40, loss=nn.CrossEntropyLoss()), "without a label"),
    "NaN": (at_least(net(1), y=NUMBERS * torch.nan, loss=nn.MSELoss()), "NaN"),
    "all the same": (at_least(net(1), y=0 * NUMBERS, loss=nn.MSELoss()), "y has "),
    "numbers as classes": (at_least(net(), y=NUMBERS, loss=nn.CrossEntropyLoss()), "MSELoss"),
    "two numbers": (at_least(net(2), y=NUMBERS, loss=nn.MSELoss()), "a number needs one output"),
    "no log": (at_least(net(), loss=nn.NLLLoss()), "NLLLoss needs log-probabilities"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_use_ends_in_one_clear_line(case):
    call, message = BAD[case]
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_losses_that_are_not_plain_are_told():
    with pytest.warns(UserWarning, match="HuberLoss with delta: the record has the plain huber"):
        Recorder(net(1), X, NUMBERS, loss=nn.HuberLoss(delta=0.3))
    with pytest.warns(UserWarning, match="with label_smoothing: .* plain cross-entropy"):
        Recorder(net(), X, Y, loss=nn.CrossEntropyLoss(label_smoothing=0.1))
    with pytest.warns(UserWarning, match="ends in a Softmax"):
        Recorder(net(K, nn.Softmax(dim=1)), X, Y, loss=nn.CrossEntropyLoss())


def test_labels_of_other_numbers_are_classes_in_sorted_order():
    model = net(3)
    history = Recorder(model, X, 10 * (Y % 3) + 5, loss=nn.CrossEntropyLoss()).history()
    assert history.dataset.classes == ("5", "15", "25")
    with torch.no_grad():
        wanted = functional.cross_entropy(model(X), Y % 3).item()
    assert history.loss[0] == pytest.approx(wanted, rel=1e-5)


def test_a_changed_record_is_not_replayed():
    """The probes of all classes are compared."""
    history = trained(net(), Y, nn.CrossEntropyLoss(), steps=1)[0].history()
    parameters = dict(history.parameters)
    parameters["4.bias"] = parameters["4.bias"] + np.float32([0, 0, 0, 0.5])
    changed = dataclasses.replace(history, parameters=parameters)
    with pytest.raises(
        ValueError, match="epoch 1 cannot be replayed: a copy of the model puts out"
    ):
        changed.network(1)
