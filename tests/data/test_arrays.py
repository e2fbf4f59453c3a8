"""Data sets from arrays; what is refused is tested with the Recorder."""

import numpy as np
import pytest
import torch
from helpers.models import small
from torch.utils import data

from torchreplay.data.arrays import dataset_of
from torchreplay.errors import DatasetError
from torchreplay.replay.recorder import Recorder

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


# What programs have -----------------------------------------------------------------------------

WORDS = np.array(["dog", "cat", "dog", "cat"])


class Frame:
    """Like a data frame: an array with names of columns."""

    def __init__(self, array, columns):
        self.array, self.columns = array, columns

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


@pytest.mark.parametrize(
    "labels",
    [
        WORDS,
        WORDS.tolist(),
        WORDS.astype(object),
        WORDS.astype(object)[:, None],
        WORDS.astype(np.dtypes.StringDType()),
        Frame(WORDS.astype(object)[:, None], ["kind"]),
    ],
)
def test_labels_of_words_in_any_array(labels):
    made = dataset_of(X, labels)
    assert (made.classes, made.y[:, 0].tolist()) == (("cat", "dog"), [1, 0, 1, 0])


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([True, False, True, False], ("False", "True")),
        ([2, 1.0, 2, 1], ("1", "2")),
        ([1234568, 1234567] * 2, ("1234567", "1234568")),
        ([1234568.5, 1234568.25] * 2, ("1234568.25", "1234568.5")),
    ],
)
def test_labels_of_numbers_as_objects(labels, classes):
    for values in (np.array(labels, object), np.array(labels)):
        made = dataset_of(X, values)
        assert (made.classes, made.y[:, 0].tolist()) == (classes, [1, 0, 1, 0])


@pytest.mark.parametrize("labels", [["a", None] * 2, ["a", np.nan] * 2, [None] * 4, [{}, []] * 2])
def test_objects_that_are_no_labels_are_refused(labels):
    with pytest.raises(TypeError, match="y has elements of type object: give numbers or words"):
        dataset_of(X, np.array(labels, object))


def test_columns_of_a_data_frame_name_the_features():
    labels = [0, 1, 0, 1]
    assert dataset_of(Frame(X, ["width", 2020]), labels).names == ("width", "2020")
    assert dataset_of(Frame(X.astype(object), ["w", "h"]), labels).X.tolist() == X.tolist()
    assert dataset_of(Frame(X, range(2)), labels).names == ("X1", "X2")
    assert dataset_of(Frame(X, ["w", "h"]), labels, names=["a", "b"]).names == ("a", "b")
    with pytest.raises(TypeError, match="X has elements of type"):
        dataset_of(Frame(np.full((4, 2), "a", object), ["w", "h"]), labels)


def test_masked_values_are_refused_and_an_empty_mask_is_none():
    labels, mask = np.array([0, 1, 0, 1]), np.array([[0, 0], [0, 1], [0, 0], [0, 0]])
    with pytest.raises(DatasetError, match="X has masked values: leave such points out, or fill"):
        dataset_of(np.ma.array(X, mask=mask), labels)
    with pytest.raises(DatasetError, match="y has masked values"):
        dataset_of(X, np.ma.array(labels, mask=mask[:, 1]))
    with pytest.raises(DatasetError, match="validation's X has masked values"):
        dataset_of(X, labels, validation=(np.ma.array(X, mask=mask), labels))
    assert dataset_of(np.ma.array(X, mask=mask * 0), labels).X.tolist() == X.tolist()


@pytest.mark.parametrize("classes", [("dog", "cat"), ("dog", "x"), ("x", "cat")])
def test_names_of_classes_that_contradict_the_labels_are_refused(classes):
    with pytest.raises(DatasetError) as refused:
        dataset_of(X, WORDS, classes=classes)
    assert str(refused.value).endswith("give classes=('cat', 'dog'), or leave it out")
    with pytest.raises(DatasetError, match=r"give classes=\('0', '1'\)"):
        dataset_of(X, [0, 1, 0, 1], classes=(1, 0))
    assert dataset_of(X, WORDS, classes=("cat", "dog")).classes == ("cat", "dog")
    assert dataset_of(X, WORDS, classes=("Katze", "Hund")).classes == ("Katze", "Hund")


def test_tensors_of_any_kind():
    points, labels = torch.from_numpy(X), torch.tensor([0, 1, 0, 1])
    for other in (points.bfloat16(), points.half(), points.to_sparse()):
        assert torch.equal(dataset_of(other, labels.bfloat16()).X, points.float())
    assert dataset_of(torch.tensor([1j, 2]).conj().repeat(4, 1).imag, labels).X[0, 0] == -1
    for other in (points * 1j, (points * 1j).conj(), X * 1j):
        with pytest.raises(TypeError, match="X has elements of type complex128, not numbers"):
            dataset_of(other, labels)


def test_data_sets_of_torch():
    labels = torch.tensor([0, 1, 0, 1])
    both = data.TensorDataset(torch.from_numpy(X), labels)
    made = dataset_of(both, validation=both)
    assert torch.equal(made.X, torch.from_numpy(np.concatenate([X, X])).float())
    assert made.y[:, 0].tolist() == 2 * labels.tolist()
    assert made.held_out.tolist() == 4 * [False] + 4 * [True]
    for given, kind in (
        (data.DataLoader(both), r"DataLoader: give X and y, such as \*loader.dataset.tensors"),
        (data.Subset(both, [0, 1]), "Subset: give X and y as arrays"),
        (data.TensorDataset(labels), "TensorDataset: give X and y as arrays"),
    ):
        with pytest.raises(TypeError, match=f"^X is a {kind}"):
            dataset_of(given)
        with pytest.raises(TypeError, match=r"^validation is a "):
            dataset_of(both, validation=given)
    assert isinstance(Recorder(small(), both, loss=torch.nn.BCEWithLogitsLoss()), Recorder)


# Precision and names ----------------------------------------------------------------------------


def test_what_single_precision_would_lose_is_refused():
    """A float32 near 1.7e9 stands for all times within two minutes."""
    times = X * [1, 60] + [0, 1_700_000_000]
    labels = [0, 1, 0, 1]
    for lossy in (times, times.astype(np.int64), torch.from_numpy(times)):
        with pytest.raises(DatasetError) as refused:
            dataset_of(lossy, labels, names=["x", "time"])
        assert str(refused.value).startswith(
            "X: time varies by 1.3e+02 around 1.7e+09, too little for"
        )
        assert str(refused.value).endswith("single precision: subtract an offset")
    with pytest.raises(DatasetError, match=r"^validation's X: X2 varies by"):
        dataset_of(X, labels, validation=(times, labels))
    with pytest.raises(DatasetError, match=r"^X: it varies by"):
        dataset_of(times[:, 1:, None], labels)
    assert dataset_of(times - times.mean(axis=0), labels).is_plane


def test_what_is_given_in_single_precision_loses_nothing():
    times = (X * [1, 60] + [0, 1_700_000_000]).astype(np.float32)
    for exact in (times, torch.from_numpy(times), times.astype(np.float64)):
        np.testing.assert_array_equal(dataset_of(exact, [0, 1, 0, 1]).X, times)


def test_names_can_be_printed():
    made = dataset_of(X, ["\ud800", "b"] * 2, names=["w\udcff", "h\n"])
    assert (made.names, made.classes) == ((r"w\xff", r"h\n"), ("b", r"\ud800"))
    made = dataset_of(X, [0, 1] * 2, classes=["a\udcff", "b\x1b"])
    assert made.classes == (r"a\xff", r"b\x1b")
