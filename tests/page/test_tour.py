"""The tour in use: its stops, its link, what it asks, keys alone, and that it covers no plot."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import trained
from helpers import formulas
from helpers.pages import hills, learned, page_of, pixel_of, planes_of, scene, settle, show, text

from torchreplay.page import make_page, make_page_of_runs
from torchreplay.page.tour import parse_tour

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
PROJECTOR = {"viewport": {"width": 1280, "height": 720}}


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 120."""
    return visit(page_of(history), "#epoch=120")


@pytest.fixture
def toured(visit, history):
    """Opens a page whose tour is made of a text."""
    return lambda words, fragment="", **settings: visit(
        make_page(planes_of(history), tour=parse_tour(words)), fragment, **settings
    )


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def stop(page):
    """What the card shows: the stop and how many there are; none if it is closed."""
    return text(page, "#stop-title") if page.locator("#tour").is_visible() else None


def view(page, space):
    return page.evaluate("(name) => page.spaces.find((one) => one.name === name).view", space)


# Stops ----------------------------------------------------------------------------------------


def test_stops_are_stepped_through(page):
    assert stop(page) is None
    page.click("header [data-do=tour]")
    settle(page)
    assert (stop(page), text(page, "#epoch")) == ("1 of 5", "0")
    for number, epoch in ((2, 45), (3, 80), (4, 100), (5, 0)):
        page.click("#tour [data-do=stop][value='1']")
        settle(page)
        assert (stop(page), text(page, "#epoch")) == (f"{number} of 5", str(epoch))
    page.click("#tour [data-do=stop][value='-1']")
    settle(page)
    assert stop(page) == "4 of 5"


def test_keys_step_open_and_close(page):
    for key, shown in (
        ("]", "1 of 5"), ("]", "2 of 5"), (".", "3 of 5"), ("[", "2 of 5"), (",", "1 of 5"),
        ("[", "1 of 5"), ("]", "2 of 5"), ("t", None), ("t", "2 of 5"), ("]", "3 of 5"),
        ("]", "4 of 5"), ("]", "5 of 5"), ("]", "5 of 5"), ("T", None), ("[", "5 of 5"),
    ):  # fmt: skip
        press(page, key)
        assert (key, stop(page)) == (key, shown)
    press(page, "?")
    assert "previous or next stop of the tour" in text(page, "#help")
    press(page, "[")
    assert stop(page) == "5 of 5"


def test_stop_shows_its_epoch_zoom_and_point_and_nothing_of_before(page):
    show(page, 7)
    press(page, "n", "+", "Space", "]", "]", "]")
    assert page.evaluate("page.state.pinned") == {"point": 1284}
    assert view(page, "feature") == [0, 0.2, 0.6, 0.8] and view(page, "input") == [-1, -1, 1, 1]
    assert "Point 1285, class 1" in text(page, "#readout")
    assert page.evaluate("page.state.playing") is False
    press(page, "]")
    assert page.evaluate("page.state.pinned") is None
    assert view(page, "feature") == [0, 0, 1, 1]


def test_closing_changes_nothing_else(page):
    press(page, "]", "]", "]", "t")
    assert stop(page) is None and text(page, "#epoch") == "80"
    assert page.evaluate("page.state.pinned") == {"point": 1284}
    assert view(page, "feature") == [0, 0.2, 0.6, 0.8]
    assert page.locator(".named").count() == 0


def test_stop_without_an_epoch_stays_where_it_is(toured):
    page = toured("[] Anywhere.\n\n[place 0.5 -0.25] There.", "#epoch=33")
    press(page, "]")
    assert (text(page, "#epoch"), text(page, "#stop")) == ("33", "Anywhere.")
    press(page, "]")
    assert text(page, "#epoch") == "33"
    assert page.evaluate("page.state.pinned") == {"place": [0.5, -0.25]}


def test_link_keeps_the_stop(page, visit, history):
    press(page, "]", "]", "]", "ArrowRight")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('stop=3')")
    again = visit(page_of(history), page.evaluate("location.hash"))
    settle(again)
    assert (stop(again), text(again, "#epoch")) == ("3 of 5", "81")
    assert view(again, "feature") == pytest.approx([0, 0.2, 0.6, 0.8])
    press(again, "t")
    again.click("[data-do=link]")
    again.wait_for_function("() => !location.hash.includes('stop')")


