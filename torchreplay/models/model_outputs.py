"""What a model puts out: a probability, a logit, a number for each class, or the number learned."""

import warnings

import torch
from torch import nn
from torch.nn import functional

from torchreplay.errors import NetworkError
from torchreplay.models.activations import is_plain
from torchreplay.models.evaluating import is_close
from torchreplay.models.tasks import MAX_CLASSES, TWO_CLASSES
from torchreplay.models.tracing import evaluate, examples_of, trace

LOGIT_EPS = 2.0**-25  # the logits of P = 0 and P = 1 become finite
PROBABILITIES = "probabilities"  # of more than two classes, of a model that is used directly
PROBABILITY, LOGIT, LOGITS = "probability", "logit", "logits"
NUMBER, NUMBER_BY_L1, NUMBER_BY_HUBER = "number", "number by l1", "number by huber"
OUTPUTS = {
    nn.BCELoss: PROBABILITY,
    nn.BCEWithLogitsLoss: LOGIT,
    nn.CrossEntropyLoss: LOGITS,
    nn.NLLLoss: LOGITS,
    nn.MSELoss: NUMBER,
    nn.L1Loss: NUMBER_BY_L1,
    nn.HuberLoss: NUMBER_BY_HUBER,
    nn.SmoothL1Loss: NUMBER_BY_HUBER,
}
OUTPUTS_OF_FUNCTIONS = {
    functional.binary_cross_entropy: PROBABILITY,
    functional.binary_cross_entropy_with_logits: LOGIT,
    functional.cross_entropy: LOGITS,
    functional.nll_loss: LOGITS,
    functional.mse_loss: NUMBER,
    functional.l1_loss: NUMBER_BY_L1,
    functional.huber_loss: NUMBER_BY_HUBER,
    functional.smooth_l1_loss: NUMBER_BY_HUBER,
}
LOSSES = {
    PROBABILITY: nn.BCELoss,
    LOGIT: nn.BCEWithLogitsLoss,
    LOGITS: nn.CrossEntropyLoss,
    NUMBER: nn.MSELoss,
    NUMBER_BY_L1: nn.L1Loss,
    NUMBER_BY_HUBER: nn.HuberLoss,
}
CRITERIA = {NUMBER: "mse", NUMBER_BY_L1: "l1", NUMBER_BY_HUBER: "huber"}  # of Regression
NOT_PLAIN = {  # what changes a loss, and what it is in the loss that is recorded
    "weight": None, "pos_weight": None, "label_smoothing": 0, "delta": 1, "beta": 1
}  # fmt: skip
MAX_SUM_ERROR = 1e-3  # of probabilities, which half precision rounds


def find_output(model, X, loss=None, task=TWO_CLASSES):
    """Find out what a model puts out: one of OUTPUTS.

    X: its inputs, (n, ...); the model is evaluated for a few of them.
    loss: what it is trained on, a module of OUTPUTS or a function of OUTPUTS_OF_FUNCTIONS. Without
        it, a model of two classes that ends in a Sigmoid puts out a probability, and a model that
        learns a number puts out this number.
    task: the Task that it learns.
    Warns if the loss is not the plain one that is recorded.
    Raises NetworkError if the model puts out something else, or something unknown.
    """
    output, X = output_of(loss), examples_of(X)
    calls, value = trace(model, X)
    if output is None:
        ends_in_sigmoid = logit_call(calls, value) or value.argument_of("SigmoidBackward0")
        output = _likely_output(task, ends_in_sigmoid)
    _check_task(task, output)
    y = evaluate(model, X)
    _check_shape(y, len(X), output, task)
    _check_values(y, loss, output)
    _tell_other_loss(value, loss, output)
    return output


def logit_of(y, output):
    """The logit, (n, 1), or the logits of more than two classes, of what a model puts out.

    If it puts out two logits, it is their difference.
    """
    if output == LOGITS:
        return y[:, 1:] - y[:, :1] if is_pair(y.shape) else y
    if output == PROBABILITIES:
        return torch.log(y)
    y = y.reshape(len(y), 1)
    return torch.logit(y, eps=LOGIT_EPS) if output == PROBABILITY else y


def agrees(logit, y, output):
    """Whether some logits, (n, 1), are those of what the model puts out for the same points."""
    if output == PROBABILITY:
        return is_close(torch.sigmoid(logit), y)
    if output == PROBABILITIES:
        return is_close(torch.softmax(logit, dim=1), y)
    return is_close(logit, logit_of(y, output))


def logit_call(calls, y):
    """The Call that computes the logit of a probability y, a Value; None if there is none.

    It is that of a Sigmoid, whose input is the logit. If the model calls the function instead, it
    is that of the linear layer that puts out the logit.
    """
    argument = y.argument_of("SigmoidBackward0")
    for call in reversed(calls):
        if is_plain(call.module, nn.Sigmoid) and y.is_same(call.result):
            return call
        if argument and is_plain(call.module, nn.Linear) and argument.is_same(call.result):
            return call
    return None


