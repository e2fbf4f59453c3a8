"""The inputs and outputs of the modules inside a model, for any points."""

import contextlib
from typing import NamedTuple

import torch
from torch import nn

from torchreplay.errors import NetworkError

VALUES_PER_BATCH = 131_072
MIN_POINTS_PER_BATCH = 64


def in_batches(function, X):
    """The results of a function for points X, (n, ...), computed in batches."""
    size = max(MIN_POINTS_PER_BATCH, VALUES_PER_BATCH // max(1, X[:1].numel()))
    if len(X) <= size:
        return function(X)
    return torch.cat([function(batch) for batch in X.split(size)])


@contextlib.contextmanager
def hooked(modules, given=None, put_out=None):
    """Call functions before and after some modules are called, while a `with` block runs.

    given: called before a module, with the module and its first input, a tensor.
    put_out: called after it, with the module, that input or None, and its output, a tensor.
    """

    def tensor(inputs):
        return inputs[0] if inputs and torch.is_tensor(inputs[0]) else None

    def before(module, inputs):
        if given and tensor(inputs) is not None:
            given(module, inputs[0])

    def after(module, inputs, output):
        if put_out and torch.is_tensor(output):
            put_out(module, tensor(inputs), output)

    handles = []
    try:
        for module in modules:
            handles.append(module.register_forward_pre_hook(before))
            handles.append(module.register_forward_hook(after))
        yield
    finally:
        for handle in handles:
            handle.remove()


class Call(NamedTuple):
    """The input and the output of one module of a model.

    given, result: copies of both, because a later layer may overwrite them.
    original: the two tensors themselves.
    """

    name: str
    module: nn.Module
    given: torch.Tensor
    result: torch.Tensor
    original: tuple

    def puts_out(self, y):
        """Whether the output equals y, the output of the model."""
        return torch.equal(self.result.flatten(), y.flatten())

    def gives(self, other):
        """Whether the output of this module is the unchanged input of another one."""
        here, there = self.original[1], other.original[0]
        return here.data_ptr() == there.data_ptr() and other.given.flatten().equal(
            self.result.flatten()
        )


def trace(model, x):
    """The inputs and outputs of all modules of a model for points x, in the order they finish.

    Returns a list of Calls, of modules whose input and output are tensors, and the output of the
    model. Raises NetworkError if the model does not take the points.
    """
    calls, given = [], {}
    names = {module: name for name, module in model.named_modules()}

    def look(module, x):
        given[module] = x.clone()

    def keep(module, x, output):
        if x is not None:
            calls.append(Call(names[module], module, given[module], output.clone(), (x, output)))

    try:
        with torch.no_grad(), hooked(names, look, keep):
            y = model(x)
    except Exception as fault:
        reason = str(fault).strip().partition("\n")[0]
        raise NetworkError(
            f"the model does not take X, of {len(x)} points of shape {tuple(x.shape[1:])}: {reason}"
        ) from fault
    if not torch.is_tensor(y) or y.ndim == 0:
        found = "a single number" if torch.is_tensor(y) else f"a {type(y).__name__}"
        raise NetworkError(f"the model puts out {found}, not a tensor of (n, 1)")
    return calls, y


class Tap(nn.Module):
    """The output of a module inside a model, as a function of the inputs of the model.

    given: whether to return the input of the module instead of its output.
    """

    def __init__(self, model, module, given=False):
        super().__init__()
        self.model, self.module, self.given = model, module, given

    def forward(self, x):
        """The output of the module for points x, (n, ...): (n, units)."""
        found = []
        if self.given:
            hooks = {"given": lambda module, x: found.append(x.clone())}
        else:
            hooks = {"put_out": lambda module, x, output: found.append(output.clone())}
        with hooked([self.module], **hooks):
            self.model(x)
        return found[-1].flatten(1)
