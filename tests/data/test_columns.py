"""Columns: whether a first line is a header or a point, and which columns are chosen."""

import pytest
from helpers.tables import read, refusal

from torchreplay.data.cell_kinds import is_name

IRIS = "1.5,0.25,setosa\n2.5,0.5,versicolor\n2,0.75,virginica\n" * 3
BINARY = "1.5,2.5,0.0\n2.5,1.5,1.0\n" * 4


# A header of numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "settings"),
    [
        ("0,1,species\n" + IRIS, {"positive": "setosa"}),
        ("0,1,species\n" + IRIS, {}),
        ("0,1,species\n1.5,0.25,setosa\n2.5,0.5,setosa\n", {}),
        ("0,1,species\n1.5,0.25,a\n2.5,0.5,b\n", {"positive": "a"}),
        ("2019,2020,kind\n" + IRIS, {"positive": "setosa"}),
        ("2019,2020,kind\n1,2,a\n2,1,b\n", {"positive": "a"}),
        ("2019,2020,2021\n" + BINARY, {"positive": "1"}),
        ("0,1,2\n" + BINARY, {}),
        ("0,1,2\n" + BINARY, {"positive": "1"}),
        ("0,1,2\n" + BINARY, {"label": "1"}),
        ("0,1,2\n" + BINARY + "3,3,2\n", {"positive": "2"}),
        ('1.5,2.5,"o\'clock"\n2,1,4\n3,3,5\n', {}),
    ],
)
def test_a_header_of_numbers_is_no_point(tmp_path, content, settings):
    message = refusal(tmp_path, content, **settings)
    assert "points.txt, line 1: " in message
    assert message.endswith("remove it, or move it down if it is a point")
    below = content.split("\n", 1)[1]
    if "species" in content and "versicolor" in content:
        table = read(tmp_path, below, positive="setosa")
        assert len(table.X) == 9


def test_what_is_a_point_may_stand_in_any_other_line(tmp_path):
    """As the refusal says; or its label is the positive one."""
    content = "0,1,odd\n" + IRIS
    assert "remove it, or move it down" in refusal(tmp_path, content, positive="setosa")
    table = read(tmp_path, IRIS + "0,1,odd\n", positive="setosa")
    assert table.X[-1].tolist() == [0, 1]
    assert read(tmp_path, content, positive="odd").y.tolist() == [True] + 9 * [False]


def test_small_tables_of_two_labels_are_read(tmp_path):
    assert read(tmp_path, "1,2,a\n2,1,b\n").classes == ("a", "b")
    assert read(tmp_path, "0 1 b\n1 0 b\n0 0 a\n1 1 a\n").X.tolist()[0] == [0, 1]
    assert read(tmp_path, "1.5 2 a\n2 1 b\n3 0 b\n0 2 b\n").classes == ("a", "b")


# Names and values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        *("$1.5e+00", "1.5e+00$", "USD 5", "5 EUR", "-5 kr", "R$ 5", "12 %", "3.5 kg", "3.5kg"),
        *("20 °C", "1.5D+00", "0x1F", "5 Jan", "Jan 5, 2020", "5-Feb-2020", "2020-01-05T10:30:00Z"),
        *("Monday 5", "10:30 pm", "None", "nil", "N/A", "n.a.", "NaT", "<NA>", "missing", "#N/A"),
        *("True", "false"),
    ],
)
def test_a_first_point_is_not_lost_as_a_header(tmp_path, value):
    assert not is_name(value)
    rest = "1,2.5,a\n2,1,b\n1,0.5,b\n"
    assert "points.txt, line 1: names and " in refusal(tmp_path, f'"{value}",abc,a\n{rest}')
    assert "points.txt, line 1, column 1" in refusal(tmp_path, f'"{value}",2,a\n{rest}')
    assert "points.txt, line 1, column 1" in refusal(tmp_path, f'"{value}","{value}",a\n{rest}')


@pytest.mark.parametrize(
    "name",
    [
        *(
            "x1",
            "V1",
            "m2",
            "1stFlrSF",
            "2B",
            "3P%",
            "FG%",
            "% urban",
            "height in cm",
            "Jan",
            "USD",
        ),
        *("kg", "May", "b", "e5", "U.S.", "größe", "Q1 2020", "R1", "No", "T", "pm2.5 level", "#"),
    ],
)
def test_names_are_names(tmp_path, name):
    assert is_name(name)
    table = read(tmp_path, f"{name},y,kind\n1.5,2,a\n2,1,b\n")
    assert table.names == (name, "y")


@pytest.mark.parametrize("label", ["none", "-", "missing", "True", "."])
def test_words_for_no_value_may_be_labels(tmp_path, label):
    assert set(read(tmp_path, f"1.5,2,{label}\n2,1,+\n1,0,+\n").classes) == {label, "+"}


