"""The bend on the page: its states by formulas, what lies between by matrices, and its slider."""

import numpy as np
import pytest
import torch
from conftest import distances
from helpers import formulas
from helpers.models import replayed
from helpers.pages import (
    blobs,
    evaluate,
    hills,
    history_of,
    images_of,
    layers_of,
    learned,
    page_of,
    pixel_of,
    scene,
    settle,
    show,
    text,
)
from matplotlib.path import Path
from torch import nn

from torchreplay.data.dataset import make_dataset

TURN, STRETCH, SHIFT = 1 / 6, 1 / 3, 2 / 3  # shares of the whole at which stages of 2-2-1 end
SHARES = np.linspace(0, 1, 201)
KINDS = {
    "2-10-2-1": lambda: history_of("tanh"),
    "relu": lambda: history_of("relu"),
    "latent": lambda: history_of("latent"),
    "2-2-2-1": lambda: learned(lambda: make_dataset("moons", points=100), hidden=(2, 2)),
    "3 classes": lambda: learned(blobs, 3, hidden=(2,), activation="sigmoid", rate=3.0),
    "numbers": lambda: learned(hills, rate=0.03),
    "graph": lambda: learned(hills, features=1, hidden=(2,), rate=0.03),
}

STEPS = """(shares) => {  // how far a point moves at most from each share to the next, in pixels
    const { source, spaces: [, space], state: { index } } = page;
    const found = shares.map((share) => {
        source.restore(index, share);
        space.view = source.shown.rect;
        return space.toPixels(source.images.feature);
    });
    return found.slice(1).map((pixels, k) =>
        pixels.reduce((most, value, n) => Math.max(most, Math.abs(value - found[k][n])), 0));
}"""
SEEN = """async (shares) => {  // where the points are when some shares are drawn, and on which axes
    const found = [];
    for (const share of shares) {
        page.state.bend = share;
        page.go(page.state.index);
        await new Promise(requestAnimationFrame);
        found.push([[...page.source.images.feature], page.spaces[1].view]);
    }
    return found;
}"""
PIXELS_OF_INPUT = """() => {
    const flat = page.spaces[0].toPixels(page.source.images.input);
    return Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n], flat[2 * n + 1]]);
}"""


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return KINDS[request.param]()


def bend(page, share, epoch=None):
    """Bend by a share, at an epoch, and wait until it is drawn."""
    page.evaluate("(share) => { page.state.bend = share; }", share)
    show(page, page.evaluate("page.state.index") if epoch is None else epoch)


def view(page):
    return page.evaluate("page.spaces[1].view")


def pixels(page):
    """The pixels of all points in the feature space, (n, 2)."""
    flat = page.evaluate("[...page.spaces[1].toPixels(page.source.images.feature)]")
    return np.reshape(flat, (-1, 2))


def of_weights(weight, bias, activation=nn.Sigmoid):
    """A training without a step of a network with some weights of its hidden layer."""
    torch.manual_seed(2)
    model = nn.Sequential(nn.Linear(2, 2), activation(), nn.Linear(2, 1))
    model[0].weight.data, model[0].bias.data = torch.tensor(weight), torch.tensor(bias)
    X = 2 * torch.rand(40, 2) - 1
    return replayed(model, X=X, y=(X[:, 0] > 0).float(), steps=0)


