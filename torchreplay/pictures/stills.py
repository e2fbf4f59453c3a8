"""The forms of a still: PNG, and vector graphics. Their names need no matplotlib."""

import contextlib

STILL_FORMS = ("png", "svg", "pdf")
VECTOR_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "", "pdf.fonttype": 42}
NO_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def write_still(path, picture, epoch):
    """Write the still of an epoch, in the form of the suffix of a path that does not exist yet."""
    form = path.suffix.removeprefix(".")
    (_write_png if form == "png" else _write_vector)(path, picture, epoch, form)


def _write_png(path, picture, epoch, form):
    """Write the pixels that a film shows at the epoch."""
    from matplotlib.image import imsave

    metadata = {"Title": picture.title_at(epoch), "Software": None}
    imsave(path, picture.draw(epoch), dpi=picture.figure.dpi, metadata=metadata)


def _write_vector(path, picture, epoch, form):
    """Write vector graphics with real text."""
    from matplotlib import rc_context

    picture.move(epoch)
    with contextlib.ExitStack() as stack:
        stack.enter_context(rc_context(VECTOR_STYLE))
        for part in picture.parts:
            for title in part.titles:
                stack.enter_context(title.joined())
        picture.figure.savefig(path, format=form, metadata=NO_DATE[form])
