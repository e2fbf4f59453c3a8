"""Evaluation of a model that other code is training."""

import contextlib

import torch


@contextlib.contextmanager
def evaluating(model):
    """Put a model in evaluation mode, without gradients; then restore modes and random state."""
    modes = [(module, module.training) for module in model.modules()]
    devices = {value.device for value in model.parameters() if value.is_cuda}
    with torch.no_grad(), torch.random.fork_rng(devices):
        model.eval()
        try:
            yield
        finally:
            for module, mode in modes:
                module.training = mode
