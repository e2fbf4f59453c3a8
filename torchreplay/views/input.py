"""The input space, beside another one."""

from functools import partial

from torchreplay.spaces.space import INPUT_SPACE, spanned
from torchreplay.views.space import OtherSpace

PANELS = [partial(OtherSpace, space=INPUT_SPACE)]


def panels_with(*span):
    """The panel of a slice: of two features, or through three points; see `Space.span`."""
    return [partial(OtherSpace, space=spanned(INPUT_SPACE, span))]
