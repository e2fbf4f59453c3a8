"""The forms of film beside MP4: GIF, and a folder of numbered PNG.

Each is saved by a function that takes what `common.save_film` takes, and fails as it does.
"""

from functools import partial

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.image import imsave

from common import encode, raw_frames, save_film


def gif_colors(palette, others=()):
    """The colors of a GIF, (16, 16, 4) uint8: those of the pictures, and a few between them.

    Regions and points keep their colors exactly. Two grays between black and each ground, and one
    color between points and regions, are what smooth edges need; with more, films get too large.
    """
    black, white, *regions = map(np.array, ((0, 0, 0), (1, 1, 1), *map(to_rgb, palette.regions)))
    points = [np.array(to_rgb(color)) for color in palette.points]
    grays = [share * ground / 3 for ground in (white, *regions) for share in (1, 2)]
    edges = [(point + region) / 2 for point in points for region in regions]
    more = [np.array(to_rgb(color)) for color in others]
    colors = np.array([black, white, *regions, *points, *grays, *edges, *more])
    table = np.zeros((256, 4), np.uint8)  # the rest is transparent: what has not changed
    table[: len(colors)] = np.rint(255 * np.column_stack([colors, np.ones(len(colors))]))
    return table.reshape(16, 16, 4)


def save_gif(path, picture, epochs, fps, title, ffmpeg, hold=0.0, loop=True):
    """Save pictures as a GIF, played again and again or once. It has no place for a title."""
    palette = path.with_suffix(".png")
    imsave(palette, gif_colors(picture.palette, picture.colors))
    last = ("-final_delay", str(round(100 * (hold + 1 / fps)))) if hold else ()
    command = [
        *raw_frames(ffmpeg, *picture.canvas.get_width_height(), fps),
        *("-i", str(palette), "-filter_complex", "[0:v][1:v]paletteuse=dither=none"),
        *("-f", "gif", *last, "-loop", "0" if loop else "-1", str(path)),
    ]
    encode(command, path, picture, epochs)


def save_frames(path, picture, epochs, fps, title, ffmpeg, hold=0.0):
    """Save pictures as PNG in a folder, numbered from 0001 on."""
    path.mkdir()
    digits = max(4, len(str(len(epochs))))
    numbered = f"{str(path).replace('%', '%%')}/%0{digits}d.png"
    start = raw_frames(ffmpeg, *picture.canvas.get_width_height(), fps)
    encode([*start, "-f", "image2", "-pix_fmt", "rgb24", numbered], path, picture, epochs)


def forms(loop):
    """For each form of film the function that saves it, and what its name ends in."""
    gif = partial(save_gif, loop=loop)
    return {"mp4": (save_film, ".mp4"), "gif": (gif, ".gif"), "png": (save_frames, "_frames")}
