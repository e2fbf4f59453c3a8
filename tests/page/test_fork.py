"""What if: the page trains on as PyTorch does in double precision, whatever is changed."""

from urllib.parse import unquote

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from helpers.pages import (
    blobs,
    hills,
    images_of,
    learned,
    many_features,
    page_of,
    pixel_of,
    settle,
    show,
    text,
)

import common
from torchreplay import Replay, compare
from torchreplay.data.dataset import make_dataset

KINDS = {
    "two classes": (make_dataset, ("moons",), {"points": 120}, {}),
    "sigmoids": (
        make_dataset,
        ("moons",),
        {"points": 80},
        {"hidden": (3, 2), "activation": "sigmoid"},
    ),
    "three classes": (blobs, (3,), {}, {"activation": "relu", "rate": 0.1}),
    "numbers": (hills, (90,), {}, {"rate": 0.03}),
    "graph": (hills, (60,), {"features": 1}, {"rate": 0.03}),
    "standardized": (make_dataset, ("moons",), {"points": 60, "standardized": True}, {}),
}
START = 20
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module", params=KINDS)
def history(request):
    make, settings, more, network = KINDS[request.param]
    return learned(make, *settings, **more, **network)


@pytest.fixture
def page(visit, history):
    """The page of a training, at epoch 20, of which a fork has begun."""
    page = visit(page_of(history), f"#epoch={START}&point=4")
    page.click("#what-if")
    return page


TRAINED = """async (n) => {
    for (let frames = 0; page.run.epochs.length <= n; frames++) {
        if (frames > 600) throw new Error(`the fork has no step ${n}`);
        await new Promise(requestAnimationFrame);
    }
    return [...page.run.network.parametersAt(n)];
}"""


def trained(page, steps):
    """Wait until the fork has some steps: its parameters after them, in the order of the page."""
    return np.array(page.evaluate(TRAINED, steps))


def fork_anew(page):
    """Let go of the fork, and begin another one of the record at epoch 20."""
    script = """(epoch) => {
        document.querySelector("#what-if").click();
        page.go(epoch);
        page.pin({ point: 3 });
        document.querySelector("#what-if").click();
    }"""
    page.evaluate(script, START)
    settle(page)


def descended(page, history, steps, rate=None, start=None):
    """The same by PyTorch, in double precision, from recorded parameters and the page's points.

    Only its places and labels are taken from the page.
    """
    rate = history.training["learning_rate"] if rate is None else rate
    network = history.network(START).double()
    parameters = list(network.parameters())
    if start is not None:
        torch.nn.utils.vector_to_parameters(torch.tensor(start), parameters)
    script = (
        "() => [...page.points.trained].map((n) => [[...page.points.at(n)], page.points.label[n]])"
    )
    X, y = zip(*page.evaluate(script), strict=True)
    X, y = (torch.tensor(values, dtype=torch.float64) for values in (X, y))
    y = y[:, None]
    for _ in range(steps):
        loss = history.task.loss(network.logit(X), y)
        slopes = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for value, slope in zip(parameters, slopes, strict=True):
                value -= rate * slope
    return torch.nn.utils.parameters_to_vector(parameters).detach().numpy()


def assert_same(page, history, steps=30, **settings):
    """The parameters after some steps are those of PyTorch, and what is measured there, too."""
    found = trained(page, steps)
    expected = descended(page, history, steps, **settings)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def select_kind(page, kind):
    page.select_option("#edit", label=kind)


def points_of(page):
    """The places of the points of a page, (n, d), their labels, and their ids."""
    script = "(id, n) => [[...page.points.at(n)], page.points.label[n], id]"
    places, labels, ids = zip(*page.evaluate(f"page.points.ids.map({script})"), strict=True)
    return np.array(places), np.array(labels), list(ids)


def places_shown(history):
    """Where the points of a Dataset are in the input space."""
    X, y = history.dataset.X.numpy(), history.dataset.y.numpy()
    return np.hstack([X, y]) if history.dataset.is_graph else X


def test_numbers_that_are_changed(page, history):
    """Nothing, the rate, a weight, and the label of the pinned point."""
    assert text(page, "#epoch") == str(START)
    assert_same(page, history)
    curves_of_the_fork_are_measured(page, history)
    another_rate(page, history)
    for change in (another_weight, another_label_of_the_pinned_point):
        fork_anew(page)
        change(page, history)


