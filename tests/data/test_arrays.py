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


# More classes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "classes", "y"),
    [
        ([2, 0, 1, 0], ("0", "1", "2"), [2, 0, 1, 0]),
        ([10, 9, -1, 9], ("-1", "9", "10"), [2, 1, 0, 1]),
        ([0, 2, 4, 2], ("0", "2", "4"), [0, 1, 2, 1]),
        (["c", "a", "b", "a"], ("a", "b", "c"), [2, 0, 1, 0]),
    ],
)
def test_each_label_is_a_class_in_sorted_order(labels, classes, y):
    for given in (labels, np.array(labels)[:, None], np.array(labels, object)):
        made = dataset_of(X, given, validation=(X[:2], labels[:2]))
        assert (made.classes, made.y[:, 0].tolist()) == (classes, y + y[:2])
    assert dataset_of(X, labels, classes=["p", "q", "r"]).classes == ("p", "q", "r")


def test_up_to_twenty_labels_are_classes():
    many = np.arange(42.0).reshape(21, 2)
    assert dataset_of(many[:20], range(20)).task.classes == 20
    with pytest.raises(DatasetError) as refused:
        dataset_of(many, range(21))
    assert str(refused.value) == (
        "y has 21 different labels, and 20 classes are the most: loss=nn.MSELoss() learns numbers"
    )
    with pytest.raises(DatasetError, match=r"and 20 classes are the most$"):
        dataset_of(many, [f"w{k}" for k in range(21)])


@pytest.mark.parametrize(
    ("labels", "settings", "message"),
    [
        ([3.0] * 4, {}, "y has one class only, 3: give points of two"),
        (
            [0, 0.25, 1, 2],
            {},
            "y has numbers with decimals, such as 0.25: loss=nn.MSELoss() learns",
        ),
        ([0, 1, 2, 2], {"classes": "ab"}, "classes is 'ab': give a list of names"),
        ([0, 1, 2, 2], {"classes": ["a", "b"]}, "classes has 2 names for 3 different labels"),
        ([0, 1, 2, 2], {"classes": ["a", "0", "b"]}, "classes is ('a', '0', 'b'), and the labels"),
        (
            [0, 1, 2, 2],
            {"validation": (X, [0, 1, 2, 3])},
            "validation's y has the label 3, which y",
        ),
        ([0, 1, np.nan, 2], {}, "y has NaN: leave such points out"),
        (np.eye(4)[:, :3], {}, "X has 4 points and y has shape (4, 3): give a"),
        (np.eye(3)[[0, 1, 2, 0]], {}, "and y has shape (4, 3): give y.argmax(1) of a one-hot y"),
        (torch.eye(4).int(), {}, "and y has shape (4, 4): give y.argmax(1) of a one-hot y"),
    ],
)
def test_labels_that_are_no_classes(labels, settings, message):
    with pytest.raises((DatasetError, TypeError)) as refused:
        dataset_of(X, labels, **settings)
    assert message in str(refused.value)


# Numbers to be learned --------------------------------------------------------------------------


class Series:
    """Like a column of a data frame: an array with a name."""

    def __init__(self, array, name):
        self.array, self.name = array, name

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


NUMBERS = [0.5, -3.0, 7.25, 0.5]


@pytest.mark.parametrize("numbers", [NUMBERS, [0, 1, 2, 1], [True, False, True, True]])
def test_numbers_are_learned_as_they_are(numbers):
    for given in (
        numbers,
        np.array(numbers)[:, None],
        torch.tensor(numbers),
        np.array(numbers, object),
    ):
        made = dataset_of(X, given, validation=(X[:1], [99]), learns_numbers=True)
        assert made.y.tolist() == [[number] for number in [*numbers, 99]]
        assert made.y.dtype == torch.float32
        assert (made.classes, made.target, made.task.classes) == ((), "y", 0)
        assert (made.task.low, made.task.high) == (min(numbers), max(numbers))


def test_numbers_have_the_name_of_their_series():
    for given in (Series(NUMBERS, "price"), Frame(np.array(NUMBERS)[:, None], ["price"])):
        assert dataset_of(X, given, learns_numbers=True).target == "price"
    for given in (Series(NUMBERS, None), Series(NUMBERS, 7), torch.tensor(NUMBERS)):
        assert dataset_of(X, given, learns_numbers=True).target == "y"
    assert dataset_of(X, Series(NUMBERS, "p\n"), learns_numbers=True).target == r"p\n"


@pytest.mark.parametrize(
    ("numbers", "settings", "message"),
    [
        (["a", "b", "a", "b"], {}, "y has words, and the loss is for numbers"),
        ([0, 1, np.inf, 2], {}, "y has NaN, infinite or too large values: leave such points out"),
        ([0, 1, np.nan, 2], {}, "y has NaN: leave such points out"),
        ([0, 1, -1e19, 2], {}, "y has numbers beyond 1e+18: scale them"),
        ([3.0] * 4, {}, "y has one number only, 3: give different ones"),
        ([1e9, 1e9 + 1, 1e9, 1e9], {}, "y: y varies by 0.43 around 1e+09, too little for single"),
        (NUMBERS, {"classes": ["a", "b"]}, "classes names classes, and the loss is for numbers"),
        (NUMBERS, {"validation": (X, ["a"] * 4)}, "validation's y has words, and the loss is for"),
        (NUMBERS, {"validation": (X, [np.inf] * 4)}, "validation's y has NaN, infinite or too"),
        (np.zeros((4, 2)), {}, "X has 4 points and y has shape (4, 2): give a label a point"),
    ],
)
def test_what_cannot_be_learned_as_numbers(numbers, settings, message):
    with pytest.raises(DatasetError) as refused:
        dataset_of(X, numbers, learns_numbers=True, **settings)
    assert message in str(refused.value)


def test_the_loss_says_whether_numbers_are_learned():
    model = torch.nn.Linear(2, 1)
    assert Recorder(model, X, NUMBERS, loss=torch.nn.MSELoss()).dataset.classes == ()
    with pytest.raises(DatasetError, match="y has words, and the loss is for numbers"):
        Recorder(model, X, WORDS, loss=torch.nn.MSELoss())
    recorder = Recorder(torch.nn.Linear(2, 3), X, [0, 1, 2, 2], loss=torch.nn.CrossEntropyLoss())
    assert recorder.dataset.classes == ("0", "1", "2")


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
