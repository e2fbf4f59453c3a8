"""Recorded trainings side by side from Python: what is compared, plotted, and played as a film."""

import numpy as np
import pytest
from helpers.models import Nested, X, clouds, replayed, small
from matplotlib.image import imread
from PIL import Image

import common
from torchreplay import Replay, compare
from torchreplay.spaces.space import FEATURE_SPACE


@pytest.fixture(scope="module")
def replays():
    """Two trainings of the same model, of which one is shorter."""
    return {"short": replayed(small(), steps=2), "long": replayed(small(), steps=5)}


def test_plot_shows_both_at_the_same_epoch(replays):
    both = compare(replays).plot(epoch=4)
    texts = [text.get_text() for text in both.figure_.texts]
    assert any(text.endswith(", epoch 4") for text in texts)
    for (name, replay), axes in zip(replays.items(), both.figure_.axes, strict=True):
        history = replay.history
        loss = history.loss[min(4, history.last)]
        assert f"{name}: loss {loss:.3f}" in axes.get_title() + "".join(
            text.get_text() for text in axes.texts
        )


def test_film_lasts_as_long_as_the_longest(replays, tmp_path):
    film = compare(replays).animate(size=120)
    assert list(film.epochs) == [1, 2, 3, 4, 5]
    film.save(tmp_path / "both.gif")
    with Image.open(tmp_path / "both.gif") as made:
        assert (made.n_frames, made.size) == (5, film.picture.size)
    film.picture.save(tmp_path / "still.png", 5)
    still = np.rint(255 * imread(tmp_path / "still.png")).astype(np.uint8)
    np.testing.assert_array_equal(still, film.picture.draw(5))


def test_it_is_what_the_scripts_show(history, dataset):
    """A comparison of one option, pixel by pixel, but for what stands above the panels."""
    replays = {"3": Replay(history), "other": Replay(history)}
    compared = {"": ["3", "other"]}
    shown = common.collect(replays, FEATURE_SPACE, range(1, 201), 10_000, compared=compared)
    spaces = {name: replay.feature_space() for name, replay in replays.items()}
    for epoch in (1, 80):
        np.testing.assert_array_equal(
            compare(spaces).animate().picture.draw(epoch), shown.picture().draw(epoch)
        )


def test_feature_spaces_are_compared_where_there_is_no_input_space():
    X5, y5 = clouds(features=5)
    replay = replayed(Nested(5), X=X5, y=y5)
    assert compare({"a": replay, "b": replay}).spaces[0].space.name == "feature_space"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda one: [one, one], "give a dictionary of two or more"),
        (lambda one: {"alone": one}, "give a dictionary of two or more"),
        (lambda one: {"a": one, "b": X}, "'b' is a Tensor, not a Replay"),
        (lambda one: {"a": one.input_space(), "b": one.feature_space()}, "different spaces"),
        (
            lambda one: {"a": one, "b": replayed(small(), label="step")},
            "different labels of epochs: .*'epoch', 1.*'step', 1",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(replays, wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        compare(wrong(replays["long"]))


def test_unrecorded_epochs_are_refused(replays):
    with pytest.raises(ValueError, match="epoch 6 is not recorded: there are 0 to 5"):
        compare(replays).plot(epoch=6)
    with pytest.raises(ValueError, match="epoch 6 is not recorded: there are 0 to 5"):
        compare(replays).animate(epochs=[6])
