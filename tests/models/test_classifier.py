"""Any model read as pictures need it: its logit, its layers by name, and what follows them."""

import numpy as np
import pytest
import torch
from helpers.models import Functional, Nested, clouds, small
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.models.classifier import Classifier
from torchreplay.models.model_outputs import LOGIT, LOGITS, PROBABILITY, find_output
from torchreplay.models.tracing import in_batches
from torchreplay.replay.recorder import Recorder

X, Y = clouds()


def classifier_of(model, loss=None, points=X):
    """The Classifier of a model, as a Recorder makes it."""
    model.eval()
    return Classifier(model, find_output(model, points, loss), points)


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        (nn.BCELoss(), PROBABILITY),
        (nn.BCEWithLogitsLoss(), LOGIT),
        (nn.CrossEntropyLoss(), LOGITS),
    ],
)
def test_the_loss_says_what_is_put_out(loss, output):
    ends = {PROBABILITY: nn.Sigmoid(), LOGIT: nn.Identity(), LOGITS: nn.Linear(1, 2)}
    assert find_output(small(ends[output]), X, loss) == output


def test_without_a_loss_a_sigmoid_at_the_end_does():
    assert find_output(small(nn.Sigmoid()), X) == PROBABILITY
    assert find_output(small(nn.Sigmoid(), nn.Flatten(0)), X) == PROBABILITY
    assert find_output(Functional(), X) == PROBABILITY  # calls torch.sigmoid
    with pytest.raises(NetworkError, match="say by loss="):
        find_output(small(nn.Tanh()), X)


@pytest.mark.parametrize("model", [small(nn.Sigmoid()), Functional()], ids=["layer", "function"])
def test_logit_is_exact_where_the_probability_is_rounded(model):
    """100 times the point is far in a class: P is 0 or 1 in single precision."""
    with torch.no_grad():
        (model[2] if isinstance(model, nn.Sequential) else model.out).weight *= 100
        far = 100 * X
        logit = classifier_of(model)(far), classifier_of(model).logit(far)[:, 0].double().numpy()
        if isinstance(model, nn.Sequential):
            expected = model[2](model[1](model[0](far)))
        else:
            expected = model.out(far + torch.tanh(model.hidden(far)))
        assert ((model(far) == 0) | (model(far) == 1)).any()
    np.testing.assert_allclose(logit[1], expected[:, 0], rtol=1e-5, atol=1e-4)


def test_layers_by_the_names_of_their_modules():
    assert classifier_of(small(nn.Sigmoid())).layer_shapes == {"0": (2,), "1": (2,)}
    assert classifier_of(Functional()).layer_shapes == {"hidden": (2,)}
    assert classifier_of(Nested(), nn.BCEWithLogitsLoss()).layer_shapes == {
        "body.first": (4,), "body.block.layer": (4,), "body.block.act": (4,),
        "net.0": (2,), "net.1": (2,), "tail.0": (3,), "tail.1": (3,),
    }  # fmt: skip


def test_what_a_layer_puts_out_through_any_forward():
    model = Nested()
    found = classifier_of(model, nn.BCEWithLogitsLoss())
    with torch.no_grad():
        first = model.body["first"](X)
        act = torch.tanh(model.body["block"].layer(first))
        torch.testing.assert_close(found.tap("body.block.act")(X), act)
        torch.testing.assert_close(found.tap("net.1")(X), model.net[1](model.net[0](first + act)))
    assert not any(module._forward_hooks for module in model.modules())


def test_a_layer_of_images_is_seen_flat():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 1))
    images = torch.randn(5, 1, 8, 8)
    found = classifier_of(model, nn.BCEWithLogitsLoss(), images)
    assert found.layer_shapes["0"] == (2, 6, 6)
    with torch.no_grad():
        torch.testing.assert_close(found.tap("0")(images), model[0](images).flatten(1))


def test_the_last_plane_and_its_refusals():
    found = classifier_of(Nested(), nn.BCEWithLogitsLoss())
    assert found.two_unit_layer() == "net.1"
    assert found.two_unit_layer("net.0") == "net.0"
    with pytest.raises(NetworkError, match=r"'tail.0' has 3 units.*net.0, net.1; or choose units"):
        found.two_unit_layer("tail.0")
    with pytest.raises(NetworkError, match=r"'nothing': its layers are body.first \(4 units\), "):
        found.two_unit_layer("nothing")
    wide = classifier_of(nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1), nn.Sigmoid()))
    with pytest.raises(NetworkError, match=r"two units: its layers are 0 \(3 units\); choose"):
        wide.two_unit_layer()


