"""What stands on the page in words; names from data sets are escaped here."""

import html
import re

from torchreplay.activations import activation_of
from torchreplay.views.titles import class_names

MARK = re.compile(r"\[epoch (\d+), loss ([\d.]+)\] (.*)", re.DOTALL)
MORE = {  # of a training, told if it is not 0
    "momentum": "momentum", "weight_decay": "weight decay", "augment": "points augmented by"
}  # fmt: skip
SHOWN_DIGITS = 5e-5  # of the loss of a marked epoch
ICON = '<svg width="30" height="20" aria-hidden="true">{}</svg>'
CLASS = ICON.format('<path d="M0 0h30v20H0z"/><path transform="translate(15 10)"/>')
LINE = ICON.format('<path d="M0 8.5h30v3H0z"/>')
HELD_OUT = ICON.format(
    '<path transform="translate(8 10)"/><path transform="translate(22 10)"/>',
)
CHARACTERS = 60  # of a name from a data set, at the most
CLOSER = 1.5  # by which a button or key zooms
STEP = 40  # pixels, by which keys move a space
MOST_ROWS = 60  # of the table of parameters
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
FIGURE = """\
<figure id="{name}">
<figcaption><h2>{title} <span class="at"></span></h2><span class="group">
<button data-do="zoom" value="{out}" title="{title}: zoom out">−</button>
<button data-do="whole" title="{title}: show the whole space">⤢</button>
<button data-do="zoom" value="{into}" title="{title}: zoom in">+</button></span></figcaption>
<div class="plot"><canvas role="img" aria-label="{meaning}"></canvas><div class="marks"></div></div>
</figure>"""
TABLE = """\
<figure id="input">
<figcaption><h2>Features of the pinned point</h2></figcaption>
<p id="nothing" class="note">The points have {count} features, so there is no plane to draw. Click a
point in feature space: its features are listed here.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Features of the pinned point">
<table id="features" hidden><thead><tr><th>feature</th><th>value</th></tr></thead><tbody></tbody>
</table></div>
</figure>"""
UNSEEN = """\
<figure id="feature">
<figcaption><h2>Feature space</h2></figcaption>
<p class="note">{missing}</p>
</figure>"""

MISSING = (  # a plane of features: what to do, in a network of ours and in another model
    "The last hidden layer has not two units, so its space is no plane to draw. The option --latent"
    " appends a layer of two units.",
    "This model has no layer of two units before its output, so there is no plane of features to"
    ' draw. In Python, <code>replay.feature_space(projection="pca")</code> shows a wider layer.',
)

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


def legend(dataset):
    """The entries of the legend."""
    entries = [(CLASS, f"{html.escape(name)}, and its region") for name in class_names(dataset)]
    entries.append((LINE, "decision boundary, P = ½"))
    if dataset.held_out is not None:
        entries.append((HELD_OUT, "held out, dotted curves"))
    return "\n".join(f"<li>{icon} {name}</li>" for icon, name in entries)


def measures(record):
    """The curves of loss and accuracy, the marks at their epoch, and their names and values."""
    parts = {
        "curves": '<path id="{0}-curve"/>',
        "tips": '<i id="{0}-tip"></i>',
        "numbers": '<span>{1} <b id="{0}"></b></span> ',
    }
    names = [curve["name"] for curve in record["curves"]]
    highest = record["curves"][0]["most"]
    return {
        part: "".join(made.format(name, name.replace("out-", "out ")) for name in names)
        for part, made in parts.items()
    } | {"highest": f"{highest:.{2 if highest < 10 else 0}{'g' if highest < 10 else 'f'}}"}


def spaces(record, own_model=False):
    """The figures of the two spaces, or what stands in the place of one.

    own_model: whether a model of the user's own was recorded.
    """
    planes, figures = record["planes"], []
    meanings = {
        "input": "The plane of the data: points, grid, decision boundary and regions",
        "feature": "The same points, grid, boundary and regions where the hidden layer sends them",
    }
    for name, meaning in meanings.items():
        if name in planes:
            figures.append(
                FIGURE.format(
                    name=name,
                    title=f"{name.capitalize()} space",
                    meaning=meaning,
                    into=CLOSER,
                    out=1 / CLOSER,
                )
            )
    if "input" not in planes:
        figures.insert(0, TABLE.format(count=len(record["names"])))
    if "feature" not in planes:
        figures.append(UNSEEN.format(missing=MISSING[own_model]))
    return "\n".join(figures)


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
