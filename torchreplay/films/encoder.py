"""The encoder: ffmpeg, fed through a pipe with the frames of a film."""

import itertools
import signal
import sys

import imageio_ffmpeg
import numpy as np

from torchreplay.errors import UserError
from torchreplay.system.child import running
from torchreplay.system.faults import ERRORS_WITHOUT_FILE, REMEDIES, error_number, named_error

PIPE_BYTES = 2**20  # half a frame, so that drawing does not wait until the encoder reads
REINSTALL = "reinstall imageio-ffmpeg, or set IMAGEIO_FFMPEG_EXE to an ffmpeg"
OTHER_FFMPEG = "set IMAGEIO_FFMPEG_EXE to another ffmpeg"


def find_ffmpeg():
    """Find the ffmpeg bundled with imageio-ffmpeg, or the one IMAGEIO_FFMPEG_EXE names, and try it.

    Raises UserError if it is missing or does not run.
    """
    try:
        ffmpeg = _ffmpeg_path()
        with running([ffmpeg, "-version"]) as child:
            code = child.finish()
            if code == 0:
                return ffmpeg
            words = child.first_line()
    except (OSError, RuntimeError, MemoryError) as fault:
        cause, number = fault, error_number(fault)
    else:
        cause, number = f"{ffmpeg} -version {ending(code)}", named_error(words)
        cause += f": {words}" * bool(words)
    remedy = REMEDIES[number] if number in ERRORS_WITHOUT_FILE else REINSTALL
    raise UserError(f"no film without a working ffmpeg ({cause}): ", remedy)


def _ffmpeg_path():
    """The path of ffmpeg. Raises OSError or RuntimeError if none is found, or no program starts."""
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        with running([sys.executable, "-V"]):  # imageio-ffmpeg hides that no program starts
            raise


def encode(path, film, *arguments):
    """Make a file of a film with ffmpeg, one frame for each epoch.

    arguments: of ffmpeg, after those with which it reads the frames.
    Raises UserError, with the encoder's own words, if it does not finish.
    """
    reading = read_frames(film.picture.size, film.fps)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *reading, *map(str, arguments), str(path)]
    with running(command, PIPE_BYTES) as encoder:
        try:
            _feed(encoder, film)
            code = encoder.finish()
            finished = code == 0
        except BrokenPipeError:
            code = encoder.give_up()
            finished = False  # it has ended early, whatever its exit code
    if not finished:
        words = encoder.first_line()
        remedy = REMEDIES.get(named_error(words), OTHER_FFMPEG)
        raise UserError(
            f"no film: {command[0]} {ending(code)} ({words or 'it said nothing'}): ", remedy
        )


def ending(code):
    """How a program with an exit code ended, in words. The code None says that it still runs."""
    if code is None:
        return "takes no more frames"
    return (
        f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ends with exit code {code}"
    )


def check_film(path, read, *expected):
    """Raise UserError if the file that an encoder has left is not the film expected.

    read: a function from the path of a film to its number of frames and their size.
    expected: that number and that size.
    """
    try:
        found = read(path) if path.is_file() and not path.is_symlink() else None
    except Exception:  # reading another kind of file may raise anything
        found = None
    if found != expected:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        left = "no film" if found is None else f"a film of {in_words(*found)}"
        raise UserError(
            f"no film: {ffmpeg} left {left} where {in_words(*expected)} were to be: {OTHER_FFMPEG}"
        )


def in_words(frames, size):
    """Frames and their size in words."""
    return f"{frames:,} frames of {size[0]:,} × {size[1]:,}"


def read_frames(size, fps, source="pipe:0"):
    """The options with which ffmpeg reads RGBA frames from its standard input, or from a file."""
    width, height = size
    return [
        *("-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgba"),
        *("-video_size", f"{width}x{height}", "-framerate", str(fps), "-i", str(source)),
    ]


def _feed(encoder, film):
    """Write frames to an encoder, and draw the next frame while one is written."""
    width, height = film.picture.size
    buffers = itertools.cycle(np.empty((2, height, width, 4), np.uint8))
    written = None
    for frame in film.frames():
        buffer = next(buffers)
        np.copyto(buffer, frame)
        if written:
            encoder.wait_for(written)
        written = encoder.write(buffer)
    encoder.wait_for(written)
