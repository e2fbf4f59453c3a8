"""A film as MP4: H.264 that any player plays, in the colors of the still."""

import struct

from torchreplay.films.encoder import check_film, encode

X264 = "psy=0:deblock=-3,-3:rc-lookahead=10"
TICKS_PER_SECOND = 90_000


def save(path, film):
    """Save a Film as MP4."""
    x264 = ("-bf", "0") if film.hold else ()  # the last frame comes last in the file, too
    encode(path, film, *settings(film.picture.title, hold_filters(film), x264))
    width, height = film.picture.size
    frames = len(film.epochs) + bool(film.hold)
    check_film(path, read_film, frames, (width + width % 2, height + height % 2))


def hold_filters(film):
    """The filters that hold the last frame: they repeat it once, at the end of the hold."""
    if not film.hold:
        return []
    last = len(film.epochs)
    seconds = (last - 1) / film.fps + film.hold
    return [
        "tpad=stop_mode=clone:stop=1",
        f"settb=1/{TICKS_PER_SECOND}",
        f"setpts='if(eq(N,{last}),{round(seconds * TICKS_PER_SECOND)},PTS)'",
    ]


def settings(title, filters=(), more=()):
    """The options of ffmpeg for H.264 in MP4.

    filters: those before the filters that players need.
    more: options of the encoder.

    Matrix and tags are BT.709, so that players show the colors of the still. 4:2:0 needs even
    sizes: a picture of odd size gets a white column at the right and a white row at the bottom.
    The psychovisual options of x264 are off, and its smoothing is low. They are made for camera
    images, and would leave ghosts beside thin lines.
    """
    filters = [
        *filters,
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
        "scale=out_color_matrix=bt709:out_range=tv",
        "format=yuv420p",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    ]
    return [
        *("-vf", ",".join(filters), "-enc_time_base", f"1:{TICKS_PER_SECOND}"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-x264-params", X264, *more),
        *("-movflags", "+faststart", "-metadata", f"title={title}", "-f", "mp4"),
    ]


def read_film(path):
    """How many frames an MP4 has, and their width and height, from its index.

    Raises KeyError, ValueError or struct.error if it is not a complete MP4 with frames.
    """
    with path.open("rb") as file:
        top = boxes(file, 0, path.stat().st_size)
        top[b"mdat"]  # the frames themselves
        track = boxes(file, *boxes(file, *top[b"moov"])[b"trak"])
        file.seek(track[b"tkhd"][1] - 8)
        width, height = struct.unpack(">II", file.read(8))
        place = track[b"mdia"]
        for kind in (b"minf", b"stbl", b"stsz"):
            place = boxes(file, *place)[kind]
        file.seek(place[0] + 8)
        (frames,) = struct.unpack(">I", file.read(4))
    return frames, (width >> 16, height >> 16)


def boxes(file, start, end):
    """The boxes of an MP4 between two offsets: the start and end of the content of each kind."""
    found = {}
    while start < end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        content = start + 8
        if size == 1:  # it does not fit in four bytes
            (size,) = struct.unpack(">Q", file.read(8))
            content += 8
        if not content <= start + size <= end:
            raise ValueError("a box is cut off")
        found[kind] = (content, start + size)
        start += size
    return found
