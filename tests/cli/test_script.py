"""What stands between a script and its user: signals, faults and warnings."""

import atexit
import errno
import io
import os
import signal
import subprocess
import sys
import threading
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from helpers.scripts import PROJECT, assert_one_line, lines

from torchreplay.cli.script import (
    faults_in_one_line,
    is_main,
)
from torchreplay.cli.signals import Interruption
from torchreplay.cli.surroundings import warnings_in_one_line
from torchreplay.errors import DatasetError, NetworkError, UserError

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}  # and their exit codes


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """A script's name and environment, which are undone with the test."""
    monkeypatch.setattr(sys, "argv", ["somewhere/script.py", "--epochs", "3"])
    monkeypatch.setenv("MPLBACKEND", "nonsense")


@pytest.fixture(autouse=True)
def ending(monkeypatch):
    """What is left to be done when the interpreter ends: a list of functions."""
    functions = []
    monkeypatch.setattr(atexit, "register", functions.append)
    return functions


@pytest.fixture(autouse=True)
def too_late():
    """The handler of all signals before and after a run: no signal ends the tests."""

    def handler(signum, frame):
        raise AssertionError(f"signal {signum} was not handled")

    before = {signum: signal.signal(signum, handler) for signum in SIGNALS}
    yield handler
    for signum, previous in before.items():
        signal.signal(signum, previous)


def handlers():
    return [signal.getsignal(signum) for signum in SIGNALS]


@pytest.fixture
def told(capsys):
    """The lines on standard error since it was last asked."""
    return lambda: lines(capsys.readouterr().err)


# Signals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS)
def test_first_signal_interrupts_and_later_ones_are_ignored(number, too_late):
    interruption = Interruption()
    interruption.begin()
    assert interruption.signal is None
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    for later in SIGNALS:
        signal.raise_signal(later)
    assert interruption.signal == number
    interruption.end()
    assert handlers() == [too_late] * 3


@pytest.mark.parametrize("number", SIGNALS)
def test_signals_are_ignored_to_the_end_of_a_program_that_ends(number, told):
    """Python ends after the run: it waits for threads, and calls what was registered."""
    with pytest.raises(SystemExit) as exit, faults_in_one_line(is_program=True) as interruption:
        interruption.end_at_once = None
        signal.raise_signal(number)
    assert exit.value.code == SIGNALS[number]
    for later in SIGNALS:
        signal.raise_signal(later)
    assert handlers() == [signal.SIG_IGN] * 3
    assert len(told()) == 1


def test_signal_while_libraries_are_loaded_raises_nothing_in_them():
    """PyTorch aborts at an exception while it loads, and others swallow it."""
    code = (
        "import signal; from torchreplay.cli.script import faults_in_one_line\n"
        "with faults_in_one_line(is_program=True):\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "    except BaseException as fault:\n"
        "        print('interrupted', fault)\n"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert (result.returncode, result.stdout) == (143, "")
    assert_one_line(lines(result.stderr), "stopped by SIGTERM; unfinished files are removed")


def test_signals_are_ignored_to_the_end_of_a_program_that_is_complete():
    with faults_in_one_line(is_program=True):
        pass
    assert handlers() == [signal.SIG_IGN] * 3


def test_a_script_that_is_imported_is_not_the_program(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "/there/script.py", raising=False)
    assert is_main("/there/script.py")
    assert not is_main("/there/another.py")
    shell = SimpleNamespace(get_ipython=lambda: object())
    monkeypatch.setitem(sys.modules, "IPython", shell)
    assert not is_main("/there/script.py")


@pytest.mark.parametrize("number", SIGNALS)
def test_signal_that_is_ignored_before_stays_ignored(number, ending):
    signal.signal(number, signal.SIG_IGN)
    with faults_in_one_line():
        signal.raise_signal(number)
        assert signal.getsignal(number) == signal.SIG_IGN
    assert signal.getsignal(number) == signal.SIG_IGN
    for function in ending:
        function()
    assert signal.getsignal(number) == signal.SIG_IGN


def test_two_signals_at_once(told):
    """Both have come before Python handles the first."""
    both = {signal.SIGINT, signal.SIGTERM}
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        signal.pthread_sigmask(signal.SIG_BLOCK, both)
        try:
            for number in both:
                signal.pthread_kill(threading.get_ident(), number)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
    assert exit.value.code in (130, 143)
    assert len(told()) == 1


@pytest.mark.parametrize(("number", "code"), SIGNALS.items())
def test_signal_ends_a_run_with_its_own_code(number, code, told, too_late):
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        signal.raise_signal(number)
    name = signal.Signals(number).name
    assert exit.value.code == code
    assert told() == [f"script.py: stopped by {name}; unfinished files are removed"]
    assert handlers() == [too_late] * 3


def test_signal_is_the_reason_whatever_its_interruption_ends_in(told):
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ModuleNotFoundError("half of a package", name="torch") from None
    assert exit.value.code == 130
    assert told() == ["script.py: stopped by SIGINT; unfinished files are removed"]


def test_signal_where_no_exception_can_be_raised_is_not_lost(told):
    class Fragile:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    hook = sys.unraisablehook
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        Fragile()
        threading.Event().wait(60)
        pytest.fail("the signal is lost")
    assert exit.value.code == 130
    assert told() == ["script.py: stopped by SIGINT; unfinished files are removed"]
    assert sys.unraisablehook == hook


def test_later_signal_does_not_cut_short_the_cleaning_up(told):
    cleaned = []
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            cleaned.append("all")
    assert (exit.value.code, cleaned) == (143, ["all"])
    assert len(told()) == 1


# Faults and warnings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "line"),
    [
        (UserError("the disk is full"), 1, "the disk is full"),
        (DatasetError("a.csv, line 2: not a number"), 2, "a.csv, line 2: not a number"),
        (NetworkError("3 dimensions, not 2"), 2, "3 dimensions, not 2"),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            1,
            "torch is missing: python -m pip install -r requirements.txt",
        ),
    ],
)
def test_fault_is_told_in_a_line(fault, code, line, told, too_late):
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        raise fault
    assert exit.value.code == code
    assert told() == [f"script.py: {line}"]
    assert handlers() == [too_late] * 3