def another_rate(page, history):
    rate = history.training["learning_rate"] / 3
    page.fill("#rate", str(rate))
    page.keyboard.press("Enter")
    assert_same(page, history, rate=rate)
    assert page.evaluate("page.data.step.rate") == rate


def another_weight(page, history):
    start = trained(page, 0)
    page.select_option("#weight", "3")
    page.fill("#value", "-0.625")
    page.keyboard.press("Enter")
    start[3] = -0.625
    assert_same(page, history, start=start)


def another_label_of_the_pinned_point(page, history):
    _, labels, _ = points_of(page)
    if history.task.classes:
        labels[3] = (labels[3] + 1) % history.task.classes
        page.select_option("#class", str(int(labels[3])))
    else:
        labels[3] = 2.5
        page.fill("#label", "2.5")
        page.keyboard.press("Enter")
    settle(page)
    np.testing.assert_array_equal(points_of(page)[1], labels)
    assert page.evaluate("page.state.pinned") == {"point": 3}
    assert_same(page, history)


def test_points_that_are_changed(page, history):
    point_that_is_added(page, history)
    for change in (point_that_is_moved, point_that_is_deleted):
        fork_anew(page)
        change(page, history)


def point_that_is_added(page, history):
    before, labels, _ = points_of(page)
    (left, bottom, right, top) = page.evaluate("page.spaces[0].view")
    place = left + 0.37 * (right - left), bottom + 0.81 * (top - bottom)
    select_kind(page, "adds a point")
    page.mouse.click(*pixel_of(page, "input", place))
    settle(page)
    found, others, ids = points_of(page)
    d = before.shape[1]
    np.testing.assert_array_equal(found[:-1], before)
    np.testing.assert_array_equal(others[:-1], labels)
    np.testing.assert_allclose(found[-1], place[:d], atol=0.01 * (right - left))
    expected = place[1] if history.dataset.is_graph else labels[3]
    assert others[-1] == pytest.approx(expected, abs=0.01 * (top - bottom))
    assert ids[-1] == len(before)
    assert page.evaluate("page.state.pinned") == {"point": len(before)}
    np.testing.assert_allclose(images_of(page, "input")[-1], place, atol=0.01 * (top - bottom))
    assert_same(page, history)


def point_that_is_moved(page, history):
    places = places_shown(history)
    (left, bottom, right, top) = page.evaluate("page.spaces[0].view")
    target = left + 0.21 * (right - left), bottom + 0.13 * (top - bottom)
    select_kind(page, "moves a point")
    page.mouse.move(*pixel_of(page, "input", places[3]))
    page.mouse.down()
    page.mouse.move(*pixel_of(page, "input", target), steps=4)
    page.mouse.up()
    page.mouse.move(*pixel_of(page, "input", (left, top)))
    settle(page)
    moved = images_of(page, "input")
    (n,) = np.nonzero(np.abs(moved - places).max(axis=1))[0]
    np.testing.assert_allclose(moved[n], target, atol=0.01 * (top - bottom))
    np.testing.assert_allclose(places[n], places[3], atol=0.05 * (top - bottom))
    assert not page.evaluate("page.state.chosen")
    assert_same(page, history)


def point_that_is_deleted(page, history):
    places = places_shown(history)
    before, labels, _ = points_of(page)
    select_kind(page, "deletes a point")
    page.mouse.click(*pixel_of(page, "input", places[10]))
    settle(page)
    found, others, ids = points_of(page)
    (gone,) = set(range(len(before))) - set(ids)
    np.testing.assert_allclose(places[gone], places[10], atol=0.05 * np.ptp(places))
    np.testing.assert_array_equal(found, np.delete(before, gone, axis=0))
    np.testing.assert_array_equal(others, np.delete(labels, gone))
    assert page.evaluate("page.points.ids[page.state.pinned.point]") == 3
    assert text(page, "#picked").startswith("Point 4")
    assert_same(page, history)


