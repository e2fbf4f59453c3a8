"""A film: which epochs of a picture are shown, and how fast."""

from dataclasses import dataclass

from tqdm import tqdm

from torchreplay.pictures.picture import Picture
from torchreplay.settings import FPS, HOLD


@dataclass(frozen=True)
class Film:
    """The pictures of some epochs, one after another.

    picture: the Picture that draws them.
    epochs: a frame each, by their numbers in the record.
    fps: frames a second.
    hold: seconds that the last frame stays.
    loop: whether a form that can repeat itself does.
    """

    picture: Picture
    epochs: list
    fps: float = FPS.default
    hold: float = HOLD.default
    loop: bool = True

    def frames(self):
        """Draw frame after frame: (height, width, 4) uint8 arrays, each valid until the next."""
        for epoch in tqdm(self.epochs, desc="film", unit="frame", disable=None):
            yield self.picture.draw(epoch)
