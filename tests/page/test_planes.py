"""Wide hidden layers on the page: the plane in which they decide, and two of their units."""

import numpy as np
import pytest
import torch
from conftest import distances
from helpers.models import replayed
from helpers.pages import (
    blobs,
    evaluate,
    hills,
    images_of,
    layers_of,
    learned,
    page_of,
    pixel_of,
    planes_of,
    scene,
    settle,
    show,
    text,
)
from torch import nn

from torchreplay.data.dataset import make_dataset
from torchreplay.replay.replay import Replay


def moons():
    return make_dataset("moons", points=120)


def trained(classes, width, activation, epochs=20):
    """A training of a network with a wide layer before its output."""
    make = {0: hills, 2: moons}.get(classes, blobs)
    settings = {"hidden": (width,), "activation": activation, "epochs": epochs, "rate": 0.1}
    return learned(make, *[classes] * (make is blobs), **settings)


@np.errstate(divide="ignore", invalid="ignore")
def winding(curves, places):
    """How often closed curves run around places, (n,)."""
    found = np.zeros(len(places))
    for curve in curves:
        steps = np.asarray(curve)[:, None] - places
        turns = steps[..., 0] + 1j * steps[..., 1]
        found += np.nan_to_num(np.angle(np.roll(turns, -1, axis=0) / turns)).sum(axis=0)
    return np.rint(found / (2 * np.pi))


def regions_at(page, shown, places):
    """The number of the region that is shown last at each of some places of the feature space.

    It is -1 beside the ground, and within a pixel of a rim.
    """
    pixel = np.array(page.evaluate("page.spaces[1].pixel"))
    found = np.where(winding(shown["ground"], places) != 0, 0, -1)
    for number, curves in enumerate(shown["regions"], start=1):
        found[winding(curves, places) != 0] = number
    rims = [*shown["ground"], *(curve for region in shown["regions"] for curve in region)]
    closed = [np.concatenate([curve, curve[:1]]) / pixel for curve in rims]
    near = [distances(places / pixel, curve, 1) < 1 for curve in closed]
    return np.where(np.any(near, axis=0), -1, found)


@pytest.mark.parametrize("width", [3, 8, 64])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_two_classes(visit, width, activation):
    """The distance from the line is the logit over |w|, so each point is on its true side."""
    history = trained(2, width, activation)
    page, X = visit(page_of(history)), history.dataset.X
    for epoch in (0, history.last):
        show(page, epoch)
        z = evaluate(history, epoch, X)[-1][:, 0]
        weight, bias = layers_of(history, epoch)[-1]
        length = np.linalg.norm(weight)
        images = images_of(page, "feature")
        np.testing.assert_allclose(images[:, 0], (z - bias) / length, atol=1e-9)
        shown = scene(page, "feature")
        boundary = np.concatenate(shown["boundary"] or [np.empty((0, 2))])
        P = 1 / (1 + np.exp(-(length * boundary[:, 0] + bias)))
        assert np.abs(P - 0.5).max(initial=0) <= 1e-9
        np.testing.assert_array_equal(images[:, 0] > -bias / length, z > 0)
        found = regions_at(page, shown, images)
        inner = found >= 0
        assert width == 3 or inner.mean() > 0.4  # three rectified units fold most of it flat
        np.testing.assert_array_equal(found[inner] == 1, z[inner] > 0)


