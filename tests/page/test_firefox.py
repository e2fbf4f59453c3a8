"""The main paths in Firefox, as a second browser: open, drag, keys, pin, zoom, print, touch."""

import re

import numpy as np
import pytest
from helpers import formulas
from helpers.pages import page_of

SPACE = "const space = page.spaces.find(({ name }) => name === arguments[0]);"


@pytest.fixture
def page(firefox, history):
    """The page of the default run, at epoch 80."""
    firefox.visit(page_of(history), "#epoch=80")
    return firefox


def pixel_of(page, space, place):
    """Where a place of a space is in the window."""
    script = f"""{SPACE}
        const {{ left, top }} = space.canvas.getBoundingClientRect();
        const [x, y] = space.toPixels(arguments[1]);
        return [left + x, top + y];"""
    return page.run(script, space, list(map(float, place)))


def box_of(page, selector):
    """Left, top, width and height of an element in the window."""
    script = """const { left, top, width, height } =
        document.querySelector(arguments[0]).getBoundingClientRect();
        return [left, top, width, height];"""
    return page.run(script, selector)


def state(page, name):
    return page.run("return page.state[arguments[0]]", name)


def test_page_opens(page, history):
    expected = f"Epoch 80 of 200 loss {history.loss[80]:.4f} accuracy"
    assert page.text("#numbers").replace("\n", " ").startswith(expected)
    colors = """return page.spaces.map(({ pen, canvas }) => {
        const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, k) => k % 4 === 2 && value > 200 && data[k - 1] < 50).length;
    })"""
    assert min(page.run(colors)) > 500  # of the blue points


def test_plots_stand_on_one_line_and_nothing_moves(page):
    places = [box_of(page, f"#{name} .plot") for name in ("input", "feature")]
    assert places[0][1] == places[1][1] and places[0][3] == places[1][3]
    cut = "return [...document.querySelectorAll('h2')].map((e) => e.scrollWidth - e.clientWidth)"
    assert max(page.run(cut)) <= 0
    strip = box_of(page, "#time")
    for key in ("Home", "End"):
        page.press(key)
        assert [box_of(page, f"#{name} .plot") for name in ("input", "feature")] == places
        assert box_of(page, "#time") == strip


def test_slider_is_dragged_and_stops_the_playing(page):
    left, top, width, height = box_of(page, "#slider")
    y = top + height / 2
    page.drag((left + 8 + 0.4 * (width - 16), y), (left + width / 2, y))
    assert state(page, "index") == 100
    page.press("Space")
    assert state(page, "playing")
    page.drag((left + 30, y))
    assert not state(page, "playing")


def test_keys(page):
    page.press("ArrowRight", "Shift+ArrowRight", "n", "n")
    assert page.text("#epoch") == "91"
    assert state(page, "pinned") == {"point": 1}
    assert page.text("#message").startswith("Point 2, class ")
    page.press("?")
    assert page.run("return document.getElementById('help').open")
    page.press("Escape", "Escape")
    assert state(page, "pinned") is None


def test_any_place_is_pinned_and_followed(page, weights):
    page.drag(pixel_of(page, "input", (0.5, 0.9)))
    page.hover((5, 5))
    x = np.array([state(page, "pinned")["place"]])
    np.testing.assert_allclose(x, [[0.5, 0.9]], atol=0.01)
    P = formulas.probability(weights(80), x).item()
    assert f"P = {P:.4f}" in page.text("#readout")
    image = formulas.hidden_layer(weights(80), x)[0]
    left, top, width, height = box_of(page, "#feature .mark")
    np.testing.assert_allclose(
        (left + width / 2, top + height / 2), pixel_of(page, "feature", image), atol=1
    )


def test_dragging_selects(page, history):
    low, high = (-0.5, -0.6), (0.5, -0.1)
    page.drag(pixel_of(page, "input", low), pixel_of(page, "input", high))
    inside = ((history.dataset.X.numpy() > low) & (history.dataset.X.numpy() < high)).all(axis=1)
    assert np.mean(inside == state(page, "chosen")) > 0.99
    assert re.match(r"\d+ points selected", page.text("#readout"))


def test_wheel_zooms_with_ctrl_alone(page):
    there = pixel_of(page, "input", (0.5, 0.75))
    page.turn(there, -300, "Control")
    left, _, right, _ = page.run("return page.spaces[0].view")
    assert right - left < 1.7 and page.run("return scrollY") == 0
    page.press("0")
    page.turn(there, 300)
    assert not page.run("return page.spaces[0].isZoomed")
    page.wait_for("return scrollY > 100")


def test_tabs_of_the_panel(page):
    for name, shown in (("surface", "#on-surface"), ("activations", "#cells .cell")):
        page.run(f"document.getElementById('tab-{name}').click()")
        page.settle()
        assert box_of(page, shown)[2] > 100
    page.press("ArrowLeft")
    assert page.text("#epoch") == "79"


def test_page_is_printed(page):
    page.press("n")
    assert page.printed().startswith(b"%PDF")
    page.settle()
    assert not page.run("return 'paper' in document.documentElement.dataset")
    assert box_of(page, "#play")[2] > 0


def test_finger_taps_and_selects_after_a_rest(page, history):
    x, y = pixel_of(page, "input", (-0.5, -0.6))
    page.drag((x, y), (x + 90, y - 60), pointer="touch")
    assert state(page, "chosen") is None
    page.drag((x, y), (x + 90, y - 60), rest=700, pointer="touch")
    assert sum(state(page, "chosen")) > 10
    page.drag(pixel_of(page, "input", history.dataset.X[6].tolist()), pointer="touch")
    assert "point" in state(page, "pinned")
