"""The map of a search by the loss on points held out, which decides the best run."""

from torchreplay.views.search_map import SearchMap


class HeldOutMap(SearchMap):
    """The loss of every run on the points held out; otherwise as SearchMap."""

    which, heading = 1, "Loss of {:,} Runs on Points Held Out"


PANELS = [HeldOutMap]