@pytest.mark.parametrize("width", [3, 8, 64])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize(("classes", "chosen"), [(3, (0, 1, 2)), (10, (0, 1, 2)), (10, (3, 5, 8))])
def test_three_classes(visit, width, activation, classes, chosen):
    """All that decides among them is linear in the plane; points of others have no place."""
    history = trained(classes, width, activation)
    names = ",".join(str(k + 1) for k in chosen)
    page = visit(page_of(history), f"#classes={names}")
    label = history.dataset.y[:, 0].numpy()
    own = np.isin(label, chosen)
    for epoch in (0, history.last):
        show(page, epoch)
        z = evaluate(history, epoch, history.dataset.X)[-1][:, list(chosen)]
        images = images_of(page, "feature")
        assert np.isnan(images[~own]).all() and np.isfinite(images[own]).all()
        places = np.column_stack([images[own], np.ones(own.sum())])
        relative = (z - z[:, :1])[own]
        fitted, *_ = np.linalg.lstsq(places, relative, rcond=None)
        np.testing.assert_allclose(places @ fitted, relative, atol=1e-9)
        shown = scene(page, "feature")
        for piece in shown["boundary"]:
            first, second = np.sort(np.column_stack([piece, np.ones(len(piece))]) @ fitted)[
                :, -2:
            ].T
            np.testing.assert_allclose(first, second, atol=1e-9)
        found = regions_at(page, shown, images[own])
        inner = found >= 0
        assert width == 3 or inner.mean() > 0.3
        np.testing.assert_array_equal(found[inner], relative.argmax(axis=1)[inner])
    colors = page.evaluate("page.spaces[1].classes ?? [0, 1, 2]")
    assert colors == list(chosen)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_planes_are_those_of_python(visit, classes):
    history = trained(classes, 8, "tanh", epochs=6)
    page, space = visit(page_of(history)), planes_of(history)["feature"]
    limits = space.placement.limits
    assert page.evaluate("page.spaces[1].rect") == [*limits.low, *limits.high]
    assert page.evaluate("page.spaces[1].labels") == list(space.placement.axis_labels)
    for epoch in (0, history.last):
        show(page, epoch)
        np.testing.assert_allclose(images_of(page, "feature"), space.at(epoch).images, atol=1e-4)
    title = text(page, "#feature h2").split()
    assert " ".join(title) == f"Decision plane at epoch {history.last} of 8 units"
    positions = visit(page_of(history, evaluated=False))
    span = np.subtract(limits.high, limits.low).max() / 65535
    np.testing.assert_allclose(
        images_of(positions, "feature"), space.at(history.last).images, atol=span
    )


def test_levels_of_numbers_are_straight_and_at_equal_distances(visit):
    history = trained(0, 64, "tanh")
    page = visit(page_of(history))
    weight, bias = layers_of(history, history.last)[-1]
    shown = scene(page, "feature")
    for number, piece in zip(shown["others"], shown["boundary"], strict=True):
        level = np.float32(history.task.levels[number - 1])
        np.testing.assert_allclose(np.linalg.norm(weight) * piece[:, 0] + bias, level, atol=1e-6)


def test_places_and_points_of_other_classes(visit):
    """A place that is pointed at is one of the input space; nothing is NaN."""
    history = trained(10, 8, "tanh")
    page = visit(page_of(history), "#classes=4,6,9")
    label = history.dataset.y[:, 0].numpy()
    left_out = int(np.nonzero(label == 0)[0][0])
    page.evaluate("(point) => page.pin({ point })", left_out)
    settle(page)
    assert "NaN" not in text(page, "#readout") + text(page, "#diagram")
    page.check("#errors")
    settle(page)
    image = images_of(page, "feature")[np.nonzero(label == 3)[0][0]]
    page.mouse.move(*pixel_of(page, "feature", image))
    settle(page)
    assert page.evaluate("state => page.state.hover.point") is not None
    with page.expect_download() as download:
        page.get_by_role("button", name="Save SVG").click()
    assert "NaN" not in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_two_units_are_chosen(visit, activation):
    """They are the axes; no boundary is drawn, and the page says so."""
    history = trained(2, 8, activation)
    page = visit(page_of(history))
    page.get_by_label("Plane", exact=True).select_option("two units")
    page.get_by_label("Axis 1").select_option("h₃")
    page.get_by_label("Axis 2").select_option("h₇")
    settle(page)
    assert page.evaluate("page.state.axes") == {"units": [2, 6]}
    left, bottom, right, top = page.evaluate("page.spaces[1].rect")
    for epoch in (0, 10, history.last):
        show(page, epoch)
        h = evaluate(history, epoch, history.dataset.X)[0][:, [2, 6]]
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-9)
        assert (h >= (left, bottom)).all() and (h <= (right, top)).all()
        shown = scene(page, "feature")
        assert not shown["boundary"] and not shown["regions"] and len(shown["grid"]) > 10
    assert page.evaluate("page.spaces[1].labels") == ["h₃", "h₇"]
    assert "no boundary here" in text(page, "#feature h2")
    assert not page.locator("#bend").is_visible()
    page.get_by_label("Axis 1").select_option("h₇")  # the other axis has it
    settle(page)
    assert page.get_by_label("Axis 1").input_value() == "2"
    page.get_by_role("button", name="Copy link").click()
    settle(page)
    assert "units=3,7" in page.evaluate("location.hash")
    again = visit(page_of(history), page.evaluate("location.hash"))
    assert again.evaluate("page.state.axes") == {"units": [2, 6]}
    again.get_by_label("Plane", exact=True).select_option("decision plane")
    settle(again)
    assert len(scene(again, "feature")["boundary"]) and again.locator("#bend").is_visible()


