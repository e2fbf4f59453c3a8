"""The figures of the page, its legend and its curves; names from data sets are escaped here."""

import html

from torchreplay.page.notation import brief, raised, thousands
from torchreplay.page.words import ZOOM
from torchreplay.views.titles import class_names, minus, shorten

ICON = '<svg width="30" height="20" aria-hidden="true">{}</svg>'
CLASS = (
    '<path d="M0 0h30v20H0z" data-region="{0}"/>'
    '<path transform="translate(15 10)" data-point="{0}"/>'
)
BAND = '<path d="M{0} 0h{1}v{2}h-{1}z" data-region="{3}"/>'
NUMBER = '<text x="{}" y="{}">{}</text>'
LINE = ICON.format('<path d="M0 8.5h30v3H0z" fill="var(--line)"/>')
LEVEL = ICON.format('<path d="M0 9.4h30v1.2H0z" fill="var(--line)"/>')
BEYOND = ICON.format('<line y1="10" x2="30" y2="10" stroke="var(--line)" stroke-dasharray="5 3"/>')
HELD_OUT = ICON.format(
    '<path transform="translate(8 10)" data-hollow="0"/>'
    '<path transform="translate(22 10)" data-hollow="1"/>',
)
MOST_LINES = 4  # units of a layer whose lines are drawn, as in units.js
PROBABILITY = '<span>decision boundary, P(<span data-class="1">{}</span>) = ½</span>'
BAND_WIDTH, BAND_HEIGHT = 34, 20  # pixels of the scale of colors
SAMPLE = '<svg class="sample" aria-hidden="true"><path d="M0 5h22" data-curve="{}"/></svg>'
SIGNS = {  # hidden from screen readers, which then read the titles of the buttons
    name: f'<span aria-hidden="true">{sign}</span>'
    for name, sign in (("minus", "−"), ("arrows", "⤢"), ("plus", "+"))
}
FIGURE = """\
<figure id="{name}">
<figcaption><h2><span class="title">{title}</span> <span class="at"></span>{note}</h2>
<span class="group">
<button data-do="zoom" value="{out}" title="{title}: zoom out">{minus}</button>
<button data-do="whole" title="{title}: show the whole space">{arrows}</button>
<button data-do="zoom" value="{into}" title="{title}: zoom in">{plus}</button></span></figcaption>
<div class="plot"><canvas role="img" aria-label="{meaning}"></canvas><div class="marks"></div></div>
{whitened}{more}</figure>"""
NOTE = ' <span id="bent"></span>'
BEND = """\
<div class="bend"><span aria-hidden="true">Bend</span>
<div><input type="range" id="bend" min="0" aria-label="Bend"><div id="stops"></div></div></div>
"""
AXES = '<p id="axes" class="row"></p>\n'
LINES = """\
<label class="lines"><input type="checkbox" id="lines" checked> Lines of units, z = 0</label>
"""
WHITENED = """\
<p class="note">Whitened: each axis mixes h₁ and h₂, so that at the last epoch what is drawn has
mean 0 and variance 1 along both, and no correlation. The network stays the same.</p>
"""
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
EDITS = '<option value="add">adds a point</option><option value="move">moves a point</option>'
LABELS = (  # of a fork: of numbers, and of classes
    '<label>Label of a point <input type="number" id="label" value="0" step="any"></label>',
    '<label>Class of a point <select id="class"></select></label>',
)

NO_FEATURE_PLANE = (  # in a network of `common`, and in a model of the user's own
    "The last hidden layer has a single unit, so there is no plane of features to draw."
    " Append a linear layer of two units to see one.",
    "This model has no layer of two units before its output, and no linear layer that makes the"
    " output of a wider one, so there is no plane of features to draw. In Python,"
    ' <code>replay.feature_space(projection="pca")</code> shows a wider layer.',
)


def legend(dataset):
    """The entries of the legend."""
    task = dataset.task
    if task.classes == 2:
        names = enumerate(map(html.escape, class_names(dataset)))
        entries = [
            (_class_icon(k), f'<span><span data-class="{k}">{name}</span>, and its region</span>')
            for k, name in names
        ]
        entries.append((LINE, PROBABILITY.format(html.escape(class_names(dataset)[1]))))
    elif task.classes:
        names = enumerate(dataset.class_names)
        entries = [(_class_icon(k), _class_entry(k, name)) for k, name in names]
        entries.append((LINE, "decision boundary"))
    else:
        entries = [("", f"{html.escape(shorten(dataset.target))}{scale_bar(task.levels)}")]
        line = (LINE, "fitted curve") if dataset.is_graph else (LEVEL, "level lines")
        entries.append(line)
    if dataset.held_out is not None:
        entries.append((HELD_OUT, "held out, dotted curves"))
    items = [f"<li>{icon} {name}</li>" for icon, name in entries]
    return "\n".join([*items, f'<li id="beyond" hidden>{BEYOND} its line beyond the plane</li>'])


