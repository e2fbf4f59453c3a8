"""What a notebook shows of an object: HTML that lies over a still.

Not every place shows all of it. Where the notebook was not run, JupyterLab drops frames, GitHub
frames and videos: the still, which they covered, is seen. VS Code and exports to PDF show the
picture beside the HTML, which is the same still.
"""

import base64
import html
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from torchreplay.errors import UserError
from torchreplay.models.evaluating import default_torch
from torchreplay.pictures.picture import default_style
from torchreplay.system.terminal import MAX_LINE_LENGTH, printable

COVER = "position: relative; display: block; border: 0"  # the style of what lies over a still


@dataclass(frozen=True)
class Still:
    """A picture in a notebook.

    png: its bytes as base64.
    title: what it shows, in words.
    width, height: on the screen, in CSS pixels.
    """

    png: str
    title: str
    width: int
    height: int

    def under(self, cover):
        """The HTML of the picture, with an element of the style COVER over it.

        The picture floats, and its margin leaves it no width: what follows begins at its left.
        """
        return (
            '<div style="position: relative; overflow: hidden"><img style="float: left; max-width:'
            f' 100%; margin-right: -100%" width="{self.width}" alt="{html.escape(self.title)}"'
            f' src="data:image/png;base64,{self.png}">{cover}</div>'
        )


def still_of(pictures, epoch, density=1):
    """The Still of Pictures of one height, side by side, at an epoch.

    It has a palette of 256 colors, because a notebook keeps it twice.
    density: pixels for each pixel on the screen.
    """
    with default_style():
        pixels = np.hstack([picture.draw(epoch) for picture in pictures])
    title = ", ".join(picture.title_at(epoch) for picture in pictures)
    height, width, _ = pixels.shape
    file = io.BytesIO()
    image = Image.fromarray(pixels[..., :3]).quantize(dither=Image.Dither.NONE)
    image.save(file, "png", optimize=True)
    png = base64.b64encode(file.getvalue()).decode()
    return Still(png, title, round(width / density), round(height / density))


class Shown:
    """An object that shows itself in a notebook: what `_shown` returns, or why it cannot."""

    def _shown(self):
        """A Still, and the HTML of what lies over it, which may be empty."""
        raise NotImplementedError

    @default_torch()
    def _repr_mimebundle_(self, include=None, exclude=None):
        try:
            still, cover = self._shown()
        except UserError as fault:
            reason = html.escape(printable(str(fault), MAX_LINE_LENGTH))
            return {"text/html": f"<p>{reason}</p>"}, {}
        size = {"width": still.width, "height": still.height}
        return {"text/html": still.under(cover), "image/png": still.png}, {"image/png": size}

    def _repr_html_(self):
        return self._repr_mimebundle_()[0]["text/html"]
