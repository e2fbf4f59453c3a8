"""The options of both scripts: their meanings and defaults, and which cannot be combined.

A module for each topic adds its options to the help (`add`), yields what is wrong with several of
them together (`contradictions`), and groups what was typed as keyword arguments (`grouped`).
"""

import sys
from dataclasses import dataclass

from torchreplay.cli.options import (
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
from torchreplay.cli.options.parser import Parser
from torchreplay.spaces.space import FEATURE_SPACE

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
RUN_TOPICS = ("data", "network", "training")  # runs that are compared may differ in these


@dataclass(frozen=True)
class Options:
    """The options typed, in groups. Each group is passed on as keyword arguments.

    record: the files to load a record from, and to save one to.
    trainings: by its name, what to load, for `load_datasets`, and how to make and train a network,
        for `train_replays`.
    space: its epochs, points and size, and what is compared, for `collect`.
    picture: for `picture` of what that gives.
    film: for `Film`.
    bend: for `SpaceReplay.bend`; empty for no bend.
    page: for `page_of`; empty for no page.
    not_on_page: flags typed that do not change the page, if there is one.
    output: for `OutputFolder`.
    reported: the epochs whose loss and accuracy are printed, for `report`.
    quiet: whether nothing is printed but what goes wrong.
    """

    record: dict
    trainings: dict
    space: dict
    picture: dict
    film: dict
    bend: dict
    page: dict
    not_on_page: list
    output: dict
    reported: list
    quiet: bool


def parse_options(description, folder, arguments=None, space=None):
    """Read the Options of a script.

    folder: it has the default data set and the default output folder.
    arguments: what was typed; by default what the script was started with.
    space: the Space that the script shows.
    """
    parser = Parser(description=description, allow_abbrev=False)
    for name, topic in TOPICS.items():
        topic.add(parser.option_group(name), folder)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    typed = parser.parse_args(arguments)
    record.take_epochs(parser, arguments, typed)
    runs = comparison.compared(parser, arguments, typed, parser.flags(*RUN_TOPICS))
    for one in runs.values():
        check(parser, one, RUN_TOPICS)
    typed.epochs = max(one.epochs for one in runs.values())
    check(parser, typed, (name for name in TOPICS if name not in RUN_TOPICS))
    if space and space.view in typed.views:
        parser.error(
            f"--views {space.view}: the {space.view} space is already what the views stand beside"
        )
    for fault in picture.misses_its_space(typed, space):
        parser.error(fault)
    for one in search.typed_at_ends(parser, arguments, typed):
        check(parser, one, TOPICS)
    film_epochs, bent = film.epochs(typed), film.bend(typed)
    if space and space.name != FEATURE_SPACE.name and bent is not None:
        parser.error("--bend is for feature_space_visualization.py")
    stills = output.stills(typed)
    has_page = space is not None and film.PAGE_FORM in typed.format
    return Options(
        record=record.grouped(typed),
        trainings={
            name: {
                "data": data.grouped(one),
                "seed": one.seed,
                "network": network.grouped(one),
                "training": training.grouped(one),
                "search": search.param_grid(one),
                **search.best(one),
            }
            for name, one in runs.items()
        },
        space=picture.space(typed, {*stills, *film_epochs}),
        picture=picture.grouped(typed),
        film=film.grouped(typed),
        bend={} if bent is None else {"epoch": bent, **picture.bend(typed)},
        page=picture.page(typed, space.view) if has_page else {},
        not_on_page=parser.not_on_page(typed) if has_page else [],
        output=output.grouped(typed, folder),
        reported=[*stills, film_epochs[-1]],
        quiet=typed.quiet,
    )


def check(parser, typed, names):
    """End with the first contradiction among options of some topics, if there is one."""
    for name in names:
        for contradiction in TOPICS[name].contradictions(typed):
            parser.error(contradiction)
