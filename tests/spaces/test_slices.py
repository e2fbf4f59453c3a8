"""Slices of input spaces of many features, against the network asked at the points themselves."""

import copy
import functools

import numpy as np
import pytest
import torch
from conftest import full_redraw, view_of
from helpers.tints import assert_tints, frame_of, places_of, tinted
from matplotlib.offsetbox import AnnotationBbox
from torch import nn

import common
from torchreplay import NetworkError, Recorder, Replay, compare
from torchreplay.data.dataset import Dataset, hold_out, make_dataset, read_dataset
from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.views.marks import SliceMarks, images_of
from torchreplay.views.rings import ErrorRings

NAMES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
EPOCH = 8


def flowers(standardized=False):
    """A table like that of the irises: 3 classes of 40 points with 4 features."""
    random = np.random.default_rng(3)
    means = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])
    X = random.normal(np.repeat(means, 40, axis=0), (0.5, 0.3, 0.4, 0.2))
    y = np.repeat(np.arange(3), 40)[:, None]
    X, y = torch.from_numpy(X).float(), torch.from_numpy(y).float()
    return Dataset(X, y, NAMES, ("setosa", "versicolor", "virginica"), standardized)


def numbers():
    """The same table with numbers to be learned."""
    made = flowers()
    return Dataset(made.X, made.X[:, 3:] * made.X[:, :1], NAMES, (), target="area")


def of_common(dataset, hidden=(9,), activation="tanh"):
    """The Replay of a network of `common`."""
    torch.manual_seed(2)
    network = common.make_network(dataset, hidden, activation)
    return Replay(common.train(network, dataset, EPOCH, 0.05, optimizer="adam"))


def of_images(channels=1, flat=False):
    """The Replay of a small CNN of ten classes on random images of 8 × 8 pixels."""
    generator = torch.Generator().manual_seed(5)
    y = torch.arange(60) % 10
    kinds = torch.randn(10, channels, 8, 8, generator=generator)
    X = kinds[y] + 0.4 * torch.randn(60, channels, 8, 8, generator=generator)
    X = X[:, 0] if flat else X
    torch.manual_seed(4)
    layers = [nn.Conv2d(channels, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(216, 10)]
    model = nn.Sequential(*[nn.Unflatten(1, (1, 8))] * flat, *layers)
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), 0.005)
    recorder = Recorder(model, X, y, loss=loss)
    for _ in range(EPOCH):
        optimizer.zero_grad()
        loss(model(X), y).backward()
        optimizer.step()
        recorder.record()
    return recorder.replay()


MAKERS = {
    "two classes": lambda: of_common(make_dataset("ball", points=300)),
    "three classes": lambda: of_common(flowers()),
    "standardized": lambda: of_common(flowers(True), activation="relu"),
    "numbers": lambda: of_common(numbers(), activation="relu"),
    "images": of_images,
    "flat images": lambda: of_images(flat=True),
    "color images": lambda: of_images(channels=3),
}


@functools.cache
def replay_of(kind):
    return MAKERS[kind]()


@functools.cache
def space_of(kind, plane_of=None, features=None):
    return replay_of(kind).input_space(plane_of, features)


def points_of(replay):
    """X in double precision, a row for each point, and the scale of every feature."""
    dataset = replay.history.dataset
    X = dataset.X.double().flatten(1).numpy()
    return X, X.std(axis=0) if dataset.standardized else np.ones(X.shape[1])


def axes_through(X, scales, i, j, k):
    """Two directions at right angles in units of the scales, by hand: (2, d)."""
    one, other = (X[j] - X[i]) / scales, (X[k] - X[i]) / scales
    first = one / np.sqrt((one**2).sum())
    second = other - (other * first).sum() * first
    return np.stack([first, second / np.sqrt((second**2).sum())])


