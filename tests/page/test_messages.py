"""The page in a frame: what it says to the window that holds it, and what it does for that one."""

import pytest
from helpers.models import replayed, small
from helpers.pages import SETTLED, blobs, history_of, learned, page_of

from torchreplay.replay.page_widget import beginning, record_of
from torchreplay.replay.replay import Replay

HOST = """<!doctype html><body style="margin: 0"><script>
window.heard = [];
addEventListener("message", ({ data }) => heard.push(data));
window.hold = (text) => new Promise((done) => {
    const frame = Object.assign(document.createElement("iframe"), { srcdoc: text });
    frame.style.cssText = "width: 1200px; height: 800px; border: 0";
    addEventListener("message", ({ data }) => data.type === "torchreplay:ready" && done());
    document.body.append(frame);
});
</script>"""
SHOWN = """() => ({
    epoch: page.run.epochs[page.state.index], pinned: page.state.pinned,
    chosen: page.state.chosen && [...page.state.chosen],
})"""
WRITTEN = """() => {
    const text = (id) => document.getElementById(id).textContent;
    const paths = [...document.querySelectorAll("#curves path")];
    const drawn = paths.map((path) => path.getAttribute("d"));
    const scenes = page.spaces.map(({ name, view, pixel }) => page.source.scene(name, view, pixel));
    const axes = page.spaces.map(({ rect, labels }) => [...rect, ...labels]);
    const ids = ["epoch", "last", "loss", "accuracy", "highest", "legend"];
    return [ids.map(text), document.getElementById("slider").max, drawn, scenes, axes];
}"""


class Held:
    """A page in a frame, and its host."""

    def __init__(self, visit, document):
        self.host = visit(HOST)
        self.host.evaluate("(text) => hold(text)", document)
        self.frame = self.host.frames[-1]
        self.settle()

    def settle(self):
        self.frame.evaluate(SETTLED)

    def tell(self, kind, sender="window", **message):
        script = f"""([kind, message]) => {sender}.eval(
            `([type, message]) => parent.frames[0].postMessage({{ type, ...message }}, "*")`
        )([`torchreplay:${{kind}}`, message])"""
        self.host.evaluate(script, [kind, message])
        self.settle()

    @property
    def shown(self):
        return self.frame.evaluate(SHOWN)

    @property
    def heard(self):
        return self.host.evaluate("heard.splice(0)")


@pytest.fixture(scope="module")
def replay():
    return replayed(small(), steps=12)


@pytest.fixture
def held(visit, replay):
    return Held(visit, replay.to_html())


def test_page_says_what_it_shows_whenever_that_changes(held):
    first = {"type": "torchreplay:shown", "epoch": None, "pinned": None, "selection": []}
    assert held.heard == [{"type": "torchreplay:ready"}, first]
    held.frame.evaluate("page.go(3)")
    held.settle()
    held.frame.evaluate("page.pin({ point: 5 })")
    held.settle()
    held.frame.evaluate("page.pin({ place: [0.5, -1] })")
    held.settle()
    place = [0.5, -1]
    assert [(one["epoch"], one["pinned"]) for one in held.heard] == [(3, None), (3, 5), (3, place)]
    held.settle()
    assert held.heard == []


def test_host_steers_the_page(held):
    held.tell("show", epoch=4, pinned=7, selection=[0, 59])
    chosen = [n in (0, 59) for n in range(60)]
    assert held.shown == {"epoch": 4, "pinned": {"point": 7}, "chosen": chosen}
    assert held.heard[-1] == {
        "type": "torchreplay:shown", "epoch": 4, "pinned": 7, "selection": [0, 59]
    }  # fmt: skip
    held.tell("show", pinned=[0.25, 1])
    assert held.shown == {"epoch": 4, "pinned": {"place": [0.25, 1]}, "chosen": chosen}
    held.tell("show", epoch=None, pinned=None, selection=[])
    assert held.shown == {"epoch": 12, "pinned": None, "chosen": None}


def test_what_is_no_message_changes_nothing(held):
    before = held.shown
    for message in (
        {"epoch": "4", "pinned": 60, "selection": "7"},
        {"epoch": {}, "pinned": ["1", "2"], "selection": [60, -1, "2", None]},
        {"pinned": {"point": 3}},
    ):
        held.tell("show", **message)
    for kind in ("constructor", "__proto__", "toString", "else"):
        held.tell(kind, epoch=3)
    held.host.evaluate(
        "['torchreplay:show', 7, null, {}].map((one) => frames[0].postMessage(one, '*'))"
    )
    held.settle()
    assert held.shown == before


def test_only_the_host_is_heard(held):
    held.host.evaluate("document.body.append(document.createElement('iframe'))")
    before = held.shown
    held.tell("show", sender="frames[1]", epoch=4)
    assert held.shown == before
    held.tell("show", epoch=4)
    assert held.shown["epoch"] == 4


def test_page_without_a_host_hears_nobody(visit, replay):
    page = visit(replay.to_html())
    page.evaluate("postMessage({ type: 'torchreplay:show', epoch: 4 }, '*')")
    page.evaluate(SETTLED)
    assert page.evaluate(SHOWN)["epoch"] == 12


@pytest.mark.parametrize(
    "make",
    [
        lambda: history_of("tanh"),
        lambda: history_of("relu"),
        lambda: history_of("latent"),
        lambda: learned(blobs, 4, hidden=(6,)),
        lambda: replayed(small(), steps=5, keep="features").history,
    ],
    ids=["tanh", "axes that grow", "whitened", "decision plane", "features"],
)
def test_page_that_has_grown_shows_what_that_of_the_whole_record_does(visit, make, monkeypatch):
    """Down to the last curve, with axes around all epochs."""
    history = make()
    monkeypatch.setattr("torchreplay.replay.page_widget.MOST_SEEN", history.last + 1)
    held = Held(visit, page_of(beginning(history)))
    assert held.shown["epoch"] == 0
    held.tell("append", record=record_of(history))
    grown = held.frame.evaluate(WRITTEN)
    assert grown == Held(visit, page_of(history)).frame.evaluate(WRITTEN)


def test_only_who_sees_the_last_epoch_follows(held, replay):
    history = replay.history
    held.tell("show", epoch=5, pinned=7)
    held.frame.evaluate("page.spaces[0].zoom(2)")
    view = held.frame.evaluate("[...page.spaces[0].view]")
    held.tell("append", record=record_of(history))
    assert held.shown["epoch"] == 5 and held.shown["pinned"] == {"point": 7}
    assert held.frame.evaluate("[...page.spaces[0].view]") == view


def test_record_under_a_fork_grows(visit, replay):
    held = Held(visit, Replay(beginning(replay.history)).to_html())
    held.frame.locator("#what-if").click()
    held.settle()
    held.tell("append", record=record_of(replay.history))
    assert held.frame.evaluate("page.run.name") != ""
    held.frame.locator("#what-if").click()
    held.settle()
    assert held.frame.locator("#last").inner_text() == "12"
    assert held.frame.evaluate("page.run.name") == ""