def test_states_of_the_default_run(visit, history, weights, dataset):
    """Points, grid and boundary at each stop are those of the formulas."""
    page = visit(page_of(history))
    X = dataset.X.double().numpy()
    for epoch in (1, 80, 200):
        W, b, _, _ = weights(epoch)
        show(page, epoch)
        (boundary,) = scene(page, "input")["boundary"]
        states = [
            (0, lambda x: x, lambda z: z),
            (STRETCH, lambda x, W=W: x @ W.T, lambda z, W=W: np.linalg.solve(W, z.T).T),
            (SHIFT, lambda x, W=W, b=b: x @ W.T + b, lambda z, W=W, b=b: solved(W, b, z)),
        ]
        for share, there, back in states:
            bend(page, share)
            np.testing.assert_allclose(images_of(page, "feature"), there(X), atol=1e-9)
            shown = scene(page, "feature")
            assert len(shown["grid"]) == 22
            for line, level in zip(shown["grid"], np.linspace(-1, 1, 11), strict=False):
                np.testing.assert_allclose(back(line)[:, 1], level, atol=1e-9)
                np.testing.assert_allclose(np.sort(back(line)[[0, -1], 0]), (-1, 1), atol=1e-9)
            assert_goes_through(shown["boundary"], there(boundary))
            corners = there(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1.0]]))
            for one in shown["ground"]:
                assert_goes_through([one], corners)
        bend(page, 1)
        h = formulas.hidden_layer(weights(epoch), X)
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-12)


def solved(W, b, z):
    return np.linalg.solve(W, (z - b).T).T


def assert_goes_through(curves, places):
    """Some curves have all of these places among their vertices."""
    vertices = np.concatenate(curves)
    away = np.linalg.norm(vertices[:, None] - places[None], axis=2).min(axis=0)
    assert away.max() < 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_linear_layer_is_a_turn_and_a_stretch(visit, seed):
    """NumPy's singular values say which; half of these layers mirror the plane, and say so."""
    random = np.random.default_rng(seed)
    W = random.normal(0, 2, (2, 2))
    if (np.linalg.det(W) < 0) != seed % 2:
        W[0] *= -1
    replay = of_weights(W.astype(np.float32), random.normal(size=2).astype(np.float32))
    page = visit(replay.to_html())
    X = replay.history.dataset.X.double().numpy()
    W, b = (v[0].astype(float) for v in list(replay.history.parameters.values())[:2])
    U, sizes, V = np.linalg.svd(W)
    Q = U @ V
    is_mirror = np.linalg.det(Q) < 0
    bend(page, TURN)
    np.testing.assert_allclose(images_of(page, "feature"), X @ Q.T, atol=1e-9)
    bend(page, TURN / 2)
    half = images_of(page, "feature")
    if is_mirror:
        np.testing.assert_allclose(half, X @ (np.eye(2) + Q).T / 2, atol=1e-9)
    else:
        np.testing.assert_allclose(np.linalg.norm(half, axis=1), np.linalg.norm(X, axis=1))
        assert np.linalg.norm(half - X @ Q.T) == pytest.approx(np.linalg.norm(half - X))
    assert ("mirrored" in text(page, "#bent")) == is_mirror
    for share in (0.25, 0.5, 1):
        bend(page, TURN + share * (STRETCH - TURN))
        S = U @ np.diag(sizes**share) @ U.T
        np.testing.assert_allclose(images_of(page, "feature"), X @ Q.T @ S.T, atol=1e-9)
    bend(page, SHIFT + (1 - SHIFT) / 4)
    z = X @ W.T + b
    expected = 0.75 * z + 0.25 * formulas.sigmoid(z)
    np.testing.assert_allclose(images_of(page, "feature"), expected, atol=1e-9)


@pytest.mark.parametrize("weight", [[[1.0, 1], [1, 1]], [[0.0, 0], [0, 0]], [[0.0, 0], [0, 2]]])
def test_weights_that_collapse_do_so_at_the_end_of_the_stretch(visit, weight):
    page = visit(of_weights(weight, [0.5, -0.5]).to_html())
    seen = page.evaluate(SEEN, np.linspace(0, STRETCH, 21).tolist())
    before = None
    for places, view in seen:
        places = np.reshape(places, (-1, 2))
        assert np.isfinite(places).all() and np.isfinite(view).all()
        assert before is None or np.abs(places - before).max() < 0.5
        before = places
    X = np.reshape(page.evaluate("[...page.source.images.input]"), (-1, 2))
    np.testing.assert_allclose(before, X @ np.array(weight).T, atol=1e-9)


