"""What is asked of a model before its training is recorded: that it can be evaluated and copied."""

import sys

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.optim.swa_utils import AveragedModel

from torchreplay.errors import NetworkError
from torchreplay.models.evaluating import is_close
from torchreplay.models.tracing import evaluate, value_of


def unwrapped(model):
    """The module inside a wrapper that puts out what it does, as `torch.compile` puts around it.

    Hooks work in the module alone. Raises NetworkError if parameters are shared out to processes.
    """
    _check_whole(model)
    dynamo = sys.modules.get("torch._dynamo")  # a long import, which a compiled module made
    parallel = nn.DataParallel | nn.parallel.DistributedDataParallel
    while True:
        if dynamo and isinstance(model, dynamo.OptimizedModule):
            model = model._orig_mod
        elif isinstance(model, parallel) or type(model) is AveragedModel:
            model = model.module
        else:
            return model


def without_compilers(model):
    """A model in which modules that were compiled are evaluated as they are, by the same names.

    The model is changed.
    """
    dynamo = sys.modules.get("torch._dynamo")
    for module in [*model.modules()] if dynamo else ():
        for name, child in module._modules.items():
            if isinstance(child, dynamo.OptimizedModule):
                module._modules[name] = _Uncompiled(child._orig_mod)
    return model


class _Uncompiled(nn.Module):
    """A module in the place of the wrapper that `torch.compile` put around it."""

    def __init__(self, module):
        super().__init__()
        self._orig_mod = module

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("_orig_mod"), name)

    def forward(self, *arguments, **settings):
        return self._orig_mod(*arguments, **settings)


def _check_whole(model):
    """Raise NetworkError if this process has only a part of each parameter of a model."""
    fsdp = sys.modules.get("torch.distributed.fsdp")  # long imports, which such a model made
    tensor = sys.modules.get("torch.distributed.tensor")
    modules = [*model.modules()] if isinstance(model, nn.Module) else []
    values = [value for module in modules for value in module._parameters.values()]
    if (
        fsdp
        and any(isinstance(m, fsdp.FullyShardedDataParallel | fsdp.FSDPModule) for m in modules)
    ) or (tensor and any(isinstance(value, tensor.DTensor) for value in values)):
        raise NetworkError(
            "the model is sharded, as by FSDP, and no process has all of a parameter: train it with"
            " DistributedDataParallel to record it"
        )


def check_model(model, parameters=True):
    """Raise TypeError or ValueError unless a model is a module, by default one with parameters.

    These must have values and a fixed size.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}, not a torch.nn.Module")
    if parameters and next(model.parameters(), None) is None:
        raise NetworkError("the model has no parameters: there is no training to record")
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if is_lazy(value):
            raise NetworkError(f"{name} has no values yet: call the model once before")
    if any(isinstance(module, torch.jit.ScriptModule) for module in model.modules()):
        raise NetworkError("the model is a script of TorchScript: record the module it is made of")


def check_evaluation(model, x):
    """Raise NetworkError unless a model, in evaluation mode, is a function of single points.

    x: points, (n, ...), two or more.
    """
    before = [value.detach().clone() for value in model.parameters()]
    y = evaluate(model, x)
    for (name, value), old in zip(model.named_parameters(), before, strict=True):
        if not torch.allclose(value, old, rtol=0, atol=0, equal_nan=True):
            raise NetworkError(f"the forward of the model changes its parameter {name}")
    evaluate(model, 2 * x)
    if not is_close(evaluate(model, x), y):
        raise NetworkError(
            "the model puts out other numbers when it is evaluated again: it draws random numbers,"
            " or keeps something of the points before, in evaluation mode, too"
        )
    half = len(x) // 2
    if len(y) == len(x) and not is_close(evaluate(model, x[:half]), y[:half]):
        raise NetworkError(
            "the model puts out other numbers for a point if other points are in the batch, as"
            " BatchNorm with track_running_stats=False does: no place has a class of its own"
        )


def check_copy(model, network, x):
    """Raise NetworkError if a copy of a model still uses the parameters of the model itself.

    network: maps points x, (n, ...), to logits by the copy.
    """
    with torch.enable_grad():
        used = value_of(network.logit(x)).parameters
    names = [name for name, value in model.named_parameters() if id(value) in used]
    if names:
        raise NetworkError(
            f"a copy of the model still uses {names[0]} of the model itself, because its forward is"
            " a function that names the model: make it a method of a class"
        )
