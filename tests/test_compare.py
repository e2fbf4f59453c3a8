"""Runs side by side: what each panel shows, and what becomes of a run that diverges."""

import copy
import itertools

import numpy as np
import pytest
import torch
from compare import comparison
from conftest import full_redraw
from matplotlib.image import imread
from options import parse_options
from pictures import settle, side_by_side
from replay import replay, run, run_all

from common import CLASSIC, Picture, space_picture


def compare(spaces, dataset, *arguments, space="feature_space"):
    """The picture of a comparison, and the record of each run by its value."""
    options = parse_options("", ["--epochs", "12", "--from", "0", *arguments])
    histories = run_all(dataset, options.variants)
    return side_by_side(spaces[space], histories, dataset, options), histories


def titles(picture):
    """What is written above each panel."""
    return [
        view.space.epoch.axes.get_title() + view.space.epoch.get_text()
        for view in picture.views[1:]
    ]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("learning-rate", "0.3", "3"), ("learning rate 0.3", "learning rate 3")),
        (("activation", "tanh", "relu", "sigmoid"), ("activation tanh", "activation relu")),
        (("hidden", "2", "10,2"), ("hidden 2", "hidden 10 2")),
        (("seed", "1", "2"), ("seed 1", "seed 2")),
        (("batch-size", "500", "2000"), ("batch size 500", "batch size 2000")),
        (("optimizer", "sgd", "adam"), ("optimizer sgd", "optimizer adam")),
    ],
)
def test_each_panel_shows_its_own_run(spaces, dataset, arguments, names):
    """Its record is that of the run alone, and its title tells loss and accuracy of the epoch."""
    picture, histories = compare(spaces, dataset, "--compare", *arguments)
    option, *values = arguments
    assert list(histories) == values
    for epoch in (0, 7, 12):
        picture.draw(epoch)
        told = titles(picture)
        for title, name in zip(told, names, strict=False):
            assert title.startswith(f"{name}: loss and accuracy ")
        for title, value in zip(told, values, strict=True):
            alone = parse_options("", ["--epochs", "12", f"--{option}", *value.split(",")])
            history = run(dataset, alone)
            np.testing.assert_array_equal(history.loss, histories[value].loss)
            loss, accuracy = history.loss[epoch], history.accuracy[epoch]
            assert title.endswith(f" {loss:.3f}, {accuracy:.1%}")
            with torch.no_grad():
                images = history.network(epoch).features(dataset.X).numpy()
            view = picture.views[1 + values.index(value)].space
            drawn = np.concatenate([points.get_xydata() for points in view.points])
            rows = dataset.y[:, 0].argsort(stable=True)
            np.testing.assert_allclose(drawn, images[rows], atol=1e-5)


def test_panel_at_default_equals_the_space_alone(spaces, dataset, history):
    """Its regions have the same path as those of the picture of the run alone."""
    picture, _ = compare(spaces, dataset, "--compare", "learning-rate", "1", "3")
    alone = space_picture(spaces["feature_space"], history, dataset, 120)
    picture.draw(9)
    alone.draw(9)
    for ours, other in zip(picture.views[2].space.regions, alone.views[0].regions, strict=True):
        np.testing.assert_allclose(ours.get_path().vertices, other.get_path().vertices, atol=1e-6)


@pytest.fixture(scope="module")
def diverging(spaces, dataset):
    """Of two runs the second diverges at once, and its picture."""
    return compare(spaces, dataset, "--compare", "learning-rate", "3", "1e300")


def test_diverged_run_is_greyed_and_told_so(diverging, capsys):
    picture, histories = diverging
    assert histories["1e300"].epochs == 0
    assert histories["3"].epochs == 12
    frames = [picture.draw(epoch).copy() for epoch in (0, 1, 12)]
    veil, text = picture.views[2].veil
    assert veil.get_visible() and text.get_visible()
    assert text.get_text() == "diverged at epoch 1"
    assert not any(artist.get_visible() for artist in picture.views[1].veil)
    half = frames[0].shape[1] // 2
    axes = slice(80, -60)
    assert (frames[1][axes, half:] == frames[2][axes, half:]).all()
    assert (frames[0][axes, half:] != frames[1][axes, half:]).any()
    assert (frames[1][axes, :half] != frames[2][axes, :half]).any()


