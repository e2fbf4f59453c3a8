"""The loss around the path of a training, as the page carries it.

A single plane: that of the two directions along which the parameters moved most, through those of
the last epoch.
"""

import numpy as np

from torchreplay.errors import MissingError
from torchreplay.page.encoding import encode
from torchreplay.page.positions import MAX_POSITION
from torchreplay.record.layers import check_parameters
from torchreplay.record.loss_surface import LossSurface
from torchreplay.record.parameter_space import ParameterPath
from torchreplay.views.surface import ends_around, round_levels

MAX_PLACES = 41  # along each direction
WORDS = (
    "The loss is that of {points}. Along the two directions the parameters moved most: {share:.1f}"
    " % of their movement, measured as variance, lies in this plane. The path leaves"
    " this plane by at most {beside:.2g}, in the units of the axes. There it has another loss."
)
LEAST_LOSS = 1e-12  # that the logarithm of a loss tells from less


def surface_of(history, epochs):
    """The loss over a plane and the path through it, made of what JSON has.

    None if the record keeps no parameters, or if they did not move.
    epochs: those of which the page has the places of the path.
    The losses are logarithms in 65,535ths between `least` and `most`, the places in those of the
    plane.
    """
    path = path_of(history)
    if path is None:
        return None
    low, high = ends_around(path)
    surface = LossSurface(history, path.directions, low, high)
    points, total = len(surface.points.y), len(history.dataset.trained.y)
    step = -(-len(surface.across) // MAX_PLACES)
    losses = surface.at(path.last, path.coordinates[path.last])[::step, ::step]
    logs = np.log(np.clip(losses, LEAST_LOSS, np.finfo(float).max))
    least, most = logs.min(), logs.max()
    shares = (logs - least) / ((most - least) or 1)
    return {
        "rect": [*low, *high],
        "side": len(shares),
        "least": least,
        "most": most,
        "losses": in_16_bits(shares),
        "levels": [float(f"{level:.6g}") for level in round_levels(*np.exp([least, most]))],
        "path": in_16_bits((path.coordinates[epochs] - low) / (high - low)),
        "labels": [
            f"{name} ({100 * share:.1f} %)"
            for name, share in zip(path.axis_labels, path.shares, strict=True)
        ],
        "words": WORDS.format(
            points=f"{points:,} of {total:,} points" if points < total else "all points",
            share=sum(round(100 * share, 1) for share in path.shares),  # as the axes say
            beside=path.farthest(path.last),
        ),
    }


def in_16_bits(shares):
    """Shares from 0 to 1 as text."""
    return encode(np.rint(MAX_POSITION * shares), "<u2")


def path_of(history):
    """The ParameterPath of a History, or None if there is none, or if nothing moved."""
    try:
        check_parameters(history)
        path = ParameterPath(history, history.last)
    except MissingError:
        return None
    return path if np.ptp(path.coordinates, axis=0).max() > 0 else None
