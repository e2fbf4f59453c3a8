"""Titles with numbers that follow the epoch, and text that fits its place."""

import contextlib

import numpy as np
from matplotlib import rcParams

from torchreplay.views.artists import split_off_end

CHARACTER_WIDTH = 0.62  # in units of the font size
MAX_NAME_CHARACTERS = 20
MAX_EPOCHS_COMPARED = 1000


class Title:
    """A line of text that alternates between fixed words and numbers of the epoch.

    Each number is a separate Text, and the words are drawn once, because glyphs are slow to draw.

    text: an empty matplotlib Text, horizontally centered.
    parts: pairs of fixed words and a function from an epoch to the text after them.
    last: the last epoch; there is room for the longest text of each part up to it.
    inches: how wide it may get; its font shrinks to fit.

    artists: the Texts that change.
    titles: a list of itself, as ReplayViews have the titles of their views.
    """

    def __init__(self, text, parts, last, inches):
        some = np.linspace(0, last, min(last + 1, MAX_EPOCHS_COMPARED)).astype(int)
        words = [
            word
            for fixed, reading in parts
            for word in (fixed, max((reading(epoch) for epoch in some[::-1]), key=len))
        ]
        text.set(text="".join(words), parse_math=False)
        shrink_to_fit(text, inches)
        self.readings = [reading for _, reading in parts]
        self._center, _ = text.get_position()
        self._texts = split_text(text, words)
        self.artists, self.titles = self._texts[1::2], [self]

    def draw(self, epoch):
        """Show the numbers of an epoch."""
        for artist, reading in zip(self.artists, self.readings, strict=True):
            artist.set_text(reading(epoch))

    def join(self):
        """Put the whole line into a single Text, which stays centered wherever axes move."""
        first, *others = self._texts
        line = "".join(text.get_text() for text in self._texts)
        for text in others:
            text.set_visible(False)
        first.set(text=line, x=self._center, horizontalalignment="center")

    @contextlib.contextmanager
    def joined(self):
        """Put the whole line into a single Text for a while, for vector graphics."""
        first, *others = self._texts
        before = {
            "text": first.get_text(), "x": first.get_position()[0], "horizontalalignment": "left"
        }  # fmt: skip
        self.join()
        try:
            yield
        finally:
            first.set(**before)
            for text in others:
                text.set_visible(True)


def split_text(text, words):
    """Split a Text into a Text for each of some successive words."""
    texts = [text]
    for k in range(1, len(words)):
        texts.append(split_off_end(texts[-1], words[k - 1], "".join(words[k:])))
    return texts


def shrink_to_fit(text, inches):
    """Shrink the font of a Text until its line is no longer than some inches."""
    box = text.get_window_extent()
    width = (box.height if text.get_rotation() == 90 else box.width) / text.figure.dpi
    if width > inches:
        text.set_fontsize(text.get_fontsize() * inches / width)


def font_scale():
    """The present size of fonts, in units of matplotlib's default."""
    return rcParams["font.size"] / 10


def minus(text):
    """The text of a number with a typographic minus sign."""
    return text.replace("-", "−", 1)


def shorten(name, longest=MAX_NAME_CHARACTERS):
    """A name of at most `longest` characters; a longer one is cut and ends in an ellipsis."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def class_names(dataset):
    """The names of the classes of a Dataset, shortened to fit a picture."""
    return tuple(map(shorten, dataset.class_names))


def output_names(dataset):
    """The names of the output units of a network: those of three or more classes, or out."""
    return class_names(dataset) if len(dataset.classes) > 2 else ("out",)


def unit_names(layers, units):
    """The names of hidden units, h1 for the first one of a layer, after that of their layer.

    layers: the names of the layers; units: the numbers of their units, a list for each.
    """
    return [
        f"{shorten(layer)} h{unit + 1}" if len(layers) > 1 else f"h{unit + 1}"
        for layer, numbers in zip(layers, units, strict=True)
        for unit in numbers
    ]
