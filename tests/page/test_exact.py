"""What the page evaluates is what Python recorded: probabilities, images, boundary and steps."""

import re

import numpy as np
import pytest
import torch
from conftest import distances
from helpers import formulas
from helpers.arithmetic import plain
from helpers.pages import KINDS, history_of, images_of, page_of, scene, settle, show

from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE


def points_of(page):
    """The probabilities and the images in feature space of all points."""
    logit = page.evaluate("() => [...page.source.logits]")
    return torch.tensor(logit).sigmoid().numpy(), images_of(page, "feature")


def test_points_of_the_default_run(visit, history, exact, runs):
    page = visit(page_of(history))
    for epoch in (0, 45, 80, 200):
        show(page, epoch)
        P, images = points_of(page)
        np.testing.assert_allclose(P, exact(epoch)[0], atol=1e-5)
        np.testing.assert_allclose(images, runs["feature_space"].at(epoch).images, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_points_and_curves_of_other_networks(visit, kind):
    check_against_record(visit, history_of(kind))


def test_points_and_curves_of_standardized_features(visit, own_units):
    check_against_record(visit, own_units)


def check_against_record(visit, history):
    """Points and boundary of the page are those of Python, in both spaces."""
    page = visit(page_of(history))
    epochs = range(history.last + 1)
    spaces = {"input": INPUT_SPACE, "feature": FEATURE_SPACE}
    runs = {
        name: SpaceReplay(history, space, epochs, history.dataset) for name, space in spaces.items()
    }
    for epoch in (0, history.last):
        show(page, epoch)
        snapshot = runs["feature"].at(epoch)
        P, images = points_of(page)
        np.testing.assert_allclose(P, snapshot.predictions[:, 0], atol=1e-5)
        limits = runs["feature"].placement.limits
        span = np.subtract(limits.high, limits.low)
        np.testing.assert_allclose(images / span, snapshot.images / span, atol=1e-5)
        for name, run in runs.items():
            assert_same_curves(scene(page, name)["boundary"], run.scenes[epoch].boundary, run)


def assert_same_curves(ours, theirs, run):
    """Every vertex of a boundary lies within half a pixel of the other one."""
    span = np.subtract(run.placement.limits.high, run.placement.limits.low)
    for one, other in ((ours, theirs), (theirs, ours)):
        curves = [np.asarray(curve) / span for curve in other]
        for curve in one:
            away = [distances(np.asarray(curve) / span, part, 0.1) for part in curves]
            assert np.min(away, axis=0).max() < 1 / 800


def test_boundary_of_the_default_run(visit, history, weights):
    """On it P is one half, and in feature space it is straight: told by the formulas."""
    page = visit(page_of(history))
    for epoch in (1, 40, 80, 132, 200):
        show(page, epoch)
        (curve,) = scene(page, "input")["boundary"]
        P = formulas.probability(weights(epoch), curve)
        assert np.abs(P - 0.5).max() <= 1e-4
        ends = np.abs(curve[[0, -1]]).max(axis=1)
        np.testing.assert_allclose(ends, 1, atol=1e-9)
        _, _, v, c = weights(epoch)
        (chord,) = scene(page, "feature")["boundary"]
        assert np.abs(formulas.sigmoid(chord @ v.T + c) - 0.5).max() <= 1e-4


def test_lines_stay_exact_when_zoomed(visit, history, weights):
    """The boundary is evaluated anew: no corner shows, though the view is 2,000 times as large."""
    page = visit(page_of(history), "#epoch=100")
    (curve,) = scene(page, "input")["boundary"]
    x, y = curve[len(curve) // 2]
    view = [x - 5e-4, y - 5e-4, x + 5e-4, y + 5e-4]
    page.evaluate("(view) => { page.spaces[0].view = view; page.go(100); }", view)
    settle(page)
    (near,) = scene(page, "input")["boundary"]
    assert len(near) > 2
    assert near.min(axis=0)[0] >= view[0] - 1e-12 and near.max(axis=0)[0] <= view[2] + 1e-12
    between = (near[1:] + near[:-1]) / 2
    slope = np.linalg.norm(formulas.gradients_of_logit(weights(100), between), axis=1)
    pixels = np.abs(formulas.logit(weights(100), between)[:, 0]) / slope / 1e-3 * 440
    assert pixels.max() < 0.25


def test_region_and_grid_of_feature_space(visit, history, weights):
    """The region lies on the side of class 1, and grid lines are images of straight lines."""
    page = visit(page_of(history), "#epoch=80")
    W, b, v, c = weights(80)
    shown = scene(page, "feature")
    assert min((curve @ v.T + c).min() for curve in shown["regions"][0]) >= -1e-9
    lines = shown["grid"]
    assert len(lines) == 22
    for line, level in zip(lines, np.linspace(-1, 1, 11), strict=False):
        z = np.log(line / (1 - line))
        x = np.linalg.solve(W, (z - b).T).T
        np.testing.assert_allclose(x[:, 1], level, atol=1e-5)
        turns = np.diff(np.unwrap(np.arctan2(*np.diff(line, axis=0).T)))
        assert np.abs(turns).max() < 0.35


def test_step_is_the_next_epoch_of_the_record(visit, history, dataset, weights):
    """The mean gradient leads from each epoch to the next, and is that of the formulas."""
    page = visit(page_of(history))
    steps = page.evaluate(
        """() => Array.from({ length: 200 }, (_, epoch) => {
            page.network.restore(epoch);
            const { gradient } = page.network.mean(page.points);
            return gradient.map((slope, k) => page.network.w[k] - 3 * slope);
        })"""
    )
    record = [np.concatenate([v.ravel() for v in weights(epoch)]) for epoch in range(201)]
    np.testing.assert_allclose(steps, record[1:], atol=1e-6)
    X, t = dataset.X.double().numpy(), dataset.y.double().numpy()
    by_hand = formulas.descend(weights(80), X, t, 3.0)
    np.testing.assert_allclose(steps[80], np.concatenate([v.ravel() for v in by_hand]), atol=1e-12)


def test_numbers_at_the_units(visit, history, dataset, weights):
    """The diagram and the table have the numbers of the formulas, to the digits shown."""
    page = visit(page_of(history), "#epoch=80&point=7")
    page.check("#backward")
    settle(page)
    x, t = dataset.X[6:7].double().numpy(), dataset.y[6:7].double().numpy()
    h = formulas.hidden_layer(weights(80), x)[0]
    P = formulas.probability(weights(80), x).item()
    loss = formulas.loss(weights(80), x, t)
    units = page.locator(".unit").all_inner_texts()
    units = [plain(unit) for unit in units]
    assert len(units) == 5
    names = ["feature X1", "feature X2", "axis Hidden 1", "axis Hidden 2"]
    assert [unit.split("\n")[1] for unit in units[:4]] == names
    assert [unit.split("\n")[0] for unit in units[:2]] == [
        f"x{n} = {value:.4f}".replace("-", "−") for n, value in zip("₁₂", x[0], strict=True)
    ]
    W, b, _, _ = weights(80)
    (terms,) = [line for line in units[2].split("\n") if line.startswith("z₁ = ")]
    signs = r"^z₁ = −?w·\(?−?w\)? [+−] w·\(?−?w\)? [+−] w = −?w$"
    assert re.match(signs, re.sub(r"\d+\.\d+", "w", terms))
    sizes = [float(size) for size in re.findall(r"\d+\.\d+", terms)]
    expected = [W[0, 0], x[0, 0], W[0, 1], x[0, 1], b[0], W[0] @ x[0] + b[0]]
    np.testing.assert_allclose(sizes, np.abs(expected), atol=5.1e-3)
    for unit, value in zip(units[2:4], h, strict=True):
        assert f"= {value:.4f}" in unit
    assert f"P = {P:.4f}" in units[4] and f"= {loss:.4f}" in units[4]
    gradient = np.concatenate([g.ravel() for g in formulas.gradients(weights(80), x, t)])
    w = np.concatenate([value.ravel() for value in weights(80)])
    order = [0, 1, 4, 2, 3, 5, 6, 7, 8]  # of weights and bias, unit by unit
    rows = [line.split("\t") for line in page.locator("#diagram tbody tr").all_inner_texts()]
    shown = [[float(cell.replace("−", "-")) for cell in row[1:4]] for row in rows]
    expected = np.column_stack([w, gradient, w - 3 * gradient])[order]
    np.testing.assert_allclose(shown, expected, atol=5.1e-5)


def test_step_of_all_points_shows_the_record(visit, history):
    page = visit(page_of(history), "#epoch=60")
    page.check("#mean")
    page.check("#backward")
    settle(page)
    rows = [line.split("\t") for line in page.locator("#diagram tbody tr").all_inner_texts()]
    assert len(rows) == 9
    assert all(row[3] == row[4] for row in rows)
    assert "the step that training took" in page.locator("#steps > p").inner_text()