def test_ends_are_the_two_spaces(visit, kind):
    """At 0 all is drawn as in the input space; at 1 the page is as it opens."""
    if kind.dataset.is_graph:
        return
    page = visit(page_of(kind))
    opened = scene(page, "feature"), images_of(page, "feature"), view(page)
    bend(page, 0)
    shown, expected = scene(page, "feature"), scene(page, "input")
    assert view(page) == page.evaluate("page.spaces[0].view")
    assert page.evaluate("page.spaces[1].labels") == list(kind.dataset.names)
    np.testing.assert_array_equal(images_of(page, "feature"), images_of(page, "input"))
    assert shown["others"] == expected["others"]
    for one, other in zip(shown["boundary"], expected["boundary"], strict=True):
        assert_goes_through([one], other)
    for one, other in zip(shown["grid"], expected["grid"], strict=True):
        np.testing.assert_array_equal(one[[0, -1]], other)
    bend(page, 1)
    again = scene(page, "feature"), images_of(page, "feature"), view(page)
    np.testing.assert_equal(again, opened)


def test_nothing_jumps(visit, kind):
    """From place to place of the slider, points and axes move little, and less in between."""
    page = visit(page_of(kind))
    side = page.evaluate("page.spaces[1].side")
    shares = SHARES[1:] if kind.dataset.is_graph else SHARES
    steps = np.array(page.evaluate(STEPS, shares.tolist()))
    assert steps.max() < 0.12 * side
    largest = steps.argmax()
    finer = page.evaluate(STEPS, np.linspace(shares[largest], shares[largest + 1], 11).tolist())
    assert max(finer) < 0.3 * steps.max()


def test_boundary_is_the_image_of_that_of_the_input_space(visit, kind):
    """Its vertices are those, and regions hold the images of their places."""
    if kind.dataset.is_graph:
        return
    page = visit(page_of(kind))
    (left, bottom, right, top), lines = page.evaluate("page.spaces[0].view"), scene(page, "input")
    random = np.random.default_rng(1)
    places = random.uniform((left, bottom), (right, top), (400, 2))
    z = torch.tensor(evaluate(kind, kind.last, places)[-1])
    areas = kind.task.area(z).numpy()
    for share in (0.2, 0.5, 0.8):
        bend(page, share)
        shown, images = scene(page, "feature"), mapped(page, places)
        assert shown["others"] == lines["others"]
        for one, other in zip(shown["boundary"], lines["boundary"], strict=True):
            assert_goes_through([one], mapped(page, other))
        pixel = np.array(page.evaluate("page.spaces[1].pixel"))
        rims = [*shown["boundary"], *(curve for region in shown["regions"] for curve in region)]
        away = [distances(images / pixel, curve / pixel, 3) for curve in rims]
        clear = np.isinf(away).all(axis=0)
        assert clear.mean() > 0.3
        is_flat = page.evaluate("Boolean(page.source.shown.isFlat)")
        for area, curves in enumerate(shown["regions"], start=1):
            inside = [Path(curve).contains_points(images) for curve in curves if len(curve) > 2]
            number = np.sum(inside, axis=0) if inside else np.zeros(len(images))
            assert (number[clear & (areas == area)] > 0).all()
            if is_flat:
                np.testing.assert_array_equal(number[clear] % 2 == 1, areas[clear] == area)


def mapped(page, places):
    """Where the page sends places of the input space."""
    return np.array(
        page.evaluate("(x) => x.map((x) => page.source.shown.image(x))", places.tolist())
    )


def test_bend_of_wide_layers_is_along_straight_lines(visit):
    history = history_of("tanh")
    page = visit(page_of(history))
    X = history.dataset.X.double().numpy()
    h = evaluate(history, history.last, X)[-2]
    for share in (0.25, 0.5, 0.75):
        bend(page, share)
        expected = (1 - share) * X + share * h
        np.testing.assert_allclose(images_of(page, "feature"), expected, atol=1e-9)


