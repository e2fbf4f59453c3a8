"""The straight cut of a head that is linear in the coordinates of a space."""

import numpy as np


def cut(curves, head):
    """Cut areas along the straight line on which a head, a Linear(2, 1), gives zero.

    curves: closed curves that run anticlockwise around the areas, a list of arrays (n, 2).

    Returns the areas on the side of class 1, a list of arrays (m, 2), and the segments of the line
    inside the areas, a list of arrays (2, 2).
    """
    weight, bias = (value.detach().double().numpy() for value in (head.weight[0], head.bias))
    region, crossings, turns = [], [np.empty((0, 2))], [np.empty(0, int)]
    for curve in curves:
        following = np.roll(curve, -1, axis=0)
        side, next_side = (points @ weight + bias for points in (curve, following))
        crosses = (side >= 0) != (next_side >= 0)
        share = np.where(crosses, side, 0) / np.where(crosses, side - next_side, 1)
        between = curve + share[:, None] * (following - curve)
        region.append(np.stack([curve, between], axis=1)[np.stack([side >= 0, crosses], axis=1)])
        crossings.append(between[crosses])
        turns.append(np.where(next_side >= 0, 1, -1)[crosses])
    crossings, turns = map(np.concatenate, (crossings, turns))
    along = crossings @ (-weight[1], weight[0])
    order = np.lexsort((-turns, along))
    winding = np.cumsum(turns[order])  # around the line after each crossing
    starts, ends = order[winding == turns[order]], order[winding == 0]
    return region, list(np.stack([crossings[starts], crossings[ends]], axis=1))
