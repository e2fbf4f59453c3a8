"""The film in which the plane of an epoch bends from the input space to a feature space."""

from torchreplay.errors import NetworkError
from torchreplay.films.film import Film
from torchreplay.pictures.bent_picture import BentPicture, natural_frames
from torchreplay.pictures.picture import default_style
from torchreplay.record.layers import check_parameters
from torchreplay.replay.drawing import looks_for
from torchreplay.settings import FRAMES
from torchreplay.spaces.bend import bend_of
from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.views.fonts import fonts_for, words_of


def check_bend(dataset, space, is_wide, remedy=""):
    """Raise NetworkError if there is no bend from the plane of a Dataset to a Space.

    is_wide: whether it shows more than two units, in their decision plane.
    remedy: the part of a message that says what to do about data of more than two features.
    """
    if not dataset.is_plane:
        needed = "a bend begins in the input plane: it needs data of two features"
        raise NetworkError(needed, remedy)
    if space.name == INPUT_SPACE.name:
        raise NetworkError("a bend ends in a feature space: it begins in the input space")
    if space.is_projected:
        raise NetworkError(
            "a bend takes the decision boundary along, and a projection has none: leave out ",
            "units= and projection=",
        )  # fmt: skip
    if is_wide and len(dataset.classes) > 3:
        raise NetworkError(
            f"the decision plane shows 3 of {len(dataset.classes)} classes, the input space all of"
            " them: a bend needs a layer of 2 units, or up to 3 classes"
        )


def bent_film(space, epoch, frames, fps, size, looks, font_size):
    """The Film of the bend of an epoch; see `SpaceReplay.bend`.

    space: the SpaceReplay of the feature space; looks: the arguments of `looks_for`.
    """
    history = space.history
    check_parameters(history)
    check_bend(history.dataset, space.space, is_wide=space.space.plane is not None)
    end = space.showing({*space.epochs, epoch}, size)
    start = end.in_space(INPUT_SPACE)
    network = history.network(epoch)
    bend = bend_of(end.placement.layers(network), history.dataset.plane)
    frames = natural_frames(len(bend.stages)) if frames is None else frames
    FRAMES.check("frames", frames, whole=True)
    looks = looks_for([end], **looks)
    with default_style(font_size), fonts_for([*words_of(history), looks.title or ""]):
        picture = BentPicture(start, end, bend, epoch, frames, looks)
    return Film(picture, range(frames), fps)
