"""The film of a space as a notebook shows it, or as a file."""

import base64
import tempfile
from pathlib import Path

from torchreplay.errors import UserError
from torchreplay.films import forms
from torchreplay.films.forms import FORMS
from torchreplay.pictures.picture import default_style
from torchreplay.settings import SIZE
from torchreplay.system.staging import save_whole


class Animation:
    """The film of a space, to be saved or shown in a notebook.

    film: the Film.
    """

    def __init__(self, film):
        self.film = film

    def save(self, path):
        """Save the film as MP4, GIF or page (HTML), or, without an ending, as a folder of PNG.

        An older file is replaced when the new one is whole. Raises ValueError for another ending.
        """
        path, film = Path(path), self.film
        endings = {form.ending: name for name, form in FORMS.items() if not form.folder}
        name = endings.get(path.suffix.lower(), "png" if path.suffix == "" else None)
        if name is None:
            raise UserError(f"{path}: give it one of the endings {', '.join(endings)}, or none")
        if film.fps > FORMS[name].most_fps:
            raise UserError(f"{name} has at most {FORMS[name].most_fps} frames a second: lower fps")
        with default_style():
            save_whole(path, lambda made: forms.save(name, made, film), FORMS[name].folder)

    def _repr_html_(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            with default_style():
                forms.save("mp4", path, self.film)
            video = base64.b64encode(path.read_bytes()).decode()
        width = min(SIZE.default, self.film.picture.size[0])
        return f'<video controls loop width="{width}" src="data:video/mp4;base64,{video}"></video>'
