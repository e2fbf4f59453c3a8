"""The view of a space: what stands on it, pixel by pixel and artist by artist."""

import itertools

import numpy as np
import pytest
from conftest import (
    BLACK,
    BLUE,
    GREEN,
    PURPLE,
    RED,
    SCRIPTS,
    SIZE,
    WHITE,
    assert_chords,
    axes_of,
    full_redraw,
    is_color,
    space_view,
)
from helpers import formulas
from helpers.pictures import picture_of

from torchreplay.data.dataset import Dataset, sample
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.artists import Overlay
from torchreplay.views.looks import CLASSIC
from torchreplay.views.space import interleaved

INSIDE = np.s_[72:648, 108:684]  # the axes, where no legend stands


@pytest.mark.parametrize(
    ("name", "title", "labels", "limits"),
    [
        ("input_space", "Input Space with Boundary at Epoch 120", ("X1", "X2"), (-1, 1)),
        (
            "feature_space",
            "Feature Space with Boundary at Epoch 120",
            ("Hidden 1", "Hidden 2"),
            (0, 1),
        ),
    ],
)
def test_title_labels_limits_and_scale(pictures, name, title, labels, limits):
    picture = pictures[name]
    pixels = picture.draw(120)
    axes = axes_of(picture)
    assert pixels.shape == (720, 720, 4)
    (number,) = space_view(picture).title.artists
    assert axes.get_title() + number.get_text() == title
    assert (axes.get_xlabel(), axes.get_ylabel()) == labels
    assert axes.get_xlim() == axes.get_ylim() == limits
    box = axes.get_window_extent()
    assert box.width == pytest.approx(box.height)


@pytest.mark.parametrize("epoch", [0, 1, 80, 200])
def test_artists_show_the_epoch(pictures, runs, dataset, weights, epoch):
    X, y = dataset.X.double().numpy(), dataset.y[:, 0].numpy()
    lines = dataset.plane.grid_lines(201).astype(float)
    seen = {
        "input_space": lambda x: x,
        "feature_space": lambda x: formulas.hidden_layer(weights(epoch), x),
    }
    for name, image in seen.items():
        view = space_view(pictures[name])
        view.draw(runs[name].at(epoch))
        for points, (label, rows) in zip(view.points, view.portions, strict=True):
            assert (y[rows] == label).all()
            assert points.get_color() == CLASSIC.points[label]
            np.testing.assert_allclose(points.get_xydata(), image(X[rows]), atol=2e-6)
        assert_drawn_along(view.grid.get_segments(), image(lines), axes_of(pictures[name]))
        curves = [image(curve) for curve in runs["input_space"].scenes[epoch].boundary]
        drawn = view.boundary.get_path().vertices
        if name == "input_space":
            expected = np.concatenate([np.empty((0, 2)), *curves])
            np.testing.assert_allclose(drawn, expected, atol=2e-6)
        else:
            assert_chords(drawn.reshape(-1, 2, 2), curves, atol=2e-6)
        assert [number.get_text() for number in view.title.artists] == [str(epoch)]


def assert_drawn_along(curves, exact, axes):
    """Assert that curves go through exact points in their order, from the first to the last.

    What they leave out is nowhere farther from what is drawn than a fifth of a pixel.

    exact: (curves, points, 2).
    """
    for curve, points in zip(curves, exact, strict=True):
        distance = np.abs(curve[:, None] - points).max(axis=-1)
        places = distance.argmin(axis=1)
        places[[0, -1]] = 0, len(points) - 1  # several points may fall together
        assert (np.diff(places) > 0).all()
        np.testing.assert_allclose(curve, points[places], rtol=1e-7, atol=2e-6)
        ends = np.searchsorted(places, np.arange(len(points)), side="right").clip(1, len(curve) - 1)
        start, way = axes.transData.transform(curve[ends - 1]), np.diff(curve, axis=0)[ends - 1]
        way = axes.transData.transform(way) - axes.transData.transform((0, 0))
        to_point = axes.transData.transform(points) - start
        share = (to_point * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-12)
        off = to_point - share.clip(0, 1)[:, None] * way
        assert np.hypot(*off.T).max() < 0.201


def test_points_are_drawn_in_layers_of_either_class_in_turn(pictures, dataset):
    """Five of each; every point is on one of them."""
    for picture in pictures.values():
        view = space_view(picture)
        assert len(view.points) == len(view.portions) == 10
        assert [label for label, _ in view.portions] == 5 * [0, 1]
        assert {len(rows) for _, rows in view.portions} == {200}
        rows = np.concatenate([rows for _, rows in view.portions])
        np.testing.assert_array_equal(np.sort(rows), np.arange(len(dataset.y)))
        children = axes_of(picture).get_children()
        (overlay,) = [child.artists for child in children if isinstance(child, Overlay)] or [()]
        drawn = [line for line in [*overlay, *children] if line in view.points]
        assert drawn == view.points
        assert {points.get_zorder() for points in view.points} == {3}


