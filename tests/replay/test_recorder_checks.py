"""The Recorder checks itself: what it shows is what the model puts out, or it says so."""

import copy
import random
import warnings

import numpy as np
import pytest
import torch
from helpers.models import X, Y, clouds, move, small, train
from torch import nn
from torch.nn.utils import parametrizations, prune

from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay

LOGIT = nn.BCEWithLogitsLoss()


class Net(nn.Module):
    """A 2-2-1 network with tanh, whose last steps a subclass changes."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.hidden, self.out = nn.Linear(2, 2), nn.Linear(2, 1)
        self.extra = nn.Parameter(torch.zeros(1))
        self.factor = 1.0

    def forward(self, x):
        return torch.sigmoid(self.out(torch.tanh(self.hidden(x))))


class Shifted(Net):
    def forward(self, x):
        return torch.sigmoid(self.out(torch.tanh(self.hidden(x))) + self.extra)


class Warm(Net):
    def forward(self, x):
        return torch.sigmoid(self.out(torch.tanh(self.hidden(x))) * torch.exp(self.extra))


class Skip(Net):
    """ReZero: the branch begins with a factor of zero."""

    def forward(self, x):
        h = torch.tanh(self.hidden(x))
        return torch.sigmoid(self.out(h + self.extra * h.flip(1)))


class Scaled(nn.Linear):
    """A layer whose forward is no longer that of its class."""

    def forward(self, x):
        return 3 * super().forward(x) + 0.5


class Tanh(nn.Tanh):
    """LeCun's function, by the name of another one."""

    def forward(self, x):
        return 1.7159 * torch.tanh(2 * x / 3)


def with_layers(*layers):
    torch.manual_seed(3)
    return nn.Sequential(*layers)


def pruned():
    model = small()
    return prune.l1_unstructured(model[2], "weight", amount=1) and model


def hooked():
    model = small()
    model[2].register_forward_hook(lambda module, x, y: 2 * y + 1)
    return model


def hooked_before():
    model = small()
    model[2].register_forward_pre_hook(lambda module, x: (x[0] + 1,))
    return model


def old_norm(norm):
    model = small()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both are deprecated, and in use
        norm(model[2])
    return model


def buffer_first():
    """A buffer stands in front of the parameters."""

    class Counting(nn.Sequential):
        pass

    model = small()
    model[0].register_buffer("count", torch.ones(1))
    return model


MODELS = {
    "a shift of zero": (Shifted, None),
    "a temperature of one": (Warm, None),
    "a skip of zero": (Skip, None),
    "pruned": (pruned, LOGIT),
    "old weight norm": (lambda: old_norm(nn.utils.weight_norm), LOGIT),
    "old spectral norm": (lambda: old_norm(nn.utils.spectral_norm), LOGIT),
    "weight norm": (lambda: with_layers(nn.Linear(2, 2), nn.Tanh(),
                    parametrizations.weight_norm(nn.Linear(2, 1))), LOGIT),
    "all layers with weight norm": (lambda: with_layers(
        parametrizations.weight_norm(nn.Linear(2, 2)), nn.Tanh(),
        parametrizations.weight_norm(nn.Linear(2, 1))), LOGIT),
    "a subclass of Linear": (lambda: with_layers(nn.Linear(2, 2), nn.Tanh(), Scaled(2, 1)), LOGIT),
    "a hook on the head": (hooked, LOGIT),
    "a hook before the head": (hooked_before, LOGIT),
    "an own Tanh": (lambda: with_layers(nn.Linear(2, 2), Tanh(), nn.Linear(2, 1)), LOGIT),
    "a buffer first": (buffer_first, LOGIT),
    "two activations": (lambda: with_layers(nn.Linear(2, 2), nn.ReLU(), nn.Tanh(),
                        nn.Linear(2, 1)), LOGIT),
    "a layer used twice": (lambda: (lambda twice: with_layers(twice, nn.Tanh(), twice, nn.Tanh(),
                           nn.Linear(2, 1)))(nn.Linear(2, 2)), LOGIT),
    "batch norm": (lambda: with_layers(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Tanh(),
                   nn.Linear(2, 1)), LOGIT),
    "half precision": (lambda: small().half(), LOGIT),
    "bfloat16": (lambda: small().bfloat16(), LOGIT),
    "double": (lambda: small().double(), LOGIT),
    "a sigmoid, and then flat": (lambda: small(nn.Sigmoid(), nn.Flatten(0)), None),
    "three dimensions": (lambda: small(nn.Unflatten(1, (1, 1))), LOGIT),
}  # fmt: skip


