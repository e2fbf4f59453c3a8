"""A script run from the command line: every fault, signal and warning, told in a line.

Nothing here needs torch or matplotlib, so that `--help` answers at once and Ctrl-C is heard even
while those two are still being loaded.
"""

import atexit
import contextlib
import gc
import os
import signal
import sys
import warnings
from pathlib import Path

from torchreplay.errors import UserError
from torchreplay.terminal import fail, tell


class Interruption:
    """Turns the first Ctrl-C, SIGTERM or SIGHUP into a KeyboardInterrupt and ignores later ones.

    The later ones must not cut short the cleaning up that the first one sets off.
    """

    def __init__(self):
        self.signal = None
        watched = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            watched.append(signal.SIGHUP)  # unless nohup has it ignored
        self.handlers = {signum: signal.signal(signum, self.stop) for signum in watched}

    def stop(self, signum, frame):
        """Handle a signal."""
        self.ignore()
        self.signal = signum
        raise KeyboardInterrupt

    def ignore(self):
        """Let no further signal interrupt what is left to do."""
        for signum in self.handlers:
            signal.signal(signum, signal.SIG_IGN)

    def end(self):
        """Hand signals back to those who handled them, until the interpreter itself ends."""
        atexit.register(self.ignore)
        for signum, handler in self.handlers.items():
            signal.signal(signum, handler)


@contextlib.contextmanager
def faults_in_one_line():
    """Run a script: whatever fault or signal ends it is told in one line.

    Exit codes: 1 a fault of training, disk or encoder, 2 an option or a data set that is refused,
    128 + n for signal n: 130 Ctrl-C, 143 SIGTERM.
    """
    interruption = Interruption()
    prepare_surroundings()
    try:
        with warnings_in_one_line():
            yield
            interruption.ignore()
    except BaseException as fault:
        # Whatever an interrupted import or encoder ends in, the signal is the reason.
        if interruption.signal is not None:
            name = signal.Signals(interruption.signal).name
            fail(f"stopped by {name}; unfinished files are removed", 128 + interruption.signal)
        if isinstance(fault, ModuleNotFoundError):
            fail(f"{fault.name} is missing: python -m pip install -r requirements.txt", 1)
        if isinstance(fault, UserError):
            fail(fault, fault.exit_code)
        raise
    finally:
        interruption.end()


def prepare_surroundings():
    """Make a run independent of closed streams, narrow encodings and the screen."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115, open to the end
    sys.stdout.reconfigure(errors="backslashreplace")
    os.environ["MPLBACKEND"] = "agg"
    atexit.register(gc.freeze)  # the last collection need not visit torch's many objects


@contextlib.contextmanager
def warnings_in_one_line():
    """Tell what libraries warn of in a line, once for each place in their code."""
    places = set()

    def tell_once(message, category, file, number, *_):
        if (file, number) not in places:
            places.add((file, number))
            tell(message)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = tell_once
        yield
