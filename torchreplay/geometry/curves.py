"""Curves of the input plane, mapped so finely that their images look smooth."""

import numpy as np

MAX_DISTANCE = 0.2  # pixels
MAX_DRIFT = 0.25  # pixels per interval
MAX_HALVINGS = 12
INTERVALS_PER_PIECE = (8, 4, 2)


def map_lines(image, lines, pixel):
    """Map lines of the input plane, with as few points as their images need to look smooth.

    image: a function from points to their images, arrays (n, 2) both.
    lines: (lines, points, 2); the number of intervals is a multiple of 8.
    pixel: the size of a pixel along each axis of the image.

    Returns the images, arrays (m, 2) each.
    """
    y = image(lines.reshape(-1, 2)).reshape(lines.shape)
    pixels = _in_pixels(y, pixel)
    keep = np.zeros(pixels.shape, bool)
    keep[:, :: INTERVALS_PER_PIECE[0]] = True
    bends = np.ones((len(lines), 1), bool)
    for stride in INTERVALS_PER_PIECE:
        start, end = pixels[:, :-1:stride], pixels[:, stride::stride]
        between = ((pixels[:, k:-1:stride], k / stride) for k in range(1, stride))
        stray = np.any([_strays(inner, start, end, share, stride) for inner, share in between], 0)
        bends = np.repeat(bends, stray.shape[1] // bends.shape[1], axis=1) & stray
        keep[:, stride // 2 :: stride] |= bends
    line, place = np.nonzero(keep)
    return _halve(image, lines[keep], y[keep], line, np.diff(place) == 1, pixel)


def map_curves(image, curves, pixel):
    """Map curves of the input plane, a list of arrays (n, 2), with more points where they bend.

    See `map_lines`.
    """
    if not curves:
        return []
    x = np.concatenate(curves).astype(np.float32)
    curve = np.repeat(np.arange(len(curves)), [len(points) for points in curves])
    return _halve(image, x, image(x), curve, np.ones(len(x) - 1, bool), pixel)


def _halve(image, x, y, curve, to_check, pixel):
    """Halve intervals until the images of their middles lie near the straight lines drawn.

    x, y: the points of all curves and their images, (n, 2) both.
    curve: the number of the curve to which a point belongs, (n,).
    to_check: which intervals between points are evaluated, (n - 1,).
    """
    for _ in range(MAX_HALVINGS):
        start = np.nonzero(to_check & (curve[1:] == curve[:-1]))[0]
        if not len(start):
            break
        middle = (x[start] + x[start + 1]) / 2
        y_middle = image(middle)
        places = (y_middle, y[start], y[start + 1])
        bends = _strays(*(_in_pixels(place, pixel) for place in places), share=1 / 2, intervals=2)
        places = start[bends] + 1
        if not len(places):
            break
        x = np.insert(x, places, middle[bends], axis=0)
        y = np.insert(y, places, y_middle[bends], axis=0)
        curve = np.insert(curve, places, curve[start[bends]])
        new = places + np.arange(len(places))
        to_check = np.zeros(len(x) - 1, bool)
        for neighbor in (-2, -1, 0, 1):
            to_check[(new + neighbor).clip(0, len(to_check) - 1)] = True
    return np.split(y, np.nonzero(np.diff(curve))[0] + 1)


def _in_pixels(y, pixel):
    """Points y, (..., 2), in pixels: complex numbers, which are faster than pairs."""
    return (y / pixel).view(complex)[..., 0]


def _strays(points, start, end, share, intervals):
    """Whether points are too far from straight lines between pairs of points, all complex.

    share: of the way from start to end, where a point lies if the image moves at a steady pace. A
        point far from there strays, too: a bend may be hidden on one side of it.
    intervals: the number of intervals between start and end.
    """
    way = end - start
    square = way.real**2 + way.imag**2
    off = points - start - share * way
    along = (off * way.conj()).real / np.where(square > 0, square, 1)
    nearest = (share + along).clip(0, 1) - share
    return (np.abs(off - nearest * way) > MAX_DISTANCE) | (np.abs(off) > MAX_DRIFT * intervals)
