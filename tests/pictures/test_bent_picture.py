"""The film of a bend: its ends are the two stills, and nothing jumps between them."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from conftest import distances, trained
from helpers.models import LOGIT, Functional, X, Y, clouds, small, train
from PIL import Image
from torch import nn

import common
from torchreplay import Recorder
from torchreplay.errors import NetworkError, UserError
from torchreplay.pictures.bent_picture import moments, places
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE

MAX_STEP = 0.15  # of the axes, from frame to frame


def numbers():
    """A regression on two features."""
    random = torch.Generator().manual_seed(2)
    x = 2 * torch.rand(200, 2, generator=random) - 1
    y = torch.sin(2 * x[:, 0]) + x[:, 1]
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    recorder = Recorder(model, x, y, loss=nn.MSELoss())
    train(model, x, y, nn.MSELoss(), 20, recorder, rate=0.05)
    return recorder.history()


KINDS = {
    "sigmoid": lambda: trained("moons", (2,), "sigmoid", 3.0, epochs=40),
    "relu": lambda: trained("moons", (2,), "relu", 0.3, epochs=40),
    "deep": lambda: trained("circles", (2, 2), "tanh", 0.5, epochs=40),
    "wide": lambda: trained("circles", (8, 2), "tanh", 0.3, epochs=40),
    "decision plane": lambda: trained("moons", (16,), "tanh", 0.3, epochs=40),
    "latent": lambda: trained("circles", (10,), "tanh", 0.3, True, epochs=40),
    "three classes": lambda: trained("blobs", (2,), "tanh", 0.3, epochs=40),
    "regression": numbers,
}


def space_of(kind):
    history = KINDS[kind]()
    return SpaceReplay(history, FEATURE_SPACE, [history.last])


@pytest.mark.parametrize("kind", KINDS)
def test_ends_are_the_stills(kind):
    space = space_of(kind)
    film = space.bend(size=240, frames=16)
    frames = [frame.copy() for frame in film.frames()]
    for k, end in ((0, INPUT_SPACE), (-1, FEATURE_SPACE)):
        still = SpaceReplay(space.history, end, space.epochs, size=240).picture()
        np.testing.assert_array_equal(frames[k], still.draw(space.history.last))
    changes = [(one != other).any() for one, other in itertools.pairwise(frames)]
    assert changes == [False] + [True] * 13 + [False]


@pytest.mark.parametrize(("kind", "frames"), [("wide", 120), ("sigmoid", 120), ("deep", 210)])
def test_more_layers_take_more_frames(kind, frames):
    assert len(space_of(kind).bend(size=240).epochs) == frames


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_jumps(kind):
    """Where the points are on the axes, frame by frame, from still to still."""
    space = space_of(kind)
    picture = space.bend(size=240).picture
    start, limits = space.in_space(INPUT_SPACE), picture.start.placement.limits
    ends = [(start.at(space.last_epoch).images, limits)]
    for k in range(15, picture.frames - 15):
        moment = picture.moments[k]
        ends.append((places(picture.bend.at(*moment), space.points.X), picture.limits(*moment)))
    ends.append((space.at(space.last_epoch).images, space.placement.limits))
    shares = [(x - plane.low) / np.subtract(plane.high, plane.low) for x, plane in ends]
    assert np.abs(np.diff(shares, axis=0)).max() < MAX_STEP
    assert np.isfinite(shares).all()
    assert min(map(np.min, shares)) > -0.01 and max(map(np.max, shares)) < 1.01


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_is_drawn_moves_with_the_points(kind):
    """Grid and ground reach as far as the corners of the plane, and no curve has NaN."""
    picture = space_of(kind).bend(size=240).picture
    corners = torch.from_numpy(picture.start.history.dataset.plane.outline(2))
    for k in np.linspace(15, picture.frames - 16, 5).astype(int):
        snapshot, layers = picture.snapshot(k), picture.bend.at(*picture.moments[k])
        np.testing.assert_array_equal(snapshot.images, places(layers, picture.end.points.X))
        scene = snapshot.scene
        regions = itertools.chain.from_iterable(scene.regions)
        for curve in (*scene.ground, *scene.boundary, *scene.grid, *regions):
            assert np.isfinite(curve).all()
        drawn = np.concatenate([*scene.grid])
        for corner in places(layers, corners):
            assert np.abs(drawn - corner).max(axis=1).min() < 1e-4


@pytest.mark.parametrize("kind", ["sigmoid", "deep", "decision plane", "three classes"])
def test_boundary_of_the_input_space_ends_on_the_cut(kind):
    """Curves in the input space, straight lines of the head in the feature space: half a pixel."""
    space = space_of(kind)
    picture = space.bend(size=720).picture
    last = picture._geometry.bent(picture.bend.at(len(picture.bend.stages), 0.0), None)
    images = dataclasses.replace(last, limits=space.placement.limits).images(last.regions()[1])
    extent = np.subtract(space.placement.limits.high, space.placement.limits.low)
    lines = space.scenes[space.last_epoch].boundary
    assert images and lines
    for curve in images:
        away = np.min([distances(curve / extent, line / extent, 1) for line in lines], axis=0)
        assert away.max() < 0.5 / 576


def test_titles_name_the_stage():
    picture = space_of("sigmoid").bend(size=240).picture
    titles = list(dict.fromkeys(map(picture.title_at, range(120))))
    first, *between, last = titles
    assert (first, last) == (
        "Input Space with Boundary at Epoch 40",
        "Feature Space with Boundary at Epoch 40",
    )
    words = "Epoch 40: from Input to Feature Space, "
    assert all(title.startswith(words) for title in between) and len(between) == 4
    assert [title.removeprefix(words) for title in between][1:] == ["stretch", "shift", "sigmoid"]
    assert "no state of the network" in picture.axes.get_xlabel()


def test_stages_take_the_same_time_and_rest_between():
    found = moments(120, 4)
    assert found[:15] == [(0, 0.0)] * 15 and found[-15:] == [(4, 0.0)] * 15
    counts = np.bincount([done for done, _ in found[15:-15]])
    assert counts.sum() == 90 and np.ptp(counts) <= 1
    progress = np.array([done + share for done, share in found])
    assert (np.diff(progress) >= 0).all() and np.diff(progress).max() < 0.08


def test_film_is_saved_in_every_form(tmp_path):
    film = space_of("sigmoid").bend(size=120, frames=8)
    assert (len(film.epochs), film.fps) == (8, 20)
    film.save(tmp_path / "bend")
    assert len(list((tmp_path / "bend").glob("*.png"))) == 8
    film.save(tmp_path / "bend.gif")
    with Image.open(tmp_path / "bend.gif") as image:
        assert image.n_frames == 8


def test_bends_of_models_of_others():
    space = Recorder(small(), X, Y, loss=LOGIT).replay().feature_space()
    names = [stage.name for stage in space.bend(size=120, frames=8).picture.bend.stages]
    assert names[-1] == "tanh" and len(names) == 4
    space = Recorder(Functional(), X, Y).replay().feature_space(layer="hidden")
    names = [stage.name for stage in space.bend(size=120, frames=8).picture.bend.stages]
    assert names[0].startswith("straight to its place") and len(names) == 1


def test_what_has_no_bend_is_refused(history):
    with pytest.raises(NetworkError, match="ends in a feature space"):
        SpaceReplay(history, INPUT_SPACE).bend()
    with pytest.raises(UserError, match="frames is 3: give a whole number from 8"):
        SpaceReplay(history, FEATURE_SPACE).bend(frames=3)
    with pytest.raises(UserError, match="epoch 300 is not recorded"):
        SpaceReplay(history, FEATURE_SPACE).bend(300)
    x, y = clouds(features=3)
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    with pytest.raises(NetworkError, match="data of two features"):
        Recorder(model, x, y, loss=LOGIT).replay().feature_space().bend()
    wide = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 1))
    replay = Recorder(wide, X, Y, loss=LOGIT).replay()
    with pytest.raises(NetworkError, match="leave out units= and projection="):
        replay.feature_space(projection="pca").bend()
    with pytest.raises(NetworkError, match="keeps no parameters"):
        Recorder(small(), X, Y, loss=LOGIT, keep="features").replay().feature_space().bend()
    many = common.load_dataset("blobs", points=60, classes=5)
    history = common.train(common.make_network(many, (8,), "tanh"), many, epochs=1)
    with pytest.raises(NetworkError, match="shows 3 of 5 classes"):
        SpaceReplay(history, FEATURE_SPACE).bend()
