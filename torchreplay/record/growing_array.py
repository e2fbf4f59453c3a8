"""Arrays that grow row by row."""

import numpy as np

INITIAL_ROWS = 16


class GrowingArray:
    """Rows of one shape in one array, which doubles when it is full."""

    def __init__(self, shape, dtype):
        self.shape = tuple(shape)
        self._values, self._count = np.empty((INITIAL_ROWS, *shape), dtype), 0

    @classmethod
    def of(cls, rows):
        """A GrowingArray of some rows."""
        made = cls(rows.shape[1:], rows.dtype)
        for row in rows:
            made.append(row)
        return made

    def append(self, row):
        """Add a row."""
        if self._count == len(self._values):
            self._values = np.concatenate([self._values, np.empty_like(self._values)])
        self._values[self._count] = row
        self._count += 1

    def __len__(self):
        return self._count

    def rows(self):
        """A copy of all rows."""
        return self._values[: self._count].copy()
