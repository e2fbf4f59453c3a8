"""The figures of the page, its legend and its curves; names from data sets are escaped here."""

import html

from torchreplay.page.words import ZOOM
from torchreplay.views.titles import class_names

ICON = '<svg width="30" height="20" aria-hidden="true">{}</svg>'
CLASS = ICON.format('<path d="M0 0h30v20H0z"/><path transform="translate(15 10)"/>')
LINE = ICON.format('<path d="M0 8.5h30v3H0z"/>')
BEYOND = ICON.format('<line y1="10" x2="30" y2="10" stroke="var(--line)" stroke-dasharray="5 3"/>')
HELD_OUT = ICON.format(
    '<path transform="translate(8 10)"/><path transform="translate(22 10)"/>',
)
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

NO_FEATURE_PLANE = (  # in a network of `common`, and in a model of the user's own
    "The last hidden layer does not have two units, so there is no plane of features to draw."
    " Append a linear layer of two units to see one.",
    "This model has no layer of two units before its output, so there is no plane of features to"
    ' draw. In Python, <code>replay.feature_space(projection="pca")</code> shows a wider layer.',
)


def legend(dataset, beyond):
    """The entries of the legend.

    beyond: whether there is a line of the boundary beyond the plane.
    """
    entries = [(CLASS, f"{html.escape(name)}, and its region") for name in class_names(dataset)]
    entries.append((LINE, "decision boundary, P = ½"))
    if beyond:
        entries.append((BEYOND, "its line beyond the plane"))
    if dataset.held_out is not None:
        entries.append((HELD_OUT, "held out, dotted curves"))
    return "\n".join(f"<li>{icon} {name}</li>" for icon, name in entries)


def measures(record):
    """The curves of loss and accuracy, the marks at their epoch, and their names and values."""
    elements = {
        "curves": '<path id="{0}-curve"/>',
        "tips": '<i id="{0}-tip"></i>',
        "numbers": '<span>{1} <b id="{0}"></b></span> ',
    }
    names = [curve["name"] for curve in record["curves"]]
    highest = record["curves"][0]["most"]
    return {
        place: "".join(made.format(name, name.replace("out-", "out ")) for name in names)
        for place, made in elements.items()
    } | {"highest": f"{highest:.{2 if highest < 10 else 0}{'g' if highest < 10 else 'f'}}"}


def figures(record, own_model=False):
    """The figures of the two spaces, or what replaces one that is no plane.

    own_model: whether a model of the user's own was recorded.
    """
    planes, made = record["planes"], []
    meanings = {
        "input": "The plane of the data: points, grid, decision boundary and regions",
        "feature": "The same points, grid, boundary and regions where the hidden layer sends them",
    }
    for name, meaning in meanings.items():
        if name in planes:
            made.append(
                FIGURE.format(
                    name=name,
                    title=f"{name.capitalize()} space",
                    meaning=meaning,
                    into=ZOOM,
                    out=1 / ZOOM,
                )
            )
    if "input" not in planes and record["names"]:
        made.insert(0, TABLE.format(count=len(record["names"])))
    if "feature" not in planes:
        made.append(UNSEEN.format(missing=NO_FEATURE_PLANE[own_model]))
    return "\n".join(made)
