"""The pages of recorded trainings."""

import contextlib
import dataclasses

from torchreplay.data.dataset import sample
from torchreplay.errors import NetworkError
from torchreplay.models.tasks import on_one_scale
from torchreplay.page import make_page_of_runs
from torchreplay.page.tour import Tour, read_tour
from torchreplay.record.kept_features import KeptFeatures
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.settings import FPS, MAX_POINTS, given_title
from torchreplay.spaces.layer_spaces import as_model, space_of_layer
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE
from torchreplay.system.paths import given_file
from torchreplay.system.staging import save_whole
from torchreplay.views.looks import named

NOTEBOOK_HEIGHT = 820  # pixels of a page in a notebook


def page_of(
    histories,
    path=None,
    max_points=MAX_POINTS.default,
    fps=FPS.default,
    title=None,
    tour=None,
    **looks,
):
    """Save the page of Histories by the names of their runs, or return it as text without a path.

    looks: see `Replay.to_html`, as all settings.
    """
    path = None if path is None else given_file(path)
    MAX_POINTS.check("max_points", max_points)
    FPS.check("fps", fps)
    title = None if title is None else given_title(title)
    tour = tour if tour is None or isinstance(tour, Tour) else read_tour(given_file(tour))
    named(looks.get("palette", "classic"))
    tasks = on_one_scale([history.task for history in histories.values()])
    runs = {
        name: planes_of(with_task(history, task), max_points)
        for (name, history), task in zip(histories.items(), tasks, strict=True)
    }
    page = make_page_of_runs(runs, fps=fps, title=title, tour=tour, **looks)
    if path is None:
        return page
    save_whole(path, lambda made: write_page(made, page))


def with_task(history, task):
    """A History whose labels are those of another Task, which has the same labels."""
    if task is history.task:
        return history
    return dataclasses.replace(history, dataset=history.dataset.with_task(task))


def planes_of(history, max_points=MAX_POINTS.default, epochs=None):
    """The SpaceReplays of those of input and feature space that are planes, by these names.

    epochs: those shown, see `SpaceReplay`.
    """
    found, points = {}, sample(history.dataset, max_points)
    made = {"input": input_plane, "feature": feature_plane}
    if isinstance(history.model, KeptFeatures):
        del made["input"]  # it is not kept
    for name, make in made.items():
        with contextlib.suppress(NetworkError):  # it is no plane
            found[name] = make(history, epochs)
            found[name].points = points  # of all classes, also beside a plane of three
    if not found:
        raise NetworkError(
            "the page has no plane to show: X has not two features, and no layer has two units or"
            " a linear layer after it"
        )
    return found


def input_plane(history, epochs=None):
    """The SpaceReplay of the plane of the data."""
    return SpaceReplay(history, INPUT_SPACE, epochs)


def feature_plane(history, epochs=None):
    """The SpaceReplay of the last layer of two units, or of a wider one where its head decides."""
    if history.output is None:
        return SpaceReplay(history, FEATURE_SPACE, epochs)
    return SpaceReplay(history, space_of_layer(as_model(history)), epochs)


def write_page(path, page):
    """Write a page, whose lines end the same on every system."""
    path.write_text(page, encoding="utf-8", newline="\n")
