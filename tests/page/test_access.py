"""The page for everyone: on paper, in forced colors, by ear, without scripts, with few keys."""

import numpy as np
import pytest
from helpers.pages import images_of, page_of, settle, text

LIGHTNESS = """() => page.spaces.map((space) => {
    const { data } = space.pen.getImageData(0, 0, space.canvas.width, space.canvas.height);
    const seen = data.filter((value, k) => k % 4 === 1 && data[k + 2]);
    return seen.reduce((sum, value) => sum + value, 0) / seen.length;
})"""
SEEN = """([selector, share]) => {
    const one = document.querySelector(selector).getBoundingClientRect();
    return [one.left + share * one.width, one.top + one.height / 2];
}"""


@pytest.fixture
def page(visit, history):
    """The page of the default run, at epoch 80, with a point pinned."""
    return visit(page_of(history), "#epoch=80&point=7")


def send(page, event):
    page.evaluate("(name) => { dispatchEvent(new Event(name)); }", event)


def mark_in_pixels(page, space):
    """Where the mark of a space stands, and where its point is drawn."""
    canvas = page.locator(f"#{space} canvas").bounding_box()
    mark = page.locator(f"#{space} .mark").bounding_box()
    script = """([name, place]) => {
        const space = page.spaces.find((one) => one.name === name);
        return [...space.toPixels(place)].map((v, k) => v / (k ? space.height : space.width));
    }"""
    shares = page.evaluate(script, [space, images_of(page, space)[6].tolist()])
    point = [canvas["x"] + shares[0] * canvas["width"], canvas["y"] + shares[1] * canvas["height"]]
    return [mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2], point


@pytest.mark.parametrize("space", ["input", "feature"])
def test_marks_stand_in_the_plot_at_any_size(page, space):
    """Also where the plot is made smaller than it was drawn, as in print."""
    settle(page)
    np.testing.assert_allclose(*mark_in_pixels(page, space), atol=1)
    page.evaluate("(id) => { document.querySelector(`#${id} .plot`).style.width = '40%'; }", space)
    np.testing.assert_allclose(*mark_in_pixels(page, space), atol=1)


def test_paper_is_white(visit, history):
    """In the moment before it is printed; afterwards the screen is dark again."""
    page = visit(page_of(history), "#epoch=80&point=7", color_scheme="dark")
    settle(page)
    dark, color = page.evaluate(LIGHTNESS), "getComputedStyle(document.body).color"
    ink = page.evaluate(color)
    send(page, "beforeprint")
    assert min(page.evaluate(LIGHTNESS)) > 190 > 90 > max(dark)
    assert page.evaluate(color) == "rgb(27, 31, 36)" != ink
    assert not any(one.is_visible() for one in page.locator("button, select").all())
    np.testing.assert_allclose(*mark_in_pixels(page, "input"), atol=1)
    send(page, "afterprint")
    settle(page)
    assert page.evaluate(LIGHTNESS) == dark and page.evaluate(color) == ink


def test_paper_has_the_plots_side_by_side_and_all_of_the_wires(page):
    send(page, "beforeprint")
    one, other = (page.locator(f"#{name} .plot").bounding_box() for name in ("input", "feature"))
    assert one["y"] == other["y"] and page.evaluate("document.body.scrollWidth") <= 700
    ends = page.evaluate(
        """() => {
            const { left } = document.querySelector(".network").getBoundingClientRect();
            const cards = [...document.querySelectorAll(".unit")];
            return [
                cards.at(-1).getBoundingClientRect().left - left,
                ...[...document.querySelectorAll(".network path")].map((path) =>
                    path.getPointAtLength(path.getTotalLength()).x),
            ];
        }"""
    )
    assert ends[-1] == pytest.approx(ends[0], abs=1)
    send(page, "afterprint")
    settle(page)


