"""The table of steps: whether training took plain ones, at which rate, and that its rows add up."""

import dataclasses
import re
from decimal import Decimal

import pytest
import torch
from conftest import trained
from helpers.arithmetic import number
from helpers.pages import page_of, planes_of, settle, text
from torch import nn

from torchreplay.data.dataset import make_dataset
from torchreplay.page.payload import page_record
from torchreplay.replay.recorder import Recorder

TRAININGS = {  # of a model of one's own: the optimizer, and points of a batch
    "momentum": (lambda values: torch.optim.SGD(values, 0.3, momentum=0.5), 200),
    "weight decay": (lambda values: torch.optim.SGD(values, 0.3, weight_decay=1e-4), 200),
    "adam": (lambda values: torch.optim.Adam(values, 0.01), 200),
    "batches": (lambda values: torch.optim.SGD(values, 0.3), 150),
}


def own(make_optimizer, size=200, every=1, loss=None, label="epoch", decay=1.0, steps=30):
    """The History of a model of one's own, trained in a loop of one's own."""
    dataset = make_dataset("moons", points=200)
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    named = nn.BCEWithLogitsLoss()
    recorder = Recorder(model, dataset, loss=named, every=every, label=label)
    optimizer = make_optimizer(model.parameters())
    for _ in range(steps):
        optimizer.zero_grad()
        rows = torch.randperm(200)[:size]
        (loss or named)(model(dataset.X[rows]), dataset.y[rows]).backward()
        optimizer.step()
        optimizer.param_groups[0]["lr"] *= decay
        recorder.record()
    return recorder.history()


def plain(values, rate=0.3):
    return torch.optim.SGD(values, rate)


def rate_in(history):
    """The learning rate that the page of a History has, or None."""
    step = page_record(planes_of(history))["step"]
    return step and step["rate"]


def note_of(page):
    """What is said above the table."""
    page.check("#backward")
    settle(page)
    return text(page, "#steps > p")


@pytest.mark.parametrize("rate", [0.3, 3.0, 1e-3, 0.0125])
def test_rate_of_an_unknown_training_is_found(rate):
    assert rate_in(own(lambda values: plain(values, rate))) == rate


def test_rate_belongs_to_the_mean_loss():
    """A training on the sum of the losses of 200 points took 200 times larger steps."""
    loss = nn.BCEWithLogitsLoss(reduction="sum")
    assert rate_in(own(lambda values: plain(values, 0.001), loss=loss)) == 0.2


@pytest.mark.parametrize("kind", TRAININGS)
def test_no_rate_is_found_where_steps_were_others(kind):
    assert rate_in(own(*TRAININGS[kind])) is None


def test_no_rate_is_found_where_it_changed_or_where_steps_are_not_recorded():
    assert rate_in(own(plain, decay=0.99)) is None
    assert rate_in(own(plain, every=10)) is None
    assert rate_in(own(plain, steps=0)) is None
    assert rate_in(own(lambda values: plain(values, 0.0))) is None


def test_page_says_that_the_rate_was_found(visit):
    page = visit(page_of(own(plain)), "#epoch=7")
    page.check("#mean")
    note = note_of(page)
    assert "plain gradient descent with learning rate 0.3, found in the record" in note
    assert Decimal(re.search(r"record is (\S+)\.$", note)[1].split("·")[0]) < 10
    rows = [line.split("\t") for line in page.locator("#steps tbody tr").all_inner_texts()]
    assert len(rows) == 9 and all(row[3] == row[4] for row in rows)
    assert "w − 0.3·" in text(page, "#steps thead")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: own(*TRAININGS["adam"]), "the page does not know how training stepped"),
        (lambda: known(optimizer="adam"), "training did not take plain steps, but with Adam"),
        (
            lambda: known(momentum=0.5, weight_decay=0.1, augment=0.1, batch_size=500),
            "with momentum, weight decay, augmented points, batches of 500 points",
        ),
    ],
)
def test_page_says_why_it_shows_no_step(visit, make, reason):
    history = make()
    assert rate_in(history) is None
    page = visit(page_of(history), "#epoch=3&point=2")
    note = note_of(page)
    assert note.startswith("No step is shown: ") and note.endswith(f"{reason}.")
    assert "w −" not in text(page, "#steps thead")


def known(**settings):
    """The default network, as if it had been trained with some settings."""
    history = trained("moons", (2,), "sigmoid", 3.0)
    return dataclasses.replace(history, training={**history.training, **settings})


def test_no_step_is_shown_of_a_sample(dataset, history):
    few = dataclasses.replace(dataset, X=dataset.X[:50], y=dataset.y[:50])
    record = page_record(planes_of(history, few))
    assert record["step"] is None
    assert (
        "training used 2,000 points, of which the page has a sample" in record["words"]["unknown"]
    )


def test_page_says_whether_the_record_ends_or_goes_on(visit):
    history = own(plain, every=10, label="step")
    history = dataclasses.replace(history, training=known().training)  # as if it were known
    page = visit(page_of(history), "#epoch=20&point=2")
    assert note_of(page) == "The page does not have the step after this one."
    page.keyboard.press("End")
    settle(page)
    assert text(page, "#steps > p") == "The record ends at this step."


@pytest.mark.parametrize("rate", [0.3, 3.0, 100.0])
def test_rows_add_up(visit, rate):
    """The step is what the numbers of its row make."""
    history = trained("moons", (2,), "sigmoid", rate)
    for fragment in ("#epoch=0&point=9", "#epoch=60&point=4", "#epoch=119&point=4"):
        page = visit(page_of(history), fragment)
        note_of(page)
        rows = [line.split("\t") for line in page.locator("#steps tbody tr").all_inner_texts()]
        assert len(rows) == 9
        for name, *cells in rows:
            (value, _), (slope, _), (moved, half) = map(number, cells[:3])
            assert abs(value - Decimal(str(rate)) * slope - moved) <= half, name
