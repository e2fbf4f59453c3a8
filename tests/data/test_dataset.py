"""Data sets: the forms of file that are read, the faults refused, and samples."""

import dataclasses

import numpy as np
import pytest
import torch

import common
from torchreplay.data.dataset import (
    Dataset,
    hold_out,
    make_dataset,
    read_dataset,
    sample,
    sample_of_each,
)
from torchreplay.data.example_sets import make
from torchreplay.errors import DatasetError, UserError

POINTS = [[0.25, -1.5, 0], [2e-3, 4, 1]]


def write(folder, content):
    path = folder / "points.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "0.25 -1.5 0\n2e-3 4 1\n",
        "0.25,-1.5,0\n2e-3, 4 ,1",
        "  0.25\t-1.5   0.0\n.002 +4. 1.0\n",
        "# x1 x2 label\n\n0.25 -1.5 0 # first\n   \n2e-3 4 1\n\n",
        b"\xef\xbb\xbf0.25 -1.5 0\r\n2e-3 4 1\r\n",
        "0.25;-1.5;0\n2e-3; 4;1",
        "0.25\t-1.5\t0\n2e-3\t4\t1\n",
        "0.25,-1.5,no\n2e-3,4,yes\n",
        "0.25 -1.5 -1\n2e-3 4 1.0\n",
        "0.25 -1.5 9\n2e-3 4 10\n",
        '"x","y","label"\n"0.25","-1.5","b"\n"2e-3","4","c"\n',
        "width in mm\theight\tkind\n0.25\t-1.5\t2\n2e-3\t4\tword\n",
    ],
    ids=[
        *("blanks", "commas", "columns", "comments", "windows", "semicolons", "tabs"),
        *("words", "signs", "by size", "quotes", "number and word"),
    ],
)
def test_tolerated_forms(tmp_path, content):
    dataset = read_dataset(write(tmp_path, content))
    expected = np.array(POINTS, dtype=np.float32)
    np.testing.assert_array_equal(np.hstack([dataset.X, dataset.y]), expected)


def test_header_names_the_features_and_classes_keep_their_labels(tmp_path):
    content = '"sepal length, cm", sepal_width,kind\n5.1,3.5,setosa\n7,3.2,Versicolor\n'
    dataset = read_dataset(write(tmp_path, content))
    assert dataset.names == ("sepal length, cm", "sepal_width")
    assert dataset.classes == ("Versicolor", "setosa")
    np.testing.assert_array_equal(dataset.y[:, 0], [1, 0])


def test_more_features_are_numbered(tmp_path):
    dataset = read_dataset(write(tmp_path, "1 2 3 4 0\n5 6 7 8 1\n"))
    np.testing.assert_array_equal(dataset.X, [[1, 2, 3, 4], [5, 6, 7, 8]])
    assert dataset.names == ("X1", "X2", "X3", "X4")


def test_names_of_strangers_can_be_shown(tmp_path):
    """They are short, on one line, and letters only; bytes that are no text are spelled out."""
    path = tmp_path / "na\udcffme\x1b[2J.csv"
    path.write_text(f"w\x1b[31m,{'h' * 100},kind\n1,2,a\x07\n2,1,{'b' * 100}\n")
    dataset = read_dataset(path)
    assert dataset.source == r"na\xffme\x1b[2J.csv"
    assert dataset.names == (r"w\x1b[31m", f"{'h' * 30}…{'h' * 29}")
    assert dataset.classes == (r"a\x07", f"{'b' * 30}…{'b' * 29}")


def test_columns_and_remarks_are_passed_on(tmp_path):
    path = write(tmp_path, "é;b;c;d\n1,5;x;2;0\n2;y;1,5;1\n3;z;3;2\n".encode("cp1252"))
    dataset = read_dataset(path, label="d", features=["c", "é"], positive="1")
    np.testing.assert_array_equal(dataset.X, [[2, 1.5], [1.5, 2], [3, 3]])
    np.testing.assert_array_equal(dataset.y, [[0], [1], [0]])
    assert (dataset.names, dataset.classes) == (("c", "é"), ("not 1", "1"))
    encoding, comma = dataset.remarks
    assert "Windows-1252" in encoding and "1,5 is read as 1.5" in comma


