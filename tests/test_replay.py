"""Replays: pictures of anybody's model, on figures of their own or as films."""

import base64
import html
import io
import re

import numpy as np
import pytest
import torch
from conftest import axes_of, decode, space_view
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.image import imread
from models import Functional, Nested, clouds, small, train
from torch import nn

from torchreplay.recorder import Recorder
from torchreplay.replay import Replay

LOGIT = nn.BCEWithLogitsLoss()
X, Y = clouds()


def replayed(model, loss=LOGIT, X=X, y=Y, steps=3, **settings):
    """The Replay of a short training."""
    found = Recorder(model, X, y, loss=loss, **settings)
    if not isinstance(loss, nn.CrossEntropyLoss):
        torch.manual_seed(0)
        train(model, X, y, loss, steps, found)
    return found.replay()


@pytest.fixture(scope="module")
def replay():
    return replayed(small())


@pytest.fixture(scope="module")
def nested():
    """A model that goes on nonlinearly behind the layer that is seen."""
    torch.manual_seed(5)
    model = Nested()
    return model, replayed(model, steps=10)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


def scene_of(space, epoch):
    return space._of(range(space.history.last + 1)).scenes[epoch]


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
    x = torch.from_numpy(np.concatenate(scene_of(space, space.history.last).boundary))
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
    h = torch.from_numpy(np.concatenate(scene_of(space, space.history.last).boundary)).float()
    with torch.no_grad():
        z = model[2](h)
        z = z if outputs == 1 else z[:, 1:] - z[:, :1]
    assert len(h) > 10
    assert z.abs().max() < 1e-5


def test_points_of_a_layer_are_what_the_model_puts_out(nested):
    model, replay = nested
    space = replay.feature_space("net.0").plot()
    drawn = np.concatenate([np.column_stack(line.get_data()) for line in space.ax_.lines])
    with torch.no_grad():
        x = model.net[0](model.body["block"](model.body["first"](X))).numpy()
    image = space._of(range(11)).at(10).images
    layer = space._of(range(11))._whitening
    with torch.no_grad():
        np.testing.assert_allclose(image, layer(torch.from_numpy(x)), atol=1e-5)
    assert {tuple(row) for row in image.round(4)} <= {tuple(row) for row in drawn.round(4)}


def test_boundary_before_a_black_box_is_the_image_of_that_of_the_inputs(nested):
    """Every point of it is the image of an input with P = 0.5, to a fifth of a pixel."""
    model, replay = nested
    inputs = np.concatenate(scene_of(replay.input_space(), 10).boundary)
    image = np.concatenate(scene_of(replay.feature_space(), 10).boundary)
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
    scene = scene_of(space, 10)
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
    inside = winding(scene.region, h[clear])
    assert (inside[logit[clear] >= 0] != 0).mean() > 0.98  # a sliver may be thinner than the mesh
    one = winding(scene.ground, h[clear]) == 1  # on a single sheet
    assert one.any()
    assert (inside[one & (logit[clear] < 0)] == 0).mean() > 0.995


