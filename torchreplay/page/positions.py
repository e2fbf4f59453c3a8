"""Positions recorded for the page, if it cannot evaluate a network itself.

For each epoch: points, grid, boundary and regions of every space that is a plane, as 16 bits across
and up its axes, and what the network puts out for the points.
"""

import numpy as np
import torch

from torchreplay.page.encoding import encode
from torchreplay.views.beyond import lines_beyond

MAX_POSITION = 65535


def positions_of(spaces, epoch, beyond=False):
    """The positions of an epoch, made of types that JSON has.

    spaces: SpaceReplays of one History by the names of their spaces, input or feature.
    beyond: whether to have the line of the boundary beyond the plane.
    """
    one = next(iter(spaces.values()))
    with torch.no_grad():
        logits = one.at(epoch).network.logit(one.points.X).numpy()
    drawn = {name: in_space(space, space.at(epoch), beyond) for name, space in spaces.items()}
    return {"spaces": drawn, "logits": encode(logits)}


def in_space(replay, snapshot, beyond):
    """The curves of an epoch in a space, and its points unless they are in the record already."""
    scene, limits = replay.make_scene(snapshot.epoch), replay.placement.limits
    curves = {
        "ground": scene.ground,
        "grid": scene.grid,
        "boundary": scene.boundary,
        "beyond": lines_beyond(snapshot) if beyond else [],
    }
    found = {kind: _quantized(kept, limits) for kind, kept in curves.items()}
    found["regions"] = [_quantized(region, limits) for region in scene.regions]
    levels = replay.history.task.levels
    found["others"] = [1 + levels.index(level) for level in scene.levels]
    if not replay.placement.points_stay:
        found["points"] = quantized(snapshot.images, limits)
    return found


def _quantized(curves, limits):
    return [quantized(curve, limits) for curve in curves if len(curve)]


def quantized(places, plane):
    """Places, (n, 2), in units of 1/65,535 of a Plane; those beyond it are moved to its rim."""
    share = np.subtract(places, plane.low) / np.subtract(plane.high, plane.low)
    return encode(np.rint(MAX_POSITION * share.clip(0, 1)), "<u2")
