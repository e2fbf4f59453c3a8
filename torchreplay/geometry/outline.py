"""The outline of areas: directed segments, each with a class on its left, followed to curves."""

import numpy as np

OUTSIDE = -1  # what lies to the right of the rim of the plane
SEGMENT = np.dtype(
    [(name, int) for name in ("start", "end", "left", "right")] + [("from_junction", bool)]
)


class Outline:
    """Segments that run anticlockwise around areas, added in any order.

    An area leaves each vertex once: where more than two areas meet, each has a vertex of its own.
    """

    def __init__(self):
        self._places, self._segments, self._count = [], [], 0

    def add_vertices(self, x):
        """Add vertices at places x, (n, 2). Returns their numbers, (n,)."""
        self._places.append(x)
        self._count += len(x)
        return np.arange(self._count - len(x), self._count)

    def add(self, start, end, left, right, from_junction=False):
        """Add segments.

        start, end: the numbers of vertices, (n,) each.
        left, right: the classes on both sides, (n,) each, or OUTSIDE.
        from_junction: whether more than two areas meet at the start.
        """
        segments = np.empty(len(start), SEGMENT)
        for name, values in zip(
            SEGMENT.names, (start, end, left, right, from_junction), strict=True
        ):
            segments[name] = values
        self._segments.append(segments)

    def curves(self, count):
        """Follow the segments: the regions of so many classes and their boundary, see Partition."""
        places, segments = map(np.concatenate, (self._places, self._segments))
        regions, boundary = [[] for _ in range(count)], []
        for loop in _loops(segments, count):
            around = segments[loop]
            regions[around["left"][0]].append(
                places[np.append(around["start"], around["start"][0])]
            )
            boundary += [
                places[np.append(run["start"], run["end"][-1])]
                for run in _runs(around)
                if run["right"][0] > run["left"][0]
            ]
        return regions, boundary


def _loops(segments, count):
    """The segments around areas, one after the other: lists of their numbers."""
    leaves, arrives = (segments[end] * count + segments["left"] for end in ("start", "end"))
    order = np.argsort(leaves)
    following = order[np.searchsorted(leaves, arrives, sorter=order)].tolist()
    is_left, loops = [True] * len(following), []
    for segment in range(len(following)):
        loop = []
        while is_left[segment]:
            is_left[segment] = False
            loop.append(segment)
            segment = following[segment]
        if loop:
            loops.append(loop)
    return loops


def _runs(around):
    """Divide the segments around an area where the area on the other side changes."""
    other = around["right"]
    (starts,) = np.nonzero(around["from_junction"] | (other != np.roll(other, 1)))
    if not len(starts):
        return [around]
    return np.split(np.roll(around, -starts[0]), starts[1:] - starts[0])
