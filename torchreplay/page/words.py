"""The words on the page; names from data sets are escaped here."""

import html

from torchreplay.models.activations import activation_of
from torchreplay.record.kept_features import KeptFeatures

NAMES_IF_NOT_ZERO = {
    "momentum": "momentum", "weight_decay": "weight decay", "augment": "points augmented by"
}  # fmt: skip
MAX_SOURCE_CHARACTERS = 60
NO_ERRORS = "A number is not right or wrong: no point is misclassified."
ZOOM = 1.5
PAN_PIXELS = 40
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
    (("click",), "pin a point, or a place of the plane"),
    (("drag",), "select points; with Shift, move the space; with a finger, hold it still first"),
    (("Ctrl and wheel", "pinch"), "zoom; a double click shows the whole space again"),
)


def title_of(history):
    """The title of the page."""
    source = history.dataset.source[:MAX_SOURCE_CHARACTERS] or "points"
    is_own = history.output is not None or isinstance(history.model, KeptFeatures)
    units = "" if is_own else "-".join(map(str, history.units)) + " "
    return f"A {units}network learns {source}"


def title_of_runs(histories):
    """The title of a page of several trainings."""
    titles = {title_of(history) for history in histories}
    sources = {title_of(history).partition(" learns ")[2] for history in histories}
    source = sources.pop() if len(sources) == 1 else f"{len(sources)} sets of points"
    return titles.pop() if len(titles) == 1 else f"{len(histories)} networks learn {source}"


def facts(history, points, record):
    """The facts of the training on the page, and the word for its epochs.

    points, record: the Dataset and the record that the page has.
    """
    training, dataset = history.training, history.dataset
    count, drawn, trained = len(dataset.y), len(points.y), len(dataset.trained.y)
    words = [f"{trained:,} points", *[f"{count - trained:,} more held out"] * (trained < count)]
    words += [f"{drawn:,} of them drawn"] * (drawn < count)
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
    elif record["step"]:
        rate = record["step"]["rate"]
        words.append(f"full-batch gradient descent, learning rate {rate:g} (found in the record)")
    if record["every"] > 1:
        words.append(f"shown are {history.label} {every_so_many(record['every'])}")
    if history.diverged:
        words.append(f"training diverged after {history.label} {history.count(history.last)}")
    return {
        "facts": ", ".join(words),
        "label": history.label,
        "Label": history.label.capitalize(),
    }


def every_so_many(every):
    """The epochs that a page has, in words."""
    return f"0, {every:,}, {2 * every:,}, …"


def steps(label, every):
    """The titles of the buttons that go one epoch back or on, by names of the template.

    label: the word for an epoch.
    every: the number of epochs from one to the next.
    """
    if every == 1:
        return {"back": f"One {label} back", "on": f"One {label} on"}
    return {"back": f"Previous {label} shown", "on": f"Next {label} shown"}


def keys(label, task, every):
    """The rows of the table of keys and gestures; keys name their actions.

    label: the word for an epoch.
    task: what is learned.
    every: the number of epochs from one to the next.
    """
    others = {} if task.classes else {"error": NO_ERRORS}
    if every > 1:
        shown = every_so_many(every)
        others["step"] = f"previous or next {{label}} of {shown}; with Shift, ten of them"
    rows = [
        (
            [
                f'<kbd data-keys="{key}" data-do="{action}" data-value="{value}">{name}</kbd>'
                for name, key, action, value in pressed
            ],
            html.escape(others.get(pressed[0][2], does).format(label=label)),
        )
        for does, *pressed in KEYS
    ]
    rows += [([f"<kbd>{name}</kbd>" for name in names], does) for names, does in GESTURES]
    return "\n".join(
        f"<tr><th scope=row>{' '.join(names)}</th><td>{does}</td></tr>" for names, does in rows
    )


def hint(record, task):
    """The hint that says how to see the network at work."""
    of_one = f"P, the probability of {record['words']['one']}, of"
    kinds = {0: "the number predicted for", 2: of_one}
    what = kinds.get(task.classes, "P, the probability of each class, of")
    if "network" not in record:
        return (
            "The page cannot evaluate this network, so there is no diagram of it, and it cannot"
            " train it: there is no What if. What is shown are recorded positions. It can evaluate"
            " an nn.Sequential of linear layers with sigmoid, tanh or ReLU, alone or named by"
            " module= in a callback."
        )
    mean = f"{all_points(record)} shows the mean over the data"
    if record["words"]["drawn"]:
        mean = f"{all_points(record)} shows the mean over this sample of the data"
    elif record["step"]:
        mean += ": training goes down its gradient"
    return (
        "Click a point in a space, or press N. Then you see here how the network computes"
        f" {what} this point, number by number. {mean}."
    )


def all_points(record):
    """What the switch to the mean over points is called."""
    return "All points drawn" if record["words"]["drawn"] else "All points"


def look(paragraphs):
    """The text of what to look for."""
    return "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