def test_page_is_printed(page, tmp_path):
    path = tmp_path / "page.pdf"
    page.pdf(path=path, format="A4")
    assert path.read_bytes().count(b"/Type /Page\n") in (1, 2)
    assert not page.evaluate("'paper' in document.documentElement.dataset")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_thumb_and_tips_are_seen_in_forced_colors(visit, history, scheme):
    settings = {"forced_colors": "active", "color_scheme": scheme}
    page = visit(page_of(history), "#epoch=80", **settings)
    settle(page)
    slider = page.locator("#slider").bounding_box()
    x = slider["x"] + 8 + 0.4 * (slider["width"] - 16)
    places = [(x, slider["y"] + slider["height"] - 8)]
    places += [page.evaluate(SEEN, [f"#{name}-tip", 0.75]) for name in ("loss", "accuracy")]
    bend = page.locator("#bend").bounding_box()
    places.append((bend["x"] + bend["width"] - 8, bend["y"] + 14))
    assert all(differs(page, *place) for place in places)


def differs(page, x, y):
    """Whether what stands at a place of the window differs from what stands 40 pixels beside it."""
    colors = []
    for left in (x - 1, x - 40):
        clip = {"x": left, "y": y - 1, "width": 2, "height": 2}
        colors.append(page.screenshot(clip=clip))
    return colors[0] != colors[1]


def test_without_scripts_a_sentence_says_so(visit, history):
    page = visit(page_of(history), java_script_enabled=False)
    assert "scripts are switched off" in text(page, "noscript")


def test_plots_are_drawn_by_older_browsers(visit, history):
    page = visit(page_of(history), viewport={"width": 1280, "height": 801})
    page.add_init_script("delete globalThis.OffscreenCanvas; delete Uint8Array.fromBase64")
    page = visit(page_of(history), "#epoch=80", viewport={"width": 1280, "height": 801})
    settle(page)
    assert page.evaluate("typeof OffscreenCanvas") == "undefined"
    assert page.evaluate("typeof Uint8Array.fromBase64") == "undefined"
    blue = """() => page.spaces.map((space) => {
        const { data } = space.pen.getImageData(0, 0, space.canvas.width, space.canvas.height);
        return data.filter((value, k) => k % 4 === 2 && value > 200 && data[k - 1] < 50).length;
    })"""
    assert min(page.evaluate(blue)) > 100
    with page.expect_download() as download:
        page.click("[data-do=save][value=png]")
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_buttons_of_signs_have_names(page):
    tree = page.locator("figure#feature").aria_snapshot()
    for name in ("zoom out", "show the whole space", "zoom in"):
        assert f'button "Feature space: {name}"' in tree


def test_pinned_points_are_announced(page, history):
    """By a live region, for screen readers alone."""
    for key, point in (("n", 8), ("p", 7)):
        page.keyboard.press(key)
        settle(page)
        said = text(page, "#message")
        assert said.startswith(f"Point {point}, class {int(history.dataset.y[point - 1])} · ")
        assert said == text(page, "#pick")
    page.keyboard.press("e")
    assert "misclassified" in page.locator("#message").text_content()
    box = page.locator("#message").evaluate("(one) => getComputedStyle(one).clipPath")
    assert box.startswith("inset")


def test_keys_of_single_characters_can_be_switched_off(visit, page, history):
    page.keyboard.press("?")
    page.uncheck("#letters")
    page.keyboard.press("Escape")
    for _ in range(2):
        for key in ("n", "+", "?"):
            page.keyboard.press(key)
        settle(page)
        assert page.evaluate("page.state.pinned.point") == 6
        assert not page.evaluate("page.spaces.some((space) => space.isZoomed)")
        assert not page.locator("#help").is_visible()
        page.keyboard.press("ArrowRight")
        settle(page)
        assert text(page, "#epoch") == "81"
        page = visit(page_of(history), "#epoch=80&point=7")  # it is kept
    page.click("[data-do=help]")
    page.check("#letters")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.evaluate("page.state.pinned.point") == 7


def test_page_works_where_storage_is_forbidden(visit, history):
    settings = {"viewport": {"width": 1280, "height": 802}}
    page = visit(page_of(history), **settings)
    page.add_init_script(
        """Object.defineProperty(globalThis, "sessionStorage", {
            get() { throw new DOMException("forbidden", "SecurityError"); },
        });"""
    )
    page = visit(page_of(history), "#epoch=80", **settings)
    page.keyboard.press("?")
    page.uncheck("#letters")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.evaluate("page.state.pinned") is None
