"""How a model is evaluated while somebody else trains it."""

import contextlib

import torch


@contextlib.contextmanager
def evaluating(model):
    """Have a model in evaluation mode, without gradients; its modes and random numbers stay."""
    modes = [(module, module.training) for module in model.modules()]
    devices = {value.device for value in model.parameters() if value.is_cuda}
    with torch.no_grad(), torch.random.fork_rng(devices):
        model.eval()
        try:
            yield
        finally:
            for module, mode in modes:
                module.training = mode
