"""What stands around a run: streams, variables of the environment, settings of libraries."""

import atexit
import contextlib
import gc
import logging
import os
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

from torchreplay.cli.signals import in_ipython
from torchreplay.errors import UserError
from torchreplay.system.memory import address_space, reserve
from torchreplay.system.terminal import remark

UNUSED = ("SOURCE_DATE_EPOCH", "TQDM_")  # how their names begin: libraries fail at odd values
MATPLOTLIB_SETTINGS = "mpl-data"  # its folder, with the file of its own settings
LIBRARY_BYTES = 650e6  # of the address space, which matplotlib and PyTorch take
PARTS_OF_A_STORY = ("mkdir -p failed", "%s is not a writable directory")  # a better line follows


def prepare_surroundings():
    """Make a run independent of closed streams, narrow encodings, the screen and variables."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115, open to the end
    if hasattr(sys.stdout, "reconfigure"):  # a notebook's has no narrow encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    for name in [name for name in os.environ if name.startswith(UNUSED)]:
        del os.environ[name]
    # A second thread gains nothing. Where none is allowed, OpenBLAS ends the program.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not in_ipython():  # a notebook that runs a script keeps its backend
        os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").addFilter(is_whole_story)
    atexit.register(gc.freeze)  # the last collection skips torch's many objects


def is_whole_story(record):
    """Whether to keep a message of matplotlib: not if a better one on its cache folder follows."""
    return not record.msg.startswith(PARTS_OF_A_STORY)


def load_libraries():
    """Import NumPy and matplotlib, so that nothing around the run changes what they do.

    Raises UserError if the working directory was removed, or if the libraries do not fit into the
    memory that the program is allowed to take: they would end it with words of their own.
    """
    try:
        Path.cwd()
    except FileNotFoundError as fault:
        raise UserError("the working directory was removed: go to another one") from fault
    if address_space() < LIBRARY_BYTES:
        raise UserError(
            f"PyTorch and matplotlib take {LIBRARY_BYTES / 1e9:.2f} GB of memory, and"
            f" {address_space() / 1e9:.2f} GB are allowed: allow more (ulimit -v)"
        )
    import_matplotlib()
    reserve()


def import_matplotlib():
    """Import matplotlib with its own settings, not with those of a file in the working directory.

    It would look there first.
    """
    with contextlib.ExitStack() as stack:
        found = find_spec("matplotlib")
        if found and "matplotlib" not in sys.modules and os.access(".", os.X_OK):
            settings = Path(found.origin).with_name(MATPLOTLIB_SETTINGS)
            stack.enter_context(contextlib.chdir(settings))
        import matplotlib  # noqa: F401


@contextlib.contextmanager
def warnings_in_one_line():
    """Print a warning of a library in one line, once for each place in its code."""
    places = set()

    def print_once(message, category, file, number, *_):
        if (file, number) not in places:
            places.add((file, number))
            remark(message)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # `fonts_for` names a remedy
        warnings.simplefilter("ignore", ResourceWarning)  # an interrupted import leaves files open
        warnings.showwarning = print_once
        yield
