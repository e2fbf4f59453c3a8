"""Record what an Engine of PyTorch Ignite trains."""

from torchreplay.callbacks.callback import EPOCH, STEP, Callback, imported


class Ignite(Callback):
    """Handlers for an Engine of PyTorch Ignite, which does not know its model: see `attach`.

    Examples
    --------
    >>> record = Ignite(X, y, loss=nn.BCEWithLogitsLoss()).attach(trainer, model)
    >>> trainer.run(loader, max_epochs=20)
    >>> record.replay()
    """

    @classmethod
    def _bases(cls):
        imported("ignite.engine", "pytorch-ignite")
        return ()

    def attach(self, engine, model):
        """Record a model while an engine trains it. Returns this object.

        Attach it before handlers that load other parameters at the end of an epoch.
        """
        events = imported("ignite.engine", "pytorch-ignite").Events
        engine.add_event_handler(events.STARTED, lambda: self._begin(model))
        engine.add_event_handler(events.ITERATION_COMPLETED, lambda: self._ended(STEP))
        engine.add_event_handler(events.EPOCH_COMPLETED, lambda: self._ended(EPOCH))
        return self