def is_pair(shape):
    """Whether a model that puts out this shape puts out two numbers for each point."""
    return len(shape) == 2 and shape[1] == 2


def forward_output(task):
    """The kind of what a Network itself puts out; see `network.Network`."""
    return PROBABILITY if task.classes == 2 else PROBABILITIES if task.classes else NUMBER


def plain_output(task):
    """The kind of what a Network puts out as its logit: one of OUTPUTS."""
    return LOGIT if task.classes == 2 else LOGITS if task.classes else NUMBER


def output_of(loss):
    """One of OUTPUTS by the loss; None without a loss. Raises TypeError for another one."""
    if loss is None:
        return None
    known = [output for kind, output in OUTPUTS.items() if isinstance(loss, kind)]
    known += [output for function, output in OUTPUTS_OF_FUNCTIONS.items() if loss is function]
    if not known:
        names = ", ".join(f"nn.{kind.__name__}()" for kind in OUTPUTS)
        raise TypeError(f"loss is {loss!r}: give one of {names}")
    return known[0]


def _likely_output(task, ends_in_sigmoid):
    """What a model most likely puts out if its loss is not known."""
    if task.classes == 0:
        return NUMBER
    if task.classes > 2:
        raise NetworkError(
            f"the labels are those of {task.classes} classes: say by loss= what the model is"
            " trained on, as in loss=nn.CrossEntropyLoss()"
        )
    if not ends_in_sigmoid:
        raise NetworkError(
            "the model does not end in a Sigmoid: say by loss= what it is trained on, as in"
            " loss=nn.BCEWithLogitsLoss()"
        )
    return PROBABILITY


def _check_task(task, output):
    """Raise NetworkError unless a model with an output learns a task."""
    learned = "numbers" if output in CRITERIA else "classes" if output == LOGITS else "two classes"
    counts = {"numbers": (0,), "two classes": (2,), "classes": range(2, MAX_CLASSES + 1)}
    if task.classes not in counts[learned]:
        raise NetworkError(
            f"the loss is for {learned}, and the labels are {task.described}: nn.CrossEntropyLoss()"
            " is for classes, nn.MSELoss() for numbers"
        )


def _check_shape(y, points, output, task):
    """Raise NetworkError unless a model puts out as many numbers as the task needs."""
    found = tuple(y.shape)
    if output == LOGITS:
        fits, wanted = found == (points, task.classes), (points, task.classes)
    else:
        fits, wanted = y.numel() == points == len(y), (points, 1)
    if not fits:
        more = output == LOGITS and len(found) == 2 and found[1] > task.classes
        raise NetworkError(
            f"the model puts out {found} for {points} points, not {wanted}: {task.needs}"
            + more * f"; or give points of all {found[1]} classes: y lacks some"
        )


def _check_values(y, loss, output):
    if output == PROBABILITY and not ((y >= 0) & (y <= 1)).all():
        raise NetworkError(
            "the model puts out numbers that are no probabilities: with loss=nn.BCEWithLogitsLoss()"
            " they are logits"
        )
    if isinstance(loss, nn.NLLLoss) or loss is functional.nll_loss:
        sums = y.float().exp().sum(dim=1)
        if not torch.allclose(sums, torch.ones_like(sums), atol=MAX_SUM_ERROR):
            raise NetworkError(
                "NLLLoss needs log-probabilities: end the model in nn.LogSoftmax(dim=1), or train"
                " it on nn.CrossEntropyLoss()"
            )


def _tell_other_loss(y, loss, output):
    """Warn if the recorded loss, the plain one, is not the one that is trained on."""
    settings = {name: (getattr(loss, name, plain), plain) for name, plain in NOT_PLAIN.items()}
    changed = [
        name
        for name, (value, plain) in settings.items()
        if torch.is_tensor(value) or value != plain
    ]
    if changed or (isinstance(loss, nn.Module) and type(loss) not in OUTPUTS):
        why = f"with {' and '.join(changed)}" if changed else "of a class of its own"
        plain_loss = {**dict.fromkeys(LOSSES, "cross-entropy"), **CRITERIA}[output]
        warnings.warn(
            f"the loss is a {type(loss).__name__} {why}: the record has the plain {plain_loss}",
            stacklevel=5,
        )
    if isinstance(loss, nn.CrossEntropyLoss) and y.argument_of("SoftmaxBackward0"):
        warnings.warn(
            "the model ends in a Softmax, and CrossEntropyLoss applies another one: leave it out",
            stacklevel=5,
        )