def curves_of_the_fork_are_measured(page, history):
    trained(page, 30)
    found = page.evaluate("page.run.curves.map(({ name, values }) => [name, values.slice(0, 31)])")
    network, y = history.network(0).double(), history.dataset.y
    expected = []
    script = "range => range.map((k) => [...page.run.network.parametersAt(k)])"
    for w in page.evaluate(script, list(range(31))):
        w = torch.tensor(w, dtype=torch.float64)
        torch.nn.utils.vector_to_parameters(w, list(network.parameters()))
        with torch.no_grad():
            z = network.logit(history.dataset.X.double())
            measured = history.task.measure(z, y.double())
            expected.append({"loss": history.task.loss(z, y.double()).item(), **measured})
    for name, values in found:
        np.testing.assert_allclose(values, [one[name] for one in expected], rtol=1e-6)
    if history.task.classes > 2:
        shares = page.evaluate("page.run.ofClasses.slice(0, 93)")
        of_classes = [one["class_accuracy"] for one in expected]
        np.testing.assert_allclose(np.reshape(shares, (31, 3)), of_classes)


@pytest.fixture(scope="module")
def moons():
    """A network whose spaces are drawn quickly: nothing folds."""
    return learned(make_dataset, "moons", points=120, hidden=(2,))


@pytest.fixture
def fork(visit, moons):
    """The page of one training, of which a fork has begun at epoch 20."""
    page = visit(page_of(moons), f"#epoch={START}&point=4")
    page.click("#what-if")
    settle(page)
    return page


def test_record_is_the_ghost_and_comes_back(fork, moons):
    """With its dashed boundary and loss, until the fork is let go of."""
    assert text(fork, "#dashed") == "the record"
    ghost = fork.locator("#ghost-curve").get_attribute("d")
    heights = [1 - float(place.split()[1]) for place in ghost[1:].split("L")]
    np.testing.assert_allclose(heights, moons.loss / moons.loss.max(), atol=1e-6)
    assert text(fork, "#what-if") == "Back to the record"
    trained(fork, 30)
    show(fork, 30)
    assert text(fork, "#epoch") == "50"
    fork.click("#what-if")
    settle(fork)
    assert text(fork, "#epoch") == "50" and text(fork, "#loss") == f"{moons.loss[50]:.4f}"
    assert not fork.locator("#dashed").is_visible() and not fork.locator("#fork").is_visible()
    assert fork.locator("#ghost-curve").get_attribute("d") == ""
    assert text(fork, "#what-if") == "What if"


def test_axis_of_the_loss_reaches_to_that_of_the_fork(fork, moons):
    fork.fill("#rate", "40")
    fork.keyboard.press("Enter")
    trained(fork, 90)
    settle(fork)
    most = max(fork.evaluate("page.run.curves[0].values"))
    assert most > 2 * moons.loss.max()
    ghost = fork.locator("#ghost-curve").get_attribute("d")
    heights = [1 - float(place.split()[1]) for place in ghost[1:].split("L")]
    np.testing.assert_allclose(heights, moons.loss / most, atol=1e-6)
    assert float(text(fork, "#highest")) == pytest.approx(most, rel=0.05)
    fork.click("#what-if")
    settle(fork)
    assert float(text(fork, "#highest")) == pytest.approx(moons.loss.max(), rel=0.05)


def test_changes_hold_from_the_epoch_shown(fork, moons):
    trained(fork, 30)
    show(fork, 12)
    start = trained(fork, 12)
    fork.fill("#rate", "0.2")
    fork.keyboard.press("Enter")
    settle(fork)
    assert text(fork, "#epoch") == str(START + 12)
    np.testing.assert_array_equal(trained(fork, 0), start)
    assert_same(fork, moons, rate=0.2, start=start)


def test_all_numbers_are_those_of_the_fork(fork, moons):
    """Those of the diagram and of the table of steps, in which the page takes the next step."""
    fork.fill("#rate", "0.2")
    fork.keyboard.press("Enter")
    trained(fork, 40)
    show(fork, 25)
    fork.check("#mean")
    fork.check("#backward")
    settle(fork)
    head = fork.locator("#steps th").all_inner_texts()[:5]
    assert [title.replace("\u2060", "") for title in head] == [
        "parameter", "at epoch 45", "∂loss/∂w", "w − 0.2·∂loss/∂w", "at epoch 46"
    ]  # fmt: skip
    shown = fork.locator("#steps tbody tr").first.locator("td").all_inner_texts()
    values = [float(number.replace("−", "-").replace("·10", "e")) for number in shown]
    now, after = trained(fork, 25)[0], trained(fork, 26)[0]
    np.testing.assert_allclose([values[0], *values[2:]], [now, after, after], atol=6e-5)
    assert "This is the step that the page took. The largest difference" in text(fork, "#steps")
    loss = fork.evaluate("page.run.curves[0].values[25]")
    assert text(fork, "#loss") == f"{loss:.4f}"
    assert f"mean loss = {loss:.4f}" in text(fork, "#diagram").replace("\xa0", " ")


