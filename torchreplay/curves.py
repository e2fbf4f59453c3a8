"""Curves of the input plane, mapped so finely that their images look smooth."""

import numpy as np

TOLERANCE = 0.2  # pixels between the image of a curve and the straight lines drawn for it
ROUNDS = 12  # of halving at the most
STRIDES = (8, 4, 2)  # intervals of a line that are tried as one straight piece


def map_lines(image, lines, pixel):
    """Map lines of the input plane, with as few points as their images need to look smooth.

    image: a function of points, arrays (n, 2) both.
    lines: (lines, points, 2); the number of intervals is a multiple of 8.
    pixel: how much of either axis of the image is a pixel.

    Returns the images, arrays (m, 2) each.
    """
    y = image(lines.reshape(-1, 2)).reshape(lines.shape)
    keep = np.zeros(lines.shape[:2], bool)
    keep[:, :: STRIDES[0]] = True
    bends = np.ones((len(lines), 1), bool)
    for stride in STRIDES:
        start, end = y[:, :-1:stride] / pixel, y[:, stride::stride] / pixel
        between = (y[:, k:-1:stride] / pixel for k in range(1, stride))
        farthest = np.max([_distance(points, start, end) for points in between], axis=0)
        bends = np.repeat(bends, farthest.shape[1] // bends.shape[1], axis=1)
        bends &= farthest > TOLERANCE
        keep[:, stride // 2 :: stride] |= bends
    line, place = np.nonzero(keep)
    return _halve(image, lines[keep], y[keep], line, np.diff(place) == 1, pixel)


def map_curves(image, curves, pixel):
    """Map curves of the input plane, a list of arrays (n, 2), with more points where they bend.

    See `map_lines`.
    """
    x = np.concatenate(curves).astype(np.float32)
    curve = np.repeat(np.arange(len(curves)), [len(part) for part in curves])
    return _halve(image, x, image(x), curve, np.ones(len(x) - 1, bool), pixel)


def _halve(image, x, y, curve, asked, pixel):
    """Halve intervals until the images of their middles lie on the lines drawn.

    x, y: the points of all curves and their images, (n, 2) both.
    curve: the number of the curve to which a point belongs, (n,).
    asked: which intervals between points are to be looked at, (n - 1,).
    """
    for _ in range(ROUNDS):
        start = np.nonzero(asked & (curve[1:] == curve[:-1]))[0]
        middle = (x[start] + x[start + 1]) / 2
        y_middle = image(middle)
        distance = _distance(y_middle / pixel, y[start] / pixel, y[start + 1] / pixel)
        bends = distance > TOLERANCE
        places = start[bends] + 1
        if not len(places):
            break
        x = np.insert(x, places, middle[bends], axis=0)
        y = np.insert(y, places, y_middle[bends], axis=0)
        curve = np.insert(curve, places, curve[start[bends]])
        new = places + np.arange(len(places))
        asked = np.zeros(len(x) - 1, bool)
        for neighbor in (-2, -1, 0, 1):
            asked[(new + neighbor).clip(0, len(asked) - 1)] = True
    return np.split(y, np.nonzero(np.diff(curve))[0] + 1)


def _distance(points, start, end):
    """The distance of points from straight lines between pairs of points, all (..., 2)."""
    way = end - start
    square = (way**2).sum(axis=-1)
    share = ((points - start) * way).sum(axis=-1) / np.where(square > 0, square, 1)
    nearest = start + share.clip(0, 1)[..., None] * way
    return np.hypot(*np.moveaxis(points - nearest, -1, 0))