@pytest.mark.parametrize("counts", [(1, 1), (2, 7), (13, 4)])
def test_few_points_are_all_in_a_layer(counts):
    labels = np.repeat([0, 1], counts)
    layers = interleaved(labels, 2)
    assert [label for label, _ in layers] == 5 * [0, 1]
    assert all((labels[rows] == label).all() for label, rows in layers)
    rows = np.concatenate([rows for _, rows in layers])
    np.testing.assert_array_equal(np.sort(rows), np.arange(sum(counts)))


def test_points_at_the_same_places_are_seen_of_both_classes():
    """Of pairs of points at one place, class 0 lies above in some and class 1 in others."""
    layer_of = np.empty(400, int)
    for k, (_, rows) in enumerate(interleaved(np.arange(400) % 2, 2)):
        layer_of[rows] = k
    above = layer_of[1::2] > layer_of[::2]
    assert 40 <= above.sum() <= 160


def near(pixels, reach):
    """Mark the pixels of a frame that are within reach of those given, (n, 2)."""
    marked = np.zeros((SIZE, SIZE), bool)
    row, column = np.clip(pixels, 0, 719).T
    for down, right in itertools.product(range(-reach, reach + 1), repeat=2):
        marked[np.clip(row + down, 0, 719), np.clip(column + right, 0, 719)] = True
    return marked


@pytest.mark.parametrize(
    ("name", "epoch", "enough"),
    [
        *[("input_space", epoch, 8000) for epoch in (20, 80, 140, 200)],
        ("feature_space", 80, 5000),
        ("feature_space", 110, 3000),
        ("feature_space", 140, 3000),
        ("feature_space", 200, 2500),
    ],
)
def test_regions_show_the_predicted_class(pictures, runs, dataset, weights, name, epoch, enough):
    """Pixels under random inputs, away from all lines and points, have the color of their class."""
    frame = pictures[name].draw(epoch)[..., :3]
    to_display = axes_of(pictures[name]).transData

    def pixels(x):
        x = x if name == "input_space" else formulas.hidden_layer(weights(epoch), x)
        column, row = np.floor(to_display.transform(x)).astype(int).T
        return np.column_stack([719 - row, column])

    lines = dataset.plane.grid_lines(201).astype(float).reshape(-1, 2)
    boundary = runs["input_space"].scenes[epoch].boundary
    drawn = [dataset.X.double().numpy(), lines, *boundary]
    obstacles = near(np.concatenate([pixels(x) for x in drawn]), reach=5)
    inputs = np.random.default_rng(0).uniform(-1, 1, (20_000, 2))
    clear = ~obstacles[tuple(pixels(inputs).T)]
    assert clear.sum() > enough
    logit = formulas.logit(weights(epoch), inputs[clear])
    expected = np.where(logit > 0, PURPLE, GREEN)
    np.testing.assert_array_equal(frame[tuple(pixels(inputs[clear]).T)], expected)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_white_seam(pictures, weights, name):
    """No input inside the square lands on a white pixel, at any angle of the boundary."""
    inputs = np.random.default_rng(0).uniform(-0.99, 0.99, (20_000, 2))
    for epoch in (1, 20, 60, 80, 100, 200):
        frame = pictures[name].draw(epoch)
        seen = inputs if name == "input_space" else formulas.hidden_layer(weights(epoch), inputs)
        column, row = axes_of(pictures[name]).transData.transform(seen).astype(int).T
        assert not is_color(frame[719 - row, column], WHITE).any()


def test_drawn_grid_is_the_image_of_the_grid_at_every_epoch(pictures, runs, dataset, weights):
    picture, lines = pictures["feature_space"], dataset.plane.grid_lines(201).astype(float)
    view = space_view(picture)
    for epoch in range(201):
        view.draw(runs["feature_space"].at(epoch))
        some = slice(epoch % 8, None, 8)  # other lines at every epoch, to be quick
        image = formulas.hidden_layer(weights(epoch), lines[some])
        assert_drawn_along(view.grid.get_segments()[some], image, axes_of(picture))


@pytest.mark.parametrize("name", SCRIPTS)
def test_boundary_is_drawn_where_it_lies(pictures, name):
    """Across the line, the ink of the boundary is centered on the curve, to a tenth of a pixel."""
    picture = pictures[name]
    picture.parts[0].draw(200)
    picture.canvas.get_renderer().clear()
    boundary = space_view(picture).boundary
    boundary.draw(picture.canvas.get_renderer())
    ink = np.asarray(picture.canvas.buffer_rgba())[::-1, :, 3].astype(float)
    rows = np.arange(SIZE) + 0.5
    vertices = boundary.get_path().vertices
    column, row = axes_of(picture).transData.transform(vertices).T
    order = np.argsort(column)
    columns = np.arange(int(column.min()) + 8, int(column.max()) - 8, 5)
    exact = np.interp(columns + 0.5, column[order], row[order])
    centers = rows @ ink[:, columns] / ink[:, columns].sum(axis=0)
    np.testing.assert_allclose(centers, exact, atol=0.1)


