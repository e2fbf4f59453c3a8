"""Record what a net of skorch trains."""

from torchreplay.callbacks.callback import EPOCH, STEP, Callback, imported


class Skorch(Callback):
    """A callback for skorch's nets.

    Examples
    --------
    >>> record = Skorch(X, y, loss=nn.BCEWithLogitsLoss())
    >>> NeuralNetBinaryClassifier(Module, callbacks=[record]).fit(X, y)
    >>> record.replay()
    """

    @classmethod
    def _bases(cls):
        return (imported("skorch.callbacks", "skorch").Callback,)

    def get_params(self, deep=True):
        """The arguments with which scikit-learn makes another one."""
        return dict(self._arguments)

    def set_params(self, **params):
        """Change arguments. What has been recorded is given up."""
        self.__init__(**{**self._arguments, **params})
        return self

    def on_train_begin(self, net, X=None, y=None, **rest):
        """Begin the record.

        It comes first from now on, because a callback that stops the training early also keeps
        those after it from seeing the last epoch.
        """
        others = [(name, one) for name, one in net.callbacks_ if one is not self]
        own = [(name, one) for name, one in net.callbacks_ if one is self]
        net.callbacks_ = own + others
        self._begin(net.module_)

    def on_batch_end(self, net, batch=None, training=None, **rest):
        """Record a step."""
        if training:
            self._ended(STEP)

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **rest):
        """Record an epoch."""
        self._ended(EPOCH)
