"""What pictures need of a network.

A module with all attributes of a Network is used directly. Any other model is wrapped in a
Classifier, which has them. In shapes, n is the number of points, d that of features, and `units`
that of units of the last hidden layer.
"""

from typing import Protocol

import numpy as np
from torch import Tensor, nn


class Network(Protocol):
    """A module of which pictures are made.

    It is copied, so `copy.deepcopy` and `load_state_dict` must work for it.
    """

    @property
    def logit(self) -> nn.Module:
        """The module that maps points, (n, d), to logits, (n, 1). It has all parameters.

        Of more than two classes it puts out a logit for each, (n, K), and in regression the number
        predicted, (n, 1).

        If it is a Sequential of Linear layers and activation functions, the page evaluates it in
        the browser, and the loss surface is evaluated for many parameters at once.
        """

    @property
    def inputs(self) -> nn.Module:
        """The layers that lead to the input space: none, `nn.Sequential()`.

        Raises NetworkError if there is no input space to show.
        """

    @property
    def features(self) -> nn.Module:
        """The hidden layers, a module that maps points, (n, d), to activations, (n, units).

        The feature space shows them if there are two units. The last layer of a Sequential decides
        how: a known activation function sets the ends of the axes, and a Linear one is whitened.
        """

    @property
    def head(self) -> nn.Linear | None:
        """The layer that maps activations, (n, units), to the logits; it has a bias.

        Its boundary is straight. If it is None, the boundary is the image of the boundary in the
        input plane.
        """

    def forward(self, x: Tensor) -> Tensor:
        """The probability of class 1, (n, 1), or that of each class, or the number predicted."""


class NetworkExtras(Protocol):
    """Optional attributes of a Network.

    settings: how it is built, in types that JSON knows. They are saved with a record. `common`
        rebuilds a network if these are the arguments of its `Network`. The name "kept" is reserved
        for KeptFeatures.
    is_latent: whether its last hidden layer is called latent.
    grid: (lines, points, d) float32, the points whose images are the grid of a feature space
        without an input plane.
    is_published: whether `common` trains it like the published run; only `common` needs it.
    """

    settings: dict
    is_latent: bool
    grid: np.ndarray
    is_published: bool


class LayerExtras(Protocol):
    """Optional attributes of a layer of `features` or `logit`.

    keeps_plane_flat: whether it maps a plane to a plane without folds.
    mean, spread: (d,) each, of a first layer that puts out (x − mean) / spread, as the page does.
    """

    keeps_plane_flat: bool
    mean: Tensor
    spread: Tensor


REQUIRED_ATTRIBUTES = tuple(name for name in vars(Network) if not name.startswith("_"))
