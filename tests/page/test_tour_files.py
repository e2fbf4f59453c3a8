"""Tours as text files: what is read, what is refused, and that their words stay text."""

import dataclasses
import html
import json
import re

import pytest
from conftest import trained
from helpers.pages import hills, learned, many_features, planes_of
from helpers.scripts import PROJECT, assert_one_line, names, runner
from hypothesis import given
from hypothesis import strategies as some

from torchreplay.errors import TourError
from torchreplay.page import make_page, make_page_of_runs
from torchreplay.page.stop_checks import Shown
from torchreplay.page.tour import MAX_BYTES, parse_tour, read_tour
from torchreplay.replay.replay import Replay

WHOLE = """
These words stand in place of
the introduction.

[epoch 80, space feature, point 6, zoom 0.1 .2 6e-1 0.7] Two
lines.

A second paragraph.

[place −0.5 0.25] A place.

[epoch 45, ask draw 80] Draw it.

The answer.

Its second paragraph.

[ask epoch loss 0.1]
When?

[epoch 7, space input, ask choice, try rate=10] Which?
- the first
- the second,
  of two lines

Nobody knows.

[] The end.
"""
STOPS = [
    {
        "at": "stop=1&epoch=80&point=6&feature=0.1,.2,6e-1,0.7",
        "space": "feature",
        "text": ["Two lines.", "A second paragraph."],
    },
    {"at": "stop=2&place=-0.5,0.25", "text": ["A place."]},
    {
        "at": "stop=3&epoch=45",
        "space": "input",
        "ask": "draw 80",
        "text": ["Draw it."],
        "answer": ["The answer.", "Its second paragraph."],
    },
    {"at": "stop=4", "ask": "epoch loss 0.1", "text": ["When?"]},
    {
        "at": "stop=5&epoch=7",
        "space": "input",
        "ask": "choice",
        "try": "fork=7~r10",
        "text": ["Which?"],
        "options": ["the first", "the second, of two lines"],
        "answer": ["Nobody knows."],
    },
    {"at": "stop=6", "text": ["The end."]},
]

PIECES = (  # that together make a tour now and then
    "[", "]", "[epoch 1] ", "[ask choice]", "ask draw 2", "epoch 1", "zoom 0 0 1 1", "space input",
    "place 1 -1", "loss 0.5", "try rate=10", ",", " ", "\n", "\n\n", "\r\n", "- ", "x", "−", "<b>",
    "\u2028", "\0", "é",
)  # fmt: skip


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


@pytest.fixture
def tour_of(tmp_path):
    """Makes the Tour of a text, or of bytes."""

    def made(text):
        path = tmp_path / "tour.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_tour(path)

    return made


def page_with(history, tour):
    return make_page(planes_of(history), tour=tour)


def stops_of(document):
    """The stops that a page carries."""
    (text,) = re.findall(r'(?s)<script type="application/json" id="data">(.*?)</script>', document)
    return json.loads(text)["tour"]


@pytest.mark.parametrize(
    "text",
    [WHOLE, WHOLE.replace("\n", "\r\n"), "\ufeff" + WHOLE, WHOLE.replace("\n\n", "\n \t\n\n")],
    ids=["plain", "CRLF", "BOM", "blanks"],
)
def test_stops_are_read(history, tour_of, text):
    document = page_with(history, tour_of(text))
    assert stops_of(document) == STOPS
    assert "<p>These words stand in place of the introduction.</p>" in document
    assert "Both spaces show" not in document