def test_layers_are_described_with_their_sizes():
    layers = nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, 1), nn.Flatten(0)
    named = nn.Sequential()
    for name, layer in zip(("conv1", "act", "flat", "narrow", "number"), layers, strict=True):
        named.add_module(name, layer)
    named.add_module("wide", nn.Unflatten(0, (-1, 1)))
    found = classifier_of(
        named.append(nn.Linear(1, 1)), nn.BCEWithLogitsLoss(), torch.randn(5, 1, 8, 8)
    )
    assert found.described() == (
        "its layers are conv1 (8 × 6 × 6), act (8 × 6 × 6), narrow (1 unit), wide (1 unit)"
    )


def test_the_linear_layer_that_follows():
    found = classifier_of(small(nn.Sigmoid()))
    assert found.head is found.model[2]
    assert found.head_of("0") is None
    nested = classifier_of(Nested(), nn.BCEWithLogitsLoss())
    assert nested.head is None
    assert nested.head_of("tail.1") is nested.model.tail[2]


def test_of_two_logits_it_is_the_difference():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    found = classifier_of(model, nn.CrossEntropyLoss())
    with torch.no_grad():
        z = model(X)
        torch.testing.assert_close(found.head(found.features(X)), z[:, 1:] - z[:, :1])
        torch.testing.assert_close(found(X), torch.softmax(z, dim=1)[:, 1:])


@pytest.mark.parametrize(("units", "loss"), [(1, nn.BCEWithLogitsLoss), (2, nn.CrossEntropyLoss)])
def test_a_head_without_a_bias_gets_one_of_zero(units, loss):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, units, bias=False))
    found = classifier_of(model, loss())
    with torch.no_grad():
        torch.testing.assert_close(found.head(found.features(X)), found.logit(X))
    assert found.head.bias.item() == 0
    assert (found.sequence is not None) == (units == 1)
    space = Recorder(model, X, Y.long(), loss=loss()).replay().feature_space()
    assert space.animate([0], size=120).picture.draw(0).any()


def test_a_function_between_layer_and_output_is_not_overlooked():
    """Where ReLU leaves all points as they are, the linear layer still is not the head."""

    class Rectified(nn.Module):
        def __init__(self, inplace):
            super().__init__()
            self.hidden, self.out, self.inplace = nn.Linear(2, 2), nn.Linear(2, 1), inplace
            with torch.no_grad():
                self.hidden.bias += 100

        def forward(self, x):
            return self.out(nn.functional.relu(self.hidden(x), inplace=self.inplace))

    assert classifier_of(Rectified(False), nn.BCEWithLogitsLoss()).head is None


def test_a_layer_that_is_written_over_puts_out_what_it_did():
    torch.manual_seed(0)
    chain = nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True), nn.Linear(2, 1))

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = chain

        def forward(self, x):
            return self.layers(x)

    found = classifier_of(Wrapped(), nn.BCEWithLogitsLoss())
    with torch.no_grad():
        torch.testing.assert_close(found.tap("layers.0")(X), chain[0](X))
        assert (found.tap("layers.0")(X) < 0).any()
    assert found.head_of("layers.0") is None
    assert found.head_of("layers.1") is chain[2]


def test_a_layer_that_is_called_twice_is_its_last_call():
    torch.manual_seed(0)
    act = nn.Tanh()
    model = nn.Sequential(nn.Linear(2, 2), act, nn.Linear(2, 2), act, nn.Linear(2, 1))
    found = classifier_of(model, nn.BCEWithLogitsLoss())
    with torch.no_grad():
        torch.testing.assert_close(found.tap("1")(X), act(model[2](act(model[0](X)))))
    assert found.head_of("1") is model[4]


def test_dropout_between_layer_and_output_is_passed_over():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Dropout(), nn.Linear(2, 1), nn.Sigmoid())
    assert classifier_of(model).head is model[3]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (lambda x: (x, x), "puts out a tuple, not a tensor"),
        (lambda x: x.mean(), "puts out a single number"),
        (lambda x: x[:2, :1], r"puts out \(2, 1\) for 16 points, not \(16, 1\)"),
        (lambda x: 1 / 0, "does not take X, of 16 points .*division by zero"),
    ],
)
def test_outputs_of_other_kinds_are_refused(model, words):
    class Made(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2)

        def forward(self, x):
            return model(self.layer(x))

    with pytest.raises(NetworkError, match=words):
        find_output(Made(), X, nn.BCEWithLogitsLoss())


def test_batches_make_no_difference():
    many = torch.arange(300_000.0).reshape(-1, 2)
    assert torch.equal(in_batches(lambda x: 2 * x, many), 2 * many)
