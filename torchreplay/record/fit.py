"""Whether a model fits a record that is loaded: it has the parameters, and takes the points."""

import torch

from torchreplay.errors import NetworkError, UserError
from torchreplay.models.tracing import examples_of, trace
from torchreplay.record.state import first_not_finite, kinds_of
from torchreplay.system.terminal import printable


def check_fit(path, parameters, model):
    """Raise UserError, naming the first misfit, unless a model has the recorded parameters."""
    misfit, state = f"the model does not fit {path}: ", model.state_dict()
    for name in {**state, **parameters}:
        shown = printable(name)
        if name not in state:
            raise UserError(f"{misfit}it has no {shown}")
        if name not in parameters or not torch.is_tensor(state[name]):
            raise UserError(f"{misfit}its {shown} was not recorded")
        wanted, found = tuple(state[name].shape), parameters[name].shape[1:]
        if found != wanted:
            raise UserError(f"{misfit}its {shown} has shape {wanted}, recorded was {found}")
        if (found := parameters[name].dtype).kind not in kinds_of(state[name]):
            raise UserError(f"{misfit}its {shown} is {state[name].dtype}, recorded was {found}")
    not_finite = first_not_finite(parameters, model)
    if not_finite:
        raise UserError(f"{misfit}its {printable(not_finite)} was recorded with infinite values")


def check_points(path, history):
    """Raise UserError unless the recorded model takes the recorded points."""
    try:
        network = history.network(0)  # a Classifier is evaluated for them
        if history.output is None:
            trace(network.logit, examples_of(history.dataset.X))
        found = network.logit(examples_of(history.dataset.X)).shape[1]
        if found != history.task.outputs:
            raise NetworkError(f"it puts out {found} numbers for a point: {history.task.needs}")
    except NetworkError as fault:
        raise UserError(f"the model does not fit {path}: ", *fault.args) from fault