def test_every_step_of_a_deep_network_has_a_stop(visit):
    """Their names are on the slider, and the points are those of NumPy, layer by layer."""
    history = KINDS["2-2-2-1"]()
    page = visit(page_of(history))
    names = ["x", "W₁x", "+ b₁", "tanh", "W₂h", "+ b₂", "tanh"]
    assert page.locator("#stops span").all_inner_texts() == names
    place, expected = history.dataset.X.double().numpy(), []
    for weight, bias in layers_of(history, history.last)[:2]:
        expected += [place @ weight.T, place @ weight.T + bias]
        place = np.tanh(expected[-1])
        expected.append(place)
    for k, there in enumerate(expected, start=1):
        click_on(page, page.locator("#stops span").nth(k))
        np.testing.assert_allclose(images_of(page, "feature"), there, atol=1e-9)
    assert text(page, "#feature h2").startswith("Feature space")


def test_features_of_other_units_begin_as_a_square(visit, own_units):
    """At the start it looks like the input space, in units of no feature, which have no numbers."""
    page = visit(page_of(own_units))
    bend(page, 0)
    start = pixels(page)
    np.testing.assert_allclose(start, page.evaluate(PIXELS_OF_INPUT), atol=1e-6)
    bend(page, 1e-9)
    np.testing.assert_allclose(pixels(page), start, atol=1e-3)
    assert page.evaluate("page.spaces[1].isBare")
    bend(page, STRETCH)
    assert not page.evaluate("page.spaces[1].isBare")
    W, _ = layers_of(own_units, own_units.last)[0]
    model = own_units.network(0).logit[0]
    mean, spread = (getattr(model, name).double().numpy() for name in ("mean", "spread"))
    expected = (own_units.dataset.X.double().numpy() - mean) / spread @ W.T
    np.testing.assert_allclose(np.ptp(images_of(page, "feature"), axis=0), np.ptp(expected, axis=0))


def click_on(page, words):
    """Click with the mouse where some words stand, and wait until it is drawn."""
    box = words.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)


def test_slider_is_used_by_mouse_and_keys(visit, history):
    """Its keys move it alone, and it says where it stands."""
    page = visit(page_of(history), "#epoch=80")
    slider = page.get_by_role("slider", name="Bend")
    assert slider.get_attribute("aria-valuetext") == "Feature space"
    slider.focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert 0.98 < page.evaluate("page.state.bend") < 1
    assert page.evaluate("page.state.index") == 80
    assert slider.get_attribute("aria-valuetext") == "Wx + b → σ(Wx + b), bent by σ, 99 %"
    assert page.evaluate("page.spaces[1].labels[0]") == "between two steps of the network"
    page.keyboard.press("Home")
    settle(page)
    assert page.evaluate("page.state.bend") == 0
    assert text(page, "#feature h2").startswith("x at epoch 80")
    page.keyboard.press("n")
    settle(page)
    assert page.evaluate("page.state.pinned.point") == 0
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 12)
    settle(page)
    assert page.evaluate("page.state.bend") == pytest.approx(0.5, abs=0.01)
    click_on(page, page.locator("#stops span").last)
    assert page.evaluate("page.state.bend") == 1
    slider.focus()
    for share in (SHIFT, STRETCH, 0, 0):
        page.keyboard.press("PageDown")
        settle(page)
        assert page.evaluate("page.state.bend") == pytest.approx(share)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageUp")
    settle(page)
    assert page.evaluate("page.state.bend") == pytest.approx(STRETCH)
    click_on(page, page.get_by_text("Wx + b", exact=True))
    assert page.evaluate("page.spaces[1].labels[0]") == "z₁ = w₁ · x + b₁"