def moved(name):
    """The Replay of a model that is moved twice, and the true logits at each epoch, (3, 60)."""
    make, loss = MODELS[name]
    model, truth = make(), []
    recorder = Recorder(model, X, Y, loss=loss)
    for epoch in range(3):
        if epoch:
            torch.manual_seed(epoch)
            move(model)
            assert recorder.record()
        with torch.no_grad():
            model.eval()
            y = model(X.to(next(model.parameters()))).float().reshape(-1)
            model.train()
        truth.append(torch.logit(y) if loss is None else y)
    return recorder.replay(), torch.stack(truth)


@pytest.mark.parametrize("name", MODELS)
def test_every_point_lies_in_the_region_of_its_class(name):
    """Of a straight line across the axes and of curves from the input plane alike."""
    replay, truth = moved(name)
    half = name in ("half precision", "bfloat16")
    for epoch in range(3):
        network = replay.history.network(epoch)
        with torch.no_grad():
            logit = network.logit(X)[:, 0]
        torch.testing.assert_close(
            logit, truth[epoch], atol=0.05 if half else 1e-4, rtol=0.05 if half else 1e-4
        )
        space = replay.feature_space()
        head = space.placement.head(network)
        if head is not None:
            with torch.no_grad():
                told = head(space.placement.layers(network)(X))[:, 0]
            torch.testing.assert_close(told, logit, atol=1e-3, rtol=1e-3)
    expected = nn.functional.binary_cross_entropy_with_logits(truth[2], Y).item()
    assert replay.history.loss[2] == pytest.approx(expected, abs=0.05 if half else 1e-5)
    assert space.animate([2], size=120, views=["loss", "losses", "surface"]).picture.draw(2).any()


@pytest.mark.parametrize("name", MODELS)
def test_the_page_evaluates_what_the_model_does(name):
    """In NumPy as in `network.js`, from what the page carries; or it carries positions."""
    from torchreplay.page.network import read_network
    from torchreplay.page.payload import page_record

    replay, truth = moved(name)
    spaces = {"feature": replay.feature_space()}
    record = page_record(spaces)
    assert ("network" in record) != ("positions" in record)
    if "network" in record:
        network = read_network(replay.history)
        for epoch in range(3):
            h = X.numpy()
            for _, path, activation in network.layers:
                values = replay.history.parameters
                h = h @ values[f"{path}.weight"][epoch].T + values[f"{path}.bias"][epoch]
                h = {"tanh": np.tanh, "linear": np.asarray}[activation](h)
            np.testing.assert_allclose(
                h[:, 0], truth[epoch], atol=0.05 if "half" in name or name == "bfloat16" else 1e-4
            )
    exact = {"a buffer first", "half precision", "bfloat16", "double", "a sigmoid, and then flat"}
    assert ("network" in record) == (name in exact | {"a layer used twice"})


# Recording changes nothing ----------------------------------------------------------------------


class Counting(Net):
    """A buffer that every forward changes, and nothing depends on."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("largest", torch.zeros(0), persistent=False)

    def forward(self, x):
        self.calls += 1
        self.largest = x.abs().amax(dim=0)
        return super().forward(x)


class Merging(Net):
    """Like a layer of loralib: `train` adds a product to a weight, or takes it away again."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(0.3 * torch.randn(2, 1))
        self.b = nn.Parameter(0.3 * torch.randn(1, 2))
        self.merged = False

    def train(self, mode=True):
        super().train(mode)
        if mode == self.merged:
            self.hidden.weight.data += (self.a @ self.b) * (-1 if mode else 1)
            self.merged = not mode
        return self

    def forward(self, x):
        more = 0 if self.merged else x @ (self.a @ self.b).T
        return torch.sigmoid(self.out(torch.tanh(self.hidden(x) + more)))


