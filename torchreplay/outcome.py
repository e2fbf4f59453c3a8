"""How training went, and what was made of it: lines for the user."""

import os
import sys

from torchreplay.terminal import as_typed, fail, silence, tell

LOWERED = ("momentum", "weight_decay")  # which make a step larger
LARGE_LOSS = 1e6  # from here on it is told as a power of ten


def tell_troubles(histories, trainings):
    """Tell which runs have diverged, cannot learn any more, or have units that put out nothing.

    histories, trainings: Histories and the settings of their trainings, by the same names.
    """
    for name, history in histories.items():
        trouble = trouble_of(history, trainings[name]["training"] | history.training)
        if trouble:
            tell(f"{name}: {trouble}" if name else trouble)


def trouble_of(history, training):
    """What went wrong in a training, and the remedy, in a line; "" if nothing did."""
    remedies = [f"lower --{name.replace('_', '-')}" for name in LOWERED if training[name]]
    remedy = ", or ".join([*remedies, f"set --learning-rate below {training['learning_rate']:g}"])
    if history.diverged:
        return f"training diverged at epoch {history.last + 1}: {remedy}"
    saturation = history.saturation(history.last)
    if saturation:
        return f"the network is saturated, {saturation}: {remedy}"
    silent = history.silent_units(history.last)
    if not silent:
        return ""
    layer, unit = silent[0]
    more = f", and {len(silent) - 1} more," if len(silent) > 1 else ""
    return (
        f"unit {unit} of hidden layer {layer}{more} put out nothing for any point: try another"
        " --seed, or lower --learning-rate"
    )


def report(histories, epochs, outputs):
    """Print how it stood at some epochs, and the files in an OutputFolder.

    Exits with 1 if a file is missing, or if all runs have diverged.
    """
    lines = [
        f"{name}: {line}" if name else line
        for name, history in histories.items()
        for line in outcomes(history, epochs)
    ]
    try:
        print(*lines, *map(as_typed, outputs.files), sep="\n", flush=True)
    except OSError as fault:
        silence(sys.stdout)
        fail(f"files are made, but standard output takes nothing: {os.strerror(fault.errno)}", 1)
    if outputs.remarks or all(history.diverged for history in histories.values()):
        sys.exit(1)


def told(search):
    """The best run of a Search, in a line: its options as they are typed, and its loss."""
    best = search.runs[search.best]
    options = " ".join(f"--{name.replace('_', '-')} {value:g}" for name, value in best.items())
    return f"best of {len(search.runs):,} runs: {options}, loss {search.judged[search.best]:.4g}"


def outcomes(history, epochs):
    """The lines on a run: what a search has found, and loss and accuracy at some epochs.

    Epochs that were not reached give way to the last.
    """
    if history.search:
        yield told(history.search)
    for epoch in sorted({min(epoch, history.last) for epoch in epochs}):
        loss, accuracy = history.loss[epoch], history.accuracy[epoch]
        shown = f"{loss:.4f}" if loss < LARGE_LOSS else f"{loss:.4g}"
        yield f"epoch {epoch}: loss {shown}, accuracy {accuracy:.2%}"
