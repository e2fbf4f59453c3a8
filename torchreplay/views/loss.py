"""Loss and accuracy against the epoch."""

import numpy as np

from torchreplay.views.charts import LINE, OTHER_LINE, Curve, epoch_axis


class LossAndAccuracy:
    """Loss, black, and accuracy, gray, against the epoch, up to the present one.

    Those of the points held out, if there are any, are dashed.
    """

    def __init__(self, axes, replay, looks):
        history, last = replay.history, replay.last_epoch
        held_out = history.validation_loss is not None
        axes.set_title("Loss and Accuracy" + held_out * " (dashed: held out)")
        epoch_axis(axes, history, last)
        losses, accuracies = zip(*history.metrics, strict=True)
        axes.set_ylim(0, 1.05 * np.max(losses, axis=0)[: last + 1].max())
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


PANELS = [LossAndAccuracy]