class Noisy(Net):
    """In training it draws numbers of Python and NumPy, and in evaluation it only wastes them."""

    def forward(self, x):
        noise = random.random() + np.random.rand()
        return super().forward(x + 0.1 * noise * self.training)


@pytest.mark.parametrize("kind", [Counting, Merging, Noisy])
def test_training_is_the_same_with_and_without(kind):
    states = []
    for recorded in (False, True):
        torch.manual_seed(0), np.random.seed(0), random.seed(0)
        model = kind()
        found = Recorder(model, X, Y) if recorded else None
        torch.manual_seed(0)
        model, _ = train(model, X, Y, nn.BCELoss(), recorder=found)
        states.append([value.clone() for value in (*model.parameters(), *model.buffers())])
    for ours, theirs in zip(*states, strict=True):
        assert torch.equal(ours, theirs)
    history = found.history()
    with torch.no_grad():
        expected = nn.BCELoss()(model.eval()(X)[:, 0], Y).item()
    assert history.loss[-1] == pytest.approx(expected, abs=1e-6)
    found.replay().feature_space().plot()


@pytest.mark.parametrize("latent", [False, True])
def test_pictures_draw_no_random_numbers(latent):
    """A training that goes on after a picture is the same as without it."""
    model = with_layers(nn.Linear(2, 2), *[nn.Tanh()] * (not latent), nn.Linear(2, 1, bias=False))
    recorder = Recorder(model, X, Y, loss=LOGIT)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    space = recorder.replay().feature_space()
    space.plot()
    space.animate([0], size=120, views=["surface"]).picture.draw(0)
    recorder.replay().to_html()
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]
    assert all(map(np.array_equal, np.random.get_state(), states[2]))


def test_a_graph_that_was_made_before_is_still_valid():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Tanh(), nn.Linear(2, 1))
    recorder = Recorder(model, X, Y, loss=LOGIT)
    loss = LOGIT(model(X)[:, 0], Y)
    recorder.record()
    loss.backward()


class Drawing(Net):
    def forward(self, x):
        return super().forward(x + torch.randn(x.shape))


class Owning(Net):
    """With random numbers of its own."""

    def __init__(self):
        super().__init__()
        self.generator = np.random.default_rng(0)

    def forward(self, x):
        return super().forward(x + self.generator.random())


class Writing(Net):
    def forward(self, x):
        self.hidden.weight.data *= 1.01
        return super().forward(x)


class Averaging(Net):
    """Like the observer of a quantized layer: what it saw decides what it puts out."""

    def __init__(self):
        super().__init__()
        self.register_buffer("largest", torch.ones(()))

    def forward(self, x):
        self.largest.copy_(torch.maximum(self.largest, x.abs().max()))
        return super().forward(x / self.largest)


def closing():
    """A forward that names the model it belongs to."""
    model = small()
    inner = nn.Sequential(*model)

    class Closed(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = inner
            self.forward = lambda x: inner(x)

    return Closed()


class Renaming(Net):
    """Copied, it has parameters of other names, as a model of Keras has."""

    def __deepcopy__(self, memo):
        return nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1), nn.Sigmoid())


