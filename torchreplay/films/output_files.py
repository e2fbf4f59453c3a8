"""The files that a script leaves, and their names."""

from torchreplay.errors import UserError
from torchreplay.films import forms
from torchreplay.films.encoder import find_ffmpeg
from torchreplay.films.forms import FORMS
from torchreplay.pictures.stills import write_still
from torchreplay.system.staging import check_place, replace, staging


class OutputFolder:
    """The folder of stills and films.

    Files are written in a hidden folder inside it, and are moved to their places when they are
    complete. Use it in a with statement.

    folder: made if missing.
    stem, suffix: the names of all files begin with the stem; the suffix follows.
    stills: epochs to save stills of, in the `still_forms` png, svg or pdf.
    forms: names of the forms of film.
    has_bend: whether there is a film of a bend, too.

    stage: the hidden folder.
    files: those that have been made, in their order.
    faults: UserErrors that say what cannot be made; without an encoder, most forms of film.
    """

    def __init__(self, stem, folder, suffix, stills, still_forms, forms, has_bend=False):
        self.folder, self.files, self.forms = folder, [], forms
        self.stills = {
            folder / f"{stem}_epoch{epoch}_boundary_pytorch{suffix}.{form}": epoch
            for epoch in stills
            for form in still_forms
        }
        self.films = {form: folder / f"{stem}{suffix}{FORMS[form].ending}" for form in forms}
        self.bends = {
            form: folder / f"{stem}_bend{FORMS[form].ending}" for form in forms if has_bend
        }
        for path in self.stills:
            check_place(path)
        for form, path in (*self.films.items(), *self.bends.items()):
            check_place(path, FORMS[form].folder)
        self.faults = []
        if any(FORMS[form].encoder for form in forms):
            try:
                find_ffmpeg()
            except UserError as fault:
                self.faults.append(fault)

    def __enter__(self):
        self._staging = staging(self.folder)
        self.stage = self._staging.__enter__()
        return self

    def __exit__(self, *fault):
        return self._staging.__exit__(*fault)

    def save_stills(self, picture):
        """Save the stills of a Picture."""
        for path, epoch in self.stills.items():
            write_still(self.stage / path.name, picture, epoch)
            self.put(path)

    def save_films(self, film):
        """Save a Film in all forms for which there is an encoder."""
        self._save(film, self.films)

    def save_bend(self, film):
        """Save the Film of a bend, in the same forms."""
        self._save(film, self.bends)

    def _save(self, film, paths):
        for form, path in paths.items():
            if not (self.faults and FORMS[form].encoder):
                forms.save(form, self.stage / path.name, film)
                check_place(path, FORMS[form].folder)  # again: it may have changed during training
                self.put(path)

    def put(self, path):
        """Move a complete file from the hidden folder to its place."""
        self.files.append(replace(self.stage / path.name, path))
