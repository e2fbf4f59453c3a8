"""A film as MP4: H.264 that any player plays, in the colors of the still."""

from torchreplay.encoder import encode

X264 = "psy=0:deblock=-3,-3:rc-lookahead=10"


def save(path, film):
    """Save a Film as MP4."""
    encode(path, film, *settings(film.hold, film.picture.title))


def settings(hold, title):
    """The options of ffmpeg for H.264 in MP4, the last frame held for some seconds.

    Matrix and tags are BT.709, so that players show the colors of the still. 4:2:0 needs even
    sizes: a picture of odd size gets a white column at the right and a white row at the bottom.
    The psychovisual options of x264 are off and its smoothing is low: made for what a camera sees,
    they leave ghosts beside thin lines.
    """
    filters = (
        f"tpad=stop_mode=clone:stop_duration={hold}",
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
        "scale=out_color_matrix=bt709:out_range=tv",
        "format=yuv420p",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    )
    return [
        *("-vf", ",".join(filters)),
        *("-c:v", "libx264", "-crf", "12", "-x264-params", X264, "-movflags", "+faststart"),
        *("-metadata", f"title={title}", "-f", "mp4"),
    ]
