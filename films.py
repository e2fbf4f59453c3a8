"""The forms of film beside MP4: GIF, and a folder of numbered PNG.

Each is saved by a function that takes what `common.save_film` takes, and fails as it does.
"""

from functools import partial

from common import encode, raw_frames, save_film

PALETTE_FRAMES = 20  # of which a palette is made, spread over the film


def save_gif(path, picture, epochs, fps, title, ffmpeg, hold=0.0, loop=True):
    """Save pictures as a GIF with a palette of its own, played again and again or once.

    A GIF has no place for a title.
    """
    start = raw_frames(ffmpeg, *picture.canvas.get_width_height(), fps)
    palette = path.with_suffix(".png")
    some = epochs[:: max(1, len(epochs) // PALETTE_FRAMES)]
    encode([*start, "-vf", "palettegen", str(palette)], palette, picture, some)
    graph = "[0:v][1:v]paletteuse=dither=none:diff_mode=rectangle"
    command = [*start, "-i", str(palette), "-filter_complex", graph, "-f", "gif"]
    if hold:
        command += ["-final_delay", str(round(100 * (hold + 1 / fps)))]
    encode([*command, "-loop", "0" if loop else "-1", str(path)], path, picture, epochs)


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
