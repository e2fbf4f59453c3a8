"""Arrays as text."""

import base64

import numpy as np


def encode(values, kind="<f4"):
    """An array as base64 of its little-endian bytes."""
    return base64.b64encode(np.ascontiguousarray(values, kind).tobytes()).decode()