def test_file_gives_its_name_and_standardizing_is_passed_on(tmp_path):
    path = write(tmp_path, "1 2 0\n3 4 1\n")
    dataset = read_dataset(path)
    assert (dataset.source, dataset.standardized) == ("points.txt", False)
    assert read_dataset(path, standardized=True).standardized


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1000000.01 2 0\n1000000.02 2 1\n", "X1 varies by 0.005 around 1000000"),
        ("1 1e-40 0\n1 2e-40 1\n", "too little for single precision"),
        ("1 2 0\n1 two 1\n", "line 2, column 2: not a number: 'two'"),
        ("1 2 0\n3 4 1\n5 6 2\n", "column 3 has another label in every line"),
    ],
)
def test_refusals_name_the_file(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(DatasetError) as refusal:
        read_dataset(path)
    assert str(path) in str(refusal.value)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert isinstance(refusal.value, UserError) and refusal.value.exit_code == 2


def test_constant_features_have_no_precision_to_lose(tmp_path):
    dataset = read_dataset(write(tmp_path, "1000000.01 2 0\n1000000.01 3 1\n"))
    assert torch.equal(dataset.X[:, 0], torch.tensor([1000000.01] * 2))


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.txt", "neither a file nor one of"), ("", "Is a directory")]
)
def test_unreadable_file_is_refused(tmp_path, name, reason):
    with pytest.raises(DatasetError, match=reason) as refusal:
        read_dataset(tmp_path / name)
    assert str(tmp_path / name) in str(refusal.value)


def test_a_set_that_was_meant_is_named():
    with pytest.raises(DatasetError, match=r"neither a file nor one of .*: do you mean moons\?$"):
        read_dataset("moon")


def test_columns_without_a_use_are_dropped(tmp_path):
    path = write(tmp_path, "id,w,h,l\nx1,1.5,2,a\nx2,2,1,b\n")
    assert read_dataset(path, drop=["id"]).names == ("w", "h")
    assert read_dataset(path, features=["2-3"], label=4).X.tolist() == [[1.5, 2], [2, 1]]


def test_words_that_no_file_has_are_refused_by_the_function_itself(tmp_path):
    path = write(tmp_path, "1 2 0\n3 4 1\n")
    with pytest.raises(TypeError, match=r"^read_dataset\(\) got .* keyword argument 'lable'"):
        read_dataset(path, lable="x")


def test_numbers_of_a_file_are_learned(tmp_path):
    path = write(tmp_path, "size,pri\x1bce\n1.5,3\n2.5,4.5\n2,-1\n")
    dataset = read_dataset(path, regression=True)
    assert (dataset.X.tolist(), dataset.y.tolist()) == ([[1.5], [2.5], [2]], [[3], [4.5], [-1]])
    assert (dataset.names, dataset.target, dataset.classes) == (("size",), r"pri\x1bce", ())
    assert (dataset.task.low, dataset.task.high) == (-1, 4.5)
    dataset = read_dataset(write(tmp_path, "1.5 3\n2.5 4.5\n"), regression=True)
    assert (dataset.names, dataset.target) == (("x",), "y")
    path = write(tmp_path, "1,1000000.01\n3,1000000.02\n")
    with pytest.raises(DatasetError, match=r"points.txt: y varies by 0.005 around 1000000"):
        read_dataset(path, regression=True)


def test_many_classes_of_a_file_and_a_share_of_each_held_out(tmp_path):
    content = "".join(f"{k % 7}.5 {3 * k % 5} {'abcde'[k % 5]}\n" for k in range(50))
    dataset = common.load_dataset(write(tmp_path, content), validation=0.2)
    assert dataset.classes == tuple("abcde")
    assert counted(dataset.trained) == [8] * 5
    network = common.make_seeded(dataset, 1)
    history = common.train(network, dataset, epochs=3)
    assert (history.last, history.class_accuracy.shape) == (3, (4, 5))


