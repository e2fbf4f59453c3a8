"""The widget of a notebook: its traits, and what goes to its page and comes back. No browser."""

import base64
import sys
from types import SimpleNamespace

import comm
import nbformat
import numpy as np
import pytest
import torch
from comm.base_comm import BaseComm
from helpers.models import LOGIT, X, Y, move, replayed, small
from helpers.scripts import PROJECT
from IPython.core.events import EventManager, available_events
from nbclient import NotebookClient

from torchreplay import Recorder
from torchreplay.errors import UserError
from torchreplay.replay import page_widget


class Wire(BaseComm):
    """What a widget sends, in the place of a notebook: the state, as it is there."""

    def publish_msg(self, msg_type, data=None, **_):
        if not hasattr(self, "state"):
            self.state, self.sent = {}, []
        self.state |= (data or {}).get("state", {})
        self.sent.append({**(data or {}).get("state", {})})


class Clock:
    """A time that passes by itself at no rate."""

    now = 100.0

    def __call__(self):
        return self.now


SETUP = f"""import sys
sys.path[:0] = [{str(PROJECT)!r}, {str(PROJECT / "tests")!r}]
from helpers.models import LOGIT, X, Y, move, small
from torchreplay import Recorder
recorder = Recorder(small(), X, Y, loss=LOGIT)
recorder.widget()"""
RUN = """for _ in range(30):
    move(recorder.model)
    recorder.record()"""


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(page_widget, "monotonic", made)
    return made


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    monkeypatch.setattr(comm, "create_comm", lambda *args, **settings: Wire(*args, **settings))


@pytest.fixture
def recorder():
    torch.manual_seed(0)
    return Recorder(small(), X, Y, loss=LOGIT)


def step(recorder, count=1):
    for _ in range(count):
        move(recorder.model)
        recorder.record()


def hear(widget, **shown):
    """What a page says it shows, as a notebook hands it over."""
    state = {"epoch": None, "pinned": None, "selection": [], **shown}
    number = shown.pop("number", widget.comm.state["_asked"]["number"])
    widget.set_state({"_shown": {**state, "number": number}})


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_page_gets_what_is_recorded(recorder, clock):
    """All parameters and losses so far, bit for bit, after each record."""
    step(recorder)
    widget = recorder.widget()
    assert recorder.widget() is widget
    for _ in range(3):
        clock.now += 1
        step(recorder)
        sent, history = widget.comm.state["_record"], recorder.history()
        rows = [values.reshape(len(values), -1) for values in history.parameters.values()]
        assert np.array_equal(floats(sent["parameters"]), np.hstack(rows).ravel())
        curves = {curve["name"]: floats(curve["values"]) for curve in sent["curves"]}
        assert np.array_equal(curves["loss"], history.loss)
        assert np.array_equal(curves["accuracy"], history.accuracy.astype("<f4"))
        assert sent["last"] == history.last == widget.epoch


def test_updates_wait_and_the_last_one_comes_with_the_replay(recorder, clock):
    widget = recorder.widget()
    step(recorder, 20)
    assert widget.comm.state["_record"]["last"] == widget.epoch == 1
    clock.now += page_widget.PAUSE
    step(recorder)
    assert widget.comm.state["_record"]["last"] == 21
    step(recorder, 3)
    assert widget.epoch == 21
    recorder.replay()
    assert widget.comm.state["_record"]["last"] == widget.epoch == 24


def test_last_update_comes_when_the_cell_ends(recorder, clock, monkeypatch):
    shell = SimpleNamespace(events=EventManager(None, available_events))
    monkeypatch.setattr(page_widget, "get_ipython", lambda: shell)
    widget = recorder.widget()
    step(recorder, 5)
    assert widget.epoch == 1
    shell.events.trigger("post_run_cell", None)
    assert widget.epoch == 5
    sent = len(widget.comm.sent)
    shell.events.trigger("post_run_cell", None)
    assert len(widget.comm.sent) == sent and not shell.events.callbacks["post_run_cell"]


def test_an_update_takes_a_tenth_of_the_time(recorder, clock, monkeypatch):
    made = page_widget.record_of

    def slow(history):
        clock.now += 2
        return made(history)

    widget = recorder.widget()
    monkeypatch.setattr(page_widget, "record_of", slow)
    step(recorder)
    for passed, epoch in ((17, 1), (2, 3)):
        clock.now += passed
        step(recorder)
        assert widget.epoch == epoch


def test_training_is_the_same_with_a_widget(clock):
    found = []
    for has_widget in (False, True):
        recorder = Recorder(small(), X, Y, loss=LOGIT)
        torch.manual_seed(5)
        if has_widget:
            recorder.widget()
        for _ in range(4):
            clock.now += 1
            step(recorder)
        found.append(recorder.history().parameters)
    assert all(np.array_equal(found[0][name], found[1][name]) for name in found[0])


