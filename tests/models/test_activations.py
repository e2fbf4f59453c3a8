"""The one table of activation functions, against PyTorch and the page."""

import re
import subprocess
import sys

import pytest
import torch
from helpers.scripts import PROJECT
from torch import nn

from torchreplay.models.activations import (
    ACTIVATIONS,
    ELEMENTWISE_CLASSES,
    activation_of,
    is_elementwise,
)
from torchreplay.training.many_networks import functions_of

Z = torch.linspace(-30, 30, 601)


def test_the_table_is_read_without_pytorch():
    code = "import sys, torchreplay.models.activations; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True)
    assert result.stdout.strip() == b"False"


def test_the_page_knows_what_options_offer():
    """And no more, but for the layer that no function follows."""
    script = (PROJECT / "torchreplay" / "page" / "network.js").read_text()
    table = re.search(r"^const ACTIVATIONS = \{$(.*?)^\};$", script, re.MULTILINE | re.DOTALL)[1]
    assert re.findall(r"^  (\w+): \{", table, re.MULTILINE) == [*ACTIVATIONS, "linear"]


@pytest.mark.parametrize("known", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_functions_and_facts_are_those_of_the_module(known):
    z = Z.clone().requires_grad_()
    expected = getattr(nn, known.module)()(z)
    (slope,) = torch.autograd.grad(expected.sum(), z)
    function, backward = functions_of(known)
    output = function(Z.clone())
    torch.testing.assert_close(output, expected.detach())
    torch.testing.assert_close(backward(torch.ones_like(Z), output), slope)
    assert known.invertible == bool((slope[abs(Z) < 5] > 0).all())
    ends = output.min().item(), output.max().item()
    assert ends == pytest.approx(known.range, abs=1e-6) if known.range else ends[1] == Z.max()


@pytest.mark.parametrize("name", ELEMENTWISE_CLASSES)
def test_each_number_is_changed_by_itself(name):
    layer, z = getattr(nn, name)(), torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    assert is_elementwise(layer) and not [*layer.parameters()]
    one_by_one = torch.stack([layer(number) for number in z.flatten()]).reshape(5, 3)
    torch.testing.assert_close(layer(z), one_by_one)
    assert (activation_of(layer) is not None) == (name in ("Sigmoid", "Tanh", "ReLU"))


def test_a_class_of_the_same_name_is_another():
    class Tanh(nn.Module):
        def forward(self, x):
            return x**2

    class Bounded(nn.Tanh):
        pass

    for layer in (Tanh(), Bounded(), nn.Linear(2, 2), nn.Softmax(dim=1), None):
        assert activation_of(layer) is None and not is_elementwise(layer)
