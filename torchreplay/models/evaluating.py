"""Evaluation of a model that other code is training: afterwards everything is as it was."""

import contextlib
import inspect
import random
import sys
import types

import numpy as np
import torch

TOLERANCE, HALF_TOLERANCE = 1e-3, 0.06


@contextlib.contextmanager
def default_torch():
    """Compute as PyTorch does by default: in single precision, on the CPU, and with gradients.

    What has been compiled is not used.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(uncompiled())
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        dtype = torch.get_default_dtype()
        if dtype != torch.float32:
            torch.set_default_dtype(torch.float32)
            stack.callback(torch.set_default_dtype, dtype)
        yield


def uncompiled():
    """Evaluate modules as they are, and not as they have been compiled: hooks may not work there.

    Returns a context manager.
    """
    if "torch._dynamo" not in sys.modules:  # a long import, which a compiled module made
        return contextlib.nullcontext()
    return torch.compiler.set_stance("force_eager")


@contextlib.contextmanager
def evaluating(model):
    """Put a model in evaluation mode, without gradients; then restore it and all random states.

    Modes are restored by `train`, because a model may do more there than to keep the mode.
    """
    modules = [*model.modules()]
    modes = [module.training for module in modules]
    registers = [own for module in modules for own in (module._parameters, module._buffers)]
    registered = [dict(own) for own in registers]
    values = [value for own in registers for value in own.values() if value is not None]
    before = [value.detach().clone() for value in values]
    devices = {value.device for value in values if value.is_cuda}
    with default_torch(), own_forwards(model), torch.no_grad(), same_random_numbers(devices):
        try:
            model.eval()
            yield
        finally:
            for module, mode in zip(modules, modes, strict=True):
                if module.training != mode:
                    module.train(mode)
            for own, entries in zip(registers, registered, strict=True):
                own.clear()
                own.update(entries)
            for value, old in zip(values, before, strict=True):
                put_back(value, old)


@contextlib.contextmanager
def own_forwards(model):
    """Let the modules of a model have the forward of their class, if it was only wrapped.

    `torch.compile` and Accelerate's autocast put a function in its place that calls the module
    which it was made for, also in a copy of it.
    """
    wrapped = [vars(module) for module in model.modules() if _wraps_own_forward(module)]
    forwards = [own.pop("forward") for own in wrapped]
    try:
        yield
    finally:
        for own, forward in zip(wrapped, forwards, strict=True):
            own["forward"] = forward


def _wraps_own_forward(module):
    """Whether a module has a forward that is known to be that of its class, wrapped."""
    given = vars(module).get("forward")
    if given is None:
        return False
    own = types.MethodType(type(module).forward, module)
    if hasattr(given, "_torchdynamo_orig_callable"):
        return inspect.unwrap(given, stop=lambda function: function == own) == own
    return vars(module).get("_original_forward") == own  # where Accelerate keeps it


def put_back(value, before):
    """Give a tensor its values of before; a graph that was made in between stays valid."""
    if value.shape != before.shape:
        value.data = before
    elif not torch.equal(value, before):
        value.data.copy_(before)


@contextlib.contextmanager
def same_random_numbers(devices):
    """Restore the random states of Python, NumPy and PyTorch after a `with` block.

    devices: those other than the CPU whose states are restored.
    """
    of_python, of_numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices):
            yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)


def is_close(found, expected):
    """Whether two evaluations of the same points may be of the same function.

    Sums in another order, or on another device, are rounded differently.
    expected: its type says how precisely it was computed.
    """
    tolerance = TOLERANCE if expected.dtype in (torch.float32, torch.float64) else HALF_TOLERANCE
    found, expected = (z.double().nan_to_num().flatten() for z in (found, expected))
    scale = expected.abs().amax().clamp(min=1)
    same_length = len(found) == len(expected)
    return same_length and bool(((found - expected).abs() <= tolerance * scale).all())
