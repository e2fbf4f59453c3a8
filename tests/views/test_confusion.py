"""The confusion matrix, against an argmax of the recorded parameters in NumPy."""

import numpy as np
import pytest
from conftest import full_redraw, view_of
from helpers.tasks import learned, put_out

from torchreplay.errors import UserError
from torchreplay.views.confusion import ConfusionMatrix, darkness


def written(view):
    """The counts that the numbers show: 0 where there is none."""
    return np.vectorize(lambda text: int(text.get_text()) if text.get_visible() else 0)(
        view.numbers
    )


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("classes", [3, 10])
@pytest.mark.parametrize("epoch", [1, 6])
def test_numbers_count_the_points_trained_on(classes, held_out, epoch):
    space = learned(classes, held_out).feature_space()
    picture = space.picture(["confusion"])
    picture.draw(epoch)
    data = space.history.dataset.trained
    predicted = put_out(space.history, epoch, data.X).argmax(axis=1)
    expected = np.zeros((classes, classes), int)
    for true, found in zip(data.y[:, 0].long().tolist(), predicted, strict=True):
        expected[true, found] += 1
    view = view_of(picture, ConfusionMatrix)
    np.testing.assert_array_equal(written(view), expected)
    title = view.image.axes.get_title()
    assert title == ("Confusion of Points Trained On" if held_out else "Confusion")


def test_two_classes_have_one_too(six, runs, exact):
    picture = runs["feature_space"].showing([80], 240).picture(["confusion"])
    picture.draw(80)
    p, _, t = exact(80)
    counts = written(view_of(picture, ConfusionMatrix))
    assert counts.sum(axis=1).tolist() == [1000, 1000]
    assert counts[1, 0] == ((p < 0.5) & (t == 1)).sum()


def test_every_error_is_darker_than_every_right_cell():
    """A row without a point is white."""
    dark = darkness(np.array([[999, 1, 0], [40, 40, 20], [0, 0, 0]]))
    assert dark[0, 1] > dark.diagonal().max() > 0
    assert dark[1, 0] > dark[1, 2] > dark[0, 1]
    assert (dark[2] == 0).all() and dark[0, 2] == 0 and dark.max() <= 1


def test_rows_and_columns_have_names_and_the_matrix_stands_within_its_axes():
    picture = learned(3).feature_space().picture(["confusion", "loss", "losses"])
    axes = view_of(picture, ConfusionMatrix).image.axes
    names = [text.get_text() for text in axes.texts if text.get_text().startswith("kind")]
    assert sorted(names) == sorted(2 * ["kind 0", "kind 1", "kind 2"])
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    assert all(box.x0 > axes.bbox.x0 - 2 and box.y0 > axes.bbox.y0 - 8 for box in boxes)


def test_frame_equals_a_full_redraw():
    picture = learned(10).feature_space().picture(["confusion"])
    for epoch in (6, 1):
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


@pytest.mark.parametrize("view", ["confusion", "probabilities"])
def test_regression_has_none(view):
    with pytest.raises(UserError) as refused:
        learned(0).feature_space().animate(views=[view])
    other = "leave it out, in regression there is 'losses'"
    assert str(refused.value) == f"view '{view}' is of classes: {other}"