REFUSED = {
    "random numbers": (Drawing, "other numbers when it is evaluated again"),
    "own random numbers": (Owning, "other numbers when it is evaluated again"),
    "an observer": (Averaging, "other numbers when it is evaluated again"),
    "a parameter": (Writing, "the forward of the model changes its parameter hidden.weight"),
    "batches": (lambda: with_layers(nn.Linear(2, 2), nn.BatchNorm1d(2, track_running_stats=False),
                nn.Linear(2, 1)), "if other points are in the batch"),
    "a copy of another kind": (Renaming, r"cannot be copied \(Error.* Sequential:\): choose keep="),
    "a closure": (closing, "a copy of the model still uses inner.0.weight of the model itself"),
    "lazy": (lambda: with_layers(nn.LazyLinear(2), nn.Linear(2, 1)), "0.weight has no values yet"),
    "script": (lambda: torch.jit.script(small()), "record the module it is made of"),
    "trace": (lambda: with_layers(torch.jit.trace(small(), X)), "record the module it is made of"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_a_model_that_cannot_be_replayed_is_refused_before_the_training(name):
    make, words = REFUSED[name]
    model = make()
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match=words) as caught:
        Recorder(model, X, Y, loss=None if isinstance(model, Net) else LOGIT)
    assert "\n" not in str(caught.value)
    if name != "lazy":
        for key, value in model.state_dict().items():
            assert torch.equal(value, before[key])


# What changes during the training ---------------------------------------------------------------


class Cooling(Net):
    """A number that is no parameter changes what the model puts out."""

    def forward(self, x):
        return torch.sigmoid(self.out(torch.tanh(self.hidden(x))) / self.factor)


def test_what_the_record_does_not_know_is_recorded_truly_and_never_drawn_wrongly():
    model = Cooling()
    recorder = Recorder(model, X, Y)
    model.factor = 0.2
    recorder.record()
    with torch.no_grad():
        expected = nn.BCELoss()(model(X)[:, 0], Y).item()
    assert recorder.history().loss[1] == pytest.approx(expected, abs=1e-6)
    with pytest.raises(ValueError, match="epoch 1 cannot be replayed: a copy of the model puts"):
        recorder.replay().feature_space().plot()
    with pytest.raises(ValueError, match="epoch 1 cannot be replayed"):
        recorder.replay().to_html()


def test_a_layer_that_is_replaced_is_recorded_as_it_is_now():
    model = small()
    recorder = Recorder(model, X, Y, loss=LOGIT)
    model[1] = nn.ReLU()
    recorder.record()
    with torch.no_grad():
        expected = LOGIT(model(X)[:, 0], Y).item()
    assert recorder.history().loss[1] == pytest.approx(expected, abs=1e-6)
    with pytest.raises(ValueError, match="epoch 1 cannot be replayed"):
        recorder.replay().feature_space().plot()


def test_the_record_ends_with_the_last_epoch_before_a_number_that_is_not_finite():
    """An epoch that is left out would shift the numbers of all that follow."""
    model = small()
    recorder = Recorder(model, X, Y, loss=LOGIT)
    with torch.no_grad():
        bias = model[0].bias.clone()
        model[0].bias[0] = torch.nan
        assert not recorder.record()
        model[0].bias.copy_(bias)
    assert not recorder.record()
    history = recorder.history()
    assert (history.last, history.diverged) == (0, True)


def test_a_layer_whose_rows_are_no_points_is_no_layer():
    class Steps(nn.Module):
        """Seven steps of each point go through the same layer."""

        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.step, self.out = nn.Linear(3, 2), nn.Linear(2, 1)

        def forward(self, x):
            n, steps, width = x.shape
            h = torch.tanh(self.step(x.reshape(n * steps, width))).reshape(n, steps, 2).mean(1)
            return self.out(h)

    X = torch.randn(60, 7, 3)
    replay = Recorder(Steps(), X, Y, loss=LOGIT).replay()
    with pytest.raises(ValueError, match="no hidden layer that puts out a row for each point"):
        replay.feature_space("step")


def test_what_is_told_of_models_that_cannot_be_shown():
    class Embedded(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.out = nn.Embedding(10, 2), nn.Linear(4, 1)

        def forward(self, x):
            return self.out(self.words(x).flatten(1))

    words = torch.randint(0, 10, (60, 2))
    with pytest.raises(ValueError, match="takes whole numbers, as an Embedding does"):
        Recorder(Embedded(), words, Y, loss=LOGIT)
    wide = nn.Sequential(nn.Linear(2, 5000), nn.ReLU(), nn.Linear(5000, 1))
    replay = Recorder(wide, X, Y, loss=LOGIT).replay()
    with pytest.raises(ValueError, match=r"layer '1' has 5,000 units: .* up to 4,096"):
        replay.feature_space(projection="pca")
    model = with_layers(parametrizations.spectral_norm(nn.Linear(2, 2)), nn.Linear(2, 1))
    space = Recorder(model, X, Y, loss=LOGIT).replay().feature_space()
    with pytest.raises(ValueError, match="0 is no linear layer: leave out the view weights"):
        space.animate(views=["weights"])


def test_a_buffer_that_grows_can_still_grow():
    """PyTorch does not resize a tensor whose memory an array has seen."""

    class Growing(Net):
        def __init__(self):
            super().__init__()
            self.register_buffer("seen", torch.zeros(0))

        def forward(self, x):
            if self.training:
                self.seen.resize_(len(self.seen) + 1)
            return super().forward(x)

    model = Growing()
    Recorder(model, X, Y)
    model(X)
    assert len(model.seen) == 1


def test_layers_that_put_out_tuples_are_shown():
    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.lstm, self.out = nn.LSTM(3, 2, batch_first=True), nn.Linear(2, 1)

        def forward(self, x):
            return self.out(self.lstm(x)[0][:, -1])

    model, X = Recurrent(), torch.randn(60, 1, 3)
    space = Recorder(model, X, Y, loss=LOGIT).replay().feature_space()
    with torch.no_grad():
        expected = model.lstm(X)[0][:, 0]
    np.testing.assert_allclose(space.at(0).images, expected, atol=1e-6)


# Losses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loss",
    [
        nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0])),
        nn.BCEWithLogitsLoss(weight=torch.ones(1)),
        type("Focal", (nn.BCEWithLogitsLoss,), {})(),
    ],
)
def test_a_loss_that_is_not_the_plain_one_is_told(loss):
    with pytest.warns(UserWarning, match="the record has the plain cross-entropy") as told:
        history = Recorder(small(), X, Y, loss=loss).history()
    assert told[0].filename == __file__
    with torch.no_grad():
        assert history.loss[0] == pytest.approx(LOGIT(small()(X)[:, 0], Y).item(), abs=1e-6)


