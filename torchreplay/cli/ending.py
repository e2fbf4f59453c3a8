"""How a run ends that a fault or a signal has stopped. It is loaded before memory may be short."""

import signal
import sys

from torchreplay.cli.flags import as_option
from torchreplay.errors import UserError
from torchreplay.system.faults import explain
from torchreplay.system.terminal import fail, silence


def end_in_one_line(fault, signum):
    """Print in one line why a run ends, and exit; a fault that is a bug remains.

    signum: the number of the signal that has stopped it, or None.
    """
    # An interrupted import or encoder may raise anything: the signal is the reason.
    if signum is not None:
        name = signal.Signals(signum).name
        fail(f"stopped by {name}; unfinished files are removed", 128 + signum)
    if known := fault if isinstance(fault, UserError) else explain(fault):
        fail(known.spelled(as_option), known.exit_code)


def keep_exit_code():
    """Flush standard error: if that fails, the exit code must stay the same."""
    try:
        if not sys.stderr.closed:
            sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
