"""A program that runs beside this one and does not outlive it: the encoder."""

import contextlib
import os
import signal
import subprocess
import threading
from concurrent.futures import Future
from queue import SimpleQueue

MOST_WORDS = 4096  # bytes kept of what a program says
PATIENCE = 0.2  # seconds from one look at whether it still runs to the next
GRACE = 5.0  # seconds to end in, once it takes no more


@contextlib.contextmanager
def running(command, pipe_bytes=None):
    """Run a program: a Child, which is ended together with all that it has started.

    It has a session of its own: Ctrl-C in the terminal reaches this program, and not the child.

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
    """A running program, which is written to and heard without waiting for one that is gone.

    process: its Popen, with unbuffered pipes.
    """

    def __init__(self, process):
        self._process, self._words, self._arrays = process, bytearray(), SimpleQueue()

    def connect(self, pipe_bytes):
        """Begin to hear and to write: in threads that this program does not wait for at its end."""
        with contextlib.suppress(ImportError, AttributeError, OSError):  # no more than a wish
            import fcntl

            if pipe_bytes:
                fcntl.fcntl(self._process.stdin, fcntl.F_SETPIPE_SZ, pipe_bytes)
        self._heard = threading.Thread(target=self._hear, daemon=True)
        self._heard.start()
        threading.Thread(target=self._write, daemon=True).start()

    def _hear(self):
        with self._process.stdout as pipe:
            while chunk := pipe.read(2**16):
                self._words += chunk[: MOST_WORDS - len(self._words)]

    def _write(self):
        for rest, written in iter(self._arrays.get, None):
            try:
                while rest:
                    rest = rest[self._process.stdin.write(rest) :]
                written.set_result(None)
            except (OSError, ValueError):  # it reads no more, or the pipe is closed
                written.set_exception(BrokenPipeError())

    def write(self, array):
        """Begin to write a contiguous array; returns what `wait_for` waits for."""
        written = Future()
        self._arrays.put((memoryview(array).cast("B"), written))
        return written

    def wait_for(self, written):
        """Wait until an array is written; raises BrokenPipeError if the program takes no more."""
        while True:
            try:
                return written.result(PATIENCE)
            except TimeoutError:
                if self._process.poll() is not None:
                    raise BrokenPipeError from None

    def finish(self):
        """Let the program know that nothing follows, wait for its end, and return its exit code."""
        self._process.stdin.close()
        return self._process.wait()

    def give_up(self):
        """The exit code of a program that takes no more; None if it does not end."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(GRACE)

    def end(self):
        """End the program, if it runs, and all that it has started."""
        with contextlib.suppress(AttributeError, ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._arrays.put(None)

    def first_line(self):
        """The first line of what the program has said, on either stream, once it is ended."""
        self._heard.join(GRACE)
        return self._words.decode(errors="replace").strip().partition("\n")[0]
