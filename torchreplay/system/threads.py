"""How many threads PyTorch uses."""

import contextlib

import torch


@contextlib.contextmanager
def one_thread():
    """Let PyTorch use one thread; the earlier number is restored at the end.

    The networks here are small. A second thread gains nothing, and it would wait for a core that
    the encoder or another program uses.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