def _class_icon(k):
    return ICON.format(CLASS.format(k))


def _class_entry(k, name):
    """The name of one of many classes, which the style may cut, and a place for its accuracy."""
    escaped = html.escape(name)
    return f'<span class="name" data-class="{k}" title="{escaped}">{escaped}</span> <b></b>'


def scale_bar(levels):
    """The scale of colors of a regression, with the numbers of its levels where bands meet.

    A factor before it keeps these numbers short.
    """
    width, power = BAND_WIDTH * (len(levels) + 1), thousands(max(map(abs, levels), default=0))
    bands = "".join(
        BAND.format(BAND_WIDTH * k, BAND_WIDTH, BAND_HEIGHT, k) for k in range(len(levels) + 1)
    )
    numbers = "".join(
        NUMBER.format(BAND_WIDTH * k, BAND_HEIGHT + 13, minus(f"{level / 10**power:.9g}"))
        for k, level in enumerate(levels, start=1)
    )
    scale = f'<svg class="scale" viewBox="0 0 {width} 36" width="{width}">{bands}{numbers}</svg>'
    return f"{f' (×10{raised(power)})' if power else ''} {scale}"


def measures(records):
    """The curves of what is measured in runs, the marks at their epoch, their names and values."""
    curves = {curve["name"]: curve for record in records for curve in record["curves"]}.values()
    drawn = [curve for curve in curves if curve["most"] is not None]
    elements = {
        "curves": (drawn, '<path id="{name}-curve" data-curve="{name}"/>'),
        "tips": (drawn, '<i id="{name}-tip"></i>'),
        "numbers": (curves, '<span>{word} <b id="{name}"></b></span> '),
    }
    loss, other = drawn[:2]
    is_share = other["name"] == "accuracy"
    ends = ("100 %", "0 %") if is_share else ("1", minus(f"{other['least']:g}"))
    made = {
        place: "".join(made.format(**curve) for curve in which)
        for place, (which, made) in elements.items()
    }
    made |= {"sample": SAMPLE.format("loss"), "other_sample": SAMPLE.format(other["name"])}
    made |= {"top": ends[0], "second": other["word"], "bottom": ends[1]}
    return made | {"highest": brief(loss["most"], 2 if loss["most"] < 10 else 3)}


def has_lines(record):
    """Whether the page draws a line for each unit of the last hidden layer."""
    hidden = record.get("network", {}).get("stages", [])[:-1]
    return bool(hidden) and hidden[-1]["units"] <= MOST_LINES


def bends(record):
    """Whether the page evaluates the way from the input plane to the features."""
    planes = record["planes"]
    is_known = "network" in record and "input" in planes and "feature" in planes
    return is_known and not planes["feature"].get("classes")  # the input plane has all classes


def has_decision_plane(record):
    """Whether the features of a record are shown in the plane where the output decides."""
    return "units" in record["planes"].get("feature", {})


def has_axes(record):
    """Whether the page can show the feature space along other axes."""
    return "network" in record and has_decision_plane(record)


def figures(records, history):
    """The figures of the two spaces, or what replaces one that is no plane.

    They have the controls that any of the records needs; history: of the first.
    """
    record, made, own_model = records[0], [], history.output is not None
    planes = record["planes"]
    lines = "decision boundary" if history.task.classes else "level lines"
    meanings = {
        "input": f"The plane of the data: points, grid, {lines} and regions",
        "feature": f"The same points, grid, {lines.split()[-1]} and regions where the hidden layer"
        " sends them",
    }
    if history.dataset.is_graph:
        meanings = {
            "input": "The graph: points, grid, and the curve that the network has fitted",
            "feature": "The same points, the axis of the feature, and level lines where the hidden"
            " layer sends them",
        }
    for name, meaning in meanings.items():
        if name in planes:
            made.append(
                FIGURE.format(
                    name=name,
                    title=planes[name].get("title", f"{name.capitalize()} space"),
                    meaning=meaning,
                    into=ZOOM,
                    out=1 / ZOOM,
                    whitened=WHITENED * planes[name]["whitened"],
                    **SIGNS,
                    note=NOTE * (name == "feature"),
                    more=LINES * (name == next(iter(planes)) and any(map(has_lines, records)))
                    + BEND * (name == "feature" and any(map(bends, records)))
                    + AXES * (name == "feature" and any(map(has_axes, records))),
                )
            )
    if "input" not in planes and record["names"]:
        made.insert(0, TABLE.format(count=len(record["names"])))
    if "feature" not in planes:
        made.append(UNSEEN.format(missing=NO_FEATURE_PLANE[own_model]))
    return "\n".join(made)
