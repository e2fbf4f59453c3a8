"""Views: what their artists show, against an evaluation of the recorded parameters in NumPy."""

import itertools

import formulas
import numpy as np
import pytest
import torch
import views
from conftest import full_redraw
from example_sets import make
from matplotlib.colors import to_rgba
from options import VIEWS
from replay import build_network
from views import Evaluation, add_panels, panels_of, width_of

from common import Dataset, Picture, SpaceView, new_figure, space_axes, train

EPOCHS = (0, 1, 80, 133, 200)


def composite(spaces, history, dataset, *names):
    """The picture of the feature space and views beside it."""
    panels = panels_of(names)
    figure = new_figure(120, 6 + width_of(panels))
    space = SpaceView(space_axes(figure), spaces["feature_space"], history, dataset)
    return Picture(figure, [space, *add_panels(figure, panels, history)])


@pytest.fixture(scope="module")
def six(spaces, history, dataset):
    return composite(spaces, history, dataset, *VIEWS[:-1])


def view_of(picture, kind, which=0):
    return [view for view in picture.views if isinstance(view, kind)][which]


def heights(patch, edges):
    """The counts that a path of bars shows, which has to stand on the edges given."""
    corners = patch.get_path().vertices.reshape(len(edges) - 1, 5, 2)
    np.testing.assert_allclose(corners[:, 0, 0], edges[:-1])
    np.testing.assert_allclose(corners[:, 2, 0], edges[1:])
    assert (corners[:, [0, 3, 4], 1] == 0).all()
    np.testing.assert_array_equal(corners[:, 1, 1], corners[:, 2, 1])
    return corners[:, 1, 1]


def exact(dataset, parameters):
    """Probability and loss of every point, and the labels, by the formulas."""
    X, t = dataset.X.double().numpy(), dataset.y[:, 0].numpy()
    p = formulas.probability(parameters, X)[:, 0]
    return p, -t * np.log(p) - (1 - t) * np.log(1 - p), t


def near_counts(ours, values, edges):
    """Counts agree, but for values so near to an edge that float32 may put them beyond."""
    below, above = (
        np.histogram(np.clip(values + shift, edges[0], edges[-1]), edges)[0].cumsum()
        for shift in (2e-6, -2e-6)
    )
    assert (below <= ours.cumsum()).all() and (ours.cumsum() <= above).all()


@pytest.mark.parametrize("epoch", EPOCHS)
@pytest.mark.parametrize("label", [0, 1])
def test_probability_histograms(six, dataset, weights, epoch, label):
    view = view_of(six, views.ProbabilityHistogram, label)
    view.draw(epoch)
    p, _, t = exact(dataset, weights(epoch))
    tenths = np.linspace(0, 1, 11)
    correct, wrong = (heights(patch, tenths) for patch in view.bars)
    near_counts(correct + wrong, p[t == label], tenths)
    assert correct.sum() == ((p >= 0.5) == t)[t == label].sum()
    assert (correct + wrong).sum() == 1000
    assert view.bars[0].axes.get_ylim() == (0, 1000)
    assert [patch.get_facecolor() for patch in view.bars] == [
        to_rgba(color) for color in (views.CORRECT, views.WRONG)
    ]
    right = slice(5, None) if label else slice(0, 5)
    assert correct[right].sum() == correct.sum() and wrong[right].sum() == 0


@pytest.mark.parametrize("epoch", EPOCHS)
def test_loss_and_accuracy(six, dataset, weights, epoch):
    view = view_of(six, views.LossAndAccuracy)
    view.draw(epoch)
    p, loss, t = exact(dataset, weights(epoch))
    for (line, dot, _), value in zip(
        view.curves, (loss.mean(), np.mean((p >= 0.5) == t)), strict=True
    ):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(epoch + 1))
        assert line.get_ydata()[-1] == pytest.approx(value, abs=1e-5)
        np.testing.assert_array_equal(dot.get_xydata(), line.get_xydata()[-1:])
        assert line.axes.get_xlim() == (0, 200)


@pytest.mark.parametrize("epoch", EPOCHS)
def test_losses(six, dataset, history, weights, epoch):
    view = view_of(six, views.LossHistogram)
    view.draw(epoch)
    _, loss, _ = exact(dataset, weights(epoch))
    counts = heights(view.bars, view.edges)
    near_counts(counts, loss, view.edges)
    assert counts.sum() == 2000
    assert view.evaluation.at(epoch)[1].mean() == pytest.approx(history.loss[epoch], abs=1e-6)
    np.testing.assert_allclose(view.evaluation.at(epoch)[1], loss, atol=1e-4)


def test_loss_bins_reach_the_largest_loss_of_all_epochs(six, dataset, weights):
    view = view_of(six, views.LossHistogram)
    most = max(exact(dataset, weights(epoch))[1].max() for epoch in range(201))
    np.testing.assert_allclose(view.edges, np.linspace(0, most, 21), rtol=1e-4)


@pytest.mark.parametrize("epoch", EPOCHS)
def test_gradient_norms(six, dataset, weights, epoch):
    view = view_of(six, views.GradientNorms)
    view.draw(epoch)
    t = dataset.y.double().numpy()
    by_hand = formulas.gradients(weights(epoch), dataset.X.double().numpy(), t)
    for (line, dot, _), layer in zip(view.curves, (by_hand[:2], by_hand[2:]), strict=True):
        norm = np.sqrt(sum((part**2).sum() for part in layer))
        assert len(line.get_xdata()) == epoch + 1
        assert line.get_ydata()[-1] == pytest.approx(norm, rel=1e-3, abs=1e-6)
        assert dot.get_ydata() == line.get_ydata()[-1:]
        assert line.axes.get_yscale() == "log"


