"""Record what Keras trains, if it runs on PyTorch."""

from torchreplay.callbacks.callback import EPOCH, STEP, Callback, imported
from torchreplay.callbacks.keras_layers import OTHER_WAY, Chain, Named
from torchreplay.errors import NetworkError, UserError
from torchreplay.models.evaluating import evaluating, is_close
from torchreplay.models.tracing import examples_of
from torchreplay.replay.recorder import FEATURES


class Keras(Callback):
    """A callback for models of Keras 3 on its PyTorch backend.

    A chain of common layers is recorded as a Sequential of the layers of PyTorch that compute the
    same, `recorder.model`. Of any other model the features can be kept, with keep="features".

    Examples
    --------
    >>> record = Keras(X, y)
    >>> model.fit(X, y, epochs=20, callbacks=[record])
    >>> record.replay()
    """

    _given = _module = _chain = None  # the model, and what is recorded in its place

    @classmethod
    def _bases(cls):
        keras = imported("keras", "keras")
        backend = keras.backend.backend()
        if backend != "torch":
            raise UserError(
                f"Keras runs on {backend}: set the environment variable KERAS_BACKEND to torch"
                " before it is imported"
            )
        return (keras.callbacks.Callback,)

    def on_train_begin(self, logs=None):
        """Begin the record."""
        self._begin(self.model)
        self._check()

    def on_train_batch_end(self, batch, logs=None):
        """Record a step."""
        self._ended(STEP)

    def on_epoch_end(self, epoch, logs=None):
        """Record an epoch."""
        self._ended(EPOCH)

    def _module_of(self, model):
        name = self._arguments["module"]
        model = model if name is None else model.get_layer(name)
        if self._given is not model:
            self._given = model
            keeps_features = self._arguments.get("keep") == FEATURES
            self._chain = None if keeps_features else Chain(model)
            self._module = self._chain.module if self._chain else Named(model)
        return self._module

    def _record(self):
        if self._chain is not None and self.recorder.is_due:
            self._chain.update()
            self._check()
        super()._record()

    def _check(self):
        """Raise NetworkError if the Sequential puts out anything else than the model."""
        if self._chain is None:
            return
        model, module = self._given, self._module
        x = examples_of(self.recorder.dataset.X).to(next(module.parameters()))
        with evaluating(model), evaluating(module):
            if not is_close(module(x), model(x)):
                raise NetworkError(
                    f"layers of PyTorch put out other numbers than the model of Keras: {OTHER_WAY}"
                )
