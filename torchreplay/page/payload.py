"""The record of a training in the page: JSON with base64 of little-endian arrays."""

import json
import math

import numpy as np

from torchreplay.data.dataset import feature_names
from torchreplay.models.tasks import METRIC_NAMES
from torchreplay.page.colors import colors
from torchreplay.page.descent import rate_of
from torchreplay.page.encoding import encode
from torchreplay.page.network import read_network
from torchreplay.page.positions import positions_of
from torchreplay.page.sentences import of_fork, of_steps, sentences
from torchreplay.page.surface import surface_of
from torchreplay.settings import FPS
from torchreplay.views.beyond import is_seen_beyond

MAX_BASE64_BYTES = 4.5e6
FORK_RATE = 0.1  # of a fork, if that of training is not known
NO_NETWORK = "the page cannot evaluate this network"
LOWEST_R2 = -1.0  # on the axis of its curve


def page_record(spaces, fps=FPS.default, evaluated=True, among=1):
    """The record that the page of a training carries, made of types that JSON has.

    spaces: the SpaceReplays of all epochs in those spaces that are planes, input and feature, by
        their names.
    evaluated: whether the page is to evaluate the network itself. If not, or if it does not know a
        layer of the network, it carries positions instead.
    among: how many runs share the page.
    """
    one = next(iter(spaces.values()))
    history, points = one.history, one.points
    grown = grown_record(spaces, evaluated, among)
    network = grown.get("network")
    rate, remark = rate_of(history, points) if network else (None, NO_NETWORK)
    words, forked = of_fork(history, rate, remark)
    return {
        "label": history.label,
        "Label": history.label.capitalize(),
        "words": sentences(history, points, spaces, network)
        | of_steps(history, rate, remark)
        | words,
        "fork": {"rate": rate or history.training.get("learning_rate", FORK_RATE), "words": forked},
        "names": names_of(points),
        "classes": list(points.classes),
        "target": points.target,
        "is_graph": points.is_graph,
        "task": {
            "outputs": history.task.outputs,
            "levels": list(history.task.levels),
            "criterion": getattr(history.task, "criterion", ""),
        },
        "points": {
            "count": len(points.y),
            "x": encode(points.X.numpy()) if points.X.ndim == 2 else "",
            "label": encode_labels(points.y.numpy(), history.task),
            "held": "" if points.held_out is None else as_bits(points.held_out.numpy()),
        },
        "palettes": colors(history.task.classes, history.task.areas),
        "fps": fps,
        "step": None if rate is None else {"rate": rate},
        "surface": surface_of(history, carried_epochs(history, grown["every"] // history.every)),
        **grown,
    }


def grown_record(spaces, evaluated=True, among=1):
    """What of such a record becomes another when training goes on, but for words and the surface.

    All arguments are those of `page_record`.
    """
    history = next(iter(spaces.values())).history
    network = read_network(history) if evaluated else None
    found = with_parameters(history, network, spaces, among) if network else None
    beyond = any(map(is_seen_beyond, spaces.values()))
    every, carried = found or with_positions(history, spaces, beyond, among)
    epochs = carried_epochs(history, every)
    return {
        "last": history.every * history.last,
        "every": history.every * every,
        "curves": curves_of(history, epochs),
        "of_classes": of_classes(history, epochs),
        "planes": {name: axes_of(space.placement) for name, space in spaces.items()},
        "beyond": beyond,
        **carried,
    }


def names_of(points):
    """The names of the features of points: a list, empty for images and the like."""
    if points.X.ndim != 2:
        return []
    width = points.X.shape[1]
    return list(points.names if len(points.names) == width else feature_names(width))


def curves_of(history, epochs):
    """What is measured of the points trained on, then of those held out, with the axis of each.

    The axis of R² ends at LOWEST_R2 or above. There is none for what is not drawn.
    """
    made = []
    for group, found in zip(("", "held-out-"), history.metrics, strict=False):
        for name, values in found.items():
            least, most = ends_of(history, name)
            word = group.replace("out-", "out ") + METRIC_NAMES.get(name, name)
            ends = {"least": least, "most": most}
            made.append(
                {"name": f"{group}{name}", "word": word, "values": encode(values[epochs])} | ends
            )
    return made


def ends_of(history, name):
    """The ends of the axis of what is measured; None for what is not drawn."""
    values = np.nan_to_num([found[name] for found in history.metrics])
    if name == "loss":
        return 0, float(values.max() or 1)
    if name == "rmse":
        return None, None  # the root of the loss
    return (max(LOWEST_R2, min(0.0, math.floor(values.min()))) if name == "r2" else 0), 1.0


def of_classes(history, epochs):
    """The accuracy of each class at some epochs, encoded; nothing where others say it."""
    return "" if history.class_accuracy is None else encode(history.class_accuracy[epochs])


def encode_labels(y, task):
    """Labels, (n, 1), as text: bits of two classes, bytes of more, numbers in single precision."""
    if task.classes == 2:
        return as_bits(y > 0.5)
    return encode(y, "u1" if task.classes else "<f4")


def as_bits(flags):
    """Booleans as text, eight a byte."""
    return encode(np.packbits(flags, bitorder="little"), "u1")


def with_parameters(history, network, spaces, among=1):
    """The stride of the epochs carried, and the data of a page that evaluates the network.

    network: its PageNetwork. Returns None if that does not put out what was recorded.
    """
    every = stride(history, 4 / 3 * 4 * network.count * among)
    epochs = carried_epochs(history, every)
    parameters = network.parameters(epochs)
    if not network.gives(parameters, epochs):
        return None
    shown = network.shows(spaces["feature"]) if "feature" in spaces else {}
    return every, {
        "network": network.described() | shown,
        "parameters": encode(parameters),
        "largest": float(np.abs(parameters).max()),
    }


def with_positions(history, spaces, beyond, among=1):
    """The stride of the epochs carried, and the data of a page that shows positions."""
    size = max(len(json.dumps(positions_of(spaces, epoch, beyond))) for epoch in (0, history.last))
    every = stride(history, size * among)
    epochs = carried_epochs(history, every)
    return every, {"positions": [positions_of(spaces, epoch, beyond) for epoch in epochs]}


def stride(history, size):
    """The stride of the epochs that the page carries: 1, or more if all would be too large.

    size: characters for each epoch.
    """
    return max(1, math.ceil(size * (history.last + 1) / MAX_BASE64_BYTES))


def carried_epochs(history, every):
    """The epochs that the page carries, in order; it always carries the last one."""
    return [*range(0, history.last, every), history.last]


def axes_of(placement):
    """A Placement as the page draws it: the ends of axes, their grid lines, and their labels.

    Of a decision plane also its title, the number of units, and the classes if it has not all.
    """
    limits, plane = placement.limits, placement.space.plane
    wide = {}
    if plane:
        wide = {
            "title": "Decision plane",
            "units": plane.units,
            "classes": list(plane.chosen) if plane.left_out else None,
        }
    return {
        "rect": [*limits.low, *limits.high],
        "lines": [[float(f"{tick:.7g}") for tick in limits.ticks(axis)] for axis in (0, 1)],
        "labels": list(placement.axis_labels),
        "whitened": placement.is_whitened and not placement.has_collapsed,
        **wide,
    }