def winding(path, points):
    """How often closed curves of a path run around points, (n,)."""
    count = np.zeros(len(points), int)
    starts = np.nonzero(path.codes == path.MOVETO)[0]
    for curve in np.split(path.vertices, starts[1:]):
        inside = path.__class__(curve).contains_points(points)
        x, y = curve.T
        count += inside * int(np.sign((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()))
    return count


# Layers, units, projections ---------------------------------------------------------------------


def test_units_of_a_wider_layer(nested):
    model, replay = nested
    space = replay.feature_space("body.first", units=(3, 0)).plot()
    assert (space.ax_.get_xlabel(), space.ax_.get_ylabel()) == ("Unit 3", "Unit 0")
    with torch.no_grad():
        expected = model.body["first"](X)[:, [3, 0]].numpy()
    run = space._of(range(11))
    np.testing.assert_allclose(run.at(10).images, expected, atol=1e-6)
    scene = run.scenes[10]
    assert (scene.boundary, len(scene.region.vertices)) == ([], 0)
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
    run = replay.feature_space(name, projection="pca")._of(range(11))
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
    assert len(scene_of(space, 3).boundary) == 1
    X5, y5 = clouds(features=5)
    black_box = replayed(Nested(5), X=X5, y=y5).feature_space()
    scene = scene_of(black_box, 3)
    assert (scene.boundary, scene.grid, len(scene.ground.vertices)) == ([], [], 0)
    black_box.plot()
    assert black_box.ax_.get_title(loc="left") == ""


# On a figure of one's own -----------------------------------------------------------------------


def test_plot_draws_on_the_axes_given_and_returns_itself(replay):
    figure = Figure(figsize=(10, 5))
    left, right = figure.subplots(1, 2)
    space = replay.feature_space()
    assert space.plot(epoch=2, ax=left) is space
    assert (space.ax_, space.figure_) == (left, figure)
    other = replay.input_space().plot(ax=right, palette="accessible", mark_errors=True)
    assert other.ax_ is right
    assert pyplot.get_fignums() == []


def test_plot_makes_a_figure_of_pyplot(replay):
    space = replay.input_space().plot()
    assert pyplot.gcf() is space.figure_


def test_a_title_is_one_text_that_follows_the_layout(replay):
    """Its parts, apart from each other, would stay where the axes were."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    for ax in figure.subplots(1, 2):
        replay.feature_space().plot(epoch=2, ax=ax)
        shown = [text for text in [*ax.texts, ax.title] if text.get_visible() and text.get_text()]
        assert [text.get_text() for text in shown] == ["Feature Space with Boundary at Epoch 2"]
        figure.canvas.draw()
        box, title = ax.get_window_extent(), shown[0].get_window_extent()
        assert (title.x0 + title.x1) / 2 == pytest.approx((box.x0 + box.x1) / 2, abs=1)


def test_views_on_axes_of_ones_own(replay):
    figure = Figure()
    space, loss, first, second = figure.subplots(2, 2).ravel()
    replay.feature_space().plot(1, space, views={"loss": loss, "probabilities": (first, second)})
    assert loss.get_title() == "Loss and Accuracy"
    assert first.has_data() and second.has_data()


def texts_of(ax):
    return " ".join(text.get_text() for text in [ax.title, *ax.texts])


def test_counts_of_another_name_on_titles_and_axes():
    replay = replayed(small(), every=50, label="step")
    assert replay.history.epochs.tolist() == [0, 50, 100, 150]
    figure = Figure(figsize=(12, 6))
    left, right = figure.subplots(1, 2)
    space = replay.input_space().plot(epoch=100, ax=left, views={"loss": right})
    shown = " ".join(text.get_text() for text in space.figure_.findobj(match=is_text))
    assert "at Step 100" in shown
    assert right.get_xlabel() == "step"
    assert right.get_xlim() == (0, 150)
    with pytest.raises(ValueError, match="step 60 is not recorded: there are 0 to 150, every 50"):
        space.plot(epoch=60)


def is_text(artist):
    return hasattr(artist, "get_text")


def test_names_of_features_and_classes():
    replay = Recorder(
        small(), X, Y, loss=LOGIT, names=["width", "height"], classes=["no", "yes"]
    ).replay()
    space = replay.input_space().plot()
    assert (space.ax_.get_xlabel(), space.ax_.get_ylabel()) == ("width", "height")
    picture = replay.input_space().animate([0]).film.picture
    words = {text.get_text() for text in picture.figure.findobj(match=is_text)}
    assert {"no", "yes"} <= words


# Films ------------------------------------------------------------------------------------------


def test_films_in_three_forms(replay, tmp_path):
    film = replay.feature_space().animate(epochs=[0, 2, 3], fps=10, size=120)
    for name in ("film.mp4", "film.gif"):
        film.save(tmp_path / name)
        assert sum(1 for _ in decode(tmp_path / name, 120)) == 3
    film.save(tmp_path / "frames")
    frames = sorted((tmp_path / "frames").iterdir())
    assert [path.name for path in frames] == [f"epoch_000{k}.png" for k in (0, 2, 3)]
    drawn = film.film.picture.draw(2)[..., :3] / 255
    np.testing.assert_allclose(imread(frames[1])[..., :3], drawn, atol=1e-6)
    film.save(str(tmp_path / "film.mp4"))  # once more
    assert len(list(tmp_path.iterdir())) == 3


def test_all_epochs_but_the_initialization_by_default(replay):
    film = replay.input_space().animate().film
    assert (list(film.epochs), film.fps, film.picture.size) == ([1, 2, 3], 20, (720, 720))


def test_a_notebook_shows_a_video(replay, tmp_path):
    shown = replay.input_space().animate(size=120)._repr_html_()
    data = re.fullmatch(r'<video .*src="data:video/mp4;base64,([^"]+)"></video>', shown)[1]
    path = tmp_path / "shown.mp4"
    path.write_bytes(base64.b64decode(data))
    assert sum(1 for _ in decode(path, 120)) == 3


def pictures_in(html):
    """The pictures of a piece of HTML, arrays."""
    found = re.findall(r'<img [^>]*src="data:image/png;base64,([^"]+)"', html)
    return [imread(io.BytesIO(base64.b64decode(data))) for data in found]


def test_a_notebook_shows_the_page_that_is_saved(replay, tmp_path):
    """In a frame that holds it whole, of a height to begin with."""
    path = tmp_path / "training.html"
    path.write_text("from before")
    replay.to_html(path)
    frame = re.fullmatch(r'<iframe srcdoc="([^"]+)" (.*)></iframe>', replay._repr_html_())
    assert html.unescape(frame[1]) == path.read_text()
    assert 'height="820"' in frame[2]
    assert [file.name for file in tmp_path.iterdir()] == ["training.html"]


def test_page_that_cannot_be_made_leaves_the_older_one(replay, tmp_path):
    path = tmp_path / "training.html"
    path.write_text("from before")
    with pytest.raises(ValueError, match="palette 'gray' is not one of"):
        replay.to_html(path, palette="gray")
    with pytest.raises(ValueError, match="choose another path"):
        replay.to_html(path / "below" / "training.html")
    assert path.read_text() == "from before"


def test_page_does_not_take_the_place_of_a_folder(replay, tmp_path):
    (tmp_path / "training.html").mkdir()
    with pytest.raises(ValueError, match=r"training\.html is a folder: move it, or choose another"):
        replay.to_html(tmp_path / "training.html")
    assert (tmp_path / "training.html").is_dir()


def test_a_notebook_shows_what_there_is():
    """No plane of the data: the page of the features. No layer of two units: a projection."""
    X5, y5 = clouds(features=5)
    assert replayed(Nested(5), X=X5, y=y5)._repr_html_().startswith("<iframe ")
    torch.manual_seed(0)
    wide = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 1))
    assert "Component" not in replayed(wide, X=X5, y=y5).feature_space(units=(0, 1)).space.title
    assert len(pictures_in(replayed(wide, X=X5, y=y5)._repr_html_())) == 1


# Bad use ----------------------------------------------------------------------------------------

BAD = {
    "epoch": (lambda r: r.input_space().plot(epoch=9), "epoch 9 is not recorded: .* 0 to 3"),
    "half": (lambda r: r.input_space().plot(epoch=0.5), "epoch 0.5 is not recorded"),
    "layer": (lambda r: r.feature_space("x"), "no layer 'x': its layers are 0 2, 1 2"),
    "number": (lambda r: r.feature_space(1), "no layer 1: its layers"),
    "both": (lambda r: r.feature_space("0", (0, 1), "pca"), "contradict each other"),
    "units": (lambda r: r.feature_space(units=(0, 5)), r"units=\(0, 5\): give two .* 0 to 1"),
    "same": (lambda r: r.feature_space(units=(1, 1)), "give two different numbers"),
    "floats": (lambda r: r.feature_space(units=(0.0, 1.0)), "give two different numbers"),
    "unit": (lambda r: r.feature_space(units=1), "units=1: give two different numbers"),
    "projection": (lambda r: r.feature_space(projection="t"), 'only "pca" is known'),
    "ax": (lambda r: r.input_space().plot(ax=3), "ax is a int, not matplotlib Axes"),
    "palette": (lambda r: r.input_space().plot(palette="x"), "palette 'x' is not one of classic"),
    "view": (lambda r: r.input_space().plot(views={"x": 1}), "view 'x' is not one of"),
    "list": (lambda r: r.input_space().plot(views=["loss"]), "views is no dictionary"),
    "on": (lambda r: r.input_space().plot(views={"loss": None}), "'loss' has no matplotlib Axes"),
    "films": (lambda r: r.input_space().animate(epochs=[]), "epochs is empty"),
    "one": (lambda r: r.input_space().animate(epochs=3), "epochs is 3: give a list"),
    "fps": (lambda r: r.input_space().animate(fps=0), "fps is 0: give a number from 0.1"),
    "size": (lambda r: r.input_space().animate(size="x"), "size is 'x': give a number from 120"),
    "hold": (lambda r: r.input_space().animate(hold=-1), "hold is -1: give a number"),
    "word": (lambda r: r.input_space().animate(views="loss"), "views is 'loss': give a list"),
    "ending": (lambda r: r.input_space().animate([0]).save("a.avi"), "one of the endings .mp4"),
    "gif": (lambda r: r.input_space().animate([0], 100).save("a.gif"), "gif has at most 50"),
    "place": (lambda r: r.input_space().animate([0]).save("/dev/null/a.mp4"), "choose another"),
    "history": (lambda r: Replay(None), "history is a NoneType: use Recorder.replay"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_use_ends_in_one_clear_sentence(replay, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, words = BAD[name]
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        call(replay)
    assert "\n" not in str(caught.value)
    assert "--" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_else_is_not_replaced(replay, tmp_path):
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="holds more than frames: move it, or choose another"):
        replay.input_space().animate([0], size=120).save(tmp_path / "frames")
    assert (tmp_path / "frames" / "letter.txt").read_text() == "dear"


def test_a_space_that_is_no_plane_is_refused():
    X5, y5 = clouds(features=5)
    replay = replayed(Nested(5), X=X5, y=y5)
    with pytest.raises(ValueError, match=r"X has shape \(60, 5\): an input space needs two"):
        replay.input_space()
    with pytest.raises(ValueError, match="the input space has 5 dimensions, not 2"):
        replay.feature_space().animate(views=["input"])


def test_only_epoch_0_is_shown_if_there_is_no_other():
    space = Recorder(small(), X, Y, loss=LOGIT).replay().input_space()
    assert list(space.animate().film.epochs) == [0]
    assert space_view(space.animate().film.picture)
    assert axes_of(space.animate().film.picture)
