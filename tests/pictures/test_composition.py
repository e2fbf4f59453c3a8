"""What stands on a picture: its size, its layout, and what all runs have in common."""

import numpy as np
import pytest
from conftest import full_redraw, trained, view_of
from helpers.pictures import picture_of

import common
from torchreplay.cli.options import parse_options
from torchreplay.replay.replay import Replay
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.views.loss import LossAndScore
from torchreplay.views.losses import LossHistogram
from torchreplay.views.probabilities import ProbabilityHistogram
from torchreplay.views.rings import ErrorRings
from torchreplay.views.space import SpaceView

NAMES = ("probabilities", "loss", "losses", "gradients", "weights", "network")


@pytest.mark.parametrize(("dpi", "pixels"), [(40, 240), (100.2, 601), (240, 1440)])
def test_dpi_sets_the_size(runs, tmp_path, dpi, pixels):
    options = parse_options("", tmp_path, ["--dpi", str(dpi)])
    size = options.space["size"]
    assert size == pytest.approx(6 * dpi)
    picture = picture_of(runs["feature_space"], size=size, **options.picture)
    assert picture.draw(3).shape == (pixels, pixels, 4)


@pytest.mark.parametrize("pixels", [120, 481, 720])
def test_size_is_that_of_a_space(runs, pixels):
    run = runs["feature_space"]
    assert picture_of(run, size=pixels).size == (pixels, pixels)
    width, height = picture_of(run, ["loss", "losses"], size=pixels).size
    assert width == 2 * pixels
    assert height == pytest.approx(pixels * 6.75 / 6, abs=1)


@pytest.fixture(scope="module")
def few(spaces):
    """A short training in feature space."""
    history = trained("moons", (2,), "tanh", 0.5, epochs=4)
    return SpaceReplay(history, spaces["feature_space"], range(5), history.dataset)


@pytest.mark.parametrize(
    ("names", "inches"),
    [
        (["loss"], (12, 6.75)),
        (["all", "gradients", "weights"], (12, 6.75)),
        (NAMES, (16, 9)),  # seven panels need more room
        ([*NAMES, "updates", "input"], (18, 10.125)),  # and nine stand in three columns
    ],
)
def test_picture_with_views_is_16_to_9(few, names, inches):
    figure = picture_of(few, names).figure
    assert tuple(figure.get_size_inches()) == inches
    assert figure.dpi == 120


def test_picture_has_the_title_of_its_space(pictures):
    assert {name: picture.title for name, picture in pictures.items()} == {
        "input_space": "Input Space with Boundary",
        "feature_space": "Feature Space with Boundary",
    }


def test_text_is_not_cut_off(picture):
    picture.draw(200)
    box = picture.figure.get_tightbbox(picture.canvas.get_renderer())
    assert box.x0 > 0.05 and box.y0 > 0.05
    assert box.x1 < 5.95 and box.y1 < 5.95


def test_views_of_a_picture_and_their_order(runs, pictures):
    """Column by column; in each the lowest one is drawn first."""
    (panel,) = pictures["input_space"].parts
    assert [type(view) for view in panel.views] == [SpaceView]
    run = runs["input_space"]
    (panel,) = picture_of(run, ["losses", "all"], mark_errors=True).parts
    assert [type(view) for view in panel.views] == [
        *(SpaceView, ErrorRings, ProbabilityHistogram, ProbabilityHistogram),
        *(LossAndScore, LossHistogram),
    ]


def test_space_is_the_same_beside_views(runs, pictures):
    """Its square, halfway up the picture, has the same pixels."""
    picture = picture_of(runs["feature_space"], ["all", "weights", "network"])
    for epoch in (0, 200):
        alone = pictures["feature_space"].draw(epoch)
        frame = picture.draw(epoch)
        np.testing.assert_array_equal(frame[45:765, :684], alone[:, :684])
        assert (frame[:45, :684] == 255).all() and (frame[765:, :684] == 255).all()


def test_frame_equals_a_full_redraw(six):
    for epoch in (0, 200):
        frame = six.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(six, epoch), frame)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["loss", "losses"], [["Loss and Accuracy", "Losses"]]),
        (["loss", "losses", "network"], [["Loss and Accuracy", "Losses", "Network"]]),
        (
            ["all"],
            [["Points of class 0", "Points of class 1"], ["Loss and Accuracy", "Losses"]],
        ),
        (
            ["all", "network"],
            [
                ["Points of class 0", "Points of class 1", "Loss and Accuracy"],
                ["Losses", "Network"],
            ],
        ),
    ],
)
def test_up_to_three_views_share_a_column_and_more_stand_in_two(few, names, columns):
    """In a column all are as wide and as high as one another, and columns are as high."""
    figure = picture_of(few, names).figure
    titled = [axes for axes in figure.axes[1:] if axes.get_title()]
    place = {axes.get_title(): axes.get_position() for axes in titled}
    assert set(place) == set().union(*columns)
    space, left = figure.axes[0].get_position(), 0.5
    assert space.x1 < left
    for titles in columns:
        boxes = [place[title] for title in titles]
        assert all((box.x0, box.x1) == (boxes[0].x0, boxes[0].x1) for box in boxes)
        assert left < boxes[0].x0 and boxes[0].x1 < left + 0.5 / len(columns)
        left += 0.5 / len(columns)
        for row, box in enumerate(boxes):
            assert box.height == pytest.approx(boxes[0].height)
            cell = [1 - (row + 1) / len(boxes), 1 - row / len(boxes)]
            assert cell[0] < box.y0 and box.y1 < cell[1]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("seed", "1", "2"), "datasets.txt, 2-2-1, sigmoid"),
        (("hidden", "2", "3,2"), "datasets.txt, sigmoid"),
        (("activation", "tanh", "relu"), "datasets.txt, 2-2-1"),
        (("seed", "1", "2", "--hidden", "7", "--latent"), "datasets.txt, 2-7-2-1, sigmoid"),
        (("seed", "1", "2", "--data", "moons"), "moons, 2-2-1, sigmoid"),
        (("data", "moons", "circles"), "2-2-1, sigmoid"),
    ],
)
def test_headline_tells_what_all_have_in_common(spaces, tmp_path, arguments, text):
    typed = ["--epochs", "2", "--compare", *arguments]
    options = parse_options("", common.DATASET.parent, typed)
    datasets = common.load_datasets(options.trainings)
    histories = common.train_all(datasets, options.trainings)
    shown = {**options.space, "max_points": 100}
    replays = {name: Replay(history) for name, history in histories.items()}
    picture = common.collect(replays, spaces["feature_space"], **shown).picture(**options.picture)
    assert picture.figure.texts[0].get_text() == f"Feature space, {text}, epoch "
    picture.draw(2)
    assert picture.figure.texts[1].get_text() == "2"
    assert picture.title == "Feature Space with Boundary"


def test_views_show_all_points_though_some_are_drawn(history, spaces):
    """Loss and counts are of the points trained on, whatever sample is drawn."""
    run = common.collect({"": Replay(history)}, spaces["feature_space"], [80], 100)
    picture = run.picture(["losses"])
    picture.draw(80)
    counts = view_of(picture, LossHistogram).wrong.artist.get_data().values[::2]
    assert counts.sum() == 2000
    view, drawn = view_of(picture, SpaceView), [0, 0]
    for points, (label, _) in zip(view.points, view.portions, strict=True):
        drawn[label] += len(points.get_xydata())
    assert drawn == [50, 50]
