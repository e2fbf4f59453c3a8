"""The numbers on axes: round, with zero, apart from each other, and with room for names."""

import itertools

import numpy as np
import pytest
import torch
from conftest import axes_of
from helpers.models import small
from helpers.pictures import picture_of
from matplotlib import pyplot

from torchreplay.data.dataset import make_dataset
from torchreplay.geometry.plane import surround
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.recorder import Recorder
from torchreplay.views.space import label_axes

PLANES = [
    (np.array([(low, -low / 3), (high, high)]), alike)
    for low, high in [
        (0, 1), (-1, 1), (-2.7, 1.2), (-1.9, 0.6), (-3.1, 20), (-1234, 4321), (2010, 2031),
        (-1.5e-4, 1.4e-4), (-150000, 140000), (123.45, 123.47), (3e-7, 8e-7), (0.95, 1.07),
    ]
    for alike in (True, False)
]  # fmt: skip


@pytest.mark.parametrize("inches", [5, 2, 1])
@pytest.mark.parametrize(("points", "alike"), PLANES)
def test_ticks_are_round_and_labels_apart(points, alike, inches):
    """Steps are 1, 2 or 5 times a power of ten; zero is a tick where the axis has it."""
    figure = pyplot.figure(figsize=(inches / 0.8, inches / 0.8))
    axes = figure.add_axes((0.15, 0.1, 0.8, 0.8))
    axes.tick_params(labelsize=10 if inches == 5 else 6.5)
    label_axes(axes, surround(points, alike), ("x", "y"))
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        ticks = axis.get_ticklocs()
        step = ticks[1] - ticks[0]
        leading = step / 10.0 ** np.floor(np.log10(step * (1 + 1e-9)))
        assert np.isclose(leading, [1, 2, 5], rtol=1e-4).any()
        np.testing.assert_allclose(ticks / step, np.rint(ticks / step), atol=1e-3)
        assert (0 in ticks) == (ends[0] <= 0 <= ends[1])
        texts = [text for text in axis.get_ticklabels() if text.get_text()]
        words = [text.get_text() for text in texts]
        assert len(set(words)) == len(words) >= 2
        assert not any(word.startswith("−") and float(word[1:]) == 0 for word in words)
        boxes = [text.get_window_extent(renderer) for text in texts]
        assert not any(a.overlaps(b) for a, b in itertools.pairwise(boxes))


def scaled(factor):
    """The SpaceReplay of the inputs of a short training, which are all multiplied by a factor."""
    made = make_dataset("moons", points=60)
    recorder = Recorder(
        small(torch.nn.Sigmoid()), factor * made.X, made.y, names=("width", "height")
    )
    return recorder.replay().input_space()


@pytest.mark.parametrize("factor", [1.5e-4, 1e-3, 1.0, 15000.0, 150000.0, 3e8])
def test_names_of_axes_are_whole_however_long_the_numbers(factor):
    space = scaled(factor)
    for picture in (
        picture_of(space, size=240),
        picture_of(space, ["input"], size=240),
        picture_of(space, ["input", "feature", "loss", "losses"], size=240),
        Comparison([space, space], {"seed": ["1", "2"]}).picture(),
    ):
        renderer = picture.canvas.get_renderer()
        others = [axes.get_window_extent(renderer) for axes in picture.figure.axes]
        for axes in picture.figure.axes:
            name = axes.yaxis.label.get_window_extent(renderer)
            assert name.x0 >= 0
            assert not any(name.overlaps(other) for other in others)


def test_numbers_that_share_a_power_say_which():
    axes = axes_of(picture_of(scaled(150000.0)))
    for axis in (axes.xaxis, axes.yaxis):
        texts = [text.get_text().replace("−", "-") for text in axis.get_ticklabels()]
        power = axis.get_offset_text().get_text()
        np.testing.assert_allclose(
            [float(f"{text}{power.removeprefix('1')}") for text in texts], axis.get_ticklocs()
        )


def test_panels_of_a_grid_name_the_axes_once_even_if_limits_differ(larger_run, runs):
    shown = [larger_run, runs["feature_space"]] * 2
    compared = {"learning rate": ["1", "2"], "seed": ["1", "2"]}
    figure = Comparison(shown, compared).picture().figure
    names = [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes]
    assert names == [("", "Hidden 2"), ("", ""), ("Hidden 1", "Hidden 2"), ("Hidden 1", "")]


@pytest.mark.parametrize("views", [["activations"], ["activations", "loss", "violins", "losses"]])
@pytest.mark.parametrize("units", [1, 2, 5, 12])
def test_labels_of_cells_show_the_scale_and_are_apart(views, units):
    X = 3 * torch.randn(60, 2, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    layers = [torch.nn.Linear(2, units), torch.nn.ReLU(), torch.nn.Linear(units, 2)]
    model = torch.nn.Sequential(*layers, torch.nn.ReLU(), torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    picture = picture_of(Recorder(model, X, X[:, 0] > 0).replay().feature_space(), views, size=240)
    renderer = picture.canvas.get_renderer()
    (axes,) = [a for a in picture.figure.axes if a.get_title().startswith("Activations of Hidden")]
    texts = axes.get_xticklabels()
    assert len({text.get_text() for text in texts}) >= 2
    boxes = [text.get_window_extent(renderer) for text in texts]
    assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))


def test_names_of_layers_are_apart():
    layers = [torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()) for _ in range(9)]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    X = torch.randn(60, 2, generator=torch.Generator().manual_seed(0))
    replay = Recorder(model, X, X[:, 0] > 0).replay()
    for views in (["violins"], ["violins", "loss", "losses", "updates"]):
        picture = picture_of(replay.feature_space(), views, size=720)
        renderer = picture.canvas.get_renderer()
        axes = [axes for axes in picture.figure.axes if axes.get_title().endswith("by Layer")]
        assert len(axes) == 3
        for one in axes:
            boxes = [text.get_window_extent(renderer) for text in one.get_xticklabels()]
            gaps = [b.x0 - a.x1 for a, b in itertools.pairwise(boxes)]
            assert len(gaps) > 1 and min(gaps) > 1