# Columns of words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "features", "X"),
    [
        (
            "39, State-gov, 77516, Bachelors, 2174, <=50K\n50, Private, 83311, HS, 0, >50K\n",
            ["1", "3", "5"],
            [[39, 77516, 2174], [50, 83311, 0]],
        ),
        ("A11 6 A34 1169 1\nA12 48 A32 5951 2\n", ["2", "4"], [[6, 1169], [48, 5951]]),
        ("b,30.83,0,u,g,+\na,58.67,4.46,u,g,-\n", ["2", "3"], [[30.83, 0], [58.67, 4.46]]),
        (
            "age,work,pay,kind\n39,State-gov,7.5,a\n50,Private,8.5,b\n",
            ["age", "pay"],
            [[39, 7.5], [50, 8.5]],
        ),
        (
            "a,job,n,sex,kind\n39,State-gov,7.5,m,a\n50,Private,8.5,f,b\n",
            ["a", "n"],
            [[39, 7.5], [50, 8.5]],
        ),
    ],
)
def test_columns_of_words_are_named_with_the_columns_of_numbers(tmp_path, content, features, X):
    message = refusal(tmp_path, content)
    assert ": not a number: '" in message and f"features={features}" in message
    assert "remove the line" not in message
    assert read(tmp_path, content, features=features).X.tolist() == X


def test_columns_with_numbers_for_names_are_proposed_by_position(tmp_path):
    """As 2 is the second column, not the one of that name."""
    content = "code,3,2,kind\n5 kg,1.5,2,a\n6 kg,2,1,b\n"
    message = refusal(tmp_path, content, features=["code", "2-3"])
    assert "column 1 (code): not a number: '5 kg'" in message
    assert "features=['2', '3']" in message
    assert read(tmp_path, content, features=["code", "2-3"], drop=["code"]).names == ("3", "2")


def test_numbers_that_only_name_the_points_are_mentioned(tmp_path):
    ids = [842302, 842517, 84300903, 84348301, 84358402, 843786, 844359, 84458202, 844981, 84501001]
    content = "".join(f"{n},{'MB'[k % 3 > 0]},{k}.5,{k % 4}\n" for k, n in enumerate(ids))
    (remark,) = read(tmp_path, content, label="2").remarks
    assert remark == (
        "points.txt: column 1 has another whole number in every line: leave the column out if these"
        " only name the points"
    )
    assert read(tmp_path, content, label="2", drop=["1"]).remarks == ()
    assert read(tmp_path, content, label="2", features=["1", "3"]).remarks == ()


# Choices ----------------------------------------------------------------------------------------

WIDE = "id,a,b,c,d,kind\nx1,1,2.5,3,4,u\nx2,2,0.5,3,5,v\nx3,4,1,1,5,v\n"


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"drop": ["id"]}, "abcd"),
        ({"drop": ["id", "c"]}, "abd"),
        ({"drop": ["1", "3-4"]}, "ad"),
        ({"features": ["2-5"]}, "abcd"),
        ({"features": ["4-5", "a"]}, "cda"),
        ({"features": ["1-5"], "drop": ["id", "b"]}, "acd"),
        ({"features": ["2-5"], "label": 6}, "abcd"),
        ({"features": "2-4"}, "abc"),
        ({"features": [2, 5], "label": 6}, "ad"),
        ({"drop": "id"}, "abcd"),
        ({"drop": 1}, "abcd"),
    ],
)
def test_ranges_and_columns_left_out(tmp_path, settings, names):
    table = read(tmp_path, WIDE, **settings)
    assert table.names == tuple(names)
    rows = [[1, 2.5, 3, 4], [2, 0.5, 3, 5], [4, 1, 1, 5]]
    assert table.X.tolist() == [[row["abcd".index(name)] for name in names] for row in rows]


def test_a_name_like_a_range_is_a_name(tmp_path):
    content = "1-2,3-4,5-9,kind\n1.5,2,3,a\n2,1,5,b\n"
    assert read(tmp_path, content, features=["1-2", "5-9"]).X.tolist() == [[1.5, 3], [2, 5]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"features": ["2-7"]}, "no column 2-7: there are 6, id, a,"),
        ({"features": ["5-2"]}, "no column 5-2"),
        ({"features": ["2-3", "b"]}, "name a column twice"),
        ({"features": ["2-6"]}, "name a column twice"),
        ({"drop": ["kind"]}, "drop= leaves out column 6, the label: choose another column with"),
        ({"drop": ["1-4"]}, "one feature: a network here needs two or more"),
        ({"label": "kin"}, "no column kin: do you mean kind? there are 6"),
        ({"label": "9" * 4301}, "no column 99999"),
        ({"features": ["1-" + "9" * 4301]}, "no column 1-9999"),
        ({"drop": ["9" * 4301]}, "no column 9999"),
    ],
)
def test_choices_that_are_refused(tmp_path, settings, message):
    refused = refusal(tmp_path, WIDE, **settings)
    assert message in refused and len(refused) < 500


def test_columns_without_names_are_dropped_by_number(tmp_path):
    content = "x1,1.5,2,a\nx2,2,1,b\n"
    assert read(tmp_path, content, drop=["1"]).X.tolist() == [[1.5, 2], [2, 1]]
    assert "no names of columns: give drop= a number" in refusal(tmp_path, content, drop=["x1"])
