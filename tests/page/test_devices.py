"""The page elsewhere: narrow and dark screens, other data, hostile names, notebooks, access."""

import dataclasses
import html
import re
import unicodedata
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from conftest import trained
from helpers.arithmetic import plain
from helpers.pages import images_of, many_features, page_of, pixel_of, scene, settle, text

import common
from torchreplay.data.dataset import make_dataset
from torchreplay.page import HERE, shorten_style
from torchreplay.replay.replay import Replay
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.layer_spaces import as_model
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
MARKUP = ("<img src=x onerror=alert(1)>", "</script><b>{title}")


@pytest.fixture(scope="module")
def hostile():
    """A training whose names are all made of markup."""
    dataset = dataclasses.replace(
        make_dataset("moons", points=60),
        names=MARKUP,
        classes=("<i>a</i>", "\"'><svg onload=alert(2)>"),
        source="<h1>{data}&amp;",
    )
    torch.manual_seed(41)
    return common.train(common.make_network(dataset), dataset, epochs=5)


def test_narrow_screen_shows_the_scripts_own_space_first(visit, history):
    for opens in ("input", "feature"):
        page = visit(page_of(history, opens=opens), **PHONE)
        tops = {name: page.locator(f"#{name}").bounding_box()["y"] for name in ("input", "feature")}
        assert min(tops, key=tops.get) == opens
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_pages_of_both_scripts_differ_in_what_opens_first(history):
    one, other = (page_of(history, opens=name) for name in ("input", "feature"))
    assert (
        one.replace('data-opens="input"', 'data-opens="feature"').replace(
            '"opens":"input"', '"opens":"feature"'
        )
        == other
    )


def test_dark_screen(visit, history):
    page = visit(page_of(history), color_scheme="dark")
    colors = page.evaluate(
        """() => [getComputedStyle(document.body).backgroundColor,
            ...page.spaces.map((s) => s.pen.getImageData(s.width * 0.9, s.height * 0.6, 1, 1).data)
                .map((pixel) => Math.max(...Array.from(pixel).slice(0, 3)))]"""
    )
    assert colors[0] == "rgb(15, 17, 20)"
    assert max(colors[1:]) < 128


def test_reduced_motion_plays_in_few_steps(visit, history):
    page = visit(page_of(history), "#epoch=0", reduced_motion="reduce")
    page.select_option("#speed", "4")
    page.click("#play")
    page.wait_for_function("() => page.state.index >= 20")
    assert page.evaluate("page.state.index") % 10 == 0


@pytest.mark.parametrize("settings", [{}, PHONE], ids=str)
def test_formulas_wrap_before_their_signs_alone(visit, history, settings):
    page = visit(page_of(history), "#epoch=80&point=7", **settings)
    page.check("#backward")
    settle(page)
    starts = page.evaluate(
        """() => [...document.querySelectorAll(".unit > :not(canvas)")].flatMap((line) => {
            const text = line.firstChild;
            const range = document.createRange();
            const tops = Array.from(text.data, (_, k) => {
                range.setStart(text, k);
                range.setEnd(text, k + 1);
                return range.getBoundingClientRect().top;
            });
            const first = [...tops.keys()].filter((k) => k && tops[k] > tops[k - 1] + 9);
            return first.map((k) => text.data.slice(k, k + 2).trim());
        })"""
    )
    assert starts and {start.strip("\u200b")[0] for start in starts} <= {*"=+−·/"}
    assert "label 0: loss = −log (1 − P) = −log(1 − 0." in plain(text(page, "#diagram"))


def test_more_than_two_features(visit):
    history = many_features()
    page = visit(page_of(history))
    assert page.evaluate("page.spaces.map((space) => space.name)") == ["feature"]
    assert "57 features" in text(page, "#nothing")
    page.keyboard.press("n")
    settle(page)
    rows = page.locator("#features tbody tr").all_inner_texts()
    assert len(rows) == 57
    assert rows[3] == f"word_3\t{history.dataset.X[0, 3]:.4f}".replace("-", "−")
    page.check("#backward")
    settle(page)
    assert "60 of 605 parameters" in text(page, "#steps > p")


def test_hidden_layer_that_is_no_plane(visit):
    history = trained("moons", (3,), "sigmoid", 3.0, epochs=5)
    page = visit(page_of(history))
    assert "Append a linear layer of two units" in text(page, "#feature")
    page.keyboard.press("n")
    settle(page)
    assert len(page.locator(".unit").all()) == 6
    own = as_model(history)  # a model that people write themselves
    page = visit(page_of(own))
    assert "Append a linear layer" not in text(page, "body")
    assert 'replay.feature_space(projection="pca") shows a wider layer' in text(page, "#feature")
    Replay(own).feature_space(projection="pca")


