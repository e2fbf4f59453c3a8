"""The page: one HTML file in which a recorded training is explored.

The page carries the record and evaluates the network itself. Its source is the files beside this
one: a template, a stylesheet, ES modules, and the text of what to look for. They are joined here,
without a build step. The modules become one, in the order of MODULES: none needs a later one.
Comments and needless whitespace are left out.
"""

import base64
import hashlib
import html
import json
import re
from pathlib import Path

from torchreplay.page.encoding import fit
from torchreplay.page.figures import figures, legend, measures
from torchreplay.page.panels import panels
from torchreplay.page.payload import carried_epochs, page_record
from torchreplay.page.words import facts, hint, keys, look, look_file, title_of
from torchreplay.settings import FPS

HERE = Path(__file__).parent
MODULES = (
    "text", "geometry", "task", "network", "zeros", "tracer", "partition", "scene", "record",
    "source", "shapes", "markers", "dots", "labels", "space", "state", "picks", "formulas",
    "diagram", "picture", "timeline", "remember", "surface", "activations",
    "screen", "tabs", "link", "actions", "pointers", "main",
)  # fmt: skip


def make_page(
    spaces,
    opens="input",
    palette="classic",
    mark_errors=False,
    fps=FPS.default,
    evaluated=True,
    title=None,
):
    """Make the page of a recorded training: a whole HTML document, as text.

    spaces: the SpaceReplays of all epochs in those spaces that are planes, input and feature, by
        their names.
    opens: the name of the space that comes first where the window is narrow.
    palette: the name of the palette with which the page begins.
    mark_errors: whether it begins with rings around misclassified points.
    fps: epochs a second that it plays.
    evaluated: whether it evaluates the network itself if it can; otherwise it carries positions.
    title: its title; by default it says what is learned.
    """
    history = next(iter(spaces.values())).history
    record = fit(page_record(spaces, fps, evaluated))
    record["opens"] = opens
    style, script = shorten_style((HERE / "style.css").read_text(encoding="utf-8")), join_modules()
    text = {name: html.escape(value) for name, value in facts(history).items()}
    document = fill(
        (HERE / "template.html").read_text(encoding="utf-8"),
        {
            **text,
            **measures(record),
            "title": html.escape(title or title_of(history)),
            "opens": record["opens"],
            "most": str(len(carried_epochs(history, record["every"] // history.every)) - 1),
            "policy": policy(style, script),
            "style": style,
            "script": script,
            "legend": legend(history.dataset, record["beyond"]),
            "spaces": figures(record, history),
            "look": look(
                (HERE / look_file(history)).read_text(encoding="utf-8"),
                history,
                len(record["planes"]),
            ),
            **panels(record, html.escape(history.label), history.task),
            "keys": keys(history.label, history.task),
            "hint": hint(record, history.task),
            "no_errors": " hidden" * (not history.task.classes),
            "errors": " checked" * mark_errors,
            "accessible": " checked" * (palette == "accessible"),
            "no_network": " hidden" * ("network" not in record),
            "data": as_json(record),
        },
    )
    return fit(document)


def fill(template, values):
    """Replace the names in braces in a template by their values, all at once."""
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], template)


def join_modules():
    """All ES modules as one, without imports, the word export, comments and needless whitespace."""
    from rjsmin import jsmin  # only pages need it

    text = "".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in MODULES)
    return jsmin(re.sub(r"(?m)^import .*\n|^export ", "", text))


def shorten_style(style):
    """A stylesheet without comments and needless whitespace; its strings must have none."""
    style = re.sub(r"(?s)/\*.*?\*/", "", style)
    return re.sub(r"\s*([{};,])\s*|(?<=:)\s+", r"\1", style).replace(";}", "}")


def policy(style, script):
    """The Content-Security-Policy: nothing is loaded, and no other script or style is used."""
    script_hash, style_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (f"\n{script}", f"\n{style}")
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}';"
        " base-uri 'none'; form-action 'none'"
    )


def as_json(record):
    """A record as JSON in which nothing can end a script element."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
