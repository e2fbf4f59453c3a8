"""The picture that options ask for: a space, views beside it, or runs side by side."""

import dataclasses

import folds
from common import CLASSIC, FIGURE_INCHES, Picture, SpaceView, limits, new_figure, space_axes
from compare import VEILED, comparison
from looks import ACCESSIBLE, ErrorRings
from views import COLORS, add_panels, panels_of, width_of

PALETTES = {"classic": CLASSIC, "accessible": ACCESSIBLE}


def settle(space, history, shown, options):
    """Settle how a run is seen: in what Space, its History, which points, and on which Plane."""
    wanted = {*options.film_epochs, *options.stills}
    history.shown = sorted({min(epoch, history.epochs) for epoch in wanted})
    plane = limits(space, history, shown)
    scene = folds.scene_of(space, history.network(0), history.dataset, plane)
    return dataclasses.replace(space, scene=scene), history, shown, plane


def space_and_views(space, history, shown, options):
    """Make the picture of a space, and of the views beside it, that options ask for."""
    palette, panels = PALETTES[options.palette], panels_of(options.views)
    *seen, plane = settle(space, history, shown, options)
    figure = new_figure(options.dpi, width=FIGURE_INCHES + width_of(panels))
    axes = space_axes(figure)
    views = [SpaceView(axes, *seen, plane, palette)]
    if options.mark_errors:
        views.append(ErrorRings(axes, *seen))
    views += add_panels(figure, panels, history)
    return Picture(figure, views, palette, COLORS if panels else ())


def side_by_side(space, histories, shown, options):
    """Make the picture of runs that differ in one option, given by its values."""
    palette, name = PALETTES[options.palette], options.compare[0]
    runs = {
        f"{name.replace('-', ' ')} {value.replace(',', ' ')}": settle(space, run, shown, options)
        for value, run in histories.items()
    }
    units = [shown.X.shape[1], *options.hidden, *([2] if options.latent else []), 1]
    told = {"hidden": "-".join(map(str, units)), "activation": options.activation}
    same = [options.data.name, *(text for option, text in told.items() if option != name)]
    marks = [ErrorRings] if options.mark_errors else []
    headline = f"{', '.join(same)}, epoch "
    figure, views = comparison(runs, headline, options.epochs, options.dpi, palette, marks)
    return Picture(figure, views, palette, VEILED)
