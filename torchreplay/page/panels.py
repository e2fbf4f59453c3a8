"""The views that share a panel of the page, as tabs: network, loss surface and activations."""

PANELS = {"network": "Network", "surface": "Loss surface", "activations": "Activations"}
TAB = (
    '<button role="tab" id="tab-{name}" aria-controls="panel-{name}" aria-selected="{chosen}"'
    ' tabindex="{place}" data-do="panel" value="{name}">{title}</button>'
)
OPEN = '<div id="panel-{name}" role="tabpanel" aria-labelledby="tab-{name}"{more}>'
ALONE = '<div id="panel-network">'
SURFACE = """\
<figure id="surface"><div class="plot"><canvas role="img" aria-label="The loss over a plane of
parameters, with the path of the training"></canvas></div></figure>
<div><p id="on-surface"></p>
<p>Every place of this plane is a network: its parameters are those of the last {label}, moved
along two directions. A thin line joins networks of the same loss on {points}, which is written on
it.</p>
<p>The thick line is the path of the training up to this {label}, dotted after it. Along the two
directions the parameters moved most: {share:.1f} % of their movement, measured as variance, lies
in this plane. The path runs at most {beside:.2g} beside the plane. There it has another loss than
the plane.</p></div>
"""
ACTIVATIONS = """\
<div id="cells"></div>
<p>Each line is the activation function of a hidden unit, over z, the sum that the unit receives.
Bars count the points trained on{bars}. Dashes are the derivative. On gray ground it is less than
a tenth of its largest value: the unit is saturated, and its weights hardly change. A ring is the
point that is pinned or pointed at.</p>
"""


def panels(record, label, task):
    """The tabs, with the beginning of the panel of the network, and the other panels after it.

    record: what the page carries, see `page_record`.
    label: the word for an epoch, escaped.
    task: what is learned.
    """
    made = {}
    if record["surface"]:
        made["surface"] = SURFACE.format(label=label, **record["surface"]["told"])
    if has_activations(record):
        bars = ", those of class 0 from below, those of class 1 from above"
        made["activations"] = ACTIVATIONS.format(bars=bars if task.classes == 2 else "")
    if not made:
        return {"tabs": ALONE, "panels": ""}
    tabs = [
        TAB.format(name=name, title=PANELS[name], chosen=str(not k).lower(), place=-min(k, 1))
        for k, name in enumerate(["network", *made])
    ]
    others = [
        OPEN.format(name=name, more=' tabindex="0" hidden') + inner + "</div>"
        for name, inner in made.items()
    ]
    tablist = f'<div role="tablist" aria-label="Views">{"".join(tabs)}</div>'
    return {
        "tabs": tablist + OPEN.format(name="network", more=""),
        "panels": "\n".join(others),
    }


def has_activations(record):
    """Whether the page evaluates a hidden layer with an activation function."""
    stages = record.get("network", {}).get("stages", [])[:-1]
    return any(stage["activation"] != "linear" for stage in stages)
