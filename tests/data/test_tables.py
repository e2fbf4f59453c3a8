"""Tables: what is read of them, back from any dialect, and which are refused, with a remedy."""

import re

import numpy as np
import pytest
from helpers.tables import read, refusal, write
from hypothesis import assume, given
from hypothesis import strategies as some

from torchreplay.data.tables import read_table
from torchreplay.errors import DatasetError

# What is read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "y", "classes", "names"),
    [
        ("0.1 -1.5 0\n2e-3 4 1.0\n", [0, 1], ("0", "1.0"), ()),
        ("0.1,-1.5,1\n2e-3,4,0\n", [1, 0], ("0", "1"), ()),
        ("a,b,c\n0.1,-1.5,no\n2e-3,4,yes\n", [0, 1], ("no", "yes"), ("a", "b")),
        ('"a; b";"c";\n"0.1";-1.5;1\n2e-3;4;"x"', [0, 1], ("1", "x"), ("a; b", "c")),
        ("a\tb c\td\n0.1\t-1.5\t7\n2e-3\t4\tx y", [0, 1], ("7", "x y"), ("a", "b c")),
        ("a\tb c\td\n0.1\t-1.5\tx\n2e-3\t4\ty", [0, 1], ("x", "y"), ("a", "b c")),
        ("0,1;-1,5;0\n0,002;4;1\n", [0, 1], ("0", "1"), ()),
        ("0,1\t-1,5\t0\n2e-3\t4\t1\n", [0, 1], ("0", "1"), ()),
        ("0,1 -1,5 0\n2e-3 4 1\n", [0, 1], ("0", "1"), ()),
        ("0.1, −1.5, 0\n2e−3, 4, 1\n", [0, 1], ("0", "1"), ()),
        ("0.1,-1.5,C\n2e-3,4,C#\n", [0, 1], ("C", "C#"), ()),
        ('0.1,-1.5,"C #1" # one\n#\n2e-3,4,"say ""C"""\n', [0, 1], ("C #1", 'say "C"'), ()),
    ],
    ids=[
        *(
            "blanks",
            "commas",
            "header",
            "quotes",
            "tabs",
            "tabs and words",
            "decimal commas",
            "and tabs",
        ),
        *("and blanks", "printed minus", "C sharp", "number sign in quotes"),
    ],
)
def test_features_labels_and_names(tmp_path, content, y, classes, names):
    table = read(tmp_path, content)
    np.testing.assert_array_equal(table.X, np.array([[0.1, -1.5], [2e-3, 4]]), strict=True)
    assert (table.y.tolist(), table.classes, table.names) == (y, classes, names)


def test_numbers_are_the_same_label_however_they_are_spelled(tmp_path):
    table = read(tmp_path, "1 2 1.0\n5 4 -0\n3 6 1\n7 8 0e3\n")
    assert table.y.tolist() == [True, False, True, False]
    assert table.classes == ("-0", "1.0")


def test_remarks_tell_what_is_not_beyond_doubt(tmp_path):
    assert read(tmp_path, "0.1 -1.5 0\n2e-3 4 1\n").remarks == ()
    remarks = read(tmp_path, "1,234;2;é\n2;1;e\n".encode("cp1252")).remarks
    assert len(remarks) == 2
    assert "Windows-1252" in remarks[0]
    assert "1,234 is read as 1.234" in remarks[1]


# Columns ----------------------------------------------------------------------------------------

IRIS = "kind,id,width,height\nb,x1,0.5,2\na,x2,0.25,-1\nb,x3,1,7\n"


@pytest.mark.parametrize(
    ("label", "features"),
    [("kind", ["width", "height"]), ("1", ["3", "4"]), ("kind", ["3", "height"])],
)
def test_columns_are_chosen_by_name_or_number(tmp_path, label, features):
    table = read(tmp_path, IRIS, label=label, features=features)
    assert table.X.tolist() == [[0.5, 2], [0.25, -1], [1, 7]]
    assert table.names == ("width", "height")
    assert (table.y.tolist(), table.classes) == ([True, False, True], ("a", "b"))
    swapped = read(tmp_path, IRIS, label=label, features=features[::-1])
    np.testing.assert_array_equal(swapped.X, table.X[:, ::-1])


