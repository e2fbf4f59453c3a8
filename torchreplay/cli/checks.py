"""Checks before training: can it be shown, and is there enough memory?"""

import itertools

from torchreplay.errors import Argument, TooLargeError
from torchreplay.films.forms import FORMS, FRAMES_HELD
from torchreplay.pictures.composition import space_inches
from torchreplay.pictures.layout import layout_of
from torchreplay.record.history import record_memory
from torchreplay.record.parameter_space import place_of
from torchreplay.replay.recorder import Recorder
from torchreplay.settings import SIZE
from torchreplay.spaces.graph import space_of
from torchreplay.spaces.layer_spaces import check_shown
from torchreplay.spaces.slices import slice_of
from torchreplay.spaces.space import SPACE_INCHES, check_dimensions
from torchreplay.system.memory import check_memory
from torchreplay.training.search import search_memory
from torchreplay.views import panels_of

MAX_FFMPEG_AREA, FFMPEG_MARGIN = 2**28, 128  # in pixels


def check_runs(datasets, networks, spaces, trainings, pictures=(), views=()):
    """Raise NetworkError if a network cannot be shown, TooLargeError if memory is short.

    datasets, networks: by the names of the runs.
    spaces: all that are to be shown.
    trainings: the settings of the runs, by their names.
    pictures: the memory that these need; see `check_memory`.
    views: those that are to be shown; they may name parameters.
    """
    for (name, network), space in itertools.product(networks.items(), spaces):
        dataset = datasets[name]
        check_dimensions(slice_of(space_of(space, dataset), dataset), network, dataset)
        check_shown(space, network, dataset)
    parameters = itertools.chain(*(view[1:] for view in views if view[0] == "surface"))
    for (name, network), parameter in itertools.product(networks.items(), parameters):
        place_of(Recorder(network, datasets[name]).history(), parameter)
    epochs = [one["training"]["epochs"] for one in trainings.values()]
    needs = [*record_memory(networks.values(), epochs), *pictures]
    for name, one in trainings.items():
        if one.get("search"):
            needs += search_memory(networks[name], datasets[name], one["search"], max(epochs))
    check_memory(needs)


def picture_memory(forms, frames, views=(), size=SIZE.default, compared=None, legend=True):
    """The memory that films of some runs need; see `check_memory`.

    forms: the names of their forms.
    frames: their number of frames.
    views, size, compared, legend: of the picture.
    Raises TooLargeError if an encoder takes no frames of that size.
    """
    _, *inches = space_inches(len(panels_of(views)))
    if compared:
        inches = layout_of(compared, views).inches(legend)
    width, height = (int(size / SPACE_INCHES * length) for length in inches)
    area = (width + FFMPEG_MARGIN) * (height + FFMPEG_MARGIN)
    name, memory = f"a picture of {width:,} × {height:,} pixels", 0
    for form, kind in ((form, FORMS[form]) for form in forms):
        if max(width, height) > kind.most_pixels or (kind.encoder and area >= MAX_FFMPEG_AREA):
            whose, smaller = Argument("forms", [form]), Argument("size")
            raise TooLargeError(f"{name} is too large for ", whose, ": lower ", smaller)
        memory = max(memory, kind.memory + kind.frame_memory * min(frames, FRAMES_HELD))
    return [(memory * width * height, name, ("lower ", Argument("size")))]
