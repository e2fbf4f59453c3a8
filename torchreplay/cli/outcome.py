"""How training went, and what was made of it: lines for the user."""

import sys

from torchreplay.models.tasks import METRIC_NAMES
from torchreplay.system.terminal import as_typed, print_messages, printable, say

SETTINGS_TO_LOWER = ("momentum", "weight_decay")  # they make a step larger
SETTINGS_THAT_BLUR = ("weight_decay", "augment")  # they keep a network from small differences
SCALE_NUMBERS = "in the file, bring the numbers to mean 0 and standard deviation 1"
MAX_TROUBLES_PRINTED = 6
MAX_CLASSES_PRINTED = 10
MIN_AS_POWER_OF_TEN = 1e6


def print_troubles(histories, trainings):
    """Print which runs have diverged, have not learned, or have units whose output is 0.

    histories, trainings: Histories and the settings of their trainings, by the same names.
    """
    troubles = {
        name: trouble
        for name, history in histories.items()
        if (trouble := trouble_of(history, trainings[name]["training"] | history.training))
    }
    for name in list(troubles)[:MAX_TROUBLES_PRINTED]:
        print_messages(f"{name}: {troubles[name]}" if name else troubles[name])
    if len(troubles) > MAX_TROUBLES_PRINTED:
        print_messages(f"{len(troubles) - MAX_TROUBLES_PRINTED} more runs are in trouble")


def trouble_of(history, training):
    """What went wrong in a training, and the remedy, in a line; "" if nothing did."""
    from torchreplay.cli import diagnosis  # it needs PyTorch

    far = diagnosis.needs_other_units(history.dataset)
    smaller = far * SCALE_NUMBERS or smaller_steps(history, training)
    if history.diverged:
        return f"training diverged at epoch {history.last + 1}: {smaller}"
    for layer in diagnosis.layers_dead_from_start(history, history.last):
        return (
            f"hidden layer {layer} puts out nothing for any point, from epoch 0 on: try another"
            " --seed or --activation"
        )
    saturated = diagnosis.saturation(history, history.last)
    if saturated:
        return f"the network is saturated, {saturated}: {smaller}"
    indifferent = diagnosis.indifference(history, history.last)
    if indifferent:
        remedy = far * SCALE_NUMBERS or help_to_learn(history, training)
        return f"the network {indifferent}: {remedy}"
    silent = diagnosis.silent_units(history, history.last)
    return silence(silent, diagnosis.silent_units(history, 0)) if silent else ""


def smaller_steps(history, training):
    """The remedy for a training whose steps were too large."""
    if history.search:
        return "give --search lower values"
    remedies = lowered(SETTINGS_TO_LOWER, training)
    return ", or ".join([*remedies, f"set --learning-rate below {training['learning_rate']:g}"])


def help_to_learn(history, training):
    """The remedy for a network that has not learned to distinguish the points."""
    from torchreplay.cli.diagnosis import needs_standardizing, sigmoid_layers

    remedies = lowered(SETTINGS_THAT_BLUR, training)
    if needs_standardizing(history.dataset):
        remedies.append("give --standardize")
    if sigmoid_layers(history) > 1:
        remedies.append("try --activation tanh")
    rate = "give --search other values" if history.search else "try another --learning-rate"
    return ", or ".join(remedies or [rate, "more --epochs", "more units in --hidden"])


def lowered(names, training):
    """What to lower, as a list, of some settings of a training."""
    return [f"lower --{name.replace('_', '-')}" for name in names if training[name]]


def silence(silent, at_start):
    """A line on units that put out nothing, and the remedy.

    silent, at_start: pairs of layer and unit, now and at epoch 0.
    """
    layer, unit = silent[0]
    more = f", and {len(silent) - 1} more," if len(silent) > 1 else ""
    lower = "" if set(silent) <= set(at_start) else ", or lower --learning-rate"
    return (
        f"unit {unit} of hidden layer {layer}{more} put out nothing for any point: try another"
        f" --seed{lower}"
    )


