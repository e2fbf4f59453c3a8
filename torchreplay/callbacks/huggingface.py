"""Record what the Trainer of Hugging Face's Transformers trains."""

from torchreplay.callbacks.callback import EPOCH, STEP, Callback, imported


class HuggingFace(Callback):
    """A callback for the Trainer of Hugging Face's Transformers.

    Its models are given dictionaries, and put out several things. `module` names the module inside
    that maps X to logits.

    Examples
    --------
    >>> record = HuggingFace(X, y, module="net", loss=nn.CrossEntropyLoss())
    >>> Trainer(model, arguments, train_dataset=data, callbacks=[record]).train()
    >>> record.replay()
    """

    @classmethod
    def _bases(cls):
        return (imported("transformers", "transformers").TrainerCallback,)

    def on_train_begin(self, args, state, control, model=None, **rest):
        """Begin the record; what has been loaded from a checkpoint is its epoch 0."""
        self._begin(model)

    def on_step_end(self, args, state, control, **rest):
        """Record a step."""
        self._ended(STEP)

    def on_epoch_end(self, args, state, control, **rest):
        """Record an epoch."""
        self._ended(EPOCH)
