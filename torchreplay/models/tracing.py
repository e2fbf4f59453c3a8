"""The inputs and outputs of the modules inside a model, for any points."""

import contextlib
import functools
import math
from typing import Any, NamedTuple

import torch
from torch import nn

from torchreplay.errors import EvaluationError, NetworkError
from torchreplay.models.evaluating import uncompiled

VALUES_PER_BATCH = 131_072
MIN_POINTS_PER_BATCH = 64
EXAMPLE_SIZE = 16
RESHAPING = {  # the operations that keep all numbers, as PyTorch names them in a graph
    "ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "AliasBackward0",
    "SqueezeBackward0", "SqueezeBackward1", "SqueezeBackward2", "UnsqueezeBackward0",
    "SelectBackward0", "CloneBackward0",
}  # fmt: skip


def in_batches(function, X, values=None):
    """The results of a function for points X, (n, ...), computed in batches.

    values: how many it makes of a point; by default as many as the point has.
    """
    values = X[:1].numel() if values is None else values
    size = max(MIN_POINTS_PER_BATCH, VALUES_PER_BATCH // max(1, values))
    if len(X) <= size:
        return function(X)
    return torch.cat([function(batch) for batch in X.split(size)])


def examples_of(X):
    """A few of some points, from the first to the last; of less than 16, some are repeated."""
    return X[_example_rows(len(X))]


@functools.cache
def _example_rows(count):
    return torch.arange(EXAMPLE_SIZE, device="cpu") * count // EXAMPLE_SIZE


@contextlib.contextmanager
def hooked(modules, given=None, put_out=None):
    """Call functions before and after some modules are called, while a `with` block runs.

    given: called before a module, with the module and its first input, a tensor.
    put_out: called after it, with the module, that input or None, and its output, a tensor.
    """

    def before(module, inputs):
        if given and first_tensor(inputs) is not None:
            given(module, inputs[0])

    def after(module, inputs, output):
        output = first_tensor(output)
        if put_out and output is not None:
            put_out(module, first_tensor(inputs), output)

    handles = []
    try:
        for module in modules:
            handles.append(module.register_forward_pre_hook(before))
            handles.append(module.register_forward_hook(after))
        with uncompiled():
            yield
    finally:
        for handle in handles:
            handle.remove()


def first_tensor(values):
    """A tensor, or the first of a tuple, as an LSTM puts out; None if that is none."""
    first = values[0] if isinstance(values, tuple) and values else values
    return first if torch.is_tensor(first) else None


class Value(NamedTuple):
    """A tensor that a model computes, known by the operation that made it.

    Two tensors of equal values need not be the same thing. The operation tells them apart.

    shape: of the tensor.
    made_by: its node in the graph that PyTorch records for gradients; None outside of it.
    """

    shape: tuple
    made_by: Any

    def is_same(self, other):
        """Whether this is the other Value, at most in another shape."""
        known = any(node is other.made_by for node in self._nodes())
        return known and math.prod(self.shape) == math.prod(other.shape)

    def argument_of(self, name):
        """The Value from which the operation of a name makes this one; None if it does not."""
        *_, node = (None, *self._nodes())
        if node is None or node.name() != name:
            return None
        return Value(self.shape, node.next_functions[0][0])

    def _nodes(self):
        """The nodes that changed its shape alone, from the last one on, and the one before them."""
        node = self.made_by
        while node is not None:
            yield node
            if node.name() not in RESHAPING:
                return
            node = node.next_functions[0][0]

    @property
    def parameters(self):
        """All tensors with gradients from which it is computed, by their `id`."""
        found, nodes, waiting = {}, set(), [self.made_by]
        while waiting:
            node = waiting.pop()
            if node is None or node in nodes:
                continue
            nodes.add(node)
            if hasattr(node, "variable"):
                found[id(node.variable)] = node.variable
            waiting += [following for following, _ in node.next_functions]
        return found


def value_of(tensor):
    """The Value of a tensor."""
    return Value(tuple(tensor.shape), tensor.grad_fn)


class Call(NamedTuple):
    """The input and the output of one module of a model: two Values."""

    name: str
    module: nn.Module
    given: Value
    result: Value


@torch.enable_grad()
def trace(model, x):
    """The inputs and outputs of all modules of a model for points x, in the order they finish.

    Returns a list of Calls, of modules whose input and output are tensors, and the Value of the
    output of the model. Raises NetworkError if the model does not take the points.
    """
    calls, given = [], {}
    names = {module: name for name, module in model.named_modules()}

    def look(module, x):
        given[module] = value_of(x)

    def keep(module, x, output):
        if x is not None:
            calls.append(Call(names[module], module, given[module], value_of(output)))

    if x.is_floating_point():
        x = x.detach().requires_grad_().clone()  # layers without gradients have a graph, too
    with hooked(names, look, keep):
        y = value_of(evaluate(model, x))
    with torch.no_grad(), uncompiled():
        model(x)  # a model that keeps what it computed keeps no graph, which cannot be copied
    return calls, y


def evaluate(model, x):
    """What a model puts out for points x. Raises NetworkError if that fails, or is no tensor."""
    try:
        y = model(x)
    except Exception as fault:
        if takes_whole_numbers(model, x):
            raise NetworkError(
                "the model takes whole numbers, as an Embedding does, and a record keeps real ones:"
                " record the layers after it, with what it puts out as X"
            ) from fault
        reason = str(fault).strip().partition("\n")[0]
        raise EvaluationError(
            f"the model does not take X, of {len(x)} points of shape {tuple(x.shape[1:])}: {reason}"
        ) from fault
    if not torch.is_tensor(y) or y.ndim == 0:
        found = "a single number" if torch.is_tensor(y) else f"a {type(y).__name__}"
        raise EvaluationError(f"the model puts out {found}, not a tensor of (n, 1)")
    return y


def takes_whole_numbers(model, x):
    """Whether a model that does not take points x takes them as whole numbers."""
    try:
        model(x.long())
    except Exception:
        return False
    return True


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
