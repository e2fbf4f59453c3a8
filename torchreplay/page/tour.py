"""A tour of the page: stops that one steps through, written as plain text.

A paragraph that begins with a bracket is a stop. Its bracket says what the page shows, and what it
asks; see `stops.SETTINGS`. Lines that begin with "- " are options among which one can choose. Other
paragraphs belong to the stop before them; those before the first stop introduce the tour.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torchreplay.errors import TourError, did_you_mean
from torchreplay.page.stop_checks import Shown, faults_of_form, faults_of_length, faults_on
from torchreplay.page.stops import SETTINGS, Stop
from torchreplay.system.regular_files import open_regular
from torchreplay.system.terminal import printable

MAX_BYTES = 100_000
MAX_STOPS = 100
BRACKET = re.compile(r"\[([^\[\]]*)\]")
OPTION = re.compile(r"(?m)^- ")


@dataclass
class Tour:
    """A tour: paragraphs that introduce it, and its Stops."""

    introduction: list[str] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)

    def check(self, runs: Sequence[Shown]) -> None:
        """Raise TourError at the first stop that names what a page of some runs does not have."""
        for stop in self.stops:
            _refuse(stop.line, faults_on(runs, stop))

    def described(self, shown: Shown) -> list[dict[str, Any]]:
        """What the page needs of the stops, made of types that JSON has."""
        first = next(iter(shown.planes))
        return [stop.described(k, first) for k, stop in enumerate(self.stops, start=1)]


def read_tour(path):
    """Read a Tour from a text file, in UTF-8. Raises TourError, which names file and line."""
    try:
        with open_regular(path) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TourError(f"cannot read tour {path}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise TourError(f"tour {path} has more than {MAX_BYTES // 1000} kB: shorten it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TourError(f"tour {path} is not text in UTF-8: save it as UTF-8") from error
    tour = parse_tour(text, path)
    if not tour.stops:
        raise TourError(f"tour {path} has no stop: begin a paragraph with a bracket, [epoch 0]")
    return tour


def parse_tour(text, path="tour"):
    """Make the Tour of a text; path: that of its file, for messages."""
    tour = Tour()
    for number, lines in paragraphs(text):
        line = f"{path}, line {number}"
        if lines[0].startswith("["):
            tour.stops.append(_stop(line, "\n".join(lines)))
        elif tour.stops:
            _add(tour.stops[-1], lines)
        else:
            tour.introduction.append(" ".join(lines))
            _refuse(line, faults_of_length(tour.introduction))
    for stop in tour.stops:
        _refuse(stop.line, faults_of_form(stop))
    for stop in tour.stops[MAX_STOPS:]:
        _refuse(stop.line, [f"a tour has at most {MAX_STOPS} stops: leave this one out"])
    return tour


def paragraphs(text):
    """Yield the paragraphs of a text, between blank lines: the number of a line, and lines."""
    first, held = 1, []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate([*map(str.strip, lines), ""], start=1):
        if line:
            held.append(line)
            continue
        if held:
            yield first, held
        first, held = number + 1, []


def _stop(line, text):
    found = BRACKET.match(text)
    if not found:
        _refuse(line, ["the bracket at the beginning is not closed: write ] after its settings"])
    stop = Stop(line, _settings(line, found[1].replace("−", "-")))
    _add(stop, text[found.end() :].split("\n"))
    return stop


def _settings(line, text):
    settings = {}
    for part in text.split(",") if text.strip() else ():
        setting = " ".join(part.split())
        name, _, words = setting.partition(" ")
        if name not in SETTINGS:
            meant = did_you_mean(name, SETTINGS) or f": write one of {', '.join(SETTINGS)}"
            _refuse(line, [f"the bracket has {printable(setting)!r}, which is no setting{meant}"])
        pattern, usage = SETTINGS[name]
        if name in settings:
            _refuse(line, [f"{name} stands in the bracket twice: leave one out"])
        if not re.fullmatch(pattern, words, re.ASCII):
            _refuse(line, [f"{printable(setting)!r} is not understood: write {usage}"])
        settings[name] = words
    return settings


def _add(stop, lines):
    """Add lines to a stop: options, and a paragraph, which after a question is its answer."""
    text, *options = (" ".join(part.split()) for part in OPTION.split("\n".join(lines)))
    stop.options += options
    if text:
        (stop.answer if "ask" in stop.settings and stop.text else stop.text).append(text)


def _refuse(line, faults):
    """Raise the first of some faults, if there is one, with the line where it is."""
    for fault in faults:
        raise TourError(f"{line}: {fault}")
