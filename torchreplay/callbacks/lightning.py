"""Record what a Trainer of Lightning trains."""

import sys
from importlib.util import find_spec

from torchreplay.callbacks.callback import EPOCH, STEP, Callback, imported

PACKAGES = {"lightning.pytorch": "lightning", "pytorch_lightning": "pytorch_lightning"}


class Lightning(Callback):
    """A callback for Lightning's Trainer, of `lightning` and of `pytorch_lightning`.

    Each of both packages refuses callbacks of the other. So this is one of the package that is
    loaded, and one of both where both are.

    Examples
    --------
    >>> record = Lightning(X, y, loss=nn.BCEWithLogitsLoss())
    >>> Trainer(max_epochs=20, callbacks=[record]).fit(model, loader)
    >>> record.replay()
    """

    @classmethod
    def _bases(cls):
        loaded = [name for name in PACKAGES if name in sys.modules]
        there = loaded or [name for name, package in PACKAGES.items() if find_spec(package)]
        modules = [imported(name, PACKAGES[name]) for name in there or PACKAGES]
        return tuple(module.Callback for module in modules)

    @property
    def state_key(self):
        """A key of its own, since a Trainer may have several."""
        return f"{type(self).__qualname__} {id(self)}"

    def on_train_start(self, trainer, pl_module):
        """Begin the record; what has been loaded from a checkpoint is its epoch 0."""
        self._steps = trainer.global_step
        self._begin(trainer.strategy.model)

    def on_train_batch_end(self, trainer, *arguments):
        """Record a step, if gradients are not still accumulated."""
        if trainer.global_step != self._steps:
            self._ended(STEP)
        self._steps = trainer.global_step

    def on_train_epoch_end(self, trainer, pl_module):
        """Record an epoch."""
        self._ended(EPOCH)
