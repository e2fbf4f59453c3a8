"""Rows: what separates the fields of a line, what is a comment, and what is no row."""

import pytest
from helpers.tables import read, refusal

# Comments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "####"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_errors_of_a_spreadsheet_are_missing_values_wherever_they_stand(tmp_path, error, separator):
    rows = [["1.5", "2", "a"], ["2.5", "1", "b"], ["0.5", "2", "b"]]
    for row in range(3):
        for column in range(3):
            table = [[*fields] for fields in rows]
            table[row][column] = error
            message = refusal(tmp_path, "\n".join(map(separator.join, table)))
            assert f"line {row + 1}, column {column + 1}: " in message
            what = f"'{error}' is no label" if column == 2 else "the value is missing"
            assert what in message


def test_labels_with_a_number_sign_stay_apart(tmp_path):
    table = read(tmp_path, "1.5,2,A #1\n1,3,A #3\n2,2,A #3\n")
    assert (table.classes, table.y.tolist()) == (("A #1", "A #3"), [False, True, True])
    (remark,) = table.remarks
    assert remark == (
        "points.txt, line 1: '#1' is read as fields: to make it a comment, put a blank after #"
    )


@pytest.mark.parametrize("separator", [",", "\t", " "])
def test_comments_are_skipped_and_counted(tmp_path, separator):
    rows = ["1.5 2 a # first", "#", "2.5 1 b", "#second", "0.5 2 b"]
    content = "# made by hand\n" + "\n".join(row.replace(" ", separator, 2) for row in rows)
    table = read(tmp_path, content)
    assert (table.X.tolist(), table.classes) == ([[1.5, 2], [2.5, 1], [0.5, 2]], ("a", "b"))
    counted = "points.txt: 4 comments are skipped, the first in line 1: # made by hand"
    assert table.remarks == (counted,)


def test_without_a_blank_after_it_a_number_sign_begins_a_comment_if_fields_are_too_many(tmp_path):
    table = read(tmp_path, "1.5 2 a\n2.5 1 b #second\n0.5 2 b\n#third and last one\n")
    assert (len(table.X), table.classes) == (3, ("a", "b"))
    assert "2 comments are skipped, the first in line 2: #second" in table.remarks[0]


def test_a_number_sign_between_columns_begins_no_comment(tmp_path):
    """Even with blanks: what stands before it is too little for a line."""
    table = read(tmp_path, "x,a # b,kind\n1.5,2,u # first\n2.5,1,v\n")
    assert (table.names, table.classes) == (("x", "a # b"), ("u", "v"))
    assert "a comment is skipped, in line 2: # first" in table.remarks[0]


def test_a_number_sign_in_quotes_begins_no_comment(tmp_path):
    table = read(tmp_path, '1.5,2,"say ""C #1"""\n2.5,1,"a # b"\n0.5,1,"a # b"\n')
    assert (table.classes, table.remarks) == (("a # b", 'say "C #1"'), ())


@pytest.mark.parametrize("separator", [",", "\t", " "])
@pytest.mark.parametrize("comment", ["\t# of mine", "  \t #of mine", "\t#"])
def test_comments_may_be_indented(tmp_path, separator, comment):
    rows = (row.replace(" ", separator) for row in ("1.5 2 a", "2.5 1 b"))
    content = f"{comment}\n" + f"\n{comment}\n".join(rows)
    assert read(tmp_path, content).X.tolist() == [[1.5, 2], [2.5, 1]]


def test_a_single_comment(tmp_path):
    (remark,) = read(tmp_path, "1.5 2 a\n# half way\x1b[2J\n1 1 b\n").remarks
    assert remark == r"points.txt: a comment is skipped, in line 2: # half way\x1b[2J"


def test_a_line_that_may_be_a_point_is_no_comment(tmp_path):
    content = "1.5,2,a\n#1,2,b\n1,1,b\n"
    message = refusal(tmp_path, content)
    assert "line 2, column 1: not a number: '#1': correct it, put a blank after the #" in message
    table = read(tmp_path, content.replace("#", "# "))
    assert table.X.tolist() == [[1.5, 2], [1, 1]]
    table = read(tmp_path, "a,1.5,2\n#a,2,1\n#a,1,3\n", label="1")
    assert (table.classes, table.y.tolist()) == (("#a", "a"), [True, False, False])


@pytest.mark.parametrize("separator", [",", "\t"])
def test_number_sign_as_a_name(tmp_path, separator):
    content = "#,x,y,kind\nb4,1.5,2,a\nb2,2,1,b\n".replace(",", separator)
    table = read(tmp_path, content, drop=["#"])
    assert (table.names, table.X.tolist()) == (("x", "y"), [[1.5, 2], [2, 1]])


