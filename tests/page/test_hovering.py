"""What pointing costs: nothing is evaluated but what is pointed at."""

import numpy as np
import pytest
from helpers.pages import images_of, page_of, pixel_of, settle, show, text

COUNT = """() => {
    const evaluate = page.network.forward;
    page.evaluations = 0;
    page.network.forward = function (...given) {
        page.evaluations++;
        return evaluate.apply(this, given);
    };
}"""


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80."""
    return visit(page_of(history), "#epoch=80&point=7")


def evaluations(page, act):
    """How often the network is evaluated while something is done."""
    before = page.evaluate("page.evaluations")
    act()
    settle(page)
    return page.evaluate("page.evaluations") - before


def test_pointing_evaluates_only_what_is_pointed_at(page):
    """In feature space first a mesh, too, in which its place in the input space is found."""
    page.mouse.move(*pixel_of(page, "feature", (0.5, 0.5)))
    settle(page)
    page.evaluate(COUNT)
    for space in ("input", "feature"):
        places = [pixel_of(page, space, (0.1 + share, 0.6)) for share in np.linspace(0, 0.5, 20)]
        for place in places:
            assert evaluations(page, lambda place=place: page.mouse.move(*place)) < 20
    assert evaluations(page, lambda: page.keyboard.press("ArrowRight")) > 2000


def test_selecting_evaluates_no_scene(page):
    page.evaluate(COUNT)
    page.mouse.move(*pixel_of(page, "input", (-0.5, -0.6)))
    page.mouse.down()
    selecting = evaluations(
        page, lambda: page.mouse.move(*pixel_of(page, "input", (0.5, -0.1)), steps=8)
    )
    page.mouse.up()
    assert selecting < 100 < sum(page.evaluate("[...page.state.chosen]"))


def test_whatever_changes_a_picture_is_drawn(page):
    """At once, and going back shows what was there before."""
    first = pixels(page)
    for there, back in (
        (lambda: show(page, 81), lambda: show(page, 80)),
        (lambda: page.keyboard.press("+"), lambda: page.keyboard.press("0")),
        (lambda: page.check("#accessible"), lambda: page.uncheck("#accessible")),
        (lambda: page.check("#errors"), lambda: page.uncheck("#errors")),
        (
            lambda: page.emulate_media(color_scheme="dark"),
            lambda: page.emulate_media(color_scheme="light"),
        ),
        (
            lambda: page.set_viewport_size({"width": 900, "height": 800}),
            lambda: page.set_viewport_size({"width": 1280, "height": 800}),
        ),
    ):
        there()
        settle(page)
        assert pixels(page) != first
        back()
        settle(page)
        assert pixels(page) == first


def pixels(page):
    """What is drawn of the input space."""
    return page.evaluate("page.spaces[0].canvas.toDataURL()")


def test_hovering_leaves_the_table_alone(page):
    """Where it was scrolled to, and what was focused in it, stays."""
    page.check("#backward")
    settle(page)
    page.evaluate(
        """() => {
            page.table = document.querySelector("#diagram table");
            document.querySelector("#diagram .scroll").focus();
            scrollTo(0, 0);
        }"""
    )
    page.mouse.move(*pixel_of(page, "input", (0.3, 0.4)))
    settle(page)
    assert page.evaluate("page.state.hover")
    assert page.evaluate("page.table.isConnected && document.activeElement.className") == "scroll"


def test_large_network_is_pointed_at_as_easily(visit):
    import torch

    import common

    dataset = common.load_dataset("moons", points=100)
    torch.manual_seed(41)
    network = common.make_network(dataset, (60, 2))
    history = common.train(network, dataset, epochs=5, learning_rate=0.1)
    page = visit(page_of(history), "#point=7")
    page.evaluate(COUNT)
    there, beside = (pixel_of(page, "feature", images_of(page, "feature")[k]) for k in (20, 21))
    assert evaluations(page, lambda: page.mouse.move(*beside)) < 2000
    assert evaluations(page, lambda: page.mouse.move(*there)) < 20
    assert "P = " in text(page, "#readout")
