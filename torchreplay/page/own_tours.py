"""The tours that a page has by itself: that of the published run, and one true of any run."""

from pathlib import Path

import numpy as np

from torchreplay.page.figures import bends, has_decision_plane
from torchreplay.page.payload import carried_epochs
from torchreplay.page.sentences import from_x_to_h
from torchreplay.page.stop_checks import Shown, faults_on
from torchreplay.page.tour import parse_tour
from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views.titles import shorten

HERE = Path(__file__).parent
CURVED = (
    "In the feature space these lines are the images of those in the input space. More than a"
    " linear layer follows the features that are shown, so that lines need not be straight there."
)


def tour_of(runs, records, tour=None):
    """The paragraphs that introduce a page, and the stops of its tour, made of types that JSON has.

    runs, records: of each run of the page the SpaceReplays by the names of their spaces, and the
        record; its own tour is of the first.
    tour: the user's, which is checked; by default the stops of the published run where they are
        true, and elsewhere those of any run.
    """
    histories = [next(iter(spaces.values())).history for spaces in runs]
    all_shown = [shown_of(*run) for run in zip(histories, records, strict=True)]
    history, shown = histories[0], all_shown[0]
    look = parse_tour((HERE / look_file(history)).read_text(encoding="utf-8"))
    if tour is None:
        tour = look if is_true(look, history, shown) else any_tour(history, shown)
    else:
        tour.check(all_shown)
    # Of the page's own introduction only the end is true of a single space.
    introduction = look.introduction if len(shown.planes) > 1 else look.introduction[-1:]
    if len(introduction) > 1 and not all(map(is_cut_straight, runs)):
        introduction[1] = CURVED
    introduction[-1:-1] = from_x_to_h_of(records)
    if all(map(has_decision_plane, records)):
        introduction = [text.replace("feature space", "decision plane") for text in introduction]
    return tour.introduction or introduction, tour.described(shown)


def from_x_to_h_of(records):
    """What happens from x to h, if it is the same in all records: a list of one text or none."""
    texts = set(map(from_x_to_h, records))
    return [text for text in texts if text] if len(texts) == 1 else []


def is_cut_straight(spaces):
    """Whether the layer after the features that are shown is linear, and makes the outputs."""
    feature = spaces.get("feature")
    return feature is None or feature.space.head(feature.history.network(0)) is not None


def shown_of(history, record):
    """What a page shows of a run, of which it has a record: Shown."""
    counts = [history.every * k for k in carried_epochs(history, record["every"] // history.every)]
    return Shown(
        label=shorten(" ".join(history.label.split())),
        counts=counts,
        points=record["points"]["count"],
        planes={name: plane["rect"] for name, plane in record["planes"].items()},
        has_classes=bool(history.task.classes),
        losses=history.loss[[count // history.every for count in counts]],
        is_evaluated="network" in record,
        is_bent=bends(record),
    )


def shown_later(dataset, network, epochs, max_points):
    """What the page of a network of `common` will show when it is trained: Shown."""
    planes = {"input": None} if dataset.is_plane or dataset.is_graph else {}
    if FEATURE_SPACE.transform(network)(dataset.X[:1]).shape[1] > 1:
        planes["feature"] = None
    points = min(len(dataset.y), max_points)
    return Shown("epoch", range(epochs + 1), points, planes, bool(dataset.task.classes))


def is_true(tour, history, shown):
    """Whether a tour that names losses and points is one of a training, with all its points."""
    if not tour.stops or shown.points < len(history.dataset.y) or shown.label != "epoch":
        return False
    return not any(fault for stop in tour.stops for fault in faults_on([shown], stop))


def look_file(history):
    """The name of the file that says what to look for."""
    if history.dataset.is_graph:
        return "look_graph.txt"
    kinds = {0: "look_number.txt", 2: "look.txt"}
    return kinds.get(history.task.classes, "look_classes.txt")


def any_tour(history, shown):
    """The Tour that is true of any training."""
    return parse_tour("\n\n".join(paragraphs_of(history, shown)))


def paragraphs_of(history, shown):
    """Yield its paragraphs."""
    label, first, last = shown.label, shown.counts[0], shown.counts[-1]
    yield (
        f"[epoch {first}] The beginning. Training has not taken a step yet: what is shown comes"
        " from the parameters with which it began."
    )
    if first < last:
        yield from _drawing(history, shown, label)
        yield from _fastest(shown, label)
        if history.task.classes:
            yield from _accuracy(history, shown, label)
        yield from _end(history, last)


def _drawing(history, shown, label):
    first, last = shown.counts[0], shown.counts[-1]
    line = "fitted curve" if history.dataset.is_graph else "decision boundary"
    if "input" in shown.planes and (history.task.classes or history.dataset.is_graph):
        yield (
            f"[epoch {first}, space input, ask draw {last}] Where will the {line} be at the end?"
            " Draw it."
        )
        yield f"This is the {line} at {label} {last}, the last one."


def _fastest(shown, label):
    if np.diff(shown.losses).min() < 0:
        yield (
            f"[ask epoch fastest] At which {label} does the loss fall fastest? The slider lies over"
            " its curve."
        )
        yield "From here to the next place of the slider the loss falls more than anywhere else."


def _accuracy(history, shown, label):
    accuracy, index = history.accuracy, [count // history.every for count in shown.counts]
    points = "points" if history.dataset.held_out is None else "points that it is trained on"
    right = [epoch for epoch in index if accuracy[epoch] == 1]
    if right:
        yield f"[ask epoch right] At which {label} are all {points} right?"
        stays = accuracy[right[0] :].min() == 1
        yield "They stay right until the end." if stays else "Later some of them are wrong again."
        return
    changed = np.flatnonzero(accuracy != accuracy[-1])
    steady = next(epoch for epoch in index if epoch > changed[-1]) if changed.size else history.last
    if steady < history.last:
        count = history.every * steady
        yield f"[epoch {count}] From here on the accuracy stays what it is until the end."


def _end(history, last):
    after = " Training diverged after it." if history.diverged else ""
    yield f"[epoch {last}] The end of the record.{after} Go back and forth to compare."
