"""An Engine of PyTorch Ignite, with handlers that record."""

import pytest
import torch
from helpers.guide import run_section
from helpers.late import Late
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

from torchreplay.callbacks import Ignite

engines, handlers = Late("ignite.engine"), Late("ignite.handlers")


def engine_of(model, fails_at=None):
    optimizer = descent(model)

    def step(engine, batch):
        if engine.state.iteration == fails_at:
            raise ArithmeticError("in the middle of an epoch")
        optimizer.zero_grad()
        LOGIT(model(batch[0])[:, 0], batch[1]).backward()
        optimizer.step()

    return engines.Engine(step)


def test_all_epochs_are_those_of_a_plain_loop():
    model = small()
    engine = engine_of(model)
    record = Ignite(X, Y, loss=LOGIT).attach(engine, model)
    engine.run(loader(), max_epochs=EPOCHS)
    assert_recorded(record.replay().history, plain())


def test_training_is_the_same_with_and_without():
    states = []
    for recorded in (False, True):
        model = restless()
        engine = engine_of(model)
        if recorded:
            Ignite(X, Y, loss=LOGIT).attach(engine, model)
        torch.manual_seed(0)
        engine.run(loader(), max_epochs=EPOCHS)
        states.append(state_of(model))
    assert_equal(*states)


def test_the_epoch_that_stops_a_training_early_is_in():
    model = small()
    engine, evaluator = engine_of(model), engines.Engine(lambda engine, batch: None)
    stopping = handlers.EarlyStopping(1, lambda evaluated: -engine.state.epoch, engine)
    evaluator.add_event_handler(engines.Events.COMPLETED, stopping)
    engine.add_event_handler(engines.Events.EPOCH_COMPLETED, lambda: evaluator.run(loader()))
    record = Ignite(X, Y, loss=LOGIT).attach(engine, model)
    engine.run(loader(), max_epochs=9)
    assert_recorded(record.replay().history, plain(epochs=2))


def test_a_training_that_fails_leaves_the_epochs_before():
    model = small()
    engine = engine_of(model, fails_at=5)
    record = Ignite(X, Y, loss=LOGIT).attach(engine, model)
    with pytest.raises(ArithmeticError):
        engine.run(loader(), max_epochs=EPOCHS)
    assert_recorded(record.replay().history, plain(epochs=1))


def test_steps():
    model = small()
    engine = engine_of(model)
    record = Ignite(X, Y, loss=LOGIT, label="step").attach(engine, model)
    engine.run(loader(), max_epochs=EPOCHS)
    assert record.replay().history.last == 3 * EPOCHS


def test_the_code_of_the_guide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_section("PyTorch Ignite")["replay"].history.last == 3