def test_short_link_shows_all_of_a_stop(visit, history):
    page = visit(page_of(history), "#stop=3")
    settle(page)
    assert (stop(page), text(page, "#epoch")) == ("3 of 5", "80")
    assert page.evaluate("page.state.pinned") == {"point": 1284}
    page.evaluate("location.hash = '#stop=2'")
    page.wait_for_function("() => page.state.stop === 2")
    settle(page)
    assert (stop(page), text(page, "#epoch")) == ("2 of 5", "45")
    for number in ("0", "6", "-1", "x", "1.5", "constructor"):
        wrong = visit(page_of(history), f"#stop={number}")
        settle(wrong)
        assert (stop(wrong), text(wrong, "#epoch")) == (None, "200")


def test_words_of_a_tour_make_no_element(toured):
    words = "<img src=x onerror=alert(1)>"
    page = toured(f"[ask choice] {words}\n- {words}\n- {words}\n\n{words}\n\n[] {words}\n\n{words}")
    press(page, "]")
    page.click("[data-do=answer]")
    settle(page)
    assert text(page, "#stop").count(words) == 4
    press(page, "]")
    assert text(page, "#stop").count(words) == 2
    assert page.locator("img").count() == 0


# What a stop asks -------------------------------------------------------------------------------


def stroke(page, space, places):
    """Draw over a space with the mouse, through places of it."""
    first, *others = (pixel_of(page, space, place) for place in places)
    page.mouse.move(*first)
    page.mouse.down()
    for pixel in others:
        page.mouse.move(*pixel, steps=3)
    page.mouse.up()
    settle(page)


def drawn(page, space):
    """The lines drawn over a space as they are seen: places of it, (n, 2) each."""
    paths = page.locator(f"#{space} .drawing path").first.get_attribute("d")
    script = """([name, lines]) => {
        const space = page.spaces.find((one) => one.name === name);
        return lines.map((line) => line.map((pixel) => space.toPlace(pixel)));
    }"""
    lines = [
        [list(map(float, pair.split(","))) for pair in line.split("L")]
        for line in paths.split("M")[1:]
    ]
    return [np.array(line) for line in page.evaluate(script, [space, lines])]


@pytest.mark.parametrize("space", ["input", "feature"])
def test_line_is_drawn_and_the_true_one_shown(toured, weights, space):
    page = toured(f"[epoch 45, space {space}, ask draw 80] Draw it.\n\nSo it is.")
    press(page, "]")
    guess = {"input": [(-0.9, 0.4), (0, -0.3), (0.9, 0.4)], "feature": [(0.2, 0.3), (0.7, 0.9)]}
    stroke(page, space, guess[space])
    (line,) = drawn(page, space)
    np.testing.assert_allclose(line[[0, -1]], [guess[space][0], guess[space][-1]], atol=0.02)
    assert page.evaluate("[page.state.pinned, page.state.chosen]") == [None, None]
    assert "So it is" not in text(page, "#tour")
    page.click("[data-do=answer]")
    settle(page)
    assert text(page, "#epoch") == "80" and "So it is." in text(page, "#stop")
    np.testing.assert_allclose(drawn(page, space)[0], line, atol=1e-9)
    if space == "input":
        places = np.vstack(scene(page, space)["boundary"])
        np.testing.assert_allclose(formulas.probability(weights(80), places), 0.5, atol=1e-4)
    stroke(page, space, [(0.1, 0.1), (0.9, 0.9)])  # the space is itself again
    assert len(drawn(page, space)) == 1 and page.evaluate("page.state.chosen") is not None
    page.click("[data-do=again]")
    settle(page)
    assert text(page, "#epoch") == "45" and drawn(page, space) == []
    press(page, "t")
    assert page.locator(".drawing").count() == 0


