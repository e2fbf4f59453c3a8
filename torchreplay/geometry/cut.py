"""The straight cuts of a head that is linear in the coordinates of a space."""

import numpy as np

from torchreplay.models.tasks import TWO_CLASSES


def cut(curves, head, task=TWO_CLASSES):
    """Cut areas where a head, a Linear(2, outputs), decides: along straight lines.

    curves: closed curves that run anticlockwise around the areas, a list of arrays (n, 2).
    task: what the head puts out.

    Returns the regions over that of area 0, a list of closed curves for each; the pieces of the
    lines inside the areas, a list of arrays (2, 2); and of each piece its level, if there are any.
    Regions of levels lie within each other, those of classes side by side.
    """
    weight, bias = (value.detach().double().numpy() for value in (head.weight, head.bias))
    if task.levels:
        cuts = [halve(curves, weight[0], bias[0] - level) for level in task.levels]
        regions, lines = zip(*cuts, strict=True)
        levels = [level for level, found in zip(task.levels, lines, strict=True) for _ in found]
        return list(regions), [line for found in lines for line in found], levels
    sides = weight[:, None] - weight, bias[:, None] - bias
    classes = range(len(bias))
    regions = [_of_class(curves, label, *sides) for label in classes[1:]]
    lines = [
        piece
        for one in classes
        for other in classes[one + 1 :]
        for line in halve(curves, sides[0][other, one], sides[1][other, one])[1]
        for piece in _where_largest(line, one, other, *sides)
    ]
    return regions, lines, []


def _of_class(curves, label, weights, biases):
    """The parts of areas where a class is predicted: those left by a cut for each other class.

    weights, biases: of the differences between the logits of two classes, (K, K, 2) and (K, K).
    """
    for other in range(len(biases)):
        if other != label and curves:
            line = weights[label, other], biases[label, other]
            curves, _ = halve(curves, *line, inclusive=label < other)
            curves = [curve for curve in curves if len(curve)]
    return curves


def _where_largest(line, one, other, weights, biases):
    """The part of a line between two classes, (2, 2), where no logit is larger: one or none."""
    ends = weights[one] @ line.T + biases[one][:, None]  # how much larger theirs is, (K, 2)
    low, high = 0.0, 1.0
    for start, end in np.delete(ends, [one, other], axis=0):
        if start < 0 and end < 0:
            return []
        if start < 0:
            low = max(low, start / (start - end))
        elif end < 0:
            high = min(high, start / (start - end))
    way = line[1] - line[0]
    return [np.stack([line[0] + low * way, line[0] + high * way])] if low < high else []


def halve(curves, weight, bias, inclusive=False):
    """Cut areas along the line on which weight · x + bias is zero.

    curves: closed curves that run anticlockwise around the areas, a list of arrays (n, 2).
    inclusive: whether places on the line are on the positive side.

    Returns the areas on the positive side, a list of arrays (m, 2), and the segments of the line
    inside the areas, a list of arrays (2, 2).
    """
    region, crossings, turns = [], [np.empty((0, 2))], [np.empty(0, int)]
    for curve in curves:
        following = np.roll(curve, -1, axis=0)
        side, next_side = (points @ weight + bias for points in (curve, following))
        is_in, goes_in = (each >= 0 if inclusive else each > 0 for each in (side, next_side))
        crosses = is_in != goes_in
        share = np.where(crosses, side, 0) / np.where(crosses, side - next_side, 1)
        between = curve + share[:, None] * (following - curve)
        region.append(np.stack([curve, between], axis=1)[np.stack([is_in, crosses], axis=1)])
        crossings.append(between[crosses])
        turns.append(np.where(goes_in, 1, -1)[crosses])
    crossings, turns = map(np.concatenate, (crossings, turns))
    along = crossings @ (-weight[1], weight[0])
    order = np.lexsort((-turns, along))
    winding = np.cumsum(turns[order])  # around the line after each crossing
    starts, ends = order[winding == turns[order]], order[winding == 0]
    return region, list(np.stack([crossings[starts], crossings[ends]], axis=1))
