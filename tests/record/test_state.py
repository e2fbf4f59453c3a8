"""The state of a model: what is recorded is loaded bit by bit, the rest is refused at once."""

import numpy as np
import pytest
import torch
from helpers.models import clouds
from torch import nn

from torchreplay.errors import DatasetError, NetworkError, UserError
from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay

LOGIT = nn.BCEWithLogitsLoss()
X, Y = clouds()
INFINITE = torch.full((3, 3), -torch.inf).triu(1)


class Keeping(nn.Module):
    """A linear layer beside a buffer."""

    def __init__(self, buffer):
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.register_buffer("kept", buffer)

    def forward(self, x):
        return self.layer(x)


class Extra(Keeping):
    """A linear layer beside an extra state."""

    def __init__(self, extra):
        super().__init__(None)
        self.extra = extra

    def get_extra_state(self):
        return self.extra

    def set_extra_state(self, state):
        self.extra = state


def reloaded(model, fresh, path, **settings):
    """The record of a model, and the same loaded from a file with a fresh model."""
    replay = Recorder(model, X, Y, loss=LOGIT, **settings).replay()
    replay.save(path)
    return replay.history, Replay.load(path, fresh).history


def assert_same(value, other):
    """Two tensors are equal, of whatever precision."""
    wide = torch.complex128 if other.is_complex() else torch.float64
    assert torch.equal(value.to(wide), other.to(wide))


@pytest.mark.parametrize(
    "buffer",
    [
        INFINITE, torch.tensor([1j, 2 - 3j]), torch.tensor([1j, 2.0]).conj(), torch.tensor(True),
        torch.zeros(0, 3), torch.tensor(7), *(
            torch.arange(5).to(getattr(torch, name))
            for name in ("uint8", "uint16", "uint64", "int8", "float64", "float16", "bfloat16",
                         "float8_e4m3fn")
        ),
    ],
    ids=lambda buffer: f"{buffer.dtype}, {tuple(buffer.shape)}",
)  # fmt: skip
def test_buffers_are_loaded_as_they_were(tmp_path, buffer):
    fresh = Keeping(torch.zeros_like(buffer))
    _, loaded = reloaded(Keeping(buffer), fresh, tmp_path / "run.npz")
    assert_same(loaded.network(0).model.kept, buffer)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_parameters_of_any_precision_are_saved_bit_by_bit(tmp_path, dtype):
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).to(dtype)
    fresh = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    history, loaded = reloaded(model, fresh, tmp_path / "run.npz")
    for name, value in model.state_dict().items():
        assert torch.equal(torch.tensor(loaded.parameters[name][0]).to(dtype), value)
        assert loaded.parameters[name].dtype == history.parameters[name].dtype


def test_extra_states_that_are_tensors_are_kept(tmp_path):
    given, fresh = Extra(torch.tensor([1.0, 2.0])), Extra(torch.zeros(2))
    _, loaded = reloaded(given, fresh, tmp_path / "run.npz")
    assert loaded.network(0).model.extra.tolist() == [1, 2]


def sparse_layer():
    model = Keeping(None)
    model.layer.weight = nn.Parameter(model.layer.weight.detach().to_sparse())
    return model


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Extra({"scale": 1}), "_extra_state of the model is a dict: choose keep="),
        (sparse_layer, "layer.weight of the model is sparse: choose keep="),
        (lambda: Keeping(torch.eye(2).to_sparse()), "kept of the model is sparse: choose keep="),
        (
            lambda: Keeping(torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)),
            "kept of the model is quantized: choose keep=",
        ),
        (lambda: Keeping(torch.ones(2, device="meta")), "kept of the model has no values yet"),
        (lambda: Keeping(torch.tensor([1.0, torch.nan])), "kept of the model has NaN"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # of PyTorch, about quantized tensors
def test_what_cannot_be_recorded_is_refused_at_once(make, words):
    with pytest.raises(NetworkError, match=words):
        Recorder(make(), X, Y, loss=LOGIT)


def test_a_model_with_an_extra_state_can_keep_its_features(tmp_path):
    model = nn.Sequential(nn.Linear(2, 2), Extra({"scale": 1}))
    history, loaded = reloaded(model, None, tmp_path / "run.npz", keep="features")
    np.testing.assert_array_equal(loaded.parameters["images"], history.parameters["images"])


@pytest.mark.filterwarnings("ignore:Lazy modules")
@pytest.mark.parametrize("settings", [object(), [1], {"kept": 3}, {"values": torch.ones(2)}])
def test_settings_that_no_record_can_keep_are_left_out(tmp_path, settings):
    model = Keeping(None)
    model.settings = settings
    history, loaded = reloaded(model, Keeping(None), tmp_path / "run.npz")
    np.testing.assert_array_equal(
        loaded.parameters["layer.weight"], history.parameters["layer.weight"]
    )


@pytest.mark.parametrize(
    "words",
    [
        {"label": "x" * 60_000},
        {"every": 10**12},
    ],
)
def test_words_that_no_record_can_keep_are_refused_at_once(words):
    with pytest.raises(UserError, match=f"{next(iter(words))} is .*: a record keeps") as caught:
        Recorder(Keeping(None), X, Y, loss=LOGIT, **words)
    assert len(str(caught.value)) < 500


def test_masked_points_are_refused():
    masked = np.ma.array(X.numpy(), mask=X.numpy() > 2)
    assert masked.mask.any()
    with pytest.raises(DatasetError, match="X has masked values: leave such points out"):
        Recorder(Keeping(None), masked, Y, loss=LOGIT)


def test_parameters_of_another_kind_do_not_fit(tmp_path):
    Recorder(Keeping(torch.ones(2)), X, Y, loss=LOGIT).replay().save(tmp_path / "run.npz")
    for other in (torch.ones(2, dtype=torch.complex64), torch.tensor([1, 2])):
        with pytest.raises(UserError, match=r"its kept is torch.* recorded was float32"):
            Replay.load(tmp_path / "run.npz", Keeping(other))
