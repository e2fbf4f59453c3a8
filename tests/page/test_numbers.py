"""The page of regression: predictions, level lines and the graph of one feature are exact."""

import dataclasses

import numpy as np
import pytest
from helpers.arithmetic import plain
from helpers.pages import (
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
from matplotlib.path import Path

KINDS = {
    "tanh": {"rate": 0.03},
    "relu": {"activation": "relu", "rate": 0.01},
    "2-2-1": {"hidden": (2,), "activation": "sigmoid", "rate": 0.03},
    "graph": {"features": 1, "rate": 0.03},
}
LEVELS = np.arange(-10, 10)


@pytest.fixture(scope="module", params=KINDS)
def history(request):
    return learned(hills, **KINDS[request.param])


@pytest.fixture(scope="module")
def flat():
    return learned(hills, **KINDS["tanh"])


@pytest.fixture(scope="module")
def graph():
    return learned(hills, **KINDS["graph"])


def steps_of(page, count, rate):
    """The parameters after a step down the mean gradient from each of some epochs."""
    script = """([count, rate]) => Array.from({ length: count }, (_, epoch) => {
        page.network.restore(epoch);
        const { gradient } = page.network.mean(page.points);
        return [...gradient.map((slope, k) => page.network.w[k] - rate * slope)];
    })"""
    return page.evaluate(script, [count, rate])


def written(number):
    return f"{number:.4f}".replace("-", "−")


def test_predictions_and_images(visit, history):
    page, dataset = visit(page_of(history)), history.dataset
    for epoch in (0, history.last):
        show(page, epoch)
        *_, h, z = evaluate(history, epoch, dataset.X)
        found = page.evaluate("[...page.source.logits]")
        np.testing.assert_allclose(found, z[:, 0], atol=1e-10)
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-10)
        assert not page.evaluate("[...page.points.label.keys()].some((n) => page.isWrong(n))")
        assert text(page, "#rmse") == f"{history.rmse[epoch]:.4f}"
        assert text(page, "#r2") == written(history.r2[epoch])


def test_steps_are_those_of_the_record(visit, history):
    """The mean gradient of the squared error leads from each epoch to the next."""
    page, rate = visit(page_of(history)), history.training["learning_rate"]
    values = history.parameters.values()
    record = np.hstack([np.reshape(value, (history.last + 1, -1)) for value in values])
    np.testing.assert_allclose(steps_of(page, history.last, rate), record[1:], atol=1e-5)


@pytest.mark.parametrize("view", [None, [-0.3, -0.2, -0.1, 0.0]], ids=["whole", "zoomed"])
def test_levels_of_the_input_space(visit, history, view):
    """On each line the prediction is the level; each place lies in the region of its band."""
    if history.dataset.is_graph:
        return
    page = visit(page_of(history))
    if view:
        page.evaluate("(view) => { page.spaces[0].view = view; page.go(60); }", view)
        settle(page)
    left, bottom, right, top = page.evaluate("page.spaces[0].view")
    levels = np.array(history.task.levels)
    assert set(levels) <= set(LEVELS) and len(levels) > 5
    places = np.random.default_rng(1).uniform((left, bottom), (right, top), (3000, 2))
    shown = scene(page, "input")
    for area, curve in zip(shown["others"], shown["boundary"], strict=True):
        z = evaluate(history, history.last, curve)[-1]
        np.testing.assert_allclose(z, levels[area - 1], atol=1e-8)
    assert view or shown["boundary"]
    assert_bands(shown, places, evaluate(history, history.last, places)[-1][:, 0], levels)


def assert_bands(shown, places, z, levels):
    """Each place lies in the region of its band, unless its z is nearly a level."""
    inside = [
        np.sum([Path(curve).contains_points(places) for curve in region], axis=0) % 2
        if region
        else np.zeros(len(places))
        for region in shown["regions"]
    ]
    number = np.sum(inside * np.arange(1, len(inside) + 1)[:, None], axis=0)
    clear = np.abs(z[:, None] - levels).min(axis=1) > 0.01
    expected = (z[:, None] > levels).sum(axis=1)
    np.testing.assert_array_equal(number[clear], expected[clear])


def test_levels_of_the_feature_space_are_parallel(visit, history):
    page = visit(page_of(history))
    weight, bias = layers_of(history, history.last)[-1]
    shown, levels = scene(page, "feature"), np.array(history.task.levels)
    assert shown["boundary"]
    for area, piece in zip(shown["others"], shown["boundary"], strict=True):
        assert len(piece) == 2
        np.testing.assert_allclose(piece @ weight.T + bias, levels[area - 1], atol=1e-8)


