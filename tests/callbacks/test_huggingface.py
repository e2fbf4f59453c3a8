"""The Trainer of Hugging Face, and a plain loop with Accelerate."""

import pytest
import torch
from helpers.guide import run_section
from helpers.late import Late
from helpers.models import LOGIT, X, Y, small
from helpers.trainings import (
    BATCH,
    EPOCHS,
    assert_equal,
    assert_recorded,
    descent,
    loader,
    plain,
    restless,
    state_of,
)
from torch import nn

from torchreplay.callbacks import HuggingFace
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay

accelerate, transformers = Late("accelerate"), Late("transformers")
pytestmark = pytest.mark.filterwarnings("ignore")


class Model(nn.Module):
    """Like models of Transformers: it puts out its loss, too."""

    def __init__(self, make=small, fails_at=None):
        super().__init__()
        self.net, self.fails_at, self.calls = make(), fails_at, 0

    def forward(self, x, labels=None):
        self.calls += self.training
        if self.calls == self.fails_at:
            raise ArithmeticError("in the middle of an epoch")
        z = self.net(x)[:, 0]
        return {"loss": LOGIT(z, labels), "logits": z}


def trained(folder, model, *callbacks, **settings):
    quiet = {"report_to": [], "disable_tqdm": True, "logging_strategy": "no", "use_cpu": True}
    settings = {"num_train_epochs": EPOCHS, "save_strategy": "no", **quiet, **settings}
    settings |= {"per_device_train_batch_size": BATCH, "max_grad_norm": 0}
    data = [{"x": x, "labels": y} for x, y in zip(X, Y, strict=True)]
    optimizer = descent(model)
    constant = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1)
    trainer = transformers.Trainer(
        model, transformers.TrainingArguments(folder, **settings), train_dataset=data,
        eval_dataset=data, callbacks=[*callbacks], optimizers=(optimizer, constant),
    )  # fmt: skip
    trainer._get_train_sampler = torch.utils.data.SequentialSampler  # it shuffles otherwise
    trainer.train()
    return trainer


def test_all_epochs_are_those_of_a_plain_loop(tmp_path):
    record = HuggingFace(X, Y, loss=LOGIT, module="net")
    trained(tmp_path, Model(), record)
    assert_recorded(record.replay().history, plain())


@pytest.mark.parametrize("bf16", [False, True])
def test_training_is_the_same_with_and_without(tmp_path, bf16):
    states = []
    for callbacks in ([], [HuggingFace(X, Y, loss=LOGIT, module="net")]):
        model = Model(restless)
        trained(tmp_path, model, *callbacks, bf16=bf16)
        states.append(state_of(model))
    assert_equal(*states)
    assert callbacks[0].replay().history.last == EPOCHS


def test_the_epoch_that_stops_a_training_early_is_in(tmp_path):
    """The best parameters are loaded at the end, and are no epoch."""
    record = HuggingFace(X, Y, loss=LOGIT, module="net")
    trainer = trained(
        tmp_path, Model(), transformers.EarlyStoppingCallback(1), record, num_train_epochs=9,
        eval_strategy="epoch", save_strategy="epoch", load_best_model_at_end=True,
        metric_for_best_model="loss", greater_is_better=True,
    )  # fmt: skip
    assert trainer.state.epoch == 2
    assert_recorded(record.replay().history, plain(epochs=2))


def test_a_training_that_fails_leaves_the_epochs_before(tmp_path):
    record = HuggingFace(X, Y, loss=LOGIT, module="net")
    with pytest.raises(ArithmeticError):
        trained(tmp_path, Model(fails_at=5), record)
    assert_recorded(record.replay().history, plain(epochs=1))


def test_steps_are_those_of_the_optimizer(tmp_path):
    record = HuggingFace(X, Y, loss=LOGIT, module="net", label="step")
    trained(tmp_path, Model(), record, gradient_accumulation_steps=3)
    assert record.replay().history.last == EPOCHS


def test_the_code_of_the_guide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_section("Hugging Face")["replay"].history.last == 3


def test_a_model_that_takes_more_than_the_points_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(
        ValueError, match=r"does not take X.*; if a module inside maps X .*, name it"
    ):
        trained(tmp_path, Model(), HuggingFace(X, Y, loss=LOGIT))


# Accelerate -------------------------------------------------------------------------------------


def accelerated(make, precision, recorded):
    """Train by a plain loop: the model, and its Recorder or None."""
    accelerate.state.AcceleratorState._reset_state()  # of the training before
    accelerator = accelerate.Accelerator(cpu=True, mixed_precision=precision)
    module = make()
    model, optimizer, batches = accelerator.prepare(module, descent(module), loader())
    recorder = Recorder(model, X, Y, loss=LOGIT) if recorded else None
    for _ in range(EPOCHS):
        for x, y in batches:
            optimizer.zero_grad()
            accelerator.backward(LOGIT(model(x)[:, 0], y))
            optimizer.step()
        if recorded:
            recorder.record()
    return module, recorder


def test_a_loop_of_accelerate_is_a_plain_loop():
    _, recorder = accelerated(small, "no", recorded=True)
    assert_recorded(recorder.history(), plain())


def test_autocast_of_accelerate_is_the_same_with_and_without(tmp_path):
    states = []
    for recorded in (False, True):
        module, recorder = accelerated(restless, "bf16", recorded)
        assert "forward" in vars(module)  # a function that names the module
        states.append(state_of(module))
    assert_equal(*states)
    module.eval()
    with torch.no_grad():
        logit = type(module).forward(module, X)[:, 0]
    replay = recorder.replay()
    torch.testing.assert_close(replay.history.network(EPOCHS).logit(X)[:, 0], logit)
    assert replay.history.loss[-1] == pytest.approx(LOGIT(logit, Y).item(), rel=1e-5)
    replay.save(tmp_path / "run.npz")
    with torch.no_grad():
        module[0].weight.zero_()  # the copies do not use it
    again = Replay.load(tmp_path / "run.npz", module).history
    torch.testing.assert_close(again.network(EPOCHS).logit(X)[:, 0], logit)


def test_the_code_of_the_guide_with_accelerate():
    accelerate.state.AcceleratorState._reset_state()
    assert run_section("Accelerate")["recorder"].history().last == 3
