"""A script run from the command line: every fault, signal and warning, told in a line.

Nothing here needs torch or matplotlib, so that `--help` answers at once and Ctrl-C is heard even
while those two are still being loaded.
"""

import atexit
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import warnings
from pathlib import Path

from torchreplay.cli.flags import as_option
from torchreplay.errors import UserError
from torchreplay.system.faults import explain
from torchreplay.system.terminal import fail, print_messages, silence


@contextlib.contextmanager
def script(description, file, space):
    """Run a script: its Options and Outputs. Whatever goes wrong ends in one line.

    description: for its help.
    file: the path of the script, beside which the default data set and the output folder are.
    space: the Space that it shows.
    """
    with faults_in_one_line():
        from torchreplay.cli.options import parse_options  # Ctrl-C is told in a line now

        options = parse_options(description, Path(file).resolve().parent, space=space)
        from torchreplay.cli.outputs import Outputs  # PyTorch takes a second to load
        from torchreplay.pictures.picture import default_style
        from torchreplay.system.threads import one_thread

        with Outputs(space, options) as outputs, default_style(), one_thread():
            yield options, outputs
    outputs.report()


class Interruption:
    """Turns the first Ctrl-C, SIGTERM or SIGHUP into a KeyboardInterrupt; later ones do nothing.

    They must not cut short the cleaning up that the first one sets off. A signal that is ignored
    when the run begins, as nohup has it, stays ignored.

    signal: the number of the first one, None before.
    over: whether no signal is to interrupt what is left to do.
    """

    def __init__(self):
        self.signal, self.over, self.handlers = None, False, {}
        self.hook = sys.unraisablehook

    def begin(self):
        """Handle signals from now on."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            signum = getattr(signal, name, None)  # Windows has no SIGHUP
            if signum is not None and signal.getsignal(signum) != signal.SIG_IGN:
                self.handlers[signum] = signal.getsignal(signum)
                signal.signal(signum, self.stop)
        self.hook, sys.unraisablehook = sys.unraisablehook, self.repeat

    def repeat(self, lost):
        """Repeat a signal that has come while no exception can be raised, as in `__del__`."""
        if self.signal is None or not issubclass(lost.exc_type, KeyboardInterrupt):
            return self.hook(lost)
        signum, self.signal = self.signal, None
        threading.Timer(0.01, raise_in_main_thread, [signum]).start()

    def stop(self, signum, frame):
        """Handle a signal."""
        if self.signal is None and not self.over:
            self.signal = signum
            raise KeyboardInterrupt

    def end(self):
        """Hand signals back to those who handled them, until the interpreter itself ends."""
        self.over = True
        sys.unraisablehook = self.hook
        atexit.register(self.ignore)
        for signum, handler in self.handlers.items():
            signal.signal(signum, handler)

    def ignore(self):
        """Ignore signals for good; one that has just come goes to `stop`, which does nothing."""
        for handler in (self.stop, signal.SIG_IGN):
            for signum in self.handlers:
                signal.signal(signum, handler)


def raise_in_main_thread(signum):
    """Send a signal where it ends whatever the main thread waits for."""
    if hasattr(signal, "pthread_kill"):  # Windows has none
        signal.pthread_kill(threading.main_thread().ident, signum)
    else:
        signal.raise_signal(signum)


@contextlib.contextmanager
def faults_in_one_line():
    """Run a script: whatever fault or signal ends it is told in one line.

    Exit codes: 1 a fault of training, disk or encoder, 2 an option or a data set that is refused,
    128 + n for signal n: 130 Ctrl-C, 143 SIGTERM.
    """
    interruption = Interruption()
    try:
        interruption.begin()
        prepare_surroundings()
        with warnings_in_one_line():
            yield
            interruption.over = True
    except BaseException as fault:
        # Whatever an interrupted import or encoder ends in, the signal is the reason.
        if interruption.signal is not None:
            name = signal.Signals(interruption.signal).name
            fail(f"stopped by {name}; unfinished files are removed", 128 + interruption.signal)
        if told := fault if isinstance(fault, UserError) else explain(fault):
            fail(told.spelled(as_option), told.exit_code)
        raise
    finally:
        interruption.end()
        keep_exit_code()


def prepare_surroundings():
    """Make a run independent of closed streams, narrow encodings and the screen."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115, open to the end
    if hasattr(sys.stdout, "reconfigure"):  # a notebook's has no narrow encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    if not os.environ.get("MPLBACKEND", "").startswith("module://"):  # that of a notebook
        os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").addFilter(is_whole_story)
    atexit.register(gc.freeze)  # the last collection need not visit torch's many objects


def is_whole_story(record):
    """Whether to keep a message of matplotlib: not if a better one on its cache folder follows."""
    return not record.msg.startswith("mkdir -p failed")


def keep_exit_code():
    """Flush standard error: one that cannot be written must not change the exit code."""
    try:
        if not sys.stderr.closed:
            sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


@contextlib.contextmanager
def warnings_in_one_line():
    """Tell what libraries warn of in a line, once for each place in their code."""
    places = set()

    def print_once(message, category, file, number, *_):
        if (file, number) not in places:
            places.add((file, number))
            print_messages(message)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = print_once
        yield