def test_of_two_outputs():
    two = nn.Linear(2, 2)
    with pytest.warns(UserWarning, match="plain cross-entropy"):
        Recorder(two, X, Y, loss=nn.CrossEntropyLoss(label_smoothing=0.1))
    with pytest.warns(UserWarning, match="ends in a Softmax, and CrossEntropyLoss applies another"):
        Recorder(with_layers(two, nn.Softmax(dim=1)), X, Y, loss=nn.CrossEntropyLoss())
    model = with_layers(two, nn.LogSoftmax(dim=1))
    history = Recorder(model, X, Y, loss=nn.NLLLoss()).history()
    with torch.no_grad():
        assert history.loss[0] == pytest.approx(nn.NLLLoss()(model(X), Y.long()).item(), abs=1e-6)
    for other in (two, with_layers(two, nn.Softmax(dim=1))):
        with pytest.raises(ValueError, match="NLLLoss needs log-probabilities"):
            Recorder(other, X, Y, loss=nn.NLLLoss())


def test_functions_in_place_of_modules():
    functional = nn.functional
    for model, loss in (
        (small(nn.Sigmoid()), functional.binary_cross_entropy),
        (small(), functional.binary_cross_entropy_with_logits),
        (nn.Linear(2, 2), functional.cross_entropy),
        (with_layers(nn.Linear(2, 2), nn.LogSoftmax(dim=1)), functional.nll_loss),
    ):
        target = Y if model(X).shape[1] == 1 else Y.long()
        history = Recorder(model, X, Y, loss=loss).history()
        with torch.no_grad():
            expected = loss(model(X).squeeze(1), target).item()
        assert history.loss[0] == pytest.approx(expected, abs=1e-6)


