"""Lines printed to a terminal, in which text from elsewhere can do no harm.

Names, labels, paths and the output of other programs may contain anything: line breaks, characters
that control a terminal, bytes that are not text, megabytes.
"""

import contextlib
import os
import shlex
import sys
from pathlib import Path

MAX_NAME_LENGTH, MAX_LINE_LENGTH = 60, 1000
_quiet = [False]  # the innermost is the last


def printable(text, max_length=MAX_NAME_LENGTH):
    """A text on one line, at most `max_length` characters long.

    Characters that cannot be printed are escaped. The middle of a long text is left out.
    """
    if len(text) > 2 * max_length:
        text = text[:max_length] + text[-max_length:]  # the rest would not be shown
    shown = "".join(c if c.isprintable() else escaped(c) for c in text)
    if len(shown) <= max_length:
        return shown
    end = (max_length - 1) // 2
    return f"{shown[: max_length - 1 - end]}…{shown[-end:]}"


def escaped(character):
    """A character as Python and shells escape it; in a path, a byte that is not text as a byte."""
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode()


def as_typed(path):
    """A path as a person would type it in a shell: relative, if below the working directory."""
    here, path = Path.cwd(), path.absolute()
    text = str(path.relative_to(here) if path.is_relative_to(here) else path)
    if text.isprintable():
        return shlex.quote(text)
    marked = text.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(c if c.isprintable() else escaped(c) for c in marked) + "'"


def print_messages(*messages):
    """Print messages on standard error, each on one line.

    If standard error cannot be written, they are lost and the program continues.
    """
    try:
        for message in messages:
            print(printable(str(message), MAX_LINE_LENGTH), file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


@contextlib.contextmanager
def quiet(is_quiet=True):
    """Print nothing but what goes wrong inside the context manager, if it is to be quiet."""
    _quiet.append(is_quiet)
    try:
        yield
    finally:
        _quiet.pop()


def is_quiet():
    """Whether nothing but what goes wrong is printed."""
    return _quiet[-1]


def remark(*messages):
    """Print messages on what is no fault; see `print_messages`."""
    if not is_quiet():
        print_messages(*messages)


def say(*lines, before=""):
    """Print lines on standard output. If it takes nothing, exit with 1 and a message.

    before: how that message begins; without it, a reader that has gone is no fault.
    """
    if is_quiet():
        return
    try:
        print(*lines, sep="\n", flush=True)
    except OSError as fault:
        silence(sys.stdout)
        if isinstance(fault, BrokenPipeError) and not before:
            return  # as with `| head`, nobody wants more
        fail(f"{before}standard output takes nothing: {os.strerror(fault.errno)}", 1)


def silence(stream):
    """Redirect a stream that cannot be written to the null device, so that it can be flushed."""
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), stream.fileno())


def fail(message, code):
    """Print on standard error, in one line, what went wrong, and exit with a code."""
    print_messages(f"{Path(sys.argv[0]).name}: {message}")
    sys.exit(code)