# Byte-order marks and blanks --------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_belong_to_no_name(tmp_path, encoding):
    table = read(tmp_path, "\ufeff\ufeffx,y,kind\n1.5,2,a\n1,1,b\n".encode(encoding))
    assert table.names == ("x", "y")
    assert read(tmp_path, "\ufeff\ufeff1.5,2,a\n1,1,b\n".encode(encoding)).X[0, 0] == 1.5


@pytest.mark.parametrize("blank", [" ", "\xa0", "\u2009", "\u202f", "\u200b", "\ufeff"])
@pytest.mark.parametrize("label", ["class a", '"class a"'])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_blanks_around_a_label_are_not_of_it(tmp_path, blank, label, separator):
    if label[0] == '"' and not blank.isspace():
        return  # such a quote mark does not begin the field: it is refused
    rows = [f"1.5 2 {blank}{label}{blank}", f"2 1 {label}", "0.5 2 b"]
    table = read(tmp_path, "\n".join(row.replace(" ", separator, 2) for row in rows))
    assert (table.classes, table.y.tolist()) == (("b", "class a"), [True, True, False])


def test_no_break_blanks_separate_no_columns(tmp_path):
    content = "1\xa0234 2.5 a\n2\xa0345 1.5 b\n"
    assert "line 1, column 1: not a number: '1" in refusal(tmp_path, content)


# Separators -------------------------------------------------------------------------------------


def test_tabs_separate_where_every_line_has_as_many(tmp_path):
    table = read(tmp_path, "1.5\t2.0\tclass 1\n2.5\t1\tclass 2\n0.5\t1\tclass 1\n")
    assert (table.classes, table.X.tolist()) == (
        ("class 1", "class 2"),
        [[1.5, 2], [2.5, 1], [0.5, 1]],
    )
    content = "1 234\t2.5\t0\n2 345\t1.5\t1\n3 456\t0.5\t0\n"
    assert "line 1, column 1: not a number: '1 234'" in refusal(tmp_path, content)
    content = "1,5 2,5;2,5 3,5;0\n1,5 2,5;3,5 1,5;1\n"
    assert "line 1, column 1: not a number: '1,5 2,5'" in refusal(tmp_path, content)


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("ends", [(1, 0), (1, 1), (3, 3), (3, 0), (0, 2)])
def test_separators_at_the_end_of_lines(tmp_path, separator, ends):
    rows = ["x,y,kind", "1.5,2,a", "2.5,1,b", "0.5,2,b"]
    header, body = (separator * count for count in ends)
    lines = [row.replace(",", separator) + (body if k else header) for k, row in enumerate(rows)]
    table = read(tmp_path, "\n".join(lines))
    assert (table.names, table.classes) == (("x", "y"), ("a", "b"))
    assert table.X.tolist() == [[1.5, 2], [2.5, 1], [0.5, 2]]


def test_a_label_missing_below_its_name_is_no_separator_at_the_end(tmp_path):
    message = refusal(tmp_path, "x,y,z,kind\n1,2,3,\n4,5,7,\n")
    assert "line 2, column 4 (kind): the label is missing" in message


@pytest.mark.parametrize(
    ("separator", "row"), [(";", "1,5;2,5;a"), (",", "1.5,2.5,a"), ("\t", "1.5\t2.5\ta")]
)
def test_separator_that_excel_announces(tmp_path, separator, row):
    for first in (f"sep={separator}", f'"sep={separator}"', f"SEP={separator}\r"):
        table = read(tmp_path, f"{first}\n{row}\n{row[:-1]}b\n")
        assert (table.X.tolist(), table.classes) == ([[1.5, 2.5]] * 2, ("a", "b"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('1,2,"a\nb"\n2,1,c\n', "line 1: '\"a' begins with a quote mark and does not end with one"),
        ('x,y,"kind\nof it"\n2,1,c\n', "line 1: '\"kind' begins with a quote mark"),
        ('"1,2,a"\n"2,1,b"\n', "1 column, not three or more: remove the quote marks around the"),
        ("1|2|a\n2|1|b\n", "separate the columns with commas or tabs, not with |"),
        ("1 | 2 | a\n2 | 1 | b\n", "separate the columns with commas or tabs, not with |"),
        ("1:2:a\n2:1:b\n", "separate the columns with commas or tabs, not with :"),
    ],
)
def test_what_is_no_row_is_refused_with_its_cause(tmp_path, content, message):
    refused = refusal(tmp_path, content)
    assert "points.txt, line 1: " in refused and message in refused


def test_quote_marks_inside_a_field_are_part_of_it(tmp_path):
    table = read(tmp_path, '1.5,2,"""a"" b"\n2.5,1,5" c\n0.5,1,5" c\n')
    assert table.classes == ('"a" b', '5" c')
