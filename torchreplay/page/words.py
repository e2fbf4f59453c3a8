"""The words on the page; names from data sets are escaped here."""

import html
import math
import re

from torchreplay.models.activations import activation_of
from torchreplay.views.titles import minus

MARKED_EPOCH = re.compile(r"\[epoch (\d+), loss ([\d.]+)\] (.*)", re.DOTALL)
NAMES_IF_NOT_ZERO = {
    "momentum": "momentum", "weight_decay": "weight decay", "augment": "points augmented by"
}  # fmt: skip
LOSS_TOLERANCE = 5e-5
MAX_SOURCE_CHARACTERS = 60
NO_ERRORS = "A number is not right or wrong: no point is misclassified."
ZOOM = 1.5
PAN_PIXELS = 40
MAX_PARAMETER_ROWS = 60
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
KEYS = (  # what they do; then of each key: its name, its name in browsers, action and value
    ("play or pause", ("Space", "space", "play", "")),
    (
        "one {label} back or on; with Shift, ten",
        *(("←", "arrowleft", "step", -1), ("→", "arrowright", "step", 1)),
    ),
    ("first or last {label}", ("Home", "home", "go", 0), ("End", "end", "go", "Infinity")),
    ("next or previous point", ("N", "n", "point", 1), ("P", "p", "point", -1)),
    ("next misclassified point; with Shift, the previous one", ("E", "e", "error", 1)),
    ("let go of what is pinned, then of what is selected", ("Esc", "escape", "free", "")),
    (
        "zoom in, out, or back to the whole space",
        *(("+", "+ =", "zoom", ZOOM), ("−", "-", "zoom", 1 / ZOOM), ("0", "0", "whole", "")),
    ),
    (
        "move the zoomed space",
        *(("W", "w", "down", -PAN_PIXELS), ("A", "a", "right", -PAN_PIXELS)),
        *(("S", "s", "down", PAN_PIXELS), ("D", "d", "right", PAN_PIXELS)),
    ),
    ("these keys", ("?", "?", "help", "")),
)
GESTURES = (
    (("click",), "pin a point, or a place of the input space"),
    (("drag",), "select points; with Shift, move the space; a finger rests on its place first"),
    (("Ctrl and wheel", "pinch"), "zoom; a double click shows the whole space again"),
)


def title_of(history):
    """The title of the page."""
    source = history.dataset.source[:MAX_SOURCE_CHARACTERS] or "points"
    units = "" if history.output else "-".join(map(str, history.units)) + " "
    return f"A {units}network learns {source}"


def title_of_runs(histories):
    """The title of a page of several trainings."""
    titles = {title_of(history) for history in histories}
    sources = {title_of(history).partition(" learns ")[2] for history in histories}
    source = sources.pop() if len(sources) == 1 else f"{len(sources)} sets of points"
    return titles.pop() if len(titles) == 1 else f"{len(histories)} networks learn {source}"


def facts(history):
    """The facts of the training on the page, and the word for its epochs."""
    training = history.training
    trained = len(history.dataset.trained.y)
    held_out = len(history.dataset.y) - trained
    words = [f"{trained:,} points", *[f"{held_out:,} more held out"] * bool(held_out)]
    known = filter(None, map(activation_of, history.model.modules()))
    words += [f"{activation.name} units" for activation in [*known][:1]]
    if training:
        size = training["batch_size"]
        whole = size is None or size >= trained
        words.append("full-batch gradient descent" if whole else f"batches of {size:,} points")
        if training["optimizer"] != "sgd":
            words[-1] = f"{training['optimizer']}, {'full batch' if whole else words[-1]}"
        for name, shown in NAMES_IF_NOT_ZERO.items():
            if training[name]:
                words.append(f"{shown} {training[name]:g}")
        words.append(f"learning rate {training['learning_rate']:g}")
    if history.diverged:
        words.append(f"training diverged after {history.label} {history.count(history.last)}")
    return {
        "facts": ", ".join(words),
        "label": history.label,
        "Label": history.label.capitalize(),
    }


def keys(label, task):
    """The rows of the table of keys and gestures; keys name their actions.

    label: the word for an epoch.
    task: what is learned.
    """
    nothing = {} if task.classes else {"error": NO_ERRORS}
    rows = [
        (
            [
                f'<kbd data-keys="{key}" data-do="{action}" data-value="{value}">{name}</kbd>'
                for name, key, action, value in pressed
            ],
            html.escape(nothing.get(pressed[0][2], does).format(label=label)),
        )
        for does, *pressed in KEYS
    ]
    rows += [([f"<kbd>{name}</kbd>" for name in names], does) for names, does in GESTURES]
    return "\n".join(
        f"<tr><th scope=row>{' '.join(names)}</th><td>{does}</td></tr>" for names, does in rows
    )


def sentences(history, points, planes, network):
    """The sentences that the page shows when they are needed, by names that its modules use.

    points: the Dataset that the page has.
    planes: the spaces that are shown.
    network: the shape of the network, if the page evaluates it.
    """
    where = "to see it in both spaces" if len(planes) > 1 else "to read its numbers"
    what = "place" if network and "input" in planes else "data point"
    is_classified = f"No point is misclassified at this {history.label}."
    return {
        "mean": f"Mean over {len(points.trained.y):,} points",
        "point": f"Point at a {what} {where}. Click to pin it. Drag to select points.",
        "right": is_classified if history.task.classes else NO_ERRORS,
        "wheel": "The wheel zooms while Ctrl is held.",
        "copied": "The link is copied.",
        "link": "The address above is the link.",
        "unit": "Point at a unit, or go to it with Tab, for its formula with all numbers.",
        "listed": listed(network) if network else "",
    }


