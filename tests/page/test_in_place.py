"""Where things stand: plots on one line, nothing that moves, a strip that leaves room."""

import numpy as np
import pytest
from helpers.pages import page_of, settle, show, text

SIZES = {
    "projector": {"viewport": {"width": 1280, "height": 720}},
    "notebook": {"viewport": {"width": 900, "height": 700}},
    "twice as large": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
    "small phone": {"viewport": {"width": 375, "height": 553}, "device_scale_factor": 2},
}
STANDS = ("#input .plot", "#feature .plot", "#readout", "#time", "#numbers span", "#below")
EPOCHS = (0, 9, 30, 99, 100, 200)
MOST_OF_WINDOW = 0.27  # that the strip may cover


@pytest.fixture(params=SIZES.values(), ids=SIZES.keys())
def sized(request, visit, history):
    """The page of the default run, in windows of several sizes."""
    return visit(page_of(history), "#epoch=80&point=7", **request.param)


def boxes(page):
    """Where everything stands in the document: left, top, width and height."""
    script = """(selectors) => selectors.flatMap((one) => [...document.querySelectorAll(one)])
        .map((element) => {
            const { left, top, width, height } = element.getBoundingClientRect();
            return [left, top, width, height];
        })"""
    return page.evaluate(script, STANDS)


def test_nothing_moves_while_the_epoch_changes(sized):
    """Only the diagram may become higher: its formulas keep the room of the longest."""
    settle(sized)
    first, heights = boxes(sized), []
    for epoch in EPOCHS:
        show(sized, epoch)
        *others, below = boxes(sized)
        heights.append(below.pop())
        expected = [*first[:-1], first[-1][:3]]
        for found, stood in zip([*others, below], expected, strict=True):
            np.testing.assert_allclose(found, stood, atol=0.5, err_msg=f"epoch {epoch}")
    assert heights == sorted(heights)
    for epoch in EPOCHS:
        show(sized, epoch)
        assert boxes(sized)[-1][-1] == heights[-1]


def test_plots_stand_on_one_line(sized):
    one, other = (sized.locator(f"#{name} .plot").bounding_box() for name in ("input", "feature"))
    assert one["height"] == other["height"]
    assert one["y"] == other["y"] or one["x"] == other["x"]


def test_titles_are_not_cut(sized):
    for name in ("input", "feature"):
        cut = "({ scrollWidth, clientWidth }) => scrollWidth - clientWidth"
        assert sized.locator(f"#{name} h2").evaluate(cut) <= 0
        assert text(sized, f"#{name} h2") == f"{name.capitalize()} space at epoch 80"


def test_strip_leaves_room_for_what_it_steers(sized):
    strip = sized.locator("#time").bounding_box()
    assert strip["height"] <= MOST_OF_WINDOW * sized.viewport_size["height"]
    assert sized.evaluate("document.documentElement.scrollWidth") == sized.viewport_size["width"]


def test_notebook_opens_with_plots_and_slider_in_view(visit, history):
    page = visit(page_of(history), **SIZES["notebook"])
    words, strip = (page.locator(name).bounding_box() for name in ("#pick", "#time"))
    assert words["y"] + words["height"] < strip["y"] < strip["y"] + strip["height"] <= 700


def test_words_below_the_plots_move_what_follows_once_at_most(visit, history):
    """At epoch 79 a point is misclassified, at others it is right: a longer line stays."""
    page = visit(page_of(history), "#epoch=200&point=7", **SIZES["phone"])
    tops = set()
    for epoch in (0, 200, 0, 200):
        show(page, epoch)
        tops.add(page.locator("#below").bounding_box()["y"])
    assert len(tops) <= 2 and page.locator("#below").bounding_box()["y"] == max(tops)
