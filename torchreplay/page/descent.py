"""Whether a training took plain steps down the mean gradient of all points, and of which rate.

If its settings are not known, its record may say: one learning rate explains all recorded steps.
"""

import numpy as np
import torch

from torchreplay.record.history import recorded_module

NAMES_OF_OTHERS = {
    "momentum": "momentum", "weight_decay": "weight decay", "augment": "augmented points"
}  # fmt: skip
UNKNOWN = "the page does not know how training stepped"
GRADIENT_PRECISION = 5e-6  # of a gradient in single precision, as a share of the largest one
WEIGHT_PRECISION = 2.0**-23  # of a parameter after a step, as a share of it
MOST_DIGITS = 7  # of a learning rate in single precision


def rate_of(history, points):
    """The learning rate of a training whose steps are plain gradient descent on all points.

    Returns a pair of it and of a remark. It is None if training took other steps, or if that is not
    known: then the remark says why. Otherwise the remark is "", or says that it was found.

    points: the Dataset that the page has.
    """
    training, count = history.training, len(history.dataset.trained.y)
    if len(points.trained.y) < count:
        return None, f"training used {count:,} points, of which the page has a sample"
    if not training:
        rate = found_rate(history)
        return rate, "found in the record" if rate else UNKNOWN
    others = [name for key, name in NAMES_OF_OTHERS.items() if training[key]]
    if training["optimizer"] != "sgd":
        others.insert(0, training["optimizer"].capitalize())
    if training["batch_size"] is not None and training["batch_size"] < count:
        others.append(f"batches of {training['batch_size']:,} points")
    if others:
        return None, f"training did not take plain steps, but with {', '.join(others)}"
    return training["learning_rate"], ""


def found_rate(history):
    """The one learning rate with which gradient descent on all points explains a record, or None.

    Each recorded step has to be the mean gradient times this rate, up to rounding.
    """
    if history.every > 1 or history.last == 0:
        return None
    network = history.network(0).double()
    if not explained(*steps_and_gradients(history, network, range(2))):
        return None  # most other trainings end here
    return explained(*steps_and_gradients(history, network, range(history.last + 1)))


@torch.enable_grad()
def steps_and_gradients(history, network, epochs):
    """The parameters after each step, the steps, and the mean gradients before them: (n, count)."""
    points = history.dataset.trained
    X, y = points.X.double(), points.y.double()
    model, weights, gradients = recorded_module(network), [], []
    for epoch in epochs:
        model.load_state_dict(history.state_dict(epoch))
        values = [value for value in model.parameters() if value.requires_grad]
        loss = history.task.loss(network.logit(X), y)
        slopes = torch.autograd.grad(loss, values, materialize_grads=True)
        weights.append(torch.cat([value.detach().flatten() for value in values]).numpy())
        gradients.append(torch.cat([slope.flatten() for slope in slopes]).numpy())
    weights = np.array(weights)
    return weights[1:], np.diff(weights, axis=0), np.array(gradients[:-1])


def explained(weights, steps, gradients):
    """The rate, of as few digits as possible, at which steps are minus gradients; None if none is.

    It is found by least squares.
    """
    square = (gradients**2).sum()
    if not 0 < square < np.inf:
        return None
    fitted = -(steps * gradients).sum() / square
    for digits in range(1, MOST_DIGITS + 1):
        rate = float(f"{fitted:.{digits}g}")
        rounding = WEIGHT_PRECISION * np.abs(weights)
        rounding += GRADIENT_PRECISION * rate * np.abs(gradients).max()
        if rate > 0 and (np.abs(steps + rate * gradients) <= rounding).all():
            return rate
    return None
