"""Records a model while it is trained, epoch by epoch, and leaves its training as it is."""

from __future__ import annotations

import copy
import numbers
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from torchreplay.data.arrays import dataset_of
from torchreplay.data.dataset import Dataset, sample_of_each
from torchreplay.errors import Argument, NetworkError, UserError
from torchreplay.models.classifier import Classifier, is_used_directly
from torchreplay.models.evaluating import default_torch, evaluating
from torchreplay.models.model_outputs import (
    CRITERIA,
    LOSSES,
    agrees,
    find_output,
    forward_output,
    logit_of,
    output_of,
    plain_output,
)
from torchreplay.models.recordable import check_copy, check_evaluation, check_model, unwrapped
from torchreplay.models.tracing import examples_of, in_batches
from torchreplay.record.facts import check_words
from torchreplay.record.growing_record import GrowingRecord
from torchreplay.record.history import (
    PROBES,
    History,
    described_epochs,
    probes_of,
    recorded_module,
)
from torchreplay.record.kept_features import LOGITS, KeptFeatures, numbered, read_features
from torchreplay.record.metrics import metrics_of
from torchreplay.record.state import as_arrays, check_state, first_not_finite, is_whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import nn
    from torch.utils.data import TensorDataset

    from torchreplay.models.tasks import Task
    from torchreplay.replay.page_widget import PageWidget
    from torchreplay.replay.replay import Replay

PARAMETERS: Literal["parameters"] = "parameters"  # what a record keeps of a model
FEATURES: Literal["features"] = "features"


