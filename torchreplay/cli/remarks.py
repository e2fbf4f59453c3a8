"""Remarks on data sets before their pictures are made: lines for the user."""

import itertools

from torchreplay.cli.diagnosis import is_far_from_unit, needs_other_units, spread_and_mean
from torchreplay.system.terminal import printable
from torchreplay.views.looks import named

MAX_LOOKS = 4  # of more classes, a line with the looks of all would be long
MAX_NAMES_CHARACTERS = 200


def remarks(datasets, palette, max_points):
    """Remarks on data sets before their pictures are made: a list of lines, each once.

    palette: the name of the palette of the pictures.
    max_points: how many points they show at most.
    """
    lines = (_remarks(dataset, palette, max_points) for dataset in datasets)
    return list(dict.fromkeys(itertools.chain.from_iterable(lines)))


def remarks_on_page(name, flags):
    """The remark that some options typed do not change the page, if there are any: a list."""
    return [f"{name} is the same with or without {', '.join(flags)}"] if flags else []


def _remarks(dataset, palette, max_points):
    """Remarks on a Dataset."""
    lines = list(dataset.remarks)
    if dataset.classes and dataset.class_names == dataset.classes:
        lines.append(_remark_on_classes(dataset.classes, palette))
    if not dataset.standardized:
        lines += _remark_on_spread(dataset.trained)
    if needs_other_units(dataset):
        lines.append(_remark_on_target(dataset))
    if max_points < len(dataset.y):
        lines.append(f"drawing {max_points:,} of {len(dataset.y):,} points")
    return lines


def _remark_on_classes(classes, palette):
    """A line on the names of classes and, if these are few, on their looks."""
    count = len(classes)
    if count > MAX_LOOKS:
        shown = printable(", ".join(classes), MAX_NAMES_CHARACTERS)
        return f"classes 0 to {count - 1} are {shown}"
    looks = zip(named(palette, count).names, classes, strict=True)
    return ", ".join(f"class {k} ({look}) is {name}" for k, (look, name) in enumerate(looks))


def _remark_on_target(dataset):
    """A line on numbers to be learned that are far from mean 0 and variance 1."""
    spread, mean = spread_and_mean(dataset.trained.y)
    return (
        f"{dataset.target} has mean {mean:,.4g} and standard deviation {spread:,.4g}: a network"
        f" learns it much better as ({dataset.target} − {mean:.3g}) / {spread:.2g}, change the file"
    )


def _remark_on_spread(dataset):
    """A line on the first feature, if any, that is far from mean 0 and variance 1."""
    for name, column in zip(dataset.names, dataset.X.T, strict=True):
        spread, mean = spread_and_mean(column)
        if spread > 0 and is_far_from_unit(spread, mean):
            return [
                f"{name} has mean {mean:,.4g} and standard deviation {spread:,.4g}:"
                " --standardize makes them 0 and 1"
            ]
    return []
