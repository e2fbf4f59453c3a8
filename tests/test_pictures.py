"""Pictures: what stands on them, pixel by pixel and artist by artist."""

import itertools

import formulas
import matplotlib
import numpy as np
import pytest
import torch
from conftest import BLACK, BLUE, GREEN, PURPLE, RED, WHITE, full_redraw, is_color
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread

from common import Dataset, Network, Points, sample, save_still, space_picture, train

EPOCHS = (0, 1, 2, 10, 40, 80, 99, 120, 160, 200)


def axes_of(picture):
    (axes,) = picture.figure.axes
    return axes


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
    assert axes.get_title() + picture.views[0].epoch.get_text() == title
    assert (axes.get_xlabel(), axes.get_ylabel()) == labels
    assert axes.get_xlim() == axes.get_ylim() == limits
    box = axes.get_window_extent()
    assert box.width == pytest.approx(box.height)


def test_text_is_not_cut_off(picture):
    picture.draw(200)
    box = picture.figure.get_tightbbox(picture.canvas.get_renderer())
    assert box.x0 > 0.05 and box.y0 > 0.05
    assert box.x1 < 5.95 and box.y1 < 5.95


@pytest.mark.parametrize("epoch", [0, 1, 80, 200])
def test_artists_show_the_epoch(pictures, history, dataset, weights, epoch):
    X, y = dataset.X.double().numpy(), dataset.y[:, 0].numpy()
    seen = {
        "input_space": lambda x: x,
        "feature_space": lambda x: formulas.hidden_layer(weights(epoch), x),
    }
    for name, image in seen.items():
        view = pictures[name].views[0]
        view.draw(epoch)
        for label, points in enumerate(view.points):
            np.testing.assert_allclose(points.get_xydata(), image(X[y == label]), atol=2e-6)
        grid = np.array(view.grid.get_segments())
        np.testing.assert_allclose(grid, image(history.grid_lines.astype(float)), atol=2e-6)
        curves = [image(curve) for curve in history.boundaries[epoch]]
        drawn = view.boundary.get_path().vertices
        np.testing.assert_allclose(drawn, np.concatenate([np.empty((0, 2)), *curves]), atol=2e-6)


def near(pixels, reach):
    """Mark the pixels of a frame that are within reach of those given, (n, 2)."""
    marked = np.zeros((720, 720), bool)
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
def test_regions_show_the_predicted_class(pictures, history, dataset, weights, name, epoch, enough):
    """Pixels under random inputs, away from all lines and points, have the color of their class."""
    frame = pictures[name].draw(epoch)[..., :3]
    to_display = axes_of(pictures[name]).transData

    def pixels(x):
        x = x if name == "input_space" else formulas.hidden_layer(weights(epoch), x)
        column, row = np.floor(to_display.transform(x)).astype(int).T
        return np.column_stack([719 - row, column])

    lines = history.grid_lines.astype(float).reshape(-1, 2)
    drawn = [dataset.X.double().numpy(), lines, *history.boundaries[epoch]]
    obstacles = near(np.concatenate([pixels(x) for x in drawn]), reach=5)
    inputs = np.random.default_rng(0).uniform(-1, 1, (20_000, 2))
    clear = ~obstacles[tuple(pixels(inputs).T)]
    assert clear.sum() > enough
    logit = formulas.logit(weights(epoch), inputs[clear])
    expected = np.where(logit > 0, PURPLE, GREEN)
    np.testing.assert_array_equal(frame[tuple(pixels(inputs[clear]).T)], expected)


def test_points_lie_where_they_belong():
    """The center of mass of a drawn point is within a quarter of a pixel of its position."""
    figure = Figure(figsize=(1, 1), dpi=20)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 20), ylim=(0, 20))
    axes.axis("off")
    point = axes.add_line(Points([], [], color="black", marker="o", markersize=20))
    centers = np.arange(20) + 0.5
    for position in np.random.default_rng(0).uniform(8, 12, (100, 2)):
        point.set_data(*position[:, None])
        canvas.draw()
        ink = 255.0 - np.asarray(canvas.buffer_rgba())[::-1, :, 0]
        mass = [ink.sum(axis=0) @ centers / ink.sum(), ink.sum(axis=1) @ centers / ink.sum()]
        np.testing.assert_allclose(mass, position, atol=0.26)


@pytest.mark.parametrize("name", ["input_space", "feature_space"])
def test_no_white_seam(pictures, weights, name):
    """No input inside the square lands on a white pixel, at any angle of the boundary."""
    inputs = np.random.default_rng(0).uniform(-0.99, 0.99, (20_000, 2))
    for epoch in (1, 20, 60, 80, 100, 200):
        frame = pictures[name].draw(epoch)
        seen = inputs if name == "input_space" else formulas.hidden_layer(weights(epoch), inputs)
        column, row = axes_of(pictures[name]).transData.transform(seen).astype(int).T
        assert not is_color(frame[719 - row, column], WHITE).any()


def test_drawn_grid_is_the_recorded_one(pictures, history):
    view = pictures["feature_space"].views[0]
    for epoch in range(201):
        view.draw(epoch)
        np.testing.assert_allclose(view.grid.get_segments(), history.grids[epoch], atol=2e-6)


def test_points_outside_the_axes_do_not_cover_the_text(spaces, history):
    X = torch.tensor([[-0.1, 1.1], [0.5, 0.5], [1.5, 0.2]])
    outside = Dataset(X=X, y=torch.tensor([[1.0], [1.0], [0.0]]))
    frame = space_picture(spaces["input_space"], history, outside, dpi=120).draw(200)
    assert is_color(frame, RED).any()
    assert not is_color(frame[:66], RED).any()
    assert not is_color(frame, BLUE).any()


