"""A program that runs beside this one and does not outlive it: the encoder."""

import contextlib
import os
import signal
import subprocess
import threading
from concurrent.futures import Future
from queue import SimpleQueue

MAX_OUTPUT_BYTES = 4096
POLL_SECONDS = 0.2
GRACE_SECONDS = 5.0


@contextlib.contextmanager
def running(command, pipe_bytes=None):
    """Run a program as a Child, and end it together with all programs that it has started.

    The child has its own session: Ctrl-C in the terminal reaches this program, not the child.

    command: the program and its arguments.
    pipe_bytes: the size of the pipe to it, if the system allows it.
    Raises OSError if it does not start.
    """
    child = Child(
        subprocess.Popen(
            command, bufsize=0, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    )  # fmt: skip
    try:
        child.connect(pipe_bytes)
        yield child
    finally:
        child.end()


class Child:
    """A running program. Writing and reading never wait for a program that has ended.

    process: its Popen, with unbuffered pipes.
    """

    def __init__(self, process):
        self._process, self._output, self._arrays = process, bytearray(), SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def connect(self, pipe_bytes):
        """Begin to read and to write, in threads that do not keep this program from ending."""
        with contextlib.suppress(ImportError, AttributeError, OSError):  # the size is optional
            import fcntl

            if pipe_bytes:
                fcntl.fcntl(self._process.stdin, fcntl.F_SETPIPE_SZ, pipe_bytes)
        self._reader.start()
        threading.Thread(target=self._write, daemon=True).start()

    def _read(self):
        with self._process.stdout as pipe, contextlib.suppress(MemoryError):
            while chunk := pipe.read(2**16):
                self._output += chunk[: MAX_OUTPUT_BYTES - len(self._output)]

    def _write(self):
        for rest, written in iter(self._arrays.get, None):
            try:
                while rest:
                    rest = rest[self._process.stdin.write(rest) :]
                written.set_result(None)
            except (OSError, ValueError):  # it reads no more, or the pipe is closed
                written.set_exception(BrokenPipeError())
            except BaseException as fault:  # as MemoryError: nobody is to wait for ever
                written.set_exception(fault)

    def write(self, array):
        """Begin to write a contiguous array. Returns the argument of `wait_for`."""
        written = Future()
        self._arrays.put((memoryview(array).cast("B"), written))
        return written

    def wait_for(self, written):
        """Wait until an array is written. Raises BrokenPipeError if the program reads no more."""
        while True:
            try:
                return written.result(POLL_SECONDS)
            except TimeoutError:
                if self._process.poll() is not None:
                    raise BrokenPipeError from None

    def finish(self):
        """Close the pipe to the program, wait until it ends, and return its exit code."""
        self._process.stdin.close()
        return self._process.wait()

    def give_up(self):
        """The exit code of a program that reads no more; None if it does not end in time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(GRACE_SECONDS)

    def end(self):
        """End the program, if it still runs, and all programs that it has started."""
        with contextlib.suppress(AttributeError, ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        if self._reader.ident is None:  # it did not start, and would have closed the pipe
            self._process.stdout.close()
        self._arrays.put(None)

    def first_line(self):
        """The first line that the program has printed, on standard output or error."""
        self._reader.join(GRACE_SECONDS)
        return self._output.decode(errors="replace").strip().partition("\n")[0]
