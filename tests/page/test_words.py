"""What the page says is true: of samples, thinned records, places without points, and of P."""

import dataclasses

import numpy as np
import pytest
from conftest import trained
from helpers.arithmetic import check, plain
from helpers.pages import blobs, hills, images_of, learned, page_of, pixel_of, settle, text

from torchreplay.data.dataset import sample
from torchreplay.page import make_page
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE


@pytest.fixture(scope="module")
def sampled():
    """The page of a training on 2,000 points that has 100 of them."""
    history = trained("moons", (2,), "sigmoid", 3.0, epochs=20)
    points = sample(history.dataset, 100)
    spaces = {
        name: SpaceReplay(history, space, points=points)
        for name, space in (("input", INPUT_SPACE), ("feature", FEATURE_SPACE))
    }
    return make_page(spaces)


def test_sample_is_said_wherever_points_are_counted(visit, sampled):
    page = visit(sampled, "#point=7")
    assert "2,000 points, 100 of them drawn" in text(page, "header")
    assert text(page, "#readout").startswith("Point 7 of the 100 drawn, class ")
    assert text(page, "label:has(#mean)") == "All points drawn"
    page.check("#mean")
    page.check("#backward")
    settle(page)
    assert text(page, "#picked") == "Mean over 100 of 2,000 points at epoch 20"
    assert "training used 2,000 points, of which the page has a sample" in text(page, "#steps > p")
    hint = page.locator("#hint").text_content()
    assert "mean over this sample" in hint and "gradient" not in hint
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(*pixel_of(page, "input", (-2, -2)))
    page.mouse.down()
    page.mouse.move(*pixel_of(page, "input", (2, 2)), steps=4)
    page.mouse.up()
    page.mouse.move(5, 5)
    settle(page)
    assert "100 points selected of the 100 drawn" in text(page, "#chosen")
    page.keyboard.press("Escape")
    right = "No point that is drawn is misclassified at this epoch."
    assert page.evaluate("page.data.words.right") == right


def test_page_of_all_points_does_not_speak_of_a_sample(visit, history):
    page = visit(page_of(history), "#point=7")
    page.check("#mean")
    settle(page)
    assert text(page, "#picked") == "Mean over 2,000 points at epoch 200"
    assert "drawn" not in text(page, "body")
    assert "training goes down its gradient" in page.locator("#hint").text_content()


@pytest.mark.parametrize("every", [1, 10])
def test_steps_from_epoch_to_epoch_are_called_what_they_are(visit, every):
    history = trained("moons", (2,), "sigmoid", 3.0, epochs=5)
    page = visit(page_of(dataclasses.replace(history, label="step", every=every)))
    on = page.locator("[data-do=step][value='1']").get_attribute("title")
    back = page.locator("[data-do=step][value='-1']").get_attribute("title")
    facts = text(page, "#facts")
    if every == 1:
        assert (back, on) == ("One step back", "One step on") and "shown" not in facts
    else:
        assert (back, on) == ("Previous step shown", "Next step shown")
        assert "shown are step 0, 10, 20, …" in facts


def test_place_of_the_feature_space_says_whether_something_comes_there(visit, history, weights):
    """Each place of it is the image of one place, which is marked if it is in the input plane."""
    page = visit(page_of(history), "#epoch=80")
    assert text(page, "#readout").startswith("Point at a place to see it in both spaces.")
    W, b, _, _ = weights(80)
    random, points = np.random.default_rng(4), images_of(page, "feature")
    seen = {True: 0, False: 0}
    for h in random.uniform(0.03, 0.97, (400, 2)):
        place = np.linalg.solve(W, np.log(h / (1 - h)) - b)
        reach = np.abs(place).max()
        is_near_point = np.abs(points - h).max(axis=1).min() < 0.06
        if is_near_point or abs(reach - 1) < 0.05 or seen[reach > 1] == 6:
            continue
        page.mouse.move(*pixel_of(page, "feature", h))
        settle(page)
        reading = text(page, "#readout")
        beginning = "A place of the feature space · Hidden 1 = " if reach > 1 else "A place · X1 = "
        assert reading.startswith(beginning)
        assert ("nothing of the input plane comes here" in reading) == (reach > 1), h
        assert page.locator("#input .mark").count() == (reach <= 1)
        if reach < 1:
            found = page.evaluate("page.state.hover.place")
            np.testing.assert_allclose(found, place, atol=0.02)
        seen[reach > 1] += 1
    assert seen == {True: 6, False: 6}


