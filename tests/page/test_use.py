"""The page in use: slider, keys, pointing, pinning, brushing, zooming, the link, and pictures."""

import re

import numpy as np
import pytest
from helpers.pages import images_of, page_of, pixel_of, scene, settle, show, text
from PIL import Image


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80."""
    return visit(page_of(history), "#epoch=80")


def state(page, name):
    """A part of the page's state."""
    return page.evaluate("(name) => page.state[name]", name)


def view(page, space):
    """The rectangle that a space shows: 0 is the input space, 1 the feature space."""
    return page.evaluate("(k) => page.spaces[k].view", space)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def image_of(page, point, space="feature"):
    """Where a point is in a space."""
    return images_of(page, space)[point]


def test_page_tells_epoch_loss_and_accuracy(page, history):
    assert text(page, "#numbers").split() == [
        *["Epoch", "80", "of", "200", "loss"], f"{history.loss[80]:.4f}",
        "accuracy", *f"{100 * history.accuracy[80]:.2f} %".split(),
    ]  # fmt: skip
    assert text(page, "#input h2") == "Input space at epoch 80"
    assert page.title() == "A 2-2-1 network learns datasets.txt"


def test_slider_is_dragged(page):
    box = page.locator("#slider").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8 + 0.4 * (box["width"] - 16), middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
    page.mouse.up()
    settle(page)
    assert state(page, "index") == 100
    assert text(page, "#epoch") == "100"
    page.mouse.click(box["x"] + box["width"] - 9, middle - 30)
    settle(page)
    assert text(page, "#epoch") == "200"


def test_strip_and_slider_stand_one_above_the_other(page):
    """The thumb of the slider is below the tips of the curves."""
    for index in (0, 50, 200):
        box = page.locator("#slider").bounding_box()
        show(page, index)
        tips = [page.locator(f"#{name}-tip").bounding_box() for name in ("loss", "accuracy")]
        thumb = box["x"] + 8 + index / 200 * (box["width"] - 16)
        assert all(abs(tip["x"] + tip["width"] / 2 - thumb) < 2 for tip in tips)


def test_keys_of_epochs(page):
    for key, epoch in (
        ("ArrowRight", 81), ("ArrowLeft", 80), ("Shift+ArrowRight", 90), ("Shift+ArrowLeft", 80),
        ("Home", 0), ("ArrowLeft", 0), ("End", 200), ("ArrowRight", 200),
    ):  # fmt: skip
        press(page, key)
        assert (key, text(page, "#epoch")) == (key, str(epoch))
    page.focus("#slider")
    press(page, "ArrowLeft", "Shift+ArrowLeft")
    assert text(page, "#epoch") == "189"


def test_buttons_of_epochs(page):
    for action, value, epoch in (
        ("step", 1, 81),
        ("step", -1, 80),
        ("go", 0, 0),
        ("go", "Infinity", 200),
    ):
        page.click(f"[data-do={action}][value='{value}']")
        settle(page)
        assert text(page, "#epoch") == str(epoch)


def test_play_and_pause(page):
    assert state(page, "playing") is False
    page.select_option("#speed", "0.5")
    press(page, "Space")
    page.wait_for_function("() => page.state.index > 82")
    assert text(page, "#play") == "Pause"
    press(page, "Space")
    assert state(page, "playing") is False and 82 < state(page, "index") < 200
    show(page, 198)
    page.click("#play")
    page.wait_for_function("() => !page.state.playing")
    settle(page)
    assert text(page, "#epoch") == "200" and text(page, "#play") == "Play"
    page.click("#play")
    page.wait_for_function("() => page.state.index < 150 && page.state.index > 0")
    page.keyboard.press("Space")  # on the button, which is focused


def test_pointing_at_a_point_marks_it_in_both_spaces(page, exact, history):
    for space in ("input", "feature"):
        place = image_of(page, 7, space)
        page.mouse.move(*pixel_of(page, space, place))
        settle(page)
        (n,) = state(page, "hover").values()
        P = exact(80)[0]
        np.testing.assert_allclose(image_of(page, n, space), place, atol=0.02)
        assert f"P = {P[n]:.4f}" in text(page, "#readout")
        assert f"Point {n + 1}, class {int(history.dataset.y[n])}" in text(page, "#readout")
        for other in ("input", "feature"):
            assert marked(page, other, image_of(page, n, other))
    page.mouse.move(5, 5)
    settle(page)
    assert state(page, "hover") is None
    assert not marked(page, "input", image_of(page, n, "input"))


