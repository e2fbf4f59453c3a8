"""Loss and accuracy, or R², against the epoch, or the losses of several runs."""

import math

import numpy as np
from matplotlib.lines import Line2D

from torchreplay.models.tasks import METRIC_NAMES
from torchreplay.views.charts import (
    DASHES,
    LEGEND,
    LINE,
    OTHER_LINE,
    Curve,
    epoch_axis,
    legend_shape,
)
from torchreplay.views.titles import Title

RUN_COLORS = ("#000000", "#117733", "#AA4499", "#999933", "#44AA99", "#882255")
CLASS_LINE_WIDTH, MAX_CLASS_CURVES = 0.8, 10
MIN_SCORE_SHOWN = -1  # R² is 0 for the mean of all numbers, and has no lower end
LINE_WIDTHS = (1.5, 0.7)  # of the points trained on, and of those held out


class LossAndScore:
    """Loss, black, and accuracy or R², gray, against the epoch, up to the present one.

    Those of the points held out, if there are any, are dashed. Thin lines in the colors of three
    or more classes are their own accuracies, if there are few of them.
    """

    def __init__(self, axes, replay, looks):
        history, last = replay.history, replay.last_epoch
        score = history.task.metrics[-1]
        axes.set_title(title_of(history))
        if not history.task.classes:
            self.title = title_with_error(axes, history)
        self.readings = [self.title] if hasattr(self, "title") else []
        epoch_axis(axes, history, last)
        losses, scores = ([found[name] for found in history.metrics] for name in ("loss", score))
        axes.set_ylim(0, 1.05 * highest_loss(replay))
        other = axes.twinx()
        other.set_ylim(*score_ends(scores, last))
        other.spines[:].set_visible(False)
        self.curves = curves_of_classes(other, history, looks.palette)
        for kinds, side, color, name in (
            (losses, axes, LINE, "loss"),
            (scores, other, OTHER_LINE, METRIC_NAMES.get(score, score)),
        ):
            side.set_ylabel(name, color=color)
            side.tick_params("y", colors=color)
            # All are drawn on the axes that lie above, whatever their scale.
            style = {"color": color, "transform": side.transData}
            for values, line in zip(kinds, ("-", "--"), strict=False):
                self.curves.append(Curve(other, history.epochs, values, linestyle=line, **style))
        parts = (*self.curves, *self.readings)
        self.artists = [artist for part in parts for artist in part.artists]

    def draw(self, snapshot):
        """Draw all curves up to an epoch."""
        for part in (*self.curves, *self.readings):
            part.draw(snapshot.epoch)


def title_of(history):
    """What the panel of a record shows."""
    score = history.task.metrics[-1]
    remarks = ["dashed: held out"] * (history.validation_loss is not None)
    if has_curves_of_classes(history):
        remarks.insert(0, "thin: of each class")
    shown = METRIC_NAMES.get(score, score.capitalize())
    return f"Loss and {shown}" + bool(remarks) * f" ({', '.join(remarks)})"


def title_with_error(axes, history):
    """The Title of a regression: what the panel shows, and the RMSE of the epoch."""
    parts = [(f"{title_of(history)}, RMSE ", lambda epoch: f"{history.rmse[epoch]:.3g}")]
    return Title(axes.set_title(""), parts, history.last, 1.2 * axes.bbox.width / axes.figure.dpi)


def has_curves_of_classes(history):
    """Whether the accuracies of single classes are shown: not more than can be seen."""
    return history.class_accuracy is not None and history.task.classes <= MAX_CLASS_CURVES


def curves_of_classes(axes, history, palette):
    """The Curves of the accuracy of each class: a list, empty where none are shown."""
    if not has_curves_of_classes(history):
        return []
    curves = zip(palette.points, history.class_accuracy.T, strict=True)
    return [
        Curve(axes, history.epochs, values, color, linewidth=CLASS_LINE_WIDTH, markersize=3)
        for color, values in curves
    ]


def score_ends(scores, last):
    """The ends of the axis of accuracy, or of R². R² may begin far below 0, which is cut off."""
    least = min(np.min(np.nan_to_num(each[: last + 1], nan=0, neginf=0)) for each in scores)
    low = max(MIN_SCORE_SHOWN, math.floor(10 * min(0, least)) / 10)
    return low, 1.05 if low == 0 else 1 - 0.05 * low + 0.05


class LossOfRuns:
    """The losses of several runs against the epoch, up to the present one, in one panel.

    The losses of points held out, if there are any, are thin. A curve ends where its run ends.

    replays: the SpaceReplays of the runs.
    styles: a color and dashes for each run, see `run_style`.
    named: pairs of a name and a style, which the legend explains.

    artists: lines and dots.
    titles: none follows the epoch.
    """

    titles = ()

    def __init__(self, axes, replays, styles, named):
        longest = max(replays, key=lambda replay: replay.last_epoch)
        runs = [(replay.history, losses_of(replay.history)) for replay in replays]
        is_held_out = any(len(losses) > 1 for _, losses in runs)
        axes.set(title="Loss" + is_held_out * " (thin: held out)", ylabel="loss")
        epoch_axis(axes, longest.history, longest.last_epoch)
        free = 1 - add_names(axes, named)
        axes.set_ylim(0, 1.05 * max(map(highest_loss, replays)) / free)
        self.curves = [
            (Curve(axes, history.epochs, values, color, linestyle=dashes, linewidth=width), history)
            for (history, losses), (color, dashes) in zip(runs, styles, strict=True)
            for values, width in zip(losses, LINE_WIDTHS, strict=False)
        ]
        self.artists = [artist for curve, _ in self.curves for artist in curve.artists]

    def draw(self, epoch):
        """Draw all curves up to an epoch."""
        for curve, history in self.curves:
            curve.draw(history.clamp(epoch))


def losses_of(history):
    """The losses of all epochs: of the points trained on, and of those held out, if any."""
    return [found["loss"] for found in history.metrics]


def highest_loss(replay):
    """The highest loss up to the last epoch shown."""
    return np.max(losses_of(replay.history), axis=0)[: replay.last_epoch + 1].max()


def run_style(column, row=0):
    """Color and dashes of the curve of a run, by its place in a grid; no two have the same."""
    count = len(RUN_COLORS)
    return RUN_COLORS[column % count], DASHES[(row + column // count) % len(DASHES)]


def add_names(axes, named):
    """Add the legend of curves by their names. Returns the share of the height that it takes."""
    columns, taken = legend_shape(axes, [name for name, _ in named])
    handles = [Line2D([], [], color=color, linestyle=dashes) for _, (color, dashes) in named]
    legend = axes.legend(handles, ["name"] * len(handles), ncols=columns, **LEGEND)
    legend.set_zorder(1)
    for text, (name, _) in zip(legend.get_texts(), named, strict=True):
        text.set(text=name, parse_math=False)
    return taken


PANELS = [LossAndScore]