def test_graph_is_the_fitted_curve(visit, graph):
    """Each vertex lies on it, and between two the curve is no farther than a quarter pixel."""
    page = visit(page_of(graph))
    for epoch in (0, graph.last):
        show(page, epoch)
        shown = scene(page, "input")
        (curve,) = shown["boundary"]
        assert shown["regions"] == shown["ground"] == []
        np.testing.assert_allclose(
            evaluate(graph, epoch, curve[:, :1])[-1], curve[:, 1:], atol=1e-9
        )
        left, bottom, right, top = page.evaluate("page.spaces[0].view")
        np.testing.assert_allclose(curve[[0, -1], 0], [left, right])
        middle = (curve[1:] + curve[:-1]) / 2
        off = evaluate(graph, epoch, middle[:, :1])[-1][:, 0] - middle[:, 1]
        assert np.abs(off).max() / (top - bottom) * 440 < 0.25
    points = np.column_stack([graph.dataset.X, graph.dataset.y])
    np.testing.assert_allclose(images_of(page, "input"), points)
    (line,) = scene(page, "feature")["grid"]
    ends = evaluate(graph, graph.last, [[left], [right]])[-2]
    np.testing.assert_allclose(line[[0, -1]], ends, atol=1e-9)


def test_place_of_the_graph_is_a_place_on_the_axis(visit, graph):
    page = visit(page_of(graph))
    page.mouse.click(*pixel_of(page, "input", (0.53, -2)))
    page.mouse.move(5, 5)
    settle(page)
    x, _ = page.evaluate("page.state.pinned.place")
    z = evaluate(graph, graph.last, [[x]])[-1].item()
    reading = text(page, "#readout")
    assert f"east = {x:.3f} · " in reading and f"predicted = {written(z)}" in reading
    assert text(page, ".unit >> nth=-1").startswith("z =") and "NaN" not in text(page, "body")


def test_numbers_at_the_output_unit(visit, flat):
    page = visit(page_of(flat), "#epoch=20&point=50")
    page.check("#backward")
    settle(page)
    y = flat.dataset.y[49].item()
    z = evaluate(flat, 20, flat.dataset.X[49:50])[-1].item()
    unit = plain(page.locator(".unit").last.inner_text())
    whole = " ".join(unit.split("\n"))
    assert whole.startswith(f"z = {written(z)} predicted height z = ")
    assert (
        f" = {written(z - y)} loss = error² = {written(z - y)}² = {written((z - y) ** 2)}" in whole
    )
    slope = f"2·error = 2·{written(z - y)} = {written(2 * (z - y))}"
    assert "error = z − y = " in whole and whole.endswith(f"∂loss/∂z = {slope}")
    assert f"predicted = {written(z)} · label = {written(y)}" in text(page, "#readout")


@pytest.mark.parametrize(
    ("output", "loss", "slope"),
    [
        ("number by l1", np.abs, np.sign),
        (
            "number by huber",
            lambda e: np.where(np.abs(e) <= 1, e**2 / 2, np.abs(e) - 0.5),
            lambda e: np.clip(e, -1, 1),
        ),
    ],
)
def test_other_losses_have_their_derivatives(visit, flat, output, loss, slope, monkeypatch):
    """A record of another criterion: the mean loss, and its gradient at the last bias."""
    task = flat.task.trained_on(output.rpartition(" ")[2])
    other = dataclasses.replace(flat)
    object.__setattr__(other, "task", task)
    page = visit(page_of(other))
    found = page.evaluate(
        """() => {
            page.network.restore(60);
            const { loss, gradient } = page.network.mean(page.points);
            return [loss, gradient.at(-1)];
        }"""
    )
    error = evaluate(flat, 60, flat.dataset.X)[-1] - flat.dataset.y.double().numpy()
    np.testing.assert_allclose(found, [loss(error).mean(), slope(error).mean()], rtol=1e-9)


def test_nothing_is_misclassified(visit, flat):
    """No switch of errors is shown, and their key says why."""
    page = visit(page_of(flat))
    assert not page.locator("#errors").is_visible()
    assert not page.locator("[data-do=error]").first.is_visible()
    page.keyboard.press("e")
    settle(page)
    assert text(page, "#message") == "A number is not right or wrong: no point is misclassified."
    assert page.evaluate("page.state.pinned") is None
    assert "misclassified" not in text(page, "#readout")


def test_scale_of_colors_has_the_levels(visit, flat):
    page = visit(page_of(flat))
    numbers = page.locator("#legend .scale text").all_text_contents()
    numbers = [float(number.replace("−", "-")) for number in numbers]
    assert numbers == list(flat.task.levels)
    assert "height" in text(page, "#legend") and "level lines" in text(page, "#legend")
    fills = page.locator("#legend .scale path").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('fill'))"
    )
    assert fills == page.evaluate("page.data.palettes.classic.regions")


def test_curve_of_r2_stays_on_its_axis(visit, flat):
    """It may be far below zero: its axis ends at −1, and the curve at its rim."""
    bad = dataclasses.replace(flat, r2=np.where(np.arange(61) < 20, -300.0, 0.5))
    page = visit(page_of(bad), "#epoch=3")
    assert text(page, "#r2") == "−300.0000"
    assert page.locator("#r2-tip").evaluate("(tip) => tip.style.bottom") == "0%"
    show(page, 40)
    assert page.locator("#r2-tip").evaluate("(tip) => tip.style.bottom") == "75%"
    assert "R²\n−1" in text(page, "#strip")