def report(histories, epochs, outputs, compared=None):
    """Print loss and accuracy at some epochs, and the files in an OutputFolder.

    compared: the options in which the runs differ, each with its values, see `Comparison`; if
        there are two, a table is printed.
    Exits with 1 if a file is missing, or if all runs have diverged.
    """
    if len(compared or ()) == 2:
        lines = table(list(histories.values()), sorted(set(epochs)), compared)
    else:
        lines = [
            f"{name}: {line}" if name else line
            for name, history in histories.items()
            for line in outcomes(history, epochs)
        ]
    say(*lines, *map(as_typed, outputs.files), before="files are made, but ")
    if outputs.faults or all(history.diverged for history in histories.values()):
        sys.exit(1)


def best_run(search):
    """The best run of a Search in a line: its options as a user types them, and its loss."""
    best = search.runs[search.best]
    options = " ".join(f"--{name.replace('_', '-')} {value:g}" for name, value in best.items())
    loss = "loss" if search.validation_loss is None else "loss of points held out"
    return f"best of {len(search.runs):,} runs: {options}, {loss} {search.judged[search.best]:.4g}"


def outcomes(history, epochs):
    """The lines on a run: what a search has found, and loss and accuracy at some epochs.

    An epoch that was not reached is replaced by the last one.
    """
    if history.search:
        yield best_run(history.search)
    for epoch in sorted({history.clamp(epoch) for epoch in epochs}):
        figures = [figures_at(epoch, found) for found in history.metrics]
        yield f"epoch {epoch}: {'; held out: '.join(figures)}{of_classes(history, epoch)}"


def of_classes(history, epoch):
    """The accuracy of each class trained on, in words; "" if there are two, or very many."""
    if history.class_accuracy is None or history.task.classes > MAX_CLASSES_PRINTED:
        return ""
    pairs = zip(history.dataset.class_names, history.class_accuracy[epoch], strict=True)
    return "; " + ", ".join(f"{printable(name)} {share:.1%}" for name, share in pairs)


def table(histories, epochs, compared):
    """Loss and accuracy of a grid of runs at some epochs: a table for each, line by line.

    histories: row by row. The table marks runs that have diverged.
    """
    (across, columns), (down, rows) = compared.items()
    for epoch in epochs:
        for which, called in enumerate(("", ", held out")):
            cells = [cell(history, epoch, which) for history in histories]
            if not any(cells):
                continue
            measured = " and ".join(map(metric_name, histories[0].metrics[0]))
            yield f"epoch {epoch}{called}: {measured}, {across} across, {down} down"
            chunks = (cells[k : k + len(columns)] for k in range(0, len(cells), len(columns)))
            lines = ([value, *chunk] for value, chunk in zip(rows, chunks, strict=True))
            yield from aligned([["", *columns], *lines])


def cell(history, epoch, which):
    """Loss and accuracy of the points trained on (0) or held out (1) at an epoch; "" if none."""
    if which >= len(history.metrics):
        return ""
    if history.diverged and epoch > history.last:
        return "diverged"
    epoch = history.clamp(epoch)
    found = history.metrics[which].items()
    return " ".join(spelled(name, values[epoch]) for name, values in found)


def aligned(rows):
    """Rows of words as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (word.ljust(width) for word, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def figures_at(epoch, metrics):
    """What was measured at an epoch, in words; see `History.metrics`."""
    found = metrics.items()
    return ", ".join(f"{metric_name(name)} {spelled(name, each[epoch])}" for name, each in found)


def metric_name(name):
    """The name of what is measured, in words."""
    return METRIC_NAMES.get(name, name)


def spelled(name, value):
    """An accuracy in percent, any other number with four decimals."""
    if name == "accuracy":
        return f"{value:.2%}"
    return f"{value:.4f}" if abs(value) < MIN_AS_POWER_OF_TEN else f"{value:.4g}"