class Recorder:
    """Records a model while it is trained: its parameters, loss and accuracy, epoch by epoch.

    The initialization is recorded at once as epoch 0; `record` is to be called after every epoch,
    or after every step. Loss and accuracy are evaluated over all points, separately over those held
    out. They are evaluated from the logit, which is exact where the probability is 0 or 1 in single
    precision. Gradients, random numbers, modes and devices of the model stay as they are.

    Parameters
    ----------
    model : torch.nn.Module
        Any module that maps points to a probability or a logit of two classes, (n,) or (n, 1), to
        the logits of K classes, (n, K), or to a number, (n,) or (n, 1).
    X : array, Dataset or TensorDataset
        The points, (n, ...); the columns of a data frame name the features.
    y : array, optional
        Their labels, (n,) or (n, 1): two to 20 different values, or numbers if the loss is one of
        regression. A Dataset has its own, and so has a TensorDataset of two tensors.
    validation : pair of arrays, optional
        More points and their labels that the model is not trained on.
    loss : Module or function, optional
        The loss that the model is trained on, which says what it puts out: BCELoss,
        BCEWithLogitsLoss, CrossEntropyLoss, NLLLoss, or in regression MSELoss, L1Loss, HuberLoss,
        SmoothL1Loss. Without it, a model that ends in a Sigmoid puts out a probability.
    names, classes : sequence of str, optional
        Names of the features and of the classes, for axes and legends.
    every : int
        One call of `record` in so many records.
    label : str
        The word for what is counted.
    keep : "parameters" or "features"
        With "features", for a large model, only the logits are kept, and the outputs of a layer of
        two units for points and grid.
    layer : str, optional
        The name of that layer, by default the last.
    sample : int, optional
        At most so many points are recorded, a fixed random sample in which the classes keep their
        shares, and as many of those held out. Loss and accuracy are those of the sample.

    Attributes
    ----------
    diverged : bool
        Whether a parameter or the loss was not finite at a call of `record`. It ends the record.

    Raises
    ------
    TypeError, ValueError
        If the model or its data cannot be recorded.

    Examples
    --------
    >>> recorder = Recorder(model, dataset.X, dataset.y)
    >>> for epoch in range(3):
    ...     train_one_epoch(model)
    ...     still_finite = recorder.record()
    >>> recorder.replay().history.last
    3
    """

    diverged: bool
    dataset: Dataset
    task: Task
    model: nn.Module
    every: int
    label: str

    def __init__(
        self,
        model: nn.Module,
        X: ArrayLike | Dataset | TensorDataset,
        y: ArrayLike | None = None,
        *,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        loss: nn.Module | Callable[..., torch.Tensor] | None = None,
        names: Iterable[str] | None = None,
        classes: Iterable[str] | None = None,
        every: int = 1,
        label: str = "epoch",
        keep: Literal["parameters", "features"] = PARAMETERS,
        layer: str | None = None,
        sample: int | None = None,
    ):
        model = unwrapped(model)
        check_model(model)
        _check_words(every, label, keep, layer)
        if isinstance(X, Dataset) and validation is not None:
            raise TypeError("validation goes with X and y: a Dataset says what is held out")
        self.model, self.every, self.label, self.keep = model, int(every), label, keep
        is_dataset = isinstance(X, Dataset) and y is None
        learns_numbers = output_of(loss) in CRITERIA
        dataset = X if is_dataset else dataset_of(X, y, names, classes, validation, learns_numbers)
        self.dataset = dataset if sample is None else sample_of_each(dataset, sample)
        self.task = self.dataset.task
        names, classes = map(list, (self.dataset.names, self.dataset.classes))
        check_words(every=self.every, label=label, names=names, classes=classes)
        if keep == PARAMETERS:
            check_state(model)
        with evaluating(model):
            check_evaluation(model, self._examples())
            self._find_classifier(loss)
            if keep == FEATURES:
                self._kept = self._layer_to_keep(layer)
            else:
                self._kept = _copy(model)
        self._recorded, self._calls, self.diverged = GrowingRecord(), 0, False
        self._widget = None
        if not self._record():
            raise UserError(
                "the model puts out more than can be shown: try ",
                Argument("standardized", True),
                ", or scale X",
            )
        if keep == PARAMETERS:
            self._rehearse()

    @classmethod
    @default_torch()
    def resume(cls, replay: Replay, model: nn.Module | None = None) -> Recorder:
        """A Recorder that goes on with the record of a Replay.

        model: the model that is trained on, in the state of the last epoch; by default a new copy
            of the one that was recorded, as `model` of the Recorder.
        Raises NetworkError if the model is in another state, or if the record keeps features alone.
        """
        history = replay.history
        if replay.keeps_features:
            raise NetworkError("the record keeps features alone: a training cannot go on from it")
        if model is None:
            model = recorded_module(history.network(history.last)).train()
        loss = None if history.output is None else LOSSES[history.output]()
        made = cls(model, history.dataset, loss=loss, every=history.every, label=history.label)
        made._continue(history)
        return made

    def _continue(self, history):
        """Replace what is recorded by a History, which must end with the present state."""
        last = history.state_dict(history.last)
        for name, value in self.model.state_dict().items():
            if not torch.equal(value.cpu().to(last[name].dtype), last[name]):
                raise NetworkError(
                    f"{name} of the model is not that of the last {self.label} of the replay: first"
                    " model.load_state_dict(history.state_dict(history.last))"
                )
        self._recorded, self._calls = GrowingRecord.of(history), self.every * history.last

    def _find_classifier(self, loss):
        """Find out what the model puts out, and which module computes its logit."""
        examples, directly = self._examples(), is_used_directly(self.model)
        self._evaluated, self._output = self.model, None
        if directly and self.keep == FEATURES:
            output = plain_output(self.task)
            self._evaluated = Classifier(self.model.logit, output, examples, self.task)
        elif not directly:
            self._output = find_output(self.model, examples, loss, self.task)
            self.task = self.task.trained_on(CRITERIA.get(self._output, "mse"))
            self._evaluated = Classifier(self.model, self._output, examples, self.task)
        self._puts_out = self._output or forward_output(self.task)

    def _layer_to_keep(self, layer):
        """The KeptFeatures of a layer."""
        layer = self._evaluated.two_unit_layer(layer, 'record with keep="parameters"')
        self._output = None  # KeptFeatures are used directly
        points, shape = len(self.dataset.X), tuple(self.dataset.grid.shape[:2])
        has_head = self._evaluated.head_of(layer) is not None
        return KeptFeatures(points, shape, layer, has_head, self.task.outputs)

    def _place(self, x):
        values = [*self.model.parameters()]
        return x.to(next((one for one in values if not is_whole(one)), values[0]))

    def _examples(self):
        return self._place(examples_of(self.dataset.X))

    def _rehearse(self):
        """Replay the initialization once, so that what cannot be replayed fails at once."""
        with evaluating(self.model):
            network = self.history().network(0)
            check_copy(self.model, network, examples_of(self.dataset.X))

    def record(self) -> bool:
        """Record the model as it is now, unless a parameter or the loss is no longer finite.

        With `every`, calls in between record nothing, cost nothing and return True. After a
        parameter or the loss was not finite, nothing more is recorded.
        Returns whether it is recorded. Raises NetworkError if a parameter has another shape now, or
        if the record takes too much memory; what has been recorded stays.
        """
        is_due = self.is_due
        self._calls += 1
        if self.diverged:
            return False
        is_recorded = not is_due or self._record()
        if self._widget and is_due:
            self._widget.grow()
        return is_recorded

    @property
    def is_due(self) -> bool:
        """Whether the next call of `record` evaluates the model, see `every`."""
        return not self.diverged and (self._calls + 1) % self.every == 0

    def _record(self):
        with evaluating(self.model):
            state, logit, probes = self._evaluate()
            state, probes = as_arrays(state), as_arrays({PROBES: probes})
            metrics = metrics_of(logit, self.dataset, self.task)
            losses = [value for name, value in metrics.items() if name.endswith("loss")]
            finite = first_not_finite(state, self._kept) is None and np.isfinite(losses).all()
            self.diverged = not (finite and logit.isfinite().all())
            if not self.diverged:
                self._recorded.append(state, metrics | probes)
        return not self.diverged

    def _evaluate(self):
        """What is to be recorded: tensors by name, and the logits of all points and of examples.

        If the model has changed so that its logit is found elsewhere now, its output decides.
        """
        if self.keep == FEATURES:
            state = read_features(self._evaluated, self._kept.layer, self.dataset, self._place)
            logit = state[LOGITS]
        else:
            state, logit = self.model.state_dict(), self._in_batches(self._evaluated.logit)
        if not agrees(examples_of(logit), self.model(self._examples()), self._puts_out):
            logit = self._in_batches(lambda x: logit_of(self.model(x), self._puts_out))
            if self.keep == FEATURES:
                state[LOGITS] = logit
        probes = probes_of(examples_of(logit))
        probes = probes.half() if probes.dtype == torch.bfloat16 else probes  # NumPy has none
        return state, logit.float().cpu(), probes

    def _in_batches(self, function):
        return in_batches(lambda x: function(self._place(x)), self.dataset.X)

    def __repr__(self) -> str:
        epochs = described_epochs(self.label, self.every, len(self._recorded))
        diverged = ", diverged" if self.diverged else ""
        return f"Recorder of {epochs}: {type(self.model).__name__}, keeps {self.keep}{diverged}"

    def history(self) -> History:
        """The History of all epochs recorded so far."""
        computed = self._recorded.computed
        if self.keep == FEATURES:
            del computed[PROBES]  # nothing is evaluated anew
        return History(
            numbered(self.dataset) if self.keep == FEATURES else self.dataset,
            self._recorded.parameters,
            **{"accuracy": None} | computed,
            model=self._kept, diverged=self.diverged, output=self._output,
            every=self.every, label=self.label,
        )  # fmt: skip

    def replay(self) -> Replay:
        """The Replay of all epochs recorded so far."""
        from torchreplay.replay.replay import Replay  # it needs what makes pictures

        if self._widget:
            self._widget.catch_up()
        return Replay(self.history())

    def widget(self) -> PageWidget:
        """The page as a widget of a notebook, on which the training moves while it runs.

        It is one widget, however often it is shown. It needs the extra `torchreplay[notebook]`.
        Raises ValueError without it, or if the record has no plane to show.
        """
        from torchreplay.replay.widget import widget_of

        self._widget = self._widget or widget_of(self.history, grows=True)
        return self._widget


def _check_words(every, label, keep, layer):
    """Raise TypeError or UserError if an argument of Recorder has no valid value."""
    if not isinstance(every, numbers.Integral) or every < 1:
        raise UserError(f"every is {every!r}: give a whole number of 1 or more")
    if not isinstance(label, str):
        raise TypeError(f"label is {label!r}: give a word, as in label='step'")
    if keep not in (PARAMETERS, FEATURES):
        raise UserError(f'keep is {keep!r}: give "{PARAMETERS}" or "{FEATURES}"')
    if layer is not None and keep != FEATURES:
        raise UserError(f'layer is for keep="{FEATURES}": choose it in feature_space instead')


def _copy(model):
    """A copy of a model, from which History makes more, with parameters of the same names."""
    try:
        copied = copy.deepcopy(model)
        copied.load_state_dict(model.state_dict())
        return copied
    except Exception as fault:
        reason = str(fault).strip().partition("\n")[0]
        raise NetworkError(
            f'the model cannot be copied ({reason}): choose keep="{FEATURES}"'
        ) from fault
