"""Files that appear whole: they are written in a hidden folder and then moved to their places."""

import contextlib
import os
import re
import shutil
import uuid

from torchreplay.errors import Argument, UserError

STAGE_NAME = re.compile(r"\.[0-9a-f]{32}\.torchreplay")
OLDER_PREFIX = "older_"
FRAME_NAME = re.compile(r"(epoch_)?\d{4,}\.png")  # older versions wrote no "epoch_"
FOLDER = Argument("folder")
ANOTHER_FOLDER = "name another ", FOLDER
WRITABLE_FOLDER = "name another folder with ", FOLDER
ANOTHER_PATH = "choose another path"


def save_whole(path, make, folder=False):
    """Make a file, or a folder of frames, and replace an older one when the new one is whole.

    A link is replaced itself, and what it leads to stays.

    make: a function that writes to a given path.
    Raises UserError if something else has this path, or if it cannot be written.
    """
    check_place(path, folder, ANOTHER_PATH)
    try:
        with staging(path.parent, ANOTHER_PATH) as stage:
            make(stage / path.name)
            replace(stage / path.name, path)
    except OSError as fault:
        raise cannot_write(path, fault) from fault


def cannot_write(path, fault, remedy=ANOTHER_PATH):
    """The UserError that says why a path cannot be written, from an OSError."""
    return UserError(f"cannot write {path}: {fault.strerror or fault}; ", remedy)


def check_place(path, folder=False, remedy=ANOTHER_FOLDER):
    """Raise UserError if what has a path already must not be replaced by a file, or by frames.

    Also if the path cannot be looked at.
    """
    try:
        if path.exists():
            _check_older(path, folder, remedy)
    except OSError as fault:
        raise cannot_write(path, fault, remedy) from fault


def _check_older(path, folder, remedy):
    if path.is_dir() != folder:
        kind = "no folder" if folder else "a folder"
        raise UserError(f"{path} is {kind}: move it, or ", remedy)
    if not folder and not path.is_file():  # a device or a pipe; root could replace it
        raise UserError(f"{path} is no regular file: ", remedy)
    if folder and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(f"{path} may not be changed: allow it, or ", remedy)
    if folder and not all(
        FRAME_NAME.fullmatch(other.name) and other.is_file() and not other.is_symlink()
        for other in path.iterdir()
    ):
        raise UserError(f"{path} holds more than frames: move it, or ", remedy)


@contextlib.contextmanager
def staging(folder, remedy=WRITABLE_FOLDER):
    """Make a folder inside an output folder, in which files are written until they are whole.

    It is removed at the end with all files still in it. The output folder is removed, too, if it
    was made for this and is still empty. What killed runs have left is removed at the beginning.
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
        finally:  # again, because a signal may have interrupted this; no second one can
            remove(new, stage)
            if lock is not None:
                os.close(lock)
            with contextlib.suppress(OSError):
                for path in missing:
                    path.rmdir()


def remove(*folders):
    """Remove folders with their contents, if they exist and as far as it is allowed."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(folder):
    """Remove from an output folder what killed runs have left.

    Only a folder that was locked has such a name. Its lock is free when its run has ended. Older
    frames that the run had moved away, but not replaced, are put back.
    """
    for stage in filter(lambda path: STAGE_NAME.fullmatch(path.name), folder.glob(".*")):
        lock = take_lock(stage)
        if lock is not None:
            with contextlib.suppress(OSError):
                for older in stage.glob(f"{OLDER_PREFIX}*"):
                    target = folder / older.name.removeprefix(OLDER_PREFIX)
                    if not target.exists():
                        older.replace(target)
                remove(stage)
            os.close(lock)


def take_lock(folder):
    """Lock a folder until this program ends, also if it is killed.

    Returns a file descriptor; `os.close` unlocks it. Returns None if another program has the lock,
    or if the system has no locks.
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
    """Move a file or folder to a path, and replace an older one there."""
    if not (made.is_dir() and target.is_dir()):
        return made.replace(target)
    older = made.with_name(OLDER_PREFIX + target.name)
    try:
        target.replace(older)
        return made.replace(target)
    except BaseException:
        if not target.exists():
            older.replace(target)
        raise
