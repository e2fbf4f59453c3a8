"""Titles with numbers that follow the epoch, and text that fits its place."""

import contextlib

import numpy as np

from torchreplay.views.artists import part_text

LONGEST = 20  # characters of a name; longer ones are cut
MOST_EPOCHS = 1000  # whose texts are compared


class Title:
    """A line of text in which fixed words and numbers of the epoch alternate.

    Glyphs are slow to draw. So each number is a Text of its own, and the words are drawn once.

    text: an empty matplotlib Text, horizontally centered.
    parts: pairs of fixed words and a function from an epoch to the text that follows them.
    last: the last epoch; place is made for the longest text of each part.
    inches: how wide it may get; its font shrinks to fit.

    artists: the Texts that change.
    titles: a list of itself, as RunViews have those of their views.
    """

    def __init__(self, text, parts, last, inches):
        some = np.linspace(0, last, min(last + 1, MOST_EPOCHS)).astype(int)
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
        """Put the whole line into a single Text, which stays in the middle wherever axes move."""
        first, *others = self._texts
        line = "".join(text.get_text() for text in self._texts)
        for text in others:
            text.set_visible(False)
        first.set(text=line, x=self._center, horizontalalignment="center")

    @contextlib.contextmanager
    def joined(self):
        """Have the whole line in a single Text, as vector graphics are to have it."""
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
    """Split a Text into one for each of some words that follow one another."""
    texts = [text]
    for k in range(1, len(words)):
        texts.append(part_text(texts[-1], words[k - 1], "".join(words[k:])))
    return texts


def shrink_to_fit(text, inches):
    """Shrink the font of a Text until it is no wider than some inches."""
    width = text.get_window_extent().width / text.figure.dpi
    if width > inches:
        text.set_fontsize(text.get_fontsize() * inches / width)


def shorten(name, longest=LONGEST):
    """A name of at most some characters; a longer one ends in an ellipsis."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def class_names(dataset):
    """The names of the two classes of a Dataset, no longer than a picture has place for."""
    return tuple(map(shorten, dataset.class_names))
