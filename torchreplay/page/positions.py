"""Positions recorded for the page, if it cannot evaluate a network itself.

For each epoch: points, grid, boundary and regions of every space that is a plane, as 16 bits across
and up its axes, and the logits of the points.
"""

import numpy as np
import torch

from torchreplay.page.encoding import encode
from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.views.beyond import lines_beyond

MAX_POSITION = 65535


def positions_of(spaces, epoch, beyond=False):
    """The positions of an epoch, made of types that JSON has.

    spaces: SpaceReplays of one History by the names of their spaces, input or feature.
    beyond: whether to have the line of the boundary beyond the plane.
    """
    one = next(iter(spaces.values()))
    with torch.no_grad():
        logit = one.at(epoch).network.logit(one.points.X)[:, 0].numpy()
    drawn = {name: in_space(space, space.at(epoch), beyond) for name, space in spaces.items()}
    return {"spaces": drawn, "logit": encode(logit)}


def in_space(replay, snapshot, beyond):
    """The curves of an epoch in a space, and its points unless they are in the record already."""
    scene, limits = replay.make_scene(snapshot.epoch), replay.placement.limits
    curves = {
        "ground": scene.ground,
        "region": [curve for region in scene.regions for curve in region],
        "grid": scene.grid,
        "boundary": scene.boundary,
        "beyond": lines_beyond(snapshot) if beyond else [],
    }
    found = {
        kind: [quantized(curve, limits) for curve in kept if len(curve)]
        for kind, kept in curves.items()
    }
    if replay.space is not INPUT_SPACE:
        found["points"] = quantized(snapshot.images, limits)
    return found


def quantized(places, plane):
    """Places, (n, 2), in units of 1/65,535 of a Plane; those beyond it are moved to its rim."""
    share = np.subtract(places, plane.low) / np.subtract(plane.high, plane.low)
    return encode(np.rint(MAX_POSITION * share.clip(0, 1)), "<u2")
