"""Models of Keras as modules of PyTorch that can be recorded."""

from importlib import import_module

from torch import nn

from torchreplay.errors import NetworkError

NO_CHAIN = "the model of Keras is no chain of layers"
OTHER_WAY = 'choose keep="features"'


class Named(nn.Module):
    """A model of Keras whose layers are found by their names, as a module's are."""

    def __init__(self, model):
        super().__init__()
        self._whole = model
        for layer in model.layers:
            self.add_module(layer.name.replace(".", "_"), layer)

    def forward(self, x):
        """What the model puts out for points x, (n, ...)."""
        return self._whole(x)


class Chain:
    """A model of Keras whose layers are called one after another, as a Sequential of PyTorch.

    module: the Sequential; its layers have the names that they have in Keras. An activation
        function of a layer has a name of its own, as in dense_tanh.
    Raises NetworkError, which names the layer, if the model is anything else.
    """

    def __init__(self, model):
        import keras

        self._dense, self.module = [], nn.Sequential()
        self._activations = _activations(keras)
        for layer in _in_order(keras, model):
            self._add(keras, layer)
        self.update()

    def _add(self, keras, layer):
        name, kind, layers = layer.name.replace(".", "_"), type(layer), keras.layers
        if kind is layers.Dense:
            self._add_dense(name, layer)
        elif kind is layers.Activation:
            self._add_activation(name, layer)
        elif kind is layers.Flatten:
            self.module.add_module(name, nn.Flatten())
        elif kind is layers.Dropout:
            self.module.add_module(name, nn.Dropout(layer.rate))
        else:
            raise _refused(layer)

    def _add_dense(self, name, layer):
        if layer.quantization_mode is not None or layer.lora_enabled:
            raise _refused(layer)
        kernel = layer.kernel.value
        linear = nn.Linear(*kernel.shape, layer.use_bias, device="meta", dtype=kernel.dtype)
        linear.to_empty(device=kernel.device)  # it draws no random numbers
        self.module.add_module(name, linear)
        self._dense.append((layer, linear))
        self._add_activation(f"{name}_{getattr(layer.activation, '__name__', 'activation')}", layer)

    def _add_activation(self, name, layer):
        made = self._activations.get(layer.activation)
        if made is None:
            raise _refused(layer)
        if made is not nn.Identity:
            self.module.add_module(name, made())

    def update(self):
        """Give the Sequential the parameters that the model has now."""
        for layer, linear in self._dense:
            linear.weight.data.copy_(layer.kernel.value.detach().T)
            if layer.use_bias:
                linear.bias.data.copy_(layer.bias.value.detach())


def _activations(keras):
    """The classes of PyTorch's activation functions, by the functions of Keras."""
    known = keras.activations
    return {
        known.linear: nn.Identity, known.relu: nn.ReLU, known.sigmoid: nn.Sigmoid,
        known.tanh: nn.Tanh, known.gelu: nn.GELU, known.elu: nn.ELU, known.selu: nn.SELU,
        known.silu: nn.SiLU, known.softplus: nn.Softplus, known.softsign: nn.Softsign,
        known.mish: nn.Mish,
    }  # fmt: skip


def _in_order(keras, model):
    """The layers of a model that are called one after another. Raises NetworkError otherwise."""
    if not (type(model) is keras.Sequential or _is_functional(model)):
        raise NetworkError(f"{NO_CHAIN}: {OTHER_WAY}")
    layers = [layer for layer in model.layers if type(layer) is not keras.layers.InputLayer]
    try:
        ends = [*model.inputs, *(layer.output for layer in layers)]
        starts = [*(layer.input for layer in layers), *model.outputs]
    except (AttributeError, ValueError):  # a layer is called twice
        raise NetworkError(f"{NO_CHAIN}: {OTHER_WAY}") from None
    if [*map(id, ends)] != [*map(id, starts)]:
        raise NetworkError(f"{NO_CHAIN}: {OTHER_WAY}")
    return layers


def _is_functional(model):
    """Whether a model is one of `keras.Model(inputs, outputs)`, and no subclass."""
    return type(model) is import_module("keras.src.models.functional").Functional


def _refused(layer):
    return NetworkError(
        f"{layer.name} of the model is a {type(layer).__name__} that is not known as a layer of"
        f" PyTorch: {OTHER_WAY}"
    )
