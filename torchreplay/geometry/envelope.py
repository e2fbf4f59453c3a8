"""Where the class with the largest logit changes: along straight edges, and where three meet."""

import numpy as np
import torch

from torchreplay.geometry.level_sets import SEARCH_ROUNDS, narrow

NEWTON_STEPS = 8
MAX_LAST_STEP = 1e-4  # of the size of a cell
MAX_ROUNDING = 4  # of the last binary digit of a coordinate


def classes_at(logits, x):
    """The classes with the largest logits at points x, an array (..., 2): (...)."""
    if not x.size:
        return np.empty(x.shape[:-1], int)  # a model may not take an empty batch
    with torch.no_grad():
        z = logits(torch.from_numpy(x.reshape(-1, 2)))
    return z.argmax(dim=1).numpy().reshape(x.shape[:-1])


def changes(logits, start, end, first, last, parts=1):
    """Find where the class with the largest logit changes along edges.

    logits: a function of points, (n, 2), to their logits, (n, K).
    start, end: the ends of the edges, (n, 2) float32 each.
    first, last: the classes at the ends, (n,) each.
    parts: in how many parts edges are divided. Those with different ends are searched for changes.

    Returns arrays (m,) of the edges, of ranks, which are the order on an edge, and of the classes
    before and after each change; and the places, (m, 2).
    """
    shares = np.linspace(0, 1, parts + 1, dtype=np.float32)[:, None, None]
    x = start + shares * (end - start)
    x[-1] = end
    label = np.concatenate([first[None], classes_at(logits, x[1:-1]), last[None]])
    part, edge = np.nonzero(label[:-1] != label[1:])
    searched, turn, before, after, places = _follow(
        logits, x[part, edge], x[part + 1, edge], label[part, edge], label[part + 1, edge]
    )
    rank = part[searched] * (turn.max(initial=0) + 1) + turn
    return edge[searched], rank, before, after, places


@torch.no_grad()
def _follow(logits, start, end, first, last):
    """Follow the class with the largest logit along edges with different ends.

    See `changes`. Returns arrays (m,) of the edges, of the number of each change on its edge, and
    of the classes before and after it; and the places, (m, 2). There are at most K changes on an
    edge, so that the search ends.
    """
    place, end, before, last = map(torch.as_tensor, (start, end, first, last))
    edge = torch.arange(len(place))
    found = [(edge[:0], edge[:0], before[:0], last[:0], place[:0])]  # an empty batch ends here
    while len(edge):
        place, is_end = _leave(logits, place, end, before)
        z = logits(place)
        after = z.scatter(1, before[:, None], -torch.inf).argmax(dim=1)
        after = torch.where(is_end | (len(found) == z.shape[1]), last, after)
        found.append((edge, torch.full_like(edge, len(found)), before, after, place))
        on = after != last
        edge, before, place, end, last = edge[on], after[on], place[on], end[on], last[on]
    return [torch.cat(parts).numpy() for parts in zip(*found, strict=True)]


def _leave(logits, start, end, label):
    """Find the first places on the way from start to end where a class no longer is the largest.

    Returns the places, (n, 2), and whether they are the ends because there is no such place before.
    """
    low, high = torch.minimum(start, end), torch.maximum(start, end)
    found, is_end = narrow(lambda x: logits(x).argmax(dim=1), label, start, end, SEARCH_ROUNDS)
    return torch.where(is_end[:, None], end, found.clamp(low, high)), is_end


def triple_points(logits, x, classes, low, high):
    """Find the points of cells where three logits are equal and all others are smaller.

    logits: a function of points, (n, 2), to their logits, (n, K).
    x: where the search by Newton's method begins, (n, 2) float32.
    classes: of the three, (n, 3).
    low, high: the corners of the cells, (n, 2) each.

    Returns the points, (n, 2) float32, and which of them were found in their cells, (n,).
    """
    rounding = MAX_ROUNDING * np.spacing(np.maximum(np.abs(low), np.abs(high)))
    enough = np.maximum(MAX_LAST_STEP * (high - low), rounding)
    for _ in range(NEWTON_STEPS):
        lead, step = _newton_step(logits, x, classes)
        near = (np.abs(step) <= enough).all(axis=1)
        x = (x - step).clip(low, high).astype(np.float32)
        if near.all():
            break
    return x, near & (lead > 0) & ((low <= x) & (x <= high)).all(axis=1)


@torch.enable_grad()
def _newton_step(logits, x, classes):
    """The lead of three logits over all others at points, (n,), and the steps to be taken back."""
    x, classes = torch.from_numpy(x).requires_grad_(), torch.from_numpy(classes)
    z = logits(x)
    own = z.gather(1, classes)
    lead = own.min(dim=1).values - z.scatter(1, classes, -torch.inf).max(dim=1).values
    p, q = own[:, 0] - own[:, 1], own[:, 0] - own[:, 2]
    (a, b), (c, d) = (
        torch.autograd.grad(value.sum(), x, retain_graph=True)[0].double().T for value in (p, q)
    )
    p, q, area = p.detach().double(), q.detach().double(), a * d - b * c
    step = torch.stack([d * p - b * q, a * q - c * p], dim=1)
    area = torch.where(area == 0, torch.finfo(torch.double).tiny, area)
    return lead.detach().numpy(), (step / area[:, None]).numpy()