# Surroundings -----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_compiled_model_is_recorded_as_the_module_in_it():
    model = small()
    recorder = Recorder(torch.compile(model), X, Y, loss=LOGIT)
    assert recorder.model is model
    assert recorder.record()
    recorder.replay().feature_space().plot()


def everything(model):
    """All that is made of a Replay."""
    recorder = Recorder(model, X, Y, loss=LOGIT)
    move(model)
    recorder.record()
    replay = recorder.replay()
    for space in (replay.input_space(), replay.feature_space()):
        space.plot()
        views = ["probabilities", "activations", "surface", "gradients"]
        picture = space.animate([1], size=120, views=views).picture
        yield picture.draw(1)
    yield replay.to_html()


@pytest.mark.parametrize("surroundings", ["float64", "device", "inference", "autocast", "no_grad"])
def test_surroundings_change_nothing(surroundings):
    model = small()
    torch.manual_seed(0)
    expected = [*everything(model)]
    model = small()
    torch.manual_seed(0)
    if surroundings == "float64":
        torch.set_default_dtype(torch.float64)
        try:
            found = [*everything(model)]
        finally:
            torch.set_default_dtype(torch.float32)
    else:
        context = {
            "device": lambda: torch.device("meta"),
            "inference": torch.inference_mode,
            "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
            "no_grad": torch.no_grad,
        }[surroundings]
        recorder = Recorder(model, X, Y, loss=LOGIT)
        move(model)
        recorder.record()
        replay, found = recorder.replay(), []
        with context():
            for space in (replay.input_space(), replay.feature_space()):
                space.plot()
                views = ["probabilities", "activations", "surface", "gradients"]
                found.append(space.animate([1], size=120, views=views).picture.draw(1))
            found.append(replay.to_html())
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours, theirs)


# A sample, and a training that goes on ----------------------------------------------------------


def test_a_sample_is_evaluated():
    X, y = clouds(2000)
    model = small()
    history = Recorder(model, X, y, loss=LOGIT, sample=100).history()
    assert len(history.dataset.y) == 100
    share = history.dataset.y.mean().item()
    assert share == pytest.approx(y.mean().item(), abs=0.01)
    with torch.no_grad():
        expected = LOGIT(model(history.dataset.X), history.dataset.y).item()
    assert history.loss[0] == pytest.approx(expected, abs=1e-6)
    held = Recorder(model, X, y, validation=clouds(500, seed=1), loss=LOGIT, sample=100).history()
    assert held.dataset.held_out.sum() == 100 and len(held.dataset.y) == 200
    for bad in (1, 2.5, "all"):
        with pytest.raises(ValueError, match=r"sample is .*: give a whole number"):
            Recorder(model, X, y, loss=LOGIT, sample=bad)


def test_a_training_goes_on(tmp_path):
    model = small()
    recorder = Recorder(model, X, Y, loss=LOGIT, every=2, label="step")
    train(model, X, Y, LOGIT, 4, recorder)
    recorder.replay().save(tmp_path / "run.npz")
    replay = Replay.load(tmp_path / "run.npz", small())
    model = small()
    with pytest.raises(ValueError, match=r"first model\.load_state_dict"):
        Recorder.resume(replay, model)
    model.load_state_dict(replay.history.state_dict(replay.history.last))
    again = Recorder.resume(replay, model)
    train(model, X, Y, LOGIT, 4, again)
    history = again.history()
    assert history.epochs.tolist() == [0, 2, 4, 6, 8]
    np.testing.assert_array_equal(history.loss[:3], replay.history.loss)
    np.testing.assert_array_equal(history.parameters["0.weight"][-1], model[0].weight.detach())
    own = Recorder.resume(replay)
    assert own.model.training
    np.testing.assert_array_equal(own.model[0].weight.detach(), history.parameters["0.weight"][2])
    again.replay().feature_space().plot(epoch=8)
