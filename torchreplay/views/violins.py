"""The distributions of weights, activations and gradients, layer by layer."""

from functools import partial

import numpy as np
from matplotlib import rcParams
from matplotlib.collections import LineCollection, PolyCollection

from torchreplay.record.layers import check_parameters, layer_gradients, layer_outputs
from torchreplay.views import needed_by
from torchreplay.views.titles import CHARACTER_WIDTH, shorten

DENSITY_BINS = 128
MIN_VALUES_FOR_VIOLIN = 31
VIOLIN_WIDTH, TICK_WIDTH = 0.8, 0.3  # in distances between two layers
LINEAR_GRADIENT_FRACTION = 0.01
MARGIN_FRACTION = 0.04
MIN_FONT_SIZE, GAP_CHARACTERS = 5, 1
FILL = "#B4B4B4"


def weights_of(history, snapshot):
    """The weights and biases of every layer at an epoch, by its number."""
    return {
        k: np.concatenate([history.parameters[name][snapshot.epoch].ravel() for name in names])
        for k, names in enumerate(history.layer_parameters.values())
    }


def activations_of(history, snapshot):
    """The outputs of every layer for all points at an epoch, by its number."""
    outputs = layer_outputs(history, snapshot.network)
    return {k: values.numpy().ravel() for k, values in outputs.items()}


def gradients_of(history, snapshot):
    """The gradients of the loss with respect to the parameters of every layer, by its number."""
    layers = layer_gradients(history, snapshot.network)
    return {
        k: np.concatenate([values.numpy().ravel() for values in layer])
        for k, layer in enumerate(layers)
    }


class Violins:
    """The distribution of one quantity in every layer: a violin, or a tick for each of few values.

    The width of a violin is the Gaussian kernel density of its values. It ends at the smallest and
    the largest of them, and its dot is their median. All violins have the same largest width.

    quantity: a function of a History and a Snapshot to the values of all layers, by their numbers.
    """

    @needed_by("violins")
    def __init__(self, axes, replay, looks, title, quantity):
        check_parameters(replay.history)
        self.history, self.quantity = replay.history, quantity
        names = replay.history.layer_names
        axes.set_title(title)
        axes.set(xlim=(-0.5, len(names) - 0.5), ylim=self._limits(axes, replay))
        self._name_layers(axes, names)
        self._scale = axes.yaxis.get_transform()
        self._edges = np.linspace(*self._scale.transform(axes.get_ylim()), DENSITY_BINS + 1)
        self._centers = self._scale.inverted().transform((self._edges[1:] + self._edges[:-1]) / 2)
        self.bodies = axes.add_collection(PolyCollection([], facecolors=FILL), autolim=False)
        self.ticks = axes.add_collection(
            LineCollection([], colors="black", linewidths=1.2), autolim=False
        )
        dot = {"color": "white", "markeredgecolor": "black", "markersize": 5, "zorder": 3}
        (self.medians,) = axes.plot([], [], "o", **dot, scalex=False, scaley=False)
        self.artists = (self.bodies, self.ticks, self.medians, *axes.spines.values())

    def _limits(self, axes, replay):
        """The ends of the axis at all epochs. The axis of gradients gets a scale of its own."""
        ends = [
            (values.min(), values.max())
            for epoch in replay.epochs
            for values in self.quantity(replay.history, replay.at(epoch)).values()
        ]
        low, high = np.min(ends), np.max(ends)
        if self.quantity is gradients_of:
            largest = max(-low, high) or 1
            axes.set_yscale("asinh", linear_width=LINEAR_GRADIENT_FRACTION * largest)
            power = 10.0 ** np.floor(np.log10(largest))
            marks = power * np.array([-1, -0.1, 0, 0.1, 1])
            axes.set_yticks(marks, [f"{mark:g}".replace("-", "−", 1) for mark in marks])
            axes.minorticks_off()
        scale = axes.yaxis.get_transform()
        low, high = scale.transform([low, high])
        margin = MARGIN_FRACTION * (high - low) or 1
        return scale.inverted().transform([low - margin, high + margin])

    def _name_layers(self, axes, names):
        names = [shorten(name) for name in names]
        room = 72 * axes.bbox.width / axes.figure.dpi / len(names)
        size = room / (max(map(len, names)) + GAP_CHARACTERS) / CHARACTER_WIDTH
        every = max(1, int(np.ceil(MIN_FONT_SIZE / size)))  # from one name to the next
        places = range(0, len(names), every)
        font = min(every * size, rcParams["font.size"])
        axes.set_xticks(places, names[::every], fontsize=font)
        axes.tick_params("x", length=0)
        for text in axes.get_xticklabels():
            text.set_parse_math(False)

    def draw(self, snapshot):
        """Draw the distributions at an epoch."""
        bodies, ticks, medians = [], [], []
        for k, values in self.quantity(self.history, snapshot).items():
            if len(values) >= MIN_VALUES_FOR_VIOLIN:
                bodies.append(self._body(k, values))
                medians.append((k, np.median(values)))
            else:
                ends = k - TICK_WIDTH / 2, k + TICK_WIDTH / 2
                ticks += [[(end, value) for end in ends] for value in values]
        self.bodies.set_verts(bodies)
        self.ticks.set_segments(ticks)
        self.medians.set_data(*np.reshape(medians, (-1, 2)).T)

    def _body(self, k, values):
        """The outline of a violin in the place of layer k."""
        density = kernel_density(self._scale.transform(values), self._edges)
        inside = np.nonzero(density)[0]
        half, heights = VIOLIN_WIDTH / 2 * density[inside] / density.max(), self._centers[inside]
        left, right = np.column_stack([k - half, heights]), np.column_stack([k + half, heights])
        return np.concatenate([left, right[::-1]])


def kernel_density(values, edges):
    """The Gaussian kernel density of values, in bins of equal width; 0 beyond the values.

    Its bandwidth follows Scott's rule: the standard deviation times n^(−1/5), at least one bin.
    """
    counts, _ = np.histogram(values, edges)
    width = max(1, values.std() * len(values) ** -0.2 / (edges[1] - edges[0]))
    reach = min(int(np.ceil(4 * width)), (len(counts) - 1) // 2)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    density = np.convolve(counts, kernel, "same")
    first, last = np.nonzero(counts)[0][[0, -1]]
    density[:first] = density[last + 1 :] = 0
    return density / density.sum() / (edges[1] - edges[0])


PANELS = [
    partial(Violins, title="Weights and Biases by Layer", quantity=weights_of),
    partial(Violins, title="Activations by Layer", quantity=activations_of),
    partial(Violins, title="Gradients by Layer", quantity=gradients_of),
]
