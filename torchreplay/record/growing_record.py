"""What is recorded of a training while it goes on."""

import numpy as np

from torchreplay.errors import NetworkError
from torchreplay.record.description import MAX_RECORD_BYTES
from torchreplay.record.growing_array import GrowingArray
from torchreplay.record.history import PROBES, replayed_probes


class GrowingRecord:
    """The parameters and buffers of a model, and what was computed from them, epoch by epoch."""

    def __init__(self):
        self._state, self._computed, self._bytes = {}, {}, 0

    def __len__(self):
        return len(self._computed[PROBES]) if self._computed else 0

    @classmethod
    def of(cls, history):
        """The GrowingRecord of a History, which goes on after its last epoch."""
        computed = {PROBES: history.probes}
        if history.probes is None:  # an older record
            computed[PROBES] = replayed_probes(history)
        computed |= history.measured
        made = cls()
        made._state = {name: GrowingArray.of(rows) for name, rows in history.parameters.items()}
        made._computed = {name: GrowingArray.of(rows) for name, rows in computed.items()}
        made._bytes = sum(rows.nbytes for rows in history.parameters.values())
        return made

    def append(self, state, computed):
        """Add an epoch: arrays by name, and numbers and arrays by name.

        Raises NetworkError if an array has another shape than before, or if all take too much
        memory; what has been recorded stays.
        """
        if len(self):
            self._check_shapes(state)
        self._bytes += sum(values.nbytes for values in state.values())
        if self._bytes > MAX_RECORD_BYTES:
            raise NetworkError(
                f"the record would take more than {MAX_RECORD_BYTES / 1e9:g} GB: record less often"
                ', with every=, or choose keep="features"'
            )
        for rows, found in ((self._state, state), (self._computed, computed)):
            for name, value in found.items():
                if name not in rows:
                    rows[name] = GrowingArray(np.shape(value), np.asarray(value).dtype)
                rows[name].append(value)

    def _check_shapes(self, state):
        for name in {**state, **self._state}:
            now = state[name].shape if name in state else "nothing"
            before = self._state[name].shape if name in self._state else "nothing"
            if now != before:
                raise NetworkError(
                    f"{name} of the model is {now} now and was {before}: record a model that keeps"
                    " its layers"
                )

    @property
    def parameters(self):
        """The parameters and buffers of all epochs: arrays by name."""
        return {name: values.rows() for name, values in self._state.items()}

    @property
    def computed(self):
        """What was computed at all epochs: arrays by the names that History gives them."""
        return {name: values.rows() for name, values in self._computed.items()}