def test_drawing_stays_with_its_places(toured):
    """When the window and the view change."""
    page = toured("[epoch 45, space input, ask draw 80] Draw it.")
    press(page, "]")
    stroke(page, "input", [(-0.5, 0.5), (0.5, 0.25)])
    page.set_viewport_size({"width": 1100, "height": 700})
    settle(page)
    page.evaluate("page.spaces[0].look([-1, -1, 0.8, 0.8]), page.go(46)")
    settle(page)
    (line,) = drawn(page, "input")
    np.testing.assert_allclose(line[[0, -1]], [(-0.5, 0.5), (0.5, 0.25)], atol=0.02)
    page.click("[data-do=clear]")
    settle(page)
    assert drawn(page, "input") == []
    page.set_viewport_size({"width": 1280, "height": 800})


def test_finger_draws(visit, history):
    page = visit(page_of(history), "#stop=2", **PHONE)
    settle(page)
    fingers = page.context.new_cdp_session(page)
    ends = [pixel_of(page, "input", place) for place in ((-0.8, 0.2), (0.8, 0.6))]
    for kind, place in (("touchStart", ends[0]), ("touchMove", ends[1]), ("touchEnd", None)):
        points = [{"x": place[0], "y": place[1]}] if place else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    settle(page)
    (line,) = drawn(page, "input")
    np.testing.assert_allclose(line[[0, -1]], [(-0.8, 0.2), (0.8, 0.6)], atol=0.03)


def test_keys_alone_draw_and_show(visit, history):
    """From the first key on nothing is touched but the keyboard."""
    page = visit(page_of(history))
    press(page, "t", "]")
    page.locator("[data-do=pen]").focus()
    press(page, "Enter")
    assert text(page, "#message").startswith("Arrow keys move the pen, Enter sets a corner")
    start = pen(page)
    press(page, "Enter", *["Shift+ArrowRight"] * 3, *["ArrowUp"] * 4, "Enter", "ArrowDown")
    (line,) = drawn(page, "input")
    across, up = page.evaluate("page.spaces[0].pixel")
    np.testing.assert_allclose(line, [start, np.add(start, (90 * across, 20 * up))], atol=0.01)
    page.locator("#message", has_text="Corner 2 at ").wait_for(state="attached")
    press(page, "Enter", "Backspace")
    assert len(drawn(page, "input")[0]) == 2 and text(page, "#epoch") == "45"
    press(page, "Backspace", "Backspace")
    assert drawn(page, "input") == []
    press(page, "Enter", "ArrowLeft", "Enter", "]", "[")
    assert drawn(page, "input") == [] and stop(page) == "2 of 5"
    page.locator("[data-do=answer]").focus()
    press(page, "Enter")
    assert text(page, "#epoch") == "80"
    assert focused(page) == "again"
    press(page, "Enter")
    assert (text(page, "#epoch"), focused(page)) == ("45", "stop")


def focused(page):
    return page.evaluate("(({ id, dataset }) => id || dataset.do)(document.activeElement)")


def pen(page):
    """The place of the pen that keys move."""
    box = page.locator("#input .drawing path").nth(1).bounding_box()
    sheet = page.locator("#input .drawing").bounding_box()
    middle = [box[k] + box[size] / 2 - sheet[k] for k, size in (("x", "width"), ("y", "height"))]
    return np.array(page.evaluate("(pixel) => page.spaces[0].toPlace(pixel)", middle))


