"""A program that runs beside this one: what becomes of it, and of all that it has started."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.scripts import wait_for

from torchreplay.system.child import MAX_OUTPUT_BYTES, running

FRAME = np.zeros((1000, 1000, 4), np.uint8)  # larger than a pipe


def shell(commands):
    return ["sh", "-c", commands]


def is_running(pid):
    """Whether a process is there and has not ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


@pytest.fixture
def pid(tmp_path):
    """Waits for the number of a process that shell commands write, and gives it."""
    path = tmp_path / "pid"

    def pid():
        wait_for(lambda: path.exists() and path.read_text().endswith("\n"))
        return int(path.read_text())

    pid.path = path
    return pid


def test_program_gets_every_array_whole(tmp_path):
    with running(shell(f"cat > {tmp_path}/got"), pipe_bytes=2**20) as child:
        for value in range(5):
            child.wait_for(child.write(FRAME + np.uint8(value)))
        assert child.finish() == 0
    got = np.fromfile(tmp_path / "got", np.uint8).reshape(5, -1)
    assert (got == np.arange(5)[:, None]).all()


def test_what_it_says_is_heard_on_both_streams():
    with running(shell("echo first; echo second >&2; exit 3")) as child:
        assert child.finish() == 3
    assert child.first_line() == "first"


def test_what_it_says_is_kept_up_to_a_bound():
    command = [sys.executable, "-c", "print('x' * 10_000_000)"]
    with running(command) as child:
        assert child.finish() == 0
    assert child.first_line() == "x" * MAX_OUTPUT_BYTES


@pytest.mark.parametrize("fault", [ZeroDivisionError, KeyboardInterrupt])
def test_all_that_it_has_started_is_ended(pid, fault):
    """A wrapper starts another program, which has the pipe and never reads."""
    wrapper = shell(f"sleep 600 <&0 & echo $! > {pid.path}; wait")
    with pytest.raises(fault), running(wrapper) as child:
        child.write(FRAME)
        inner = pid()
        raise fault
    wait_for(lambda: not is_running(inner))


def test_program_that_is_gone_is_not_waited_for(pid):
    """Though what it has started has the pipe, and never reads."""
    with running(shell(f"sleep 600 <&0 & echo $! > {pid.path}; exit 0")) as child:
        inner = pid()
        with pytest.raises(BrokenPipeError):
            child.wait_for(child.write(FRAME))
        assert child.give_up() == 0
    wait_for(lambda: not is_running(inner))


def test_program_that_closes_its_input_is_not_written_to():
    with running(shell("exec <&-; exit 5")) as child:
        with pytest.raises(BrokenPipeError):
            child.wait_for(child.write(FRAME))
        assert child.give_up() == 5


def test_fault_while_an_array_is_written_is_not_waited_for(monkeypatch):
    """As when there is no memory for it: the program waits for the rest of the array."""

    def write(array):
        raise MemoryError

    with running(shell("exec sleep 600")) as child:
        pipe = child._process.stdin
        monkeypatch.setattr(child._process, "stdin", SimpleNamespace(write=write, close=pipe.close))
        with pytest.raises(MemoryError):
            child.wait_for(child.write(FRAME))


def test_program_that_goes_on_without_reading_is_given_up(pid, monkeypatch):
    monkeypatch.setattr("torchreplay.system.child.GRACE_SECONDS", 0.01)
    with running(shell(f"exec <&-; echo $$ > {pid.path}; exec sleep 600")) as child:
        with pytest.raises(BrokenPipeError):
            child.wait_for(child.write(FRAME))
        assert child.give_up() is None
        inner = pid()
    assert not is_running(inner)


def test_size_of_the_pipe_is_no_more_than_a_wish(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError("the quota of pipe pages is used up")

    monkeypatch.setattr("fcntl.fcntl", refuse)
    with running(shell(f"cat > {tmp_path}/got"), pipe_bytes=2**20) as child:
        child.wait_for(child.write(FRAME))
        assert child.finish() == 0
    assert (tmp_path / "got").stat().st_size == FRAME.nbytes


def test_program_that_does_not_start():
    with pytest.raises(FileNotFoundError), running(["/no/such/program"]):
        pytest.fail("entered")
