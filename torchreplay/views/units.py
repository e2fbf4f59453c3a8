"""What each hidden unit sees: its response over the input plane."""

import math

import numpy as np
import torch
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage

from torchreplay.errors import MissingError
from torchreplay.geometry.zero_lines import zero_lines
from torchreplay.models.activations import activation_of
from torchreplay.record.layers import (
    check_parameters,
    hidden_activations,
    outgoing_weights,
    unit_inputs,
)
from torchreplay.views import check_data, needed_by
from torchreplay.views.cells import Cells, divide
from torchreplay.views.charts import SIGNS
from torchreplay.views.titles import minus, shrink_to_fit, unit_names

MAX_UNITS_DRAWN = 24
MAX_PRODUCTS = 25e6  # of a weight and a point, if the map has more than the least points
MIN_MAP_POINTS, MAX_MAP_POINTS = 40, 160  # along an axis
MESH_POINTS, SCALE_POINTS = 61, 21  # along an axis
COLORS = SIGNS(np.linspace(0.15, 0.85, 256), bytes=True)  # quiet ones, under a black line


class UnitMaps:
    """A map of the input plane for every hidden unit: what its activation function puts out.

    White is what it puts out where its input z is zero. The line is exactly there. The scale of a
    layer is the same at all epochs.

    drawn: the numbers of the units drawn, a list for each layer.
    """

    @needed_by("units")
    def __init__(self, axes, replay, looks):
        self.history = history = replay.history
        check_parameters(history)
        check_data(["units"], history.dataset)
        network = replay.at(replay.last_epoch).network
        found = hidden_activations(history, network)
        if not found:
            raise MissingError(
                "no hidden layer of the model has an activation function that is a module"
            )
        x = history.dataset.X[:1]
        widths = [z.shape[1] for z in unit_inputs(network, found.values(), x)]
        weights = outgoing_weights(network, found.values(), history.dataset.X)
        self.drawn = strongest(widths, weights, MAX_UNITS_DRAWN)
        self.plane, count = history.dataset.plane, sum(map(len, self.drawn))
        self.cells = Cells(axes, count, square=True)
        axes.set_aspect("equal")
        self.scales = self._scales(replay, found.values())
        self._name(axes, list(found), count, sum(widths))
        self.points = self._points(network, self.cells.width / 72 * axes.figure.dpi)
        self.maps = [self._add_map(axes, k) for k in range(count)]
        width = min(1.5, self.cells.width / 40)
        lines = LineCollection([], colors="black", linewidths=width, capstyle="butt", zorder=3)
        self.lines = axes.add_collection(lines, False)
        self.artists = (*self.maps, self.lines, self.cells.frame(axes))

    def _points(self, network, pixels):
        """The points of a map, (rows, columns, 2): at most as many as it has pixels."""
        weights = sum(value.numel() for value in network.parameters())
        affordable = max(MIN_MAP_POINTS, math.isqrt(int(MAX_PRODUCTS / weights)))
        return centers(self.plane, min(math.ceil(pixels), affordable, MAX_MAP_POINTS))

    def _add_map(self, axes, k):
        """Add the map of a unit."""
        settings = {"interpolation": "bilinear", "origin": "lower", "zorder": 1}
        image = AxesImage(axes, extent=self.cells.extent(k), **settings)
        image.set_data(colors_of(np.zeros((1, 1))))
        return axes.add_image(image)

    def _inputs(self, network, x):
        """The inputs z of the units drawn at points x, (n, 2): a list of tensors (n, units)."""
        modules = hidden_activations(self.history, network)
        inputs = unit_inputs(network, modules.values(), x)
        return [z[:, units] for z, units in zip(inputs, self.drawn, strict=True)]

    @torch.no_grad()
    def _scales(self, replay, modules):
        """What the activation function of each layer puts out at zero, and the farthest from it.

        Returns an array (layers, 3): at zero, how far below and how far above.
        """
        zeros = [module(torch.zeros(1)).item() for module in modules]
        known = [activation_of(module) for module in modules]
        if all(each and each.range for each in known):
            ends = np.array([each.range for each in known])
            return np.column_stack([zeros, zeros - ends[:, 0], ends[:, 1] - zeros])
        x = torch.from_numpy(self.plane.mesh(SCALE_POINTS).points.reshape(-1, 2))
        reach = np.zeros((len(zeros), 2))
        for epoch in replay.epochs:
            found = self._outputs(replay.at(epoch).network, x)
            ends = [(zero - h.min(), h.max() - zero) for h, zero in zip(found, zeros, strict=True)]
            reach = np.maximum(reach, ends)
        return np.column_stack([zeros, reach])

    def _outputs(self, network, x):
        """What the units drawn put out at points x, (n, 2): a list of arrays (n, units)."""
        modules = hidden_activations(self.history, network).values()
        inputs = self._inputs(network, x)
        return [module(z.clone()).numpy() for module, z in zip(modules, inputs, strict=True)]

    def _name(self, axes, layers, count, total):
        """Add the title, the meaning of the colors, and the names of the units."""
        left_out = f", {count} of {total}" if count < total else ""
        axes.set_title(f"What Hidden Units Put Out{left_out}")
        axes.set(xticks=[], yticks=[], xlabel=f"over the input plane ({meaning(self.scales)})")
        shrink_to_fit(axes.xaxis.label, 1.25 * axes.bbox.width / axes.figure.dpi)
        self.cells.name(axes, unit_names(layers, self.drawn))

    @torch.no_grad()
    def draw(self, snapshot):
        """Show the responses and the zero lines of an epoch."""
        network, shape = snapshot.network, self.points.shape[:2]
        maps = iter(self.maps)
        found = self._outputs(network, torch.from_numpy(self.points.reshape(-1, 2)))
        for h, (zero, *reach) in zip(found, self.scales, strict=True):
            for column in h.T:
                share = (column - zero) / (max(reach) or 1)
                next(maps).set_data(colors_of(share.reshape(shape)))
        mesh = self.plane.mesh(MESH_POINTS)
        lines = zero_lines(lambda x: torch.cat(self._inputs(network, x), dim=1), mesh)
        low, extent = self.plane.low, np.subtract(self.plane.high, self.plane.low)
        self.lines.set_segments(
            [
                self.cells.place(k)(((curve - low) / extent).T)
                for k, curves in enumerate(lines)
                for curve in curves
            ]
        )