def test_frame_equals_a_full_redraw(diverging):
    picture, _ = diverging
    for epoch in (0, 12, 1):
        frame = picture.draw(epoch).copy()
        np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


@pytest.mark.parametrize("count", range(2, 7))
def test_layout(spaces, history, dataset, count):
    """One row or two; no panel overlaps another or the headline."""
    options = parse_options("", [])
    seen = settle(spaces["input_space"], copy.copy(history), dataset, options)
    runs = {f"learning rate 0.0000{k}": seen for k in range(count)}
    figure, views = comparison(runs, "datasets.txt, 2-2-1, epoch ", 200, 120, CLASSIC)
    picture = Picture(figure, views)
    picture.draw(200)
    renderer = picture.canvas.get_renderer()
    boxes = [axes.get_tightbbox(renderer) for axes in figure.axes]
    assert len(boxes) == count
    boxes += [text.get_window_extent(renderer) for text in figure.texts[:1]]
    width, height = picture.canvas.get_width_height()
    assert (height > 700) == (count > 3)
    for box in boxes:
        assert box.x0 > 2 and box.y0 > 2 and box.x1 < width - 2 and box.y1 < height - 2
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    assert figure.texts[0].get_text() + figure.texts[1].get_text() == (
        "datasets.txt, 2-2-1, epoch 200"
    )


def test_headline_tells_what_all_have_in_common(spaces, dataset):
    for arguments, text in (
        (("seed", "1", "2"), "datasets.txt, 2-2-1, sigmoid, epoch "),
        (("hidden", "2", "3,2"), "datasets.txt, sigmoid, epoch "),
        (("activation", "tanh", "relu"), "datasets.txt, 2-2-1, epoch "),
    ):
        picture, _ = compare(spaces, dataset, "--compare", *arguments)
        assert picture.figure.texts[0].get_text() == text


def test_files_of_a_comparison_and_of_views(spaces, tmp_path, capsys):
    names = {
        ("--compare", "learning-rate", "1", "1e300"): "compare_learning_rate",
        ("--views", "all", "network"): "views",
    }
    for arguments, name in names.items():
        arguments = ["--epochs", "3", "--dpi", "40", *arguments, "--format", "mp4", "gif"]
        options = parse_options("", [*arguments, "--output-dir", str(tmp_path)])
        outcomes, files, complete = replay(spaces["input_space"], options)
        assert complete
        assert [path.name for path in files] == [
            f"input_space_epoch3_boundary_pytorch_{name}.png",
            f"input_space_{name}.mp4",
            f"input_space_{name}.gif",
        ]
        assert all(path.stat().st_size > 1000 for path in files)
        still = imread(files[0])
        assert still.shape[1] > 1.7 * still.shape[0]
        assert "epoch 3: loss " in outcomes[0]
    assert "1e300: training diverged at epoch 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("--compare seed 1", "two to six different values"),
        ("--compare seed 1 2 3 4 5 6 7", "two to six different values"),
        ("--compare seed 1 1", "two to six different values"),
        ("--compare momentum 0.1 0.2", "--compare momentum: not one of learning-rate"),
        ("--compare activation tanh step", "--activation: invalid choice: 'step'"),
        ("--compare hidden 2 10,x", "'x' is not a whole number"),
        ("--compare seed 1 2 --views loss", "--compare and --views do not go together"),
        ("--compare optimizer sgd adam --momentum 0.9", "--momentum is for --optimizer sgd"),
        ("--views lossy", "'lossy'"),
    ],
)
def test_refusals(capsys, arguments, part):
    with pytest.raises(SystemExit) as exit:
        parse_options("", arguments.split())
    assert exit.value.code == 2
    error = capsys.readouterr().err
    assert part in error and error.count("\n") == 1