def test_epoch_is_guessed_with_the_slider_or_by_typing(page, history):
    press(page, "]", "]", "]", "]")
    assert page.input_value("#stop input") == ""
    press(page, *["Shift+ArrowRight"] * 2)
    assert page.input_value("#stop input") == "120"
    page.click("#stop input")
    page.keyboard.type("-0", delay=1)  # which zoom elsewhere
    page.fill("#stop input", "150")
    press(page, "Enter")
    assert text(page, "#epoch") == "150" and not page.evaluate("page.spaces[0].isZoomed")
    page.click("[data-do=answer]")
    settle(page)
    right = int(np.argmax(history.accuracy == 1))
    assert text(page, "#epoch") == str(right)
    assert f"It is epoch {right}. Your guess was 150." in text(page, "#stop")
    assert "Both ends of the lower parabola" in text(page, "#stop")
    box, guess = (page.locator(one).bounding_box() for one in ("#curves", "#curves .guess"))
    assert guess["x"] - box["x"] == pytest.approx(0.75 * box["width"], abs=2)
    press(page, "]")
    assert page.locator("#curves .guess").count() == 0


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("right", lambda h: np.argmax(h.accuracy == 1)),
        ("loss 0.3", lambda h: np.argmax(h.loss < 0.3)),
        ("fastest", lambda h: np.argmin(np.diff(h.loss))),
        ("loss 0.01", lambda h: None),
    ],
)
def test_curves_answer(toured, history, asked, answer):
    page = toured(f"[epoch 50, ask epoch {asked}] When?")
    press(page, "]")
    page.click("[data-do=answer]")
    settle(page)
    found = answer(history)
    said = "The record has no such epoch." if found is None else f"It is epoch {found}."
    assert said in text(page, "#stop") and "guess" not in text(page, "#stop")
    assert text(page, "#epoch") == str(50 if found is None else found)


def test_choice_is_kept_beside_the_answer(page):
    press(page, "[", *["]"] * 4)
    assert "overshoot" not in text(page, "#stop")
    page.get_by_label("It would learn nothing at all.").focus()
    press(page, "Space")
    press(page, "ArrowUp")  # another option, and no other epoch
    assert text(page, "#epoch") == "0"
    page.click("[data-do=answer]")
    settle(page)
    assert "overshoot" in text(page, "#stop")
    assert page.get_by_label("The loss would rise first").is_checked()
    page.click("[data-do=try]")
    page.wait_for_function("() => page.run.epochs.length > 2")
    show(page, 2)
    assert text(page, "#loss") == "1.7176" and "overshoot" in text(page, "#stop")
    press(page, "[", "]")
    assert text(page, "#loss") == "0.7376"
    assert page.evaluate("page.run.base") is None


def test_what_is_tried_is_a_part_of_a_link(toured):
    """After the answer, if there is one; a part that no link has cannot be tried."""
    page = toured(
        "[epoch 45, ask choice, try epoch=90] x\n- y\n- z\n\nSo.\n\n"
        "[epoch 7, try point=3] Pin.\n\n[try magic=1] Nothing."
    )
    press(page, "]")
    assert page.locator("[data-do=try]").count() == 0
    page.click("[data-do=answer]")
    page.click("[data-do=try]")
    settle(page)
    assert (stop(page), text(page, "#epoch")) == ("1 of 3", "90")
    assert "So." in text(page, "#stop")
    press(page, "]")
    page.click("[data-do=try]")
    settle(page)
    assert (text(page, "#epoch"), page.evaluate("page.state.pinned")) == ("7", {"point": 2})
    press(page, "]")
    assert page.locator("[data-do=try]").count() == 0


def test_regression_and_other_labels(visit):
    history = learned(hills, features=1, rate=0.03, epochs=10)
    page = visit(page_of(history))
    press(page, "]", "]")
    assert "Where will the fitted curve be at the end?" in text(page, "#stop")
    stroke(page, "input", [(-0.5, 1), (0.5, -1)])
    page.click("[data-do=answer]")
    settle(page)
    assert text(page, "#epoch") == "10" and len(drawn(page, "input")) == 1


def test_stop_shows_its_run(visit, history):
    """Of several runs a stop without one is of the first, and what is asked is of the one shown."""
    other = trained("circles", (2,), "sigmoid", 3.0, epochs=60)
    histories = {"one": history, "two": other}
    tour = parse_tour("[epoch 40] x\n\n[run 2, epoch 60] y\n\n[run 2, ask epoch fastest] z")
    runs = {name: planes_of(each) for name, each in histories.items()}
    page = visit(make_page_of_runs(runs, tour=tour), "#run=2&epoch=10")
    assert text(page, "#loss") == f"{other.loss[10]:.4f}"
    press(page, "]")
    assert text(page, "#loss") == f"{history.loss[40]:.4f}"
    press(page, "]")
    assert text(page, "#loss") == f"{other.loss[60]:.4f}"
    press(page, "]")
    page.click("[data-do=answer]")
    settle(page)
    assert f"It is epoch {np.argmin(np.diff(other.loss))}." in text(page, "#stop")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('stop=3')")
    assert "run=2" in page.evaluate("location.hash")


