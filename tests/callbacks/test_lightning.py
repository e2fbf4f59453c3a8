"""Lightning's Trainer, of both packages, with a callback that records."""

from importlib import import_module

import pytest
import torch
from helpers.guide import run_section
from helpers.models import LOGIT, X, Y, small
from helpers.trainings import (
    EPOCHS,
    assert_equal,
    assert_recorded,
    descent,
    loader,
    plain,
    restless,
    state_of,
)
from torch.utils.data import DataLoader, TensorDataset

from torchreplay.callbacks import Lightning

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", params=["lightning.pytorch", "pytorch_lightning"])
def package(request):
    return import_module(request.param)


def made(package, net, fails_at=None):
    """A LightningModule of a net; `fails_at` is the epoch in which it raises an error."""

    class Module(package.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, x):
            return self.net(x)

        def training_step(self, batch, number):
            if number == 1 and self.current_epoch == fails_at:
                raise ArithmeticError("in the middle of an epoch")
            return LOGIT(self(batch[0])[:, 0], batch[1])

        def validation_step(self, batch, number):
            self.log("worse", float(self.current_epoch))

        def configure_optimizers(self):
            return descent(self)

    return Module()


def fitted(package, module, *callbacks, **settings):
    quiet = dict.fromkeys(
        ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False
    )
    settings = {"max_epochs": EPOCHS, "accelerator": "cpu", **quiet, **settings}
    trainer = package.Trainer(callbacks=[*callbacks], **settings)
    trainer.fit(module, loader(), DataLoader(TensorDataset(X, Y), batch_size=60))
    return trainer


def test_all_epochs_are_those_of_a_plain_loop(package):
    whole, part = Lightning(X, Y, loss=LOGIT), Lightning(X, Y, loss=LOGIT, module="net")
    fitted(package, made(package, small()), whole, part)
    assert_recorded(part.replay().history, plain())
    assert_recorded(whole.replay().history, plain(), prefix="net.")
    assert isinstance(whole, Lightning)


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed", "64-true"])
def test_training_is_the_same_with_and_without(package, precision):
    states = []
    for callbacks in ([], [Lightning(X, Y, loss=LOGIT, validation=(X, Y))]):
        module = made(package, restless())
        torch.manual_seed(0)
        fitted(package, module, *callbacks, precision=precision)
        states.append(state_of(module))
    assert_equal(*states)
    replay = callbacks[0].replay()
    assert replay.history.last == EPOCHS
    replay.history.network(EPOCHS)
    with torch.no_grad():
        logit = module.eval()(X.to(module.net[0].weight))[:, 0].float()
    assert replay.history.loss[-1] == pytest.approx(LOGIT(logit, Y).item(), rel=1e-5)


def test_the_epoch_that_stops_a_training_early_is_in(package):
    record = Lightning(X, Y, loss=LOGIT)
    stopping = package.callbacks.EarlyStopping("worse", patience=1)
    trainer = fitted(package, made(package, small()), stopping, record, max_epochs=9)
    assert trainer.current_epoch == 2
    assert_recorded(record.replay().history, plain(epochs=2), prefix="net.")


def test_a_training_that_fails_leaves_the_epochs_before(package):
    record = Lightning(X, Y, loss=LOGIT, module="net")
    with pytest.raises(ArithmeticError):
        fitted(package, made(package, small(), fails_at=1), record)
    assert_recorded(record.replay().history, plain(epochs=1))


def test_steps_are_those_of_the_optimizer(package):
    record = Lightning(X, Y, loss=LOGIT, label="step", module="net")
    trainer = fitted(package, made(package, small()), record, accumulate_grad_batches=2)
    assert record.replay().history.last == trainer.global_step == 2 * EPOCHS


def test_a_training_that_goes_on_goes_on_in_the_record(package):
    module, record = made(package, small()), Lightning(X, Y, loss=LOGIT)
    fitted(package, module, record, max_epochs=1)
    fitted(package, module, record, max_epochs=2)
    assert_recorded(record.replay().history, plain(epochs=3), prefix="net.")
    fitted(package, made(package, small()), record, max_epochs=2)
    assert_recorded(record.replay().history, plain(epochs=2), prefix="net.")


def test_a_compiled_module():
    package, graphs = import_module("lightning.pytorch"), []
    module, record = made(package, small()), Lightning(X, Y, loss=LOGIT)

    def backend(graph, inputs):
        graphs.append(graph)
        return graph.forward

    fitted(package, torch.compile(module, backend=backend), record, max_epochs=2)
    assert graphs
    assert_recorded(record.replay().history, plain(epochs=2), prefix="net.")


def test_a_module_that_is_not_there(package):
    record = Lightning(X, Y, loss=LOGIT, module="body")
    with pytest.raises(ValueError, match=r"module is 'body', .* no such module: it has net"):
        fitted(package, made(package, small()), record)


def test_the_code_of_the_guide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_section("Lightning")["replay"].history.last == 3