def marked(page, space, place):
    """Whether a mark stands at a place of a space."""
    x, y = pixel_of(page, space, place)
    boxes = [mark.bounding_box() for mark in page.locator(f"#{space} .mark").all()]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    return any(np.hypot(left - x, top - y) < 1 for left, top in middles)


def test_any_place_of_the_input_space_can_be_pinned(page, weights):
    from helpers import formulas

    place = np.array([[0.5, 0.9]])
    page.mouse.click(*pixel_of(page, "input", place[0]))
    page.mouse.move(5, 5)
    settle(page)
    x = np.array([state(page, "pinned")["place"]])
    np.testing.assert_allclose(x, place, atol=0.01)
    assert f"P = {formulas.probability(weights(80), x).item():.4f}" in text(page, "#readout")
    assert marked(page, "feature", formulas.hidden_layer(weights(80), x)[0].tolist())
    assert text(page, "#picked") == "A place at epoch 80"
    assert len(page.locator(".unit").all()) == 5
    assert page.locator("#backward").is_disabled()


def test_pin_follows_the_epochs_and_esc_lets_go(page):
    page.mouse.click(*pixel_of(page, "feature", image_of(page, 7)))
    pinned = state(page, "pinned")["point"]
    page.mouse.move(5, 5)
    assert text(page, "#picked").endswith("at epoch 80")
    press(page, "ArrowRight")
    assert text(page, "#picked").endswith("at epoch 81")
    assert marked(page, "feature", image_of(page, pinned))
    press(page, "Escape")
    assert state(page, "pinned") is None
    assert text(page, "#picked") == "No point is pinned"


def test_next_point_and_next_error(page, history, exact):
    press(page, "n")
    assert state(page, "pinned") == {"point": 0}
    press(page, "n", "n", "p")
    assert state(page, "pinned") == {"point": 1}
    P, _, labels = exact(80)
    wrong = np.nonzero((P >= 0.5) != labels)[0]
    press(page, "Escape", "e", "e", "e")
    assert state(page, "pinned") == {"point": int(wrong[2])}
    press(page, "Shift+E")
    assert state(page, "pinned") == {"point": int(wrong[1])}
    assert "misclassified" in text(page, "#readout")
    press(page, "End", "e")
    assert text(page, "#message") == "No point is misclassified at this epoch."


def test_errors_are_those_of_an_epoch_whose_frame_is_not_drawn_yet(page):
    """Both keys come between two frames."""
    told = page.evaluate(
        """() => {
            for (const key of ["End", "e"]) {
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            }
            return document.getElementById("message").textContent;
        }"""
    )
    assert told == "No point is misclassified at this epoch."
    assert state(page, "pinned") is None


@pytest.mark.parametrize("space", ["input", "feature"])
def test_dragging_selects_the_points_of_a_region(page, space):
    """In the space in which it is drawn; the selection stays when the epoch changes."""
    low, high = {"input": ((-0.5, -0.6), (0.5, -0.1)), "feature": ((0.5, 0.1), (0.9, 0.5))}[space]
    page.mouse.move(*pixel_of(page, space, low))
    page.mouse.down()
    page.mouse.move(*pixel_of(page, space, high), steps=4)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    chosen = list(state(page, "chosen"))
    images = images_of(page, space)
    inside = ((images > low) & (images < high)).all(axis=1)
    assert np.mean(inside == np.array(chosen, bool)) > 0.99
    assert re.match(
        rf"{sum(chosen)} points selected \(class 0: \d+, class 1: ", text(page, "#readout")
    )
    press(page, "ArrowRight")
    assert list(state(page, "chosen")) == chosen
    press(page, "Escape")
    assert state(page, "chosen") is None