def test_tour_without_an_introduction_keeps_that_of_the_page(history, tour_of):
    assert "<p>Both spaces show" in page_with(history, tour_of("[epoch 1] One."))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[epoc 3] x", 1, "'epoc 3', which is no setting: do you mean epoch?"),
        ("[sic] x", 1, "'sic', which is no setting: write one of run, epoch, space"),
        ("[epoch 1,] x", 1, "'', which is no setting"),
        ("[epoch 1] x\n\n\n[epoch] x", 4, "'epoch' is not understood: write epoch K"),
        ("[epoch -1] x", 1, "'epoch -1' is not understood"),
        ("[epoch 1.5] x", 1, "'epoch 1.5' is not understood"),
        ("[epoch ٣] x", 1, "is not understood"),
        ("a\n\n[space output] x", 3, "write space input or space feature"),
        ("[space input, zoom 0, 0, 1, 1] x", 1, "RIGHT TOP without commas, as in zoom 0.1"),
        ("[space input, zoom 0 0 nan 1] x", 1, "'zoom 0 0 nan 1' is not understood"),
        ("[space input, zoom 1 0 0 1] x", 1, "zoom 1 0 0 1 is no rectangle"),
        ("[zoom 0 0 1 1] x", 1, "add space input or space feature"),
        ("[bend 1.5] x", 1, "write bend B from 0, the input plane, to 1"),
        ("[epoch 1, epoch 2] x", 1, "epoch stands in the bracket twice: leave one out"),
        ("[loss 0.5] x", 1, "loss is that of an epoch: add epoch K"),
        ("[point 1, place 0 0] x", 1, "leave out point or place"),
        ("[ask draw] x", 1, "write ask draw K, ask choice, ask epoch right"),
        ("[ask epoch wrong] x", 1, "write ask draw K, ask choice, ask epoch right"),
        ("[try rate] x", 1, "write try NAME=VALUE, as in try rate=10"),
        ("[try rate=<b>] x", 1, "write try NAME=VALUE"),
        ("[try rate=1] x", 1, "try rate trains on from an epoch: add epoch K"),
        ("[epoch 1, try rate=-1] x", 1, "try rate=-1 is no learning rate: write a positive number"),
        ("[epoch 1, try rate=x] x", 1, "try rate=x is no learning rate"),
        ("\n\n[epoch 1 x", 3, "is not closed: write ] after its settings"),
        ("[epoch 1]", 1, "the stop has no text: write it after the bracket"),
        ("[epoch 1] x\n- y", 1, "is an option of ask choice: begin it otherwise"),
        ("[ask choice] x\n- y\n\nz", 1, "ask choice needs 2 to 8 options"),
        ("[ask choice] x\n- y\n- z", 1, "after them an answer, a paragraph of its own"),
        ("[ask choice] x\n" + "- y\n" * 9 + "\nz", 1, "ask choice needs 2 to 8 options"),
        ("[epoch 1] " + "x" * 1001, 1, "has 1,001 characters: shorten it to 1,000"),
        ("x" * 1001 + "\n\n[epoch 1] y", 1, "has 1,001 characters"),
        ("[epoch 1] x" + "\n\nx" * 10, 1, "there are 11 paragraphs: shorten them to 10"),
        ("[epoch 1] x\n\n" * 101, 201, "a tour has at most 100 stops: leave this one out"),
    ],
)
def test_line_of_a_mistake_is_named(tmp_path, tour_of, text, line, words):
    with pytest.raises(TourError) as fault:
        tour_of(text)
    assert str(fault.value).startswith(f"{tmp_path / 'tour.txt'}, line {line}: ")
    assert words in str(fault.value) and "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no stop: begin a paragraph with a bracket"),
        (b"Words alone.", "has no stop"),
        (b"\xff\xfe[\x00", "is not text in UTF-8: save it as UTF-8"),
        (b"x" * (MAX_BYTES + 1), "has more than 100 kB: shorten it"),
    ],
)
def test_file_that_is_no_tour_is_refused(tmp_path, tour_of, data, words):
    with pytest.raises(TourError, match="tour") as fault:
        tour_of(data)
    assert str(tmp_path / "tour.txt") in str(fault.value) and words in str(fault.value)


