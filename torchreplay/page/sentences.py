"""The sentences that the page shows when they are needed, by names that its modules use."""

from torchreplay.page.figures import bends
from torchreplay.page.words import NO_ERRORS

TERMS = {  # by the names of activations
    "sigmoid": "σ(z) = 1/(1 + exp(−z)).",
    "relu": "relu(z) is z if z is positive, else 0.",
}
SLOPES = {
    "sigmoid": "σ′(z) = h(1 − h)",
    "tanh": "tanh′(z) = 1 − h²",
    "relu": "relu′(z) is 1 if z is positive, else 0",
}
MAKES = {
    "sigmoid": "squashes this number to h, between 0 and 1",
    "tanh": "squashes this number to h, between −1 and 1",
    "relu": "puts it out as h on one side, and 0 on the other",
    "linear": "puts it out as h",
}
SIGNS = {"sigmoid": "σ", "tanh": "tanh", "relu": "relu"}
MOST_TERMS = 3  # of a sum that stands at its unit, as in diagram.js


def sentences(history, points, planes, network):
    """Sentences on points and units.

    points: the Dataset that the page has.
    planes: the spaces that are shown.
    network: the shape of the network, if the page evaluates it.
    """
    is_plane = "input" in planes and not history.dataset.is_graph
    found = {
        "mean": f"Mean over {counted(history, points)} points",
        "point": pointing(history.dataset, planes, network),
        "spot": "A place of the feature space",
        "empty": "nothing of the input plane comes here" * is_plane,
        "drawn": of_drawn(history, points),
        "one": history.dataset.class_names[1] if history.task.classes == 2 else "",
        "right": NO_ERRORS,
        "wheel": "The wheel zooms while Ctrl is held.",
        "copied": "The link is copied.",
        "link": "The address above is the link.",
    }
    if history.task.classes:
        drawn = " that is drawn" if found["drawn"] else ""
        found["right"] = f"No point{drawn} is misclassified at this {history.label}."
    return found | (of_units(network) if network else {})


def counted(history, points):
    """How many points trained on the page has, and of how many if it has a sample."""
    count, drawn = len(history.dataset.trained.y), len(points.trained.y)
    return f"{count:,}" if drawn == count else f"{drawn:,} of {count:,}"


def of_drawn(history, points):
    """What follows the number of a point, or of some points, if the page has a sample."""
    is_whole = len(points.y) == len(history.dataset.y)
    return "" if is_whole else f" of the {len(points.y):,} drawn"


def pointing(dataset, planes, network):
    """What can be pointed at, and why."""
    why = "to see it in both spaces" if len(planes) > 1 else "to read its numbers"
    what = "a data point"
    if network and "input" in planes:
        what = f"{what}, or at a place of the input space," if dataset.is_graph else "a place"
    return f"Point at {what} {why}. Click to pin it. Drag to select points."


def of_units(network):
    """The sentences at the diagram of a network and below it."""
    stages = network["stages"]
    activations = dict.fromkeys(stage["activation"] for stage in stages)
    terms = [TERMS[name] for name in activations if name in TERMS]
    if len(stages) > 2:
        terms.append(f"{stages[1]['symbols'][0]} is unit 1 of hidden layer 2.")
    if max(stage["inputs"] for stage in stages) > MOST_TERMS:
        terms.append("Σ is the sum over the units of a layer.")
    hidden = dict.fromkeys(stage["activation"] for stage in stages[:-1])
    slopes = [SLOPES[name] for name in hidden if name in SLOPES]
    return {
        "terms": " ".join(terms),
        "slopes": "∂loss/∂z says how fast the loss grows with z."
        + f" Where h is what the unit puts out, {', '.join(slopes)}." * bool(slopes),
        "means": "All numbers are means over the points: the mean of h is not made of that of z.",
        "unit": "Point at a unit, or go to it with Tab, for its formula with all numbers.",
        "listed": listed(network),
    }


def listed(network):
    """The number of parameters in the table, unless it has all."""
    stages, rows = network["stages"], len(network["rows"])
    count = sum((stage["inputs"] + 1) * stage["units"] for stage in stages)
    return f"{rows} of {count:,} parameters are listed." if rows < count else ""


def of_fork(history, rate, remark):
    """The sentences of a fork, and those in place of others: two dictionaries; see `rate_of`."""
    label = history.label
    lead = (
        f"A fork: from the {label} shown on, the page trains by itself. The recorded training"
        " stays, dashed."
    )
    if not rate:
        lead += f" {remark[0].upper()}{remark[1:]}: so the steps here are others."
    named = {
        "fork": "the fork",
        "record": "the record",
        "lead": lead,
        "about": "Its steps are plain ones, down the mean gradient of all points trained on. The"
        " page computes with 16 digits, the record has 7: they can drift apart, even if nothing is"
        f" changed. Each change holds from the {label} shown on. At the diagram below, weights are"
        " changed: drag a wire up or down, or click on it and type.",
        "number": "This is not a number.",
        "unpinned": "Pin a point first: its class or label is then changed.",
        "rate": "A learning rate is a number above 0.",
        "broken": "The fork in this address cannot be read.",
        "long": "This fork is too long for a link: it keeps the record alone.",
        "diverged": f"Training has diverged: the next {label} has no finite loss.",
        "full": f"The page keeps no more {label}s of a fork.",
    }
    return named, {
        "end": f"The fork has not come further than this {label}.",
        "step": "This is the step that the page took. The largest difference from it is",
    }


def of_steps(history, rate, remark):
    """The sentences above the table of steps; see `rate_of`."""
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


def from_x_to_h(record):
    """What happens from x to h, in words, as the page draws it; none if it does not.

    record: of the page.
    """
    *hidden, _ = record.get("network", {}).get("stages", [None])
    if not hidden or "input" not in record["planes"]:
        return ""
    activation = hidden[-1]["activation"]
    makes = MAKES[activation]
    if len(hidden) == 1 and activation != "linear":
        makes += f". Up to z straight lines stay straight: only {SIGNS[activation]} bends them"
    place = " Both h are its place in the feature space." if hidden[-1]["units"] == 2 else ""
    bend = " Drag the slider Bend to see the way." if bends(record) else ""
    return (
        "What happens from x to h: each unit of the last hidden layer measures on which side of its"
        f" line, z = 0, a point lies, and how far, and {makes}.{place}{bend}"
    )