def test_fork_trains_on_as_it_is_played(fork):
    """To the last epoch of the record, or 100 beyond its beginning; played, twice as far."""
    fork.wait_for_function("() => page.run.isDone")
    assert fork.evaluate("page.run.epochs.at(-1)") == START + 100
    assert text(fork, "#last") == "120"
    fork.select_option("#speed", "4")
    show(fork, 95)
    fork.click("#play")
    fork.wait_for_function("() => page.state.index > 110")
    fork.click("#play")
    settle(fork)
    last, epoch = int(text(fork, "#last")), int(text(fork, "#epoch"))
    assert last - START in (200, 400, 800) and (last + START) / 2 - 10 <= epoch <= last
    fork.click("#what-if")
    settle(fork)
    assert (text(fork, "#epoch"), text(fork, "#last")) == ("60", "60")


def test_slider_and_keys_stay_within_the_fork(fork):
    trained(fork, 100)
    for key, epoch in (("End", 120), ("Home", START), ("ArrowLeft", START), ("ArrowRight", 21)):
        fork.keyboard.press(key)
        settle(fork)
        assert text(fork, "#epoch") == str(epoch)
    fork.evaluate("(s) => { s.value = 3; s.dispatchEvent(new Event('input')); }", slider(fork))
    settle(fork)
    assert text(fork, "#epoch") == str(START)
    box, tip = slider(fork).bounding_box(), fork.locator("#loss-tip").bounding_box()
    thumb = box["x"] + 8 + START / 120 * (box["width"] - 16)
    assert abs(tip["x"] + tip["width"] / 2 - thumb) < 2


def test_last_epoch_is_followed_while_a_fork_trains(fork):
    """Only if it was asked for in this fork, and not while it is played."""
    last = "document.querySelector('[data-do=go][value=Infinity]').click()"
    again = "document.querySelector('#what-if').click()"
    fork.evaluate(f"() => {{ {again}; page.go({START}); {again}; {last}; }}")
    fork.wait_for_function("() => page.run.isDone")
    settle(fork)
    assert text(fork, "#epoch") == "120"
    fork.evaluate("() => { page.run.horizon += 10; }")
    fork.click("#play")
    fork.click("#play")
    assert not fork.evaluate("page.state.follows")
    fork.evaluate(f"() => {{ {again}; {last}; {again}; }}")
    fork.wait_for_function("() => page.run.isDone && page.run.base")
    settle(fork)
    assert (text(fork, "#epoch"), text(fork, "#last")) == ("60", "160")


def slider(page):
    return page.query_selector("#slider")


def grip_of(page):
    """The number of a weight, and a place in the window at which its wire can be gripped."""
    page.locator("#diagram").scroll_into_view_if_needed()
    return page.evaluate(
        """() => {
            for (const grip of document.querySelectorAll("#wires .grip")) {
                const box = document.querySelector("#wires").getBoundingClientRect();
                const { x, y } = grip.getPointAtLength(0.8 * grip.getTotalLength());
                const at = [box.x + x, box.y + y];
                if (document.elementFromPoint(...at) === grip) return [+grip.dataset.at, ...at];
            }
        }"""
    )


def test_wire_is_dragged(fork, moons):
    """Up by 60 pixels: the weight is larger by 60 / 150 of the largest one of the record."""
    start = trained(fork, 0)
    at, x, y = grip_of(fork)
    fork.mouse.move(x, y)
    fork.mouse.down()
    fork.mouse.move(x, y - 60, steps=6)
    fork.mouse.up()
    settle(fork)
    largest = max(np.abs(values).max() for values in moons.parameters.values())
    moved = trained(fork, 0)
    np.testing.assert_allclose(moved[at] - start[at], 60 / 150 * largest, rtol=1e-6)
    start[at] = moved[at]
    assert fork.input_value("#weight") == str(at)
    assert float(fork.input_value("#value")) == pytest.approx(moved[at], rel=1e-5)
    assert_same(fork, moons, start=start)


