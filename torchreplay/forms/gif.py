"""A film as GIF, in the exact colors of regions and points."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.image import imsave

from torchreplay.encoder import encode


def save(path, film):
    """Save a Film as GIF, played again and again or once. It has no place for a title."""
    table = path.with_suffix(".png")
    imsave(table, color_table(film.picture.palette, sample_frames(film)))
    last = ("-final_delay", round(100 * (film.hold + 1 / film.fps))) if film.hold else ()
    filters = ("-i", table, "-filter_complex", "[0:v][1:v]paletteuse=dither=none")
    encode(path, film, *filters, "-f", "gif", *last, "-loop", 0 if film.loop else -1)


def sample_frames(film):
    return []


def color_table(palette, frames=()):
    """The colors of a GIF, (16, 16, 4) uint8: those of the classes, and a few between them.

    Regions and points keep their colors exactly. Two grays between black and each ground, and one
    color between points and regions, are what smooth edges need; with more, films get too large.
    """
    black, white, *regions = map(np.array, ((0, 0, 0), (1, 1, 1), *map(to_rgb, palette.regions)))
    points = [np.array(to_rgb(color)) for color in palette.points]
    grays = [share * ground / 3 for ground in (white, *regions) for share in (1, 2)]
    edges = [(point + region) / 2 for point in points for region in regions]
    colors = np.array([black, white, *regions, *points, *grays, *edges])
    table = np.zeros((256, 4), np.uint8)  # the rest is transparent: what has not changed
    table[: len(colors)] = np.rint(255 * np.column_stack([colors, np.ones(len(colors))]))
    return table.reshape(16, 16, 4)