def of_steps(history, rate, remark):
    """The sentences above the table of steps, by names; see `rate_of`."""
    label, taken = history.label, "This is the step that training took"
    if rate and remark:
        taken += f": all steps are plain gradient descent with learning rate {rate:g}, {remark}"
    return {
        "held": "Training does not use this point: it is held out.",
        "unknown": f"No step is shown: {remark}.",
        "end": f"The record ends at this {label}.",
        "missing": f"The page does not have the {label} after this one.",
        "alone": "Training descends the mean over all points; this is the step for one point.",
        "step": f"{taken}. The largest difference from the record is",
    }


def listed(network):
    """The number of parameters in the table, unless it has all."""
    stages, rows = network["stages"], len(network["rows"])
    count = sum((stage["inputs"] + 1) * stage["units"] for stage in stages)
    return f"{rows} of {count:,} parameters are listed." if rows < count else ""


def brief(value, digits=3):
    """A number in some digits, without those that are 0; with a power of ten if far from 1."""
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    if value == 0 or -3 <= int(power) < 5:
        return minus(f"{float(f'{value:.{digits}g}'):.{digits + 5}g}")
    return minus(f"{float(mantissa):g}·10{raised(int(power))}")


def raised(power):
    """A power of ten as a superscript."""
    return str(power).translate(SUPERSCRIPTS)


def thousands(value):
    """The power of ten by which a number is divided so that it has few digits: 0, ±3, ±6 …"""
    if 1e-2 <= value < 1e4 or value == 0:
        return 0
    return 3 * math.floor(math.log10(value) / 3)


def symbols(letter, count, first=1, layer=None):
    """The names of some units: a letter with their numbers, and with that of their layer."""
    of = "" if layer is None else f"⁽{layer}⁾".translate(SUPERSCRIPTS)
    return [f"{letter}{n}".translate(SUBSCRIPTS) + of for n in range(first, first + count)]


def parameter_rows(stages):
    """The names of parameters, unit by unit, and their places among all: pairs.

    stages: the layers of a network, as the page has them.
    """
    rows, at, senders = [], 0, symbols("x", stages[0]["inputs"])
    for stage in stages:
        biases = at + stage["inputs"] * stage["units"]
        for unit, symbol in enumerate(stage["symbols"]):
            to = symbol
            if stage is stages[-1]:
                to = "output" if stage["units"] == 1 else symbol.replace("P", "z")
            rows += [(f"{sender} → {to}", at + i) for i, sender in enumerate(senders)]
            rows.append((f"bias of {to}", biases + unit))
            at += stage["inputs"]
        at, senders = biases + stage["units"], stage["symbols"]
    return rows[:MAX_PARAMETER_ROWS]


def hint(record, task):
    """The hint that says how to see the network at work."""
    kinds = {0: "the number predicted for", 2: "the probability of"}
    what = kinds.get(task.classes, "the probabilities of")
    if "network" not in record:
        return (
            "The page cannot evaluate this network, so there is no diagram of it. What is shown are"
            " recorded positions."
        )
    return (
        "Click a point in a space, or press N. Then you see here how the network computes"
        f" {what} this point, number by number. All points shows the mean over the data,"
        " which is what training descends."
    )


def look_file(history):
    """The name of the file that says what to look for."""
    if history.dataset.is_graph:
        return "look_graph.txt"
    kinds = {0: "look_number.txt", 2: "look.txt"}
    return kinds.get(history.task.classes, "look_classes.txt")


def look(text, history, planes=2, is_marked=True):
    """What to look for: paragraphs, and the marked epochs.

    planes: how many spaces are shown; for a single one, only the last paragraph is true.
    is_marked: whether the page shows one training alone, so that epochs can be marked.
    A mark names an epoch and its loss. If the record has another loss at one, no mark is shown.
    """
    paragraphs, marks = [], []
    for paragraph in text.strip().split("\n\n"):
        paragraph = " ".join(paragraph.split())
        if mark := MARKED_EPOCH.fullmatch(paragraph):
            marks.append((int(mark[1]), float(mark[2]), mark[3]))
        else:
            paragraphs.append(f"<p>{html.escape(paragraph)}</p>")
    paragraphs = paragraphs if planes > 1 else paragraphs[-1:]
    known = [
        epoch <= history.last and abs(history.loss[epoch] - loss) <= LOSS_TOLERANCE
        for epoch, loss, _ in marks
    ]
    if not (is_marked and all(known)):
        return "\n".join(paragraphs)
    label = html.escape(history.label.capitalize())
    items = (
        f'<li><button data-do="jump" value="{epoch}">{label} {epoch}</button>'
        f" <span>{html.escape(meaning)}</span></li>"
        for epoch, _, meaning in marks
    )
    return "\n".join([*paragraphs, "<ol>", *items, "</ol>"])
