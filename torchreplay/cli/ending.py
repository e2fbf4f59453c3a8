"""How a run ends that a fault or a signal has stopped. It is loaded before memory may be short."""

import contextlib
import os
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
        fail(stopped_by(signum), 128 + signum)
    if known := fault if isinstance(fault, UserError) else explain(fault):
        fail(known.spelled(as_option), known.exit_code)


def end_at_once(signum):
    """End the program by a signal, without an exception, at which PyTorch aborts while it loads."""
    with contextlib.suppress(SystemExit):
        fail(stopped_by(signum), 128 + signum)
    os._exit(128 + signum)


def stopped_by(signum):
    """The message that a signal has stopped a run."""
    return f"stopped by {signal.Signals(signum).name}; unfinished files are removed"


def keep_exit_code():
    """Flush standard error: if that fails, the exit code must stay the same."""
    try:
        if not sys.stderr.closed:
            sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