def test_label_is_first_and_all_others_are_features(tmp_path):
    """As the refusal proposes."""
    content = "b 0.5 2\na 0.25 -1\n"
    assert "choose the column of the labels with label=" in refusal(tmp_path, content)
    assert "the labels with label=" in refusal(tmp_path, f"kind width height\n{content}")
    table = read(tmp_path, content, label="1")
    assert table.X.tolist() == [[0.5, 2], [0.25, -1]]
    assert (table.y.tolist(), table.classes, table.names) == ([True, False], ("a", "b"), ())


def test_header_of_numbers_is_one_if_its_names_are_given(tmp_path):
    content = "2019,2020,kind\n0.5,2,0\n0.25,-1,1\n"
    table = read(tmp_path, content, features=["2019", "2020"])
    assert (table.names, len(table.X)) == (("2019", "2020"), 2)
    assert "no other line has the label kind" in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        (IRIS, {"label": "species"}, "line 1: no column species: there are 4, kind, id, width"),
        (IRIS, {"features": ["width", "5"]}, "no column 5"),
        (IRIS, {"features": ["width", "0"]}, "no column 0"),
        (IRIS, {"label": "kind", "features": ["width", "3"]}, "name a column twice"),
        (IRIS, {"label": "width", "features": ["width", "height"]}, "name a column twice"),
        (IRIS, {"label": "kind", "features": ["width"]}, "two or more"),
        (
            IRIS,
            {"label": "kind"},
            "column 2 (id): not a number: 'x1': correct it, or leave the column out with",
        ),
        ("a,a,l\n1,2,0\n", {"features": ["a", "2"]}, "more than one column is called a"),
        ("1,2,a\n2,1,b\n", {"label": "a"}, "no names of columns: give label= a number"),
    ],
)
def test_choices_that_are_refused(tmp_path, content, settings, message):
    assert message in refusal(tmp_path, content, **settings)


def test_remedies_are_taken(tmp_path):
    """What a refusal proposes is passed, and the table is read."""
    content = "n,wide x,y,kind\n" + "".join(f"{k},{k % 3}.5,{k % 2},{k % 2}\n" for k in range(9))
    message = refusal(tmp_path, content)
    assert "column 1 (n) has whole numbers in order" in message
    assert "add features=['1', '2', '3']," in message
    assert message.endswith("or leave the column out with features=['wide x', 'y']")
    assert read(tmp_path, content, features=["1", "2", "3"]).names == ("n", "wide x", "y")
    assert read(tmp_path, content, features=["wide x", "y"]).names == ("wide x", "y")


@pytest.mark.parametrize(
    ("column", "is_index"),
    [
        (range(3), True),
        (range(1, 4), True),
        (range(5, 8), False),
        ((0, 2, 1), False),
        ((0, 1), False),
        (range(5, 15), True),
        (range(15, 5, -1), True),
        ((*range(5, 15), 14), False),
        (range(0, 30, 3), True),
        ([k + 0.5 for k in range(20)], False),
    ],
)
def test_column_that_numbers_the_lines(tmp_path, column, is_index):
    content = "".join(f"0.5,{n},{k % 2}\n" for k, n in enumerate(column))
    if is_index:
        assert "column 2 has whole numbers in order" in refusal(tmp_path, content)
    else:
        assert read(tmp_path, content).X[:, 1].tolist() == list(column)


@pytest.mark.parametrize("separator", [",", "\t"])
def test_column_without_a_name(tmp_path, separator):
    content = ",x,y,kind\n4,0.5,2,a\n2,0.25,-1,b\n".replace(",", separator)
    message = refusal(tmp_path, content)
    assert "line 1: column 1 has no name" in message
    assert message.endswith("features=['x', 'y']")


# Classes ----------------------------------------------------------------------------------------

THREE = "1 2 a\n2 1 b\n1 1 c\n2 2 a\n"


def test_one_class_against_the_rest(tmp_path):
    table = read(tmp_path, THREE, positive="a")
    assert (table.y.tolist(), table.classes) == ([True, False, False, True], ("not a", "a"))
    table = read(tmp_path, "1 2 1.0\n2 1 0\n", positive="0.0")
    assert (table.y.tolist(), table.classes) == ([False, True], ("1.0", "0"))