def slice_by_hand(kind, plane_of=None, features=None):
    """A function of places, (n, 2), to points of the slice in rows, from NumPy alone."""
    replay = replay_of(kind)
    X, scales = points_of(replay)
    if plane_of:
        return lambda places: X[plane_of[0]] + places @ axes_through(X, scales, *plane_of) * scales
    columns = [NAMES.index(name) if name in NAMES else name for name in features]

    def embed(places):
        points = np.tile(np.median(X, axis=0), (len(places), 1))
        points[:, columns] = places
        return points

    return embed


def evaluated(replay, points):
    """What the network of the last epoch puts out for rows of features, in double precision."""
    network = copy.deepcopy(replay.history.network(EPOCH)).double()
    X = torch.from_numpy(points).reshape(-1, *replay.history.dataset.X.shape[1:])
    with torch.no_grad():
        return network.logit(X).numpy()


def areas(task, z):
    """The numbers of the areas of what a network puts out."""
    if task.classes > 2:
        return z.argmax(axis=1)
    return (z > np.array(task.levels)).sum(axis=1)


SLICES = [
    ("two classes", (0, 7, 151), None),
    ("two classes", None, (0, 5)),
    ("three classes", (3, 50, 110), None),
    ("three classes", None, ("sepal_length", "petal_width")),
    ("standardized", (3, 50, 110), None),
    ("standardized", None, (3, "sepal_width")),
    ("numbers", (3, 50, 110), None),
    ("numbers", None, ("petal_width", 0)),
    ("images", (3, 15, 28), None),
    ("flat images", (3, 15, 28), None),
    ("color images", (0, 1, 2), None),
]


@pytest.mark.parametrize("which", SLICES)
def test_every_pixel_has_the_tint_of_the_area_of_its_point(which):
    space = space_of(*which)
    image, view = frame_of(space, EPOCH)
    places = places_of(view, len(image)).reshape(-1, 2)
    task = space.history.task
    z = evaluated(replay_of(which[0]), slice_by_hand(*which)(places))
    expected = areas(task, z).reshape(image.shape[:2])
    colors = [region.get_facecolor() for region in view.regions]
    assert_tints(tinted(image, colors), expected)
    assert len(np.unique(expected)) > 1


@pytest.mark.parametrize("which", SLICES)
def test_vertices_of_curves_are_exact(which):
    space = space_of(*which)
    scene, task = space.scenes[EPOCH], space.history.task
    assert scene.boundary
    for k, curve in enumerate(scene.boundary):
        z = evaluated(replay_of(which[0]), slice_by_hand(*which)(curve.astype(float)))
        if task.classes > 2:
            z = np.sort(z, axis=1)
            away = z[:, -1] - z[:, -2]
        else:
            away = np.abs(z[:, 0] - (scene.levels[k] if scene.levels else 0))
        assert away.max() < 5e-6 * max(np.abs(z).max(), 1)


@pytest.mark.parametrize("which", [each for each in SLICES if each[1]])
def test_points_are_projected_at_right_angles_and_left_out_where_they_are_far(which):
    space, (kind, plane_of, _) = space_of(*which), which
    X, scales = points_of(replay_of(kind))
    axes = axes_through(X, scales, *plane_of)
    ways = ((X - X[plane_of[0]]) / scales).T
    places, *_ = np.linalg.lstsq(axes.T, ways, rcond=None)
    distances = np.linalg.norm(ways - axes.T @ places, axis=0)
    limits = space.placement.limits
    low, high = np.array(limits.low), np.array(limits.high)
    np.testing.assert_allclose(high - low, (high - low)[0])
    near = distances < 0.25 * (high - low)[0]
    within = (np.abs(places.T - (low + high) / 2) < (high - low) / 2).all(axis=1)
    np.testing.assert_allclose(space.at(EPOCH).images, places.T[near & within], atol=2e-5)
    assert {tuple(row) for row in X[list(plane_of)]} <= {
        tuple(row) for row in space.points.X.double().flatten(1).numpy()
    }
    assert_sizes(space, (distances / (0.25 * (high - low)[0]))[near & within])


