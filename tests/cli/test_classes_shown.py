"""The option --classes-shown: three classes of more in the decision plane of a wide layer."""

import pytest
from helpers.scripts import QUICK, assert_one_line, files_of, names, runner

import common
from torchreplay import Replay
from torchreplay.cli.options import parse_options
from torchreplay.spaces.space import FEATURE_SPACE

FIVE = ("--data", "blobs", "--classes", "5", "--points", "60")


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


@pytest.mark.parametrize("typed", [("4", "1", "3"), ("class 1", "class 3", "4")])
def test_points_legend_and_axes_are_those_of_three_classes(typed):
    arguments = [*FIVE, "--hidden", "8", "--epochs", "2", "--classes-shown", *typed]
    options = parse_options("", common.DATASET.parent, arguments, FEATURE_SPACE)
    replays = common.train_replays(options.trainings)
    space = common.collect(replays, FEATURE_SPACE, **options.space)
    assert set(space.points.y[:, 0].tolist()) == {1, 3, 4}
    figure = space.picture(**options.picture).figure
    assert figure.axes[0].get_xlabel() == "From class 1 toward class 3"
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend[:3] == ["class 1", "class 3", "class 4"]
    (replay,) = replays.values()
    expected = Replay(replay.history).feature_space(classes=("1", "3", "4"))
    assert space.space.title == expected.space.title


def test_runs_are_compared_in_the_plane_of_these_classes(run, tmp_path):
    typed = (
        *FIVE,
        "--hidden",
        "8",
        "--classes-shown",
        "0",
        "2",
        "4",
        "--compare",
        "seed",
        "1",
        "2",
    )
    code, *_ = run("feature_space", *typed, *QUICK, "-o", tmp_path)
    assert code == 0
    film, still = files_of("feature_space", 3)
    assert names(tmp_path) == [
        film.replace(".", "_compare_seed."),
        still.replace(".", "_compare_seed."),
    ]


@pytest.mark.parametrize(
    ("script", "typed", "words"),
    [
        ("input_space", (*FIVE, "--hidden", "8"), "--classes-shown is for feature_space_visual"),
        ("feature_space", FIVE, "needs a last hidden layer of more than two units; leave out --cl"),
        ("feature_space", (*FIVE, "--hidden", "8", "--latent"), "of more than two units; leave"),
        ("feature_space", ("--hidden", "8"), "two classes: all are shown; leave out --classes-s"),
        ("feature_space", ("--data", "blobs", "--hidden", "8"), "3 classes: all are shown; leave"),
        ("feature_space", ("--data", "hills", "--hidden", "8"), "all are shown; leave out --cl"),
        (
            "feature_space",
            (*FIVE[:3], "4", "--hidden", "8"),
            "--classes-shown 0 2 4: give three different ones of 0, 1, 2, 3",
        ),
    ],
)
def test_it_is_refused_elsewhere_before_training(run, tmp_path, script, typed, words):
    typed = (*typed, *QUICK, "--classes-shown", "0", "2", "4", "-o", tmp_path)
    code, printed, errors = run(script, *typed)
    assert (code, printed) == (2, [])
    assert_one_line(errors, words)
    assert names(tmp_path) == []
