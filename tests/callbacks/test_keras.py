"""Models of Keras on PyTorch, with a callback that records."""

import numpy as np
import pytest
import torch
from helpers.guide import run_section
from helpers.late import Late
from helpers.models import X, Y
from helpers.trainings import BATCH, EPOCHS, RATE
from torch import nn

from torchreplay.callbacks import Keras
from torchreplay.replay.replay import Replay

pytestmark = pytest.mark.filterwarnings("ignore")
keras, layers = Late("keras"), Late("keras.layers")


@pytest.fixture(scope="module", autouse=True)
def backend():
    """Keras reads when it is imported on what it runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        keras.Model  # noqa: B018
        yield


def made(*more, functional=False):
    """A 2-2-1 model that puts out a probability, compiled."""
    keras.utils.set_random_seed(3)
    inner = [layers.Dense(2, "tanh", name="hidden"), *more]
    steps = [*inner, layers.Dense(1, "sigmoid", name="out")]
    if functional:
        given = made = keras.Input((2,))
        for step in steps:
            made = step(made)
        model = keras.Model(given, made)
    else:
        model = keras.Sequential(steps)
    model.compile(keras.optimizers.SGD(RATE), "binary_crossentropy", metrics=["accuracy"])
    return model


def fitted(model, *callbacks, **settings):
    settings = {"epochs": EPOCHS, "batch_size": BATCH, "shuffle": False, "verbose": 0, **settings}
    return model.fit(X.numpy(), Y.numpy(), callbacks=[*callbacks], **settings)


def probabilities(history, epoch):
    """What a recorded 2-2-1 model puts out, in NumPy."""
    W, b, v, c = (history.parameters[name][epoch] for name in
                  ("hidden.weight", "hidden.bias", "out.weight", "out.bias"))  # fmt: skip
    return 1 / (1 + np.exp(-(np.tanh(X.numpy() @ W.T + b) @ v.T + c)))[:, 0]


@pytest.mark.parametrize("functional", [False, True])
def test_every_epoch_puts_out_what_keras_does(functional):
    model, record, predicted = made(functional=functional), Keras(X, Y), []
    predicting = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: predicted.append(model.predict(X.numpy(), verbose=0)[:, 0])
    )
    losses = fitted(model, predicting, record, validation_data=(X.numpy(), Y.numpy())).history
    history = record.replay().history
    assert history.last == EPOCHS
    for epoch, expected in enumerate(predicted, start=1):
        np.testing.assert_allclose(probabilities(history, epoch), expected, atol=1e-6)
    np.testing.assert_allclose(history.loss[1:], losses["val_loss"], rtol=1e-4)
    np.testing.assert_allclose(history.accuracy[1:], losses["val_accuracy"], rtol=1e-6)
    assert record.replay().feature_space().placement.head is not None


def test_training_is_the_same_with_and_without():
    found = []
    for callbacks in ([], [Keras(X, Y), Keras(X, Y, keep="features")]):
        model = made(layers.Dropout(0.4))
        fitted(model, *callbacks, shuffle=True)
        found.append([*model.get_weights(), np.random.rand(3), torch.rand(3)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    both = [one.replay().history.loss for one in callbacks]
    np.testing.assert_allclose(*both, rtol=1e-5)


def test_the_epoch_that_stops_a_training_early_is_in():
    record = Keras(X, Y)
    stopping = keras.callbacks.EarlyStopping("loss", patience=1, mode="max")
    ran = fitted(made(), stopping, record, epochs=9)
    assert record.replay().history.last == len(ran.epoch) == 2


def test_a_training_that_fails_leaves_the_epochs_before():
    def fail(batch, logs):
        if len(record.replay().history.loss) == 2 and batch == 1:
            raise ArithmeticError("in the middle of an epoch")

    record = Keras(X, Y)
    with pytest.raises(ArithmeticError):
        fitted(made(), record, keras.callbacks.LambdaCallback(on_train_batch_end=fail))
    assert record.replay().history.last == 1


def test_steps_and_a_training_that_goes_on():
    """Steps in between cost nothing."""
    model, record, checks = made(), Keras(X, Y, label="step", every=3), []
    record._check = lambda: checks.append(record)
    fitted(model, record, epochs=1)
    fitted(model, record, epochs=2)
    assert record.replay().history.epochs.tolist() == [0, 3, 6, 9]
    assert len(checks) == 2 + 3


def own():
    class Own(layers.Layer):
        def call(self, x):
            return 2 * x

    return Own(name="own")


def residual():
    given = keras.Input((2,))
    hidden = layers.Dense(2, "tanh")(given)
    return keras.Model(given, layers.Dense(1, "sigmoid")(layers.add([hidden, given])))


def twice():
    given, hidden = keras.Input((2,)), layers.Dense(2, "tanh")
    return keras.Model(given, layers.Dense(1, "sigmoid")(hidden(hidden(given))))


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: made(own()), "own of the model is a Own that is not known"),
        (lambda: made(layers.Dense(2, lambda x: x)), "is a Dense that is not known"),
        (residual, "no chain of layers"),
        (twice, "no chain of layers"),
    ],
)
def test_other_models_are_refused_before_the_training_and_their_features_are_kept(make, words):
    model = make()
    model.compile(keras.optimizers.SGD(RATE), "binary_crossentropy")
    model(X)  # builds it
    before = model.get_weights()
    with pytest.raises(ValueError, match=f'{words}.*: choose keep="features"') as caught:
        fitted(model, Keras(X, Y))
    assert "\n" not in str(caught.value)
    for ours, theirs in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    kept = Keras(X, Y, keep="features")
    fitted(model, kept)
    expected = model.predict(X.numpy(), verbose=0)[:, 0]
    found = torch.sigmoid(torch.tensor(kept.replay().history.parameters["logits"][-1]))
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-5)


def test_kept_features_are_those_of_the_layer():
    model, kept = made(functional=True), Keras(X, Y, keep="features")
    fitted(model, kept)
    inner = keras.Model(model.inputs, model.get_layer("hidden").output)
    images = kept.replay().history.parameters["images"][-1][: len(X)]
    np.testing.assert_allclose(images, inner.predict(X.numpy(), verbose=0), atol=1e-6)


def test_three_classes_of_a_model_inside_are_saved_and_loaded(tmp_path):
    keras.utils.set_random_seed(3)
    steps = [layers.Dense(2, "relu"), layers.Flatten(), layers.Dense(3, use_bias=False)]
    model = keras.Sequential([layers.Dropout(0.2), keras.Sequential(steps, name="inner")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.1), loss)
    labels = (X[:, 0] * 2).round().clamp(-1, 1).numpy()
    record = Keras(X, labels, module="inner", loss=nn.CrossEntropyLoss())
    data = X.numpy(), labels + 1
    ran = model.fit(*data, epochs=3, validation_data=data, callbacks=[record], verbose=0)
    losses = ran.history["val_loss"]
    np.testing.assert_allclose(record.replay().history.loss[1:], losses, rtol=1e-4)
    record.replay().save(tmp_path / "run.npz")
    again = Replay.load(tmp_path / "run.npz", record.recorder.model)
    assert again.feature_space().at(3).images.shape == (60, 2)


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"Keras runs on jax: set .* KERAS_BACKEND to torch"):
        Keras(X, Y)


def test_the_code_of_the_guide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_section("Keras")["replay"].history.last == 3