def test_weight_of_a_wire_is_typed_after_a_click(fork, moons):
    start = trained(fork, 0)
    at, x, y = grip_of(fork)
    fork.mouse.click(x, y)
    fork.wait_for_function("() => document.activeElement.id === 'value'")
    fork.keyboard.type("-2.5")
    fork.keyboard.press("Enter")
    start[at] = -2.5
    assert_same(fork, moons, start=start)


def test_pin_stays_when_the_record_comes_back(fork):
    select_kind(fork, "deletes a point")
    fork.mouse.click(*pixel_of(fork, "input", images_of(fork, "input")[10]))
    settle(fork)
    assert fork.evaluate("page.points.ids.length") == 119
    fork.click("#what-if")
    settle(fork)
    assert fork.evaluate("page.state.pinned") == {"point": 3}
    assert fork.evaluate("page.points.ids.length") == 120


def test_row_of_the_table_is_the_weight_that_is_typed(fork, moons):
    start = trained(fork, 0)
    fork.check("#backward")
    settle(fork)
    fork.locator("#steps tbody tr").nth(7).click()
    fork.wait_for_function("() => document.activeElement.id === 'value'")
    fork.keyboard.type("1.5")
    fork.keyboard.press("Enter")
    at = fork.evaluate("page.network.shape.rows[7][1]")
    start[at] = 1.5
    assert_same(fork, moons, start=start)


def test_rate_that_does_not_fit_changes_nothing(fork, moons):
    for wrong in ("0", "", "-3", "1e999"):
        fork.evaluate("document.querySelector('#message').textContent = ''")
        fork.fill("#rate", wrong)
        fork.keyboard.press("Enter")
        assert text(fork, "#message") == "A learning rate is a number above 0.", wrong
        assert_same(fork, moons)


def test_keys_that_are_typed_into_a_number_do_nothing_else(fork):
    fork.focus("#rate")
    for key in ("ArrowLeft", "n", "e", "Home"):
        fork.keyboard.press(key)
    assert fork.evaluate("[page.state.index, page.state.pinned.point]") == [0, 3]


def test_training_that_diverges_ends_with_a_sentence(visit):
    page = visit(page_of(learned(hills, 90, rate=0.03)), "#epoch=5")
    page.click("#what-if")
    page.fill("#rate", "1e6")
    page.keyboard.press("Enter")
    page.wait_for_function("() => page.run.end === 'diverged'")
    settle(page)
    assert text(page, "#ended") == "Training has diverged: the next epoch has no finite loss."
    assert np.isfinite(page.evaluate("page.run.curves[0].values")).all()


def test_memory_of_a_fork_is_limited(visit):
    few = learned(make_dataset, "moons", points=10, hidden=(2,), epochs=3)
    fork = visit(page_of(few), "#epoch=1&fork=1~r0.3")
    fork.evaluate("() => { page.run.horizon = 1e9; page.run.train(0); }")
    most = fork.evaluate(
        """() => {
            while (!page.run.end && page.run.epochs.length < 1e6) page.run.train(200);
            return [page.run.end, page.run.epochs.length];
        }"""
    )
    assert most == ["full", 20000]
    settle(fork)
    fork.keyboard.press("ArrowRight")
    settle(fork)
    assert text(fork, "#ended") == "The page keeps no more epochs of a fork."


def test_spaces_of_fork_and_record_stand_beside_each_other(fork, moons):
    fork.fill("#rate", "3")
    fork.keyboard.press("Enter")
    trained(fork, 40)
    show(fork, 40)
    fork.select_option("#beside", label="input space of both")
    settle(fork)
    titles = fork.locator("#spaces h2").all_inner_texts()
    assert titles == [f"Input space of the {run} at epoch 60" for run in ("fork", "record")]


