"""The size of every layer's step relative to its weights, against the epoch."""

import numpy as np

from torchreplay.record.layers import check_parameters
from torchreplay.views import needed_by
from torchreplay.views.charts import LayerCurves


def update_sizes(history, last):
    """The size of every layer's step relative to its parameters before: (epochs, layers).

    That of an epoch is ‖θ_e − θ_(e−1)‖ / ‖θ_(e−1)‖, of weights and biases together. No step leads
    to the initialization: there, and after parameters that are all zero, it is NaN.
    """
    check_parameters(history)
    sizes = np.full((last + 1, len(history.layer_parameters)), np.nan)
    for layer, names in enumerate(history.layer_parameters.values()):
        steps = before = 0
        for name in names:
            values = history.parameters[name][: last + 1].reshape(last + 1, -1).astype(float)
            steps = steps + (np.diff(values, axis=0) ** 2).sum(axis=1)
            before = before + (values[:-1] ** 2).sum(axis=1)
        sizes[1:, layer] = np.sqrt(steps / np.where(before > 0, before, np.nan))
    return sizes


class UpdateSizes(LayerCurves):
    """The relative size of every layer's step against the epoch, up to the present one."""

    @needed_by("updates")
    def __init__(self, axes, replay, looks):
        sizes = update_sizes(replay.history, replay.last_epoch)
        super().__init__(axes, replay.history, sizes, "Updates", "size of step / weights")


PANELS = [UpdateSizes]
