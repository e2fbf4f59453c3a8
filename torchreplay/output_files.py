"""The files that a script leaves: how they are called, and how each comes to its place whole."""

import contextlib
import re
import shutil
import uuid

from torchreplay import forms
from torchreplay.encoder import find_ffmpeg
from torchreplay.errors import UserError
from torchreplay.forms import FORMS
from torchreplay.picture import save_still

FRAME = re.compile(r"(epoch_)?\d{4,}\.png")  # older ones had no more than a number


class OutputFolder:
    """The folder of stills and films.

    Files grow in a hidden folder inside it, and are moved to their places when they are whole; so
    it is to be used in a with statement.

    folder: made if missing.
    stem: what the names of all files begin with, and `suffix` what is added to it.
    stills: epochs to save stills of.
    forms: names of the forms of film.

    files: those that have been made, in their order.
    remarks: lines on what cannot be made: without an encoder, most forms of film.
    """

    def __init__(self, stem, folder, suffix, stills, forms):
        self.folder, self.files, self.forms = folder, [], forms
        self.stills = {
            epoch: folder / f"{stem}_epoch{epoch}_boundary_pytorch{suffix}.png" for epoch in stills
        }
        self.films = {
            form: folder / (FORMS[form].name or f"{stem}{suffix}{FORMS[form].ending}")
            for form in forms
        }
        for path in self.stills.values():
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
        for epoch, path in self.stills.items():
            save_still(self._stage / path.name, picture, epoch)
            self._put(path)

    def save_films(self, film):
        """Save a Film in all forms for which there is an encoder."""
        for form, path in self.films.items():
            if not (self.remarks and FORMS[form].encoder):
                forms.save(form, self._stage / path.name, film)
                self._put(path)

    def _put(self, path):
        self.files.append(replace(self._stage / path.name, path))


def check_place(path, folder=False):
    """Raise UserError if what stands in a place cannot make room for a file, or for frames."""
    if not path.exists():
        return
    if path.is_dir() != folder:
        kind = "no folder" if folder else "a folder"
        raise UserError(f"{path} is {kind}: move it, or name another --output-dir")
    if folder and not all(
        FRAME.fullmatch(other.name) and other.is_file() for other in path.iterdir()
    ):
        raise UserError(f"{path} holds more than frames: move it, or name another --output-dir")


@contextlib.contextmanager
def staging(folder):
    """A new folder inside an output folder, in which files grow until they are whole.

    At the end it is gone with whatever is still in it, and so is the output folder if it was made
    for this and has stayed empty. Raises UserError if the output folder cannot be written.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    stage = folder.absolute() / f".{uuid.uuid4().hex}"
    try:
        stage.mkdir(parents=True)
        yield stage
    except OSError as error:
        raise UserError(
            f"cannot write to {folder}: {error.strerror}; name another folder with --output-dir"
        ) from error
    finally:
        try:
            shutil.rmtree(stage, ignore_errors=True)
        finally:  # should a signal have cut that short, and there is only one that can
            shutil.rmtree(stage, ignore_errors=True)
            with contextlib.suppress(OSError):
                for path in missing:
                    path.rmdir()


def replace(made, target):
    """Move a file or folder to where it belongs, in the place of an older one."""
    if not (made.is_dir() and target.is_dir()):
        return made.replace(target)
    older = made.with_name("older")
    try:
        target.replace(older)
        return made.replace(target)
    except BaseException:
        if not target.exists():
            older.replace(target)
        raise