@pytest.mark.parametrize("name", ["blobs", "corners", "sine", "hills"])
def test_sets_are_trained_on(name):
    dataset = common.load_dataset(name, validation=0.5)
    network = common.make_seeded(dataset, 1)
    history = common.train(network, dataset, epochs=3, learning_rate=0.01)
    assert history.last == 3 and np.diff(history.loss).max() < 0


def test_refusals_are_in_the_words_of_python(tmp_path):
    with pytest.raises(DatasetError, match="train one against the rest with positive=") as refusal:
        read_dataset(write(tmp_path, "1 2 a\n2 1 b\n1 1 c\n"))
    assert "--" not in str(refusal.value)


# Example sets and planes ------------------------------------------------------------------------


def test_example_set_as_a_data_set():
    dataset = make_dataset("ball", points=60, noise=0.5, seed=7, standardized=True)
    X, y = make("ball", 60, 0.5, 7)
    np.testing.assert_array_equal(dataset.X, X)
    np.testing.assert_array_equal(dataset.y, y)
    assert dataset.names == ("X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9", "X10")
    assert dataset.classes == ("0", "1")
    assert (dataset.source, dataset.standardized) == ("ball", True)


@pytest.mark.parametrize(
    ("name", "meant"), [("moon", ": do you mean moons?"), ("MNIST", ":"), (None, ":")]
)
def test_unknown_example_set_is_refused_with_those_there_are(name, meant):
    sets = "parabolas, circles, moons, xor, spirals, gaussians, ball, corners, blobs, sine, hills"
    with pytest.raises(DatasetError) as refusal:
        make_dataset(name)
    assert str(refusal.value) == f"no example set {name!r}{meant} there are {sets}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"points": -3}, "points is -3: give a whole number from 4 to 1,000,000"),
        ({"points": 4.5}, "points is 4.5: give a whole number from 4 to"),
        ({"points": "9"}, "points is '9': give"),
        ({"noise": -0.1}, "noise is -0.1: give a number from 0 to 10"),
        ({"noise": float("nan")}, "noise is nan: give"),
        ({"seed": -1}, "seed is -1: give a whole number from 0 to 4,294,967,295"),
        ({"seed": 2**32}, "seed is 4294967296: give"),
    ],
)
def test_numbers_that_no_example_set_has_are_refused(settings, message):
    with pytest.raises(UserError) as refusal:
        make_dataset("moons", **settings)
    assert str(refusal.value).startswith(message)


def test_blobs_have_as_many_classes_as_are_asked_for():
    assert make_dataset("blobs").classes == ("0", "1", "2")
    made = make_dataset("blobs", points=45, classes=20)
    assert made.classes == tuple(map(str, range(20)))
    assert made.y[:, 0].long().bincount().tolist() == 5 * [3] + 15 * [2]
    assert made.task.classes == 20


def test_sets_of_numbers_have_no_classes():
    made = make_dataset("sine", points=50)
    assert (made.names, made.classes, made.target, made.task.classes) == (("x",), (), "y", 0)
    assert (made.task.low, made.task.high) == (made.y.min(), made.y.max())
    assert make_dataset("hills", points=50).names == ("X1", "X2")


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("blobs", {"classes": 1}, "classes is 1: give a whole number from 2 to 20"),
        ("blobs", {"classes": 21}, "classes is 21: give a whole number from 2 to 20"),
        ("blobs", {"classes": 2.5}, "classes is 2.5: give a whole number"),
        ("moons", {"classes": 3}, "the number of classes of moons is fixed: leave out classes="),
        ("sine", {"classes": 3}, "the number of classes of sine is fixed: leave out classes="),
        ("blobs", {"classes": 9, "points": 8}, "8 points of 9 classes: give each class one with"),
    ],
)
def test_classes_that_no_example_set_has(name, settings, message):
    with pytest.raises(UserError) as refusal:
        make_dataset(name, **settings)
    assert str(refusal.value).startswith(message)


def test_ends_of_the_numbers_are_allowed():
    made = make_dataset("moons", points=np.int64(4), noise=10, seed=2**32 - 1)
    assert made.X.shape == (4, 2)
    assert make_dataset("moons", points=4, noise=0, seed=0).X.abs().max() <= 1.5