def test_place_of_the_input_space_is_never_called_empty(visit, history):
    page = visit(page_of(history), "#epoch=80")
    page.mouse.move(*pixel_of(page, "input", (0.9, -0.9)))
    settle(page)
    assert text(page, "#readout").startswith("A place · X1 = ")
    assert "comes here" not in text(page, "#readout")


def test_p_is_explained_by_the_name_of_its_class(visit):
    history = trained("moons", (2,), "sigmoid", 3.0, epochs=5)
    dataset = dataclasses.replace(history.dataset, classes=("pear", "apple"))
    page = visit(page_of(dataclasses.replace(history, dataset=dataset)), "#point=3")
    assert "P(apple) = ½" in text(page, "#legend")
    assert "P, the probability of apple, of this point" in page.locator("#hint").text_content()
    assert "probability of apple" in plain(text(page, ".unit >> nth=-1"))
    many = visit(page_of(learned(blobs, 3)))
    assert "P, the probability of each class, of this point" in text(many, "#hint")


def test_wires_and_curves_have_a_key(visit, history):
    """Its lines look as those in the diagram and in the curves."""
    page = visit(page_of(history), "#epoch=80&point=7")
    look = """(path) => {
        const { stroke, strokeDasharray } = getComputedStyle(path);
        return [stroke, strokeDasharray];
    }"""
    for name in ("loss", "accuracy"):
        drawn = page.locator(f"#{name}-curve").evaluate(look)
        assert page.locator(f".ends [data-curve={name}]").evaluate(look) == drawn
        assert name in page.locator(f".ends span:has([data-curve={name}])").inner_text()
    key = page.locator("#diagram > .note")
    assert "Lines are weights" in key.inner_text()
    signs = {
        path: key.locator(path).evaluate(look) for path in ("path:not(.negative)", ".negative")
    }
    for path, found in signs.items():
        assert page.locator(f"#wires {path}").first.evaluate(look) == found
    assert signs[".negative"] != signs["path:not(.negative)"]


@pytest.mark.parametrize(
    ("make", "terms", "slopes"),
    [
        (lambda: trained("circles", (2,), "sigmoid", 3.0), ["σ(z) = 1/(1 + exp(−z))"], "σ′(z)"),
        (
            lambda: trained("moons", (10, 2), "relu", 0.3),
            ["relu(z) is z", "h₁⁽²⁾ is unit 1 of"],
            "relu′",
        ),
        (lambda: learned(hills, rate=0.03), ["Σ is the sum"], "tanh′(z) = 1 − h²"),
    ],
)
def test_terms_of_the_formulas_are_explained(visit, make, terms, slopes):
    page = visit(page_of(make()), "#point=3")
    page.check("#backward")
    settle(page)
    shown = text(page, "#terms")
    assert all(term in shown for term in terms)
    assert slopes in text(page, "#steps .note")


@pytest.mark.parametrize("epoch", [0, 60])
def test_whitened_axes_are_explained_and_computed(visit, epoch):
    """The card of a unit says how its axis mixes both units; it is where the point is drawn."""
    history = trained("circles", (10,), "tanh", 0.3, latent=True)
    page = visit(page_of(history), f"#epoch={epoch}&point=7")
    note = text(page, "#feature .note")
    assert note.startswith("Whitened: each axis mixes h₁ and h₂")
    cards = page.locator("[data-layer='2']").all_inner_texts()
    for axis, card in enumerate(cards):
        (line,) = [line for line in plain(card).split("\n") if line.startswith("axis Latent")]
        assert line.startswith(f"axis Latent {axis + 1}, whitened = ") and check(line)
        shown = float(line.split(" = ")[-1].replace("−", "-"))
        assert shown == pytest.approx(images_of(page, "feature")[6][axis], abs=5.1e-5)


def test_axes_that_are_not_whitened_are_not_explained(visit, history):
    assert visit(page_of(history)).locator("#feature .note").count() == 0


def test_name_of_a_class_is_text_in_the_hint(visit):
    history = trained("moons", (2,), "sigmoid", 3.0, epochs=5)
    dataset = dataclasses.replace(history.dataset, classes=("a", "<b>b</b>&amp;"))
    page = visit(page_of(dataclasses.replace(history, dataset=dataset)))
    assert "the probability of <b>b</b>&amp;, of this point" in text(page, "#hint")
    assert page.locator("#hint b").count() == 0
