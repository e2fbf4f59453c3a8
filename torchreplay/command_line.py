"""A script run from the command line: its outcome, and every fault, told in a line.

Nothing here needs torch or matplotlib, so that `--help` answers at once and Ctrl-C is heard even
while those two are still being loaded.
"""

import atexit
import contextlib
import gc
import os
import shlex
import signal
import sys
import warnings
from pathlib import Path

from torchreplay.errors import UserError


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


def tell(*messages):
    """Say on standard error, a line each, what is not a fault, but good to know."""
    for message in messages:
        print(message, file=sys.stderr)


def fail(message, code):
    """Say in one line on standard error what went wrong, and exit with a code."""
    tell(f"{Path(sys.argv[0]).name}: {message}")
    sys.exit(code)


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
    if hasattr(sys.stdout, "reconfigure"):  # a notebook's has no narrow encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    if not os.environ.get("MPLBACKEND", "").startswith("module://"):  # that of a notebook
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


def tell_divergence(histories, trainings):
    """Tell which runs that are compared have diverged.

    histories, trainings: Histories and the settings of their trainings, by the same names.
    Raises UserError if the only run has: it has nothing to show.
    """
    for name, history in histories.items():
        if history.diverged:
            rate, epoch = trainings[name]["training"]["learning_rate"], history.last + 1
            line = f"training diverged at epoch {epoch}: set --learning-rate below {rate:g}"
            if len(trainings) == 1:
                raise UserError(line)
            tell(f"{name}: {line}")


def tell_silence(histories):
    """Tell which hidden units put out nothing for any point at the last epoch of a run."""
    for name, history in histories.items():
        silent = history.silent_units(history.last)
        if silent:
            layer, unit = silent[0]
            more = f", and {len(silent) - 1} more," if len(silent) > 1 else ""
            tell(
                f"{name}: "
                * bool(name)
                + f"unit {unit} of hidden layer {layer}{more} put out nothing"
                " for any point: try another --seed, or lower --learning-rate"
            )


def report(histories, outputs):
    """Print how training ended, and the files in an OutputFolder; exit if one is missing."""
    lines = []
    for name, history in histories.items():
        loss, accuracy = history.loss[-1], history.accuracy[-1]
        outcome = f"epoch {history.last}: loss {loss:.4f}, accuracy {accuracy:.2%}"
        lines.append(f"{name}: {outcome}" if name else outcome)
    try:
        print(*lines, *map(as_typed, outputs.files), sep="\n", flush=True)
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush
        fail(f"files are made, but standard output takes nothing: {fault.strerror}", 1)
    if outputs.remarks:
        sys.exit(1)


def as_typed(path):
    """A path as a person would type it in a shell: from the working directory, if below it."""
    here = Path.cwd()
    path = path.absolute()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
