"""What stands on the page in words; names from data sets are escaped here."""

import html
import re

from torchreplay.activations import activation_of
from torchreplay.views.titles import class_names

MARK = re.compile(r"\[epoch (\d+), loss ([\d.]+)\] (.*)", re.DOTALL)
SHOWN_DIGITS = 5e-5  # of the loss of a marked epoch
CLASS = '<svg width="30" height="20" aria-hidden="true"><path d="M0 0h30v20H0z"/><path/></svg>'
LINE = '<svg width="30" height="20" aria-hidden="true"><path d="M0 8.5h30v3H0z"/></svg>'
CHARACTERS = 60  # of a name from a data set, at the most
FIGURE = """\
<figure id="{name}">
<figcaption><h2>{title} <span class="at"></span></h2><span class="tools">
<button aria-label="{title}: zoom out">−</button>
<button aria-label="{title}: show the whole space">⤢</button>
<button aria-label="{title}: zoom in">+</button></span></figcaption>
<div class="plot"><canvas role="img" aria-label="{meaning}"></canvas><canvas></canvas></div>
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
<p class="note">The last hidden layer has not two units, so its space is no plane to draw. The
option --latent appends a layer of two units.</p>
</figure>"""


def title(history):
    """What the page is called."""
    source = history.dataset.source[:CHARACTERS] or "points"
    units = "" if history.output else "-".join(map(str, history.units)) + " "
    return f"A {units}network learns {source}"


def facts(history):
    """What the page says of the training, and its last epoch."""
    training = history.training
    words = [f"{len(history.dataset.y):,} points"]
    known = filter(None, map(activation_of, history.model.modules()))
    words += [f"{activation.name} units" for activation in [*known][:1]]
    if training:
        size = training["batch_size"]
        whole = size is None or size >= len(history.dataset.y)
        words.append("full-batch gradient descent" if whole else f"batches of {size:,} points")
        if training["optimizer"] != "sgd":
            words[-1] = f"{training['optimizer']}, {'full batch' if whole else words[-1]}"
        if training["momentum"]:
            words.append(f"momentum {training['momentum']:g}")
        if training["weight_decay"]:
            words.append(f"weight decay {training['weight_decay']:g}")
        words.append(f"learning rate {training['learning_rate']:g}")
    if history.diverged:
        words.append(f"training diverged after epoch {history.last}")
    return {"facts": ", ".join(words), "last": str(history.last)}


def legend(dataset):
    """The entries of the legend."""
    entries = [(CLASS, f"{html.escape(name)}, and its region") for name in class_names(dataset)]
    entries.append((LINE, "decision boundary, P = ½"))
    return "\n".join(f"<li>{icon} {name}</li>" for icon, name in entries)


def spaces(record):
    """The figures of the two spaces, or what stands in the place of one."""
    planes, figures = record["planes"], []
    meanings = {
        "input": "The plane of the data: points, grid, decision boundary and regions",
        "feature": "The same points, grid, boundary and regions where the hidden layer sends them",
    }
    for name, meaning in meanings.items():
        if name in planes:
            figures.append(
                FIGURE.format(name=name, title=f"{name.capitalize()} space", meaning=meaning)
            )
    if "input" not in planes:
        figures.insert(0, TABLE.format(count=len(record["names"])))
    if "feature" not in planes:
        figures.append(UNSEEN)
    return "\n".join(figures)


def hint(record):
    """What to do to see the network at work."""
    if "network" not in record:
        return (
            "The page cannot evaluate this network. It shows recorded positions, rounded to a"
            " 65,535th of the axes."
        )
    return (
        "Click a point in either space, or press N. Then you see here how the network computes the"
        " probability of this point, number by number. All points shows the mean over the data,"
        " which is what training descends."
    )


def look(text, history):
    """What to look for: paragraphs, and the marked epochs that this record has.

    A mark names an epoch and its loss; where the record has another loss, it is left out.
    """
    paragraphs, marks = [], []
    for part in text.strip().split("\n\n"):
        part = " ".join(part.split())
        if mark := MARK.fullmatch(part):
            marks.append((int(mark[1]), float(mark[2]), mark[3]))
        else:
            paragraphs.append(f"<p>{html.escape(part)}</p>")
    known = [
        epoch <= history.last and abs(history.loss[epoch] - loss) <= SHOWN_DIGITS
        for epoch, loss, _ in marks
    ]
    if not all(known):
        return "\n".join(paragraphs)
    items = (
        f'<li><button data-epoch="{epoch}">Epoch {epoch}</button> {html.escape(meaning)}</li>'
        for epoch, _, meaning in marks
    )
    return "\n".join([*paragraphs, "<ol>", *items, "</ol>"])
