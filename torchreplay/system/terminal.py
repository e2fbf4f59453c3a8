"""What goes to a terminal: lines in which the text of strangers can do no harm.

Names, labels, paths and the words of other programs may hold anything: line breaks, characters that
control a terminal, bytes that are no text, megabytes.
"""

import os
import shlex
import sys
from pathlib import Path

LONGEST_NAME, LONGEST_LINE = 60, 1000  # characters that are shown


def printable(text, longest=LONGEST_NAME):
    """A text as it can be shown: on one line, what cannot be printed escaped, its middle left out.

    longest: characters, at the most.
    """
    if len(text) > 2 * longest:
        text = text[:longest] + text[-longest:]  # nothing else would be seen
    shown = "".join(c if c.isprintable() else escaped(c) for c in text)
    if len(shown) <= longest:
        return shown
    end = (longest - 1) // 2
    return f"{shown[: longest - 1 - end]}…{shown[-end:]}"


def escaped(character):
    """A character as Python and shells escape it; a byte that is no text, in a path, as that."""
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode()


def as_typed(path):
    """A path as a person would type it in a shell: from the working directory, if below it."""
    here, path = Path.cwd(), path.absolute()
    text = str(path.relative_to(here) if path.is_relative_to(here) else path)
    if text.isprintable():
        return shlex.quote(text)
    marked = text.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(c if c.isprintable() else escaped(c) for c in marked) + "'"


def tell(*messages):
    """Print messages on standard error, a line each.

    If it cannot be written, they are lost, and the program goes on.
    """
    try:
        for message in messages:
            print(printable(str(message), LONGEST_LINE), file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def silence(stream):
    """Let a stream that cannot be written lead to the null device, so that it can be flushed."""
    with Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), stream.fileno())


def fail(message, code):
    """Say in one line on standard error what went wrong, and exit with a code."""
    tell(f"{Path(sys.argv[0]).name}: {message}")
    sys.exit(code)
