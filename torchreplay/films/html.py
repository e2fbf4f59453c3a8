"""The training as a page to explore: one file, which any browser opens."""

from torchreplay.page import make_page
from torchreplay.views.palettes import PALETTES
from torchreplay.views.rings import ErrorRings


def save(path, film):
    """Save the page of the run that a Film shows, with all epochs of its record."""
    picture = film.picture
    views = picture.parts[0]
    page = make_page(
        views.run.history,
        views.run.points,
        opens=views.run.space.name,
        palette=next(name for name, known in PALETTES.items() if known == picture.palette),
        mark_errors=any(isinstance(view, ErrorRings) for view in views.views),
        fps=film.fps,
    )
    path.write_text(page, encoding="utf-8", newline="\n")
