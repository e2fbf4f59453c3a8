"""The encoder: ffmpeg, fed through a pipe with the frames of a film."""

import contextlib
import itertools
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import imageio_ffmpeg
import numpy as np

from torchreplay.errors import UserError

PIPE_BYTES = 2**20  # room for half a frame, so that drawing need not wait for the encoder to read


def find_ffmpeg():
    """Find the ffmpeg bundled with imageio-ffmpeg, or the one IMAGEIO_FFMPEG_EXE names, and try it.

    Raises UserError if it is missing or does not run.
    """
    try:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        subprocess.run([ffmpeg, "-version"], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        cause = f"{ffmpeg} -version ends with exit code {error.returncode}"
    except (OSError, RuntimeError) as error:
        cause = error
    else:
        return ffmpeg
    raise UserError(
        f"no film without a working ffmpeg ({cause}): reinstall imageio-ffmpeg, or set"
        " IMAGEIO_FFMPEG_EXE to an ffmpeg"
    )


def encode(path, film, *arguments):
    """Have ffmpeg make a file of a film, a frame an epoch.

    arguments: of ffmpeg, behind those that make it read the frames.
    Raises UserError, with the encoder's own words, if it does not finish.
    """
    reading = read_frames(film.picture.size, film.fps)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *reading, *map(str, arguments), str(path)]
    with tempfile.TemporaryFile() as log:
        # A session of its own: Ctrl-C in the terminal reaches this program, and not the encoder.
        encoder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log,
            start_new_session=True, pipesize=PIPE_BYTES,
        )  # fmt: skip
        try:
            _feed(encoder.stdin, film)
            finished = encoder.wait() == 0 and path.exists()
        except BrokenPipeError:
            finished = False  # it has ended early, whatever its exit code
            encoder.wait()
        finally:
            encoder.kill()
            encoder.wait()
            with contextlib.suppress(BrokenPipeError):
                encoder.stdin.close()
        if not finished:
            log.seek(0)
            cause = log.readline().decode(errors="replace").strip() or "it did not say why"
            raise UserError(
                f"no film: {command[0]} ended with exit code {encoder.returncode} ({cause}): free"
                " the disk, or set IMAGEIO_FFMPEG_EXE to another ffmpeg"
            )


def read_frames(size, fps, source="pipe:0"):
    """The options with which ffmpeg reads RGBA frames from its standard input, or from a file."""
    width, height = size
    return [
        *("-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgba"),
        *("-video_size", f"{width}x{height}", "-framerate", str(fps), "-i", str(source)),
    ]


def _feed(pipe, film):
    """Write frames to a pipe, each while the next one is drawn; then close it."""
    width, height = film.picture.size
    buffers = itertools.cycle(np.empty((2, height, width, 4), np.uint8))
    writer = ThreadPoolExecutor(max_workers=1)
    try:
        written = writer.submit(pipe.flush)
        for frame in film.frames():
            buffer = next(buffers)
            np.copyto(buffer, frame)
            written.result()
            written = writer.submit(pipe.write, buffer)
        written.result()
        pipe.close()
    finally:
        writer.shutdown(wait=False)  # a write that hangs ends with the encoder
