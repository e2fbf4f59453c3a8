"""The views by their names."""

from types import SimpleNamespace

import pytest
import torch
from helpers.models import LOGIT, Functional, X, Y
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.replay.recorder import Recorder
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE
from torchreplay.views import GROUPS, VIEWS, panels_of
from torchreplay.views.activations import UnitActivations
from torchreplay.views.gradients import GradientNorms
from torchreplay.views.layers import LayerPlanes
from torchreplay.views.loss import LossAndScore
from torchreplay.views.losses import LossHistogram
from torchreplay.views.network import NetworkDiagram
from torchreplay.views.space import OtherSpace
from torchreplay.views.surface import LossContours
from torchreplay.views.units import UnitMaps
from torchreplay.views.updates import UpdateSizes
from torchreplay.views.weights import WeightMap


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("loss", LossAndScore),
        ("losses", LossHistogram),
        ("gradients", GradientNorms),
        ("updates", UpdateSizes),
        ("activations", UnitActivations),
        ("units", UnitMaps),
        ("layers", LayerPlanes),
        ("surface", LossContours),
        ("weights", WeightMap),
        ("network", NetworkDiagram),
    ],
)
def test_view_of_a_name(name, view):
    assert panels_of([name]) == [view]


def test_probabilities_are_a_panel_a_class():
    assert [panel.keywords["label"] for panel in panels_of(["probabilities"])] == [0, 1]


def test_violins_are_three_panels_in_a_column():
    titles = [panel.keywords["title"].split()[0] for panel in panels_of(["loss", "violins"])[:3]]
    assert titles == ["Weights", "Activations", "Gradients"]


def test_all_are_those_of_deepreplay():
    assert panels_of(["all"]) == panels_of(["probabilities", "loss", "losses"])
    assert len(panels_of(["all"])) == 4


def test_each_view_is_made_once():
    assert panels_of(["loss", "all", "loss"]).count(LossAndScore) == 1
    assert len(panels_of(["loss", "all", "loss"])) == 4
    assert len(panels_of([*VIEWS, *GROUPS])) == len(panels_of(VIEWS)) == 18
    assert panels_of([]) == []


def test_views_stand_in_the_order_of_their_names():
    """But those of a class come first, so that they share a column."""
    assert panels_of(["losses", "loss", "network"]) == [
        *(LossHistogram, LossAndScore, NetworkDiagram)
    ]
    names = ["losses", "probabilities", "loss"]
    assert panels_of(names) == [*panels_of(["probabilities"]), LossHistogram, LossAndScore]


@pytest.mark.parametrize(("name", "space"), [("input", INPUT_SPACE), ("feature", FEATURE_SPACE)])
def test_spaces_are_views(name, space):
    (panel,) = panels_of([name])
    assert panel.func is OtherSpace
    assert panel.keywords == {"space": space}
    assert space.view == name


def without_parameters():
    return Recorder(Functional(), X, Y, keep="features")


def of_a_kernel():
    torch.manual_seed(0)
    layers = nn.Unflatten(1, (1, 2)), nn.Conv1d(1, 2, 1), nn.Flatten(), nn.Linear(4, 2)
    return Recorder(nn.Sequential(*layers, nn.Linear(2, 1)), X, Y, loss=LOGIT)


@pytest.mark.parametrize(
    ("recorder", "lack", "views"),
    [
        (without_parameters, "the record keeps no parameters", "gradients updates violins weights"),
        (
            without_parameters,
            "the record keeps no parameters",
            "activations units layers surface network",
        ),
        (of_a_kernel, "1 is no linear layer", "weights network"),
    ],
)
def test_what_a_record_lacks_comes_with_the_view_to_leave_out(recorder, lack, views):
    space = recorder().replay().feature_space()
    for view in views.split():
        with pytest.raises(NetworkError) as refused:
            space.animate(size=120, views=[view])
        assert str(refused.value) == f"{lack}: leave out the view {view}"


def test_one_parameter_alone_has_no_surface():
    """Axes are not touched before that is said."""
    recorder = Recorder(nn.Linear(1, 1, bias=False), X[:, :1], Y, loss=LOGIT)
    replay = SimpleNamespace(history=recorder.history(), last_epoch=0)
    with pytest.raises(NetworkError, match="a single parameter: leave out the view surface"):
        LossContours(axes=None, replay=replay, looks=None)