def test_classes_that_are_refused(tmp_path):
    assert "no label d for positive=: there are a, b, c" in refusal(tmp_path, THREE, positive="d")
    assert "one class only, 1: give" in refusal(tmp_path, "1 2 1\n3 4 1.0\n")


def labelled(labels):
    """A table of two features in which these are the labels."""
    return "".join(f"{k % 7}.5 {3 * k % 5} {label}\n" for k, label in enumerate(labels))


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["b", "c", "a"], "a b c"),
        (["10", "9", "-1", "1e1"], "-1 9 10"),
        (["b", "10", "a", "9"], "9 10 a b"),
        (range(20), " ".join(map(str, range(20)))),
        ("tuvwxyzabcdefghijkl", "a b c d e f g h i j k l t u v w x y z"),
        (["0.5", "1.5"], "0.5 1.5"),
        (["0.5", "1.5", "a"], "0.5 1.5 a"),
    ],
)
def test_each_label_is_a_class_in_sorted_order(tmp_path, labels, classes):
    """Numbers, by value, are before words."""
    labels, classes = [*labels, *labels], classes.split()
    table = read(tmp_path, labelled(labels))
    assert table.classes == tuple(classes)
    numbers = [classes.index(label if label != "1e1" else "10") for label in map(str, labels)]
    assert table.y.tolist() == numbers
    assert table.remarks == ()


@pytest.mark.parametrize(
    ("labels", "has", "proposed"),
    [
        (2 * [*range(21)], "21 different numbers, and 20 classes are the most: learn", True),
        (2 * [*"abcdefghijklmnopqrstu"], "21 different labels, and 20 classes are the most", False),
        ([k / 8 for k in range(1500)], "more than 1,000 different numbers, and 20", True),
        ([f"p{k}" for k in range(1500)], "more than 1,000 different labels, and 20", False),
        (2 * [0, 0.25, 1], "numbers with decimals, such as 0.25: write them as words if", True),
        (range(1, 7), "another label in every line: correct them, learn", True),
        ("abcdef", "another label in every line: correct them, train", False),
        ([f"2020-01-0{k}" for k in range(1, 7)], "another label in every line", False),
    ],
)
def test_labels_that_are_no_classes(tmp_path, labels, has, proposed):
    """Numbers may be learned as such; other remedies are there in any case, and are taken."""
    content = labelled(labels)
    message = refusal(tmp_path, content)
    assert f"points.txt: column 3 has {has}" in message
    assert ("learn the numbers with regression=True, " in message) == proposed
    assert message.endswith(
        "train one against the rest with positive=, or choose the column of the labels with label="
    )
    if len(labels) <= 1000:
        first = labels[0]
        table = read(tmp_path, content, positive=str(first))
        assert table.classes == (f"not {first}", str(first))
        assert table.y.tolist() == [label == first for label in labels]
    if proposed:
        shuffled = labelled([*labels[1:], labels[0]])
        assert read(tmp_path, shuffled, regression=True).y.tolist() == [*labels[1:], labels[0]]


def test_a_label_with_one_point_among_many_is_mentioned(tmp_path):
    labels = 9 * ["circle", "square"]
    labels.insert(16, "circel")
    for settings in ({}, {"positive": "square"}):
        assert read(tmp_path, labelled(labels), **settings).remarks == (
            "points.txt: label circel has one point only, line 17: do you mean circle?",
        )
    labels.insert(3, "oval")
    assert read(tmp_path, labelled(labels)).remarks == (
        "points.txt: labels oval, circel have one point only, lines 4, 18",
    )
    assert read(tmp_path, labelled([1, 1, 10, 1, 2, 2, 2, 2, 2])).remarks == (
        "points.txt: label 10 has one point only, line 3",
    )
    assert read(tmp_path, labelled("ababc")).remarks == ()


# Numbers to be learned --------------------------------------------------------------------------

PRICES = "size,age,price\n1.5,20,3\n2.5,10,5\n2,5,4.5\n"