def test_points_held_out(visit, held_out):
    """They are hollow, and have their own numbers; the mean is that of the points trained on."""
    page = visit(page_of(held_out), "#epoch=2")
    accuracy, loss = held_out.accuracy, held_out.validation_loss
    assert text(page, "#accuracy") == f"{100 * accuracy[2]:.2f} %"
    assert text(page, "#held-out-loss") == f"{loss[2]:.4f}"
    page.evaluate("page.go(2)")
    told = f"accuracy {100 * accuracy[2]:.2f} %, held-out loss {loss[2]:.4f}, held-out accuracy"
    page.locator("#message", has_text=told).wait_for(state="attached")
    mean = page.evaluate("page.network.mean(page.points).loss")
    assert mean == pytest.approx(held_out.loss[2], abs=1e-6)
    dataset = held_out.dataset
    places = page.evaluate("[...page.spaces[0].toPixels(page.source.images.input)]")
    pixels = [
        page.evaluate("([x, y]) => [...page.spaces[0].pen.getImageData(x, y, 1, 1).data]", place)
        for place in np.floor(np.reshape(places, (-1, 2))).tolist()
    ]
    white = np.array([pixel[:3] == [255, 255, 255] for pixel in pixels])
    assert np.mean(white == dataset.held_out.numpy()) > 0.9  # but where markers overlap
    first = int(np.nonzero(dataset.held_out.numpy())[0][0])
    page = visit(page_of(held_out), f"#epoch=2&point={first + 1}")
    page.check("#backward")
    settle(page)
    assert text(page, "#readout").startswith(f"Held-out point {first + 1}, class ")
    assert "Training does not use this point" in text(page, "#diagram")
    assert "held out" in text(page, "#legend")


def test_page_without_points_held_out_says_nothing_of_them(visit, history):
    assert "held" not in text(visit(page_of(history)), "body")


def test_positions_in_place_of_a_network(visit):
    """A page that does not evaluate the network shows the same places, in 65,535ths of the axes."""
    history = trained("circles", (2,), "sigmoid", 3.0, epochs=4)
    page = visit(page_of(history, evaluated=False))
    assert "cannot evaluate this network" in text(page, "#hint")
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert text(page, "#epoch") == "3"
    for name, space in (("input", INPUT_SPACE), ("feature", FEATURE_SPACE)):
        run = SpaceReplay(history, space, range(5), history.dataset)
        limits = run.placement.limits
        near = {"atol": np.subtract(limits.high, limits.low).max() / 65535}
        np.testing.assert_allclose(images_of(page, name), run.at(3).images, **near)
        shown = scene(page, name)
        for kind in ("grid", "boundary"):
            expected = np.vstack(getattr(run.scenes[3], kind))
            np.testing.assert_allclose(np.vstack(shown[kind]), expected, **near)
    x = history.dataset.X[7].tolist()
    page.mouse.click(*pixel_of(page, "input", x))
    settle(page)
    assert "P = 0." in text(page, "#readout")
    page.mouse.move(*pixel_of(page, "input", history.dataset.plane.high))
    settle(page)
    assert "NaN" not in text(page, "body")
    assert not page.locator("#mean").is_visible()


def test_label_of_the_record_is_said_everywhere(visit):
    """Nowhere does a record of steps speak of epochs."""
    history = trained("circles", (2,), "sigmoid", 3.0, epochs=4)
    history = dataclasses.replace(history, label="step", every=5, diverged=True)
    document = page_of(history)
    page = visit(document, "#epoch=10&point=1")
    page.check("#backward")
    settle(page)
    assert text(page, "#numbers").startswith("Step 10 of 20")
    assert "diverged after step 20" in text(page, "header")
    assert text(page, "#feature h2") == "Feature space at step 10"
    assert text(page, "#picked").endswith("at step 10")
    assert "at step 10" in text(page, "#diagram thead")
    slider = page.locator("#slider")
    assert slider.get_attribute("aria-label") == "Step"
    page.keyboard.press("End")
    page.locator("#message", has_text="Step 20: loss").wait_for(state="attached")
    assert slider.get_attribute("aria-valuetext") == "step 20"
    page.keyboard.press("?")
    assert "previous or next step of 0, 5, 10, …; with Shift, ten of them" in text(page, "#help")
    seen = page.locator("body").inner_text() + "".join(
        re.findall(r'(?:title|aria-label)="([^"]*)"', document)
    )
    assert "epoch" not in seen.lower()
    with page.expect_download() as download:
        page.keyboard.press("Escape")
        page.click("[data-do=save][value=svg]")
    assert download.value.suggested_filename == "step_20.svg"


