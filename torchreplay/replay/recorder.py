"""Records a model while it is trained, epoch by epoch, and leaves its training as it is."""

import contextlib
import copy
import numbers

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from torchreplay.data.arrays import dataset_of
from torchreplay.data.dataset import Dataset
from torchreplay.errors import Argument, NetworkError, UserError
from torchreplay.models.classifier import (
    EXAMPLES,
    LOGIT,
    Classifier,
    find_output,
    is_used_directly,
)
from torchreplay.models.decision import predicted
from torchreplay.models.tracing import in_batches
from torchreplay.record.history import History, as_array, check_model, described_epochs
from torchreplay.record.kept_features import LOGITS, KeptFeatures, numbered, read_features

MOST_BYTES = 2e9  # of a record
FIRST_ROWS = 16  # of a growing array
PARAMETERS, FEATURES = "parameters", "features"  # what of a model is kept


class Recorder:
    """Records a model while it is trained: its parameters, loss and accuracy, epoch by epoch.

    The initialization is recorded at once as epoch 0; `record` is to be called after every epoch,
    or after every step.

    model: any module for two classes that maps points to a probability or a logit, (n,) or (n, 1),
        or to two logits, (n, 2).
    X: the points, (n, ...), or a Dataset.
    y: their labels, (n,) or (n, 1), of two different values.
    loss: the BCELoss, BCEWithLogitsLoss or CrossEntropyLoss that the model is trained on; it says
        what the model puts out. Without it, a model that ends in a Sigmoid puts out a probability.
    validation: more points and their labels, a pair (X, y), that the model is not trained on.
    names: of the features, `classes` of the two classes, for axes and legends.
    every: how many calls of `record` there are to one that records, and `label` what is counted.
    keep: "parameters", or "features" for a large model: then only the logits are kept, and what a
        layer of two units puts out for points and grid; `layer` is its name, by default the last.

    Loss and accuracy are evaluated over all points, those held out apart, from the logit, which is
    exact where the probability is 0 or 1 in single precision. Neither gradients nor random numbers,
    modes or devices of the model are touched. Raises TypeError or ValueError for what cannot be
    recorded.
    """

    def __init__(
        self, model, X, y=None, *, validation=None, loss=None, names=None, classes=None, every=1,
        label="epoch", keep=PARAMETERS, layer=None,
    ):  # fmt: skip
        check_model(model)
        _check_words(every, label, keep, layer)
        if y is None and not isinstance(X, Dataset):
            raise TypeError("y is missing: give the label of every point of X")
        if y is None and validation is not None:
            raise TypeError("validation goes with X and y: a Dataset says what is held out")
        self.model, self.every, self.label, self.keep = model, int(every), label, keep
        self.dataset = X if y is None else dataset_of(X, y, names, classes, validation)
        with evaluating(model):
            self._find_classifier(loss)
            if keep == FEATURES:
                self._kept = self._layer_to_keep(layer)
            else:
                self._kept = _copy(model)
        self._values, self._metrics, self._bytes = {}, {}, 0
        self._calls, self.diverged = 0, False
        if not self._record():
            raise UserError(
                "the model puts out more than can be shown: try ",
                Argument("standardized", True),
                ", or scale X",
            )

    def _find_classifier(self, loss):
        """Find out what the model puts out, and which module gives its logit."""
        example, directly = self._place(self.dataset.X[:EXAMPLES]), is_used_directly(self.model)
        self._asked, self._output = self.model, None
        if directly and self.keep == FEATURES:
            self._asked = Classifier(self.model.logit, LOGIT, example)
        elif not directly:
            self._output = find_output(self.model, example, loss)
            self._asked = Classifier(self.model, self._output, example)

    def _layer_to_keep(self, layer):
        """The KeptFeatures of a layer."""
        layer = self._asked.two_unit_layer(layer)
        self._output = None  # KeptFeatures are used directly
        points, shape = len(self.dataset.X), tuple(self.dataset.grid.shape[:2])
        return KeptFeatures(points, shape, layer, self._asked.head_of(layer) is not None)

    def _place(self, x):
        return x.to(next(self.model.parameters()))

    def record(self):
        """Record the model as it is now, unless a parameter or the loss is no longer finite.

        With `every`, calls in between record nothing, cost nothing and return True.
        Returns whether it is recorded. Raises NetworkError if a parameter has another shape now, or
        if the record takes too much memory; what has been recorded stays.
        """
        self._calls += 1
        return self._calls % self.every > 0 or self._record()

    def _record(self):
        with evaluating(self.model):
            if self.keep == FEATURES:
                state = read_features(self._asked, self._kept.layer, self.dataset, self._place)
                logit = state[LOGITS]
            else:
                state = self.model.state_dict()
                logit = in_batches(lambda x: self._asked.logit(self._place(x)), self.dataset.X)
        state = {name: as_array(value) for name, value in state.items()}
        if self._values:
            self._check_shapes(state)
        logit = logit.float().cpu()
        metrics = metrics_of(logit, self.dataset)
        finite = [np.isfinite(values).all() for values in (*state.values(), *metrics.values())]
        self.diverged = not (all(finite) and logit.isfinite().all())
        if self.diverged:
            return False
        self._append(state, metrics)
        return True

    def _append(self, state, metrics):
        self._bytes += sum(values.nbytes for values in state.values())
        if self._bytes > MOST_BYTES:
            raise NetworkError(
                f"the record would take more than {MOST_BYTES / 1e9:g} GB: record less often"
                f', with every=, or choose keep="{FEATURES}"'
            )
        for name, values in state.items():
            if name not in self._values:
                self._values[name] = _GrowingArray(values.shape, values.dtype)
            self._values[name].append(values)
        for name, value in metrics.items():
            self._metrics.setdefault(name, _GrowingArray((), float)).append(value)

    def _check_shapes(self, state):
        for name in {**state, **self._values}:
            now = state[name].shape if name in state else "nothing"
            before = self._values[name].shape if name in self._values else "nothing"
            if now != before:
                raise NetworkError(
                    f"{name} of the model is {now} now and was {before}: record a model that keeps"
                    " its layers"
                )

    def __repr__(self):
        epochs = described_epochs(self.label, self.every, len(self._metrics["loss"]))
        diverged = ", diverged" if self.diverged else ""
        return f"Recorder of {epochs}: {type(self.model).__name__}, keeps {self.keep}{diverged}"

    def history(self):
        """The History of all epochs recorded so far."""
        return History(
            numbered(self.dataset) if self.keep == FEATURES else self.dataset,
            {name: values.rows() for name, values in self._values.items()},
            **{name: values.rows() for name, values in self._metrics.items()},
            model=self._kept, diverged=self.diverged, output=self._output,
            every=self.every, label=self.label,
        )  # fmt: skip

    def replay(self):
        """The Replay of all epochs recorded so far."""
        from torchreplay.replay.replay import Replay  # it needs what makes pictures

        return Replay(self.history())


