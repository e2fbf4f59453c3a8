"""How many threads PyTorch computes on."""

import contextlib

import torch


@contextlib.contextmanager
def one_thread():
    """Let PyTorch compute on one thread; the setting of before is restored at the end.

    The networks here are small: a second thread gains nothing, and waits for a core while the
    encoder or another program has it.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
