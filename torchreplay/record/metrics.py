"""Loss, and whatever else is measured of the points at an epoch."""


def metrics_of(logit, dataset, task):
    """Loss and metrics of the points trained on and, if there are any, of those held out: by name.

    logit: what a network puts out for all points of a Dataset, (n, outputs).
    """
    subsets = {"": slice(None)}
    if dataset.held_out is not None:
        subsets = {"": ~dataset.held_out, "validation_": dataset.held_out}
    found = {}
    for prefix, rows in subsets.items():
        z, y = logit[rows], dataset.y[rows]
        measured = {"loss": task.loss(z, y).item(), **task.measure(z, y)}
        found |= {prefix + name: value for name, value in measured.items()}
    return found