LIBRARY = "a library: close other programs, or allow more (ulimit -v)"
DISK = "free the disk, or name another folder with --output-dir"


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (MemoryError(), "out of memory: lower --size"),
        (RuntimeError("can't start new thread"), "Resource temporarily unavailable: allow more"),
        (ImportError("libtorch.so: Cannot allocate memory"), f"no memory to load {LIBRARY}"),
        (ImportError("libtorch.so: failed to map segment"), f"no memory to load {LIBRARY}"),
        (OSError(errno.ENOSPC, "No space left on device"), f"No space left on device: {DISK}"),
        (PermissionError(errno.EACCES, "no", "/a/b"), "/a/b: no: allow it, or name another"),
        (OSError(errno.EMFILE, "Too many open files", "x"), "x: Too many open files: allow more"),
        (OSError(errno.EIO, "Input/output error", "x"), "x: Input/output error"),
        (OSError("no cache folder: set MPLCONFIGDIR"), "no cache folder: set MPLCONFIGDIR"),
    ],
)
def test_fault_of_the_machine_is_told_with_its_remedy(fault, line, told):
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        raise fault
    assert exit.value.code == 1
    assert_one_line(told(), f"script.py: {line}")


@pytest.mark.parametrize("make", [torch.empty, np.empty])
def test_memory_that_torch_or_numpy_does_not_get_is_told(make, told):
    with pytest.raises(SystemExit) as exit, faults_in_one_line():
        make(2**50)
    assert exit.value.code == 1
    assert_one_line(told(), "script.py: ", "memory: lower --size, --epochs or --hidden")


@pytest.mark.parametrize(
    "fault", [RuntimeError("a bug"), ImportError("a bug"), SystemExit(7), KeyboardInterrupt()]
)
def test_any_other_end_is_left_alone(fault, told, too_late):
    with pytest.raises(type(fault)) as end, faults_in_one_line():
        raise fault
    assert end.value is fault
    assert told() == []
    assert handlers() == [too_late] * 3


def test_run_without_a_fault(told, too_late):
    with faults_in_one_line():
        assert handlers() != [too_late] * 3
        assert os.environ["MPLBACKEND"] == "agg"
    assert told() == []
    assert handlers() == [too_late] * 3


def test_backend_of_a_notebook_is_not_used_by_a_program_that_it_starts(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with faults_in_one_line():
        assert os.environ["MPLBACKEND"] == "agg"


@pytest.mark.parametrize("name", ["SOURCE_DATE_EPOCH", "TQDM_MININTERVAL", "TQDM_FILE"])
def test_variables_that_libraries_would_fail_at_are_ignored(monkeypatch, name):
    monkeypatch.setenv(name, "nonsense")
    with faults_in_one_line():
        assert name not in os.environ


def test_matrices_are_multiplied_on_one_thread_unless_a_user_wants_more(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    for wanted in ("1", "3"):
        with faults_in_one_line():
            assert os.environ["OPENBLAS_NUM_THREADS"] == wanted
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")


def test_closed_streams_swallow_what_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with faults_in_one_line():
        print("an outcome")
        print("a remark", file=sys.stderr)
        for stream in (sys.stdout, sys.stderr):
            stream.close()


def test_letters_that_a_stream_cannot_encode_are_spelled_out(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    with faults_in_one_line():
        print("Zoë", flush=True)
    assert written.getvalue() == b"Zo\\xeb\n"


def test_warnings_are_told_once_for_each_place(told):
    with warnings_in_one_line():
        for letter in "äöü":
            warnings.warn(f"no glyph for {letter}", UserWarning, stacklevel=1)
        warnings.warn("another place", DeprecationWarning, stacklevel=1)
    assert told() == ["no glyph for ä", "another place"]
    with pytest.raises(UserWarning):  # as it is for all tests
        warnings.warn("afterwards", UserWarning, stacklevel=1)


def test_files_that_a_library_has_left_open_are_not_told(told):
    """As an import does that is interrupted."""
    with faults_in_one_line():
        warnings.warn("unclosed file", ResourceWarning, stacklevel=1)
    assert told() == []


def test_a_run_tells_warnings_in_a_line(told):
    with faults_in_one_line():
        warnings.warn("no glyph for ä", UserWarning, stacklevel=1)
    assert told() == ["no glyph for ä"]
