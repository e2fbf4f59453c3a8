"""Loss and accuracy against the epoch, or the losses of several runs."""

import numpy as np
from matplotlib.lines import Line2D

from torchreplay.views.charts import (
    DASHES,
    LEGEND,
    LINE,
    OTHER_LINE,
    Curve,
    epoch_axis,
    legend_shape,
)

RUN_COLORS = ("#000000", "#117733", "#AA4499", "#999933", "#44AA99", "#882255")
LINE_WIDTHS = (1.5, 0.7)  # of the points trained on, and of those held out


class LossAndAccuracy:
    """Loss, black, and accuracy, gray, against the epoch, up to the present one.

    Those of the points held out, if there are any, are dashed.
    """

    def __init__(self, axes, replay, looks):
        history, last = replay.history, replay.last_epoch
        held_out = history.validation_loss is not None
        axes.set_title("Loss and Accuracy" + held_out * " (dashed: held out)")
        epoch_axis(axes, history, last)
        losses, accuracies = (
            [found[name] for found in history.metrics] for name in ("loss", "accuracy")
        )
        axes.set_ylim(0, 1.05 * highest_loss(replay))
        other = axes.twinx()
        other.set_ylim(0, 1.05)
        other.spines[:].set_visible(False)
        self.curves = []
        for kinds, side, color, name in (
            (losses, axes, LINE, "loss"),
            (accuracies, other, OTHER_LINE, "accuracy"),
        ):
            side.set_ylabel(name, color=color)
            side.tick_params("y", colors=color)
            # All are drawn on the axes that lie above, whatever their scale.
            style = {"color": color, "transform": side.transData}
            for values, line in zip(kinds, ("-", "--"), strict=False):
                self.curves.append(Curve(other, history.epochs, values, linestyle=line, **style))
        self.artists = [artist for curve in self.curves for artist in curve.artists]

    def draw(self, snapshot):
        """Draw all curves up to an epoch."""
        for curve in self.curves:
            curve.draw(snapshot.epoch)


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


PANELS = [LossAndAccuracy]
