"""A script run from the command line: its outcome, and every fault, told in a line.

Nothing here needs torch or matplotlib until the options are known to be good, so that `--help`
answers at once and Ctrl-C is heard even while those two are still being loaded.
"""

import os
import shlex
import signal
import sys
from pathlib import Path

from options import parse_options


class Interruption:
    """Turns the first Ctrl-C, SIGTERM or SIGHUP into a KeyboardInterrupt and ignores later ones.

    The later ones must not cut short the cleaning up that the first one sets off.
    """

    def __init__(self):
        self.signal = None
        self.signals = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            self.signals.append(signal.SIGHUP)  # unless nohup has it ignored
        for signum in self.signals:
            signal.signal(signum, self.stop)

    def stop(self, signum, frame):
        """Handle a signal."""
        self.ignore()
        self.signal = signum
        raise KeyboardInterrupt

    def ignore(self):
        """Let no further signal interrupt what is left to do."""
        for signum in self.signals:
            signal.signal(signum, signal.SIG_IGN)


def as_typed(path):
    """A path as a person would type it in a shell: from the working directory, if below it."""
    here = Path.cwd()
    path = path.absolute()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def fail(message, code):
    """Say in one line on standard error what went wrong, and exit with a code."""
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    sys.exit(code)


def prepare_surroundings():
    """Make a run independent of closed streams, narrow encodings and the screen."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115, open to the end
    sys.stdout.reconfigure(errors="backslashreplace")
    os.environ["MPLBACKEND"] = "agg"


def run(description, **space):
    """Replay training in a script's space, given as the fields of `common.Space`, and exit.

    Exit codes: 0 still and film are made, 1 a fault of training, disk or encoder, 2 an option or
    a data set that is refused, 128 + n for signal n: 130 Ctrl-C, 143 SIGTERM.
    """
    interruption = Interruption()
    prepare_surroundings()
    try:
        options = parse_options(description)
        from common import Space  # not at the top: this takes two seconds
        from replay import replay

        outcomes, files, complete = replay(Space(**space), options)
        interruption.ignore()
    except BaseException as fault:
        # Whatever an interrupted import or encoder ends in, the signal is the reason.
        if interruption.signal is not None:
            name = signal.Signals(interruption.signal).name
            fail(f"stopped by {name}; unfinished files are removed", 128 + interruption.signal)
        if isinstance(fault, ModuleNotFoundError):
            fail(f"{fault.name} is missing: python -m pip install -r requirements.txt", 1)
        if hasattr(fault, "exit_code"):
            fail(fault, fault.exit_code)
        raise
    try:
        print(*outcomes, *map(as_typed, files), sep="\n", flush=True)
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush
        fail(f"files are made, but standard output takes nothing: {fault.strerror}", 1)
    sys.exit(0 if complete else 1)
