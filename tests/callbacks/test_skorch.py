"""skorch's nets, with a callback that records."""

import pickle

import pytest
import torch
from helpers.guide import run_section
from helpers.late import Late
from helpers.models import LOGIT, X, Y, small
from helpers.trainings import (
    BATCH,
    EPOCHS,
    RATE,
    assert_equal,
    assert_recorded,
    plain,
    restless,
    state_of,
)
from torch import nn

from torchreplay.callbacks import Skorch

skorch, callbacks, sklearn = Late("skorch"), Late("skorch.callbacks"), Late("sklearn.base")


class Module(nn.Module):
    def __init__(self, make=small):
        super().__init__()
        self.net = make()

    def forward(self, x):
        return self.net(x)[:, 0]


def failing():
    """A callback that raises an error in the middle of the second epoch."""

    class Failing(callbacks.Callback):
        def on_batch_begin(self, net, batch=None, training=None, **rest):
            if len(net.history) == 2 and len(net.history[-1, "batches"]) == 2:
                raise ArithmeticError("in the middle of an epoch")

    return Failing()


def net_of(*more, **settings):
    settings = {"max_epochs": EPOCHS, "lr": RATE, "batch_size": BATCH, "verbose": 0, **settings}
    settings = {"train_split": None, "module": Module, **settings}
    return skorch.NeuralNetBinaryClassifier(callbacks=[*more], **settings)


def test_all_epochs_are_those_of_a_plain_loop():
    record = Skorch(X, Y, loss=LOGIT, module="net")
    net = net_of(record).fit(X, Y)
    assert_recorded(record.replay().history, plain())
    net.partial_fit(X, Y)
    assert_recorded(record.replay().history, plain(epochs=2 * EPOCHS))
    net.fit(X, Y)  # anew
    assert_recorded(record.replay().history, plain())


def test_training_is_the_same_with_and_without():
    states = []
    for more in ([], [Skorch(X, Y, loss=LOGIT)]):
        torch.manual_seed(0)
        net = net_of(*more, module__make=restless).fit(X, Y)
        states.append(state_of(net.module_))
    assert_equal(*states)


def test_the_epoch_that_stops_a_training_early_is_in():
    """Even if the best weights are loaded after it."""
    stopping = callbacks.EarlyStopping(
        "train_loss", patience=1, lower_is_better=False, load_best=True
    )
    record = Skorch(X, Y, loss=LOGIT, module="net")
    net_of(stopping, record, max_epochs=9).fit(X, Y)
    assert_recorded(record.replay().history, plain(epochs=2))


def test_a_training_that_fails_leaves_the_epochs_before():
    record = Skorch(X, Y, loss=LOGIT, module="net")
    with pytest.raises(ArithmeticError):
        net_of(failing(), record).fit(X, Y)
    assert_recorded(record.replay().history, plain(epochs=1))


def test_steps():
    record = Skorch(X, Y, loss=LOGIT, label="step", every=3, module="net")
    net_of(record).fit(X, Y)
    history = record.replay().history
    assert history.epochs.tolist() == [0, 3, 6, 9]
    assert (history.parameters["0.bias"][3] == plain()[3]["0.bias"].numpy()).all()


def test_a_net_is_cloned_and_pickled_with_its_record():
    record = Skorch(X, Y, loss=LOGIT, module="net")
    net = net_of(record).fit(X, Y)
    (name, again) = pickle.loads(pickle.dumps(net)).callbacks_[0]
    assert name == "Skorch" and isinstance(again, callbacks.Callback)
    assert_recorded(again.replay().history, plain())
    other = sklearn.clone(net).fit(X, Y)
    assert other.callbacks_[0][1] is not record
    assert_recorded(other.callbacks_[0][1].replay().history, plain())
    net.set_params(callbacks__Skorch__every=3).fit(X, Y)
    assert record.replay().history.epochs.tolist() == [0, 3]


def test_the_code_of_the_guide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_section("skorch")["replay"].history.last == 3
