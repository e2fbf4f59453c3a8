"""The page of more than two classes: its numbers, its regions and its lines are exact."""

import dataclasses
import re

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from conftest import distances
from helpers.arithmetic import plain
from helpers.pages import (
    blobs,
    evaluate,
    hills,
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
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from torch import nn

from torchreplay.data.dataset import Dataset
from torchreplay.replay.recorder import Recorder

KINDS = {  # how many classes, and the hidden layers
    "2-2-3": (3, {"hidden": (2,), "activation": "sigmoid", "rate": 3.0}),
    "tanh 3": (3, {}),
    "relu 3": (3, {"activation": "relu", "rate": 0.3}),
    "tanh 10": (10, {"epochs": 100}),
    "relu 10": (10, {"activation": "relu", "rate": 0.1}),
    "tanh 20": (20, {}),
}
ZOOMED = [-0.4, -0.1, -0.2, 0.1]


@pytest.fixture(scope="module", params=KINDS)
def history(request):
    classes, settings = KINDS[request.param]
    return learned(blobs, classes, **settings)


@pytest.fixture(scope="module")
def three():
    classes, settings = KINDS["2-2-3"]
    return learned(blobs, classes, **settings)


@pytest.fixture(scope="module")
def ten():
    classes, settings = KINDS["tanh 10"]
    return learned(blobs, classes, **settings)


def softmax(z):
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def holds(curves, places):
    """Which places lie in the area around which closed curves run."""
    inside = [Path(curve).contains_points(places) for curve in curves]
    return np.sum(inside, axis=0) % 2 == 1 if inside else np.zeros(len(places), bool)


def winding(curves, places):
    """Whether closed curves, which run anticlockwise, go around places at all."""
    inside = [Path(curve).contains_points(places) for curve in curves]
    return np.any(inside, axis=0) if inside else np.zeros(len(places), bool)


def is_near(curves, places, reach):
    """Whether each of some places lies within a reach of some curves."""
    if not len(places):
        return True
    return np.min([distances(places, curve, reach) for curve in curves], axis=0).max() < reach


def found_in(shown, places):
    """The numbers of the regions that hold places, and how many hold each."""
    inside = np.array([holds(region, places) for region in shown["regions"]])
    return np.where(inside.any(axis=0), 1 + inside.argmax(axis=0), 0), inside.sum(axis=0)


def gaps(z):
    """How far the two largest of outputs, (n, K), are apart, (n,)."""
    first, second = np.sort(z, axis=1)[:, :-3:-1].T
    return first - second


def test_points(visit, history):
    """P, classes, images and errors are those of the formulas."""
    page, dataset = visit(page_of(history)), history.dataset
    for epoch in (0, history.last):
        show(page, epoch)
        *_, h, z = evaluate(history, epoch, dataset.X)
        logits = np.reshape(page.evaluate("[...page.source.logits]"), z.shape)
        np.testing.assert_allclose(softmax(logits), softmax(z), atol=1e-10)
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-10)
        wrong = page.evaluate("[...page.points.label.keys()].filter((n) => page.isWrong(n))")
        expected = np.nonzero(z.argmax(axis=1) != dataset.y[:, 0].numpy())[0]
        assert wrong == expected.tolist()


def test_input_space_is_divided_exactly(visit, history):
    """On lines the two largest outputs are equal. Every place lies in the region of its class."""
    page = visit(page_of(history))
    for view in (None, ZOOMED):
        assert_divided(page, history, view)


