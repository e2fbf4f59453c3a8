"""A film as MP4: H.264 that any player plays, in the colors of the still."""

from torchreplay.encoder import encode

X264 = "psy=0:deblock=-3,-3:rc-lookahead=10"
TICKS = 90_000  # a second, in which the time of a frame is told


def save(path, film):
    """Save a Film as MP4."""
    x264 = ("-bf", "0") if film.hold else ()  # the last frame comes last in the file, too
    encode(path, film, *settings(film.picture.title, hold_filters(film), x264))


def hold_filters(film):
    """The filters that let the last frame stay: it is shown a second time, when the hold ends."""
    if not film.hold:
        return []
    last = len(film.epochs)
    seconds = (last - 1) / film.fps + film.hold
    return [
        "tpad=stop_mode=clone:stop=1",
        f"settb=1/{TICKS}",
        f"setpts='if(eq(N,{last}),{round(seconds * TICKS)},PTS)'",
    ]


def settings(title, filters=(), more=()):
    """The options of ffmpeg for H.264 in MP4.

    filters: those that come before the film is made fit for players.
    more: options of the encoder.

    Matrix and tags are BT.709, so that players show the colors of the still. 4:2:0 needs even
    sizes: a picture of odd size gets a white column at the right and a white row at the bottom.
    The psychovisual options of x264 are off and its smoothing is low: made for what a camera sees,
    they leave ghosts beside thin lines.
    """
    filters = [
        *filters,
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
        "scale=out_color_matrix=bt709:out_range=tv",
        "format=yuv420p",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    ]
    return [
        *("-vf", ",".join(filters), "-enc_time_base", f"1:{TICKS}"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-x264-params", X264, *more),
        *("-movflags", "+faststart", "-metadata", f"title={title}", "-f", "mp4"),
    ]
