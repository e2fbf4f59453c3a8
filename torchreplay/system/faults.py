"""Faults of the machine: memory, disk, permissions and limits, each with its remedy in one line."""

import errno
import os

from torchreplay.errors import Argument, UserError

OTHER_FOLDER = "free the disk, or name another folder with ", Argument("path")
SIZE, EPOCHS, HIDDEN = Argument("size"), Argument("epochs"), Argument("hidden")
PERMISSION = "allow it, or name another file or folder"
OPEN_FILES = "allow more open files (ulimit -n)"
REMEDIES = {
    errno.ENOMEM: ("lower ", SIZE, ", ", EPOCHS, " or ", HIDDEN, ", or close other programs"),
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
    **{os.strerror(number): number for number in REMEDIES},
}


def explain(fault):
    """The UserError that explains a fault of the machine, with its remedy; None for others."""
    if isinstance(fault, ModuleNotFoundError):
        return UserError(f"{fault.name} is missing: python -m pip install -r requirements.txt")
    if isinstance(fault, MemoryError):
        fault = OSError(errno.ENOMEM, "out of memory")
    elif isinstance(fault, RuntimeError | ImportError):  # of torch, of threads, of libraries
        number = named_error(str(fault))
        fault = OSError(number, os.strerror(number)) if number in ERRORS_WITHOUT_FILE else fault
    if not isinstance(fault, OSError):
        return None
    where = f"{fault.filename}: " if fault.filename else ""
    remedy = (": ", REMEDIES[fault.errno]) if fault.errno in REMEDIES else ""
    return UserError(f"{where}{fault.strerror or fault}", remedy)


def named_error(message):
    """The number of the system error that a message names, or None."""
    return next((number for phrase, number in PHRASES.items() if phrase in message), None)
