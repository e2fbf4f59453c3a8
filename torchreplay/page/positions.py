"""Positions recorded for the page, where it cannot evaluate a network itself.

For each epoch: points, grid, boundary and regions of every space that is a plane, as 16 bits across
and up its axes, and the logits of the points.
"""

import numpy as np
import torch
from matplotlib.path import Path

from torchreplay.page.encoding import encode
from torchreplay.spaces.space import INPUT_SPACE

STEPS = 65535  # across the axes


def positions_of(runs, epoch):
    """The positions of an epoch, made of what JSON knows.

    runs: Runs of one History by the names of their spaces, input or feature.
    """
    spaces = {name: in_space(run, run.at(epoch)) for name, run in runs.items()}
    run = next(iter(runs.values()))
    with torch.no_grad():
        logit = run.at(epoch).network.logit(run.points.X)[:, 0].numpy()
    return {"spaces": spaces, "logit": encode(logit)}


def in_space(run, snapshot):
    """What is drawn of an epoch in a space; points of the input space are on the page already."""
    scene = run.make_scene(snapshot.epoch)
    curves = {
        "ground": parts(scene.ground),
        "region": parts(scene.region),
        "grid": scene.grid,
        "boundary": scene.boundary,
    }
    found = {kind: [quantized(part, run.limits) for part in kept] for kind, kept in curves.items()}
    if run.space is not INPUT_SPACE:
        found["points"] = quantized(snapshot.images, run.limits)
    return found


def parts(path):
    """The closed curves of a matplotlib path: a list of arrays (n, 2)."""
    if path.codes is None:
        return [path.vertices] if len(path.vertices) else []
    return np.split(path.vertices, np.nonzero(path.codes == Path.MOVETO)[0][1:])


def quantized(places, plane):
    """Places, (n, 2), in 65,535ths of a Plane; those beyond it are moved to its rim."""
    share = np.subtract(places, plane.low) / np.subtract(plane.high, plane.low)
    return encode(np.rint(STEPS * share.clip(0, 1)), "<u2")
