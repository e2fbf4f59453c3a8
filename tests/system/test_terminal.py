"""What goes to a terminal: texts that can do no harm there, paths, and streams that are full."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.scripts import lines
from hypothesis import given
from hypothesis import strategies as some

from torchreplay.system.terminal import (
    as_typed,
    fail,
    print_messages,
    printable,
    quiet,
    remark,
    say,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("petal width, Zoë 宽", "petal width, Zoë 宽"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("right \u202e left\u2028", r"right \u202e left\u2028"),
        ("a byte \udcff, half \ud83d", r"a byte \xff, half \ud83d"),
        ("a" * 60, "a" * 60),
        ("a" * 40 + "b" * 40, "a" * 30 + "…" + "b" * 29),
        ("a" * 10**7 + "b", "a" * 30 + "…" + "a" * 28 + "b"),
        ("\n" * 40, r"\n" * 15 + "…" + "n" + r"\n" * 14),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_text_of_strangers_as_it_is_shown(text, shown):
    assert printable(text) == shown


@pytest.mark.properties
@given(text=some.text(some.characters()), max_length=some.integers(3, 50))
def test_any_text_can_be_shown(text, max_length):
    shown = printable(text, max_length)
    assert len(shown) <= max_length
    assert shown.isprintable()
    if text.isprintable() and len(text) <= max_length:
        assert shown == text


def test_lines_are_printed_and_none_breaks_or_fills_the_screen(capsys):
    print_messages("plain", ValueError("an\nerror"), "x" * 10**6)
    plain, error, long = lines(capsys.readouterr().err)
    assert (plain, error) == ("plain", r"an\nerror")
    assert len(long) == 1000


def test_fault_names_the_script_and_ends_it(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["there/script\n.py"])
    with pytest.raises(SystemExit) as exit:
        fail("no \x1b[2J such file", 2)
    assert exit.value.code == 2
    assert lines(capsys.readouterr().err) == [r"script\n.py: no \x1b[2J such file"]


def test_standard_error_that_takes_nothing_ends_nothing(monkeypatch):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        print_messages("lost", "lost as well")
        print_messages("lost, too")
        full.flush()
        with pytest.raises(SystemExit) as exit:
            fail("a refusal", 2)
    assert exit.value.code == 2


@pytest.mark.parametrize("before", ["", "files are made, but "])
def test_standard_output_that_takes_nothing_ends_a_script(monkeypatch, capsys, before):
    monkeypatch.setattr(sys, "argv", ["script.py"])
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as exit:
            say("lost", before=before)
    assert exit.value.code == 1
    (line,) = lines(capsys.readouterr().err)
    assert line == f"script.py: {before}standard output takes nothing: No space left on device"


def test_reader_that_has_gone_is_no_fault(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        say("a line for `head`")


def test_quiet_prints_faults_alone(capsys):
    with quiet(False), quiet(), contextlib.suppress(SystemExit):
        say("an outcome")
        remark("a remark")
        print_messages("a trouble")
        fail("a fault", 1)
    with quiet(), quiet(False):
        remark("a remark")
        say("an outcome")
    output, errors = capsys.readouterr()
    assert output == "an outcome\n"
    assert [line.rpartition(": ")[2] for line in lines(errors)] == [
        "a trouble",
        "a fault",
        "a remark",
    ]


# Paths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "typed"),
    [
        ("still.png", "still.png"),
        ("new/folder/still.png", "new/folder/still.png"),
        ("Zoë's Ordner/a b.png", """'Zoë'"'"'s Ordner/a b.png'"""),
        ("$HOME/*.png", "'$HOME/*.png'"),
        ("../beside/still.png", None),
    ],
)
def test_path_as_typed(tmp_path, monkeypatch, file, typed):
    """A shell takes it for the path that is meant."""
    here = tmp_path / "here"
    path = here / file
    path.parent.mkdir(parents=True)
    path.write_text("found")
    monkeypatch.chdir(here)
    if typed is not None:
        assert as_typed(path) == typed
        assert as_typed(Path(file)) == typed
    shell = subprocess.run(["sh", "-c", f"cat {as_typed(path)}"], capture_output=True, text=True)
    assert shell.stdout == "found"


def test_path_elsewhere_is_typed_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert as_typed(Path("/there/a b.png")) == "'/there/a b.png'"


@pytest.mark.parametrize("name", ["a\nb", "it's \x1b[31m\\red", "\udcff\udc80'", "\u202e宽"])
def test_path_that_cannot_be_printed_is_typed_in_escapes(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("found")
    typed = as_typed(Path(name))
    assert typed.isprintable()
    shell = subprocess.run(
        ["bash", "-c", f"cat {typed}"],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert shell.stdout == "found"
