"""Numbers on axes: round ones, in few characters, that do not touch each other."""

import math

import matplotlib
import numpy as np
from matplotlib.ticker import ScalarFormatter

from torchreplay.views.titles import font_scale

CHARACTERS_PER_INCH = 10.5  # at the default font size
MAX_CHARACTERS = 5  # longer numbers would leave no room for the name of a vertical axis
MIN_TICKS, MIN_TICKS_ON_GRID = 2, 4
ROUND_NUMBERS = (1, 2, 5)
OFFSET_GAP = 7  # in points; a tick may be at the end of the axis


def add_ticks(axis, low, high, spacing):
    """Give an axis from low to high round ticks, on lines of a grid if enough of them are round.

    spacing: of the grid; no two ticks are closer to each other.
    """
    choices = [multiples(step, low, high) for step in round_steps(spacing, high - low)]
    choices = [ticks for ticks in choices if len(ticks) >= MIN_TICKS] or [[low, high]]
    fitting = [ticks for ticks in choices if _fit(axis, ticks)] or choices[-1:]
    on_grid = [ticks for ticks in fitting if _are_on_grid(ticks, spacing)]
    ticks = (on_grid or fitting)[0]
    formatter, _ = _written(axis, ticks)
    axis.set_ticks(ticks)
    if formatter is not axis.get_major_formatter():
        axis.set_major_formatter(formatter)
    if axis.axis_name == "y":  # left of the axes, not where title and legend are
        axis.get_offset_text().set_horizontalalignment("right")
        axis.OFFSETTEXTPAD = OFFSET_GAP


def round_steps(least, most):
    """The numbers 1, 2 and 5 times a power of ten from the least to the most: a list."""
    powers = 10.0 ** np.arange(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    steps = np.outer(powers, ROUND_NUMBERS).ravel()
    return steps[(steps >= least * (1 - 1e-6)) & (steps <= most)].tolist()


def multiples(step, low, high):
    """The multiples of a step from low to high: a list. Zero is one of them if it lies there."""
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [k * step for k in range(first, last + 1)]


def _are_on_grid(ticks, spacing):
    """Whether enough ticks stand on lines of a grid."""
    lines = (ticks[1] - ticks[0]) / spacing
    return len(ticks) >= MIN_TICKS_ON_GRID and math.isclose(lines, round(lines), rel_tol=1e-6)


def _fit(axis, ticks):
    """Whether the texts of ticks fit side by side on an axis."""
    _, texts = _written(axis, ticks)
    inches = axis.axes.bbox.width / axis.axes.figure.dpi / max(1, font_scale())
    return len(texts) * max(map(len, texts)) <= CHARACTERS_PER_INCH * inches


def _written(axis, ticks):
    """The first formatter that writes all ticks in few characters, and their texts.

    If need be, an offset or a power of ten that all of them share stands at the end of the axis.
    """
    written = []
    for formatter in _formatters(axis):
        formatter.set_axis(axis)
        written.append((formatter, formatter.format_ticks(ticks)))
        if max(map(len, written[-1][1])) <= MAX_CHARACTERS:
            return written[-1]
    return min(written, key=lambda each: max(map(len, each[1])))


def _formatters(axis):
    """That of the axis, and, made only if it is needed, others with an offset or a power of ten."""
    yield axis.get_major_formatter()
    with matplotlib.rc_context({"axes.formatter.offset_threshold": 2}):
        with_offset, with_power = ScalarFormatter(), ScalarFormatter()
    with_power.set_powerlimits((0, 0))
    yield from (with_offset, with_power)
