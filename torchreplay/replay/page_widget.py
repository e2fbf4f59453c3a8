"""The widget itself, on anywidget, which is optional: see `widget.py`."""

from __future__ import annotations

import dataclasses
import json
import operator
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from IPython import get_ipython

from torchreplay.data.dataset import sample
from torchreplay.errors import UserError
from torchreplay.models.evaluating import default_torch
from torchreplay.page.encoding import fit
from torchreplay.page.payload import grown_record
from torchreplay.record.history import History
from torchreplay.record.kept_features import numbered
from torchreplay.replay.pages import NOTEBOOK_HEIGHT, page_of, planes_of
from torchreplay.settings import MAX_POINTS

if TYPE_CHECKING:
    from traitlets import HasTraits as AnyWidget  # widgets have no types
else:
    from anywidget import AnyWidget

PAUSE = 0.1  # seconds from one update to the next, at least
SHARE = 0.1  # of the time of a training that updates take, at most
BYTES_A_SECOND = 2e6  # that a notebook takes
DRAWN = int(MAX_POINTS.default)  # points, at most
MOST_SEEN = 20  # epochs that axes reach around, as in `source.js`
# A page evaluates a network, or has positions.
EITHER: dict[str, Any] = {"network": None, "parameters": "", "positions": None}


class PageWidget(AnyWidget):
    """The page of a training in a notebook, steered from Python, and Python from it.

    `Replay.widget` and `Recorder.widget` make it. That of a Recorder follows the training.

    Attributes
    ----------
    epoch : int
        The count of the epoch that is shown. The last one is followed when training goes on.
    pinned : int, tuple of float or None
        The number of the point that is pinned, from 0 on, or a place of the input space, (x, y).
    selection : tuple of int
        The numbers of the points that are selected.

    All can be set, and observed as any trait. Raises ValueError for an epoch that is not recorded,
    and for a point that is not drawn.
    """

    _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    _page = traitlets.Unicode().tag(sync=True)
    _height = traitlets.Int(NOTEBOOK_HEIGHT).tag(sync=True)
    _record = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _asked = traitlets.Dict().tag(sync=True)  # what Python has set, numbered
    _shown = traitlets.Dict({"number": -1}).tag(sync=True)  # what the page shows after some number

    epoch: Any = traitlets.TraitType(0)
    pinned: Any = traitlets.Any(None)
    selection: Any = traitlets.Any(())

    def __init__(self, history_of: Callable[[], History], grows: bool = False):
        self._history_of, self._is_told, self._waits, self._next = history_of, True, False, 0.0
        history = history_of()
        self._counts = history.epochs[:1] if grows else history.epochs
        rows = sample(numbered(history.dataset), DRAWN).X.flatten().int().tolist()
        self._rows, self._places = rows, {row: place for place, row in enumerate(rows)}
        self._label = history.label
        first = beginning(history) if grows else history
        super().__init__(_page=page_of({"": first}, max_points=DRAWN))
        self._tell(epoch=int(self._counts[-1]))
        self._asked = {"number": 0, **self._seen()}
        self.catch_up()

    def grow(self) -> None:
        """Append what is recorded, now or, if that was done a short time ago, later.

        It is done ten times a second at most, and takes a tenth of the time. The rest is appended
        when the cell of the notebook ends.
        """
        if monotonic() >= self._next:
            self.catch_up()
        elif not self._waits and (shell := get_ipython()):
            self._waits = True
            shell.events.register("post_run_cell", self._end_cell)

    def _end_cell(self, *_):
        self._waits = False
        get_ipython().events.unregister("post_run_cell", self._end_cell)
        self.catch_up()

    @default_torch()
    def catch_up(self) -> None:
        """Append all that is recorded. What cannot be drawn is left out: training goes on."""
        if self.comm is None:  # it is closed
            return
        start, history = monotonic(), self._history_of()
        if len(history.epochs) == len(self._counts):
            return
        try:
            record = record_of(history)
        except UserError:
            return
        is_at_end = self.epoch == self._counts[-1]
        self._counts, self._record = history.epochs, record
        if is_at_end:
            self._tell(epoch=int(self._counts[-1]))
        end, size = monotonic(), len(json.dumps(record))
        self._next = end + max(PAUSE, (1 / SHARE - 1) * (end - start), size / BYTES_A_SECOND)

    @traitlets.validate("epoch")
    def _check_epoch(self, proposal):
        if not self._is_told:
            self.catch_up()
        counts = self._counts
        if proposal.value not in counts:
            raise UserError(
                f"{self._label} {proposal.value!r} is not recorded: there are 0 to {counts[-1]}"
            )
        return int(proposal.value)

    @traitlets.validate("pinned")
    def _check_pinned(self, proposal):
        value = proposal.value
        if np.ndim(value) == 0:
            return self._point(value)
        if np.shape(value) != (2,) or not np.isfinite(value).all():
            raise UserError(f"pinned is {value!r}: give the number of a point, or a place (x, y)")
        return tuple(map(float, value))

    @traitlets.validate("selection")
    def _check_selection(self, proposal):
        value = proposal.value
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise UserError(f"selection is {value!r}: give a list of numbers of points")
        return tuple(sorted({self._point(row) for row in value}))

    def _point(self, row):
        try:
            return self._rows[self._places[operator.index(row)]]
        except (TypeError, KeyError):
            most = f": give a number from 0 to {len(self._history_of().dataset.y) - 1}"
            raise UserError(f"point {row!r} is not on the page{most}") from None

    @traitlets.observe("epoch", "pinned", "selection")
    def _ask(self, _):
        if not self._is_told:
            self._asked = {"number": self._asked["number"] + 1, **self._seen()}

    @traitlets.observe("_shown")
    def _hear(self, change):
        shown = change.new
        if shown["number"] < self._asked["number"]:
            return  # it will say what it shows now
        epoch, pinned = (shown[name] for name in ("epoch", "pinned"))
        self._tell(
            epoch=int(self._counts[-1]) if epoch is None else epoch,
            pinned=self._rows[pinned] if isinstance(pinned, int) else pinned,
            selection=[self._rows[place] for place in shown["selection"]],
        )

    def _tell(self, **shown):
        """Take what the page shows, which need not be asked of it."""
        self._is_told = True
        try:
            for name, value in shown.items():
                setattr(self, name, value)
        finally:
            self._is_told = False

    def _seen(self):
        """What is shown, as the page says it."""
        pinned = self._places[self.pinned] if isinstance(self.pinned, int) else self.pinned
        return {
            "epoch": None if self.epoch == self._counts[-1] else self.epoch,
            "pinned": pinned,
            "selection": [self._places[row] for row in self.selection],
        }


def beginning(history: History) -> History:
    """The History of the initialization alone."""
    measured = {name: values[:1] for name, values in history.measured.items()}
    parameters = {name: values[:1] for name, values in history.parameters.items()}
    probes = None if history.probes is None else history.probes[:1]
    first = {"parameters": parameters, "probes": probes, "diverged": False, **measured}
    return dataclasses.replace(history, **first)


def record_of(history: History) -> dict[str, Any]:
    """What the page appends: all of the record that grows. Its axes reach around some epochs."""
    epochs = np.linspace(0, history.last, MOST_SEEN).round().astype(int)
    return EITHER | fit(grown_record(planes_of(history, DRAWN, epochs)))
