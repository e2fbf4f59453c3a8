"""The diagram of the network and its tables: what stays while numbers change, and what is shown."""

import pytest
from conftest import trained
from helpers.arithmetic import plain
from helpers.pages import many_features, page_of, settle, show, text


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80, with a pinned point and the table of steps."""
    page = visit(page_of(history), "#epoch=80&point=7", viewport={"width": 1280, "height": 600})
    page.check("#backward")
    settle(page)
    return page


@pytest.fixture(scope="module")
def deep():
    return trained("circles", (8, 8, 8, 2), "tanh", 0.3, epochs=10)


MARK = """(selector) => document.querySelectorAll(selector)
    .forEach((one, k) => { one.mark = k; })"""
COUNT = """(selector) => [...document.querySelectorAll(selector)]
    .filter((one, k) => one.mark === k).length"""


def test_elements_stay_from_epoch_to_epoch(page):
    """And the numbers in them change."""
    parts = "#diagram *"
    page.evaluate(MARK, parts)
    count, before = page.evaluate(COUNT, parts), text(page, "#diagram")
    show(page, 81)
    assert page.evaluate(COUNT, parts) == page.locator(parts).count() == count > 80
    assert text(page, "#diagram") != before and "at epoch 81" in text(page, "#diagram")


def test_scroll_focus_and_selection_survive_an_epoch(visit):
    page = visit(page_of(many_features()), "#epoch=3&point=7")
    page.check("#backward")
    settle(page)
    cell = "#steps tbody tr:nth-child(5) td:nth-child(2)"
    for table in ("#steps .scroll", ".scroll:has(#features)"):
        page.locator(table).evaluate("(table) => { table.scrollTop = 99; table.focus(); }")
        assert page.locator(table).evaluate("(table) => table.scrollTop") == 99
        page.keyboard.press("ArrowRight")
        settle(page)
        assert page.locator(table).evaluate(
            "(table) => [table.scrollTop, table === document.activeElement]"
        ) == [99, True]
    assert text(page, "#epoch") == "5"
    for selector in (cell, "#features tbody tr:nth-child(3)"):
        page.evaluate(
            "(one) => getSelection().selectAllChildren(document.querySelector(one))", selector
        )
        before = page.evaluate("getSelection().toString()").strip()
        page.keyboard.press("ArrowRight")
        settle(page)
        after = page.evaluate("getSelection().toString()").strip()
        assert before and after == text(page, selector).strip()


@pytest.mark.parametrize("width", [1280, 900, 390])
def test_deep_network_stays_within_the_window(visit, deep, width):
    page = visit(page_of(deep), "#point=7", viewport={"width": width, "height": 800})
    page.check("#backward")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    right = page.locator("#diagram").bounding_box()
    for card in page.locator(".unit").all():
        box = card.bounding_box()
        assert box["x"] + box["width"] <= right["x"] + right["width"]
    assert page.locator("#diagram").evaluate("(one) => one.scrollWidth - one.clientWidth") == 0


def test_each_unit_of_a_deep_network_has_its_name(visit, deep):
    """In the diagram and in the table of parameters; each has its derivative."""
    page = visit(page_of(deep), "#point=7")
    page.check("#backward")
    settle(page)
    cards = [plain(card) for card in page.locator(".unit").all_inner_texts()]
    names = [card.split(" = ")[0] for card in cards]
    assert len(names) == len(set(names)) == 2 + 8 + 8 + 8 + 2 + 1
    assert names[2] == "h₁⁽¹⁾" and names[18] == "h₁⁽³⁾" and names[26] == "h₁⁽⁴⁾"
    assert all("∂loss/∂z" in card for card in cards[2:])
    rows = page.locator("#steps tbody th").all_inner_texts()
    assert len(rows) == len(set(rows)) == 60
    assert rows[0] == "x₁ → h₁⁽¹⁾" and rows[24] == "h₁⁽¹⁾ → h₁⁽²⁾"


def test_unit_that_is_looked_at_keeps_its_formula_from_epoch_to_epoch(visit, deep):
    """Its numbers are those of the epoch; the keyboard reaches it."""
    page = visit(page_of(deep), "#epoch=3&point=7")
    assert "Point at a unit" in text(page, "#formula")
    page.locator("[data-layer='2'][data-unit='4']").focus()
    settle(page)
    before = plain(text(page, "#formula"))
    assert before.startswith("h₅⁽²⁾ = ") and before.count("·") == 8
    page.keyboard.press("ArrowRight")
    settle(page)
    after = plain(text(page, "#formula"))
    assert after.startswith("h₅⁽²⁾ = ") and after != before


def test_small_network_has_no_unit_to_look_at(page):
    """All of its formulas stand in the diagram."""
    assert text(page, "#formula") == ""
    assert page.locator(".unit[tabindex]").count() == 0
