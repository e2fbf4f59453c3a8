"""Models as people have them: compiled, in parallel, with computed parameters, averaged."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from helpers.models import LOGIT, X, Y, small
from helpers.scripts import PROJECT
from helpers.trainings import (
    EPOCHS,
    assert_equal,
    assert_recorded,
    descent,
    loader,
    plain,
    restless,
    state_of,
)
from torch import nn
from torch.nn.utils import parametrizations
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay


def trained(model, recorder=None, averaged=None, recorded=EPOCHS):
    """Train a model as `plain` does, and record it."""
    optimizer = descent(model)
    torch.manual_seed(0)
    for _ in range(recorded):
        for x, y in loader():
            optimizer.zero_grad()
            LOGIT(model(x)[:, 0].float(), y).backward()
            optimizer.step()
            if averaged is not None:
                averaged.update_parameters(model)
        if recorder is not None:
            assert recorder.record()
    return recorder


# Compiled ---------------------------------------------------------------------------------------


class Net(nn.Sequential):
    """A forward of its own: PyTorch does not compile that of a Sequential in place."""

    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x


class Backend:
    """A compiler that counts what it compiles, and changes nothing."""

    def __init__(self):
        self.compiled = 0

    def __call__(self, graph, inputs):
        self.compiled += 1
        return graph.forward


def compiled_inside(model, backend):
    return Net(torch.compile(model[:2], backend=backend), model[2])


def compiled_in_place(model, backend):
    model.compile(backend=backend)
    return model


def compiled_forward(model, backend):
    model.forward = torch.compile(model.forward, backend=backend)
    return model


def compiled_class(model, backend):
    class Compiled(Net):
        forward = torch.compile(Net.forward, backend=backend)

    return Compiled(*model)


COMPILED = {
    "a wrapper": lambda model, backend: torch.compile(model, backend=backend),
    "a wrapper inside": compiled_inside,
    "in place": compiled_in_place,
    "its forward": compiled_forward,
    "the forward of its class": compiled_class,
}


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_model_is_recorded_as_it_would_be_without(name, tmp_path):
    """It is compiled before and after, and as often as without a recorder."""
    counts = []
    for is_recorded in (False, True):
        torch.compiler.reset()
        backend, model = Backend(), Net(*small())
        compiled = COMPILED[name](model, backend)
        compiled(X[:20])
        recorder = Recorder(compiled, X, Y, loss=LOGIT) if is_recorded else None
        trained(compiled, recorder)
        assert_equal(state_of(model), plain()[-1])
        counts.append(backend.compiled)
    assert counts[0] == counts[1] > 0
    replay, states = recorder.replay(), plain()
    assert replay.history.last == EPOCHS
    replay.save(tmp_path / "run.npz")
    with torch.no_grad():
        model[0].weight.zero_()  # the copies do not use it
    for one in (replay, Replay.load(tmp_path / "run.npz", compiled)):
        space = one.feature_space()
        for epoch, state in enumerate(states):
            expected = torch.tanh(X @ state["0.weight"].T + state["0.bias"])
            np.testing.assert_allclose(space.at(epoch).images, expected, atol=1e-6)
        space.plot()
        one.layers().plot(1)
    if name != "a wrapper inside":
        assert_recorded(replay.history, states)


# In parallel ------------------------------------------------------------------------------------


def test_data_parallel():
    model = nn.DataParallel(small())
    assert_recorded(trained(model, Recorder(model, X, Y, loss=LOGIT)).history(), plain())


DISTRIBUTED = """
import sys
import torch
from torch import distributed, nn
from torch.distributed.fsdp import fully_shard
from torch.distributed.device_mesh import init_device_mesh
from torch.nn.parallel import DistributedDataParallel
from helpers.models import LOGIT, X, Y, small
from helpers.trainings import restless
from torchreplay.record.files import save_record
from torchreplay.replay.recorder import Recorder

distributed.init_process_group("gloo")
rank, states = distributed.get_rank(), []
for is_recorded in (False, True):
    module = restless()
    model = DistributedDataParallel(module)
    recorder = Recorder(model, X, Y, loss=LOGIT) if is_recorded and rank == 0 else None
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    torch.manual_seed(rank)
    for epoch in range(3):
        for rows in torch.arange(len(X))[rank::2].split(10):
            optimizer.zero_grad()
            LOGIT(model(X[rows])[:, 0], Y[rows]).backward()
            optimizer.step()
        if recorder:
            recorder.record()
    states.append({name: value.clone() for name, value in module.state_dict().items()})
assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
if rank == 0:
    save_record(sys.argv[1], recorder.history())
    torch.save(states[1], sys.argv[2])

try:
    Recorder(fully_shard(small(), mesh=init_device_mesh("cpu", (2,))), X, Y, loss=LOGIT)
except ValueError as fault:
    print(f"refused: {fault}")
