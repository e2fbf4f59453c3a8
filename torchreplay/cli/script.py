"""A script run from the command line: every fault, signal and warning is printed in one line.

Nothing here imports torch or matplotlib, so that `--help` prints at once, and Ctrl-C works while
these two are being imported.
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
        from torchreplay.cli.options import parse_options  # Ctrl-C now ends in one line

        options = parse_options(description, Path(file).resolve().parent, space=space)
        from torchreplay.cli.outputs import Outputs  # PyTorch takes a second to load
        from torchreplay.pictures.picture import default_style
        from torchreplay.system.threads import one_thread

        with Outputs(space, options) as outputs, default_style(keeps_fonts=False), one_thread():
            yield options, outputs
    outputs.report()


class Interruption:
    """Turns the first Ctrl-C, SIGTERM or SIGHUP into a KeyboardInterrupt; later ones do nothing.

    They must not interrupt the cleaning up after the first one. A signal that is ignored when the
    run begins, as with nohup, stays ignored.

    signal: the number of the first one, None before it.
    over: whether the run is over, so that no signal may interrupt the rest.
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
        """Repeat a signal that came where no exception can be raised, as in `__del__`."""
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
        """Restore the handlers of signals; at the end of the interpreter signals are ignored."""
        self.over = True
        sys.unraisablehook = self.hook
        atexit.register(self.ignore)
        for signum, handler in self.handlers.items():
            signal.signal(signum, handler)

    def ignore(self):
        """Ignore signals for good. One that has just come goes to `stop`, which does nothing."""
        for handler in (self.stop, signal.SIG_IGN):
            for signum in self.handlers:
                signal.signal(signum, handler)


def raise_in_main_thread(signum):
    """Send a signal to the main thread, so that it interrupts any wait."""
    if hasattr(signal, "pthread_kill"):  # Windows has none
        signal.pthread_kill(threading.main_thread().ident, signum)
    else:
        signal.raise_signal(signum)


@contextlib.contextmanager
def faults_in_one_line():
    """Run a script: a fault or signal that ends it is printed in one line.

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
        # An interrupted import or encoder may raise anything: the signal is the reason.
        if interruption.signal is not None:
            name = signal.Signals(interruption.signal).name
            fail(f"stopped by {name}; unfinished files are removed", 128 + interruption.signal)
        if known := fault if isinstance(fault, UserError) else explain(fault):
            fail(known.spelled(as_option), known.exit_code)
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
    ipython = sys.modules.get("IPython")
    if not (ipython and ipython.get_ipython()):  # a notebook that runs a script keeps its backend
        os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").addFilter(is_whole_story)
    atexit.register(gc.freeze)  # the last collection skips torch's many objects


def is_whole_story(record):
    """Whether to keep a message of matplotlib: not if a better one on its cache folder follows."""
    return not record.msg.startswith("mkdir -p failed")


def keep_exit_code():
    """Flush standard error: if that fails, the exit code must stay the same."""
    try:
        if not sys.stderr.closed:
            sys.stderr.flush()
    except OSError:
        silence(sys.stderr)


@contextlib.contextmanager
def warnings_in_one_line():
    """Print a warning of a library in one line, once for each place in its code."""
    places = set()

    def print_once(message, category, file, number, *_):
        if (file, number) not in places:
            places.add((file, number))
            print_messages(message)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # `fonts_for` names a remedy
        warnings.showwarning = print_once
        yield