def changed(page):
    """Change the rate, a weight, a label and points of a fork by hand."""
    page.fill("#rate", "0.75")
    page.keyboard.press("Enter")
    page.select_option("#weight", "2")
    page.fill("#value", "1.25e-3")
    page.keyboard.press("Enter")
    page.select_option("#class", "1")
    for kind, place in (("adds a point", (0.1, 0.9)), ("deletes a point", (0.1, 0.9))):
        select_kind(page, kind)
        page.mouse.click(*pixel_of(page, "input", place))
        settle(page)
    select_kind(page, "adds a point")
    page.mouse.click(*pixel_of(page, "input", (-0.5, -0.25)))
    select_kind(page, "moves a point")
    images = images_of(page, "input")
    page.mouse.move(*pixel_of(page, "input", images[7]))
    page.mouse.down()
    page.mouse.move(*pixel_of(page, "input", (1.5, -0.5)), steps=2)
    page.mouse.up()
    settle(page)


def link_of(page):
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('fork=')")
    return page.evaluate("location.hash")


def spec_of(page):
    """What makes a fork: its rate, its first parameters, and its points with their labels."""
    script = "[page.run.rate, [...page.run.network.parametersAt(0)], page.run.epochs[0]]"
    return page.evaluate(script), points_of(page)


