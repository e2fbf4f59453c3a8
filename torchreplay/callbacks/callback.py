"""What the callbacks of all frameworks have in common."""

from __future__ import annotations

import functools
import inspect
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import torch

from torchreplay.errors import EvaluationError, NetworkError, UserError
from torchreplay.models.recordable import unwrapped
from torchreplay.replay.recorder import Recorder

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import nn

    from torchreplay.data.dataset import Dataset
    from torchreplay.replay.replay import Replay

EPOCH, STEP = "epoch", "step"


class Callback:
    """Records the model that a trainer trains, from epoch 0 on.

    It is made from the data, and takes the model from the trainer when a training begins. A
    training of the same model that goes on later goes on in the record, and one of another model
    begins a new record. Of several processes the first one records.

    Parameters
    ----------
    X, y, settings :
        As those of a `Recorder`. With label="step", every step is recorded in place of every
        epoch, or with `every` one in so many.
    module : str, optional
        The name of the module inside the trainer's model that maps X to what the loss is given, as
        in `named_modules`. By default it is the model itself.

    Raises
    ------
    UserError
        If the framework is not installed.
    """

    def __new__(cls, *arguments: Any, **settings: Any):
        made = cls if hasattr(cls, "_written") else _in_framework(cls, *cls._bases())
        return object.__new__(made)

    def __init__(
        self,
        X: ArrayLike | Dataset,
        y: ArrayLike | None = None,
        *,
        module: str | None = None,
        **settings: Any,
    ):
        super().__init__()
        inspect.signature(Recorder).bind(None, X, y, **settings)  # raises TypeError now
        self._label = settings.get("label", EPOCH)
        if self._label not in (EPOCH, STEP):
            raise UserError(f'label is {self._label!r}: a callback counts "{EPOCH}" or "{STEP}"')
        self._arguments: dict[str, Any] = {"X": X, "y": y, "module": module, **settings}
        self._recorder: Recorder | None = None

    def __reduce__(self):
        return _unpickled, (type(self)._written,), self.__dict__

    @property
    def recorder(self) -> Recorder:
        """The Recorder of the training. Raises NetworkError if this process has recorded none."""
        if self._recorder is None:
            raise NetworkError(
                "nothing is recorded in this process: give the callback to a trainer first; of"
                " several processes, the one of rank 0 records"
            )
        return self._recorder

    def replay(self) -> Replay:
        """The Replay of all epochs recorded so far."""
        return self.recorder.replay()

    @classmethod
    def _bases(cls):
        """The classes of the framework that its callbacks are made of."""
        return ()

    def _module_of(self, model):
        """The module to be recorded of what the trainer trains."""
        model, name = unwrapped(model), self._arguments["module"]
        if name is None:
            return model
        try:
            return unwrapped(model.get_submodule(name))
        except AttributeError:
            found = ", ".join(name for name, _ in model.named_children())
            raise NetworkError(
                f"module is {name!r}, and the model has no such module: it has {found}"
            ) from None

    def _begin(self, model: nn.Module):
        """Record a model as epoch 0, unless it is the one whose record goes on."""
        if not _is_first_process():
            return
        module = self._module_of(model)
        if self._recorder is None or self._recorder.model is not module:
            self._recorder = self._recorder_of(module)

    def _recorder_of(self, module):
        given = {name: value for name, value in self._arguments.items() if name != "module"}
        try:
            return Recorder(module, given.pop("X"), given.pop("y"), **given)
        except EvaluationError as fault:
            if self._arguments["module"] is not None:
                raise
            inside = '; if a module inside maps X to what the loss is given, name it: module="net"'
            raise EvaluationError(*fault.args, inside) from fault

    def _ended(self, label: str):
        """Record the model after an epoch or a step, if it is the one that is counted."""
        if self._recorder is not None and label == self._label:
            self._record()

    def _record(self):
        self.recorder.record()


@functools.cache
def _in_framework(cls, *bases):
    """A class of callbacks as a subclass of classes of a framework; `_written` is the former."""
    names = {"_written": cls, "__doc__": cls.__doc__, "__module__": cls.__module__}
    return type(cls.__name__, (cls, *bases), names)


def _unpickled(cls):
    return cls.__new__(cls)


def imported(name, package):
    """A module of a framework. Raises UserError, which names the package, if there is none."""
    if find_spec(name.partition(".")[0]) is None:
        raise UserError(f"{package} is not installed: pip install {package}")
    return import_module(name)


def _is_first_process():
    distributed = torch.distributed
    if not (distributed.is_available() and distributed.is_initialized()):
        return True
    return distributed.get_rank() == 0