@pytest.mark.parametrize("which", [each for each in SLICES if each[2]])
def test_other_features_are_at_their_medians(which):
    space, (kind, _, features) = space_of(*which), which
    X, _ = points_of(replay_of(kind))
    names = replay_of(kind).history.dataset.names
    columns = [names.index(each) if each in names else each for each in features]
    others = [k for k in range(X.shape[1]) if k not in columns]
    away = (X - np.median(X, axis=0)) / X.std(axis=0)
    distances = np.sqrt((away[:, others] ** 2).mean(axis=1))
    near = distances < 2
    np.testing.assert_allclose(space.at(EPOCH).images, X[near][:, columns], atol=1e-5)
    assert_sizes(space, distances[near] / 2)
    axes = space.plot(EPOCH).ax_
    assert [axes.get_xlabel(), axes.get_ylabel()] == [names[k] for k in columns]


def assert_sizes(space, shares):
    """Assert that points are drawn in four sizes, smaller with their share of the reach."""
    view = space.picture().parts[0].views[0]
    found = np.full(len(shares), np.nan)
    for points, (_, rows) in zip(view.points, view.portions, strict=True):
        found[rows] = points.get_markersize() / view_size(view, points)
    expected = np.array([1, 0.8, 0.6, 0.45])[np.floor(4 * shares).astype(int)]
    np.testing.assert_allclose(found, expected)
    sizes = [points.get_markersize() for points in view.points if points.get_marker() == "o"]
    assert sizes == sorted(sizes), "the nearest are drawn last"


def view_size(view, points):
    """The size of the largest points that look alike."""
    alike = [
        other
        for other in view.points
        if (other.get_marker(), other.get_color()) == (points.get_marker(), points.get_color())
    ]
    return max(other.get_markersize() for other in alike)


def test_medians_are_those_of_the_points_trained_on():
    dataset = hold_out(flowers(), 0.4)
    space = of_common(dataset).input_space(features=("sepal_width", "petal_width"))
    (point,) = space.space.slice.embed(torch.tensor([[7.0, 9.0]])).numpy()
    trained = dataset.X[~dataset.held_out].numpy()
    wanted = [np.median(trained[:, 0]), 7, np.median(trained[:, 2]), 9]
    np.testing.assert_allclose(point, wanted, rtol=1e-6)


@pytest.mark.parametrize("epoch", [2, 3])
@pytest.mark.parametrize("which", SLICES[2:5])
def test_rings_are_around_points_misclassified_where_they_are(which, epoch):
    """Not where they are drawn: the network is asked at the points themselves."""
    space = space_of(*which)
    picture = space.picture(mark_errors=True)
    picture.draw(epoch)
    network, points = space.history.network(epoch).double(), space.points
    with torch.no_grad():
        found = network.logit(points.X.double()).argmax(dim=1)
    wrong = (found != points.y[:, 0]).numpy()
    assert 0 < wrong.sum() < len(wrong)
    rings = view_of(picture, ErrorRings).rings.get_xydata()
    np.testing.assert_allclose(rings, space.at(epoch).images[wrong])
    drawn_at = space.space.slice.embed(torch.from_numpy(space.at(epoch).images))
    with torch.no_grad():
        there = network.logit(drawn_at.double()).argmax(dim=1)
    assert (there != found).any()
    if which[1]:
        marked = list(which[1])
        wrong = {k for k, row in enumerate(marked) if errs(space.history, row, epoch)}
        rings = view_of(picture, SliceMarks).rings.get_xydata()
        np.testing.assert_allclose(rings, marks_of(space).places[sorted(wrong)])


def errs(history, row, epoch):
    """Whether the network of an epoch errs at a point."""
    network, dataset = history.network(epoch), history.dataset
    with torch.no_grad():
        return network.logit(dataset.X[row : row + 1]).argmax() != dataset.y[row, 0]


def marks_of(space):
    """The view of the marks."""
    return view_of(space.picture(), SliceMarks)


