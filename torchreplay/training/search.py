"""A search: many runs of one network, which differ in hyper-parameters, trained together."""

import dataclasses
import itertools
import math
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from torch import nn

from torchreplay.errors import Argument, UserError
from torchreplay.system.progress import progress
from torchreplay.training.many_networks import SHARED, Block, first_linear

BLOCK_VALUES = 600_000  # activations of a block that fit into the cache
ARRAYS = 4  # of a block in memory at a time
WHILE_REPLACED = 2  # copies of the losses while those of a run are replaced


@dataclass(frozen=True, eq=False)
class Search:
    """The losses of runs of one network that differ in one or two hyper-parameters.

    param_grid: the values of each in ascending order, by its name as `common.train` calls it. There
        is a run for each value, or for each pair of values.
    loss: (E + 1, runs), over the points trained on; NaN from the epoch at which a run diverged.
    validation_loss: the same over the points held out, None without any.
    alone: the Histories of the best runs, which were trained alone, the best first, by their
        numbers; see `confirm`. A saved record has none.
    """

    param_grid: Mapping[str, list[float]]
    loss: np.ndarray
    validation_loss: np.ndarray | None = None
    alone: Mapping[int, Any] = field(default_factory=dict)

    @cached_property
    def runs(self) -> list[dict[str, float]]:
        """The hyper-parameters of every run: dictionaries. The last one varies fastest."""
        return runs_of(self.param_grid)

    @property
    def judged(self) -> np.ndarray:
        """The loss by which the best run is chosen, (runs,): that of the last epoch.

        If points are held out, it is theirs.
        """
        return self.losses[-1][-1]

    @property
    def losses(self) -> list[np.ndarray]:
        """The losses of the points trained on, and then of those held out, if any are."""
        return [self.loss] if self.validation_loss is None else [self.loss, self.validation_loss]

    @property
    def ranking(self) -> list[int]:
        """The numbers of the runs, the best first, without those that have diverged.

        Raises UserError if all have.
        """
        if np.isnan(self.judged).all():
            raise UserError(
                f"all {len(self.runs)} runs of the search have diverged: give ",
                Argument("param_grid"),
                " lower values",
            )
        ranked = np.argsort(self.judged, kind="stable")  # NaN last
        return [int(run) for run in ranked if not np.isnan(self.judged[run])]

    @property
    def best(self) -> int:
        """The number of the best run. Raises UserError if all have diverged."""
        return self.ranking[0]

    def name(self, run: int) -> str:
        """The name of a run: the hyper-parameters in which it differs from others."""
        return ", ".join(f"{name} {value:g}" for name, value in self.runs[run].items())

    def confirm(self, train: Callable[..., Any], count: int = 1) -> Any:
        """Train the best runs alone, and again whichever are the best then, until all are of those.

        Rounding can change a run whose loss jumps. The losses of a run trained alone replace those
        of the same run trained with others, so that the best run is as good as its losses say.

        train: makes the History of a run from its hyper-parameters.
        count: how many runs.
        Returns the History of the best run, which has the Search.
        """
        search, alone = self, {}
        while others := [run for run in search.ranking[:count] if run not in alone]:
            alone[others[0]] = train(**self.runs[others[0]])
            search = search._with(others[0], alone[others[0]])
        best = {run: alone[run] for run in search.ranking[:count]}
        return dataclasses.replace(
            alone[search.best], search=dataclasses.replace(search, alone=best)
        )

    def _with(self, run, history):
        """The same Search with the losses of a run as its History has them."""
        replaced = []
        for losses, metrics in zip(self.losses, history.metrics, strict=True):
            losses, loss = losses.copy(), metrics["loss"]
            losses[:, run] = np.nan  # after it has diverged
            losses[: len(loss), run] = loss
            replaced.append(losses)
        return Search(self.param_grid, *replaced)


def runs_of(param_grid):
    """The hyper-parameters of every run of a grid: dictionaries."""
    values = itertools.product(*param_grid.values())
    return [dict(zip(param_grid, run, strict=True)) for run in values]


def train_together(network, param_grid, dataset, batches, epochs, optimizer="sgd", **settings):
    """Train runs that all begin with the parameters of a network. Returns their Search.

    param_grid: values of learning_rate, momentum and weight_decay, see Search; `settings` has a
        value of those that all runs share.
    batches: makes the batches of an epoch, pairs of points and labels, the same for all runs.
    """
    runs = [SHARED | settings | run for run in runs_of(param_grid)]
    size = block_size(network, dataset)
    parts = [runs[k : k + size] for k in range(0, len(runs), size)]
    blocks = [Block(network, dataset.task, part, optimizer) for part in parts]
    trained, held_out = dataset.trained, dataset.held_out
    validation = [] if held_out is None else [dataset.take(held_out)]
    found = [np.empty((epochs + 1, len(runs))) for _ in (trained, *validation)]
    bar = progress(range(epochs + 1), desc=f"searching {len(runs)} runs")
    with ThreadPoolExecutor(processors()) as pool:

        def each(work, *given):
            return [*pool.map(lambda block: work(block, *given), blocks)]

        def placed(X, y):
            return network.logit[: first_linear(network)](X).T.contiguous(), y.T

        for epoch in bar:
            for losses, points in zip(found[1:], validation, strict=True):
                losses[epoch] = np.concatenate(each(Block.loss, *placed(points.X, points.y)))
            parts = [*batches()] if epoch < epochs else []
            is_whole = [X is trained.X for X, _ in parts] == [True]
            work = Block.update if is_whole else Block.loss  # both return the losses
            found[0][epoch] = np.concatenate(each(work, *placed(trained.X, trained.y)))
            if not is_whole:
                each(Block.update_in_parts, [placed(*part) for part in parts])
    diverged = np.logical_or.accumulate(~np.isfinite(found).all(axis=0))
    for losses in found:
        losses[diverged] = np.nan
    return Search(param_grid, *found)


def values_of(network, dataset):
    """How many numbers the layers of a network put out for all points."""
    units = [layer.out_features for layer in network.logit if isinstance(layer, nn.Linear)]
    return sum(units) * len(dataset.trained.y)


def block_size(network, dataset):
    """How many runs are computed at once."""
    return max(1, BLOCK_VALUES // values_of(network, dataset))


def processors():
    """How many processors this program may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def search_memory(network, dataset, param_grid, epochs):
    """What `train_together` needs of memory; see `check_memory`."""
    runs = len(runs_of(param_grid))
    size = block_size(network, dataset)
    blocks = min(processors(), math.ceil(runs / size))
    computed = 4 * ARRAYS * blocks * size * values_of(network, dataset)
    record = 8 * WHILE_REPLACED * (epochs + 1) * runs
    smaller = "lower ", Argument("hidden"), " or ", Argument("points")
    return [
        (record, f"the record of {runs:,} runs", ("lower ", Argument("runs"))),
        (computed, "the training of many runs at once", smaller),
    ]
