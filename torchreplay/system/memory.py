"""How much memory is free: checked before a run takes it."""

import contextlib
import math
import os
from operator import itemgetter
from pathlib import Path

from torchreplay.errors import TooLargeError

LARGE_MATRIX = 200  # rows: products of smaller ones may take no memory


def check_memory(needs):
    """Raise TooLargeError if a run would take more memory than is free.

    needs: triples of bytes, the name of what takes them, and a part of a message that says how to
        make it smaller.
    """
    free, needed = free_memory(), sum(size for size, _, _ in needs)
    if needed > free:
        size, name, remedy = max(needs, key=itemgetter(0))
        raise TooLargeError(
            f"{name} would take {size / 1e9:,.1f} GB of memory, and {free / 1e9:.1f} GB are free: ",
            remedy,
        )


def free_memory():
    """The bytes of memory that this program may still take, as far as the system reports them."""
    found = [math.inf]
    with contextlib.suppress(OSError, AttributeError, ValueError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with contextlib.suppress(OSError, ValueError):  # of a container
        found.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        found.append(int(line.split()[1]) * 1024)
    return min(*found, address_space())


def address_space():
    """The bytes of memory that the limit of this program still allows; infinite without a limit."""
    with contextlib.suppress(ImportError, OSError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            return max(0, limit - taken)
    return math.inf


def reserve():
    """Let NumPy's products of matrices take their memory now; they keep it.

    OpenBLAS, which multiplies, ends the whole program if it gets none later.
    """
    import numpy as np

    matrix = np.eye(LARGE_MATRIX)
    np.matmul(matrix, matrix + 1)
