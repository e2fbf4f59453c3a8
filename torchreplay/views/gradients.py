"""The size of the loss gradient of every layer, against the epoch."""

import math

import numpy as np

from torchreplay.record.layers import check_parameters, layer_gradients
from torchreplay.views import needed_by
from torchreplay.views.charts import LayerCurves


def gradient_norms(history, last):
    """The norm of the loss gradient of every layer, up to a last epoch: (epochs, layers)."""
    check_parameters(history)
    network, norms = history.network(0), []
    for epoch in range(last + 1):
        history.restore(network, epoch)
        layers = layer_gradients(history, network)
        norms.append([math.hypot(*(value.norm() for value in layer)) for layer in layers])
    return np.array(norms)


class GradientNorms(LayerCurves):
    """The norm of the loss gradient of every layer against the epoch, up to the present one."""

    @needed_by("gradients")
    def __init__(self, axes, replay, looks):
        norms = gradient_norms(replay.history, replay.last_epoch)
        super().__init__(axes, replay.history, norms, "Gradients", "norm of the gradient")


PANELS = [GradientNorms]