@pytest.mark.parametrize("name", ["input_space", "feature_space"])
def test_boundary_is_drawn_where_it_lies(pictures, weights, name):
    """Across the line, the ink of the boundary is centered on the curve, to a tenth of a pixel."""
    picture = pictures[name]
    picture.views[0].draw(200)
    picture.canvas.get_renderer().clear()
    picture.views[0].boundary.draw(picture.canvas.get_renderer())
    ink = np.asarray(picture.canvas.buffer_rgba())[::-1, :, 3].astype(float)
    rows = np.arange(720) + 0.5
    vertices = picture.views[0].boundary.get_path().vertices
    column, row = axes_of(picture).transData.transform(vertices).T
    order = np.argsort(column)
    columns = np.arange(int(column.min()) + 8, int(column.max()) - 8, 5)
    exact = np.interp(columns + 0.5, column[order], row[order])
    centers = rows @ ink[:, columns] / ink[:, columns].sum(axis=0)
    np.testing.assert_allclose(centers, exact, atol=0.1)


def test_points_are_pure_and_lines_black(picture):
    pixels = picture.draw(200)
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


def test_frame_equals_a_full_redraw(picture):
    for epoch in EPOCHS:
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(frame, full_redraw(picture, epoch))


def test_draw_depends_on_the_epoch_alone(picture):
    first = picture.draw(200).copy()
    other = picture.draw(0).copy()
    assert (first != other).any()
    np.testing.assert_array_equal(picture.draw(200), first)


def test_still_equals_frame(picture, tmp_path):
    save_still(tmp_path / "still.png", picture, 80, "title")
    still = np.rint(imread(tmp_path / "still.png") * 255).astype(np.uint8)
    np.testing.assert_array_equal(still, picture.draw(80))
    content = (tmp_path / "still.png").read_bytes()
    assert b"Software" not in content
    assert matplotlib.__version__.encode() not in content


@pytest.mark.parametrize(("dpi", "pixels"), [(40, 240), (100.2, 601), (240, 1440)])
def test_dpi_sets_the_size(spaces, history, dataset, dpi, pixels):
    picture = space_picture(spaces["feature_space"], history, dataset, dpi)
    assert picture.draw(3).shape == (pixels, pixels, 4)


@pytest.fixture(scope="module")
def own_units():
    """A run on features of very different units, trained on standardized ones."""
    random = np.random.default_rng(0)
    X = np.concatenate([random.normal((2010, 0.3), (4, 0.02), (200, 2)) for _ in range(2)])
    X[200:] += (12, 0.07)
    y = np.arange(400)[:, None] >= 200
    dataset = Dataset(
        torch.from_numpy(X).float(),
        torch.from_numpy(y).float(),
        names=("year", "price in $ or $$"),
        standardized=True,
    )
    torch.manual_seed(41)
    return train(Network(scaling=dataset.scaling), dataset, 60, 3.0)


def test_standardized_picture_keeps_the_units_of_the_data(spaces, own_units):
    dataset = own_units.dataset
    picture = space_picture(spaces["input_space"], own_units, dataset, dpi=120)
    frame, axes = picture.draw(60), axes_of(picture)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("year", "price in $ or $$")
    low, high = dataset.X.min(dim=0).values, dataset.X.max(dim=0).values
    for limits, least, most in zip((axes.get_xlim(), axes.get_ylim()), low, high, strict=True):
        assert limits[0] <= least and most <= limits[1]
        assert most - least > 0.7 * (limits[1] - limits[0])
    box = axes.get_window_extent()
    assert box.width == pytest.approx(box.height)
    drawn = np.concatenate([points.get_xydata() for points in picture.views[0].points])
    np.testing.assert_allclose(drawn, dataset.X[dataset.y[:, 0].argsort(stable=True)], rtol=1e-6)
    for color in (GREEN, PURPLE, BLUE, RED):
        assert is_color(frame, color).sum() > 500
    box = picture.figure.get_tightbbox(picture.canvas.get_renderer())
    assert box.x0 > 0.05 and box.x1 < 5.95


def test_standardized_boundary_is_where_p_is_one_half_in_the_units_of_the_data(own_units):
    """Against the formula, whose network is given features scaled by NumPy."""
    X = own_units.dataset.X.double().numpy()
    network = own_units.network(60)
    parameters = [value.detach().double().numpy() for value in network.parameters()]
    assert own_units.accuracy[60] > 0.95
    (curve,) = own_units.boundaries[60]
    scaled = (curve - X.mean(axis=0)) / X.std(axis=0)
    np.testing.assert_allclose(formulas.probability(parameters, scaled), 0.5, atol=0.0005)


@pytest.mark.parametrize("name", ["input_space", "feature_space"])
def test_proportions_stay_at_any_size(spaces, history, dataset, name):
    """Boundary, points, grid and text take the same share of the picture at 360 and 2160 pixels."""
    shares = []
    for dpi in (60, 360):
        picture = space_picture(spaces[name], history, sample(dataset, 40), dpi)
        picture.views[0].draw(80)
        renderer = picture.canvas.get_renderer()
        (axes,) = picture.figure.axes
        inked = []
        for artist in (picture.views[0].boundary, picture.views[0].grid, *picture.views[0].points):
            renderer.clear()
            artist.draw(renderer)
            inked.append(np.asarray(picture.canvas.buffer_rgba())[..., 3].mean())
        title = axes.title.get_window_extent(renderer)
        shares.append([*inked, title.width * title.height / dpi**2])
    np.testing.assert_allclose(shares[0], shares[1], rtol=0.04)