def test_stop_shows_a_bend(toured):
    """A stop without one is of the feature space, all bent."""
    page = toured("[epoch 80, bend 0.25] x\n\n[epoch 90] y\n\n[bend 0] z", "#bend=0.5")
    for key, bend in (("]", 0.25), ("]", 1), ("]", 0), ("[", 1)):
        press(page, key)
        assert page.evaluate("page.state.bend") == bend


def test_part_that_is_shown_alone_stays_alone(visit, history):
    page = visit(page_of(history), "#only=feature&stop=2")
    press(page, "]")
    assert text(page, "#epoch") == "80" and not page.locator("#input").is_visible()
    assert not page.locator("#tour").is_visible()


# Everywhere -------------------------------------------------------------------------------------


def boxes(page, *selectors):
    found = [page.locator(one).bounding_box() for one in selectors]
    return [(b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]) for b in found]


def overlap(one, other):
    return (
        min(one[2], other[2]) - max(one[0], other[0])
        > 1
        < min(one[3], other[3]) - max(one[1], other[1])
    )


def test_card_covers_no_plot_on_a_projector_and_moves_nothing(visit, history):
    """Plots, card and time are in the window; from stop to stop nothing moves."""
    page = visit(page_of(history), **PROJECTOR)
    sizes = [box[2] - box[0] for box in boxes(page, "#input canvas", "#feature canvas")]
    places = []
    for _ in range(5):
        press(page, "]")
        *plots, card, time = boxes(page, "#input canvas", "#feature canvas", "#tour", "#time")
        assert not any(overlap(card, other) for other in (*plots, time))
        assert max(box[3] for box in (*plots, card, time)) <= 720
        places.append((card, time, *boxes(page, "#tour [data-do=stop][value='1']")))
    assert len(set(places)) == 1
    assert [box[2] - box[0] for box in plots] == sizes


def test_card_covers_no_plot_on_a_phone(visit, history):
    """The space that a stop names is seen whole, above the card, which is above the time."""
    page = visit(page_of(history, opens="feature"), **PHONE)
    for number, space in enumerate(("feature", "input", "feature", "feature", "feature"), 1):
        press(page, "]")
        plot, card, time = boxes(page, f"#{space} canvas", "#tour", "#time")
        assert (number, plot[1] >= 0, plot[3] <= card[1], card[3] <= time[1] + 1) == (
            number, True, True, True
        )  # fmt: skip
        assert time[3] <= 845
        buttons = page.locator("#tour button").all()
        assert all(one.bounding_box()["height"] >= 44 for one in buttons)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_nothing_plays_and_the_page_opens_without_the_tour(page):
    assert stop(page) is None
    press(page, "]")
    page.wait_for_timeout(300)
    assert (stop(page), text(page, "#epoch")) == ("1 of 5", "0")
    assert page.evaluate("page.state.playing") is False


def test_stops_and_answers_are_said(page):
    said = page.locator("#message")
    press(page, "]", "]")
    said.filter(has_text="Stop 2 of 5. A straight cut.").wait_for(state="attached")
    page.click("[data-do=answer]")
    said.filter(has_text="It has moved little").wait_for(state="attached")
    page.wait_for_timeout(500)  # the epoch is not said over it
    assert "It has moved little" in said.text_content()
    assert said.get_attribute("role") == "status"
    assert page.locator("header [data-do=tour]").get_attribute("aria-expanded") == "true"
    press(page, "t")
    said.filter(has_text="The tour is closed.").wait_for(state="attached")
    assert page.locator("header [data-do=tour]").get_attribute("aria-expanded") == "false"
    assert focused(page) == "tour"


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=str)
def test_axe_finds_no_fault_at_any_stop(visit, history, settings):
    page = visit(page_of(history), bypass_csp=True, **settings)
    for number in (2, 4, 5):  # those that ask
        page.evaluate("(number) => { location.hash = `#stop=${number}`; }", number)
        page.wait_for_function("(number) => page.state.stop === number", arg=number)
        settle(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.click("[data-do=answer]")
    settle(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
