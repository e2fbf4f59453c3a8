"""What stands on the page in words; names from data sets are escaped here."""

import html
import re

from torchreplay.models.activations import activation_of

MARK = re.compile(r"\[epoch (\d+), loss ([\d.]+)\] (.*)", re.DOTALL)
MORE = {  # of a training, told if it is not 0
    "momentum": "momentum", "weight_decay": "weight decay", "augment": "points augmented by"
}  # fmt: skip
SHOWN_DIGITS = 5e-5  # of the loss of a marked epoch
CHARACTERS = 60  # of a name from a data set, at the most
CLOSER = 1.5  # by which a button or key zooms
STEP = 40  # pixels, by which keys move a space
MOST_ROWS = 60  # of the table of parameters
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
KEYS = (  # what it does; then each key: as it is shown, as browsers call it, its action and value
    ("play or pause", ("Space", "space", "play", "")),
    (
        "one {label} back or on; with Shift, ten",
        *(("←", "arrowleft", "step", -1), ("→", "arrowright", "step", 1)),
    ),
    ("first or last {label}", ("Home", "home", "go", 0), ("End", "end", "go", "Infinity")),
    ("next or previous point", ("N", "n", "point", 1), ("P", "p", "point", -1)),
    ("next misclassified point; with Shift, the previous one", ("E", "e", "error", 1)),
    ("let go of what is pinned or selected", ("Esc", "escape", "free", "")),
    (
        "zoom in, out, or back to the whole space",
        *(("+", "+ =", "zoom", CLOSER), ("−", "-", "zoom", 1 / CLOSER), ("0", "0", "whole", "")),
    ),
    (
        "move the zoomed space",
        *(("W", "w", "down", -STEP), ("A", "a", "right", -STEP)),
        *(("S", "s", "down", STEP), ("D", "d", "right", STEP)),
    ),
    ("these keys", ("?", "?", "help", "")),
)
GESTURES = (
    (("click",), "pin a point, or a place of the input space"),
    (("drag",), "select points; with Shift, move the space"),
    (("wheel", "pinch"), "zoom; a double click shows the whole space again"),
)


def title(history):
    """What the page is called."""
    source = history.dataset.source[:CHARACTERS] or "points"
    units = "" if history.output else "-".join(map(str, history.units)) + " "
    return f"A {units}network learns {source}"


def facts(history):
    """What the page says of the training, and its last epoch."""
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
        for name, told in MORE.items():
            if training[name]:
                words.append(f"{told} {training[name]:g}")
        words.append(f"learning rate {training['learning_rate']:g}")
    if history.diverged:
        words.append(f"training diverged after {history.label} {history.count(history.last)}")
    return {
        "facts": ", ".join(words),
        "last": history.count(history.last),
        "label": history.label,
        "Label": history.label.capitalize(),
    }


def keys(label):
    """The rows of the table of keys and gestures; keys name their actions.

    label: what an epoch is called.
    """
    rows = [
        (
            [
                f'<kbd data-keys="{key}" data-do="{action}" data-value="{value}">{name}</kbd>'
                for name, key, action, value in pressed
            ],
            html.escape(does.format(label=label)),
        )
        for does, *pressed in KEYS
    ]
    rows += [([f"<kbd>{name}</kbd>" for name in names], does) for names, does in GESTURES]
    return "\n".join(
        f"<tr><th scope=row>{' '.join(names)}</th><td>{does}</td></tr>" for names, does in rows
    )


def sentences(label, planes, network, count):
    """What the page says at times, by names that its modules know.

    label: what an epoch is called.
    planes: the spaces that are shown.
    network: the shape of the network, if the page evaluates it, at any place.
    count: of the points trained on.
    """
    where = "to see it in both spaces" if len(planes) > 1 else "to read its numbers"
    what = "place" if network and "input" in planes else "data point"
    return {
        "mean": f"Mean over {count:,} points",
        "listed": listed(network) if network else "",
        "held": "Training does not use this point: it is held out.",
        "point": f"Point at a {what} {where}. Click to pin it. Drag to select points.",
        "right": f"No point is misclassified at this {label}.",
        "copied": "The link is copied.",
        "link": "The address above is the link.",
        "unknown": "Training did not take plain steps down the mean gradient of these points.",
        "end": f"The record ends at this {label}.",
        "alone": "Training descends the mean over all points; this is what one point asks for.",
        "step": "This is the step that training took. The largest difference from the record is",
    }


def listed(network):
    """How many parameters the table has, unless it has all."""
    stages, rows = network["stages"], len(network["rows"])
    count = sum((stage["inputs"] + 1) * stage["units"] for stage in stages)
    return f"{rows} of {count:,} parameters are listed." if rows < count else ""


def symbols(letter, count):
    """What some units are called: a letter with their numbers."""
    return [f"{letter}{n}".translate(LOWERED) for n in range(1, count + 1)]


def parameter_rows(stages):
    """What parameters are called, unit by unit, and their places among all: pairs.

    stages: the layers of a network, as the page knows them.
    """
    rows, at, senders = [], 0, symbols("x", stages[0]["inputs"])
    for stage in stages:
        layer = f"{stage['name']}: " if len(stages) > 2 else ""
        biases = at + stage["inputs"] * stage["units"]
        for unit, symbol in enumerate(stage["symbols"]):
            to = "output" if stage is stages[-1] else symbol
            rows += [(f"{layer}{sender} → {to}", at + i) for i, sender in enumerate(senders)]
            rows.append((f"{layer}bias of {to}", biases + unit))
            at += stage["inputs"]
        at, senders = biases + stage["units"], stage["symbols"]
    return rows[:MOST_ROWS]


def hint(record):
    """What to do to see the network at work."""
    if "network" not in record:
        return (
            "The page cannot evaluate this network, so there is no diagram of it. What is shown are"
            " recorded positions."
        )
    return (
        "Click a point in either space, or press N. Then you see here how the network computes the"
        " probability of this point, number by number. All points shows the mean over the data,"
        " which is what training descends."
    )


def look(text, history, planes=2):
    """What to look for: paragraphs, and the marked epochs that this record has.

    planes: how many spaces are shown; of one alone, only the last paragraph is true.
    A mark names an epoch and its loss; where the record has another loss, it is left out.
    """
    paragraphs, marks = [], []
    for part in text.strip().split("\n\n"):
        part = " ".join(part.split())
        if mark := MARK.fullmatch(part):
            marks.append((int(mark[1]), float(mark[2]), mark[3]))
        else:
            paragraphs.append(f"<p>{html.escape(part)}</p>")
    paragraphs = paragraphs if planes > 1 else paragraphs[-1:]
    known = [
        epoch <= history.last and abs(history.loss[epoch] - loss) <= SHOWN_DIGITS
        for epoch, loss, _ in marks
    ]
    if not all(known):
        return "\n".join(paragraphs)
    label = html.escape(history.label.capitalize())
    items = (
        f'<li><button data-do="jump" value="{epoch}">{label} {epoch}</button>'
        f" <span>{html.escape(meaning)}</span></li>"
        for epoch, _, meaning in marks
    )
    return "\n".join([*paragraphs, "<ol>", *items, "</ol>"])
