"""The diagram of the network and its tables: what stays while numbers change, and what is shown."""

import pytest
from helpers.pages import many_features, page_of, settle, show, text


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80, with a pinned point and the table of steps."""
    page = visit(page_of(history), "#epoch=80&point=7", viewport={"width": 1280, "height": 600})
    page.check("#backward")
    settle(page)
    return page


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