def strongest(widths, weights, most):
    """The numbers of the units that are drawn, a list for each layer; `most` in all.

    Of a layer with more units than its share, those with the largest outgoing weights are drawn,
    or the first ones if the weights are None. See `divide`.
    """
    drawn = []
    for width, norms, count in zip(widths, weights, divide(widths, most), strict=True):
        order = np.arange(width) if norms is None else np.argsort(-norms, kind="stable")
        drawn.append(sorted(order[:count].tolist()))
    return drawn


def centers(plane, count):
    """The centers of count × count equal parts of a plane, (count, count, 2) float32."""
    shares = (np.arange(count) + 0.5) / count
    low, high = np.array(plane.low), np.array(plane.high)
    x, y = (low + shares[:, None] * (high - low)).astype(np.float32).T
    return np.stack(np.meshgrid(x, y), axis=-1)


def colors_of(shares):
    """The colors of shares of a scale, from −1 to 1: (rows, columns, 4) uint8."""
    return COLORS[np.rint(127.5 * (1 + shares)).clip(0, 255).astype(np.uint8)]


def meaning(scales):
    """What the colors mean, in words; see `UnitMaps`."""
    zero, below, above = scales.max(axis=0)
    if len(np.unique(scales, axis=0)) > 1:
        return ("brown: less, " if below > 0 else "") + "teal: more than at the line, z = 0"
    reach = max(below, above)
    ends = [("brown", zero - reach)] * bool(below > 0) + [("white", zero), ("teal", zero + reach)]
    numbers = [f"{color} {minus(f'{value:.3g}')}" for color, value in ends]
    return f"{', '.join(numbers)}, line: z = 0"


PANELS = [UnitMaps]
