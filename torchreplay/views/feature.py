"""The feature space, beside another one."""

from functools import partial

from torchreplay.spaces.space import FEATURE_SPACE
from torchreplay.views.space import OtherSpace

PANELS = [partial(OtherSpace, space=FEATURE_SPACE)]