@pytest.mark.parametrize("address", ["#units=1,1", "#units=0,2", "#units=3,99", "#classes=1,2,3"])
def test_address_of_other_axes_changes_nothing(visit, address):
    page = visit(page_of(trained(2, 8, "tanh")), address)
    assert page.evaluate("page.state.axes") is None
    assert len(scene(page, "feature")["boundary"])


def test_classes_are_chosen(visit):
    history = trained(10, 8, "tanh")
    page = visit(page_of(history))
    assert [one.input_value() for one in page.locator("#axes select").all()] == ["0", "0", "1", "2"]
    page.get_by_label("Axis 1").select_option("class 7")
    settle(page)
    assert page.evaluate("page.state.axes") == {"classes": [1, 2, 7]}
    assert page.evaluate("page.spaces[1].labels[0]") == "From class 1 toward class 2"
    images = images_of(page, "feature")
    left, bottom, right, top = page.evaluate("page.spaces[1].rect")
    inside = (images[:, 0] >= left) & (images[:, 0] <= right)
    assert inside[~np.isnan(images[:, 0])].all() and bottom < top


def test_plane_of_a_layer_that_is_not_the_last_one(visit):
    """Two units before eight others are shown; the boundary is the image of the true one."""
    torch.manual_seed(5)
    layers = nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)
    X = torch.randn(80, 2)
    replay = replayed(nn.Sequential(*layers), X=X, y=(X[:, 0] > 0).float(), steps=5)
    page = visit(replay.to_html(), "#point=3")
    assert page.locator(".unit").count() == 13
    with torch.no_grad():
        weight, bias = (replay.history.parameters[f"0.{kind}"][5] for kind in ("weight", "bias"))
    h = np.tanh(X.double().numpy() @ weight.astype(float).T + bias)
    np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-9)
    lines = np.concatenate(scene(page, "input")["boundary"])
    shown = np.concatenate(scene(page, "feature")["boundary"])
    expected = np.tanh(lines @ weight.astype(float).T + bias)
    away = np.linalg.norm(shown[:, None] - expected[None], axis=2).min(axis=0)
    assert away.max() < 1e-9


def test_wide_model_of_ones_own_is_evaluated(visit):
    """Its diagram is there, as that of a network of the scripts."""
    torch.manual_seed(5)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    X = torch.randn(80, 2)
    replay = replayed(model, X=X, y=(X[:, 0] > 0).float(), steps=5)
    page = visit(replay.to_html(), "#point=3")
    z = page.evaluate("page.network.logits(page.points.at(2))[0]")
    model.load_state_dict(replay.history.state_dict(5))
    assert z == pytest.approx(model(X[2:3]).item(), abs=1e-5)
    assert page.locator(".unit").count() > 8 and text(page, "#feature h2").startswith("Decision")


def kept(loss, y):
    """A training of which features alone are kept, and its model: unbounded, of five features."""
    torch.manual_seed(0)
    X = torch.randn(60, 5)
    layers = nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 2), nn.ReLU(), nn.Linear(2, 1)
    model = nn.Sequential(*layers)
    settings = {"X": X, "y": y(X), "steps": 4, "keep": "features", "layer": "3"}
    return replayed(model, loss, **settings), model, X


@pytest.mark.parametrize(
    ("loss", "y"),
    [(nn.BCEWithLogitsLoss(), lambda X: (X[:, 0] > 0).float()), (nn.MSELoss(), lambda X: X[:, 0])],
    ids=["classes", "numbers"],
)
def test_features_that_are_kept_are_shown(visit, loss, y, tmp_path):
    """The layer of which they are, by positions; from a file as well, without the model."""
    replay, model, X = kept(loss, y)
    replay.save(tmp_path / "run.npz")
    with torch.no_grad():
        h, z = model[:4](X).numpy(), model(X).numpy()
    for one in (replay, Replay.load(tmp_path / "run.npz")):
        page = visit(one.to_html(), "#point=3")
        assert page.evaluate("page.spaces.map(({ name }) => name)") == ["feature"]
        span = np.ptp(page.evaluate("page.spaces[0].rect")) / 65535
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=span)
        logits = np.reshape(page.evaluate("[...page.source.logits]"), z.shape)
        np.testing.assert_allclose(logits, z, atol=1e-5)
        assert len(scene(page, "feature")["boundary"]) >= (loss is not None)
        assert page.locator("#features, #bend, #lines").count() == 0
        assert not {"NaN", "undefined"} & set(text(page, "body").split())
        assert text(page, "#readout").startswith("Point 3")
        assert text(page, "h1") == "A network learns points"