def test_numbers_are_learned_from_one_feature_or_more(tmp_path):
    table = read(tmp_path, PRICES, regression=True)
    assert (table.y.tolist(), table.classes, table.target) == ([3, 5, 4.5], (), "price")
    assert (table.X.tolist(), table.names) == ([[1.5, 20], [2.5, 10], [2, 5]], ("size", "age"))
    table = read(tmp_path, PRICES, regression=True, label="1", features=["age"])
    assert (table.y.tolist(), table.names, table.target) == ([1.5, 2.5, 2], ("age",), "size")
    for content in ("0.5 3\n1 2\n", "0.5,3\n1,2\n", "0,5;3\n1;2\n", "0,5 3\n1 2\n", "0,5\t3\n1\t2"):
        table = read(tmp_path, content, regression=True)
        assert (table.X.tolist(), table.y.tolist(), table.target) == ([[0.5], [1]], [3, 2], "")


def test_decimal_commas_of_numbers_to_learn_are_mentioned(tmp_path):
    assert "1,5 is read as 1.5" in read(tmp_path, "4;1,5\n2;3\n", regression=True).remarks[0]
    message = refusal(tmp_path, "4,5;1.5\n2;3\n", regression=True)
    assert "is the comma decimal?" in message


def test_whole_numbers_are_learned_as_numbers(tmp_path):
    table = read(tmp_path, labelled([0, 1, 2, 1, 0, 2]), regression=True)
    assert (table.y.tolist(), table.classes, table.remarks) == ([0, 1, 2, 1, 0, 2], (), ())


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("1 2 3\n2 1 a\n", {}, "line 2, column 3: not a number: 'a': correct it, or choose the"),
        ("1 2 a\n2 1 b\n", {}, "with label=, or leave out regression= to learn classes"),
        ("a,b,c\n1,2,3\n2,1,\n", {}, "line 3, column 3 (c): the number to learn is missing: "),
        ("1 2 3\n2 1 none\n", {}, "line 2, column 3: the number to learn is missing: correct"),
        ("1 2 3\n2 1 NaN\n", {}, "line 2, column 3: the number to learn is missing: correct"),
        ("1 2 3\n2 1 -inf\n", {}, "line 2, column 3: '-inf' is infinite or too large: correct"),
        ("1 2 3\n2 1 1e19\n", {}, "line 2, column 3: '1e19' is infinite or too large: correct"),
        ("1 2 3\n2 1 3.0\n", {}, "column 3 has one number only, 3: give its points others"),
        ("5 1\n5 2\n6 3\n", {"label": "1"}, "column 2 has whole numbers in order"),
        ("3 1\n1 2\n2 3\n", {}, "column 2 has whole numbers in order, as if it numbered"),
        ("1\n2\n", {}, "line 1: 1 column, not two or more: give every point a feature and"),
        ("1 2 3\n", {"drop": ["1-2"]}, "no feature: a network here needs one or more"),
        ("1.5 2.5\n", {}, "column 2 has one number only, 2.5"),
    ],
)
def test_what_cannot_be_learned_as_numbers(tmp_path, content, settings, message):
    assert message in refusal(tmp_path, content, regression=True, **settings)


def test_a_column_in_order_is_learned_if_it_is_chosen(tmp_path):
    assert read(tmp_path, "3 1\n1 2\n2 3\n", regression=True, label="2").y.tolist() == [1, 2, 3]


def test_one_class_against_the_rest_is_no_number(tmp_path):
    path = write(tmp_path, PRICES)
    with pytest.raises(DatasetError, match=r"^positive= is for classes: leave it out, or regress"):
        read_table(path, positive="3", regression=True)


def test_two_columns_may_be_learned_as_numbers(tmp_path):
    message = refusal(tmp_path, "0.5 3\n1 2\n")
    assert message.endswith(
        "give every point two features and a label, or learn a number from one feature with"
        " regression=True"
    )