def test_diverged_run(visit):
    history = trained("moons", (2,), "relu", 1e20, epochs=50)
    assert history.diverged
    page = visit(page_of(history))
    assert f"diverged after epoch {history.last}" in text(page, "header")
    for key in ("Home", "End", "n", "e", "+"):
        page.keyboard.press(key)
    settle(page)
    assert "NaN" not in text(page, "body") and "Infinity" not in text(page, "body")


def test_larger_network(visit, larger):
    page = visit(page_of(larger))
    page.keyboard.press("n")
    page.check("#backward")
    settle(page)
    assert "and 7 more" in text(page, "#diagram")
    assert text(page, "h1").startswith("A 2-15-10-2-1 network")


def test_names_are_text(visit, hostile):
    """Whatever names are made of stands on the page as it is, and makes no element."""
    page = visit(page_of(hostile))
    page.keyboard.press("n")
    page.check("#backward")
    settle(page)
    assert page.locator("img, b b, i i, h1 h1, svg[onload]").count() == 0
    whole = text(page, "body")
    for name in (*MARKUP, "<i>a</i>", "<h1>{data}&amp;"):
        assert name[:15] in whole
    with page.expect_download() as download:
        page.click("[data-do=save][value=svg]")
    drawing = download.value.path().read_text()
    assert "<img" not in drawing and "&#60;img" in drawing


def test_names_of_any_characters(visit, tmp_path):
    """Half of a surrogate pair, and characters that control a terminal, are escaped."""
    words = ("a\ud83d", "b\x00\x1b[31m")
    history = trained("moons", (2,), "sigmoid", 3.0, epochs=2)
    dataset = dataclasses.replace(
        history.dataset, names=words, classes=words, source="c\udcff\x07\uffff"
    )
    history = dataclasses.replace(history, dataset=dataset, label="step\x9b\udc80")
    Replay(history).to_html(tmp_path / "training.html")
    document = (tmp_path / "training.html").read_bytes().decode("utf-8")
    controls = {c for c in document if unicodedata.category(c) in ("Cc", "Cs", "Cn")}
    assert controls <= {"\n"}
    page = visit(document, "#point=1")
    for name in (r"a\ud83d", r"b\x00\x1b[31m", r"c\xff\x07\uffff", r"step\x9b\x80"):
        assert name in text(page, "body")
    with page.expect_download() as download:
        page.click("[data-do=save][value=svg]")
    labels = "".join(ElementTree.parse(download.value.path()).getroot().itertext())
    assert r"a\ud83d" in labels and r"b\x00" in labels


def test_page_works_inside_a_notebook(visit, history):
    """In an iframe by srcdoc, as a notebook shows it."""
    inner = html.escape(page_of(history))
    page = visit(f'<!doctype html><iframe width="900" height="700" srcdoc="{inner}"></iframe>')
    frame = page.frame_locator("iframe")
    frame.locator("[data-do=go][value='0']").click()
    frame.locator("#epoch", has_text=re.compile("^0$")).wait_for()
    assert not frame.locator("[data-do=link]").is_visible()


@pytest.mark.parametrize(
    "settings", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}, PHONE], ids=str
)
def test_axe_finds_no_fault(visit, history, settings):
    page = visit(page_of(history), "#epoch=80&point=1", bypass_csp=True, **settings)
    page.check("#backward")
    settle(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_controls_are_large_and_reached_by_tab(visit, history):
    page = visit(page_of(history))
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("(({ id, dataset }) => id || dataset.do)(document.activeElement)")
        )
    assert {"errors", "accessible", "slider", "play", "step", "speed", "mean", "help"} <= reached
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main button, main select, main label, #slider')]
            .map((one) => one.getBoundingClientRect())
            .map(({ width, height }) => Math.min(width, height))"""
    )
    assert min(size for size in sizes if size) >= 44


def test_style_says_the_same_without_its_whitespace(visit, history):
    script = """(style) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(style);
        return Array.from(sheet.cssRules, (rule) => rule.cssText.replaceAll(", ", ","));
    }"""
    page = visit(page_of(history))
    style = (HERE / "style.css").read_text()
    rules = page.evaluate(script, style)
    assert len(rules) > 70 and page.evaluate(script, shorten_style(style)) == rules


def test_policy_forbids_everything_else(history):
    document = page_of(history)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', document)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", document)
