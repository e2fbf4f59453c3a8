"""The state of a model as arrays: its parameters and buffers by name."""

import contextlib

import numpy as np
import torch

from torchreplay.errors import NetworkError
from torchreplay.record.kept_features import KeptFeatures

OTHER_WAY = 'choose keep="features"'


def check_state(model):
    """Raise NetworkError unless the state of a model can be recorded.

    It has to consist of dense tensors with values: not sparse or quantized ones, and not the extra
    state of a module. No buffer may have NaN.
    """
    state = model.state_dict()
    for name, value in state.items():
        if not torch.is_tensor(value):
            raise NetworkError(f"{name} of the model is a {type(value).__name__}: {OTHER_WAY}")
        if value.is_quantized or value.layout != torch.strided:
            kind = "quantized" if value.is_quantized else "sparse"
            raise NetworkError(f"{name} of the model is {kind}: {OTHER_WAY}")
        if value.is_meta:
            raise NetworkError(f"{name} of the model has no values yet: load or initialize it")
    for name, value in model.named_parameters():
        if is_whole(value):
            raise NetworkError(
                f"{name} of the model is a parameter of whole numbers: make it a buffer, or"
                f" {OTHER_WAY}"
            )
    name = first_not_finite(as_arrays(state), model)
    if name in dict(model.named_buffers()):
        raise NetworkError(f"{name} of the model has NaN: initialize it")


def as_arrays(state):
    """The tensors of a state, by name, as arrays on the CPU.

    A type that NumPy does not know, as bfloat16, becomes one that has all its values.
    """
    return {name: _as_array(value) for name, value in state.items()}


def _as_array(value):
    value = value.detach().cpu().clone()  # PyTorch cannot resize what an array shares
    value = value.resolve_conj().resolve_neg()
    with contextlib.suppress(TypeError):  # NumPy does not know the type
        return value.numpy()
    return value.to(torch.complex64 if value.is_complex() else torch.float32).numpy()


def first_not_finite(state, model):
    """The name of the first array of a state with values that are not finite, or None.

    Buffers of the model may be infinite, as masks of attention are, but not NaN. Those of
    KeptFeatures are drawn.
    """
    may = set()
    if not isinstance(model, KeptFeatures):
        may = {name for name, _ in model.named_buffers(remove_duplicate=False)}
    for name, values in state.items():
        if values.dtype == np.float64:
            with np.errstate(over="ignore"):
                values = values.astype(np.float32)  # the precision of networks of a History
        if not (~np.isnan(values) if name in may else np.isfinite(values)).all():
            return name
    return None


def kinds_of(value):
    """The kinds of NumPy's dtypes in which a tensor of a model may be recorded."""
    if is_whole(value):
        return "b" if value.dtype == torch.bool else "iu"
    return "c" if value.is_complex() else "f"


def is_whole(value):
    """Whether a tensor has whole numbers."""
    return not (value.is_floating_point() or value.is_complex())