distributed.destroy_process_group()
"""


def test_two_processes_under_torchrun(tmp_path):
    script, record, state = (tmp_path / name for name in ("run.py", "run.npz", "state.pt"))
    script.write_text(DISTRIBUTED)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [*launch, script, record, state], env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("refused: the model is sharded, as by FSDP") == 2
    history, state = Replay.load(record, restless()).history, torch.load(state)
    assert history.last == 3
    for name, value in state.items():
        np.testing.assert_array_equal(history.parameters[name][3], value)


def test_the_older_fsdp_is_refused():
    """It needs a GPU, so there is a wrapper without its parts."""
    from torch.distributed.fsdp import FullyShardedDataParallel

    model = FullyShardedDataParallel.__new__(FullyShardedDataParallel)
    nn.Module.__init__(model)
    with pytest.raises(ValueError, match=r"the model is sharded, as by FSDP, .* to record it"):
        Recorder(model, X, Y, loss=LOGIT)


# Precision and computed parameters --------------------------------------------------------------


def old(norm, layer):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both are deprecated, and in use
        return norm(layer)


def with_head(head):
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Tanh(), head(nn.Linear(2, 1)))


MODELS = {
    "weight norm": lambda: with_head(parametrizations.weight_norm),
    "spectral norm": lambda: with_head(parametrizations.spectral_norm),
    "orthogonal": lambda: with_head(parametrizations.orthogonal),
    "old weight norm": lambda: with_head(lambda layer: old(nn.utils.weight_norm, layer)),
    "old spectral norm": lambda: with_head(lambda layer: old(nn.utils.spectral_norm, layer)),
    "float64": lambda: restless().double(),
    "bfloat16": lambda: restless().bfloat16(),
    "autocast": restless,
}


class Cast(nn.Module):
    """What gives a model its points in its own precision, or under autocast."""

    def __init__(self, model, autocast):
        super().__init__()
        self.model, self.autocast = model, autocast

    def forward(self, x):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.autocast):
            return self.model(x.to(next(self.model.parameters())))


@pytest.mark.parametrize("name", MODELS)
def test_training_is_the_same_with_and_without_and_every_epoch_is_what_it_was(name):
    states = []
    for is_recorded in (False, True):
        torch.manual_seed(0)
        model = MODELS[name]()
        recorder = Recorder(model, X, Y, loss=LOGIT) if is_recorded else None
        trained(Cast(model, name == "autocast"), recorder)
        states.append(state_of(model))
    assert_equal(*states)
    network = recorder.replay().history.network(EPOCHS)
    with torch.no_grad():
        expected = model.eval()(X.to(next(model.parameters())))[:, 0].float()
        found = network.logit(X)[:, 0]
    exact = {} if name != "bfloat16" else {"atol": 0.05, "rtol": 0.05}
    torch.testing.assert_close(found, expected, **exact)
    loss = LOGIT(expected, Y).item()
    assert recorder.history().loss[-1] == pytest.approx(loss, rel=1e-5)


class Seeded(nn.Module):
    """Its first parameter is no number of its layers, as in a model of Keras."""

    def __init__(self):
        super().__init__()
        self.seed = nn.Parameter(torch.zeros(2, dtype=torch.int32), requires_grad=False)
        self.net = small()

    def forward(self, x):
        return self.net(x)


def test_a_parameter_of_whole_numbers():
    model = Seeded()
    with pytest.raises(ValueError, match="seed of the model is a parameter of whole numbers"):
        Recorder(model, X, Y, loss=LOGIT)
    history = Recorder(model, X, Y, loss=LOGIT, keep="features").history()
    with torch.no_grad():
        assert history.loss[0] == pytest.approx(LOGIT(model(X)[:, 0], Y).item(), rel=1e-5)


# Averaged ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.9, None], ids=["EMA", "SWA"])
def test_averaged_parameters(decay):
    """By the formulas of both averages, in double precision."""
    model, steps = small(), []
    averaged = AveragedModel(model, multi_avg_fn=decay and get_ema_multi_avg_fn(decay))
    recorder = Recorder(averaged, X, Y, loss=LOGIT)
    trained(model, recorder, averaged)
    source = small()
    plain(source, after_step=lambda: steps.append(state_of(source)["0.weight"].double()))
    mean, means = steps[0], []
    for count, value in enumerate(steps, start=1):
        share = 1 - decay if decay else 1 / count
        mean = value if count == 1 else mean + share * (value - mean)
        means.append(mean)
    history = recorder.history()
    expected = [small()[0].weight.detach(), *means[2::3]]
    np.testing.assert_allclose(history.parameters["0.weight"], torch.stack(expected), atol=1e-6)
    assert_equal(state_of(model), plain()[-1])
    replay = recorder.replay()
    with torch.no_grad():
        torch.testing.assert_close(replay.history.network(EPOCHS).logit(X), averaged(X))
    assert replay.feature_space().placement.head is not None
