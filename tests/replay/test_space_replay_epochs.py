"""A recorded training in a space: its epochs, its axes, a single epoch, its memory."""

import dataclasses
import weakref

import numpy as np
import pytest
import torch
from conftest import SCRIPTS, trained
from helpers import formulas
from matplotlib.figure import Figure

import common
from torchreplay.data.dataset import sample
from torchreplay.errors import UserError
from torchreplay.replay import space_replay as module
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces import scenes as scenes_module
from torchreplay.spaces.scene_cache import SceneCache
from torchreplay.spaces.scenes import Scene
from torchreplay.views.artists import closed_path
from torchreplay.views.looks import Looks
from torchreplay.views.rings import ErrorRings

# Epochs -----------------------------------------------------------------------------------------


def test_epochs_are_in_order_once_each_and_none_beyond_the_record(history, spaces, dataset):
    run = SpaceReplay(history, spaces["input_space"], [80, 3, 500, 80, 200, 201], dataset)
    assert run.epochs == list(run.scenes) == [3, 80, 200]
    assert (run.last_epoch, len(run.scenes)) == (200, 3)


def test_only_epochs_that_are_shown_are_evaluated(history, spaces, dataset, runs, monkeypatch):
    """Each once, as it is asked for."""
    expected = {epoch: runs["input_space"].scenes[epoch].boundary for epoch in (3, 16, 29)}
    evaluated, level_set = [], scenes_module.level_set
    monkeypatch.setattr(
        scenes_module, "level_set", lambda *given: evaluated.append(given) or level_set(*given)
    )
    scenes = SpaceReplay(history, spaces["input_space"], range(3, 30, 13), dataset).scenes
    assert list(scenes) == [3, 16, 29]
    for count, (epoch, curves) in enumerate(expected.items()):
        assert len(evaluated) == count
        for ours, other in zip(scenes[epoch].boundary, curves, strict=True):
            np.testing.assert_allclose(ours, other, atol=1e-6)
    assert len(evaluated) == 3


# Axes -------------------------------------------------------------------------------------------


def test_axes_of_the_input_space_show_the_plane_of_the_data(runs, own_units, spaces):
    limits = runs["input_space"].placement.limits
    assert (limits.low, limits.high, limits.spacing) == ((-1, -1), (1, 1), (0.2, 0.2))
    X = own_units.dataset.X.numpy()
    limits = SpaceReplay(own_units, spaces["input_space"], [60], own_units.dataset).placement.limits
    assert (limits.low < X.min(axis=0)).all() and (X.max(axis=0) < limits.high).all()


@pytest.mark.parametrize(
    ("activation", "ends"), [("sigmoid", ((0, 0), (1, 1))), ("tanh", ((-1, -1), (1, 1)))]
)
def test_axes_show_the_range_of_the_activation(spaces, activation, ends):
    history = trained("moons", (3, 2), activation, 0.1, epochs=5)
    axes = SpaceReplay(history, spaces["feature_space"], range(6), history.dataset).placement.limits
    assert (axes.low, axes.high) == ends


@pytest.mark.parametrize(
    "case", [("moons", (2,), "relu", 0.3), ("spirals", (12,), "sigmoid", 1.0, True)]
)
def test_axes_show_what_is_reached_over_all_epochs(spaces, case):
    history = trained(*case)
    shown = range(0, 121, 6)
    run = SpaceReplay(history, spaces["feature_space"], shown, history.dataset)
    axes = run.placement.limits
    lines = history.dataset.plane.grid_lines(801).reshape(-1, 2)
    x = np.concatenate([history.dataset.X.numpy(), lines])
    with torch.no_grad():
        ways = map(run.placement.layers, map(history.network, shown))
        seen = np.array([way(torch.from_numpy(x)).numpy() for way in ways])
    low, high = np.array(axes.low), np.array(axes.high)
    assert (seen >= low - 1e-6).all() and (seen <= high + 1e-6).all()
    longest = np.argmax(np.ptp(seen, axis=(0, 1)))
    assert np.ptp(seen[..., longest]) > 0.7 * (high - low)[longest]
    assert run.showing([0], 720).placement.limits != axes


def test_axes_of_more_than_two_features_show_the_points(spaces):
    history = trained("ball", (10,), "tanh", 0.3, latent=True, epochs=20)
    run = SpaceReplay(history, spaces["feature_space"], [20], history.dataset)
    axes = run.placement.limits
    with torch.no_grad():
        images = run.placement.layers(history.network(20))(history.dataset.X).numpy()
    low, high = np.array(axes.low), np.array(axes.high)
    assert (images >= low - 1e-6).all() and (images <= high + 1e-6).all()
    assert (np.ptp(images, axis=0) / (high - low)).max() > 0.7


