"""Lines printed to a terminal, in which text from elsewhere can do no harm.

Names, labels, paths and the output of other programs may contain anything: line breaks, characters
that control a terminal, bytes that are not text, megabytes.
"""

import os
import shlex
import sys
from pathlib import Path

MAX_NAME_LENGTH, MAX_LINE_LENGTH = 60, 1000


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


def silence(stream):
    """Redirect a stream that cannot be written to the null device, so that it can be flushed."""
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), stream.fileno())


def fail(message, code):
    """Print on standard error, in one line, what went wrong, and exit with a code."""
    print_messages(f"{Path(sys.argv[0]).name}: {message}")
    sys.exit(code)