@pytest.mark.parametrize(
    ("bracket", "words"),
    [
        ("epoch 201", "the page has no epoch 201: name one of 0 to 200"),
        ("ask draw 999999999999", "the page has no epoch 999999999999"),
        ("point 0", "the page has no point 0: name one of 1 to 2000"),
        ("point 2001", "the page has no point 2001"),
        ("space feature, zoom 2 2 3 3", "lies outside the feature space: stay between 0 0 and 1 1"),
        ("place 3 0", "lies outside the input space: stay between -1 -1 and 1 1"),
        ("epoch 45, loss 0.4455", "the loss at epoch 45 is 0.4454, not 0.4455"),
    ],
)
def test_what_is_not_on_the_page_is_refused(history, tour_of, bracket, words):
    tour = tour_of(f"[epoch 1] x\n\n[{bracket}] y")
    with pytest.raises(TourError) as fault:
        page_with(history, tour)
    assert "tour.txt, line 3: " in str(fault.value) and words in str(fault.value)


def test_runs_of_a_page_are_counted(history, tour_of):
    other = trained("circles", (2,), "sigmoid", 3.0, epochs=4)
    runs = {"one": planes_of(history), "two": planes_of(other)}
    document = make_page_of_runs(runs, tour=tour_of("[run 2, epoch 4] x\n\n[epoch 200] y"))
    assert [stop["at"] for stop in stops_of(document)] == [
        "stop=1&run=2&epoch=4",
        "stop=2&epoch=200",
    ]
    for bracket, words in (
        ("run 3", "the page has no run 3: name one of 1 to 2"),
        ("run 2, epoch 5", "the page has no epoch 5: name one of 0, 1, 2, 3, 4"),
    ):
        with pytest.raises(TourError, match=words):
            make_page_of_runs(runs, tour=tour_of(f"[{bracket}] x"))


def test_loss_of_the_record_is_accepted(history, tour_of):
    assert stops_of(page_with(history, tour_of("[epoch 45, loss 0.4454] x")))


def test_page_of_positions_cannot_train_on(tour_of):
    history = trained("circles", (2,), "sigmoid", 3.0, epochs=4)
    with pytest.raises(TourError, match="line 1: this page cannot train on: leave try out"):
        make_page(planes_of(history), evaluated=False, tour=tour_of("[epoch 1, try rate=1] x"))


@pytest.mark.parametrize(
    ("make", "bracket", "words"),
    [
        (lambda: trained("moons", (1,), "sigmoid", 3.0, epochs=5), "space feature", "no feature"),
        (many_features, "space input", "no input space: leave it out, or name the feature space"),
        (many_features, "bend 0.5", "no slider of the bend: leave bend out"),
        (many_features, "place 0 0", "no place of the input space can be pinned: name a point"),
        (lambda: learned(hills, rate=0.03, epochs=3), "ask epoch right", "is not right or wrong"),
    ],
)
def test_page_that_shows_less_refuses_more(tour_of, make, bracket, words):
    tour = tour_of(f"[{bracket}] x")
    with pytest.raises(TourError, match=words):
        page_with(make(), tour)


def test_epochs_that_a_thinned_record_has_not(tour_of):
    history = dataclasses.replace(trained("circles", (2,), "sigmoid", 3.0, epochs=4), every=5)
    page_with(history, tour_of("[epoch 15] x"))
    with pytest.raises(TourError, match="no epoch 3: name one of 0, 5, 10, 15, 20"):
        page_with(history, tour_of("[epoch 3] x"))


def test_words_are_text(history, tour_of):
    """Markup in a tour makes no element, and cannot end the script."""
    markup = "<img src=x onerror=alert(1)></script>{title}"
    document = page_with(history, tour_of(f"{markup}\n\n[epoch 1] {markup}\x00\x1b"))
    plain = page_with(history, tour_of("[epoch 1] x"))
    assert markup not in document and document.count("</script>") == plain.count("</script>")
    assert f"<p>{html.escape(markup)}</p>" in document
    assert stops_of(document)[0]["text"] == [rf"{markup}\x00\x1b"]


