"""The planes after every step of a network, from the input space to the last hidden layer."""

import math
from dataclasses import dataclass, replace

from torchreplay.models.activations import activation_of, is_elementwise
from torchreplay.models.standardize import Standardize
from torchreplay.record.layers import check_parameters
from torchreplay.spaces.layer_spaces import (
    MAX_PROJECTED_UNITS,
    as_model,
    layer_space,
    projected_space,
    space_of_layer,
)
from torchreplay.spaces.space import INPUT_SPACE, Space

MAX_STEPS_SHOWN = 6
UNITS = ("Unit 1", "Unit 2")


@dataclass(frozen=True)
class Step:
    """A step of a network, and the plane after it.

    name: of the step, in words; space: the Space after it.
    is_inner: whether an activation function follows, whose plane is of more interest.
    """

    name: str
    space: Space
    is_inner: bool = False


def steps_of_layers(history):
    """The Steps of a History that are shown, the History with named layers, and all their number.

    A layer of two units is shown as it is: what its linear part puts out, then what the activation
    function makes of that. Of a wider one, what the activation function puts out is shown, in the
    plane in which the next layer decides, or in that of its two main components. If there are
    too many, what activation functions take is left out first, and then what comes before the last.
    """
    check_parameters(history)
    model = as_model(history)
    found = [Step("input", INPUT_SPACE)] if history.dataset.is_plane else []
    names = names_of(history, model)
    layers = list(model.network(0).layer_shapes)
    for k, layer in enumerate(layers):
        following = layers[k + 1] if k + 1 < len(layers) else None
        found += step_after(model, layer, following, names[layer])
    total, shown = len(found), found
    if len(shown) > MAX_STEPS_SHOWN:
        shown = [step for step in shown if not step.is_inner]
    if len(shown) > MAX_STEPS_SHOWN:
        shown = [shown[0], *shown[1 - MAX_STEPS_SHOWN :]]
    return shown, model, total


def step_after(history, layer, following, name):
    """The Step of a layer, in a list; an empty one if it is not shown.

    following: the name of the next layer, or None.
    """
    network = history.network(0)
    module, width = network.model.get_submodule(layer), math.prod(network.layer_shapes[layer])
    is_inner = following is not None and is_elementwise(network.model.get_submodule(following))
    if isinstance(module, Standardize) or width < 2:
        return []
    if width == 2:
        space = layer_space(network, layer)
        is_last = network.head_of(layer) is not None
        space = space if is_last else replace(space, axis_labels=UNITS, is_raw=True)
        return [Step(name, space, is_inner)]
    if is_inner or width > MAX_PROJECTED_UNITS:
        return []
    if network.head_of(layer) is not None:
        return [Step(name, space_of_layer(history, layer, projection="decision"))]
    return [Step(f"{name}, PCA", projected_space(history, layer, None, "pca"))]


def names_of(history, model):
    """What the steps of a network are called, by the names of its modules.

    history: the History; model: the same with layers by name, see `as_model`.
    """
    network = model.network(0).model
    own = dict(zip(model.layer_parameters, history.layer_names, strict=True))
    names, latest = {}, ""
    for layer, module in network.named_modules():
        latest = own.get(layer, latest)
        known = activation_of(module)
        kind = known.name if known else type(module).__name__.lower()
        where = latest if history.output is None or layer in own else layer
        names[layer] = f"{where}: {kind}"
    return names
