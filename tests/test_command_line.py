"""What stands between a script and its user: signals, faults, warnings, and how it all went."""

import atexit
import io
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from scripts import lines

from torchreplay.command_line import (
    Interruption,
    as_typed,
    faults_in_one_line,
    report,
    tell_divergence,
    warnings_in_one_line,
)
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
def test_first_signal_interrupts_and_later_ones_are_ignored(number, too_late, ending):
    interruption = Interruption()
    assert interruption.signal is None
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    for later in SIGNALS:
        signal.raise_signal(later)
    assert interruption.signal == number
    interruption.end()
    assert handlers() == [too_late] * 3
    for function in ending:
        function()
    for later in SIGNALS:
        signal.raise_signal(later)


def test_hangup_that_nohup_has_ignored_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption = Interruption()
    signal.raise_signal(signal.SIGHUP)
    assert interruption.signal is None
    interruption.end()
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    with pytest.raises(KeyboardInterrupt):
        Interruption().stop(signal.SIGTERM, None)


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


@pytest.mark.parametrize("fault", [ZeroDivisionError("a bug"), SystemExit(7), KeyboardInterrupt()])
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


def test_a_run_tells_warnings_in_a_line(told):
    with faults_in_one_line():
        warnings.warn("no glyph for ä", UserWarning, stacklevel=1)
    assert told() == ["no glyph for ä"]


# How it went ------------------------------------------------------------------------------------


def record(epochs, loss=0.5, accuracy=0.75, diverged=False):
    """As much of a History as is told of it."""
    return SimpleNamespace(
        last=epochs,
        loss=[0.9] * epochs + [loss],
        accuracy=[0.5] * epochs + [accuracy],
        diverged=diverged,
    )


def run_at(rate):
    return {"training": {"learning_rate": rate}}


def test_divergence_of_the_only_run_is_a_fault(told):
    with pytest.raises(UserError) as fault:
        tell_divergence({"": record(0, diverged=True)}, {"": run_at(1e300)})
    assert fault.value.exit_code == 1
    assert str(fault.value) == "training diverged at epoch 1: set --learning-rate below 1e+300"
    tell_divergence({"": record(200)}, {"": run_at(3.0)})
    assert told() == []


def test_divergence_of_some_runs_is_told(told):
    histories = {"3": record(12), "50": record(6, diverged=True), "1e9": record(0, diverged=True)}
    tell_divergence(histories, {"3": run_at(3.0), "50": run_at(50.0), "1e9": run_at(1e9)})
    assert told() == [
        "50: training diverged at epoch 7: set --learning-rate below 50",
        "1e9: training diverged at epoch 1: set --learning-rate below 1e+09",
    ]


def made(*files, remarks=()):
    """As much of an OutputFolder as is told of it."""
    return SimpleNamespace(files=[Path(file) for file in files], remarks=list(remarks))


def test_report_of_a_run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report({"": record(200, 0.06521, 1.0)}, made(tmp_path / "out" / "a.png", "/there/b.mp4"))
    output, errors = capsys.readouterr()
    assert output == "epoch 200: loss 0.0652, accuracy 100.00%\nout/a.png\n/there/b.mp4\n"
    assert errors == ""


def test_report_of_several_runs(capsys):
    histories = {"0.3": record(9, 0.5, 0.5235), "1e9": record(0, 0.7, 0.5)}
    report(histories, made("/there/b.mp4"))
    assert lines(capsys.readouterr().out) == [
        "0.3: epoch 9: loss 0.5000, accuracy 52.35%",
        "1e9: epoch 0: loss 0.7000, accuracy 50.00%",
        "/there/b.mp4",
    ]


def test_report_of_a_run_without_its_film_ends_in_1(capsys):
    with pytest.raises(SystemExit) as exit:
        report({"": record(3)}, made("/there/a.png", remarks=["no film without ffmpeg"]))
    assert exit.value.code == 1
    output, errors = capsys.readouterr()
    assert lines(output) == ["epoch 3: loss 0.5000, accuracy 75.00%", "/there/a.png"]
    assert errors == ""


@pytest.mark.parametrize(
    ("file", "typed"),
    [
        ("still.png", "still.png"),
        ("new/folder/still.png", "new/folder/still.png"),
        ("Zoë's Ordner/a b.png", """'Zoë'"'"'s Ordner/a b.png'"""),
        ("$HOME/*.png", "'$HOME/*.png'"),
        ("../beside/still.png", None),
    ],
)
def test_path_as_typed(tmp_path, monkeypatch, file, typed):
    """A shell takes it for the path that is meant."""
    here = tmp_path / "here"
    path = here / file
    path.parent.mkdir(parents=True)
    path.write_text("found")
    monkeypatch.chdir(here)
    if typed is not None:
        assert as_typed(path) == typed
        assert as_typed(Path(file)) == typed
    shell = subprocess.run(["sh", "-c", f"cat {as_typed(path)}"], capture_output=True, text=True)
    assert shell.stdout == "found"


def test_path_elsewhere_is_typed_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert as_typed(Path("/there/a b.png")) == "'/there/a b.png'"
