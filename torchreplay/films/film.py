"""A film: which epochs of a picture are shown, and how fast."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from torchreplay.errors import UserError
from torchreplay.films import forms
from torchreplay.films.forms import FORMS
from torchreplay.pictures.notebook import COVER, Shown, still_of
from torchreplay.pictures.picture import Picture, default_style
from torchreplay.pictures.stills import STILL_FORMS
from torchreplay.settings import FPS, HOLD, SIZE
from torchreplay.system.paths import given_file, given_path
from torchreplay.system.progress import progress
from torchreplay.system.staging import save_whole


@dataclass(frozen=True)
class Film(Shown):
    """The pictures of some epochs, one after another, to be saved or shown in a notebook.

    Parameters
    ----------
    picture : Picture
        What draws them.
    epochs : sequence of int
        Their numbers in the record; each is a frame.
    fps : float
        Frames a second.
    hold : float
        Seconds that the last frame stays.
    loop : bool
        Whether a form that can repeat itself repeats.

    Raises
    ------
    UserError
        If fps or hold is out of range; it is a ValueError.

    Examples
    --------
    >>> film = replay.input_space().animate(epochs=[1, 2, 3], size=240)
    >>> [frame.shape for frame in film.frames()]
    [(240, 240, 4), (240, 240, 4), (240, 240, 4)]
    >>> film.save("film.gif")
    """

    picture: Picture
    epochs: Sequence[int]
    fps: float = FPS.default
    hold: float = HOLD.default
    loop: bool = True

    def __post_init__(self) -> None:
        FPS.check("fps", self.fps)
        HOLD.check("hold", self.hold)

    def __repr__(self) -> str:
        width, height = self.picture.size
        return f"Film of {len(self.epochs)} frames, {width} × {height}, {self.fps:g} per second"

    def frames(self) -> Iterator[np.ndarray]:
        """Draw frame after frame: (height, width, 4) uint8 arrays, each valid until the next."""
        for epoch in progress(self.epochs, desc="film", unit="frame"):
            yield self.picture.draw(epoch)

    def save(self, path: str | PathLike[str]) -> None:
        """Save the film as MP4 or GIF, or, without an ending, as a folder of PNG.

        An older file is replaced when the new one is complete. Raises ValueError for other endings.
        """
        endings = {form.ending: name for name, form in FORMS.items() if not form.folder}
        suffix = Path(path).suffix.lower()
        name = endings.get(suffix, "png" if suffix == "" else None)
        if name is None:
            is_still = suffix.removeprefix(".") in STILL_FORMS
            remedy = ", or none" + "; for a still use picture().save(path, epoch)" * is_still
            raise UserError(f"{path}: give it one of the endings {', '.join(endings)}{remedy}")
        if self.fps > FORMS[name].most_fps:
            raise UserError(f"{name} has at most {FORMS[name].most_fps} frames a second: lower fps")
        path = given_path(path) if FORMS[name].folder else given_file(path)
        with default_style():
            save_whole(path, lambda made: forms.save(name, made, self), FORMS[name].folder)

    def _shown(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            self.save(path)
            video = base64.b64encode(path.read_bytes()).decode()
        width = self.picture.size[0]
        still = still_of([self.picture], self.epochs[-1], max(1, width / SIZE.default))
        source = f'src="data:video/mp4;base64,{video}"'
        size = f'width="{still.width}" style="{COVER}; max-width: 100%"'
        return still, f"<video controls loop {size} {source}></video>"