def test_images_beyond_all_bounds_are_refused(spaces):
    history = trained("parabolas", (2,), "relu", 1e17, epochs=3)
    assert history.last >= 1
    with pytest.raises(UserError, match="more than can be shown: lower learning_rate="):
        SpaceReplay(history, spaces["feature_space"], range(4), history.dataset).picture()


# A single epoch ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_snapshot_agrees_with_the_formulas(runs, dataset, history, weights, exact, name, epoch):
    snapshot = runs[name].at(epoch)
    assert snapshot.epoch == epoch
    for value, expected in zip(snapshot.network.parameters(), weights(epoch), strict=True):
        np.testing.assert_array_equal(value.detach(), expected)
    X = dataset.X.double().numpy()
    image = X if name == "input_space" else formulas.hidden_layer(weights(epoch), X)
    np.testing.assert_allclose(snapshot.images, image, atol=2e-6)
    p, loss, t = exact(epoch)
    np.testing.assert_allclose(snapshot.predictions[:, 0], p, atol=2e-6)
    np.testing.assert_allclose(snapshot.losses, loss, atol=1e-4)
    assert snapshot.losses.mean() == pytest.approx(history.loss[epoch], abs=1e-6)
    np.testing.assert_allclose(snapshot.logit[:, 0], np.log(p / (1 - p)), atol=1e-5)
    np.testing.assert_array_equal(snapshot.correct, (p >= 0.5) == t)
    np.testing.assert_array_equal(snapshot.drawn_wrong, (p >= 0.5) != t)
    assert snapshot.scene is runs[name].scenes[epoch]


def test_network_is_asked_once_for_all_points(runs):
    run = runs["feature_space"]
    snapshot, asked = run.at(33), []
    hook = snapshot.network.logit.register_forward_hook(lambda *_: asked.append(1))
    for _ in range(3):
        assert run.at(33) is snapshot
        assert (
            len(snapshot.predictions[:, 0]) == len(snapshot.losses) == len(snapshot.correct) == 2000
        )
    hook.remove()
    assert len(asked) == 1
    assert run.at(34) is not snapshot


def test_points_drawn_are_apart_from_points_trained_on(history, spaces, dataset, exact):
    points = sample(dataset, 50)
    snapshot = SpaceReplay(history, spaces["feature_space"], [80], points).at(80)
    assert len(snapshot.drawn_wrong) == len(snapshot.images) == 50
    assert len(snapshot.predictions[:, 0]) == len(snapshot.losses) == len(snapshot.correct) == 2000
    everywhere = dict(zip(map(tuple, dataset.X.tolist()), wrong_of(exact(80)), strict=True))
    expected = [everywhere[tuple(point)] for point in points.X.tolist()]
    np.testing.assert_array_equal(snapshot.drawn_wrong, expected)


def wrong_of(exact):
    p, _, t = exact
    return (p >= 0.5) != t


# Memory -----------------------------------------------------------------------------------------


class Maker:
    """Makes scenes of 1,200 bytes, and knows which of them are still in memory."""

    def __init__(self):
        self.made, self.grids = [], []

    def __call__(self, epoch):
        grid = np.full((5, 10, 2), epoch, float)
        self.made.append(epoch)
        self.grids.append(weakref.ref(grid))
        return Scene([], [], [grid], [np.full((25, 2), epoch, float)])

    @property
    def bytes(self):
        """Those of all scenes in memory."""
        return 1200 * sum(grid() is not None for grid in self.grids)


def test_scenes_are_made_as_they_are_asked_for_and_kept():
    make = Maker()
    scenes = SceneCache([2, 5, 9], make, max_bytes=1e9)
    assert (list(scenes), len(scenes), make.made) == ([2, 5, 9], 3, [])
    for _ in range(2):
        for epoch in (5, 2):
            assert (scenes[epoch].grid[0] == epoch).all()
    assert make.made == [5, 2]


def test_memory_of_scenes_stays_within_its_bound():
    """The latest are kept; the others are made again, and are the same."""
    make = Maker()
    scenes = SceneCache(range(50), make, max_bytes=5000)
    for epoch in [*range(50), *reversed(range(50)), *range(0, 50, 7)]:
        assert (scenes[epoch].grid[0] == epoch).all()
        assert (scenes[epoch].boundary[0] == epoch).all()
        assert 0 < make.bytes <= 5000
    made = len(make.made)
    assert scenes[49] is scenes[49]
    assert len(make.made) == made, "the latest is made again"


def test_scene_larger_than_the_bound_is_served():
    make = Maker()
    scenes = SceneCache(range(5), make, max_bytes=100)
    for epoch in range(5):
        assert (scenes[epoch].grid[0] == epoch).all()
        assert make.bytes == 1200


