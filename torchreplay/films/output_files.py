"""The files that a script leaves, and how they are called."""

from torchreplay.errors import UserError
from torchreplay.films import forms
from torchreplay.films.encoder import find_ffmpeg
from torchreplay.films.forms import FORMS
from torchreplay.system.staging import check_place, replace, staging


class OutputFolder:
    """The folder of stills and films.

    Files grow in a hidden folder inside it, and are moved to their places when they are whole; so
    it is to be used in a with statement.

    folder: made if missing.
    stem: what the names of all files begin with, and `suffix` what is added to it.
    stills: epochs to save stills of, and `still_forms` as what: png, svg or pdf.
    forms: names of the forms of film.

    stage: the hidden folder in which files grow.
    files: those that have been made, in their order.
    faults: lines on what cannot be made: without an encoder, most forms of film.
    """

    def __init__(self, stem, folder, suffix, stills, still_forms, forms):
        self.folder, self.files, self.forms = folder, [], forms
        self.stills = {
            folder / f"{stem}_epoch{epoch}_boundary_pytorch{suffix}.{form}": epoch
            for epoch in stills
            for form in still_forms
        }
        self.films = {form: folder / f"{stem}{suffix}{FORMS[form].ending}" for form in forms}
        for path in self.stills:
            check_place(path)
        for form, path in self.films.items():
            check_place(path, FORMS[form].folder)
        self.faults = []
        if any(FORMS[form].encoder for form in forms):
            try:
                find_ffmpeg()
            except UserError as fault:
                self.faults.append(str(fault))

    def __enter__(self):
        self._staging = staging(self.folder)
        self.stage = self._staging.__enter__()
        return self

    def __exit__(self, *fault):
        return self._staging.__exit__(*fault)

    def save_stills(self, picture):
        """Save the stills of a Picture."""
        for path, epoch in self.stills.items():
            picture.write(self.stage / path.name, epoch)
            self.put(path)

    def save_films(self, film):
        """Save a Film in all forms for which there is an encoder."""
        for form, path in self.films.items():
            if not (self.faults and FORMS[form].encoder):
                forms.save(form, self.stage / path.name, film)
                check_place(path, FORMS[form].folder)  # once more: training takes its time
                self.put(path)

    def put(self, path):
        """Put a file that is whole from the folder in which files grow into its place."""
        self.files.append(replace(self.stage / path.name, path))
