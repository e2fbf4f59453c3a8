"""Positions recorded for the page, where it cannot evaluate a network itself.

For each epoch: points, grid, boundary and regions of every space that is a plane, as 16 bits across
and up its axes, and the logits of the points.
"""

import numpy as np
import torch

from torchreplay.page.encoding import encode
from torchreplay.spaces.space import INPUT_SPACE

STEPS = 65535  # across the axes


def positions_of(spaces, epoch):
    """The positions of an epoch, made of what JSON knows.

    spaces: SpaceReplays of one History by the names of their spaces, input or feature.
    """
    one = next(iter(spaces.values()))
    with torch.no_grad():
        logit = one.at(epoch).network.logit(one.points.X)[:, 0].numpy()
    drawn = {name: in_space(space, space.at(epoch)) for name, space in spaces.items()}
    return {"spaces": drawn, "logit": encode(logit)}


def in_space(replay, snapshot):
    """What is drawn of an epoch in a space; points of the input space are on the page already."""
    scene, limits = replay.make_scene(snapshot.epoch), replay.placement.limits
    curves = {
        "ground": scene.ground,
        "region": scene.region,
        "grid": scene.grid,
        "boundary": scene.boundary,
    }
    found = {
        kind: [quantized(part, limits) for part in kept if len(part)]
        for kind, kept in curves.items()
    }
    if replay.space is not INPUT_SPACE:
        found["points"] = quantized(snapshot.images, limits)
    return found


def quantized(places, plane):
    """Places, (n, 2), in 65,535ths of a Plane; those beyond it are moved to its rim."""
    share = np.subtract(places, plane.low) / np.subtract(plane.high, plane.low)
    return encode(np.rint(STEPS * share.clip(0, 1)), "<u2")
