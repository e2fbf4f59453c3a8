"""A network written by what `torchreplay.models.network` says, and all that is made of it."""

import pytest
import torch
from helpers.models import X, Y, move, small
from torch import nn

import common
from torchreplay.errors import NetworkError
from torchreplay.models.classifier import is_used_directly
from torchreplay.models.network import REQUIRED_ATTRIBUTES
from torchreplay.record.kept_features import KeptFeatures
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay
from torchreplay.views import VIEWS


class Turn(nn.Module):
    """A layer without parameters that turns the plane."""

    keeps_plane_flat = True

    def forward(self, x):
        return x.flip(1)


class Written(nn.Module):
    """A network of the parts that are needed; its last function is a module, but no hidden one."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(2)
        layers = Turn(), nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1)
        self.last = nn.Sigmoid()
        self.logit = nn.Sequential(*layers)

    @property
    def inputs(self):
        return nn.Sequential()

    @property
    def features(self):
        return self.logit[:-1]

    @property
    def head(self):
        return self.logit[-1]

    def forward(self, x):
        return self.last(self.logit(x))


@pytest.fixture(scope="module")
def replay():
    torch.manual_seed(0)
    model = Written()
    recorder = Recorder(model, X, Y)
    for _ in range(3):
        move(model)
        recorder.record()
    return recorder.replay()


def test_what_is_needed():
    assert set(REQUIRED_ATTRIBUTES) == {"logit", "inputs", "features", "head", "forward"}
    written, kept = Written(), KeptFeatures(5, (0, 0), "0", has_head=True)
    assert all(map(is_used_directly, (written, common.Network(), kept)))
    assert not is_used_directly(small())
    with pytest.raises(NetworkError, match="no input space"):
        kept.inputs  # noqa: B018


@pytest.mark.parametrize("space", ["input_space", "feature_space"])
@pytest.mark.parametrize("view", [name for name in VIEWS if name not in ("input", "feature")])
def test_every_view_can_be_drawn(replay, space, view):
    film = getattr(replay, space)().animate([0, 3], size=120, views=[view])
    assert film.picture.draw(3).any()


def test_hidden_layers_alone_have_activations(replay):
    picture = replay.input_space().animate([3], size=240, views=["activations"]).picture
    names = [text.get_text() for text in picture.figure.axes[-1].texts]
    assert len([name for name in names if " h" in name]) == 4 + 2


def test_spaces_page_and_file(replay, tmp_path):
    assert "lt;html" in replay._repr_html_()
    for space in (replay.feature_space("3"), replay.feature_space("1", units=(0, 3))):
        space.animate([0, 3], size=120).picture.draw(3)
    replay.save(tmp_path / "run.npz")
    again = Replay.load(tmp_path / "run.npz", Written())
    assert again.history.loss.tolist() == replay.history.loss.tolist()
    assert repr(again.history).startswith("History of epochs 0 to 3: Written 2-4-2-1, loss ")
