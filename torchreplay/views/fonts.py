"""Fonts for the names on a picture: an installed one is added for what the usual font lacks."""

import contextlib
import functools
import unicodedata
import warnings

import matplotlib
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font

PLACEHOLDERS = "Last Resort"  # a font of boxes for all characters
MAX_CHARACTERS_NAMED = 5


@contextlib.contextmanager
def fonts_for(words):
    """Draw with fonts that have all characters of some words, and warn of those that none has."""
    families, missing = _added_for(frozenset("".join(words)), tuple(_usual()))
    if missing:
        shown = " ".join(sorted(missing)[:MAX_CHARACTERS_NAMED])
        warnings.warn(
            f"no installed font has {shown}: install one, such as Noto Sans CJK, or give other"
            " names",
            stacklevel=2,
        )
    added = {"font.family": [*matplotlib.rcParams["font.family"], *families]}
    with matplotlib.rc_context(added if families else {}):
        yield


def words_of(history):
    """The words of a History that stand on its pictures."""
    dataset = history.dataset
    return [*dataset.names, *dataset.class_names, dataset.source or "", history.label]


def _usual():
    """The files of the fonts that matplotlib's settings name."""
    return [findfont(FontProperties(family=[name])) for name in matplotlib.rcParams["font.family"]]


@functools.cache
def _added_for(characters, usual):
    """The families that have what the usual fonts lack, best first, and what none of them has."""
    missing = {c for c in characters if unicodedata.category(c)[0] not in "CZ"}
    missing = frozenset(missing.difference(*map(_characters, usual)))
    families = []
    while missing:
        found, name = max(_coverage(missing), default=(0, ""))
        if not found:
            break
        families.append(name)
        missing -= _characters(_file(name))
    return families, missing


def _coverage(characters):
    """Yield how many of some characters each installed family has, and its name."""
    for name in {font.name for font in fontManager.ttflist}:
        if not name.startswith(PLACEHOLDERS):
            yield len(characters & _characters(_file(name))), name


@functools.cache
def _file(name):
    """The file of a font of an installed family, upright if there is one."""
    family = [font for font in fontManager.ttflist if font.name == name]
    return min(family, key=lambda font: font.style != "normal").fname


@functools.cache
def _characters(path):
    """The characters that the font of a file has."""
    return frozenset(map(chr, FT2Font(path).get_charmap()))
