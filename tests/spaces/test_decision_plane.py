"""Decision planes: every point is on the side of its line on which the whole network puts it."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

import common
from torchreplay import NetworkError, Recorder, Replay, compare
from torchreplay.data.dataset import make_dataset
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views.space import OtherSpace

STEPS = 3


def trained(classes, width, activation, more=(), name="blobs", points=120):
    """The Replay of a few steps of a network with a wide layer before its linear head."""
    settings = {"classes": classes} if name == "blobs" and classes else {}
    dataset = make_dataset(name, points=points, **settings)
    torch.manual_seed(classes + width)
    outputs = classes if classes > 2 else 1
    model = nn.Sequential(
        nn.Linear(dataset.X.shape[1], width), activation(), *more, nn.Linear(width, outputs)
    )
    loss = {0: nn.MSELoss(), 2: nn.BCEWithLogitsLoss()}.get(classes, nn.CrossEntropyLoss())
    y = dataset.y if outputs == 1 else dataset.y[:, 0].long()
    recorder, optimizer = Recorder(model, dataset, loss=loss), torch.optim.Adam(model.parameters())
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(model(dataset.X), y).backward()
        optimizer.step()
        recorder.record()
    model.eval()
    return model, recorder.replay()


def logits_of(model, x):
    """What a model puts out for points in double precision, (n, outputs)."""
    with torch.no_grad():
        return copy.deepcopy(model).double()(x.double()).numpy()


def signed(head, places):
    """What a straight line, or several, make of places in the plane."""
    weight, bias = (value.detach().double().numpy() for value in (head.weight, head.bias))
    return places.astype(float) @ weight.T + bias


@pytest.mark.parametrize("width", [3, 8, 64, 512])
@pytest.mark.parametrize("activation", [nn.Tanh, nn.ReLU])
def test_two_classes_lie_on_the_sides_where_the_network_puts_them(width, activation):
    model, replay = trained(2, width, activation, name="moons")
    space = replay.feature_space()
    snapshot = space.at(STEPS)
    z = logits_of(model, replay.history.dataset.X)[:, 0]
    found = signed(snapshot.head, snapshot.images)[:, 0]
    np.testing.assert_allclose(found, z, atol=1e-4 * np.abs(z).max())
    clear = np.abs(z) > 1e-4 * np.abs(z).max()
    np.testing.assert_array_equal(found[clear] > 0, z[clear] > 0)
    # The first axis is the direction of the weights: the distance from the line is the logit.
    weight, bias = model[-1].weight.detach()[0], model[-1].bias.item()
    length = weight.norm().item()
    np.testing.assert_allclose(snapshot.images[:, 0], (z - bias) / length, atol=1e-4)
    for line in space.scenes[STEPS].boundary:
        np.testing.assert_allclose(line[:, 0], -bias / length, atol=1e-5)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ((nn.Dropout(0.5),), "dropout"),
        ((nn.BatchNorm1d(16),), "BatchNorm"),
    ],
)
@pytest.mark.parametrize("classes", [2, 3])
def test_what_stands_before_the_head_in_training_changes_nothing(more, name, classes):
    model, replay = trained(classes, 16, nn.ReLU, more, name="moons" if classes == 2 else "blobs")
    snapshot = replay.feature_space().at(STEPS)
    z = logits_of(model, replay.history.dataset.X)
    found = signed(snapshot.head, snapshot.images)
    if classes > 2:
        z = z - z[:, :1]
    np.testing.assert_allclose(found, z, atol=1e-4 * np.abs(z).max())


@pytest.mark.parametrize(
    ("classes", "chosen"), [(3, None), (10, ("3", "5", "8")), (10, ("9", "0", "4")), (10, None)]
)
@pytest.mark.parametrize("width", [3, 64])
def test_three_classes_lie_in_the_regions_where_the_network_puts_them(classes, chosen, width):
    """Those of them with the largest logit; of ten classes, what the others do is not drawn."""
    model, replay = trained(classes, width, nn.Tanh)
    space = replay.feature_space(classes=chosen)
    numbers = sorted(map(int, chosen or ("0", "1", "2")))
    labels = space.points.y[:, 0].numpy()
    assert sorted(set(labels)) == numbers
    z = logits_of(model, space.points.X)[:, numbers]
    snapshot = space.at(STEPS)
    found = signed(snapshot.head, snapshot.images)
    np.testing.assert_allclose(found - found[:, :1], z - z[:, :1], atol=1e-4 * np.abs(z).max())
    expected = np.array(numbers)[z.argmax(axis=1)]
    gap = np.sort(z, axis=1)
    clear = gap[:, -1] - gap[:, -2] > 1e-4 * np.abs(z).max()
    drawn = np.array([region_of(space.scenes[STEPS], place) for place in snapshot.images])
    inner = clear & (drawn >= 0)
    assert inner.sum() > 0.5 * len(inner)
    np.testing.assert_array_equal(drawn[inner], expected[inner])


@pytest.mark.parametrize("given", [("class 9", "class 0", "class 4"), (9, 0, 4), iter("904")])
def test_classes_are_named_as_in_the_legend(given):
    _, replay = trained(10, 8, nn.Tanh)
    space = replay.feature_space(classes=given).plot()
    names = [text.get_text() for text in space.figure_.axes[0].get_legend().get_texts()]
    assert names[:3] == ["class 0", "class 4", "class 9"]
    assert space.ax_.get_xlabel() == "From class 0 toward class 4"
    assert space.ax_.get_ylabel() == "Toward class 9, at right angles to it"


@pytest.mark.parametrize("epoch", [0, STEPS])
@pytest.mark.parametrize(
    ("classes", "others"), [(4, "the other class"), (10, "the 7 other classes")]
)
def test_picture_says_what_becomes_of_the_classes_left_out(classes, others, epoch):
    """How many of the points drawn the whole network takes for one of them."""
    _, replay = trained(classes, 8, nn.Tanh)
    space = replay.feature_space()
    picture = space.picture()
    picture.draw(epoch)
    predicted = logits_of(replay.history.network(epoch), space.points.X).argmax(axis=1)
    count, total = (predicted > 2).sum(), len(predicted)
    words = f"{count} of {total} points are taken for {others}, left out here"
    assert picture.title_at(epoch).startswith(f"Decision Plane of 8 Units, 3 of {classes} Classes")
    [note] = [text for text in picture.figure.axes[0].texts if "left out" in text.get_text()]
    assert note.get_text() == words


def region_of(scene, place):
    """The number of the region that is drawn last at a place; -1 where there is no ground."""
    if not winding(scene.ground, place):
        return -1
    found = [k for k, region in enumerate(scene.regions, start=1) if winding(region, place)]
    return found[-1] if found else 0


def winding(curves, place):
    """How often closed curves run around a place."""
    total = 0.0
    for curve in curves:
        way = (np.asarray(curve, float) - place) @ (1, 1j)
        total += np.angle(np.roll(way, -1) / way).sum() if len(way) else 0
    return round(total / (2 * np.pi))


def test_numbers_are_read_from_the_first_axis():
    model, replay = trained(0, 32, nn.Tanh, name="hills")
    snapshot = replay.feature_space().at(STEPS)
    z = logits_of(model, replay.history.dataset.X)[:, 0]
    np.testing.assert_allclose(signed(snapshot.head, snapshot.images)[:, 0], z, atol=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_axes_are_at_right_angles_and_keep_lengths(classes):
    _, replay = trained(classes, 40, nn.Tanh, name="moons" if classes == 2 else "blobs")
    plane = replay.feature_space().space.plane
    for epoch in range(STEPS + 1):
        basis = plane.basis(plane.history.network(epoch)).numpy()
        np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-12)


class Functions(nn.Module):
    """Calls functions in place of activation modules, so that no module makes the last features."""

    def __init__(self, features, width, classes):
        super().__init__()
        self.first, self.second = nn.Linear(features, width), nn.Linear(width, width)
        self.last = nn.Linear(width, classes)

    def forward(self, x):
        """The logits."""
        return self.last(torch.tanh(self.second(torch.tanh(self.first(x)))))


@pytest.mark.parametrize(("classes", "loss"), [(1, nn.BCEWithLogitsLoss), (5, nn.CrossEntropyLoss)])
def test_what_a_function_puts_out_has_one(classes, loss):
    """It is what the last linear layer is given."""
    dataset = make_dataset("blobs", points=60, classes=max(classes, 2))
    torch.manual_seed(classes)
    model = Functions(2, 24, classes)
    replay = Recorder(model, dataset, loss=loss()).replay()
    space = replay.feature_space(classes=("1", "2", "4") if classes > 2 else None)
    z = logits_of(model, space.points.X)
    z = z[:, [1, 2, 4]] - z[:, [1]] if classes > 2 else z
    found = signed(space.at(0).head, space.at(0).images)
    np.testing.assert_allclose(found, z, atol=1e-4 * np.abs(z).max())


@pytest.mark.parametrize("classes", [2, 5])
def test_view_shows_the_same_plane_beside_the_input_space(classes):
    _, replay = trained(classes, 16, nn.Tanh, name="moons" if classes == 2 else "blobs")
    both, alone = replay.input_space().picture(views=["feature"]), replay.feature_space().picture()
    both.draw(STEPS)
    alone.draw(STEPS)
    found, expected = both.figure.axes[1], alone.figure.axes[0]
    assert drawn_in(found) == drawn_in(expected)
    assert found.get_xlabel() == expected.get_xlabel()


def drawn_in(axes):
    """Where points and lines are, as bytes."""
    return [line.get_xydata().tobytes() for line in axes.lines if len(line.get_xydata())]


def test_nothing_jumps_from_epoch_to_epoch():
    """Points move little where parameters move little: the axes turn no further than the head."""
    dataset = make_dataset("moons", points=100)
    torch.manual_seed(3)
    network = common.make_network(dataset, (24,), "tanh")
    replay = Replay(common.train(network, dataset, epochs=60, learning_rate=0.3))
    space = replay.feature_space()
    places = np.array([space.at(epoch).images for epoch in range(61)])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=2).max(axis=1)
    assert steps.max() < 0.25 * np.ptp(places, axis=(0, 1)).max()


@pytest.mark.parametrize("seed", range(6))
def test_plane_of_two_classes_is_not_mirrored(seed):
    """Otherwise a film in which it bends would show it from the side, as a line."""
    dataset = make_dataset("moons", points=200)
    torch.manual_seed(seed)
    network = common.make_network(dataset, (16,), "tanh")
    history = common.train(network, dataset, epochs=20, learning_rate=0.5)
    images = SpaceReplay(history, FEATURE_SPACE).at(20).images
    fit, *_ = np.linalg.lstsq(np.column_stack([dataset.X, np.ones(200)]), images)
    assert np.linalg.det(fit[:2]) > 0


@pytest.mark.parametrize("classes", [("0", "1", "2"), ("3", "5", "8")])
def test_axes_hold_the_whole_plane_of_classes_left_out(classes):
    _, replay = trained(10, 16, nn.Tanh)
    space = replay.feature_space(classes=classes)
    limits, scene = space.placement.limits, space.scenes[STEPS]
    drawn = np.concatenate([*scene.ground, *scene.grid])
    assert (drawn >= np.array(limits.low) - 1e-6).all()
    assert (drawn <= np.array(limits.high) + 1e-6).all()


def test_space_beside_a_plane_of_three_classes_has_all_points():
    _, replay = trained(10, 8, nn.Tanh)
    [part] = replay.feature_space().picture(["input"]).parts
    [beside] = [view for view in part.views if isinstance(view, OtherSpace)]
    assert len(beside.other.points.y) == len(replay.history.dataset.y)


def test_scripts_networks_of_any_width_have_one(tmp_path):
    dataset = make_dataset("moons", points=40)
    torch.manual_seed(1)
    network = common.make_network(dataset, (16,), "relu")
    replay = Replay(common.train(network, dataset, epochs=2))
    space = replay.feature_space()
    assert "Decision Plane of 16 Units" in space.picture().title_at(2)
    replay.save(tmp_path / "run.npz")
    again = Replay.load(tmp_path / "run.npz", common.make_network(dataset, (16,), "relu"))
    np.testing.assert_equal(vars(again.feature_space().scenes[2]), vars(space.scenes[2]))
    compare({"one": space, "other": again.feature_space()}).plot(epoch=1)


def test_zero_weights_have_no_boundary_but_a_plane():
    model = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))
    nn.init.zeros_(model[2].weight)
    dataset = make_dataset("moons", points=40)
    space = Recorder(model, dataset, loss=nn.BCEWithLogitsLoss()).replay().feature_space()
    assert space.scenes[0].boundary == []
    assert np.ptp(space.at(0).images, axis=0).min() > 0.1


WIDE = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
BAD = {
    "no head": ({"layer": "1", "projection": "decision"}, "no linear layer makes the output"),
    "a name": ({"classes": ("0", "1", "7")}, "give three different ones of 0, 1, 2"),
    "the same": ({"classes": ("0", "1", "1")}, "give three different ones"),
    "too few": ({"classes": ("0", "1")}, "give three different ones"),
    "a number": ({"classes": 3}, "classes=3: give three different ones of 0, 1, 2"),
    "words": ({"classes": "012"}, "classes='012': give three different ones"),
    "one twice": ({"classes": ("0", "class 0", "1", "2")}, "give three different ones"),
    "units": ({"units": (0, 1), "classes": ("0", "1", "2")}, "classes= chooses .*leave out units="),
    "pca": ({"projection": "pca", "classes": ("0", "1", "2")}, "classes= chooses .*projection="),
    "another": ({"projection": "tsne"}, 'give "decision" or "pca"'),
    "layer": ({"layer": "9"}, "the model has no layer '9'"),
    "both": ({"units": (0, 1), "projection": "decision"}, "contradict each other"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_use_ends_in_one_clear_line(case):
    settings, message = BAD[case]
    dataset = make_dataset("blobs", points=30)
    replay = Recorder(WIDE, dataset, loss=nn.CrossEntropyLoss()).replay()
    with pytest.raises(NetworkError, match=message):
        replay.feature_space(**settings)


NO_PLANE = {
    "no hidden layer": (nn.Sequential(nn.Linear(2, 1)), "it has no hidden layer"),
    "one unit": (nn.Sequential(nn.Linear(2, 1), nn.Tanh(), nn.Linear(1, 1)), r"0 \(1 unit\)"),
}


@pytest.mark.parametrize("case", NO_PLANE)
@pytest.mark.parametrize("settings", [{}, {"projection": "pca"}, {"units": (0, 1)}])
def test_without_a_wide_layer_no_choice_is_advised(case, settings):
    model, described = NO_PLANE[case]
    replay = Recorder(model, make_dataset("moons", points=30), loss=nn.BCEWithLogitsLoss()).replay()
    with pytest.raises(NetworkError, match=f"units or more: .*{described}") as refusal:
        replay.feature_space(**settings)
    assert "choose" not in str(refusal.value)
    message = f"{described}.*; leave out views=.'feature'."
    with pytest.raises(NetworkError, match=message) as refusal:
        replay.input_space().picture(views=["feature"])
    assert "choose" not in str(refusal.value)


def test_two_classes_have_no_choice_of_three():
    _, replay = trained(2, 8, nn.Tanh, name="moons")
    with pytest.raises(NetworkError, match="the labels are two classes"):
        replay.feature_space(classes=("0", "1", "2"))
