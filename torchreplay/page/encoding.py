"""Arrays as text, and text as a page can hold it."""

import base64
import re

import numpy as np

from torchreplay.system.terminal import escaped

UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def encode(values, kind="<f4"):
    """An array as base64 of its little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()


def fit(value):
    """The same text, with what neither UTF-8 nor HTML nor XML can hold escaped.

    In a list or dictionary of what JSON has, all texts are made so.
    """
    if isinstance(value, str):
        return UNFIT.sub(lambda found: escaped(found[0]), value)
    if isinstance(value, dict):
        return {fit(name): fit(held) for name, held in value.items()}
    return [*map(fit, value)] if isinstance(value, list | tuple) else value
