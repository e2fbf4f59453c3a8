"""The data set: the file against its formula, the forms that are read, the faults refused."""

import numpy as np
import pytest
import torch

from command_line import PROJECT
from common import Dataset, DatasetError, load_dataset, sample

POINTS = [[0.25, -1.5, 0], [2e-3, 4, 1]]


def write(folder, content):
    path = folder / "points.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_file_follows_from_the_formula():
    x1 = np.linspace(-1, 1, 1000)
    class_0 = np.column_stack([x1, x1**2, np.zeros(1000)])
    class_1 = np.column_stack([x1, x1**2 - 0.5, np.ones(1000)])
    order = np.random.RandomState(13).permutation(2000)
    expected = np.concatenate([class_0, class_1])[order]

    lines = (PROJECT / "datasets.txt").read_text().splitlines()
    rows = np.array([[float(field) for field in line.split(" ")] for line in lines])
    np.testing.assert_array_equal(rows, expected)


def test_shapes_types_and_order(dataset):
    rows = np.loadtxt(PROJECT / "datasets.txt", dtype=np.float32)
    assert dataset.X.shape == (2000, 2)
    assert dataset.y.shape == (2000, 1)
    np.testing.assert_array_equal(np.hstack([dataset.X, dataset.y]), rows, strict=True)


@pytest.mark.parametrize(
    "content",
    [
        "0.25 -1.5 0\n2e-3 4 1\n",
        "0.25,-1.5,0\n2e-3, 4 ,1",
        "  0.25\t-1.5   0.0\n.002 +4. 1.0\n",
        "# x1 x2 label\n\n0.25 -1.5 0 # first\n   \n2e-3 4 1\n\n",
        b"\xef\xbb\xbf0.25 -1.5 0\r\n2e-3 4 1\r\n",
    ],
    ids=["blanks", "commas", "columns", "comments", "windows"],
)
def test_tolerated_forms(tmp_path, content):
    dataset = load_dataset(write(tmp_path, content))
    expected = np.array(POINTS, dtype=np.float32)
    np.testing.assert_array_equal(np.hstack([dataset.X, dataset.y]), expected)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("# nothing\n\n", "is empty"),
        ("1 2 0\n1 2\n", "line 2: 2 columns, not three"),
        ("# head\n1 2 3 0\n", "line 2: 4 columns, not three"),
        ("1,,2,0\n", "line 1: 4 columns, not three"),
        ("1 2 0\n\n1 two 1\n", "line 3: not a number: '1 two 1'"),
        ("1,,0\n", "line 1: not a number"),
        ("1 2 0\n1_0 2 1\n", "line 2: not a number"),
        ("1 2 0\nnan 2 1\n", "line 2: NaN, infinite or too large"),
        ("1 2 0\n1 -inf 1\n", "line 2: NaN, infinite or too large"),
        ("1 2 0\n1 1e39 1\n", "line 2: NaN, infinite or too large"),
        ("1 2 0\n1 2 2\n", "line 2: label 2 is neither 0 nor 1"),
        ("1 2 0\n1 2 0.5\n", "line 2: label 0.5 is neither 0 nor 1"),
        ("1 2 1\n3 4 1\n", "has one class only"),
        (b"\xff\xfe\x00\x01", "is not a text file in UTF-8"),
    ],
)
def test_refusals_name_file_and_line(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(DatasetError) as refusal:
        load_dataset(path)
    assert str(path) in str(refusal.value)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.txt", "No such file"), ("", "Is a directory")]
)
def test_unreadable_file_is_refused(tmp_path, name, reason):
    with pytest.raises(DatasetError, match=reason) as refusal:
        load_dataset(tmp_path / name)
    assert str(tmp_path / name) in str(refusal.value)


def test_sample_keeps_the_shares_of_the_classes():
    y = (torch.arange(5000) % 10 == 0).float()[:, None]
    dataset = Dataset(X=torch.arange(10_000.0).reshape(5000, 2), y=y)
    drawn = sample(dataset, 500)
    assert (drawn.X.shape, drawn.y.shape) == ((500, 2), (500, 1))
    assert drawn.y.sum() == 50
    rows = (drawn.X[:, 0] / 2).long()
    assert len(rows.unique()) == 500
    assert torch.equal(dataset.X[rows], drawn.X) and torch.equal(dataset.y[rows], drawn.y)
    assert 2000 < rows.float().mean() < 3000
    assert torch.equal(sample(dataset, 500).X, drawn.X)


def test_sample_of_a_small_data_set_is_all_of_it(dataset):
    assert sample(dataset, 2000) is dataset
