"""Faults of the machine: memory, disk, permissions and limits, each with its remedy in one line."""

import errno
import os

from torchreplay.errors import Argument, UserError

OTHER_FOLDER = "free the disk, or name another folder with ", Argument("path")
SIZE, EPOCHS, HIDDEN = Argument("size"), Argument("epochs"), Argument("hidden")
PERMISSION = "allow it, or name another file or folder"
MORE_MEMORY = "close other programs"
OPEN_FILES = "allow more open files (ulimit -n)"
REMEDIES = {
    errno.ENOMEM: ("lower ", SIZE, ", ", EPOCHS, " or ", HIDDEN, ", or ", MORE_MEMORY),
    errno.EAGAIN: "allow more processes and threads (ulimit -u), or more memory (ulimit -v)",
    errno.EMFILE: OPEN_FILES,
    errno.ENFILE: OPEN_FILES,
    errno.ENOSPC: OTHER_FOLDER,
    errno.EDQUOT: OTHER_FOLDER,
    errno.EFBIG: ("allow larger files (ulimit -f), or lower ", SIZE, " or ", EPOCHS),
    errno.EACCES: PERMISSION,
    errno.EPERM: PERMISSION,
    errno.EROFS: PERMISSION,
    errno.ENAMETOOLONG: "give a shorter name",
}
ERRORS_WITHOUT_FILE = (errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE)
PHRASES = {
    "can't start new thread": errno.EAGAIN,
    "bad_alloc": errno.ENOMEM,
    "failed to map segment": errno.ENOMEM,
    **{os.strerror(number): number for number in REMEDIES},
}


def explain(fault):
    """The UserError that explains a fault of the machine, with its remedy; None for others."""
    if isinstance(fault, ModuleNotFoundError):
        return UserError(f"{fault.name} is missing: python -m pip install -r requirements.txt")
    number = error_number(fault)
    if isinstance(fault, ImportError) and number == errno.ENOMEM:
        return UserError(f"no memory to load a library: {MORE_MEMORY}, or allow more (ulimit -v)")
    if isinstance(fault, MemoryError):
        fault = OSError(number, "out of memory")
    elif not isinstance(fault, OSError) and number in ERRORS_WITHOUT_FILE:
        fault = OSError(number, os.strerror(number))
    if not isinstance(fault, OSError):
        return None
    where = f"{fault.filename}: " if fault.filename else ""
    remedy = (": ", REMEDIES[fault.errno]) if fault.errno in REMEDIES else ""
    return UserError(f"{where}{fault.strerror or fault}", remedy)


def error_number(fault):
    """The number of the system error behind a fault of Python or a library, or None."""
    if isinstance(fault, MemoryError):
        return errno.ENOMEM
    if isinstance(fault, RuntimeError | ImportError):
        return named_error(str(fault))
    return getattr(fault, "errno", None)


def named_error(message):
    """The number of the system error that a message names, or None."""
    return next((number for phrase, number in PHRASES.items() if phrase in message), None)
