"""A film: which epochs of a picture are shown, and how fast."""

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from torchreplay.errors import UserError
from torchreplay.films import forms
from torchreplay.films.forms import FORMS
from torchreplay.pictures.picture import Picture, default_style
from torchreplay.settings import FPS, HOLD, SIZE
from torchreplay.system.staging import save_whole


@dataclass(frozen=True)
class Film:
    """The pictures of some epochs, one after another, to be saved or shown in a notebook.

    picture: the Picture that draws them.
    epochs: a frame each, by their numbers in the record.
    fps: frames a second.
    hold: seconds that the last frame stays.
    loop: whether a form that can repeat itself does.
    Raises ValueError for a pace that no film has.
    """

    picture: Picture
    epochs: list
    fps: float = FPS.default
    hold: float = HOLD.default
    loop: bool = True

    def __post_init__(self):
        FPS.check("fps", self.fps)
        HOLD.check("hold", self.hold)

    def frames(self):
        """Draw frame after frame: (height, width, 4) uint8 arrays, each valid until the next."""
        for epoch in tqdm(self.epochs, desc="film", unit="frame", disable=None):
            yield self.picture.draw(epoch)

    def save(self, path):
        """Save the film as MP4 or GIF, or, without an ending, as a folder of PNG.

        An older file is replaced when the new one is whole. Raises ValueError for another ending.
        """
        path = Path(path)
        endings = {form.ending: name for name, form in FORMS.items() if not form.folder}
        name = endings.get(path.suffix.lower(), "png" if path.suffix == "" else None)
        if name is None:
            raise UserError(f"{path}: give it one of the endings {', '.join(endings)}, or none")
        if self.fps > FORMS[name].most_fps:
            raise UserError(f"{name} has at most {FORMS[name].most_fps} frames a second: lower fps")
        with default_style():
            save_whole(path, lambda made: forms.save(name, made, self), FORMS[name].folder)

    def _repr_html_(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            self.save(path)
            video = base64.b64encode(path.read_bytes()).decode()
        width = min(SIZE.default, self.picture.size[0])
        return f'<video controls loop width="{width}" src="data:video/mp4;base64,{video}"></video>'
