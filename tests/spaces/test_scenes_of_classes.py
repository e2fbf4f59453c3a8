"""Scenes of several classes and of regression, against the network asked for each pixel."""

import functools

import numpy as np
import pytest
import torch
from helpers.tints import assert_tints, frame_of, places_of, tinted

import common
from torchreplay import Recorder
from torchreplay.data.dataset import make_dataset
from torchreplay.replay.replay import Replay

EPOCHS = (0, 20, 60)


@functools.cache
def replay_of(name, hidden, activation, classes=None, latent=False):
    """The Replay of a network of `common` on an example set."""
    settings = {"classes": classes} if classes else {}
    dataset = make_dataset(name, points=200, **settings)
    torch.manual_seed(41)
    network = common.make_network(dataset, hidden, activation, latent)
    return Replay(common.train(network, dataset, EPOCHS[-1], 0.05, optimizer="adam"))


RUNS = [
    ("blobs", (8, 2), "tanh", 3),
    ("blobs", (8, 2), "relu", 5),
    ("blobs", (12, 2), "sigmoid", 10),
    ("blobs", (12, 2), "tanh", 20),
    ("hills", (8, 2), "tanh", None),
    ("hills", (16,), "relu", None, True),
]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("epoch", EPOCHS)
def test_every_pixel_of_the_input_space_has_the_tint_of_its_area(run, epoch):
    replay = replay_of(*run)
    space = replay.input_space()
    image, view = frame_of(space, epoch)
    places = places_of(view, len(image)).reshape(-1, 2)
    with torch.no_grad():
        z = replay.history.network(epoch).double().logit(torch.from_numpy(places)).numpy()
    task = replay.history.task
    expected = z.argmax(axis=1) if task.classes else (z > np.array(task.levels)).sum(axis=1)
    colors = [region.get_facecolor() for region in view.regions]
    assert_tints(tinted(image, colors), expected.reshape(image.shape[:2]))


@pytest.mark.parametrize("run", RUNS)
def test_every_pixel_of_the_feature_space_has_the_tint_of_its_area(run):
    """Where there is ground: the output layer, asked for the place itself."""
    replay, epoch = replay_of(*run), EPOCHS[-1]
    space = replay.feature_space()
    image, view = frame_of(space, epoch)
    places = places_of(view, len(image)).reshape(-1, 2)
    head = space.at(epoch).head
    z = places @ head.weight.detach().double().numpy().T + head.bias.detach().double().numpy()
    task = replay.history.task
    expected = z.argmax(axis=1) if task.classes else (z > np.array(task.levels)).sum(axis=1)
    found = tinted(image, [region.get_facecolor() for region in view.regions])
    assert_tints(found, expected.reshape(found.shape), least=0)
    assert (found >= 0).sum() > 200


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", ["input_space", "feature_space"])
def test_vertices_of_curves_are_exact(run, name):
    """In the input space by the network, in the feature space by its output layer."""
    replay, epoch = replay_of(*run), EPOCHS[-1]
    scene = getattr(replay, name)().scenes[epoch]
    network = replay.history.network(epoch)
    head = getattr(replay, name)().at(epoch).head
    layers = network.logit if name == "input_space" else head
    task = replay.history.task
    if not task.classes:
        assert len(scene.levels) == len(scene.boundary) > 2
    for k, curve in enumerate(scene.boundary):
        with torch.no_grad():
            z = layers.double()(torch.from_numpy(np.asarray(curve, float))).numpy()
        if task.classes:
            z = np.sort(z, axis=1)
            away, scale = z[:, -1] - z[:, -2], np.abs(z).max()
        else:
            away, scale = np.abs(z[:, 0] - scene.levels[k]), 1
        assert away.max() < 2e-6 * max(scale, 1)


def test_regions_before_a_black_box_hold_the_inputs_of_their_class():
    """Where no linear layer follows, regions are the images of those in the input plane."""

    torch.manual_seed(2)
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 2), torch.nn.Tanh(),
        torch.nn.Linear(2, 6), torch.nn.Tanh(), torch.nn.Linear(6, 4),
    )  # fmt: skip
    dataset = make_dataset("blobs", points=200, classes=4)
    recorder = Recorder(model, dataset, loss=torch.nn.CrossEntropyLoss())
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    for _ in range(40):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(dataset.X), dataset.y[:, 0].long()).backward()
        optimizer.step()
    recorder.record()
    space = recorder.replay().feature_space("1")
    image, view = frame_of(space, 1)
    places = places_of(view, len(image)).reshape(-1, 2)
    with torch.no_grad():
        expected = model[2:](torch.from_numpy(places).float()).argmax(dim=1).numpy()
    found = tinted(image, [region.get_facecolor() for region in view.regions])
    assert_tints(found, expected.reshape(found.shape), least=0)
    assert (found >= 0).sum() > 2000


def test_the_graph_of_one_feature_is_the_fitted_curve():
    """Its vertices are (x, f(x)), and between them it is straight to half a pixel."""
    replay = replay_of("sine", (20, 2), "tanh")
    space = replay.input_space()
    (curve,) = space.scenes[60].boundary
    network = replay.history.network(60).double()
    with torch.no_grad():
        f = network.logit(torch.from_numpy(curve[:, :1].astype(float)))[:, 0].numpy()
        middles = (curve[1:] + curve[:-1]) / 2
        between = network.logit(torch.from_numpy(middles[:, :1].astype(float)))[:, 0].numpy()
    np.testing.assert_allclose(curve[:, 1], f, atol=1e-5)
    low, high = (end[1] for end in (space.placement.limits.low, space.placement.limits.high))
    assert np.abs(between - middles[:, 1]).max() < 0.5 / 576 * (high - low)
    ends = [end[0] for end in (space.placement.limits.low, space.placement.limits.high)]
    np.testing.assert_allclose(curve[[0, -1], 0], ends)
    view = space.picture().parts[0].views[0]
    points = np.concatenate([np.column_stack(each.get_data()) for each in view.points])
    wanted = np.column_stack([replay.history.dataset.X, replay.history.dataset.y])
    assert {tuple(row) for row in wanted.round(4)} <= {tuple(row) for row in points.round(4)}


def test_the_axis_of_one_feature_becomes_a_curve_in_feature_space():
    replay = replay_of("sine", (20, 2), "tanh")
    scene = replay.feature_space().scenes[60]
    (axis,) = scene.grid
    network, plane = replay.history.network(60), replay.history.dataset.plane
    with torch.no_grad():
        ends = network.features(torch.tensor([[plane.low[0]], [plane.high[0]]])).numpy()
    np.testing.assert_allclose(axis[[0, -1]], ends, atol=1e-6)
    assert len(scene.boundary) == len(scene.levels) >= 3
    turns = {round(np.arctan2(*(line[1] - line[0])) % np.pi, 6) for line in scene.boundary}
    assert len(turns) == 1
