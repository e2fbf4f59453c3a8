"""Both spaces in one picture, in step; what cannot be shown is refused; latent axes."""

import numpy as np
import pytest
import torch

import common
from torchreplay.cli.options import parse_options
from torchreplay.errors import NetworkError
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE

SPACES = (INPUT_SPACE, FEATURE_SPACE)


def trained(data="moons", hidden=(2,), latent=False):
    dataset = common.load_dataset(data, points=100)
    torch.manual_seed(41)
    network = common.make_network(dataset, hidden, latent=latent)
    return common.train(network, dataset, epochs=4)


@pytest.mark.parametrize("space", SPACES)
def test_the_other_space_shows_the_same_epoch(space):
    history = trained()
    (other,) = set(SPACES) - {space}
    picture = SpaceReplay(history, space).picture([other.view], mark_errors=True)
    alone = SpaceReplay(history, other).picture(mark_errors=True)
    for epoch in (0, 3):
        picture.draw(epoch)
        alone.draw(epoch)
        ours, (theirs, *_) = picture.parts[0].views[-1].views[0], alone.parts[0].views
        for mine, wanted in zip(ours.points, theirs.points, strict=True):
            np.testing.assert_array_equal(mine.get_xydata(), wanted.get_xydata())
        mine, wanted = ours.boundary.get_path().vertices, theirs.boundary.get_path().vertices
        np.testing.assert_array_equal(mine, wanted)
    labels = [[axes.get_xlabel(), axes.get_ylabel()] for axes in picture.figure.axes]
    assert sorted(labels) == [["Hidden 1", "Hidden 2"], ["X1", "X2"]]


@pytest.mark.parametrize("space", SPACES)
def test_the_space_itself_is_no_view(space, tmp_path, capsys):
    with pytest.raises(SystemExit) as exit:
        parse_options("", tmp_path, ["--views", "loss", space.view], space)
    assert exit.value.code == 2
    error = capsys.readouterr().err
    assert f"--views {space.view}: " in error and error.count("\n") == 1
    (other,) = set(SPACES) - {space}
    options = parse_options("", tmp_path, ["--views", other.view], space)
    assert options.picture["views"] == [other.view]


def test_a_space_that_is_no_plane_is_refused():
    run = SpaceReplay(trained(hidden=(1,)), INPUT_SPACE)
    with pytest.raises(NetworkError, match=r"1 dimension, not 2: leave out views=\['feature'\]"):
        run.picture(["feature"])


@pytest.mark.parametrize(("latent", "name"), [(True, "Latent {}, whitened"), (False, "Hidden {}")])
def test_axes_say_whether_the_layer_is_latent(latent, name):
    history = trained(hidden=(3,) if latent else (2,), latent=latent)
    picture = SpaceReplay(history, FEATURE_SPACE).picture()
    (axes,) = picture.figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == (name.format(1), name.format(2))


def test_the_scripts_show_these_spaces():
    import feature_space_visualization
    import input_space_visualization

    assert feature_space_visualization.SPACE is FEATURE_SPACE
    assert input_space_visualization.SPACE is INPUT_SPACE


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("legend", [True, False])
def test_a_pair_is_drawn_alike(space, legend):
    """Axes of one size at one height, titles of one kind; the frame is that which --help says."""
    (other,) = set(SPACES) - {space}
    picture = SpaceReplay(trained(), space, size=960).picture([other.view], legend=legend)
    picture.draw(3)
    assert picture.size == (1920, 1080)
    left, right = picture.figure.axes
    assert left.bbox.size == pytest.approx(right.bbox.size)
    assert left.bbox.y0 == pytest.approx(right.bbox.y0)
    assert right.bbox.x0 - left.bbox.x0 == pytest.approx(960)
    titles = [axes.title for axes in (left, right)]
    assert [title.get_text() for title in titles] == [
        f"{s.title} at Epoch " for s in (space, other)
    ]
    assert len({title.get_fontsize() for title in titles}) == 1
    bottoms = [title.get_window_extent(picture.canvas.get_renderer()).y0 for title in titles]
    assert bottoms[0] == pytest.approx(bottoms[1], abs=1)