def test_places_are_pointed_at_pinned_and_selected(visit, history, weights):
    """In a bent plane, too: a place is marked in both spaces, with the P of the formulas."""
    page = visit(page_of(history), "#epoch=100&bend=0.5")
    for place in ((0.1, 0.7), (-0.4, -0.9)):
        x = np.array([place])
        W, b, _, _ = weights(100)
        page.mouse.move(*pixel_of(page, "feature", (x @ W.T + b / 2)[0]))
        settle(page)
        found = page.evaluate("page.state.hover.place")
        np.testing.assert_allclose(found, place, atol=0.01)
        P = formulas.probability(weights(100), np.array([found])).item()
        assert f"P = {P:.4f}" in text(page, "#readout")
        assert page.locator(".mark").count() == 2
    page.mouse.move(*pixel_of(page, "feature", view(page)[:2]))
    settle(page)
    assert page.evaluate("page.state.hover") is None
    images = pixels(page)
    box = page.locator("#feature canvas").bounding_box()
    low, high = np.quantile(images, (0.3, 0.6), axis=0)
    page.mouse.move(box["x"] + low[0], box["y"] + low[1])
    page.mouse.down()
    page.mouse.move(box["x"] + high[0], box["y"] + high[1], steps=3)
    page.mouse.up()
    settle(page)
    inside = ((images >= low) & (images <= high)).all(axis=1)
    assert page.evaluate("page.state.chosen") == inside.tolist() and inside.any()


def test_link_keeps_the_bend(visit, history):
    page = visit(page_of(history), "#epoch=100&bend=0.25&feature=-1,-1,0.5,0.5")
    np.testing.assert_allclose(view(page), (-1, -1, 0.5, 0.5))
    places = images_of(page, "feature")
    page.get_by_role("button", name="Copy link").click()
    settle(page)
    fragment = page.evaluate("location.hash")
    assert "bend=0.25" in fragment
    again = visit(page_of(history), fragment)
    np.testing.assert_array_equal(images_of(again, "feature"), places)
    np.testing.assert_allclose(view(again), (-1, -1, 0.5, 0.5))
    wrong = visit(page_of(history), "#bend=7")
    assert wrong.evaluate("page.state.bend") == 1


def test_zoom_stays_and_shows_the_boundary_anew(visit, history, weights):
    """A part of a bent plane, 1,000 times as large: the boundary has no corners there."""
    page = visit(page_of(history), "#epoch=100&bend=0.5")
    curve = scene(page, "feature")["boundary"][0]
    x, y = curve[len(curve) // 2]
    page.evaluate("(view) => page.spaces[1].look(view)", [x - 5e-3, y - 5e-3, x + 5e-3, y + 5e-3])
    show(page, 100)
    near = np.concatenate(scene(page, "feature")["boundary"])
    between = (near[1:] + near[:-1]) / 2
    W, b, _, _ = weights(100)
    back = np.linalg.solve(W, (between - b / 2).T).T
    slope = np.linalg.norm(
        formulas.gradients_of_logit(weights(100), back) @ np.linalg.inv(W), axis=1
    )
    pixel = page.evaluate("page.spaces[1].pixel[0]")
    shown = np.abs(between - (x, y)).max(axis=1) < 5e-3
    away = np.abs(formulas.logit(weights(100), back)[:, 0]) / slope / pixel
    assert shown.sum() > 3 and away[shown].max() < 0.3
    zoomed = view(page)
    bend(page, 0.52)
    assert page.evaluate("page.spaces[1].isZoomed")
    bend(page, 0.5)
    np.testing.assert_allclose(view(page), zoomed)


def test_there_is_no_bend_without_a_network_or_a_plane(visit):
    few = learned(make_dataset, "moons", points=60, hidden=(2,), epochs=2)
    assert visit(page_of(few), "#bend=0.5").evaluate("page.state.bend") == 0.5
    page = visit(page_of(few, evaluated=False), "#bend=0.5")
    assert page.locator("#bend").count() == 0
    assert page.evaluate("page.state.bend") == 1
