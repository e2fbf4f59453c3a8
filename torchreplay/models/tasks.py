"""What is learned from labels: one of two classes, one of more, or a number.

A Task says what the output of a network means: how it is trained, measured and divided into areas.
Others ask it, and only words and looks depend on its number of classes. In shapes, n is the number
of points, and K that of classes.

Labels y, (n, 1) float32, are the numbers of classes from 0 on, or the numbers to be learned. What a
network puts out, z, is a logit, (n, 1), or K logits, (n, K), or the number predicted, (n, 1).
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from torchreplay.settings import CLASSES

MAX_CLASSES = int(CLASSES.high)
MAX_LEVELS = 10
ROUND_STEPS = (1, 2, 2.5, 5, 10)
CRITERIA = {  # the losses of regression, by the names that records have
    "mse": functional.mse_loss, "l1": functional.l1_loss, "huber": functional.huber_loss
}  # fmt: skip


METRIC_NAMES = {"rmse": "RMSE", "r2": "R²"}  # of those whose words are others


class Task:
    """What is learned: the base of the three kinds.

    outputs: how many numbers a network puts out for a point.
    levels: those at which a single number z separates areas of the plane, in ascending order; ()
        if each of several numbers has an area, where it is the largest.
    classes: how many classes there are; 0 in regression.
    metrics: the names of the numbers that are measured at an epoch beside the loss.
    measured: the same, and the names of the arrays that are.
    described: what the labels are, in words.
    needs: what a model of the task puts out, in words.
    separation: what separates areas, in titles.

    Areas of the plane have numbers, from 0 on: those of classes, or of the ranges between levels.
    """

    outputs: int = 1
    levels: tuple[float, ...] = ()
    classes: int = 0
    metrics: tuple[str, ...] = ("accuracy",)
    measured: tuple[str, ...] = ("accuracy",)
    described: str = ""
    needs: str = ""
    separation: str = "Boundary"

    @property
    def areas(self) -> int:
        """How many areas there are."""
        return self.classes or len(self.levels) + 1

    def area(self, z: torch.Tensor) -> torch.Tensor:
        """The numbers of the areas in which points lie, (n,). Where two meet it is the lower."""
        if self.levels:
            return (z > z.new_tensor(self.levels)).sum(dim=-1)
        return z.argmax(dim=-1)

    def group(self, y: torch.Tensor) -> torch.Tensor:
        """The numbers of the areas in which points of labels y belong, (n,)."""
        return y[:, 0].long()

    def is_wrong(self, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Which points are misclassified, (n,) bool; none is in regression."""
        return self.area(z) != y[:, 0]

    def measure(self, z: torch.Tensor, y: torch.Tensor) -> dict[str, Any]:
        """What is measured of points beside the loss: numbers and arrays by their names."""
        return {"accuracy": (~self.is_wrong(z, y)).float().mean().item()}

    def loss(self, z: torch.Tensor, y: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
        """The loss of points: their mean, or with "none" that of each, (n,)."""
        raise NotImplementedError

    def predictions(self, z: torch.Tensor) -> torch.Tensor:
        """What is predicted: the probability of class 1, (n, 1), of each class, or the number."""
        return z

    def losses(self, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The mean losses of many networks, (networks,).

        z: what they put out, (networks, outputs, n); y: (1, n).
        """
        raise NotImplementedError

    def slopes(self, z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The derivative of the mean loss of many networks by what they put out, see `losses`.

        z may be overwritten.
        """
        raise NotImplementedError

    def trained_on(self, criterion: str) -> "Task":
        """The same Task with a loss of CRITERIA; classes have a single one."""
        return self


class TwoClasses(Task):
    """One of two classes, from a logit: class 1 where it is above 0, that is P above one half."""

    levels, classes, described = (0.0,), 2, "two classes"
    needs = (
        "two classes need one output with loss=nn.BCEWithLogitsLoss(), or two outputs with"
        " loss=nn.CrossEntropyLoss()"
    )

    def loss(self, z, y, reduction="mean"):
        """The binary cross-entropy; see Task."""
        loss = functional.binary_cross_entropy_with_logits(z, y, reduction=reduction)
        return loss if reduction == "mean" else loss[..., 0]

    def predictions(self, z):
        """The sigmoid of the logit is the probability of class 1."""
        return torch.sigmoid(z)

    def losses(self, z, y):
        """The binary cross-entropy of every network."""
        y = y.expand_as(z)
        losses = functional.binary_cross_entropy_with_logits(z, y, reduction="none")
        return losses.mean(dim=(1, 2))

    def slopes(self, z, y):
        """P − y; see Task."""
        return torch.sigmoid(z).sub_(y).div_(y.shape[1])


TWO_CLASSES = TwoClasses()


@dataclass(frozen=True)
class ManyClasses(Task):
    """One of K classes, from K logits: the class with the largest one."""

    classes: int
    labels: tuple[int, ...] = ()  # the classes that have a logit, if not all of them do
    measured = ("accuracy", "class_accuracy")

    @property
    def outputs(self):
        """A logit for each class."""
        return self.classes

    def area(self, z):
        """The number of the class with the largest logit; see Task."""
        largest = z.argmax(dim=-1)
        return torch.tensor(self.labels)[largest] if self.labels else largest

    @property
    def described(self):
        """The number of classes, in words."""
        return f"{self.classes} classes"

    @property
    def needs(self):
        """As many outputs as classes, in words."""
        return f"{self.described} need {self.classes} outputs with loss=nn.CrossEntropyLoss()"

    def loss(self, z, y, reduction="mean"):
        """The cross-entropy; see Task."""
        return functional.cross_entropy(z, y[..., 0].long(), reduction=reduction)

    def predictions(self, z):
        """The softmax of the logits."""
        return torch.softmax(z, dim=-1)

    def measure(self, z, y):
        """The accuracy, and that of each class: NaN for one that has no point here."""
        right, label = (~self.is_wrong(z, y)).double().numpy(), y[:, 0].long().numpy()
        counts = np.bincount(label, minlength=self.classes)
        of_each = np.bincount(label, right, self.classes) / np.where(counts, counts, np.nan)
        return {**super().measure(z, y), "class_accuracy": of_each}

    def losses(self, z, y):
        """The cross-entropy of every network."""
        y = y.long().expand(len(z), -1)
        return functional.cross_entropy(z, y, reduction="none").mean(dim=1)

    def slopes(self, z, y):
        """P minus 1 for the true class; see Task."""
        true = functional.one_hot(y[0].long(), self.classes).T.to(z.dtype)
        return torch.softmax(z, dim=1).sub_(true).div_(y.shape[1])


@dataclass(frozen=True)
class Regression(Task):
    """A number. Levels are round numbers within the range of the labels.

    low, high: the ends of this range.
    criterion: the loss, a name in CRITERIA.
    """

    low: float
    high: float
    criterion: str = "mse"
    metrics = measured = ("rmse", "r2")
    described, needs = "numbers", "a number needs one output"
    separation = "Level Lines"

    @cached_property
    def levels(self):
        """Round numbers between the least and the largest label, at most MAX_LEVELS."""
        return round_levels(self.low, self.high) if self.low < self.high else ()

    def group(self, y):
        """The range between levels in which each number lies."""
        return self.area(y)

    def is_wrong(self, z, y):
        """No number is misclassified."""
        return torch.zeros(len(z), dtype=torch.bool)

    def loss(self, z, y, reduction="mean"):
        """The loss of the criterion; see Task."""
        loss = CRITERIA[self.criterion](z, y, reduction=reduction)
        return loss if reduction == "mean" else loss[..., 0]

    def measure(self, z, y):
        """The root of the mean squared error, and the coefficient of determination R²."""
        z, y = z.double(), y.double()
        error, spread = ((z - y) ** 2).mean(), y.var(correction=0)
        return {"rmse": error.sqrt().item(), "r2": (1 - error / spread).item()}

    def losses(self, z, y):
        """The loss of every network by the criterion."""
        return CRITERIA[self.criterion](z, y.expand_as(z), reduction="none").mean(dim=(1, 2))

    def slopes(self, z, y):
        """Two times the error; see Task. Networks are trained together on the squared error."""
        return z.sub_(y).mul_(2 / y.shape[1])

    def trained_on(self, criterion):
        """The same with another loss of CRITERIA."""
        return replace(self, criterion=criterion)


def task_of(classes: int, y: torch.Tensor | None = None) -> Task:
    """The Task of labels y: so many classes, or a number if there are 0.

    Without labels, a Regression has no levels.
    """
    if classes == 0:
        return Regression(*((0, 0) if y is None else map(torch.Tensor.item, y.aminmax())))
    return TWO_CLASSES if classes == 2 else ManyClasses(classes)


def on_one_scale(tasks):
    """Tasks with the same levels, those of the labels of all of them, if they have any: a list."""
    if any(task.classes for task in tasks) or len({task.levels for task in tasks}) == 1:
        return list(tasks)
    ends = {"low": min(task.low for task in tasks), "high": max(task.high for task in tasks)}
    return [replace(task, **ends) for task in tasks]


def round_levels(low, high):
    """The round numbers between two others, as many as there are up to MAX_LEVELS: a tuple."""
    least = (high - low) / MAX_LEVELS
    power = 10.0 ** math.floor(math.log10(least))
    step = next(each * power for each in ROUND_STEPS if each * power >= least * (1 - 1e-9))
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    return tuple(float(f"{k * step:.12g}") for k in range(first, last + 1))