def test_three_points_are_marked_by_their_numbers():
    space = space_of("three classes", (3, 50, 110))
    X, _ = points_of(replay_of("three classes"))
    one, other = X[50] - X[3], X[110] - X[3]
    along = one @ other / np.linalg.norm(one)
    aside = np.sqrt(other @ other - along**2)
    expected = [(0, 0), (np.linalg.norm(one), 0), (along, aside)]
    marks = marks_of(space)
    np.testing.assert_allclose(marks.places, expected, atol=1e-5)
    drawn = [artist for artist in marks.artists[1].artists if hasattr(artist, "get_xydata")]
    np.testing.assert_allclose([point.get_xydata()[0] for point in drawn], expected, atol=1e-5)
    words = [artist.get_text() for artist in marks.artists[1].artists if text_of(artist)]
    near = len(space.points.y)
    assert words == ["3", "50", "110", f"{near} of 120 points are near: the smaller, the farther"]
    axes = space.plot(EPOCH).ax_
    assert axes.get_xlabel() == "From point 3 toward point 50"
    assert axes.get_ylabel() == "Toward point 110, at right angles"
    assert axes.get_title() == f"Slice of the Input Space with Boundary at Epoch {EPOCH}"


def test_note_says_that_points_are_a_sample():
    replay = replay_of("three classes")
    space = common.collect({"": replay}, INPUT_SPACE, [EPOCH], 2, span=("4", "51", "111"))
    words = [artist.get_text() for artist in marks_of(space).artists[1].artists if text_of(artist)]
    near = len(space.points.y)
    assert words[-1] == f"{near} of a sample of 2 points are near: the smaller, the farther"


def text_of(artist):
    """The words of an artist, or none."""
    return artist.get_text() if hasattr(artist, "get_text") else ""


@pytest.mark.parametrize(("kind", "rows"), [("images", (3, 15, 28)), ("color images", (0, 1, 2))])
def test_images_are_shown_beside_their_marks(kind, rows):
    space = space_of(kind, rows)
    fixed = marks_of(space).artists[1].artists
    thumbnails = [artist for artist in fixed if isinstance(artist, AnnotationBbox)]
    X = space.history.dataset.X[list(rows)].numpy()
    assert len(thumbnails) == 3
    for thumbnail, image in zip(thumbnails, X, strict=True):
        shown = np.asarray(thumbnail.offsetbox.get_data())
        image = np.moveaxis(image, 0, -1)
        image = image[..., 0] if shown.ndim == 2 else image
        np.testing.assert_allclose(shown, (image - X.min()) / (X.max() - X.min()), atol=1e-6)
    figure = space.picture().figure
    figure.canvas.draw()
    (axes,) = figure.axes
    overlay = marks_of(space).artists[1]
    overlay.figure.canvas.draw()
    assert all(axes.bbox.padded(0.5).containsx(x) for x in thumbnail_ends(overlay, 0))
    assert all(axes.bbox.padded(0.5).containsy(y) for y in thumbnail_ends(overlay, 1))


def thumbnail_ends(overlay, axis):
    """Where thumbnails begin and end along an axis, in pixels."""
    renderer = overlay.figure.canvas.get_renderer()
    boxes = [each for each in overlay.artists if isinstance(each, AnnotationBbox)]
    return [box.get_window_extent(renderer).get_points()[k, axis] for box in boxes for k in (0, 1)]


def test_what_is_no_image_has_no_thumbnail():
    for shape in ((4,), (2, 8, 8), (1, 2, 8), (3, 1, 8, 8), (8,)):
        assert images_of(Dataset(torch.rand(3, *shape), torch.zeros(3, 1))) == []
    found = images_of(Dataset(torch.rand(2, 5, 7), torch.zeros(2, 1)))
    assert [image.shape for image in found] == [(5, 7), (5, 7)]


