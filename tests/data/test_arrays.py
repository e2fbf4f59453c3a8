"""Data sets from arrays; what is refused is tested with the Recorder."""

import numpy as np
import pytest
import torch

from torchreplay.data.arrays import dataset_of
from torchreplay.errors import DatasetError

X = np.arange(8.0).reshape(4, 2)


def test_names_and_classes_of_the_data():
    made = dataset_of(X, [2.0, 1.0, 2.0, 1.0])
    assert (made.names, made.classes) == (("X1", "X2"), ("1", "2"))
    made = dataset_of(X, ["b", "a", "b", "a"], names=["left", 7], classes=("no", "yes"))
    assert (made.names, made.classes) == (("left", "7"), ("no", "yes"))
    assert made.y[:, 0].tolist() == [1, 0, 1, 0]
    assert made.is_plane


def test_data_does_not_follow_the_arrays_it_was_made_of():
    mine, labels = X.astype(np.float32), np.array([0.0, 1, 0, 1], np.float32)
    made = dataset_of(mine, labels)
    mine[:], labels[:] = -1, 1
    np.testing.assert_array_equal(made.X, X)
    assert made.y.sum() == 2


def test_tensors_with_gradients_and_images():
    images = torch.zeros(4, 3, 5, 5, requires_grad=True)
    made = dataset_of(images, torch.tensor([0, 1, 0, 1]))
    assert made.X.shape == (4, 3, 5, 5)
    assert not made.X.requires_grad
    assert not made.is_plane
    with pytest.raises(DatasetError, match="names has 5 names for X of shape"):
        dataset_of(images, [0, 1, 0, 1], names=["a", "b", "c", "d", "e"])


def test_numbers_beyond_single_precision_are_refused():
    with pytest.raises(DatasetError, match="too large values"):
        dataset_of(X * 1e300, [0, 1, 0, 1])
