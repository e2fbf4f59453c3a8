"""The size of the loss gradient, layer by layer, against the epoch."""

import itertools
import math

import numpy as np
import torch
from matplotlib import rcParams
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.errors import NetworkError
from torchreplay.record import recorded
from torchreplay.views.charts import CURVES, Curve


def gradient_norms(history, last):
    """The norm of the loss gradient of every layer, up to a last epoch: (epochs, layers)."""
    dataset, network, norms = history.dataset.trained, history.network(0), []
    trained = dict(recorded(network).named_parameters())
    layers = [[trained[name] for name in names] for names in history.owners.values()]
    for epoch in range(last + 1):
        history.restore(network, epoch)
        loss = binary_cross_entropy_with_logits(network.logit(dataset.X), dataset.y)
        if not loss.requires_grad:
            raise NetworkError("the record keeps no parameters: leave out the view gradients")
        gradients = torch.autograd.grad(loss, list(trained.values()), materialize_grads=True)
        of = dict(zip(trained.values(), gradients, strict=True))
        norms.append([math.hypot(*(of[value].norm() for value in layer)) for layer in layers])
    return np.array(norms)


def legend_shape(axes, names):
    """How many columns of a legend fit into axes, and what share of their height it takes."""
    size = rcParams["font.size"] * 0.833
    width, height = (72 * side / axes.figure.dpi for side in axes.bbox.size)
    columns = max(1, int(width / size / (3.6 + 0.55 * max(map(len, names)))))  # with handle and gap
    return columns, min(0.6, (1 + 1.5 * math.ceil(len(names) / columns)) * size / height)


class GradientNorms:
    """The norm of the loss gradient of every layer against the epoch, up to the present one."""

    def __init__(self, axes, run, looks):
        norms = gradient_norms(run.history, run.last_epoch)
        norms = np.maximum(norms, np.finfo(np.float32).tiny)  # zero has no place on a log scale
        names = run.history.layer_names
        axes.set_title("Gradients")
        epochs = run.history.epochs
        axes.set(xlabel=run.history.label, ylabel="norm of the gradient", yscale="log")
        axes.set(xlim=(0, max(1, epochs[run.last_epoch])))
        low, high = np.log10([norms.min(), norms.max()])
        columns, taken = legend_shape(axes, names)
        low, high = math.floor(low), math.ceil(high)
        axes.set_ylim(10**low, 10 ** (low + max(high - low, 1) / (1 - taken)))
        styles = itertools.cycle(CURVES)
        self.curves = [
            Curve(axes, epochs, values, color, label=name, linestyle=dashes)
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
