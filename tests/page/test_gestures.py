"""Wheel and fingers over a space: they scroll the page, unless they clearly mean the space."""

import numpy as np
import pytest
from helpers.pages import images_of, page_of, pixel_of, settle, text

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80."""
    return visit(page_of(history), "#epoch=80")


@pytest.fixture
def phone(visit, history):
    """The same on a phone, with the input space in the middle of the window."""
    page = visit(page_of(history), "#epoch=80", **PHONE)
    page.locator("#input").scroll_into_view_if_needed()
    return page


class Finger:
    """A finger on the screen of a Playwright page."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)

    def touch(self, kind, *places):
        places = [{"x": float(x), "y": float(y)} for x, y in places]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    def drag(self, start, end, rest=0):
        """Rest at a place for some milliseconds, and go to another one."""
        self.touch("touchStart", start)
        self.page.wait_for_timeout(rest)
        for share in np.linspace(0.05, 1, 12):
            self.touch("touchMove", start + share * np.subtract(end, start))
            self.page.wait_for_timeout(16)
        self.touch("touchEnd")
        settle(self.page)


def view(page, space):
    return page.evaluate("(k) => page.spaces[k].view", space)


def zoom(page, place, space, turns):
    """Turn the wheel with Ctrl held, over a place of a space."""
    page.mouse.move(*pixel_of(page, space, place))
    page.keyboard.down("Control")
    for _ in range(turns):
        page.mouse.wheel(0, -120)
        settle(page)
    page.keyboard.up("Control")


def share_of(page, k, place):
    """Where a place stands in what is shown of a space, as shares of its width and height."""
    left, bottom, right, top = view(page, k)
    return (place[0] - left) / (right - left), (place[1] - bottom) / (top - bottom)


def test_wheel_scrolls_the_page_and_says_once_how_to_zoom(page):
    for space in ("input", "feature"):
        page.evaluate("scrollTo(0, 0)")
        page.mouse.move(*pixel_of(page, space, (0.5, 0.5)))
        page.mouse.wheel(0, 200)
        page.wait_for_function("() => scrollY >= 100")
        assert not page.evaluate("page.spaces.some((space) => space.isZoomed)")
        hint = text(page, "#message")
        assert ("Ctrl" in hint) == (space == "input")
        page.keyboard.press("ArrowLeft")  # clears the message


def test_wheel_with_ctrl_zooms_at_the_pointer_and_double_click_resets(page):
    place = (0.5, 0.75)
    for k, space in enumerate(("input", "feature")):
        whole, start = view(page, k), share_of(page, k, place)
        zoom(page, place, space, 5)
        left, _, right, _ = view(page, k)
        assert 0.1 < (right - left) / (whole[2] - whole[0]) < 0.5
        np.testing.assert_allclose(share_of(page, k, place), start, atol=0.01)
        assert page.evaluate("scrollY") == 0
        page.mouse.dblclick(*pixel_of(page, space, place))
        assert view(page, k) == whole
        assert page.evaluate("page.state.pinned") is None


def test_closest_zoom_stays_at_the_pointer(page):
    """However long the wheel is turned, the place under the pointer stays there."""
    there = "() => page.spaces[0].toPlace([300, 100])"
    place = page.evaluate(there)
    zoom(page, place, "input", 45)
    left, _, right, _ = view(page, 0)
    assert (right - left) / 2 < 2e-4
    np.testing.assert_allclose(page.evaluate(there), place, atol=1e-2 * (right - left))


def test_finger_that_scrolls_over_a_plot_selects_nothing(phone):
    before = phone.evaluate("scrollY")
    at_points = np.array(pixel_of(phone, "input", (-0.5, -0.25)))
    Finger(phone).drag(at_points, at_points - (10, 150))
    phone.wait_for_function("(before) => scrollY > before + 50", arg=before)
    x, y = pixel_of(phone, "input", (-0.5, -0.25))
    Finger(phone).drag((x - 10, y - 10), (x + 100, y + 10))  # the page does not scroll across
    assert phone.evaluate("page.state.chosen ?? page.state.brush ?? page.state.pinned") is None


def test_finger_that_rests_selects(phone):
    """The page does not scroll then."""
    before = phone.evaluate("scrollY")
    low, high = (-0.5, -0.6), (0.5, -0.1)
    ends = [np.array(pixel_of(phone, "input", place)) for place in (low, high)]
    Finger(phone).drag(*ends, rest=700)
    images = images_of(phone, "input")
    inside = ((images > low) & (images < high)).all(axis=1)
    assert np.mean(inside == phone.evaluate("[...page.state.chosen]")) > 0.99
    assert phone.evaluate("scrollY") == before
    assert not phone.locator(".brush").count()


def test_pinch_zooms_and_selects_nothing(phone):
    x, y = pixel_of(phone, "input", (0, 0))
    finger = Finger(phone)
    finger.touch("touchStart", (x - 30, y), (x + 30, y))
    for reach in (40, 60, 80, 90):
        finger.touch("touchMove", (x - reach, y), (x + reach, y))
    finger.touch("touchEnd")
    phone.wait_for_function("() => page.spaces[0].isZoomed")
    left, _, right, _ = view(phone, 0)
    assert 0.2 < (right - left) / 2 < 0.6
    assert phone.evaluate("page.state.pinned ?? page.state.chosen") is None


def test_tap_pins(phone, history):
    phone.touchscreen.tap(*pixel_of(phone, "input", history.dataset.X[7].tolist()))
    settle(phone)
    assert "P = " in text(phone, "#readout")
    assert phone.locator("#diagram").is_visible()
