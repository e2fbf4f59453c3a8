"""What each unit does, on the page: its line in both spaces, and its map at its card."""

import numpy as np
import pytest
from conftest import distances
from helpers.pages import (
    FUNCTIONS,
    hills,
    history_of,
    layers_of,
    learned,
    many_features,
    page_of,
    planes_of,
    settle,
    show,
    text,
)
from matplotlib.colors import to_rgb

from torchreplay.data.dataset import make_dataset
from torchreplay.page.payload import page_record
from torchreplay.page.sentences import from_x_to_h

PIXEL = 2 / 440  # of planes from −1 to 1, about
KINDS = {
    "2-10-2-1": lambda: history_of("tanh"),
    "relu": lambda: history_of("relu"),
    "latent": lambda: history_of("latent"),
    "2-4-1": lambda: learned(lambda: make_dataset("moons", points=100), hidden=(4,)),
    "2-2-2-1": lambda: learned(lambda: make_dataset("moons", points=100), hidden=(2, 2)),
    "numbers": lambda: learned(hills, rate=0.03),
    "graph": lambda: learned(hills, features=1, hidden=(2,), rate=0.03),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return KINDS[request.param]()


def sums(history, epoch, X, layer=-1):
    """What a hidden layer takes, z, at X, (n, d), in float64: (n, units)."""
    layers, h = layers_of(history, epoch)[:-1], np.asarray(X, float)
    activation = FUNCTIONS[history.model.settings["activation"]]
    layers = layers[: len(layers) + 1 + layer]
    for weight, bias in layers:
        z = h @ weight.T + bias
        h = activation(z)
    return z


def lines(page, space):
    """The lines of units in a space: of each a list of arrays (n, 2), and its equation."""
    script = """(name) => {
        const space = page.spaces.find((one) => one.name === name);
        return page.zeroLines(page.source, name, space.view, space.pixel);
    }"""
    found = page.evaluate(script, space)
    return [([np.array(curve) for curve in each["curves"]], each["text"]) for each in found]


def test_sum_is_zero_on_the_line_of_its_unit(visit, kind):
    """At all vertices, and wherever it is nearly zero there is a line."""
    page, features = visit(page_of(kind)), kind.dataset.X.shape[1]
    left, bottom, right, top = page.evaluate("page.spaces[0].view")
    random = np.random.default_rng(1)
    places = random.uniform((left, bottom), (right, top), (20_000, 2))
    for epoch in (0, kind.last):
        show(page, epoch)
        z = sums(kind, epoch, places[:, :features])
        step = 1e-6 * (right - left)
        beside = [sums(kind, epoch, (places + step * axis)[:, :features]) for axis in np.eye(2)]
        slope = np.hypot(*[(other - z) / step for other in beside])
        found = lines(page, "input")
        assert len(found) == z.shape[1]
        for unit, (curves, equation) in enumerate(found):
            assert equation.startswith("z") and equation.endswith(" = 0")
            for curve in curves:
                on_line = sums(kind, epoch, curve[:, :features])[:, unit]
                assert np.abs(on_line).max() < 1e-9 * max(1, np.abs(z).max())
            near = np.abs(z[:, unit]) < 0.2 * PIXEL * slope[:, unit]
            away = [distances(places[near], curve, 0.1) for curve in curves]
            assert not near.any() or np.min(away, axis=0).max() < 2 * PIXEL


def test_lines_of_the_default_run_are_straight(visit, history, weights):
    page = visit(page_of(history))
    for epoch in (80, 200):
        show(page, epoch)
        W, b, _, _ = weights(epoch)
        for unit, (curves, equation) in enumerate(lines(page, "input")):
            (curve,) = curves
            assert len(curve) == 2 and equation == f"z{'₁₂'[unit]} = 0"
            np.testing.assert_allclose(curve @ W[unit] + b[unit], 0, atol=1e-12)
            np.testing.assert_allclose(np.abs(curve).max(axis=1), 1)
        for unit, (curves, equation) in enumerate(lines(page, "feature")):
            np.testing.assert_allclose(np.concatenate(curves)[:, unit], 0.5, atol=1e-9)
            assert equation == f"h{'₁₂'[unit]} = ½"


def test_lines_of_the_feature_space(visit, kind):
    """There a unit puts out what it does where z is zero; in a bent plane lines are images."""
    page = visit(page_of(kind))
    if "feature" not in page.evaluate("page.spaces.map(({ name }) => name)"):
        return
    shape = page.evaluate("page.network.shape")
    back = np.reshape(shape["meant"]["weight"], (2, 2)), np.array(shape["meant"]["bias"])
    is_decision = "plane" in shape  # where they are images, and not straight
    for unit, (curves, _) in enumerate(() if is_decision else lines(page, "feature")):
        for curve in curves:
            h = curve @ back[0].T + back[1]
            pixel = max(page.evaluate("page.spaces[1].pixel")) * np.abs(back[0]).sum()
            assert np.abs(h[:, unit]).max() < 0.25 * pixel
    if kind.dataset.is_graph:
        return
    page.evaluate("page.state.bend = 0.4")
    show(page, kind.last)
    for (curves, _), (images, _) in zip(lines(page, "input"), lines(page, "feature"), strict=True):
        for curve, image in zip(curves, images, strict=True):
            script = "(places) => places.map((place) => page.source.shown.image(place))"
            places = np.array(page.evaluate(script, curve.tolist()))
            away = np.abs(image[:, None] - places[None]).max(axis=2).min(axis=0)
            assert away.max() < 1e-9


def test_bend_shows_the_lines_of_the_layer_on_its_way(visit):
    history = KINDS["2-2-2-1"]()
    page = visit(page_of(history), "#bend=0.4")
    settle(page)
    for unit, (curves, _) in enumerate(lines(page, "input")):
        z = sums(history, history.last, np.concatenate(curves), layer=-2)
        np.testing.assert_allclose(z[:, unit], 0, atol=1e-9)
    page.evaluate("page.state.bend = 0.8")
    show(page, history.last)
    for unit, (curves, _) in enumerate(lines(page, "input")):
        z = sums(history, history.last, np.concatenate(curves))
        np.testing.assert_allclose(z[:, unit], 0, atol=1e-9)


COLOR = """([name, x, y]) => {
    const space = page.spaces.find((one) => one.name === name);
    const [px, py] = space.toPixels([x, y]).map(Math.floor);
    return [...space.pen.getImageData(px - 1, py - 1, 3, 3).data];
}"""


def has_color(page, space, place, color):
    """Whether a color is drawn within a pixel of a place."""
    found = np.reshape(page.evaluate(COLOR, [space, *map(float, place)]), (-1, 4))[:, :3]
    return (np.abs(found - 255 * np.array(to_rgb(color))).max(axis=1) < 40).any()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_have_the_colors_of_the_cards(visit, history, scheme):
    """A checkbox leaves them out."""
    page = visit(page_of(history), "#epoch=100&point=7", color_scheme=scheme)
    settle(page)
    palette = page.evaluate("page.data.palettes.classic")
    colors = (palette["night"] if scheme == "dark" else palette)["units"]
    cards = page.locator(".unit[data-layer='1']")
    borders = [card.evaluate("(card) => card.style.borderLeftColor") for card in cards.all()]
    for unit, color in enumerate(colors[:2]):
        red, green, blue = (round(255 * part) for part in to_rgb(color))
        assert borders[unit] == f"rgb({red}, {green}, {blue})"
    drawn = {space: lines(page, space) for space in ("input", "feature")}
    for is_shown in (True, False):
        page.locator("#lines").set_checked(is_shown)
        settle(page)
        for space, found in drawn.items():
            for (curves, _), color in zip(found, colors, strict=False):
                start, end = curves[0][[0, -1]]
                places = [start + share * (end - start) for share in (0.2, 0.4, 0.6, 0.8)]
                seen = [has_color(page, space, place, color) for place in places]
                assert sum(seen) >= 3 if is_shown else not any(seen)


def test_lines_are_saved_with_their_equations(visit, history, tmp_path):
    page = visit(page_of(history), "#epoch=100")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save SVG").click()
    download.value.save_as(tmp_path / "page.svg")
    saved = (tmp_path / "page.svg").read_text(encoding="utf-8")
    for equation in ("z₁ = 0", "z₂ = 0", "h₁ = ½", "h₂ = ½"):
        assert saved.count(f">{equation}<") == 1


def test_many_units_have_no_lines(visit):
    history = learned(lambda: make_dataset("moons", points=60), hidden=(5,), epochs=2)
    page = visit(page_of(history))
    assert not page.locator("#lines").is_visible() and lines(page, "input") == []
    few = learned(lambda: make_dataset("moons", points=60), hidden=(2,), epochs=2)
    assert visit(page_of(few)).locator("#lines").is_visible()
    positions = visit(page_of(few, evaluated=False))
    assert not positions.locator("#lines").is_visible()


def test_points_of_many_features_have_lines_in_the_feature_space(visit):
    """Of latent units, which put out z itself: they are zero there."""
    page = visit(page_of(many_features()))
    shape = page.evaluate("page.network.shape")
    back = np.reshape(shape["meant"]["weight"], (2, 2)), np.array(shape["meant"]["bias"])
    for unit, (curves, equation) in enumerate(lines(page, "feature")):
        h = np.concatenate(curves) @ back[0].T + back[1]
        np.testing.assert_allclose(h[:, unit], 0, atol=1e-9)
        assert equation.endswith(" = 0")


MAP = """([layer, unit]) => {
    const canvas = document.querySelector(`[data-layer="${layer}"][data-unit="${unit}"] canvas`);
    return [...canvas.getContext("2d").getImageData(0, 0, 128, 128).data];
}"""


@pytest.mark.parametrize("name", ["2-10-2-1", "relu"])
def test_maps_show_what_units_put_out(visit, name):
    """Teal above what they put out where z is zero, brown below; the line is dark."""
    history = KINDS[name]()
    page = visit(page_of(history), "#epoch=30&point=1")
    settle(page)
    left, bottom, right, top = page.evaluate(
        "page.planes?.input.rect ?? page.data.planes.input.rect"
    )
    shares = (np.arange(128) + 0.5) / 128
    across, up = np.meshgrid(left + shares * (right - left), top - shares * (top - bottom))
    places = np.column_stack([across.ravel(), up.ravel()])
    for layer in (1, 2):
        z = sums(history, 30, places, layer=layer - 3)
        h = FUNCTIONS[history.model.settings["activation"]](z)
        reach = 1 if name != "relu" else h.max()
        for unit in range(min(h.shape[1], 8)):
            image = np.reshape(page.evaluate(MAP, [layer, unit]), (128 * 128, 4))[:, :3]
            strength = 0.8 * h[:, [unit]] / reach
            ends = np.where(strength < 0, [to_rgb("#8c510a")], [to_rgb("#01665e")])
            expected = 255 * (1 + np.abs(strength) * (ends - 1))
            step = (right - left) / 128
            slopes = np.gradient(z[:, unit].reshape(128, 128), step)
            away = np.abs(z[:, unit]) / np.maximum(np.hypot(*slopes).ravel(), 1e-12) / step
            plain = away > 4
            assert np.quantile(np.abs(image - expected)[plain].max(axis=1), 0.95) < 25
            on_line = away < 0.3
            assert not on_line.any() or image[on_line].min(axis=1).mean() < 120


def test_maps_stand_where_the_input_is_a_plane(visit, history):
    page = visit(page_of(history), "#point=1")
    settle(page)
    assert page.locator(".unit canvas").count() == 2
    other = visit(page_of(many_features()), "#point=1")
    settle(other)
    assert other.locator(".unit").count() > 10 and other.locator(".unit canvas").count() == 0


def test_words_say_what_happens_from_x_to_h(visit, history):
    words = text(visit(page_of(history)), "#look")
    assert "measures on which side of its line, z = 0, a point lies" in words
    assert (
        "squashes this number to h, between 0 and 1. Up to z straight lines stay straight:" in words
    )
    assert "only σ bends them. Both h are its place in the feature space" in words
    assert "Drag the slider Bend" in words
    relu = page_record(planes_of(KINDS["relu"]()))
    assert "0 on the other" in from_x_to_h(relu)
    assert from_x_to_h(page_record(planes_of(many_features()))) == ""
    few = learned(lambda: make_dataset("moons", points=60), hidden=(2,), epochs=2)
    assert from_x_to_h(page_record(planes_of(few))) != ""
    assert from_x_to_h(page_record(planes_of(few), evaluated=False)) == ""