@pytest.mark.parametrize(
    ("classes", "names"),
    [(("0", "1"), ("class 0", "class 1")), (("0", "2"), ("0", "2")), (("no", "yes"),) * 2],
)
def test_classes_that_are_numbers_0_and_1_are_called_classes(classes, names):
    assert dataclasses.replace(labelled(2, 2), classes=classes).class_names == names


def test_limits_of_the_default_data_set(dataset):
    assert dataset.plane.low == (-1, -1)
    assert dataset.plane.high == (1, 1)
    assert dataset.plane.spacing == (0.2, 0.2)


def test_axes_have_one_scale_unless_the_network_standardizes():
    X, y = torch.tensor([[0.0, 100.0], [1.0, 900.0]]), torch.tensor([[0.0], [1.0]])
    spacing = Dataset(X, y).plane.spacing
    assert spacing[0] == spacing[1]
    spacing = Dataset(X, y, standardized=True).plane.spacing
    assert spacing[1] > 100 * spacing[0]


# Samples ----------------------------------------------------------------------------------------


def test_sample_keeps_the_shares_of_the_classes():
    y = (torch.arange(5000) % 10 == 0).float()[:, None]
    dataset = Dataset(X=torch.arange(10_000.0).reshape(5000, 2), y=y, names=("a", "b"))
    drawn = sample(dataset, 500)
    assert (drawn.X.shape, drawn.y.shape) == ((500, 2), (500, 1))
    assert drawn.y.sum() == 50
    assert drawn.names == ("a", "b")
    rows = (drawn.X[:, 0] / 2).long()
    assert len(rows.unique()) == 500
    assert torch.equal(dataset.X[rows], drawn.X) and torch.equal(dataset.y[rows], drawn.y)
    assert 2000 < rows.float().mean() < 3000
    assert torch.equal(sample(dataset, 500).X, drawn.X)


@pytest.mark.parametrize("alone", [0, 1])
def test_sample_leaves_no_class_out(alone):
    y = torch.full((5000, 1), 1.0 - alone)
    y[123] = alone
    dataset = Dataset(X=torch.arange(10_000.0).reshape(5000, 2), y=y)
    for size in (2, 100):
        drawn = sample(dataset, size)
        assert len(drawn.y) == size
        assert drawn.X[drawn.y[:, 0] == alone].tolist() == [[246, 247]]


def of_classes(*counts):
    """A data set with so many points of each class, in random order; X1 numbers them."""
    y = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    y = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(1))]
    X = torch.arange(2.0 * len(y)).reshape(-1, 2)
    return Dataset(X, y.float()[:, None], classes=tuple("abcdefghijklmnopqrst"[: len(counts)]))


def counted(dataset):
    """How many points each class has."""
    return dataset.y[:, 0].long().bincount(minlength=len(dataset.classes)).tolist()


@pytest.mark.parametrize(
    ("counts", "size", "drawn"),
    [
        ((1000, 3000, 6000), 100, (10, 30, 60)),
        ((5000, 1, 5000, 1), 100, (49, 1, 49, 1)),
        ((1, 1, 9998), 3, (1, 1, 1)),
        ((100,) * 20, 20, (1,) * 20),
        ((100,) * 20, 200, (10,) * 20),
    ],
)
def test_sample_keeps_the_shares_of_many_classes(counts, size, drawn):
    """To one point, and no class is left out."""
    sampled = counted(sample(of_classes(*counts), size))
    assert sum(sampled) == size
    assert np.abs(np.subtract(sampled, drawn)).max() <= 1 and min(sampled) >= 1


def test_sample_of_numbers():
    dataset = Dataset(torch.arange(500.0)[:, None], torch.arange(500.0)[:, None], ("x",), ())
    drawn = sample(dataset, 100)
    assert len(drawn.y) == 100 and torch.equal(drawn.X, drawn.y)
    assert 200 < drawn.y.mean() < 300
    held = sample_of_each(hold_out(dataset, 0.4), 50)
    assert held.held_out.tolist() == 50 * [False] + 50 * [True]


