"""The words on the page; names from data sets are escaped here."""

import html

from torchreplay.models.activations import activation_of

NAMES_IF_NOT_ZERO = {
    "momentum": "momentum", "weight_decay": "weight decay", "augment": "points augmented by"
}  # fmt: skip
MAX_SOURCE_CHARACTERS = 60
NO_ERRORS = "A number is not right or wrong: no point is misclassified."
ZOOM = 1.5
PAN_PIXELS = 40
MAX_PARAMETER_ROWS = 60
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
KEYS = (  # what they do; then of each key: its name, its name in browsers, action and value
    ("play or pause", ("Space", "space", "play", "")),
    (
        "one {label} back or on; with Shift, ten",
        *(("←", "arrowleft", "step", -1), ("→", "arrowright", "step", 1)),
    ),
    ("first or last {label}", ("Home", "home", "go", 0), ("End", "end", "go", "Infinity")),
    (
        "previous or next stop of the tour",
        *(("[", "[", "stop", -1), ("]", "]", "stop", 1)),
        *((",", ",", "stop", -1), (".", ".", "stop", 1)),
    ),
    ("open or close the tour", ("T", "t", "tour", "")),
    ("next or previous point", ("N", "n", "point", 1), ("P", "p", "point", -1)),
    ("next misclassified point; with Shift, the previous one", ("E", "e", "error", 1)),
    ("let go of what is pinned or selected", ("Esc", "escape", "free", "")),
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
    (("drag",), "select points; with Shift, move the space"),
    (("wheel", "pinch"), "zoom; a double click shows the whole space again"),
)


def title(history):
    """The title of the page."""
    source = history.dataset.source[:MAX_SOURCE_CHARACTERS] or "points"
    units = "" if history.output else "-".join(map(str, history.units)) + " "
    return f"A {units}network learns {source}"


def facts(history):
    """The facts of the training on the page, and its last epoch."""
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
        "last": history.count(history.last),
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


def sentences(label, planes, network, count, task):
    """The sentences that the page shows when they are needed, by names that its modules use.

    label: the word for an epoch.
    planes: the spaces that are shown.
    network: the shape of the network, if the page evaluates it.
    count: the number of points trained on.
    task: what is learned.
    """
    where = "to see it in both spaces" if len(planes) > 1 else "to read its numbers"
    what = "place" if network and "input" in planes else "data point"
    return {
        "mean": f"Mean over {count:,} points",
        "listed": listed(network) if network else "",
        "held": "Training does not use this point: it is held out.",
        "point": f"Point at a {what} {where}. Click to pin it. Drag to select points.",
        "right": f"No point is misclassified at this {label}." if task.classes else NO_ERRORS,
        "copied": "The link is copied.",
        "link": "The address above is the link.",
        "unknown": "Training did not take plain steps down the mean gradient of these points.",
        "end": f"The record ends at this {label}.",
        "alone": "Training descends the mean over all points; this is the step for one point.",
        "step": "This is the step that training took. The largest difference from the record is",
    }


def listed(network):
    """The number of parameters in the table, unless it has all."""
    stages, rows = network["stages"], len(network["rows"])
    count = sum((stage["inputs"] + 1) * stage["units"] for stage in stages)
    return f"{rows} of {count:,} parameters are listed." if rows < count else ""


def symbols(letter, count, first=1):
    """The names of some units: a letter with their numbers."""
    return [f"{letter}{n}".translate(SUBSCRIPTS) for n in range(first, first + count)]


def parameter_rows(stages):
    """The names of parameters, unit by unit, and their places among all: pairs.

    stages: the layers of a network, as the page has them.
    """
    rows, at, senders = [], 0, symbols("x", stages[0]["inputs"])
    for stage in stages:
        layer = f"{stage['name']}: " if len(stages) > 2 else ""
        biases = at + stage["inputs"] * stage["units"]
        for unit, symbol in enumerate(stage["symbols"]):
            to = symbol
            if stage is stages[-1]:
                to = "output" if stage["units"] == 1 else symbol.replace("P", "z")
            rows += [(f"{layer}{sender} → {to}", at + i) for i, sender in enumerate(senders)]
            rows.append((f"{layer}bias of {to}", biases + unit))
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


def look(paragraphs):
    """The text of what to look for."""
    return "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
