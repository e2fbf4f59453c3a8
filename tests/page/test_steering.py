"""What stops the playing, what the address says, and what is let go of first."""

import html

import pytest
from helpers.pages import page_of, pixel_of, settle, text


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80."""
    return visit(page_of(history), "#epoch=80")


def play(page):
    """Play slowly, until the epoch has changed."""
    before = page.evaluate("page.state.index")
    page.select_option("#speed", "0.25")
    page.click("#play")
    page.wait_for_function("(before) => page.state.index > before", arg=before)


def assert_stays(page, epoch):
    settle(page)
    assert text(page, "#play") == "Play" and text(page, "#epoch") == str(epoch)
    page.wait_for_timeout(300)  # longer than an epoch at a quarter of the speed
    assert text(page, "#epoch") == str(epoch)


def test_going_to_an_epoch_stops_the_playing(page):
    for way, epoch in (
        (lambda: page.click("header [data-do=tour]"), 0),
        (lambda: page.keyboard.press("Home"), 0),
        (lambda: page.evaluate("location.hash = '#epoch=132'"), 132),
    ):
        play(page)
        way()
        page.wait_for_function("() => !page.state.playing")
        assert_stays(page, epoch)


def test_holding_the_thumb_stops_the_playing(page):
    play(page)
    index = page.evaluate("page.state.index")
    box = page.locator("#slider").bounding_box()
    page.mouse.move(box["x"] + 8 + index / 200 * (box["width"] - 16), box["y"] + 40)
    page.mouse.down()
    page.wait_for_function("() => !page.state.playing")
    held = page.evaluate("page.state.index")
    assert_stays(page, held)
    page.mouse.up()


def test_address_is_the_whole_state(page):
    """A link that is followed on an open page leaves nothing of what was shown before."""
    page.evaluate("location.hash = '#epoch=45&point=7&feature=0,0,0.5,0.5'")
    page.wait_for_function("() => page.spaces[1].isZoomed && page.state.pinned")
    box = [pixel_of(page, "input", place) for place in ((-0.5, -0.6), (0.5, -0.1))]
    page.mouse.move(*box[0])
    page.mouse.down()
    page.mouse.move(*box[1], steps=3)
    page.mouse.up()
    page.evaluate("location.hash = '#input=0,0,0.5,0.5'")
    page.wait_for_function("() => page.spaces[0].isZoomed")
    settle(page)
    assert text(page, "#epoch") == "200"
    assert page.evaluate("page.state.pinned ?? page.state.chosen") is None
    assert page.evaluate("page.spaces[1].view") == [0, 0, 1, 1]
    assert text(page, "#picked") == "No point is pinned"
    page.evaluate("location.hash = ''")
    page.wait_for_function("() => !page.spaces[0].isZoomed")


def test_page_in_a_frame_offers_no_link(visit, history):
    """The address bar has that of the host, and in this frame so has the page."""
    page = visit(
        f"""<!doctype html><iframe></iframe><textarea>{html.escape(page_of(history))}</textarea>
        <script>
            const inside = frames[0].document;
            inside.write(document.querySelector("textarea").value);
            inside.close();
        </script>"""
    )
    frame = page.frame_locator("iframe")
    frame.locator("#epoch", has_text="200").wait_for()
    assert frame.locator("[data-do=save][value=svg]").is_visible()
    assert not frame.locator("[data-do=link]").is_visible()


def select(page):
    """Drag over a region of the input space, and leave it: how many points are selected."""
    page.mouse.move(*pixel_of(page, "input", (-0.5, -0.6)))
    page.mouse.down()
    page.mouse.move(*pixel_of(page, "input", (0.5, -0.1)), steps=3)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    return sum(page.evaluate("[...page.state.chosen]"))


def test_pin_and_selection_are_both_said(page):
    page.keyboard.press("n")
    count = select(page)
    assert count > 100
    assert text(page, "#readout").startswith("Point 1, class 0 · ")
    assert f"{count} points selected, 0 of them misclassified" in text(page, "#readout")
    page.keyboard.press("End")
    settle(page)
    assert "0 of them misclassified" in text(page, "#readout")


@pytest.mark.parametrize("way", ["Escape", "Let go"])
def test_pin_is_let_go_of_first_then_the_selection(page, way):
    page.keyboard.press("n")
    count = select(page)

    def let_go():
        page.keyboard.press(way) if way == "Escape" else page.click("[data-do=free]")
        settle(page)

    let_go()
    assert page.evaluate("page.state.pinned") is None
    assert text(page, "#readout").startswith(f"{count} points selected (class 0: ")
    let_go()
    assert page.evaluate("page.state.chosen") is None
    assert text(page, "#readout").startswith("Point at a place")
