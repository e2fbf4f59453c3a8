"""The options of both scripts: what they mean, their defaults, and which do not go together.

A module for each topic adds its options to the help (`add`), yields what is wrong with several of
them together (`contradictions`), and groups what was typed as keyword arguments (`grouped`).
"""

import sys
from dataclasses import dataclass

from torchreplay.options import (
    comparison,
    data,
    film,
    network,
    output,
    picture,
    record,
    search,
    training,
)
from torchreplay.options.parser import Parser

TOPICS = {
    "data": data,
    "network": network,
    "training": training,
    "picture": picture,
    "record": record,
    "comparison": comparison,
    "search": search,
    "film": film,
    "output": output,
}


@dataclass(frozen=True)
class Options:
    """What was typed, in groups that are each handed on as keyword arguments.

    data: what to load, for `load_dataset`.
    record: the files of a record to be shown, and to be saved.
    trainings: by its name, how to make and train a network, for `train_all`.
    shown: what is shown of them, for `collect`.
    picture: for `compose`.
    film: for `Film`.
    output: for `OutputFolder`.
    told: the epochs whose outcome is told, for `report`.
    """

    data: dict
    record: dict
    trainings: dict
    shown: dict
    picture: dict
    film: dict
    output: dict
    told: list


def parse_options(description, folder, arguments=None, space=None):
    """Read the Options of a script.

    folder: that with the default data set and the default output folder.
    arguments: what was typed; by default what the script was started with.
    space: the Space that the script shows.
    """
    parser = Parser(description=description, allow_abbrev=False)
    for name, topic in TOPICS.items():
        topic.add(parser.option_group(name), folder)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    typed = parser.parse_args(arguments)
    record.recorded(parser, arguments, typed)
    check(parser, typed)
    if space and space.view in typed.views:
        parser.error(
            f"--views {space.view}: the {space.view} space is already what the views stand beside"
        )
    compared = comparison.compared(parser, arguments, typed)
    for one in (*compared.values(), *search.ends(parser, arguments, typed)):
        check(parser, one)
    film_epochs = film.epochs(typed)
    stills = output.stills(typed)
    return Options(
        data=data.grouped(typed),
        record=record.grouped(typed),
        trainings={
            name: {
                "seed": one.seed,
                "network": network.grouped(one),
                "training": training.grouped(one),
                "search": search.axes(one),
            }
            for name, one in compared.items()
        },
        shown=picture.shown(typed, {*stills, *film_epochs}),
        picture=picture.grouped(typed),
        film=film.grouped(typed),
        output=output.grouped(typed, folder),
        told=[*stills, film_epochs[-1]],
    )


def check(parser, typed):
    """End with the first contradiction among options, if there is one."""
    for topic in TOPICS.values():
        for contradiction in topic.contradictions(typed):
            parser.error(contradiction)
