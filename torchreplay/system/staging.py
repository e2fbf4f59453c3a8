"""How files come to their places whole: they grow in a hidden folder, and are moved from there."""

import contextlib
import os
import re
import shutil
import uuid

from torchreplay.errors import Argument, UserError

STAGE = re.compile(r"\.[0-9a-f]{32}\.torchreplay")  # a folder of a run that holds its lock
OLDER = "older_"  # begins the name of what makes room
FRAME = re.compile(r"(epoch_)?\d{4,}\.png")  # older ones had no more than a number
FOLDER = Argument("folder")
ANOTHER_FOLDER = "name another ", FOLDER
WRITABLE_FOLDER = "name another folder with ", FOLDER
ANOTHER_PATH = "choose another path"


def save_whole(path, make, folder=False):
    """Make a file, or a folder of frames, which takes the place of an older one when it is whole.

    make: a function of the path at which it grows.
    Raises UserError if something else stands there, or if it cannot be written.
    """
    check_place(path, folder, ANOTHER_PATH)
    try:
        with staging(path.parent, ANOTHER_PATH) as stage:
            make(stage / path.name)
            replace(stage / path.name, path)
    except OSError as fault:
        reason = fault.strerror or fault
        raise UserError(f"cannot write {path}: {reason}; {ANOTHER_PATH}") from fault


def check_place(path, folder=False, remedy=ANOTHER_FOLDER):
    """Raise UserError if what stands in a place cannot make room for a file, or for frames."""
    if not path.exists():
        return
    if path.is_dir() != folder:
        kind = "no folder" if folder else "a folder"
        raise UserError(f"{path} is {kind}: move it, or ", remedy)
    if folder and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(f"{path} may not be changed: allow it, or ", remedy)
    if folder and not all(
        FRAME.fullmatch(other.name) and other.is_file() and not other.is_symlink()
        for other in path.iterdir()
    ):
        raise UserError(f"{path} holds more than frames: move it, or ", remedy)


@contextlib.contextmanager
def staging(folder, remedy=WRITABLE_FOLDER):
    """A new folder inside an output folder, in which files grow until they are whole.

    At the end it is gone with whatever is still in it, and so is the output folder if it was made
    for this and has stayed empty. What killed runs have left is removed at the beginning.
    Raises UserError if the output folder cannot be written.
    """
    missing, new, lock = [], folder.absolute() / f".{uuid.uuid4().hex}", None
    stage = new.with_suffix(".torchreplay")
    try:
        try:
            missing += (path for path in (folder, *folder.parents) if not path.exists())
            new.mkdir(parents=True)
        except OSError as error:
            raise UserError(f"cannot write to {folder}: {error.strerror}; ", remedy) from error
        remove_abandoned(folder)
        lock = take_lock(new)
        yield new if lock is None else new.rename(stage)
    finally:
        try:
            remove(new, stage)
        finally:  # should a signal have cut that short, and there is only one that can
            remove(new, stage)
            if lock is not None:
                os.close(lock)
            with contextlib.suppress(OSError):
                for path in missing:
                    path.rmdir()


def remove(*folders):
    """Remove folders with all that is in them, as far as they are there and it is allowed."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(folder):
    """Remove from an output folder what killed runs have left.

    Only a folder that had been locked has such a name, and its lock is free when its run is gone.
    Frames that were to make room for newer ones are put back.
    """
    for stage in filter(lambda path: STAGE.fullmatch(path.name), folder.glob(".*")):
        lock = take_lock(stage)
        if lock is not None:
            with contextlib.suppress(OSError):
                for older in stage.glob(f"{OLDER}*"):
                    target = folder / older.name.removeprefix(OLDER)
                    if not target.exists():
                        older.replace(target)
                remove(stage)
            os.close(lock)


def take_lock(folder):
    """Lock a folder until this program ends, in whatever way.

    Returns what `os.close` unlocks; None if another program has the lock, or there are no locks.
    """
    try:
        import fcntl

        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(place)
        return None
    return place


def replace(made, target):
    """Move a file or folder to where it belongs, in the place of an older one."""
    if not (made.is_dir() and target.is_dir()):
        return made.replace(target)
    older = made.with_name(OLDER + target.name)
    try:
        target.replace(older)
        return made.replace(target)
    except BaseException:
        if not target.exists():
            older.replace(target)
        raise