def test_sample_of_each_has_a_point_of_each_class():
    dataset = hold_out(of_classes(50, 400, 50, 500), 0.3)
    drawn = sample_of_each(dataset, 20)
    assert counted(drawn.trained) == counted(drawn.take(drawn.held_out)) == [1, 8, 1, 10]
    with pytest.raises(UserError, match=r"^sample is 3: give a whole number of 4 or more points$"):
        sample_of_each(dataset, 3)
    with pytest.raises(UserError, match=r"^sample is 1: give a whole number of 2 or more points$"):
        sample_of_each(make_dataset("hills"), 1)


def test_sample_of_a_small_data_set_is_all_of_it(dataset):
    assert sample(dataset, 2000) is dataset


# Points held out --------------------------------------------------------------------------------


def labelled(zeros, ones):
    y = (torch.arange(zeros + ones) % (zeros + ones) >= zeros).float()[:, None]
    return Dataset(torch.arange(2.0 * (zeros + ones)).reshape(-1, 2), y, classes=("few", "many"))


@pytest.mark.parametrize(
    ("zeros", "ones", "share", "counts"),
    [(40, 200, 0.25, (10, 50)), (2, 100, 0.1, (1, 10)), (3, 100, 0.9, (2, 90))],
)
def test_a_share_of_each_class_is_held_out(zeros, ones, share, counts):
    dataset = labelled(zeros, ones)
    held_out = hold_out(dataset, share).held_out
    assert tuple((held_out & (dataset.y[:, 0] == k)).sum() for k in (0, 1)) == counts
    assert torch.equal(hold_out(dataset, share).held_out, held_out)
    assert zeros == 2 or not torch.equal(hold_out(dataset, share, seed=5).held_out, held_out)


@pytest.mark.parametrize(
    ("counts", "share", "held"),
    [
        ((40, 200, 100), 0.25, [10, 50, 25]),
        ((2, 100, 3), 0.1, [1, 10, 1]),
        ((2, 100, 3), 0.9, [1, 90, 2]),
        ((10,) * 20, 0.3, [3] * 20),
    ],
)
def test_a_share_of_each_of_many_classes_is_held_out(counts, share, held):
    dataset = hold_out(of_classes(*counts), share)
    assert counted(dataset.take(dataset.held_out)) == held
    assert counted(dataset.trained) == np.subtract(counts, held).tolist()
    with pytest.raises(DatasetError, match="class c has one point only: to hold out points of"):
        hold_out(of_classes(5, 5, 1, 5), share)


@pytest.mark.parametrize(("share", "held"), [(0.25, 10), (0.001, 1), (0.999, 39)])
def test_a_share_of_all_points_is_held_out_in_regression(share, held):
    dataset = hold_out(make_dataset("sine", points=40), share)
    assert (dataset.held_out.sum(), len(dataset.trained.y)) == (held, 40 - held)
    assert (dataset.task.low, dataset.task.high) == tuple(dataset.trained.y.aminmax())


def test_the_others_are_trained_on_and_the_standard_deviations_are_theirs():
    dataset = dataclasses.replace(hold_out(labelled(40, 60), 0.3), standardized=True)
    trained = dataset.trained
    assert trained.held_out is None and trained.trained is trained
    assert torch.equal(trained.X, dataset.X[~dataset.held_out])
    assert torch.equal(trained.y, dataset.y[~dataset.held_out])
    np.testing.assert_allclose(trained.feature_scales, trained.X.numpy().std(axis=0), rtol=1e-6)
    rows = torch.tensor([3, 1])
    assert torch.equal(dataset.take(rows).held_out, dataset.held_out[rows])
    assert sample(dataset, 50).held_out.shape == (50,)


@pytest.mark.parametrize("share", [1.7, 1, 0, -0.3, float("nan"), "0.3", None])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(UserError) as refusal:
        hold_out(labelled(20, 20), share)
    assert str(refusal.value) == f"the share held out is {share!r}: give a number between 0 and 1"


def test_a_class_of_one_point_cannot_be_parted():
    with pytest.raises(DatasetError, match="class few has one point only: to hold out"):
        hold_out(labelled(1, 9), 0.5)
