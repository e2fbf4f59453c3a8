"""The command line of both scripts: their options, and every fault told in one line.

Nothing here needs torch or matplotlib until the options are known to be good, so that `--help`
answers at once and Ctrl-C is heard even while those two are still being loaded.
"""

import argparse
import math
import os
import shlex
import signal
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent


class Parser(argparse.ArgumentParser):
    """An argument parser that reports a bad option in a single line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def number(kind, low, high):
    """Make an argparse type: a finite number of the kind int or float from low to high."""

    def convert(text):
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {low:,} to {high:,}")
        return value

    return convert


def learning_rate(text):
    """An argparse type: a positive, finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive, finite number")
    return value


def parse_options(description, arguments=None):
    """Read the options of both scripts: a dict with the keyword arguments of `common.replay`."""
    parser = Parser(
        description=description,
        allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    option = parser.add_argument
    option("--data", type=Path, metavar="FILE", default=PROJECT / "datasets.txt",
           help="data set: a point a line, x1 x2 label (0 or 1)")  # fmt: skip
    option("--epochs", type=number(int, 1, 100_000), metavar="N", default=200,
           help="updates of the network, each a frame of the film; 1 to 100,000")  # fmt: skip
    option("--learning-rate", type=learning_rate, metavar="RATE", default=3.0,
           help="step of gradient descent")  # fmt: skip
    option("--seed", type=number(int, 0, 2**32 - 1), metavar="N", default=41,
           help="seed of the initial parameters")  # fmt: skip
    option("--max-points", type=number(int, 2, 1_000_000), metavar="N", default=10_000,
           help="points drawn at the most, a fixed sample of those trained on")  # fmt: skip
    option("--fps", type=number(float, 0.1, 240), metavar="RATE", default=20.0,
           help="frames a second of the film, 0.1 to 240")  # fmt: skip
    option("--dpi", type=number(float, 20, 1365), metavar="DPI", default=120.0,
           help="pixels an inch, 20 to 1365; a picture is 6 by 6 inches")  # fmt: skip
    option("--output-dir", type=Path, metavar="DIR", default=PROJECT / "outputs",
           help="folder of the still and the film, made if missing")  # fmt: skip
    return vars(parser.parse_args(arguments))


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


def summary(history, files):
    """Tell how training ended and where the files are, line by line."""
    loss, accuracy = history.loss[-1], history.accuracy[-1]
    yield f"epoch {history.epochs}: loss {loss:.4f}, accuracy {accuracy:.2%}"
    yield from map(as_typed, files)


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
        import common  # not at the top: this takes two seconds

        history, files, complete = common.replay(common.Space(**space), **options)
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
        print(*summary(history, files), sep="\n", flush=True)
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush
        fail(f"files are made, but standard output takes nothing: {fault.strerror}", 1)
    sys.exit(0 if complete else 1)
