"""The size of the loss gradient, layer by layer, against the epoch."""

import itertools
import math

import numpy as np
import torch
from matplotlib import rcParams
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.views.charts import CURVES, Curve

LEGEND_ROW = 0.13  # how high a row of the legend is, as a share of the axes


def gradient_norms(history, last):
    """The norm of the loss gradient of every layer, up to a last epoch: (epochs, layers)."""
    dataset, network, norms = history.dataset, history.network(0), []
    for epoch in range(last + 1):
        history.restore(network, epoch)
        loss = binary_cross_entropy_with_logits(network.logit(dataset.X), dataset.y)
        gradients = torch.autograd.grad(loss, list(network.parameters()))
        pairs = zip(gradients[::2], gradients[1::2], strict=True)
        norms.append([math.hypot(weight.norm(), bias.norm()) for weight, bias in pairs])
    return np.array(norms)


def legend_columns(axes, names):
    """How many columns of a legend fit into axes."""
    size = rcParams["font.size"] * 0.833
    column = size * (4 + 0.6 * max(map(len, names)))  # with handle and gap
    return max(1, int(72 * axes.bbox.width / axes.figure.dpi / column))


class GradientNorms:
    """The norm of the loss gradient of every layer against the epoch, up to the present one."""

    def __init__(self, axes, run, looks):
        norms = gradient_norms(run.history, run.last_epoch)
        norms = np.maximum(norms, np.finfo(np.float32).tiny)  # zero has no place on a log scale
        names = run.history.layer_names
        axes.set_title("Gradients")
        axes.set(xlabel="epoch", ylabel="norm of the gradient", yscale="log")
        axes.set(xlim=(0, max(1, run.last_epoch)))
        low, high = np.log10([norms.min(), norms.max()])
        columns = legend_columns(axes, names)
        rows = math.ceil(len(names) / columns)
        room = (1 - rows * LEGEND_ROW) or 1  # for the curves, below the legend
        low, high = math.floor(low), math.ceil(high)
        axes.set_ylim(10**low, 10 ** (low + max(high - low, 1) / room))
        styles = itertools.cycle(CURVES)
        self.curves = [
            Curve(axes, values, color, label=name, linestyle=dashes)
            for (color, dashes), name, values in zip(styles, names, norms.T, strict=False)
        ]
        legend = {"fontsize": "small", "frameon": False, "columnspacing": 1, "handlelength": 2}
        axes.legend(loc="upper center", ncols=columns, borderaxespad=0.1, **legend).set_zorder(1)
        self.artists = [artist for curve in self.curves for artist in curve.artists]

    def draw(self, snapshot):
        """Draw all curves up to an epoch."""
        for curve in self.curves:
            curve.draw(snapshot.epoch)


PANELS = [GradientNorms]
