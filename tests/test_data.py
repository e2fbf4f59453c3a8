"""The data set: the file against its formula, the forms that are read, the faults refused."""

import numpy as np
import pytest
import torch
from options import PROJECT
from tables import DatasetError

from common import Dataset, load_dataset, sample, surround

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
    dataset = load_dataset(write(tmp_path, content))
    expected = np.array(POINTS, dtype=np.float32)
    np.testing.assert_array_equal(np.hstack([dataset.X, dataset.y]), expected)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("# nothing\n\n", "is empty"),
        ("1 2 0\n1 2\n", "line 2: 2 columns, not three"),
        ("# head\n1 2 0\n1 2 3 0\n", "line 3: 4 columns, not 3 as in line 2"),
        ("1,,2,0\n", "line 1: not a number: ''"),
        ("1 2 0\n\n1 two 1\n", "line 3: not a number: 'two'"),
        ("x,y,label\n", "is empty"),
        ("x,y,label\n1,2\n", "line 2: 2 columns, not three"),
        ("x,y,label\n1,2,0\nx,y,label\n", "line 3: not a number: 'x'"),
        ("x,,label\n1,2,0\n", "line 1: not a number: 'x'"),
        ("1,,0\n", "line 1: not a number"),
        ("1 2 0\n1_0 2 1\n", "line 2: not a number"),
        ("1 2 0\nnan 2 1\n", "line 2: NaN, infinite or too large"),
        ("1 2 0\n1 -inf 1\n", "line 2: NaN, infinite or too large"),
        ("1 2 0\n1 1e39 1\n", "line 2: NaN, infinite or too large"),
        ("1 2 0\n1 2 1\n1 2 2\n", "line 3: label 2 is a third one, after 0 and 1"),
        ("1 2 a\n1 2 0.5\n\n1 2 b", "line 4: label b is a third one, after a and 0.5"),
        ("1,2,0\n1,2,\n", "line 2: the label is missing"),
        ("1,2,0\n1,2,nan\n", "line 2: 'nan' is no label"),
        ("1 2 1\n3 4 1\n", "has one class only"),
        ("1 2 1\n3 4 1.0\n", "has one class only"),
        ("x\n1 2 0\n", "line 1: 1 column, not three"),
        ("1 2 0\n1 2 b\0\n", "line 2: not text"),
        ("1000000.01 2 0\n1000000.02 2 1\n", "X1 varies by 0.005 around 1000000"),
        ("1 1e-40 0\n1 2e-40 1\n", "too little for single precision"),
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


def test_header_names_the_features_and_classes_keep_their_labels(tmp_path):
    content = '"sepal length, cm", sepal_width,kind\n5.1,3.5,setosa\n7,3.2,Versicolor\n'
    dataset = load_dataset(write(tmp_path, content))
    assert dataset.names == ("sepal length, cm", "sepal_width")
    assert dataset.classes == ("Versicolor", "setosa")
    np.testing.assert_array_equal(dataset.y[:, 0], [1, 0])


def test_more_features_are_numbered(tmp_path):
    dataset = load_dataset(write(tmp_path, "1 2 3 4 0\n5 6 7 8 1\n"))
    np.testing.assert_array_equal(dataset.X, [[1, 2, 3, 4], [5, 6, 7, 8]])
    assert dataset.names == ("X1", "X2", "X3", "X4")


def test_standardizing_layer_gives_mean_0_and_variance_1():
    X = torch.tensor(np.random.default_rng(0).normal([3, -200], [0.01, 50], (1000, 2))).float()
    dataset = Dataset(X, y=torch.zeros(1000, 1), standardized=True)
    scaled = dataset.scaling(X).double().numpy()
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.var(axis=0), 1, atol=1e-3)
    constant = Dataset(X * 0 + 7, y=torch.zeros(1000, 1), standardized=True)
    assert (constant.scaling(constant.X) == 0).all()


def test_limits_of_the_default_data_set(dataset):
    assert dataset.plane.low == (-1, -1)
    assert dataset.plane.high == (1, 1)
    assert dataset.plane.spacing == (0.2, 0.2)


CLOUDS = [
    *([[0.3, 0.2], [9.7, 4.1]], [[-3e-5, 2e-5], [1e-5, 5e-5]], [[1990, 2], [2020, 9]]),
    *([[-1e6, 5], [1e6, 5]], [[5, 5], [5, 5]], [[0.1, 1000], [0.1, 1000.004]]),
    *([[-7, 3], [-1, 3.5]], [[2.0001, 0], [5.9999, 0.1]]),
]


@pytest.mark.parametrize("points", CLOUDS)
@pytest.mark.parametrize("same_scale", [True, False])
def test_limits_surround_the_points(points, same_scale):
    """Round ends on the grid, a margin unless a point lies on an end, and no wide empty rim."""
    points = np.array(points, float)
    plane = surround(points, same_scale)
    low, high, spacing = map(np.array, (plane.low, plane.high, plane.spacing))
    for end in (low, high):
        np.testing.assert_allclose(end / spacing, np.rint(end / spacing), atol=1e-6)
    digits = spacing / 10.0 ** np.floor(np.log10(spacing) + 1e-9)
    assert all(np.isclose(digit, (1, 2, 2.5, 5)).any() for digit in digits)
    for gap in ((points.min(axis=0) - low) / spacing, (high - points.max(axis=0)) / spacing):
        assert ((gap >= 0.09) | (np.abs(gap) < 1e-5)).all()
    lines = np.rint((high - low) / spacing)
    assert lines.max() <= 17
    if same_scale:
        assert spacing[0] == spacing[1] and lines[0] == lines[1]
    longest = np.argmax(np.ptp(points, axis=0))
    assert lines[longest] - np.ptp(points, axis=0)[longest] / spacing[longest] <= 2.2


def test_both_axes_have_the_same_ends_where_the_data_allows_it():
    plane = surround(np.array([[-0.9, 0.2], [1.7, 1.5]]))
    assert plane.low[0] == plane.low[1] and plane.high[0] == plane.high[1]
    plane = surround(np.array([[0, 100], [1, 101]]))
    assert (plane.low, plane.high) == ((0, 100), (1, 101))


def test_grid_lines_stand_on_the_ticks_of_unequal_axes():
    plane = surround(np.array([[0.05, -300.0], [0.95, 250.0]]), same_scale=False)
    lines = plane.grid_lines
    for across, along in ((0, 1), (1, 0)):
        constant = lines[np.ptp(lines[..., across], axis=1) == 0]
        np.testing.assert_allclose(np.sort(constant[:, 0, across]), plane.ticks(across))
        np.testing.assert_allclose(constant[..., along].min(axis=1), plane.low[along])
        np.testing.assert_allclose(constant[..., along].max(axis=1), plane.high[along])


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
