"""Every layer in one picture: each panel shows what its layer puts out, by formulas in NumPy."""

import numpy as np
import pytest
import torch
from conftest import full_redraw, trained
from helpers import formulas
from helpers.models import LOGIT, Functional, Nested, X, Y, clouds, replayed, small
from torch import nn

from torchreplay import NetworkError, Recorder, Replay, UserError
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views.rings import ErrorRings


def names(layers):
    return layers.compared[""]


def parameters(history, epoch):
    values = [value[epoch].astype(float) for value in history.parameters.values()]
    return list(zip(values[::2], values[1::2], strict=True))


@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_default_network(history, dataset, weights, epoch):
    layers = Replay(history).layers()
    assert names(layers) == ["input", "hidden: linear", "hidden: sigmoid"]
    W, b, _, _ = weights(epoch)
    x = dataset.X.double().numpy()
    z = x @ W.T + b
    for space, expected in zip(layers.spaces, (x, z, formulas.sigmoid(z)), strict=True):
        np.testing.assert_allclose(space.at(epoch).images, expected, atol=2e-5)


def test_deeper_network_and_its_last_panel_is_the_feature_space():
    history = trained("circles", (2, 2), "tanh", 0.5, epochs=40)
    layers = Replay(history).layers()
    kinds = ["linear", "tanh"]
    assert names(layers) == ["input", *(f"hidden {k}: {kind}" for k in (1, 2) for kind in kinds)]
    (W, b), (V, c), _ = parameters(history, 40)
    z = history.dataset.X.double().numpy() @ W.T + b
    h = np.tanh(z)
    for space, expected in zip(layers.spaces[1:], (z, h, h @ V.T + c, None), strict=True):
        if expected is not None:
            np.testing.assert_allclose(space.at(40).images, expected, atol=2e-5)
    scene, alone = layers.spaces[-1].scenes[40], SpaceReplay(history, FEATURE_SPACE).scenes[40]
    for ours, expected in zip(scene.boundary, alone.boundary, strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_wide_layers_are_seen_in_planes():
    """Components of the first, the decision plane of the last."""
    layers = Replay(trained("circles", (8, 5), "tanh", 0.3, epochs=5)).layers()
    assert names(layers) == ["input", "hidden 1: tanh, PCA", "hidden 2: tanh"]
    _, first, last = (each.space for each in layers.spaces)
    assert first.is_projected and not last.is_projected
    assert last.title.startswith("Decision Plane of 5 Units")
    _, *panels = layers.picture().parts
    assert not any(isinstance(view, ErrorRings) for panel in panels for view in panel.views)


def test_latent_layer_is_the_last():
    layers = Replay(trained("circles", (10,), "tanh", 0.3, True, epochs=5)).layers()
    assert names(layers) == ["input", "hidden 1: tanh, PCA", "latent: linear"]


def test_at_most_six_are_shown_and_it_is_said():
    torch.manual_seed(0)
    for depth, shown, total in ((2, 5, 5), (3, 4, 7), (7, 6, 15)):
        body = [layer for _ in range(depth) for layer in (nn.Linear(2, 2), nn.Tanh())]
        layers = replayed(nn.Sequential(*body, nn.Linear(2, 1)), steps=1).layers()
        assert len(layers.spaces) == shown
        said = f", {shown} of {total} steps" if shown < total else ""
        assert layers.headline.startswith(f"Layer by Layer{said}")
        assert f"of {total} steps" in layers.headline or shown == total
        assert names(layers)[0] == "input" and names(layers)[-1] == f"{2 * depth - 1}: tanh"


def test_models_of_others():
    assert names(replayed(small()).layers()) == ["input", "0: linear", "1: tanh"]
    found = names(replayed(Nested()).layers())
    assert found[0] == "input" and "net.1: tanh" in found
    x, y = clouds(features=3)
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    layers = Recorder(model, x, y, loss=LOGIT).replay().layers()
    assert names(layers) == ["0: linear", "1: tanh"]


def test_frames_are_in_step_with_the_epochs():
    """Each panel is that of its space, and a frame equals a full redraw."""
    layers = replayed(small()).layers()
    film = layers.animate(size=240)
    assert len(film.epochs) == 3
    picture = film.picture
    frame = picture.draw(2).copy()
    np.testing.assert_array_equal(full_redraw(picture, 2), frame)
    titles = [axes.get_title() for axes in picture.figure.axes]
    assert titles == ["input", "0: linear", "1: tanh"]
    figure = layers.plot(epoch=1).figure_
    assert [axes.get_title() for axes in figure.axes] == titles
    assert figure.texts[0].get_text() == "Layer by Layer, epoch 1"
    assert layers.plot(title="Mine").figure_.texts[0].get_text() == "Mine, epoch 3"


def test_what_has_no_layers_is_refused():
    with pytest.raises(UserError, match="layers have no views: leave out views="):
        replayed(small()).layers().animate(views=["loss"])
    with pytest.raises(NetworkError, match="keeps no parameters"):
        Recorder(Functional(), X, Y, keep="features").replay().layers()
    x, y = clouds(features=1)
    model = nn.Sequential(nn.Linear(1, 1), nn.Tanh(), nn.Linear(1, 1))
    with pytest.raises(NetworkError, match="no layers of two units or more"):
        Recorder(model, x, y, loss=LOGIT).replay().layers()


def test_what_plot_does_not_take_is_said_of_layers():
    layers = replayed(small()).layers()
    with pytest.raises(TypeError, match=r"Layers\.plot\(\) got an unexpected .*'ax'"):
        layers.plot(ax=None)
    with pytest.raises(ValueError, match="layers have no views"):
        layers.plot(views={"loss": None})
    assert layers.plot(epoch=1, title="Own").figure_ is layers.figure_
