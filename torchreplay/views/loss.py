"""Loss and accuracy against the epoch."""

from torchreplay.views.charts import LINE, OTHER_LINE, Curve


class LossAndAccuracy:
    """Loss, black, and accuracy, gray, against the epoch, up to the present one."""

    def __init__(self, axes, run, looks):
        history, last = run.history, run.last_epoch
        axes.set_title("Loss and Accuracy")
        axes.set(xlabel=history.label, xlim=(0, max(1, history.epochs[last])))
        axes.set_ylim(0, 1.05 * max(history.loss[: last + 1]))
        other = axes.twinx()
        other.set_ylim(0, 1.05)
        other.spines[:].set_visible(False)
        self.curves = []
        for values, side, color, name in (
            (history.loss, axes, LINE, "loss"),
            (history.accuracy, other, OTHER_LINE, "accuracy"),
        ):
            side.set_ylabel(name, color=color)
            side.tick_params("y", colors=color)
            # Both are drawn on the axes that lie above, whatever their scale.
            curve = Curve(other, history.epochs, values, color, transform=side.transData)
            self.curves.append(curve)
        self.artists = [artist for curve in self.curves for artist in curve.artists]

    def draw(self, snapshot):
        """Draw both curves up to an epoch."""
        for curve in self.curves:
            curve.draw(snapshot.epoch)


PANELS = [LossAndAccuracy]