def assert_divided(page, history, view):
    if view:
        page.evaluate("(view) => { page.spaces[0].view = view; page.go(0); }", view)
    left, bottom, right, top = page.evaluate("page.spaces[0].view")
    random = np.random.default_rng(1)
    places = random.uniform((left, bottom), (right, top), (4000, 2))
    for epoch in (0, history.last // 2, history.last):
        show(page, epoch)
        shown = scene(page, "input")
        vertices = np.concatenate(shown["boundary"] or [np.empty((0, 2))])
        assert len(vertices) > 50 or view or epoch < history.last
        assert gaps(evaluate(history, epoch, vertices)[-1]).max(initial=0) < 1e-8
        number, count = found_in(shown, places)
        assert count.max() <= 1
        other = number != evaluate(history, epoch, places)[-1].argmax(axis=1)
        assert is_near(shown["boundary"], places[other], 0.5 * (right - left) / 440)


def test_each_line_is_drawn_once_between_two_regions(visit, ten):
    """Both regions have its vertices, and no other line has the same piece."""
    page = visit(page_of(ten))
    shown = scene(page, "input")
    pieces = [
        frozenset(map(tuple, piece))
        for curve in shown["boundary"]
        for piece in zip(curve.tolist(), curve[1:].tolist(), strict=False)
    ]
    assert len(pieces) == len(set(pieces)) > 300
    owners = [{tuple(place) for curve in region for place in curve} for region in shown["regions"]]
    ends = {tuple(curve[0]) for curve in shown["boundary"]}
    ends |= {tuple(curve[-1]) for curve in shown["boundary"]}
    _, _, z = evaluate(ten, ten.last, sorted(ends))
    forks = np.sum(z > z.max(axis=1, keepdims=True) - 1e-8, axis=1) == 3
    assert forks.sum() > 3
    for piece in pieces:
        z = evaluate(ten, ten.last, list(piece))[-1]
        expected = set(np.argsort(z.sum(axis=0))[-2:]) - {0}
        assert all(piece <= owners[label - 1] for label in expected)


def test_feature_space_is_cut_straight(visit, history):
    page = visit(page_of(history))
    weight, bias = layers_of(history, history.last)[-1]
    shown = scene(page, "feature")
    for piece in shown["boundary"]:
        assert len(piece) == 2 and gaps(piece @ weight.T + bias).max() < 1e-8
    left, bottom, right, top = page.evaluate("page.spaces[1].view")
    random = np.random.default_rng(1)
    places = random.uniform((left, bottom), (right, top), (4000, 2))
    places = places[winding(shown["ground"], places)]
    inside = np.array([winding(region, places) for region in shown["regions"]])
    number = np.where(inside.any(axis=0), 1 + inside.argmax(axis=0), 0)
    assert inside.sum(axis=0).max() <= 1
    margins = gaps(places @ weight.T + bias)
    clear = margins > 1e-6 * np.abs(weight).max()
    expected = (places @ weight.T + bias).argmax(axis=1)
    np.testing.assert_array_equal(number[clear], expected[clear])


def test_ground_has_the_tint_of_the_class(visit, ten):
    """Pixel by pixel: that of the largest output, unless a line is near or something is drawn."""
    page = visit(page_of(ten))
    for k, space in enumerate(("input", "feature")):
        left, bottom, right, top = page.evaluate("(k) => page.spaces[k].view", k)
        random = np.random.default_rng(2)
        places = random.uniform((left, bottom), (right, top), (3000, 2))
        tints = page.evaluate(
            """([k, places]) => {
                const space = page.spaces[k], pixels = space.toPixels(places.flat());
                return places.map((_, n) => [...space.pen.getImageData(
                    Math.floor(pixels[2 * n]), Math.floor(pixels[2 * n + 1]), 1, 1).data]);
            }""",
            [k, places.tolist()],
        )
        regions = page.evaluate("page.data.palettes.classic.regions")
        colors = [[int(color[j : j + 2], 16) for j in (1, 3, 5)] for color in regions]
        number = [colors.index(tint[:3]) if tint[:3] in colors else -1 for tint in tints]
        number = np.array(number)
        weight, bias = layers_of(ten, ten.last)[-1]
        z = evaluate(ten, ten.last, places)[-1] if k == 0 else places @ weight.T + bias
        plain = number >= 0
        assert plain.mean() > 0.4
        other = plain & (number != z.argmax(axis=1))
        lines = scene(page, space)["boundary"]
        assert is_near(lines, places[other], 2 * (right - left) / 440)


def test_steps_are_those_of_the_record(visit, three):
    """The mean gradient leads from each epoch to the next, and is that of finite differences."""
    page = visit(page_of(three))
    steps = page.evaluate(
        """() => Array.from({ length: 60 }, (_, epoch) => {
            page.network.restore(epoch);
            const { gradient } = page.network.mean(page.points);
            return [...gradient.map((slope, k) => page.network.w[k] - 3 * slope)];
        })"""
    )
    record = np.hstack([np.reshape(value, (61, -1)) for value in three.parameters.values()])
    np.testing.assert_allclose(steps, record[1:], atol=1e-6)


def test_numbers_at_the_output_units(visit, three):
    page = visit(page_of(three), "#epoch=20&point=50")
    page.check("#backward")
    settle(page)
    z = evaluate(three, 20, three.dataset.X[49:50])[-1]
    P, label = softmax(z)[0], int(three.dataset.y[49])
    units = page.locator(".unit").all_inner_texts()[-3:]
    units = [plain(unit) for unit in units]
    for k, unit in enumerate(units):
        name = "₀₁₂"[k]
        whole = " ".join(unit.split("\n"))
        assert whole.startswith(f"P{name} = {P[k]:.4f} class {k} z{name}⁽²⁾ = ")
        exps = r"exp\([^()]+\)"
        ratio = rf"P{name} = {exps} / \({exps} \+ {exps} \+ {exps}\) = {P[k]:.4f}"
        assert re.search(ratio, whole)
        slope = f"{P[k] - (k == label):.4f}".replace("-", "−")
        minus = r" − 1 = 0\.\d+ − 1" if k == label else ""
        assert re.search(rf"∂loss/∂z{name}⁽²⁾ = P{name}{minus} = {slope}$", whole)
        loss = f"label {label}: loss = −log P{name} = −log("
        assert (loss in whole) == (k == label)
    rows = [line.split("\t")[0] for line in page.locator("#diagram tbody tr").all_inner_texts()]
    assert rows[6:9] == ["h₁ → z₀⁽²⁾", "h₂ → z₀⁽²⁾", "bias of z₀⁽²⁾"]


def test_true_and_predicted_class_are_always_among_the_output_units(visit, ten):
    dataset = ten.dataset
    z = evaluate(ten, ten.last, dataset.X)[-1]
    predicted, label = z.argmax(axis=1), dataset.y[:, 0].numpy().astype(int)
    late = np.nonzero((predicted > 7) & (label != predicted))[0][:2]
    last = np.nonzero((label > 7) & (label != predicted))[0][:2]
    page = visit(page_of(ten))
    for n in (*late, *last):
        page.evaluate("(point) => page.pin({ point })", int(n))
        settle(page)
        shown = page.locator(".layer").last.inner_text().replace("\xa0", " ")
        assert page.locator(".layer").last.locator(".unit").count() == 8
        assert f"class {label[n]}\n" in shown and f"class {predicted[n]}\n" in f"{shown}\n"
        P = softmax(z[n : n + 1])[0]
        assert f"P = {P[predicted[n]]:.4f}" in text(page, "#readout")
        assert f"predicted class {predicted[n]}, P" in text(page, "#readout")
        assert f"= {-np.log(P[label[n]]):.4f}" in shown


def test_accuracy_of_each_class_stands_beside_its_name(visit, ten):
    page = visit(page_of(ten))
    for epoch in (0, 50):
        show(page, epoch)
        shown = page.locator("#legend b").all_inner_texts()
        assert shown == [f"{100 * share:.1f} %" for share in ten.class_accuracy[epoch]]


def test_any_place_can_be_pinned(visit, three):
    page = visit(page_of(three))
    page.mouse.click(*pixel_of(page, "input", (0.53, 0.9)))
    page.mouse.move(5, 5)
    settle(page)
    place = page.evaluate("page.state.pinned.place")
    P = softmax(evaluate(three, three.last, [place])[-1])[0]
    assert f"predicted class {P.argmax()}, P = {P.max():.4f}" in text(page, "#readout")
    page.mouse.move(*pixel_of(page, "feature", (0.9, 0.9)))
    settle(page)
    spot = page.evaluate("page.state.hover.spot")
    weight, bias = layers_of(three, three.last)[-1]
    P = softmax((weight @ spot + bias)[None])[0]
    assert f"class {P.argmax()}, P = {P.max():.3f}" in text(page, "#feature .marks")


def markers_of(page):
    """The paths of the markers of all classes: the legend has them."""
    return page.locator("#legend [data-point]").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('d'))"
    )


