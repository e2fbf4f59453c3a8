"""Spaces of the layers of anybody's model: exact lines, units of wide layers, projections."""

import numpy as np
import pytest
import torch
from helpers.models import LOGIT, Functional, Nested, X, clouds, replayed, small
from matplotlib.path import Path
from torch import nn

# Exactness --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["probability", "logit", "two logits", "function", "nested"])
def test_boundary_of_input_space_is_where_the_model_gives_one_half(kind):
    torch.manual_seed(2)
    two = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
    model, loss = {
        "probability": (small(nn.Sigmoid()), nn.BCELoss()),
        "logit": (small(), LOGIT),
        "two logits": (two, nn.CrossEntropyLoss()),
        "function": (Functional(), nn.BCELoss()),
        "nested": (Nested(), LOGIT),
    }[kind]
    space = replayed(model, loss).input_space()
    x = torch.from_numpy(np.concatenate(space.scenes[space.history.last].boundary))
    with torch.no_grad():
        z = model.eval()(x)
        if kind == "two logits":
            z = torch.softmax(z, dim=1)[:, 1]
        elif kind in ("logit", "nested"):
            z = torch.sigmoid(z)
    assert len(x) > 5
    torch.testing.assert_close(z, torch.full_like(z, 0.5), atol=1e-6, rtol=0)


@pytest.mark.parametrize("outputs", [1, 2])
def test_boundary_of_feature_space_is_a_straight_line_before_a_linear_layer(outputs):
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, outputs))
    space = replayed(model, LOGIT if outputs == 1 else nn.CrossEntropyLoss()).feature_space()
    h = torch.from_numpy(np.concatenate(space.scenes[space.history.last].boundary)).float()
    with torch.no_grad():
        z = model[2](h)
        z = z if outputs == 1 else z[:, 1:] - z[:, :1]
    assert np.ptp(h.numpy(), axis=0).max() > 0.02
    assert z.abs().max() < 1e-5


def test_points_of_a_layer_are_what_the_model_puts_out(nested):
    model, replay = nested
    space = replay.feature_space("net.0").plot()
    drawn = np.concatenate([np.column_stack(line.get_data()) for line in space.ax_.lines])
    with torch.no_grad():
        x = model.net[0](model.body["block"](model.body["first"](X))).numpy()
    image = space.at(10).images
    layer = space.placement.layers(replay.history.network(10))[-1]
    with torch.no_grad():
        np.testing.assert_allclose(image, layer(torch.from_numpy(x)), atol=1e-5)
    assert {tuple(row) for row in image.round(4)} <= {tuple(row) for row in drawn.round(4)}


def test_boundary_before_a_black_box_is_the_image_of_that_of_the_inputs(nested):
    """Every point of it is the image of an input with P = 0.5, to a fifth of a pixel."""
    model, replay = nested
    inputs = np.concatenate(replay.input_space().scenes[10].boundary)
    image = np.concatenate(replay.feature_space().scenes[10].boundary)
    with torch.no_grad():
        x = model.body["block"](model.body["first"](torch.from_numpy(inputs)))
        exact = torch.tanh(model.net[0](x)).numpy()
    away = np.linalg.norm(image[:, None] - exact, axis=-1).min(axis=1)
    assert away.max() < 0.02
    assert np.linalg.norm(exact[:, None] - image, axis=-1).min(axis=1).max() < 0.02


def test_regions_before_a_black_box_hold_the_inputs_of_their_class(nested):
    """Random inputs of class 1 land in the region; of class 0 only where sheets overlap."""
    model, replay = nested
    space = replay.feature_space()
    scene = space.scenes[10]
    plane = replay.history.dataset.plane
    x = torch.from_numpy(
        np.random.default_rng(0).uniform(plane.low, plane.high, (20_000, 2)).astype(np.float32)
    )
    with torch.no_grad():
        h = torch.tanh(model.net[0](model.body["block"](model.body["first"](x)))).double().numpy()
        logit = model(x)[:, 0].numpy()
    boundary = np.concatenate(scene.boundary)
    clear = np.linalg.norm(h[:, None] - boundary[::5], axis=-1).min(axis=1) > 0.02
    clear &= np.abs(h).max(axis=1) < 0.98  # what is nearer to a corner is hardly an area
    inside = winding(scene.regions[0], h[clear])
    assert (inside[logit[clear] >= 0] != 0).mean() > 0.98  # a sliver may be thinner than the mesh
    one = winding(scene.ground, h[clear]) == 1  # on a single sheet
    assert one.any()
    assert (inside[one & (logit[clear] < 0)] == 0).mean() > 0.995


def winding(curves, points):
    """How often closed curves run around points, (n,)."""
    count = np.zeros(len(points), int)
    for curve in curves:
        inside = Path(curve).contains_points(points)
        x, y = curve.T
        count += inside * int(np.sign((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()))
    return count


# Units and projections --------------------------------------------------------------------------


def test_units_of_a_wider_layer(nested):
    model, replay = nested
    space = replay.feature_space("body.first", units=(3, 0)).plot()
    assert (space.ax_.get_xlabel(), space.ax_.get_ylabel()) == ("Unit 3", "Unit 0")
    with torch.no_grad():
        expected = model.body["first"](X)[:, [3, 0]].numpy()
    run = space
    np.testing.assert_allclose(run.at(10).images, expected, atol=1e-6)
    scene = run.scenes[10]
    assert (scene.boundary, scene.regions) == ([], [])
    assert len(scene.grid) > 10
    assert "Boundary" not in space.ax_.get_title()


def test_projection_is_the_plane_of_largest_variance_over_all_epochs(nested):
    """Against a singular value decomposition of what the layer puts out at all epochs."""
    _, replay = nested
    name, units = "body.block.act", []
    for epoch in range(11):
        model = Nested()
        state = {key: torch.tensor(v[epoch]) for key, v in replay.history.parameters.items()}
        model.load_state_dict(state)
        with torch.no_grad():
            units.append(torch.tanh(model.body["block"].layer(model.body["first"](X))).numpy())
    z = np.concatenate(units).astype(float)
    centered = z - z.mean(axis=0)
    axes = np.linalg.svd(centered, full_matrices=False)[2][:2]
    run = replay.feature_space(name, projection="pca")
    for epoch in (0, 10):
        ours, expected = run.at(epoch).images, (units[epoch] - z.mean(axis=0)) @ axes.T
        signs = np.sign((ours * expected).sum(axis=0))
        np.testing.assert_allclose(ours, signs * expected, atol=1e-4)


def test_images_and_many_features():
    torch.manual_seed(1)
    conv = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 2), nn.Linear(2, 1)
    )
    images = torch.randn(60, 1, 8, 8)
    space = replayed(conv, X=images).feature_space()
    assert len(space.scenes[3].boundary) == 1
    X5, y5 = clouds(features=5)
    black_box = replayed(Nested(5), X=X5, y=y5).feature_space()
    scene = black_box.scenes[3]
    assert (scene.boundary, scene.grid, scene.ground) == ([], [], [])
    black_box.plot()
    assert black_box.ax_.get_title(loc="left") == ""
