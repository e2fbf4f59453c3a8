"""Text files with one point on each line: what is read of them, and which are refused."""

import numpy as np
import pytest

from torchreplay.errors import DatasetError
from torchreplay.tables import read_table


def write(folder, content):
    path = folder / "points.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "labels", "spellings", "names"),
    [
        ("0.1 -1.5 0\n2e-3 4 1.0\n", [0, 1], {0: "0", 1: "1.0"}, ()),
        ("0.1,-1.5,1\n2e-3,4,0\n", [1, 0], {1: "1", 0: "0"}, ()),
        ("a,b,c\n0.1,-1.5,no\n2e-3,4,yes\n", ["no", "yes"], {"no": "no", "yes": "yes"}, ("a", "b")),
        ('"a; b";"c";\n"0.1";-1.5;1\n2e-3;4;"x"', [1, "x"], {1: "1", "x": "x"}, ("a; b", "c")),
        ("a\tb c\td\n0.1\t-1.5\t7\n2e-3\t4\tx y", [7, "x y"], {7: "7", "x y": "x y"}, ("a", "b c")),
    ],
    ids=["blanks", "commas", "header", "quotes", "tabs"],
)
def test_features_labels_and_names(tmp_path, content, labels, spellings, names):
    X, *others = read_table(write(tmp_path, content))
    np.testing.assert_array_equal(X, np.array([[0.1, -1.5], [2e-3, 4]]), strict=True)
    assert others == [labels, spellings, names]


def test_numbers_are_the_same_label_however_they_are_spelled(tmp_path):
    _, labels, spellings, _ = read_table(write(tmp_path, "1 2 1.0\n3 4 -0\n5 6 1\n7 8 0e3\n"))
    assert labels == [1, 0, 1, 0]
    assert spellings == {1: "1.0", 0: "-0"}


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
        (b"\xff\xfe\x00\x01", "is not a text file in UTF-8"),
    ],
)
def test_refusals_name_file_and_line(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(DatasetError) as refusal:
        read_table(path)
    assert str(path) in str(refusal.value)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.txt", "No such file"), ("", "Is a directory")]
)
def test_unreadable_file_is_refused(tmp_path, name, reason):
    with pytest.raises(DatasetError, match=reason) as refusal:
        read_table(tmp_path / name)
    assert str(tmp_path / name) in str(refusal.value)