@pytest.mark.parametrize(
    "case", [("parabolas", (2,), "sigmoid", 3.0), ("moons", (2,), "relu", 0.3)]
)
def test_scenes_made_again_are_the_same(spaces, monkeypatch, case):
    """Whatever is kept, and in whatever order they are asked for."""
    history = trained(*case, epochs=12)
    points = sample(history.dataset, 10)
    kept = SpaceReplay(history, spaces["feature_space"], range(13), points).scenes
    expected = {epoch: kept[epoch] for epoch in range(13)}
    monkeypatch.setattr(module, "MAX_CACHE_BYTES", 1)
    scenes = SpaceReplay(history, spaces["feature_space"], range(13), points).scenes
    for epoch in (*range(13), *reversed(range(13)), 6, 0, 12, 6):
        ours, other = scenes[epoch], expected[epoch]
        np.testing.assert_equal(vars(ours), vars(other))


def test_a_run_keeps_no_more_than_its_bound(runs, history, spaces, dataset, monkeypatch):
    """Arrays of its scenes that are still in memory, counted here."""
    scene = runs["feature_space"].scenes[200]
    curves = [*scene.ground, *scene.regions[0], *scene.grid, *scene.boundary]
    size = sum(curve.nbytes for curve in curves)
    monkeypatch.setattr(module, "MAX_CACHE_BYTES", 10 * size)
    run, grids = SpaceReplay(history, spaces["feature_space"], range(0, 201, 4), dataset), []
    for epoch in run.epochs:
        grids.append(weakref.ref(run.scenes[epoch].grid[0]))
    assert 5 <= sum(grid() is not None for grid in grids) <= 13
    monkeypatch.setattr(module, "MAX_SHARED_CACHE_BYTES", 36)
    alone = SpaceReplay(history, spaces["feature_space"], [7, 80], dataset, among=36).scenes
    assert alone[7] is alone[7] and alone[80] is not None and len(alone._kept) == 1


def test_a_run_of_another_data_set_is_evaluated_on_that(history, spaces, dataset):
    """What is trained on, not what is drawn, gives probabilities and losses."""
    few = dataclasses.replace(dataset, X=dataset.X[:5], y=dataset.y[:5])
    run = SpaceReplay(
        dataclasses.replace(history, dataset=few, probes=None), spaces["input_space"], [7], dataset
    )
    assert len(run.at(7).predictions) == len(run.at(7).losses) == 5
    assert len(run.at(7).correct) == len(run.at(7).logit) == 5
    assert len(run.at(7).drawn_wrong) == len(run.at(7).images) == 2000


def test_losses_of_a_saturated_network_are_true(dataset, spaces):
    """The logit is 150 wherever the points lie: BCELoss would tell 100 of those of class 0."""
    network = common.Network()
    with torch.no_grad():
        network.logit[-1].weight.zero_()
        network.logit[-1].bias.fill_(150)
    run = SpaceReplay(common.train(network, dataset, epochs=0), spaces["input_space"], [0], dataset)
    labels = dataset.y[:, 0].numpy()
    np.testing.assert_allclose(run.at(0).losses, np.where(labels == 1, 0, 150), atol=1e-6)
    np.testing.assert_array_equal(run.at(0).predictions, 1)


def test_class_0_is_predicted_where_p_is_exactly_one_half(dataset, spaces):
    """In region, accuracy, and errors alike: an output layer of zeros puts P there everywhere."""
    network = common.Network()
    with torch.no_grad():
        network.logit[-1].weight.zero_()
        network.logit[-1].bias.zero_()
    history = common.train(network, dataset, epochs=0)
    assert history.accuracy[0] == dataset.y.mean().item() == 0.5
    for space in spaces.values():
        snapshot = SpaceReplay(history, space, [0], dataset).at(0)
        np.testing.assert_array_equal(snapshot.predictions[:, 0], 0.5)
        np.testing.assert_array_equal(snapshot.drawn_wrong, dataset.y[:, 0] == 1)
        np.testing.assert_array_equal(snapshot.correct, dataset.y[:, 0] == 0)
        assert snapshot.scene.boundary == []
        inside = closed_path(snapshot.scene.regions[0]).contains_points(snapshot.images)
        assert not inside.any()
        rings = ErrorRings(Figure().subplots(), snapshot.replay, Looks())
        rings.draw(snapshot)
        ringed = rings.rings.get_xydata()
        np.testing.assert_array_equal(ringed, snapshot.images[dataset.y[:, 0] == 1])


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_accuracy_of_one_class_where_p_is_exactly_one_half(dataset, label):
    network = common.Network()
    with torch.no_grad():
        network.logit[-1].weight.zero_()
        network.logit[-1].bias.zero_()
    alike = dataclasses.replace(dataset, y=torch.full_like(dataset.y, label))
    assert common.train(network, alike, epochs=0).accuracy[0] == 1 - label
