"""Remarks on data sets before their pictures are made."""

import dataclasses

import pytest
import torch

from torchreplay.cli.remarks import remarks
from torchreplay.data.dataset import Dataset, make_dataset


def two_points(*columns, **settings):
    """A data set of two points, of which these are the columns."""
    return Dataset(torch.tensor(columns).T, torch.tensor([[0.0], [1.0]]), **settings)


def test_default_data_set_needs_no_remark(dataset):
    assert remarks([dataset], "classic", 2000) == []


@pytest.mark.parametrize(
    ("palette", "line"),
    [
        ("classic", "class 0 (blue) is apple, class 1 (red) is pear"),
        ("accessible", "class 0 (blue circles) is apple, class 1 (orange crosses) is pear"),
    ],
)
def test_remark_on_classes_with_other_names(palette, line):
    fruit = two_points([0.0, 1.0], [0.0, 1.0], classes=("apple", "pear"))
    assert remarks([fruit], palette, 10) == [line]


def test_remark_on_more_classes_with_other_names():
    few = two_points([0.0, 1.0], [0.0, 1.0], classes=("apple", "pear", "plum"))
    assert remarks([few], "accessible", 10) == [
        "class 0 (blue circles) is apple, class 1 (orange crosses) is pear, class 2 (wine squares)"
        " is plum"
    ]
    many = two_points([0.0, 1.0], [0.0, 1.0], classes=tuple("abcde"))
    assert remarks([many], "classic", 10) == ["classes 0 to 4 are a, b, c, d, e"]
    long = two_points([0.0, 1.0], [0.0, 1.0], classes=tuple(f"{k:060}" for k in range(20)))
    (line,) = remarks([long], "classic", 10)
    assert line.startswith("classes 0 to 19 are 000") and len(line) < 230
    for classes in (("0", "1", "2"), ()):
        assert remarks([two_points([0.0, 1.0], [0.0, 1.0], classes=classes)], "classic", 10) == []


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (([2010.0, 2040.0], [0.0, 1.0]), "X1 has mean 2,025 and standard deviation 15:"),
        (([0.0, 1.0], [5.5, 7.5]), "X2 has mean 6.5 and standard deviation 1:"),
        (([0.0, 1.0], [-7.5, -5.5]), "X2 has mean -6.5 and standard deviation 1:"),
        (([0.0, 0.25], [0.0, 20.0]), "X1 has mean 0.125 and standard deviation 0.125:"),
        (([3000.0, 3000.0], [0.0, 20.0]), "X2 has mean 10 and standard deviation 10:"),
    ],
)
def test_remark_on_the_first_feature_with_another_spread(columns, line):
    assert remarks([two_points(*columns)], "classic", 10) == [
        f"{line} --standardize makes them 0 and 1"
    ]
    assert remarks([two_points(*columns, standardized=True)], "classic", 10) == []


def test_no_remark_on_features_that_a_network_learns_from():
    assert remarks([two_points([0.0, 0.5], [-9.0, 0.5])], "classic", 10) == []


def test_remarks_on_several_data_sets_are_told_once(dataset):
    fruit = two_points([0.0, 1.0], [0.0, 1.0], classes=("apple", "pear"))
    assert remarks([fruit, dataset, fruit], "classic", 1999) == [
        "class 0 (blue) is apple, class 1 (red) is pear",
        "drawing 1,999 of 2,000 points",
    ]


def test_remark_on_a_sample(dataset):
    assert remarks([dataset], "classic", 1999) == ["drawing 1,999 of 2,000 points"]


def test_remarks_on_how_a_file_was_read_come_first():
    read = two_points([0.0, 1.0], [0.0, 1.0], classes=("a", "b"), remarks=("a is read as b",))
    assert remarks([read], "classic", 1) == [
        "a is read as b",
        "class 0 (blue) is a, class 1 (red) is b",
        "drawing 1 of 2 points",
    ]


def test_numbers_far_from_unit_variance_are_mentioned():
    near = make_dataset("sine", points=40, standardized=True)
    assert remarks([near], "classic", 1000) == []
    far = dataclasses.replace(near, y=130 + 30 * near.y, target="height")
    (line,) = remarks([far], "classic", 1000)
    assert line.startswith("height has mean 13") and "standard deviation 2" in line
