"""What pictures need of a network, written down once.

A module that has all parts of a Network is used directly, and any other model is wrapped in a
Classifier, which finds them. In shapes, n is a number of points, d of features, and units of those
that the last hidden layer has.
"""

from typing import Protocol

import numpy as np
from torch import Tensor, nn


class Network(Protocol):
    """A module of two classes that pictures are made of.

    It is copied, so that it must be a module that `copy.deepcopy` and `load_state_dict` know.
    """

    @property
    def logit(self) -> nn.Module:
        """The module of points, (n, d), to their logits, (n, 1), which has all parameters.

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
        """The hidden layers, a module of points, (n, d), to activations, (n, units).

        The feature space shows them if there are two units. The last layer of a Sequential says
        how: known activation functions have the ends of the axes, and a Linear one is whitened.
        """

    @property
    def head(self) -> nn.Linear | None:
        """The layer of activations, (n, units), to logits, (n, 1), with a bias.

        It makes a straight boundary. Without one, None, the boundary is the image of that in the
        input plane.
        """

    def forward(self, x: Tensor) -> Tensor:
        """The probability of class 1, (n, 1), of points, (n, d)."""


class NetworkExtras(Protocol):
    """What a Network may have as well.

    settings: what it is built of, in types that JSON knows; it is saved with a record. `common`
        builds a network again if these are the arguments of `Network`, and "kept" is reserved for
        KeptFeatures.
    is_latent: whether its last hidden layer is called latent.
    grid: (lines, points, d) float32, the points whose images are the grid of a feature space
        without an input plane.
    is_published: whether `common` trains it as the published run was; only `common` needs it.
    """

    settings: dict
    is_latent: bool
    grid: np.ndarray
    is_published: bool


class LayerExtras(Protocol):
    """What a layer of `features` or `logit` may have as well.

    keeps_plane_flat: whether it maps a plane to a plane and folds nothing.
    mean, spread: (d,) each, of a first layer that puts out (x − mean) / spread: the page has that.
    """

    keeps_plane_flat: bool
    mean: Tensor
    spread: Tensor


PARTS = tuple(name for name in vars(Network) if not name.startswith("_"))  # that are needed