@pytest.mark.parametrize("epoch", EPOCHS)
def test_weights(six, weights, epoch):
    view = view_of(six, views.WeightMap)
    view.draw(epoch)
    W, b, v, c = weights(epoch)
    cells = view.image.get_array().filled(np.nan)
    np.testing.assert_allclose(cells[:, :3], np.column_stack([W, b]), rtol=1e-6)
    np.testing.assert_allclose(cells[0, 4:], [*v[0], *c], rtol=1e-6)
    assert np.isnan(cells[:, 3]).all() and np.isnan(cells[1, 4:]).all()
    written = [float(text.get_text().replace("−", "-")) for text in view.numbers]
    np.testing.assert_allclose(written, [*np.column_stack([W, b]).ravel(), *v[0], *c], atol=0.051)


def test_color_and_width_scales_hold_for_the_whole_film(six, weights):
    largest = max(np.abs(value).max() for epoch in range(201) for value in weights(epoch))
    norm = view_of(six, views.WeightMap).image.norm
    assert (norm.vmin, norm.vmax) == pytest.approx((-largest, largest), rel=1e-6)
    assert view_of(six, views.NetworkDiagram).largest == pytest.approx(largest, rel=1e-6)


@pytest.mark.parametrize("epoch", EPOCHS)
def test_network_diagram(six, weights, epoch):
    view = view_of(six, views.NetworkDiagram)
    view.draw(epoch)
    W, _, v, _ = weights(epoch)
    values = np.concatenate([W.ravel(), v.ravel()])
    np.testing.assert_allclose(
        view.lines.get_linewidths(), views.LINE_WIDTH * np.abs(values) / view.largest, rtol=1e-5
    )
    colors = [to_rgba(views.NEGATIVE if value < 0 else views.POSITIVE) for value in values]
    np.testing.assert_array_equal(view.lines.get_colors(), colors)
    starts = np.array(view.lines.get_segments())[:, 0]
    assert len(np.unique(starts, axis=0)) == 4


def test_frame_equals_a_full_redraw(six):
    for epoch in (0, 80, 200):
        frame = six.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(six, epoch), frame)


@pytest.fixture(scope="module")
def larger():
    X, y = map(torch.from_numpy, make("moons", points=400))
    dataset = Dataset(X, y, classes=("a rather long name of a class", "b"))
    torch.manual_seed(41)
    return train(build_network(dataset, [15, 10, 2], "tanh"), dataset, 20, 0.5)


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize("large", [False, True])
def test_nothing_overlaps_and_all_is_within_the_figure(
    spaces, history, dataset, larger, count, large
):
    record, points = (larger, larger.dataset) if large else (history, dataset)
    for names in itertools.islice(itertools.combinations(VIEWS[:-1], count), 0, None, 7):
        picture = composite(spaces, record, points, *names)
        picture.draw(record.epochs)
        renderer = picture.canvas.get_renderer()
        width, height = picture.canvas.get_width_height()
        boxes = {}
        for axes in picture.figure.axes:
            box = axes.get_tightbbox(renderer)
            assert box.x0 > 3 and box.y0 > 3 and box.x1 < width - 3 and box.y1 < height - 3
            place = tuple(np.rint(axes.get_position().bounds[:2] * np.array([width, 2])))
            boxes.setdefault(place, []).append(box)
        for one, other in itertools.combinations(boxes.values(), 2):
            assert not any(a.overlaps(b) for a, b in itertools.product(one, other)), (
                names,
                one,
                other,
            )


def test_units_beyond_twelve_are_summarized(spaces, larger):
    picture = composite(spaces, larger, larger.dataset, "network")
    view = view_of(picture, views.NetworkDiagram)
    texts = [text.get_text() for text in view.lines.axes.texts]
    assert texts == ["input", "hidden 1\n+3", "hidden 2", "hidden 3", "output"]
    assert len(view.lines.get_segments()) == 2 * 12 + 12 * 10 + 10 * 2 + 2


def test_points_that_are_not_drawn_are_counted(spaces, history, dataset):
    """Of a million points, too."""
    rows = torch.arange(1_000_000) % 2000
    million = Dataset(dataset.X[rows], dataset.y[rows])
    evaluation = Evaluation(
        type(history)(
            history.network(0), million, history.parameters, history.loss, history.accuracy
        )
    )
    evaluation.history.shown = [80, 200]
    figure = new_figure(60)
    for label in (0, 1):
        view = views.ProbabilityHistogram(figure.add_subplot(), evaluation, label)
        view.draw(80)
        assert sum(heights(patch, views.PROBABILITY_BINS).sum() for patch in view.bars) == 500_000
    view = views.LossHistogram(figure.add_subplot(), evaluation)
    view.draw(200)
    assert heights(view.bars, view.edges).sum() == 1_000_000


def test_names_of_views_are_those_of_the_options():
    assert tuple(views.VIEWS) == VIEWS
    assert panels_of(["all"]) == panels_of(["probabilities", "loss", "losses"])
    assert panels_of(["loss", "all", "loss"])[0] is views.LossAndAccuracy
    assert len(panels_of(["loss", "all", "loss"])) == 4
