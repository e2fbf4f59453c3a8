"""The page: one HTML file in which a recorded training is explored.

The page carries the record and evaluates the network itself. Its source is the files beside this
one: a template, a stylesheet, ES modules, and the text of what to look for. They are joined here,
without a build step. The modules become one script, in the order of MODULES: none needs a later
one.
"""

import base64
import functools
import hashlib
import html
import json
import re
import zlib
from pathlib import Path

from torchreplay.page.bundle import bundle
from torchreplay.page.encoding import fit
from torchreplay.page.figures import EDITS, LABELS, figures, legend, measures
from torchreplay.page.own_tours import tour_of
from torchreplay.page.runs import joined, records_of
from torchreplay.page.words import all_points, facts, hint, keys, look, steps, title_of_runs
from torchreplay.settings import FPS

HERE = Path(__file__).parent
MODULES = (
    "base64", "text", "remember", "geometry", "task", "plane", "network", "bend", "zeros", "tracer",
    "partition", "folds", "scene", "record", "bent", "source", "shapes", "markers", "dots",
    "labels", "units", "ticks", "space", "state", "maps", "bending", "picks", "elements", "axes",
    "digits", "formulas", "steps", "diagram", "picture", "timeline", "surface", "activations",
    "tabs", "fork", "changes", "whatif", "controls", "link", "choice", "drawing", "questions",
    "tour", "screen", "messages", "actions", "pointers", "main",
)  # fmt: skip
LOADER = ("base64", "loader")


def make_page(spaces, **settings):
    """Make the page of a single recorded training; see `make_page_of_runs`.

    spaces: the SpaceReplays of all epochs in those spaces that are planes, input and feature, by
        their names.
    """
    return make_page_of_runs({"": spaces}, **settings)


def make_page_of_runs(
    runs,
    opens="input",
    palette="classic",
    mark_errors=False,
    fps=FPS.default,
    evaluated=True,
    title=None,
    tour=None,
):
    """Make the page of recorded trainings: a whole HTML document, as text.

    runs: by the names of the trainings, the SpaceReplays of each; see `make_page`.
    opens: the name of the space that comes first where the window is narrow.
    palette: the name of the palette with which the page begins.
    mark_errors: whether it begins with rings around misclassified points.
    fps: epochs a second that it plays.
    evaluated: whether it evaluates the network itself if it can; otherwise it carries positions.
    title: its title; by default it says what is learned.
    tour: the Tour that leads through it; by default one of its own. Raises TourError if it names
        what the page does not have.
    """
    histories = [next(iter(spaces.values())).history for spaces in runs.values()]
    history, widest = histories[0], max(histories, key=lambda one: one.task.areas)
    records = fit(records_of(runs, fps, evaluated, title))
    record = records[0]
    introduction, stops = tour_of(list(runs.values()), records, tour)
    style, script = shorten_style((HERE / "style.css").read_text(encoding="utf-8")), join_modules()
    loader = join_modules(LOADER)
    points = next(iter(next(iter(runs.values())).values())).points
    words = facts(history, points, record) | steps(history.label, record["every"])
    text = {name: html.escape(value) for name, value in words.items()}
    document = fill(
        (HERE / "template.html").read_text(encoding="utf-8"),
        {
            **text,
            **measures(records),
            "title": html.escape(title or title_of_runs(histories)),
            "opens": opens,
            "policy": policy(style, f"\n{loader}", script),
            "style": style,
            "loader": loader,
            "packed": packed(script),
            "legend": legend(widest.dataset),
            "spaces": figures(records, history),
            "look": look(introduction),
            "keys": keys(history.label, history.task, record["every"]),
            "hint": html.escape(hint(record, history.task)),
            "all": all_points(record),
            "no_errors": " hidden" * (not history.task.classes),
            "errors": " checked" * mark_errors,
            "accessible": " checked" * (palette == "accessible"),
            "edits": EDITS * ("input" in record["planes"]),
            "label_control": LABELS[history.task.classes > 0],
            "depth": depth(records),
            "no_network": " hidden" * ("network" not in record),
            "data": as_json(joined(records) | {"opens": opens, "tour": fit(stops)}),
        },
    )
    return fit(document)


def depth(records):
    """The class of the diagram of networks: how much of the width of a window it needs."""
    layers = max(len(record.get("network", {"stages": ()})["stages"]) for record in records)
    return {0: "", 1: "", 2: "", 3: "long"}.get(layers, "deep")


def fill(template, values):
    """Replace the names in braces in a template by their values, all at once."""
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], template)


@functools.cache
def join_modules(names=MODULES):
    """Some ES modules, by default all of the page, as one script; see `bundle`."""
    return bundle({name: (HERE / f"{name}.js").read_text(encoding="utf-8") for name in names})


def shorten_style(style):
    """A stylesheet without comments and needless whitespace; its strings must have none."""
    style = re.sub(r"(?s)/\*.*?\*/", "", style)
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+", r"\1", style).replace(";}", "}")


def packed(script):
    """A script as base64 of its compressed bytes, as the loader of the page unpacks it."""
    return base64.b64encode(zlib.compress(script.encode(), level=9)).decode()


def policy(style, *scripts):
    """The Content-Security-Policy: nothing is loaded, and no other script or style is used."""
    style_hash, *hashes = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (f"\n{style}", *scripts)
    )
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'sha256-{style_hash}';"
        " base-uri 'none'; form-action 'none'"
    )


def as_json(record):
    """A record as JSON in which nothing can end a script element."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
