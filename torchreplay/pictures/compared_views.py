"""Views of several runs: a panel that all of them share, or a panel of each run."""

from torchreplay.pictures.picture import add_axes
from torchreplay.pictures.replay_views import ReplayViews
from torchreplay.views import OWN_VIEWS, SHARED_VIEWS, panels_of
from torchreplay.views.charts import OTHER_LINE, share_scales
from torchreplay.views.loss import LossOfRuns, run_style
from torchreplay.views.titles import shorten


def view_panels(figure, layout, replays, compared, looks, views):
    """Make the panels of some views under the spaces: parts of the Picture.

    views: their names, see `check_compared`; the other arguments are those of `side_by_side`.
    """
    width, _ = figure.get_size_inches()
    own, shared = ([name for name in views if name in kind] for kind in (OWN_VIEWS, SHARED_VIEWS))
    places = {name: [layout.strip(n, width)] for n, name in enumerate(shared)}
    for n, name in enumerate(own):
        places[name] = [layout.chart(k, n) for k in range(len(replays))]
    parts = []
    for name, rectangles in places.items():
        panels = [add_axes(figure, *rectangle) for rectangle in rectangles]
        parts += make_view(name, panels, replays, compared, looks)
    return parts


def make_view(name, panels, replays, compared, looks, on=lambda axes, make: make(axes)):
    """Make a view of runs on axes: parts of a Picture.

    panels: the Axes, as many as `axes_needed` says. Those of each run have the same scales.
    on: a function of Axes and of what makes a view on them to that view.
    """
    if name in SHARED_VIEWS:
        (axes,) = panels
        return [on(axes, lambda axes: LossOfRuns(axes, replays, *styles_of(compared)))]
    (view,) = panels_of([name])
    made = []
    for axes, replay in zip(panels, replays, strict=True):
        one = on(axes, lambda axes, replay=replay: view(axes, replay, looks))
        made.append(ReplayViews(None, replay, [one]))
    share_scales(panels)
    return made


def axes_needed(name, replays):
    """How many Axes a view of runs needs: one for all, or one for each."""
    return 1 if name in SHARED_VIEWS else len(replays)


def styles_of(compared):
    """The styles of the curves of runs, row by row, and those that the legend names.

    Runs that differ in one option have a color and dashes each. In a grid a color stands for a
    column, and dashes for a row.

    compared: see `side_by_side`.
    """
    columns, *rows = (
        [heading(option, value) for value in values] for option, values in compared.items()
    )
    if not rows:
        styles = [run_style(k, k) for k in range(len(columns))]
        return styles, list(zip(columns, styles, strict=True))
    (rows,) = rows
    styles = [run_style(k, n) for n in range(len(rows)) for k in range(len(columns))]
    dashed = [(name, (OTHER_LINE, run_style(0, n)[1])) for n, name in enumerate(rows)]
    return styles, [*((name, run_style(k)) for k, name in enumerate(columns)), *dashed]


def heading(option, value):
    """An option and its value, as they stand above a panel or beside a row of panels."""
    return f"{option} {shorten(value.replace(',', ' '))}".strip()
