"""The files that a script leaves: how they are called, and how each comes to its place whole."""

import contextlib
import os
import re
import shutil
import uuid

from torchreplay import forms
from torchreplay.encoder import find_ffmpeg
from torchreplay.errors import UserError
from torchreplay.forms import FORMS
from torchreplay.picture import save_still

STAGE = re.compile(r"\.[0-9a-f]{32}\.torchreplay")  # a folder of a run that holds its lock
OLDER = "older_"  # begins the name of what makes room
FRAME = re.compile(r"(epoch_)?\d{4,}\.png")  # older ones had no more than a number


class OutputFolder:
    """The folder of stills and films.

    Files grow in a hidden folder inside it, and are moved to their places when they are whole; so
    it is to be used in a with statement.

    folder: made if missing.
    stem: what the names of all files begin with, and `suffix` what is added to it.
    stills: epochs to save stills of, and `still_forms` as what: png, svg or pdf.
    forms: names of the forms of film.

    files: those that have been made, in their order.
    remarks: lines on what cannot be made: without an encoder, most forms of film.
    """

    def __init__(self, stem, folder, suffix, stills, still_forms, forms):
        self.folder, self.files, self.forms = folder, [], forms
        self.stills = {
            folder / f"{stem}_epoch{epoch}_boundary_pytorch{suffix}.{form}": epoch
            for epoch in stills
            for form in still_forms
        }
        self.films = {
            form: folder / (FORMS[form].name or f"{stem}{suffix}{FORMS[form].ending}")
            for form in forms
        }
        for path in self.stills:
            check_place(path)
        for form, path in self.films.items():
            check_place(path, FORMS[form].folder)
        self.remarks = []
        if any(FORMS[form].encoder for form in forms):
            try:
                find_ffmpeg()
            except UserError as fault:
                self.remarks.append(str(fault))

    def __enter__(self):
        self._staging = staging(self.folder)
        self._stage = self._staging.__enter__()
        return self

    def __exit__(self, *fault):
        return self._staging.__exit__(*fault)

    def save_stills(self, picture):
        """Save the stills of a Picture."""
        for path, epoch in self.stills.items():
            save_still(self._stage / path.name, picture, epoch)
            self._put(path)

    def save_films(self, film):
        """Save a Film in all forms for which there is an encoder."""
        for form, path in self.films.items():
            if not (self.remarks and FORMS[form].encoder):
                forms.save(form, self._stage / path.name, film)
                check_place(path, FORMS[form].folder)  # once more: training takes its time
                self._put(path)

    def _put(self, path):
        self.files.append(replace(self._stage / path.name, path))


ANOTHER_FOLDER = "name another --output-dir"


def check_place(path, folder=False, remedy=ANOTHER_FOLDER):
    """Raise UserError if what stands in a place cannot make room for a file, or for frames."""
    if not path.exists():
        return
    if path.is_dir() != folder:
        kind = "no folder" if folder else "a folder"
        raise UserError(f"{path} is {kind}: move it, or {remedy}")
    if folder and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(f"{path} may not be changed: allow it, or {remedy}")
    if folder and not all(
        FRAME.fullmatch(other.name) and other.is_file() and not other.is_symlink()
        for other in path.iterdir()
    ):
        raise UserError(f"{path} holds more than frames: move it, or {remedy}")


@contextlib.contextmanager
def staging(folder, remedy="name another folder with --output-dir"):
    """A new folder inside an output folder, in which files grow until they are whole.

    At the end it is gone with whatever is still in it, and so is the output folder if it was made
    for this and has stayed empty. What runs left that were killed is removed at the beginning.
    Raises UserError if the output folder cannot be written.
    """
    missing, new, lock = [], folder.absolute() / f".{uuid.uuid4().hex}", None
    stage = new.with_suffix(".torchreplay")
    try:
        try:
            missing += (path for path in (folder, *folder.parents) if not path.exists())
            new.mkdir(parents=True)
        except OSError as error:
            raise UserError(f"cannot write to {folder}: {error.strerror}; {remedy}") from error
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
    """Remove from an output folder what runs have left that were killed.

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
