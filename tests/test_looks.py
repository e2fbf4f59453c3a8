"""Other looks: the accessible palette, and rings around errors."""

import formulas
import numpy as np
import pytest
from conftest import BLUE, RED, is_color
from looks import ACCESSIBLE, ErrorRings
from matplotlib.colors import to_rgb

from common import CLASSIC, Picture, SpaceView, new_figure, space_axes, space_picture


def as_bytes(color):
    return tuple(round(255 * part) for part in to_rgb(color))


def seen_without(cone, color):
    """A color as it is seen without a kind of cone: Viénot, Brettel and Mollon, 1999."""
    matrices = {
        "red": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "green": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    }
    linear = np.array(to_rgb(color)) ** 2.2
    return (np.array(matrices[cone]) @ linear).clip(0) ** (1 / 2.2)


@pytest.mark.parametrize("cone", ["red", "green"])
def test_accessible_colors_differ_without_a_kind_of_cone(cone):
    for pair in (ACCESSIBLE.points, ACCESSIBLE.regions):
        one, other = (seen_without(cone, color) for color in pair)
        assert np.abs(one - other).max() > 0.08
    one, other = (seen_without(cone, color) for color in ACCESSIBLE.points)
    assert np.abs(one - other).max() > 0.4


def test_accessible_classes_differ_without_any_color():
    assert ACCESSIBLE.markers == ("o", "X")


@pytest.mark.parametrize("name", ["input_space", "feature_space"])
def test_accessible_palette_is_all_that_is_seen(spaces, history, dataset, name):
    frame = space_picture(spaces[name], history, dataset, 120, palette=ACCESSIBLE).draw(200)
    for color in (*ACCESSIBLE.points, *ACCESSIBLE.regions):
        assert is_color(frame, as_bytes(color)).sum() > 300
    for color in (BLUE, RED, *map(as_bytes, CLASSIC.regions)):
        assert not is_color(frame, color).any()


def with_rings(*seen):
    """The picture of a space with rings around errors."""
    figure = new_figure(dpi=120)
    axes = space_axes(figure)
    return Picture(figure, [SpaceView(axes, *seen), ErrorRings(axes, *seen)])


@pytest.mark.parametrize("name", ["input_space", "feature_space"])
@pytest.mark.parametrize("epoch", [0, 80, 200])
def test_rings_are_around_the_misclassified_points(spaces, history, dataset, weights, name, epoch):
    picture = with_rings(spaces[name], history, dataset)
    frame = picture.draw(epoch).copy()
    X, t = dataset.X.double().numpy(), dataset.y.numpy()
    wrong = ((formulas.probability(weights(epoch), X) >= 0.5) != t)[:, 0]
    expected = X[wrong]
    if name == "feature_space":
        expected = formulas.hidden_layer(weights(epoch), expected)
    rings = picture.views[1].rings
    np.testing.assert_allclose(rings.get_xydata(), expected, atol=2e-6)
    plain = space_picture(spaces[name], history, dataset, 120).draw(epoch)
    assert (frame != plain).any() == wrong.any()


def test_a_ring_leaves_its_point_open(spaces, history, dataset):
    """At epoch 0 all are class 1: around a point of class 0 that stands alone there is a ring."""
    few = type(dataset)(dataset.X[:2] * 0 + 0.5, dataset.y[:2] * 0)
    picture = with_rings(spaces["input_space"], history, few)
    frame = picture.draw(0)
    column, row = picture.figure.axes[0].transData.transform((0.5, 0.5))
    row, column = round(719.5 - row), round(column - 0.5)
    assert is_color(frame[row, column], BLUE)
    for reach, dark in ((4, False), (6, True), (9, False)):
        assert (frame[row, column + reach, :3].max() < 140) == dark


def test_rings_are_drawn_as_in_a_full_redraw(spaces, history, dataset):
    picture = with_rings(spaces["feature_space"], history, dataset)
    frame = picture.draw(60).copy()
    for artist in picture.artists:
        artist.set_animated(False)
    picture.canvas.draw()
    np.testing.assert_array_equal(np.asarray(picture.canvas.buffer_rgba()), frame)