def test_points_are_pure_and_lines_black(picture):
    pixels = picture.draw(200)[INSIDE]
    for color, at_least in ((BLUE, 1500), (RED, 1500), (BLACK, 500)):
        assert is_color(pixels, color).sum() > at_least


def test_points_at_the_rim_are_drawn_whole(pictures):
    """The disc at (1, 1) has blue pixels on three sides of the corner of the axes."""
    frame = is_color(pictures["input_space"].draw(200), BLUE)
    corner = axes_of(pictures["input_space"]).transData.transform((1, 1))
    column, row = np.rint([corner[0], 720 - corner[1]]).astype(int)
    assert frame[row - 3 : row, column : column + 3].sum() >= 4
    assert frame[row - 3 : row, column - 3 : column].sum() >= 4
    assert frame[row : row + 3, column : column + 3].sum() >= 4


@pytest.fixture
def in_own_units(own_units, spaces):
    run = SpaceReplay(own_units, spaces["input_space"], [60], own_units.dataset)
    return picture_of(run)


def test_standardized_picture_keeps_the_units_of_the_data(in_own_units, own_units):
    dataset, picture = own_units.dataset, in_own_units
    frame, axes = picture.draw(60), axes_of(picture)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("year", "price in $ or $$")
    low, high = dataset.X.min(dim=0).values, dataset.X.max(dim=0).values
    for limits, least, most in zip((axes.get_xlim(), axes.get_ylim()), low, high, strict=True):
        assert limits[0] <= least and most <= limits[1]
        assert most - least > 0.7 * (limits[1] - limits[0])
    box = axes.get_window_extent()
    assert box.width == pytest.approx(box.height)
    drawn = np.concatenate([points.get_xydata() for points in space_view(picture).points])
    rows = np.concatenate([rows for _, rows in space_view(picture).portions])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(dataset.y)))
    np.testing.assert_allclose(drawn, dataset.X[rows], rtol=1e-6)
    for color in (GREEN, PURPLE, BLUE, RED):
        assert is_color(frame[INSIDE], color).sum() > 500
    box = picture.figure.get_tightbbox(picture.canvas.get_renderer())
    assert box.x0 > 0.05 and box.x1 < 5.95


def test_frame_in_other_units_equals_a_full_redraw(in_own_units):
    frame = in_own_units.draw(60).copy()
    np.testing.assert_array_equal(frame, full_redraw(in_own_units, 60))


def test_long_names_of_features_are_cut(history, spaces, dataset):
    """To sixty characters, the last of which is an ellipsis."""
    names = ("a" * 60, "W" * 61)
    run = SpaceReplay(history, spaces["input_space"], [200], Dataset(dataset.X, dataset.y, names))
    axes = axes_of(picture_of(run))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("a" * 60, "W" * 59 + "…")
    for label in (axes.xaxis.label, axes.yaxis.label):
        box = label.get_window_extent()
        assert min(box.x0, box.y0) >= 0 and max(box.x1, box.y1) <= 720


@pytest.mark.parametrize("name", SCRIPTS)
def test_proportions_stay_at_any_size(history, spaces, dataset, name):
    """Boundary, points, grid and text take the same share of the picture at 360 and 2160 pixels."""
    shares = []
    for size in (360, 2160):
        run = SpaceReplay(history, spaces[name], [80], sample(dataset, 40), size)
        picture = picture_of(run, size=size)
        picture.parts[0].draw(80)
        renderer = picture.canvas.get_renderer()
        view, inked = space_view(picture), []
        for artist in (view.boundary, view.grid, *view.points):
            renderer.clear()
            artist.draw(renderer)
            inked.append(np.asarray(picture.canvas.buffer_rgba())[..., 3].mean())
        title = axes_of(picture).title.get_window_extent(renderer)
        shares.append([*inked, title.width * title.height / size**2])
    np.testing.assert_allclose(shares[0], shares[1], rtol=0.04)


def test_points_held_out_are_hollow_and_all_others_are_not(held_out, spaces):
    """Every point is drawn once, in the color of its class; the white of hollow ones is seen."""
    dataset = held_out.dataset
    picture = picture_of(SpaceReplay(held_out, spaces["input_space"], range(5), dataset))
    pixels, view = picture.draw(4), space_view(picture)
    kinds = {}
    for points in view.points:
        is_hollow, color = points.get_markerfacecolor() == "white", points.get_color()
        for place in points.get_xydata().tolist():
            assert kinds.setdefault(tuple(place), (is_hollow, color)) == (is_hollow, color)
    assert len(kinds) == 60
    looks = zip(dataset.held_out.tolist(), dataset.y[:, 0].int().tolist(), strict=True)
    for x, (held, label) in zip(dataset.X.tolist(), looks, strict=True):
        assert kinds[tuple(x)] == (held, CLASSIC.points[label])
    axes = axes_of(picture)
    for x in dataset.X[dataset.held_out].numpy():
        column, row = np.rint(axes.transData.transform(x)).astype(int)
        near = pixels[SIZE - 1 - row + np.arange(-2, 3)[:, None], column + np.arange(-2, 3)]
        assert is_color(near, WHITE).any()
