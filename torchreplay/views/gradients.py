"""The size of the loss gradient, layer by layer, against the epoch."""

import math

import matplotlib
import numpy as np
import torch
from torch import nn

from torchreplay.views.charts import CURVES, Curve


def gradient_norms(history, last):
    """The norm of the loss gradient of every layer, up to a last epoch: (epochs, layers)."""
    criterion, network, norms = nn.BCELoss(), history.network(0), []
    for epoch in range(last + 1):
        history.restore(network, epoch)
        loss = criterion(network(history.dataset.X), history.dataset.y)
        gradients = torch.autograd.grad(loss, list(network.parameters()))
        pairs = zip(gradients[::2], gradients[1::2], strict=True)
        norms.append([math.hypot(weight.norm(), bias.norm()) for weight, bias in pairs])
    return np.array(norms)


class GradientNorms:
    """The norm of the loss gradient of every layer against the epoch, up to the present one."""

    def __init__(self, axes, run):
        norms = gradient_norms(run.history, run.last_epoch)
        norms = np.maximum(norms, np.finfo(np.float32).tiny)  # zero has no place on a log scale
        names = run.history.layer_names
        axes.set_title("Gradients")
        axes.set(xlabel="epoch", ylabel="norm of the gradient", yscale="log")
        axes.set(xlim=(0, max(1, run.last_epoch)))
        low, high = np.log10([norms.min(), norms.max()])
        axes.set_ylim(10 ** math.floor(low), 10 ** (math.ceil(high) + 1))  # room for the legend
        colors = matplotlib.colormaps[CURVES](np.linspace(0, 0.85, len(names)))
        self.curves = [
            Curve(axes, values, color, label=name)
            for color, name, values in zip(colors, names, norms.T, strict=True)
        ]
        legend = {"fontsize": 7, "frameon": False, "columnspacing": 1, "handlelength": 1}
        axes.legend(loc="upper center", ncols=3, **legend).set_zorder(1)  # below the curves
        self.artists = [artist for curve in self.curves for artist in curve.artists]

    def draw(self, snapshot):
        """Draw all curves up to an epoch."""
        for curve in self.curves:
            curve.draw(snapshot.epoch)


PANELS = [GradientNorms]