# What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty: give it"),
        ("# nothing\n\n", "is empty"),
        ("x,y,label\n", "is empty"),
        ("1 2 0\n1 2\n", "line 2: 2 columns, not three or more: give every point two features"),
        ("x,label\n1,0\n", "line 1: 2 columns, not three"),
        ("x\n1 2 0\n", "line 1: 1 column, not three"),
        ("# head\n1 2 0\n1 2 3 0\n", "line 3: 4 columns, not 3 as in line 2: give"),
        ("x y l\n1 0.5 0.2 a\n", "line 2: 4 columns, not 3"),
        ("1,,2,0\n", "line 1, column 2: the value is missing: fill it in, or remove the line"),
        ("1 2 0\n1 NA 1\n", "line 2, column 2: the value is missing"),
        ("w,h,l\n1,2,0\n1,n/a,1\n", "line 3, column 2 (h): the value is missing"),
        ("NA,NA,0\n1,2,1\n", "line 1, column 1: the value is missing"),
        ("1 2 0\nnan 2 1\n", "line 2, column 1: the value is missing"),
        ("1 2 0\n\n1 two 1\n", "line 3, column 2: not a number: 'two': correct it"),
        ("x,y,label\n1,2,0\nx,y,label\n", "line 3, column 1 (x): not a number: 'x'"),
        ("a,b,c\nx,y,z\n", "line 2, column 1 (a): not a number: 'x'"),
        ("1 2 0\n1_0 2 1\n", "line 2, column 1: not a number: '1_0'"),
        ("$1,$2,0\n1,2,1\n", "line 1, column 1: not a number: '$1'"),
        ('"1,000","2,000",0\n1,2,1\n', "line 1, column 1: not a number: '1,000'"),
        ("2019-01-02,2019-01-03,0\n1,2,1\n", "line 1, column 1: not a number: '2019-01-02'"),
        ("x,2020,kind\n1,2,a\n2,1,b\n", "line 1: names and '2020', a number: remove the line"),
        ("x,NA,kind\n1,2,a\n2,1,b\n", "line 1: names and 'NA', a missing value: remove"),
        ("1.5e+00,abc,0\n1,2,1\n2,1,0\n", "line 1: names and '1.5e+00', a number: remove"),
        ("inf,abc,0\n1,2,1\n2,1,0\n", "line 1: names and 'inf', a number: remove"),
        ("x,,label\n1,2,0\n", "line 1: column 2 has no name"),
        ("2019,2020,kind\n" + 3 * "1,2,a\n2,1,b\n", "line 1: no other line has the label kind"),
        ("1.5;2,5;0\n1;2;1\n", "line 1: '2,5' and '1.5': is the comma decimal?"),
        ("1 2 0\n1 -inf 1\n", "line 2, column 2: '-inf' is infinite or too large"),
        ("1 2 0\n1 1.1e37 1\n", "line 2, column 2: '1.1e37' is infinite or too large"),
        ("1,2,0\n1,2,\n", "line 2, column 3: the label is missing: correct it, or choose"),
        ("1,2,0\n1,2,nan\n", "line 2, column 3: 'nan' is no label"),
        ('1,2,"a\n2,3,b\n', "line 1: '\"a' begins with a quote mark and does not end with one"),
        ("1 2 0\n1 2 b\0\n", "line 2: not text: export it as CSV"),
        ("1,2," + "x" * 2**20 + "\n", "line 1: more than 1,048,576 characters"),
    ],
    ids=lambda value: value[:20],
)
def test_refusals_name_line_and_column(tmp_path, content, message):
    assert message in refusal(tmp_path, content)


def test_a_long_field_is_not_shown_whole(tmp_path):
    message = refusal(tmp_path, f"1,{'x' * 200_000},0\n")
    assert len(message) < 400


@pytest.mark.parametrize(
    ("name", "reason"), [("missing.txt", "No such file"), ("", "Is a directory")]
)
def test_unreadable_file_is_refused(tmp_path, name, reason):
    with pytest.raises(DatasetError, match=reason) as refusal:
        read_table(tmp_path / name)
    assert str(tmp_path / name) in str(refusal.value)


# Any table in any dialect -----------------------------------------------------------------------

LETTERS = "abcXYZäé_ $#+"
WORDS = (
    some.text(LETTERS, min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda word: any(map(str.isalpha, word)) and word[0] not in "$#+")
)
NUMBERS = some.floats(-1e6, 1e6).map(lambda x: float(f"{x:.5g}"))


