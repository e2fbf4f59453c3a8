"""Bars of progress, in a terminal only."""

from tqdm import tqdm

from torchreplay.system.terminal import is_quiet


class Bar(tqdm):
    """A bar without a thread of its own, which would not start where threads are not allowed."""

    monitor_interval = 0


def progress(items, **settings):
    """Go through items and show how far it is, if a terminal shows it and the run is not quiet.

    settings: of `tqdm`.
    """
    return Bar(items, disable=True if is_quiet() else None, **settings)
