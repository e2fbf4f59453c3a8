"""The page in a real browser: one browser and few windows for each worker."""

import hashlib
import json
import os
import re
import shutil

import pytest

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
# The script of a page is unpacked, and has run.
READY = "() => window.page || !document.getElementById('packed')"
BLANK = "about:blank"
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


# Values as text: Playwright's own way takes milliseconds for each thousand numbers, on each side.
AS_TEXT = """async (text) => {
    let found = (%s
    );
    if (typeof found === "function") found = found(JSON.parse(text));
    const write = (_, value) => {
        if (ArrayBuffer.isView(value)) return Array.from(value);
        return typeof value !== "number" || Number.isFinite(value) ? value : `\\0${value}`;
    };
    return JSON.stringify(await found, write);
}"""
VALUE = re.compile(r"\s*(async |\(|\[|\w+ =>)")  # a function or a list, no script of a library
INFINITE = re.compile(r'"\\u0000(NaN|-?Infinity)"')


def quicken(page):
    """Let `evaluate` of a Playwright page hand over lists, and what functions return, as text.

    They hold what JSON has, and numbers that are not finite.
    """
    evaluate = page.evaluate

    def quick(script, argument=None):
        if not VALUE.match(script):
            return evaluate(script, argument)
        try:
            text = json.dumps(argument, allow_nan=False)
        except (TypeError, ValueError):  # handles of elements
            return evaluate(script, argument)
        found = evaluate(AS_TEXT % script, text)
        return None if found is None else json.loads(INFINITE.sub(r"\1", found))

    page.evaluate = quick


class Windows:
    """Windows of a browser, one for each kind of settings, and the faults seen in them."""

    def __init__(self, browser, folder):
        self.browser, self.folder = browser, folder
        self.pages, self.faults, self.visits = {}, [], 0

    def visit(self, document, fragment="", **settings):
        """Open a document anew: a Playwright page."""
        settings = {"viewport": {"width": 1280, "height": 800}, **settings}
        page = self.pages.get(repr(settings)) or self._open(settings)
        path = self.folder / f"{hashlib.sha256(document.encode()).hexdigest()}.html"
        path.write_text(document, encoding="utf-8")
        self.visits += 1
        page.mouse.move(0, 0)
        page.goto(f"{path.as_uri()}?{self.visits}{fragment}")
        if settings.get("java_script_enabled", True):
            page.wait_for_function(READY)
        return page

    def rest(self):
        """Leave the pages of the windows, which may play or train on."""
        for page in self.pages.values():
            if page.url != BLANK:
                page.goto(BLANK)

    def _open(self, settings):
        page = self.browser.new_context(**settings).new_page()
        page.set_default_timeout(60_000)
        quicken(page)
        page.on("request", lambda request: self._note(request.url))
        page.on("console", lambda told: told.type == "error" and self.faults.append(told.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.pages[repr(settings)] = page
        return page

    def _note(self, url):
        if not url.startswith((BLANK, "blob:", self.folder.as_uri())):
            self.faults.append(url)


@pytest.fixture(scope="session")
def windows(browser, tmp_path_factory):
    return Windows(browser, tmp_path_factory.mktemp("pages"))


@pytest.fixture
def visit(windows):
    """Opens a document in a window, which is one for all tests of the same settings.

    At the end no request but for the document may have been made, and no error told.
    """
    windows.faults.clear()
    yield windows.visit
    windows.rest()
    assert windows.faults == []
