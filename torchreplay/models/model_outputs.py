"""What a model of two classes puts out: a probability, a logit, or a number for each class."""

import warnings

import torch
from torch import nn
from torch.nn import functional

from torchreplay.errors import NetworkError
from torchreplay.models.activations import is_plain
from torchreplay.models.evaluating import is_close
from torchreplay.models.tracing import evaluate, examples_of, trace

LOGIT_EPS = 2.0**-25  # the logits of P = 0 and P = 1 become finite
PROBABILITY, LOGIT, LOGITS = "probability", "logit", "logits"
OUTPUTS = {
    nn.BCELoss: PROBABILITY,
    nn.BCEWithLogitsLoss: LOGIT,
    nn.CrossEntropyLoss: LOGITS,
    nn.NLLLoss: LOGITS,
}
OUTPUTS_OF_FUNCTIONS = {
    functional.binary_cross_entropy: PROBABILITY,
    functional.binary_cross_entropy_with_logits: LOGIT,
    functional.cross_entropy: LOGITS,
    functional.nll_loss: LOGITS,
}
LOSSES = {PROBABILITY: nn.BCELoss, LOGIT: nn.BCEWithLogitsLoss, LOGITS: nn.CrossEntropyLoss}
NOT_PLAIN = ("weight", "pos_weight", "label_smoothing")
MAX_SUM_ERROR = 1e-3  # of probabilities, which half precision rounds


def find_output(model, X, loss=None):
    """Find out what a model puts out: one of OUTPUTS.

    X: its inputs, (n, ...); the model is evaluated for a few of them.
    loss: what it is trained on, a module of OUTPUTS or a function of OUTPUTS_OF_FUNCTIONS. Without
        it, a model that ends in a Sigmoid puts out a probability.
    Warns if the loss is not the plain cross-entropy that is recorded.
    Raises NetworkError if the model puts out something else, or something unknown.
    """
    output, X = _output_of(loss), examples_of(X)
    calls, value = trace(model, X)
    if output is None and (logit_call(calls, value) or value.argument_of("SigmoidBackward0")):
        output = PROBABILITY
    if output is None:
        raise NetworkError(
            "the model does not end in a Sigmoid: say by loss= what it is trained on, as in"
            " loss=nn.BCEWithLogitsLoss()"
        )
    y = evaluate(model, X)
    _check_shape(y, len(X), output)
    _check_values(y, loss, output)
    _tell_other_loss(value, loss)
    return output


def logit_of(y, output):
    """The logit, (n, 1), of what a model puts out for n points."""
    if output == LOGITS:
        return y[:, 1:] - y[:, :1]
    y = y.reshape(len(y), 1)
    return torch.logit(y, eps=LOGIT_EPS) if output == PROBABILITY else y


def agrees(logit, y, output):
    """Whether some logits, (n, 1), are those of what the model puts out for the same points."""
    if output == PROBABILITY:
        return is_close(torch.sigmoid(logit), y)
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


def _output_of(loss):
    """One of OUTPUTS by the loss; None without a loss. Raises TypeError for another one."""
    if loss is None:
        return None
    known = [output for kind, output in OUTPUTS.items() if isinstance(loss, kind)]
    known += [output for function, output in OUTPUTS_OF_FUNCTIONS.items() if loss is function]
    if not known:
        names = ", ".join(f"nn.{kind.__name__}()" for kind in OUTPUTS)
        raise TypeError(f"loss is {loss!r}: give one of {names}")
    return known[0]


def _check_shape(y, points, output):
    found = tuple(y.shape)
    if output == LOGITS:
        fits, wanted = found == (points, 2), (points, 2)
    else:
        fits, wanted = y.numel() == points == len(y), (points, 1)
    if not fits:
        raise NetworkError(
            f"the model puts out {found} for {points} points, not {wanted}: two classes need"
            " one output, or two outputs with loss=nn.CrossEntropyLoss()"
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


def _tell_other_loss(y, loss):
    """Warn if the recorded loss, the plain cross-entropy, is not the one that is trained on."""
    settings = {name: getattr(loss, name, None) for name in NOT_PLAIN}
    changed = [name for name, value in settings.items() if torch.is_tensor(value) or value]
    if changed or (isinstance(loss, nn.Module) and type(loss) not in OUTPUTS):
        why = f"with {' and '.join(changed)}" if changed else "of a class of its own"
        warnings.warn(
            f"the loss is a {type(loss).__name__} {why}: the record has the plain cross-entropy",
            stacklevel=5,
        )
    if isinstance(loss, nn.CrossEntropyLoss) and y.argument_of("SoftmaxBackward0"):
        warnings.warn(
            "the model ends in a Softmax, and CrossEntropyLoss applies another one: leave it out",
            stacklevel=5,
        )
