"""What is learned from labels: against formulas in double precision."""

import numpy as np
import pytest
import torch
from torch import nn

from torchreplay.models.tasks import TWO_CLASSES, ManyClasses, Regression, round_levels, task_of

RNG = np.random.default_rng(5)
LOGITS = RNG.normal(0, 3, (40, 4))
LABELS = RNG.integers(0, 4, 40)


def single(values):
    """An array as a tensor in single precision."""
    return torch.tensor(np.asarray(values), dtype=torch.float32)


def softmax(z):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def test_the_number_of_classes_says_what_is_learned():
    y = single([[0], [3.5], [-1]])
    assert task_of(2, y) is TWO_CLASSES
    assert task_of(5, y) == ManyClasses(5)
    assert task_of(0, y) == Regression(-1, 3.5)
    assert [task.outputs for task in (TWO_CLASSES, ManyClasses(5), Regression(0, 1))] == [1, 5, 1]
    assert [task.areas for task in (TWO_CLASSES, ManyClasses(5), Regression(0, 1))] == [2, 5, 10]


def test_many_classes_against_formulas():
    task, z, y = ManyClasses(4), single(LOGITS), single(LABELS[:, None])
    p = softmax(LOGITS)
    np.testing.assert_allclose(task.predictions(z), p, atol=1e-6)
    each = -np.log(p[np.arange(40), LABELS])
    np.testing.assert_allclose(task.loss(z, y, "none"), each, rtol=1e-5)
    assert task.loss(z, y).item() == pytest.approx(each.mean(), rel=1e-6)
    right = LOGITS.argmax(axis=1) == LABELS
    np.testing.assert_array_equal(task.is_wrong(z, y), ~right)
    measured = task.measure(z, y)
    assert measured["accuracy"] == pytest.approx(right.mean())
    of_each = [right[label == LABELS].mean() for label in range(4)]
    np.testing.assert_allclose(measured["class_accuracy"], of_each)
    assert tuple(measured) == task.measured


def test_a_class_without_a_point_has_no_accuracy():
    measured = ManyClasses(3).measure(single([[1, 0, 0], [0, 0, 1]]), single([[0], [1]]))
    np.testing.assert_array_equal(measured["class_accuracy"], [1, 0, np.nan])


def test_regression_against_formulas():
    task, z, y = Regression(-5, 5), single(LOGITS[:, :1]), single(LOGITS[:, 1:2])
    error = LOGITS[:, 0] - LOGITS[:, 1]
    assert task.loss(z, y).item() == pytest.approx((error**2).mean(), rel=1e-5)
    np.testing.assert_allclose(task.loss(z, y, "none"), error**2, rtol=1e-4)
    measured = task.measure(z, y)
    assert measured["rmse"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-6)
    spread = ((LOGITS[:, 1] - LOGITS[:, 1].mean()) ** 2).mean()
    assert measured["r2"] == pytest.approx(1 - (error**2).mean() / spread, rel=1e-5)
    by_l1, by_huber = task.trained_on("l1"), task.trained_on("huber")
    assert by_l1.loss(z, y).item() == pytest.approx(np.abs(error).mean(), rel=1e-5)
    small = np.abs(error) < 1
    huber = np.where(small, error**2 / 2, np.abs(error) - 0.5)
    assert by_huber.loss(z, y).item() == pytest.approx(huber.mean(), rel=1e-5)
    assert not task.is_wrong(z, y).any()


def test_ties_go_to_the_lowest_class():
    assert TWO_CLASSES.area(single([[0.0], [1e-30], [-1]])).tolist() == [0, 1, 0]
    tied = single([[1, 1, 0], [0, 2, 2], [0, 0, 0], [-1, 0, 0]])
    assert ManyClasses(3).area(tied).tolist() == [0, 1, 0, 1]
    task = Regression(0, 1)
    assert task.area(single([[0.1], [0.1000001], [-9], [9]])).tolist() == [0, 1, 0, 9]


@pytest.mark.parametrize("task", [TWO_CLASSES, ManyClasses(4), Regression(-3, 3)])
def test_slopes_of_many_networks_are_derivatives_of_their_losses(task):
    z = single(RNG.normal(0, 2, (5, task.outputs, 30))).requires_grad_()
    labels = {0: RNG.normal(0, 2, 30), 2: RNG.integers(0, 2, 30), 4: RNG.integers(0, 4, 30)}
    y = single(labels[task.classes][None])
    losses = task.losses(z, y)
    alone = [task.loss(each.T, y.T) for each in z]
    np.testing.assert_allclose(losses.detach(), torch.stack(alone).detach(), rtol=1e-5)
    (slopes,) = torch.autograd.grad(losses.sum(), z)
    np.testing.assert_allclose(task.slopes(z.detach().clone(), y), slopes, atol=1e-7)


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [
        (-1, 1, [-0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8]),
        (0, 0.31, [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (3, 97, [10, 20, 30, 40, 50, 60, 70, 80, 90]),
        (1e-7, 3e-6, [5e-7, 1e-6, 1.5e-6, 2e-6, 2.5e-6]),
        (-4e5, -3e5, range(-390_000, -300_000, 10_000)),
    ],
)  # fmt: skip
def test_levels_are_round_numbers_within_the_range_of_labels(low, high, levels):
    assert list(round_levels(low, high)) == list(levels)
    assert Regression(low, high).levels == tuple(levels)


def test_labels_that_are_all_the_same_have_no_levels():
    task = Regression(2, 2)
    assert (task.levels, task.areas) == ((), 1)
    assert task.area(single([[1], [3]])).tolist() == [0, 0]


def test_probabilities_of_two_classes():
    z = single(LOGITS[:, :1])
    np.testing.assert_array_equal(TWO_CLASSES.predictions(z), nn.Sigmoid()(z))
