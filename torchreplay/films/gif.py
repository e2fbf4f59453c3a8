"""A film as GIF, in the exact colors of regions and points."""

import os

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.image import imsave
from PIL.GifImagePlugin import GifImageFile

from torchreplay.films.encoder import check_film, encode

MAX_COLORS = 255  # one more is transparent, for unchanged pixels
MAX_KNOWN_COLORS = 192  # of a palette; the rest are those of views
FRAMES_SAMPLED = 5
MIN_AREA_FRACTION = 5e-4
COLOR_TOLERANCE = 8  # of 255


def save(path, film):
    """Save a Film as GIF, which repeats itself or plays once. A GIF cannot hold a title."""
    picture, count = film.picture, len(film.epochs)
    sampled = {film.epochs[k] for k in np.linspace(0, count - 1, FRAMES_SAMPLED).astype(int)}
    frames = (picture.draw(epoch)[..., :3] for epoch in sorted(sampled))
    table = path.with_suffix(".png")
    imsave(table, color_table(palette_colors(picture.palette), flat_colors(frames)))
    last = ("-final_delay", round(100 * (film.hold + 1 / film.fps))) if film.hold else ()
    filters = ("-i", table, "-filter_complex", "[0:v][1:v]paletteuse=dither=none")
    encode(path, film, *filters, "-f", "gif", *last, "-loop", 0 if film.loop else -1)
    check_film(path, read_film, len(film.epochs), picture.size)


def read_film(path):
    """How many frames a GIF has, and their width and height.

    Raises SyntaxError, ValueError or OSError if it is not a complete GIF.
    """
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read() != b";":
            raise ValueError("the GIF is cut off")
    with GifImageFile(path) as image:  # Image.open would warn of large ones
        return image.n_frames, image.size


def palette_colors(palette):
    """The colors of a space, (colors, 3) uint8: those of the classes, and a few between them.

    Regions and points keep their colors exactly. Smooth edges need two grays between black and each
    ground, and one color between points and regions. With more colors, films get too large.
    """
    black, white, *regions = map(np.array, ((0, 0, 0), (1, 1, 1), *map(to_rgb, palette.regions)))
    points = [np.array(to_rgb(color)) for color in palette.points]
    grays = [share * ground / 3 for ground in (white, *regions) for share in (1, 2)]
    edges = [(point + region) / 2 for point in points for region in regions]
    colors = [black, white, *regions, *points, *grays, *edges][:MAX_KNOWN_COLORS]
    return np.rint(255 * np.array(colors)).astype(np.uint8)


def flat_colors(frames):
    """The colors of areas, not of edges, in some frames, (height, width, 3) uint8 each.

    A pixel belongs to an area if its neighbors to the right, below and between have its color.
    Returns the colors that cover more than MIN_AREA_FRACTION of a frame, (colors, 3) uint8.
    """
    found = []
    for frame in frames:
        red, green, blue = np.moveaxis(frame.astype(np.int32), -1, 0)
        codes = red << 16 | green << 8 | blue
        corner = codes[:-1, :-1]
        neighbors = (codes[1:, :-1], codes[:-1, 1:], codes[1:, 1:])
        flat = np.logical_and.reduce([corner == other for other in neighbors])
        colors, counts = np.unique(corner[flat], return_counts=True)
        found.append(colors[counts > MIN_AREA_FRACTION * codes.size])
    codes = np.unique(np.concatenate(found))
    return np.column_stack([codes >> 16, codes >> 8 & 255, codes & 255]).astype(np.uint8)


def color_table(colors, others):
    """The table of a GIF, (16, 16, 4) uint8: some colors, and others that differ from them."""
    known = colors.astype(int)
    for color in others.astype(int):
        if len(known) < MAX_COLORS and np.abs(known - color).max(axis=1).min() > COLOR_TOLERANCE:
            known = np.vstack([known, color])
    table = np.zeros((256, 4), np.uint8)
    table[: len(known)] = np.column_stack([known, np.full(len(known), 255)])
    return table.reshape(16, 16, 4)