def metrics_of(logit, dataset):
    """Loss and accuracy of the points trained on and, if any are, of those held out: by name.

    logit: of all points of a Dataset, (n, 1).
    """
    parts = {"": slice(None)}
    if dataset.held_out is not None:
        parts = {"": ~dataset.held_out, "validation_": dataset.held_out}
    found = {}
    for name, rows in parts.items():
        z, y = logit[rows], dataset.y[rows]
        found[f"{name}loss"] = binary_cross_entropy_with_logits(z, y).item()
        found[f"{name}accuracy"] = (predicted(z) == y).float().mean().item()
    return found


def _check_words(every, label, keep, layer):
    """Raise TypeError or UserError for what the words of a Recorder cannot be."""
    if not isinstance(every, numbers.Integral) or every < 1:
        raise UserError(f"every is {every!r}: give a whole number of 1 or more")
    if not isinstance(label, str):
        raise TypeError(f"label is {label!r}: give a word, as in label='step'")
    if keep not in (PARAMETERS, FEATURES):
        raise UserError(f'keep is {keep!r}: give "{PARAMETERS}" or "{FEATURES}"')
    if layer is not None and keep != FEATURES:
        raise UserError(f'layer is for keep="{FEATURES}": choose it in feature_space instead')


def _copy(model):
    """A copy of a model, of which History makes others."""
    try:
        return copy.deepcopy(model)
    except Exception as fault:
        reason = str(fault).strip().partition("\n")[0]
        raise NetworkError(
            f'the model cannot be copied ({reason}): choose keep="{FEATURES}"'
        ) from fault


@contextlib.contextmanager
def evaluating(model):
    """Have a model in evaluation mode, without gradients; its modes and random numbers stay."""
    modes = [(module, module.training) for module in model.modules()]
    devices = {value.device for value in model.parameters() if value.is_cuda}
    with torch.no_grad(), torch.random.fork_rng(devices):
        model.eval()
        try:
            yield
        finally:
            for module, mode in modes:
                module.training = mode


class _GrowingArray:
    """Rows of one shape in one array, which doubles when it is full."""

    def __init__(self, shape, dtype):
        self.shape = tuple(shape)
        self._values, self._count = np.empty((FIRST_ROWS, *shape), dtype), 0

    def append(self, row):
        if self._count == len(self._values):
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
        self._values[self._count] = row
        self._count += 1

    def __len__(self):
        return self._count

    def rows(self):
        """A copy of all rows."""
        return self._values[: self._count].copy()
