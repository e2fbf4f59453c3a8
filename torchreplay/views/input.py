"""The input space, beside another one."""

from functools import partial

from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.views.space import OtherSpace

PANELS = [partial(OtherSpace, space=INPUT_SPACE)]
