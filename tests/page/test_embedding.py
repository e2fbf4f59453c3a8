"""A part of the page alone, for slides and sites, and a title of one's own."""

import re

import pytest
from helpers.pages import page_of, settle, text
from helpers.scripts import assert_one_line, runner

from torchreplay.replay.replay import Replay

FRAMES = ((640, 560), (1280, 720), (390, 500))
OTHERS = ("h1", "#legend", "#readout", "#picked", "#look", ".group button[data-do=zoom]")
TITLE = "Wie & <b>warum</b> es “lernt”"


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


def seen(page, *selectors):
    """Those of some selectors of which something is seen."""
    return [one for one in selectors if page.locator(one).locator("visible=true").count()]


@pytest.mark.parametrize("size", FRAMES, ids=str)
@pytest.mark.parametrize("only", ["input", "feature", "loss"])
def test_part_alone_fills_its_frame(visit, history, only, size):
    viewport = dict(zip(("width", "height"), size, strict=True))
    page = visit(page_of(history), f"#only={only}&epoch=80&point=7", viewport=viewport)
    settle(page)
    parts = ("#input .plot", "#feature .plot", "#play", "#slider")
    shown = [part for part in parts if only in part or not part.endswith(".plot")]
    assert seen(page, *parts, *OTHERS) == shown
    assert text(page, "#epoch") == "80"
    page.keyboard.press("Space")
    page.wait_for_function("() => page.state.index > 80")
    page.keyboard.press("Space")
    root = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(root) == [*size]
    if only != "loss":
        assert page.locator(f"#{only} .mark").count() == 1
        page.keyboard.press("+")
        assert page.evaluate("page.spaces.map((space) => space.isZoomed)") == [
            only == "input",
            only == "feature",
        ]


def test_part_is_drawn_when_all_is_shown_again(visit, history):
    page = visit(page_of(history), "#only=loss&epoch=80")
    page.evaluate("location.hash = '#epoch=80'")
    page.locator("h1").wait_for()
    settle(page)
    assert seen(page, *OTHERS) == [*OTHERS]
    empty = """() => page.spaces.map((space) => {
        const { data } = space.pen.getImageData(0, 0, space.canvas.width, space.canvas.height);
        return data.every((value) => value === 0);
    })"""
    assert page.evaluate(empty) == [False, False]


def test_unknown_part_shows_all(visit, history):
    page = visit(page_of(history), "#only=elsewhere")
    settle(page)
    assert seen(page, *OTHERS) == [*OTHERS]


def test_title_of_ones_own_is_text(visit, history):
    page = visit(Replay(history).to_html(title=f" {TITLE} "))
    assert page.title() == text(page, "h1") == TITLE
    assert page.locator("h1 b").count() == 0


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("", "the title is '': give a text of 1 to 120 characters"),
        ("  ", "give a text of 1 to 120 characters"),
        ("a" * 121, "give a text of 1 to 120 characters"),
        (7, "the title is 7: give a text of 1 to 120 characters"),
        ("two\nlines", "leave out what is not seen"),
        ("\x1b[31mred", "leave out what is not seen"),
        ("half \ud83d", "leave out what is not seen"),
    ],
)
def test_title_that_is_no_line_of_text_is_refused(history, title, fault):
    with pytest.raises(ValueError, match=re.escape(fault)) as error:
        Replay(history).to_html(title=title)
    assert str(error.value).isprintable() and len(str(error.value)) < 120


def test_title_is_an_option(run, tmp_path):
    quick = ("--epochs", "2", "--size", "240", "--output-dir", tmp_path)
    code, _, errors = run("input_space", "--format", "html", "--title", TITLE, *quick)
    assert (code, errors) == (0, ["training.html is the same with or without --size"])
    assert "<title>Wie &amp; &lt;b&gt;warum" in (tmp_path / "training.html").read_text()
    for words, fault in (
        (("--title", TITLE), "--title is for --format html"),
        (("--format", "html", "--title", "a\tb"), "--title: the title is 'a\\tb': leave out"),
        (("--format", "html", "--title", ""), "--title: the title is '': give a text"),
    ):
        code, _, errors = run("input_space", *words, *quick)
        assert code == 2
        assert_one_line(errors, fault)


def test_page_without_a_title_says_what_is_learned(history):
    assert "<title>A 2-2-1 network learns datasets.txt</title>" in page_of(history)