@pytest.mark.parametrize("which", [SLICES[2], SLICES[3], SLICES[8]])
def test_frames_of_films_are_whole(which):
    """The same as if all of it were drawn anew."""
    picture = space_of(*which).picture(["loss"], mark_errors=True)
    frame = picture.draw(EPOCH // 2).copy()
    np.testing.assert_array_equal(full_redraw(picture, EPOCH // 2), frame)


def test_a_direction_in_place_of_a_third_point():
    replay = replay_of("images")
    X = replay.history.dataset.X
    three = replay.input_space(plane_of=(3, 15, 28)).space.slice
    two = replay.input_space(plane_of=(3, 15, (X[28] - X[3]).numpy())).space.slice
    np.testing.assert_allclose(two.directions, three.directions, atol=1e-7)
    assert two.names == ("3", "15")


def test_words_count_from_1():
    replay = replay_of("three classes")
    ways = [replay.input_space(each).space.slice for each in ((3, 50, 110), ("4", "51", "111"))]
    np.testing.assert_array_equal(*(each.directions for each in ways))
    assert [each.names for each in ways] == [("3", "50", "110"), ("4", "51", "111")]
    spaces = [replay.input_space(features=each) for each in ((0, 3), ("1", "petal_width"))]
    np.testing.assert_array_equal(*(each.at(EPOCH).images for each in spaces))


def test_points_are_counted_as_the_file_lists_them(tmp_path):
    rows = ["1,2,3,a", "4,6,5,b", "7,8,8,a", "1,0,1,b"]
    (tmp_path / "points.csv").write_text("\n".join(["# a comment", "x,y,z,kind", *rows]))
    space = of_common(read_dataset(tmp_path / "points.csv")).input_space(("3", "4", "1"))
    assert space.space.slice.marked.X.tolist() == [[7, 8, 8], [1, 0, 1], [1, 2, 3]]


def test_slices_stand_beside_other_spaces_and_side_by_side(tmp_path):
    replay = replay_of("three classes")
    beside = replay.feature_space().picture([("input", 3, 50, 110), ("input", 0, 3), "loss"])
    slices = [view.other for view in beside.parts[0].views if hasattr(view, "other")]
    alone = replay.input_space(features=(0, 3)), replay.input_space(plane_of=(3, 50, 110))
    for found, space in zip(slices, alone, strict=True):  # the lower panel is made first
        np.testing.assert_array_equal(found.at(EPOCH).images, space.at(EPOCH).images)
        np.testing.assert_equal(vars(found.scenes[EPOCH]), vars(space.scenes[EPOCH]))
    own = replay.input_space(plane_of=(3, 50, 110))
    (feature,) = own.picture(["feature"]).parts[0].views[2:]
    assert len(feature.other.points.y) == 120 > len(own.points.y)
    replay.save(tmp_path / "run.npz")
    network = common.make_network(flowers(), (9,), "tanh")
    again = Replay.load(tmp_path / "run.npz", network).input_space(plane_of=(3, 50, 110))
    np.testing.assert_equal(vars(again.scenes[EPOCH]), vars(own.scenes[EPOCH]))
    both = compare({"one": own, "other": again}).plot(epoch=1)
    assert both.figure_.texts[0].get_text().startswith("Slice of the input space")


BAD = {
    "both": ({"plane_of": (0, 1, 2), "features": (0, 1)}, "contradict each other"),
    "two points": ({"plane_of": (0, 1)}, r"plane_of=\(0, 1\): give three points, or two and a"),
    "a number": ({"plane_of": 7}, "plane_of=7: give three points"),
    "equal": ({"plane_of": (0, 1, 1)}, r"plane_of=\[0, 1, 1\]: give three different points .*119"),
    "too large": ({"plane_of": (0, 1, 120)}, "give three different points by their numbers, 0 to"),
    "negative": ({"plane_of": (-1, 0, 1)}, "give three different points"),
    "words": ({"plane_of": ("0", "1", "2")}, "by their numbers, 1 to 120"),
    "a line": ({"plane_of": (0, 1, 2)}, "they lie on a line: choose others"),
    "a line along": ({"plane_of": (0, 1, [1.0, 1, 1, 1])}, "they lie on a line"),
    "shape": ({"plane_of": (0, 1, np.ones(3))}, r"no direction of shape \(4,\), nor a third point"),
    "infinite": ({"plane_of": (0, 1, np.full(4, np.inf))}, "no direction of shape"),
    "nothing": ({"plane_of": (0, 1, None)}, "no direction of shape"),
    "one feature": ({"features": ("sepal_width",)}, "give two features"),
    "a word": ({"features": "ab"}, "features='ab': give two features"),
    "no feature": (
        {"features": ("width", 0)},
        "features width and 0: width is none of sepal_length, sepal_width, ",
    ),
    "the same": ({"features": (1, "sepal_width")}, "give two different ones of sepal_length, "),
}


@pytest.mark.parametrize("case", BAD)
def test_what_spans_no_plane_is_refused_in_a_line(case):
    settings, message = BAD[case]
    dataset = flowers()
    dataset.X[:3] = torch.tensor([[0.0], [1.0], [2.5]]) * torch.ones(4)
    replay = Recorder(nn.Linear(4, 3), dataset, loss=nn.CrossEntropyLoss()).replay()
    with pytest.raises(NetworkError, match=message) as refusal:
        replay.input_space(**settings)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("settings", [{"plane_of": (0, 1, 2)}, {"features": (0, 1)}])
def test_a_plane_is_shown_whole(settings):
    replay = of_common(make_dataset("moons", points=40))
    with pytest.raises(NetworkError, match="no more than two features: it is shown whole"):
        replay.input_space(**settings)


def test_images_have_no_features_to_choose():
    with pytest.raises(NetworkError, match=r"shape \(1, 8, 8\), and only tables have features"):
        replay_of("images").input_space(features=(0, 1))
    with pytest.raises(NetworkError, match="Choose the plane through three points") as refusal:
        replay_of("images").input_space()
    assert "features=" not in str(refusal.value)


def of_one_feature():
    """The Replay of two classes with one feature."""
    X = torch.linspace(-1, 1, 20)[:, None]
    model = nn.Sequential(nn.Linear(1, 2), nn.Tanh(), nn.Linear(2, 1))
    return Recorder(model, X, (X[:, 0] > 0).long(), loss=nn.BCEWithLogitsLoss()).replay()


@pytest.mark.parametrize("settings", [{}, {"plane_of": (0, 1, 2)}, {"features": (0, 1)}])
def test_one_feature_is_shown_in_a_feature_space(settings):
    replay = of_one_feature()
    with pytest.raises(NetworkError, match=r"feature.space") as refusal:
        replay.input_space(**settings)
    assert "=" not in str(refusal.value)
    assert len(replay.feature_space().at(0).images) == 20


BESIDE = {
    "one feature": (of_one_feature, r"1 dimension, not 2: leave out views=\['input'\]$"),
    "images": (
        of_images,
        r'64 dimensions.*plane through three points by the view \("input", 0, 1, 2',
    ),
    "two channels": (lambda: of_images(2), "128 dimensions, not 2: leave out"),
    "table": (
        lambda: of_common(flowers()),
        r'4 .*, or choose a slice by the view \("input", 0, 1\)',
    ),
}


@pytest.mark.parametrize("case", BESIDE)
def test_view_that_is_no_plane_says_how_to_choose_one(case):
    make, message = BESIDE[case]
    space = make().feature_space(projection=None if case in ("table", "one feature") else "pca")
    with pytest.raises(NetworkError, match=message):
        space.picture(views=["input"])
    if case in ("images", "table"):
        space.picture(views=[("input", 0, 1, 2)])


def test_page_without_a_plane_says_what_shows_one():
    with pytest.raises(NetworkError, match="no layer has two units or a linear layer after it"):
        of_common(flowers(), hidden=(1,)).to_html()
