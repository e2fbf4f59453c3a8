"""The page in a real browser: one browser for each worker, and a page for each test."""

import os
import shutil

import pytest

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
MISSING = "no browser: apt-get install chromium-headless-shell"


def find_browser():
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by Playwright; without it tests are skipped, but fail where CI is set."""
    program = find_browser()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Opens a document in a window of its own: a Playwright page.

    At the end no request but for the document may have been made, and no error told.
    """
    contexts, faults = [], []

    def note_request(request):
        if request.url.partition("#")[0] != (tmp_path / "training.html").as_uri():
            faults.append(request.url)

    def open_document(document, fragment="", **settings):
        settings = {"viewport": {"width": 1280, "height": 800}, **settings}
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("request", note_request)
        page.on("console", lambda told: told.type == "error" and faults.append(told.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        path = tmp_path / "training.html"
        path.write_text(document, encoding="utf-8")
        page.goto(path.as_uri() + fragment)
        return page

    yield open_document
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not fault.startswith("blob:")] == []