def test_markers_are_those_of_matplotlib(visit, ten):
    """Each has the outline of the shape of this name, up to its size."""
    page, grid = visit(page_of(ten)), np.linspace(-1.05, 1.05, 64)
    places = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    kinds = page.evaluate("page.data.palettes.classic.markers")
    assert len(set(kinds)) == 10
    for kind, d in zip(kinds, markers_of(page), strict=True):
        style = MarkerStyle(kind)
        outline = style.get_transform().transform_path(style.get_path())
        reach = np.abs(outline.to_polygons()[0]).max()
        expected = outline.contains_points(places * (1, -1) * reach)
        found = page.evaluate(
            """([d, places]) => {
                const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
                path.setAttribute("d", "M0 0" + d);
                document.querySelector("svg").append(path);
                const box = path.getBBox();
                const reach = Math.max(box.x + box.width, -box.x, box.y + box.height, -box.y);
                return places.map(([x, y]) =>
                    path.isPointInFill(new DOMPoint(x * reach, y * reach)));
            }""",
            [d, places.tolist()],
        )
        assert np.mean(found != expected) < 0.04, kind
        assert 0.15 < np.mean(expected) < 0.9


def test_markers_are_drawn_as_their_paths(visit):
    """Pixels of the canvas are covered where the path is, for each shape."""
    alone = learned(blobs, 10, 1, seed=37, epochs=2)
    page = visit(page_of(alone))
    drawn = page.evaluate(
        """() => {
            const [{ dots }] = page.spaces, pen = dots.getContext("2d");
            const pixels = page.spaces[0].toPixels(page.source.images.input);
            const paths = [...document.querySelectorAll("#legend [data-point]")];
            return paths.map((one, n) => {
                const path = new Path2D("M0 0" + one.getAttribute("d"));
                const [x, y] = [pixels[2 * n], pixels[2 * n + 1]].map((k) => Math.round(4 * k) / 4);
                let [both, either] = [0, 0];
                for (let i = Math.floor(x) - 7; i < x + 8; i++) {
                    for (let j = Math.floor(y) - 7; j < y + 8; j++) {
                        const isDrawn = pen.getImageData(i, j, 1, 1).data[3] > 127;
                        const isInside = pen.isPointInPath(path, i + 0.5 - x, j + 0.5 - y);
                        both += isDrawn && isInside;
                        either += isDrawn || isInside;
                    }
                }
                return both / either;
            });
        }"""
    )
    assert min(drawn) > 0.85