def test_what_is_set_is_asked_of_the_page():
    widget = replayed(small()).widget()
    assert (widget.epoch, widget.pinned, widget.selection) == (3, None, ())
    widget.epoch = 1
    widget.pinned = np.int64(4)
    widget.selection = [7, 2, 7]
    asked = {"number": 3, "epoch": 1, "pinned": 4, "selection": [2, 7]}
    assert widget.comm.state["_asked"] == asked
    widget.epoch, widget.pinned, widget.selection = 3, (0.5, -1), ()
    asked = {"number": 6, "epoch": None, "pinned": (0.5, -1.0), "selection": []}
    assert widget.comm.state["_asked"] == asked


def test_what_the_page_shows_is_heard_and_asks_nothing():
    widget = replayed(small()).widget()
    seen = []
    widget.observe(lambda change: seen.append((change.name, change.new)), ["epoch", "pinned"])
    hear(widget, epoch=2, pinned=5, selection=[1, 3])
    assert (widget.epoch, widget.pinned, widget.selection) == (2, 5, (1, 3))
    hear(widget, pinned=[0.25, 1])
    assert (widget.epoch, widget.pinned, widget.selection) == (3, (0.25, 1.0), ())
    assert seen == [("epoch", 2), ("pinned", 5), ("epoch", 3), ("pinned", (0.25, 1.0))]
    assert widget.comm.state["_asked"]["number"] == 0


def test_what_the_page_showed_before_it_was_asked_is_not_heard():
    widget = replayed(small()).widget()
    widget.epoch = 1
    hear(widget, epoch=2, number=0)
    assert widget.epoch == 1


def test_epoch_is_followed_from_the_last_one_alone(recorder, clock):
    widget = recorder.widget()
    step(recorder)
    widget.epoch = 0
    clock.now += 1
    step(recorder)
    assert widget.epoch == 0
    assert widget.comm.state["_asked"]["epoch"] == 0
    step(recorder)
    widget.epoch = 3  # recorded, and not sent before
    assert widget.comm.state["_record"]["last"] == 3


def test_counts_are_those_of_the_record(clock):
    recorder = Recorder(small(), X, Y, loss=LOGIT, every=10, label="step")
    widget = recorder.widget()
    step(recorder, 30)
    clock.now += 1
    step(recorder, 10)
    assert widget.epoch == widget.comm.state["_record"]["last"] == 40
    with pytest.raises(ValueError, match=r"^step 15 is not recorded: there are 0 to 40"):
        widget.epoch = 15


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("epoch", 4, "epoch 4 is not recorded: there are 0 to 3"),
        ("epoch", "2", "epoch '2' is not recorded: there are 0 to 3"),
        ("epoch", None, "epoch None is not recorded"),
        ("pinned", 60, "point 60 is not on the page: give a number from 0 to 59"),
        ("pinned", -1, "point -1 is not on the page"),
        ("pinned", (1, 2, 3), "give the number of a point, or a place"),
        ("pinned", (1, float("nan")), "give the number of a point, or a place"),
        ("pinned", "ab", "point 'ab' is not on the page"),
        ("selection", [1, 60], "point 60 is not on the page"),
        ("selection", 3, "selection is 3: give a list of numbers of points"),
    ],
)
def test_what_is_not_there_is_refused(name, value, fault):
    widget = replayed(small()).widget()
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=fault.replace("(", r"\(")) as error:
        setattr(widget, name, value)
    assert "\n" not in str(error.value)
    assert getattr(widget, name) == before
    assert widget.comm.state["_asked"]["number"] == 0


def test_points_have_their_numbers_where_some_are_drawn(monkeypatch):
    monkeypatch.setattr(page_widget, "DRAWN", 10)
    replay = replayed(small())
    widget = replay.widget()
    rows = widget._rows
    assert len(rows) == 10 and max(rows) > 10
    hear(widget, pinned=4)
    assert widget.pinned == rows[4]
    widget.pinned = rows[7]
    assert widget.comm.state["_asked"]["pinned"] == 7


def test_kept_features_grow_as_positions(clock):
    recorder = Recorder(small(), X, Y, loss=LOGIT, keep="features")
    widget = recorder.widget()
    step(recorder)
    clock.now += 100
    step(recorder)
    sent = widget.comm.state["_record"]
    assert len(sent["positions"]) == 3 and sent["network"] is None


def test_a_closed_widget_follows_no_more(recorder, clock):
    widget = recorder.widget()
    widget.close()
    step(recorder)
    assert widget.epoch == 0


def test_without_anywidget_a_line_says_what_to_install(recorder, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "torchreplay.replay.page_widget")
    for one in (recorder, recorder.replay()):
        with pytest.raises(UserError, match=r'pip install "torchreplay\[notebook\]"$') as error:
            one.widget()
        assert "\n" not in str(error.value)


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own
def test_widget_in_a_kernel_has_all_when_the_cell_has_ended():
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, (SETUP, RUN))])
    NotebookClient(notebook, timeout=120).execute()
    (found,) = notebook.cells[0].outputs
    shown = found["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
    kept = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    state = kept[shown]["state"]
    assert state["_page"].startswith("<!doctype html>")
    assert state["_record"]["last"] == 30
    assert state["_asked"] == {"number": 0, "epoch": None, "pinned": None, "selection": []}