def test_keys_and_buttons_zoom_and_move(page):
    whole = view(page, 1)
    page.click("#feature figcaption button:nth-child(3)")
    closer = view(page, 1)
    assert closer[2] - closer[0] == pytest.approx((whole[2] - whole[0]) / 1.5)
    press(page, "+")
    assert view(page, 1)[2] - view(page, 1)[0] < closer[2] - closer[0]
    for key, axis, way in (("d", 0, 1), ("a", 0, -1), ("w", 1, 1), ("s", 1, -1)):
        before = view(page, 1)
        press(page, key)
        assert np.sign(view(page, 1)[axis] - before[axis]) == way
    press(page, "-")
    page.click("#feature figcaption button:nth-child(1)")
    press(page, "0")
    assert view(page, 1) == whole
    assert view(page, 0) == [-1, -1, 1, 1]


def test_link_opens_the_same_view(page, visit, history):
    press(page, "n", "+")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('point=1')")
    before = state(page, "index"), state(page, "pinned"), view(page, 0)
    again = visit(page_of(history), page.evaluate("location.hash"))
    assert (state(again, "index"), state(again, "pinned")) == before[:2] == (80, {"point": 0})
    np.testing.assert_allclose(view(again, 0), before[2], atol=1e-6)
    broken = visit(page_of(history), "#epoch=x&point=99999&input=1,2&place=,")
    assert state(broken, "index") == 200 and state(broken, "pinned") is None


def test_pin_outside_what_is_shown_is_said(page, visit, history):
    there = visit(page_of(history), "#epoch=80&point=1&input=0.9,0.9,1,1")
    assert text(there, "#readout").endswith("outside what is shown of the input space")
    assert not there.locator("#input .mark").count() and there.locator("#feature .mark").count()
    press(there, "0")
    assert "outside" not in text(there, "#readout")


def test_pictures_are_saved(page, tmp_path):
    for kind in ("svg", "png"):
        with page.expect_download() as download:
            page.click(f"[data-do=save][value={kind}]")
        assert download.value.suggested_filename == f"epoch_80.{kind}"
        download.value.save_as(tmp_path / f"picture.{kind}")
    with Image.open(tmp_path / "picture.png") as image:
        width, height = image.size
        colors = {color for _, color in image.convert("RGB").getcolors(2**24)}
    assert width > 1.9 * height / 2 and {(0, 0, 255), (255, 0, 0), (224, 254, 224)} <= colors
    drawing = (tmp_path / "picture.svg").read_text()
    assert drawing.startswith("<svg") and drawing.count("<path") > 10
    assert "Epoch 80: loss" in drawing and "NaN" not in drawing


def test_palette_and_rings_are_switches(page):
    colors = (
        "() => [...document.querySelectorAll('#legend path')].map((p) => p.getAttribute('fill'))"
    )
    assert page.evaluate(colors)[:4] == ["#E0FEE0", "#0000FF", "#F5E3F5", "#FF0000"]
    page.check("#accessible")
    settle(page)
    assert page.evaluate(colors)[:4] == ["#DCE9F7", "#0055AA", "#FDE8D3", "#C85200"]
    before = page.screenshot()
    page.check("#errors")
    settle(page)
    assert page.screenshot() != before


def test_keys_are_listed(page):
    press(page, "?")
    assert page.locator("#help").is_visible()
    press(page, "n")
    assert state(page, "pinned") is None
    for key in ("Escape", "?"):
        press(page, key)
        assert not page.locator("#help").is_visible()
        press(page, "?")
        assert page.locator("#help").is_visible()


def test_live_region_tells_the_epoch_when_paused(page):
    press(page, "ArrowRight")
    page.locator("#message", has_text="Epoch 81: loss 0.3").wait_for(state="attached")


def test_grid_of_a_zoomed_feature_space_is_smooth(page):
    page.evaluate("() => { page.spaces[1].view = [0, 0.9, 0.1, 1]; page.go(200); }")
    settle(page)
    for line in scene(page, "feature")["grid"]:
        seen = ((line > (0, 0.9)) & (line < (0.1, 1))).all(axis=1)
        if seen.sum() > 2:
            turns = np.diff(np.unwrap(np.arctan2(*np.diff(line[seen], axis=0).T)))
            assert np.abs(turns).max() < 0.5
