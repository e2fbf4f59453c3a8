"""PyTorch computes on one thread inside the context manager."""

import pytest
import torch

from torchreplay.system.threads import one_thread


@pytest.fixture(autouse=True)
def two_threads():
    """As many as there are before; afterwards as many as all tests have."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_one_thread_and_then_as_many_as_before():
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2


def test_a_fault_changes_nothing_of_that():
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert torch.get_num_threads() == 2