@some.composite
def tables(draw, regression=False):
    """Features, labels, and names or none, of a table that nobody can misunderstand."""
    count, points = draw(some.integers(1 if regression else 2, 4)), draw(some.integers(6, 12))
    X = [[draw(NUMBERS) for _ in range(count)] for _ in range(points)]
    if regression:
        labels = [0.5, *(draw(NUMBERS) for _ in range(points - 1))]
        assume(len(set(labels)) > 1)
    else:
        classes = draw(some.lists(WORDS, min_size=2, max_size=5, unique=True))
        first = [*classes, classes[0]]  # the label of the first line is no header
        labels = first + [draw(some.sampled_from(classes)) for _ in range(points - len(first))]
    names = draw(some.none() | some.lists(WORDS, min_size=count + 1, max_size=count + 1))
    for column in zip(*X, strict=True):
        assume(any(value != round(value) for value in column))  # it does not number the lines
    return X, labels, names


@some.composite
def dialects(draw):
    """How a table is written: separator, decimal comma, quotes, comments, encoding, line ends."""
    separator = draw(some.sampled_from([",", ";", "\t", " "]))
    return {
        "separator": separator,
        "comma": separator != "," and draw(some.booleans()),
        "quoted": separator == " " or draw(some.booleans()),
        "comment": draw(some.booleans()),
        "minus": draw(some.sampled_from("-−")),
        "encoding": draw(some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        "end": draw(some.sampled_from(["\n", "\r\n", "\r"])),
    }


def written(table, separator, comma, quoted, comment, minus, encoding, end):
    """The bytes of a table in a dialect."""
    X, labels, names = table

    def number(value):
        text = f"{value:.5g}".replace("-", minus)
        return text.replace(".", ",") if comma else text

    def word(text):
        return f'"{text}"' if quoted or "#" in text else text

    lines = [separator.join(map(word, names))] if names else []
    for row, label in zip(X, labels, strict=True):
        last = word(label) if isinstance(label, str) else number(label)
        lines.append(separator.join([*map(number, row), last]) + " # 1,5;2" * comment)
    return end.join(lines).encode(encoding)


@pytest.mark.properties
@given(table=tables(), dialect=dialects())
def test_every_value_is_read_back_from_any_dialect(tmp_path_factory, table, dialect):
    assume(dialect["encoding"] != "cp1252" or dialect["minus"] == "-")
    X, labels, names = table
    read = read_table(write(tmp_path_factory.getbasetemp(), written(table, **dialect)))
    assert read.X.tolist() == X
    assert [read.classes[one] for one in read.y.astype(int)] == labels
    assert read.classes == tuple(sorted(set(labels)))
    assert read.names == (tuple(names[:-1]) if names else ())


@pytest.mark.properties
@given(table=tables(regression=True), dialect=dialects())
def test_every_number_to_learn_is_read_back_from_any_dialect(tmp_path_factory, table, dialect):
    assume(dialect["encoding"] != "cp1252" or dialect["minus"] == "-")
    X, labels, names = table
    path = write(tmp_path_factory.getbasetemp(), written(table, **dialect))
    read = read_table(path, regression=True)
    assert (read.X.tolist(), read.y.tolist(), read.classes) == (X, labels, ())
    assert read.names == (tuple(names[:-1]) if names else ())
    assert read.target == (names[-1] if names else "")


@pytest.mark.properties
@given(
    content=some.binary(max_size=200) | some.text('01.,;\t \n"#-eNAx', max_size=60),
    regression=some.booleans(),
)
def test_whatever_is_in_a_file_it_is_read_or_refused_in_a_line(
    tmp_path_factory, content, regression
):
    try:
        path = write(tmp_path_factory.getbasetemp(), content)
        table = read_table(path, regression=regression)
    except DatasetError as refused:
        assert re.search(r"points\.txt.*: ", str(refused))
        assert str(refused).count("\n") == 0
    else:
        assert len(table.X) == len(table.y) >= 2
        assert np.isfinite(table.X).all() and table.X.shape[1] >= 2 - regression
        numbers, classes = set(table.y.tolist()), len(table.classes)
        assert np.isfinite(table.y).all() and len(numbers) >= 2
        assert classes == 0 if regression else numbers == set(range(classes))