def test_many_long_names_fit(visit, ten):
    """Twenty of them neither widen the page of a telephone nor take half of a window."""
    twenty = learned(blobs, 20, epochs=5)
    names = tuple(f"a name of class {k} that is long" for k in range(20))
    named = dataclasses.replace(twenty.dataset, classes=names)
    document = page_of(dataclasses.replace(twenty, dataset=named))
    for width, height in ((390, 844), (1280, 720)):
        page = visit(document, "#point=9", viewport={"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("#legend").bounding_box()["height"] < 0.45 * height
        assert page.locator("#legend .name").count() == 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(visit, scheme):
    for history in (learned(blobs, 20, epochs=5), learned(hills, rate=0.03)):
        page = visit(page_of(history), "#point=1", bypass_csp=True, color_scheme=scheme)
        page.check("#backward")
        settle(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_positions_of_classes_in_place_of_a_network(visit):
    """Images of three classes: a convolution is not evaluated by the page."""
    generator = torch.Generator().manual_seed(5)
    y = torch.arange(60) % 3
    X = torch.randn(60, 1, 6, 6, generator=generator) + y.reshape(-1, 1, 1, 1)
    torch.manual_seed(3)
    body = [nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 2), nn.Tanh()]
    model = nn.Sequential(*body, nn.Linear(2, 3))
    dataset = Dataset(X, y[:, None].float(), (), ("0", "1", "2"))
    recorder = Recorder(model, dataset, loss=nn.CrossEntropyLoss())
    page = visit(recorder.replay().to_html(), "#point=8")
    with torch.no_grad():
        z = model(X).numpy()
    np.testing.assert_allclose(
        np.reshape(page.evaluate("[...page.source.logits]"), (60, 3)), z, atol=1e-5
    )
    P = softmax(z[7:8])[0]
    loss = -np.log(P[y[7]])
    reading = text(page, "#readout")
    assert f"predicted class {P.argmax()}, P = {P.max():.4f} · loss = {loss:.4f}" in reading
    weight, bias = (value.detach().numpy() for value in model[-1].parameters())
    shown = scene(page, "feature")
    assert len(shown["regions"]) == 2
    for piece in shown["boundary"]:
        assert gaps(piece @ weight.T + bias).max() < 1e-3