def test_link_keeps_a_fork(fork, visit, moons):
    changed(fork)
    trained(fork, 30)
    show(fork, 30)
    (values, points), link = spec_of(fork), link_of(fork)
    assert len(link) < 300
    again = visit(page_of(moons), link)
    again.wait_for_function("() => page.state.index === 30")
    settle(again)
    assert text(again, "#epoch") == "50"
    others, points_there = spec_of(again)
    assert others == values
    for one, other in zip(points_there[:2], points[:2], strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(trained(again, 30), trained(fork, 30))
    assert link_of(again) == link


def test_link_keeps_a_fork_of_a_fork(fork, visit, moons):
    """Of an epoch that the record does not have: with all of its parameters."""
    trained(fork, 60)
    show(fork, 60)
    fork.fill("#rate", "0.1")
    fork.keyboard.press("Enter")
    settle(fork)
    values, _ = spec_of(fork)
    link = link_of(fork)
    again = visit(page_of(moons), link)
    assert spec_of(again)[0] == values and values[2] == START + 60


def test_fork_that_is_too_long_for_a_link(visit):
    wide = learned(make_dataset, "moons", points=40, hidden=(90, 2), epochs=3)
    page = visit(page_of(wide), "#epoch=1")
    page.click("#what-if")
    trained(page, 50)
    show(page, 50)
    page.fill("#rate", "0.1")
    page.keyboard.press("Enter")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('epoch=51')")
    assert "fork" not in page.evaluate("location.hash")
    assert text(page, "#message") == "This fork is too long for a link: it keeps the record alone."


WRONG = [
    *("", "20", "20~", "20~r0", "20~r-1", "20~rNaN", "20~r1e999", "x~r1", "1.5~r1", "-1~r1"),
    *("20~r1~w55:1", "20~r1~w0", "20~r1~w-1:2", "20~r1~wlength:2", "20~r1~w0:1:2", "20~r1~w0:"),
    *("61~r1", "20~r1~p1:2", "20~r1~l3:2", "20~r1~l3:0.5", "20~r1~l999:0", "20~r1~l3"),
    *("20~r1~m3:1", "20~r1~m3:1:2:3", "20~r1~m999:1:2", "20~r1~d999", "20~r1~d1.5", "20~r1~a1:2"),
    *("20~r1~a1:2:7", "20~r1~q1", "20~r1~toString1", "20~r1~w0:<b>", "20~r1~~"),
    "20~r1" + "".join(f"~d{k}" for k in range(120)),
]


FOLLOW = """async (all) => {
    const fork = document.querySelector("#fork");
    const textOf = (id) => document.getElementById(id).innerText;
    const follow = (hash) => new Promise((done) => {
        addEventListener("hashchange", () => requestAnimationFrame(done), { once: true });
        location.hash = hash;
    });
    const found = [];
    for (const wrong of all) {
        await follow("#fork=20~r1~w0:3");
        const isForked = Boolean(page.run.base) && fork.checkVisibility();
        await follow(`#epoch=20&point=4&fork=${wrong}`);
        const texts = ["epoch", "picked", "message"].map(textOf);
        found.push([isForked, location.hash, fork.checkVisibility(), ...texts]);
    }
    return found;
}"""


def test_fork_of_a_wrong_address_is_not_made(visit, moons):
    page = visit(page_of(moons), "#epoch=20&fork=20~r1~w0:2")
    assert page.locator("#fork").is_visible()
    for wrong, found in zip(WRONG, page.evaluate(FOLLOW, WRONG), strict=True):
        before, place, is_visible, epoch, picked, message = found
        assert before and unquote(place).endswith(wrong)
        assert not is_visible, wrong
        assert epoch == "20" and picked.startswith("Point 4")
        assert message == "The fork in this address cannot be read.", wrong


def test_what_cannot_be_continued_is_said(visit):
    dataset = make_dataset("moons", points=60)
    torch.manual_seed(41)
    settings = {"optimizer": "adam", "batch_size": 20, "learning_rate": 0.05}
    history = common.train(common.make_network(dataset), dataset, epochs=25, **settings)
    page = visit(page_of(history), f"#epoch={START}")
    page.click("#what-if")
    settle(page)
    assert "plain steps, but with Adam, batches of 20 points: so the" in text(page, "#lead")
    assert page.input_value("#rate") == "0.05"
    assert_same(page, history)


def test_points_held_out_are_not_trained_on(visit, held_out):
    page = visit(page_of(held_out), "#epoch=2")
    page.click("#what-if")
    page.wait_for_function("() => page.run.epochs.length > 10")
    found = np.array(page.evaluate("[...page.run.network.parametersAt(10)]"))
    network, dataset = held_out.network(2).double(), held_out.dataset
    parameters = list(network.parameters())
    rows = dataset.held_out
    X, y = dataset.X.double(), dataset.y.double()
    for _ in range(10):
        loss = held_out.task.loss(network.logit(X[~rows]), y[~rows])
        with torch.no_grad():
            for value, slope in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                value -= held_out.training["learning_rate"] * slope
    expected = torch.nn.utils.parameters_to_vector(parameters).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    values = page.evaluate("Object.fromEntries(page.run.curves.map((c) => [c.name, c.values[10]]))")
    with torch.no_grad():
        z = network.logit(X[rows])
    assert values["held-out-loss"] == pytest.approx(held_out.task.loss(z, y[rows]).item())
    accuracy = held_out.task.measure(z, y[rows])["accuracy"]
    assert values["held-out-accuracy"] == pytest.approx(accuracy)


def test_page_of_positions_has_no_what_if(visit):
    few = learned(make_dataset, "moons", points=10, hidden=(2,), epochs=3)
    page = visit(page_of(few, evaluated=False), "#epoch=2&fork=2~r1")
    assert not page.locator("#what-if").is_visible() and not page.locator("#fork").is_visible()
    assert "it cannot train it: there is no What if" in text(page, "#hint")


def test_many_features_can_be_forked_but_not_drawn_on(visit):
    page = visit(page_of(many_features()), "#epoch=5&point=2")
    page.click("#what-if")
    assert page.locator("#edit option").all_inner_texts() == ["pins a point", "deletes a point"]
    assert page.evaluate("page.run.epochs[0]") == 5
    page.select_option("#class", "1")
    settle(page)
    assert page.evaluate("page.points.label[1]") == 1


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, {"viewport": NARROW}])
def test_controls_of_a_fork_are_accessible(visit, moons, settings):
    page = visit(page_of(moons), f"#epoch={START}&point=4&fork=20~r0.3", **settings)
    page.check("#backward")
    trained(page, 5)
    settle(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_run_of_several_is_forked(visit, moons):
    other = learned(make_dataset, "moons", points=120, hidden=(2,), rate=0.1)
    page = visit(compare({"a": Replay(moons), "b": Replay(other)}).to_html(), "#run=2&dashed=1")
    show(page, START)
    page.click("#what-if")
    settle(page)
    assert text(page, "#dashed") == "b"
    assert not page.locator("#runs").is_visible()
    assert_same(page, other)
    link = link_of(page)
    page.click("#what-if")
    settle(page)
    assert text(page, "#dashed") == "a"
    assert page.input_value("#run") == "1"
    assert "run=2" in link and "dashed" not in link
