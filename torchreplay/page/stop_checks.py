"""What is wrong with a stop of a tour: by itself, and on a page that lacks what it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from torchreplay.page.stops import NUMBER, SETTINGS

MAX_OPTIONS = 8
MAX_PARAGRAPHS, MAX_CHARACTERS = 10, 1000
MAX_LISTED = 5  # epochs that a message lists
LOSS_TOLERANCE = 5e-5


@dataclass(frozen=True)
class Shown:
    """What a page shows of a run, as far as a stop can name it.

    label: the word for an epoch.
    counts: the counts of the epochs.
    points: the number of points.
    planes: left, bottom, right and top of the spaces, by name; None where they are not known yet.
    has_classes: whether classes are learned.
    losses: the loss at each epoch; None if it is not known yet.
    is_evaluated: whether the page evaluates the network anywhere.
    is_bent: whether the page has a slider that bends the feature space.
    """

    label: str
    counts: Sequence[int]
    points: int
    planes: dict[str, Sequence[float] | None]
    has_classes: bool = True
    losses: Sequence[float] | None = None
    is_evaluated: bool = True
    is_bent: bool = True


def faults_of_form(stop):
    """Yield what is wrong with a stop on any page."""
    settings, asks_choice = stop.settings, stop.words("ask") == ["choice"]
    if "loss" in settings and "epoch" not in settings:
        yield "loss is that of an epoch: add epoch K"
    if {"point", "place"} <= settings.keys():
        yield "a stop pins one thing: leave out point or place"
    yield from _faults_of_zoom(stop)
    yield from _faults_of_trial(stop)
    if not stop.text:
        yield "the stop has no text: write it after the bracket"
    if stop.options and not asks_choice:
        yield 'a line that begins with "- " is an option of ask choice: begin it otherwise'
    if asks_choice and not (2 <= len(stop.options) <= MAX_OPTIONS and stop.answer):
        yield (
            f'ask choice needs 2 to {MAX_OPTIONS} options, lines that begin with "- ", and after'
            " them an answer, a paragraph of its own"
        )
    yield from faults_of_length(stop.text + stop.answer)
    yield from faults_of_length(stop.options)


def faults_of_length(paragraphs):
    """Yield what is wrong with paragraphs that are too many or too long."""
    if len(paragraphs) > MAX_PARAGRAPHS:
        yield f"there are {len(paragraphs)} paragraphs: shorten them to {MAX_PARAGRAPHS}"
    longest = max(map(len, paragraphs), default=0)
    if longest > MAX_CHARACTERS:
        yield f"a paragraph has {longest:,} characters: shorten it to {MAX_CHARACTERS:,}"


def _faults_of_trial(stop):
    name, _, value = stop.settings.get("try", "").partition("=")
    if name == "rate" and "epoch" not in stop.settings:
        yield "try rate trains on from an epoch: add epoch K"
    if name == "rate" and not (re.fullmatch(NUMBER, value, re.ASCII) and float(value) > 0):
        yield f"try rate={value} is no learning rate: write a positive number, as in try rate=10"


def _faults_of_zoom(stop):
    if "zoom" not in stop.settings:
        return
    left, bottom, right, top = stop.numbers("zoom")
    if "space" not in stop.settings:
        yield "zoom is that of a space: add space input or space feature"
    if not (left < right and bottom < top):
        yield f"zoom {stop.settings['zoom']} is no rectangle: write {SETTINGS['zoom'][1]}"


def faults_on(runs, stop):
    """Yield what a stop names that a page does not have; runs: Shown of each, in order."""
    number = int(stop.settings.get("run", 1))
    if 1 <= number <= len(runs):
        yield from _faults_of_run(runs[number - 1], stop)
    else:
        yield f"the page has no run {number}: name one of 1 to {len(runs)}"


def _faults_of_run(shown, stop):
    for count in stop.epochs:
        if count not in shown.counts:
            yield f"the page has no {shown.label} {count}: name one of {listed(shown.counts)}"
    yield from _faults_of_loss(shown, stop)
    space = stop.settings.get("space")
    if space and space not in shown.planes:
        others = "".join(f", or name the {name} space" for name in shown.planes)
        yield f"the page shows no {space} space: leave it out{others}"
    for number in stop.words("point"):
        if not 1 <= int(number) <= shown.points:
            yield f"the page has no point {number}: name one of 1 to {shown.points}"
    if "place" in stop.settings and not ("input" in shown.planes and shown.is_evaluated):
        yield "on this page no place of the input space can be pinned: name a point"
    if stop.trial.startswith("fork=") and not shown.is_evaluated:
        yield "this page cannot train on: leave try out"
    if "bend" in stop.settings and not shown.is_bent:
        yield "on this page the feature space has no slider of the bend: leave bend out"
    if stop.words("ask") == ["epoch", "right"] and not shown.has_classes:
        yield "a number is not right or wrong: write ask epoch loss L, as in ask epoch loss 0.1"
    yield from _faults_of_position(shown, stop)


def listed(counts):
    """The counts of some epochs, in words."""
    if len(counts) <= MAX_LISTED:
        return ", ".join(map(str, counts))
    step, last = counts[1] - counts[0], counts[-1]
    return f"{counts[0]} to {last}" + f", every {step}" * (step > 1)


def _faults_of_loss(shown, stop):
    for loss in stop.numbers("loss") if shown.losses is not None else ():
        (count,) = map(int, stop.words("epoch"))
        found = shown.losses[list(shown.counts).index(count)]
        if not abs(found - loss) <= LOSS_TOLERANCE:
            yield (
                f"the loss at {shown.label} {count} is {found:.4f}, not {loss:.4f}: is the tour of"
                " another training? If it fits, leave loss out"
            )


def _faults_of_position(shown, stop):
    zoomed = None if "bend" in stop.settings else stop.settings.get("space")  # axes follow the bend
    for name, space in (("zoom", zoomed), ("place", "input")):
        rectangle = shown.planes.get(space)
        if name not in stop.settings or rectangle is None:
            continue
        left, bottom, *ends = stop.numbers(name)
        right, top = ends or (left, bottom)
        low, high = rectangle[:2], rectangle[2:]
        if right < low[0] or top < low[1] or left > high[0] or bottom > high[1]:
            yield (
                f"{name} {stop.settings[name]} lies outside the {space} space: stay between"
                f" {low[0]:g} {low[1]:g} and {high[0]:g} {high[1]:g}"
            )