def test_python_takes_the_path_of_a_tour(history, tmp_path):
    path = tmp_path / "tour.txt"
    path.write_text("[epoch 1] Mine.")
    assert stops_of(Replay(history).to_html(tour=path)) == [
        {"at": "stop=1&epoch=1", "text": ["Mine."]}
    ]
    with pytest.raises(ValueError, match=r"cannot read tour .*: No such file"):
        Replay(history).to_html(tour=str(tmp_path / "none.txt"))
    path.write_text("[epoch 999] Mine.")
    with pytest.raises(ValueError, match="line 1: the page has no epoch 999"):
        Replay(history).to_html(tmp_path / "page.html", tour=path)
    assert names(tmp_path) == ["tour.txt"]


def test_script_shows_a_tour_of_several_runs(run, tmp_path):
    tour = tmp_path / "tour.txt"
    tour.write_text("[run 2, epoch 2] The second.")
    typed = ("--epochs", "2", "--compare", "seed", "1", "2", "--format", "html", "--tour", tour)
    code, _, errors = run("input_space", *typed, "-o", tmp_path / "out")
    assert (code, errors) == (0, [])
    (stop,) = stops_of((tmp_path / "out" / "training.html").read_text())
    assert stop["at"] == "stop=1&run=2&epoch=2"
    tour.write_text("[run 3] The third.")
    code, _, errors = run("input_space", *typed, "-o", tmp_path / "other")
    assert code == 2 and not (tmp_path / "other").exists()
    assert_one_line(errors, "line 1: the page has no run 3: name one of 1 to 2")


def test_script_shows_a_tour(run, tmp_path):
    tour = tmp_path / "tour.txt"
    tour.write_text("[epoch 2] Mine.")
    quick = ("--epochs", "2", "--format", "html", "-o", tmp_path / "out")
    code, _, errors = run("feature_space", *quick, "--tour", tour)
    assert (code, errors) == (0, [])
    document = (tmp_path / "out" / "training.html").read_text()
    assert stops_of(document) == [{"at": "stop=1&epoch=2", "text": ["Mine."]}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot read tour"),
        ("[epoch 1", "line 1: the bracket"),
        ("[epoch 9] x", "line 1: the page has no epoch 9: name one of 0, 1, 2"),
        ("[point 51] x", "line 1: the page has no point 51: name one of 1 to 50"),
        ("[space feature] x", "line 1: the page shows no feature space"),
    ],
)
def test_script_refuses_a_tour_before_training(run, tmp_path, monkeypatch, text, words):
    monkeypatch.setattr("common.train_all", lambda *_: pytest.fail("it has trained"))
    tour = tmp_path / "tour.txt"
    if text:
        tour.write_text(text)
    typed = ["--epochs", "2", "--format", "html", "--max-points", "50", "--hidden", "1"]
    code, _, errors = run("input_space", *typed, "--tour", tour, "-o", tmp_path / "out")
    assert code == 2
    assert_one_line(errors, str(tour), words)
    assert not (tmp_path / "out").exists()


def test_tour_of_the_guide_is_that_of_the_default_run(history, tour_of):
    """The example in the guide fits the page it is written for."""
    guide = (PROJECT / "docs" / "page.md").read_text()
    (example,) = re.findall(r"(?ms)^```text\n(.*?)^```$", guide)
    stops = stops_of(page_with(history, tour_of(example)))
    assert {stop.get("ask", "").split(" ")[0] for stop in stops} == {"", "draw", "epoch", "choice"}


@pytest.mark.properties
@given(some.lists(some.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_a_tour_or_one_line(text):
    """Of a tour that is read, every stop has text, and what it asks can be answered."""
    try:
        tour = parse_tour(text)
    except TourError as fault:
        assert re.fullmatch(r"tour, line \d+: [^\n]+", str(fault))
        return
    for stop in tour.described(Shown("epoch", range(3), 9, {"input": None})):
        assert stop["text"] and re.fullmatch(r"stop=\d+(&[a-z]+=[-\w.,]+)*", stop["at"])
        assert stop.get("ask") != "choice" or (stop["options"] and stop["answer"])
