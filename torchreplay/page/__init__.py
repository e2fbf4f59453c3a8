"""The page: one HTML file in which a recorded training is explored.

The page carries the record and evaluates the network itself. Its source is the files beside this
one: a template, a stylesheet, ES modules, and the text of what to look for. They are joined here,
without a build step: the modules into one, in the order of MODULES; none needs a later one.
"""

import base64
import hashlib
import html
import json
import re
from pathlib import Path

from torchreplay.page.record import page_record
from torchreplay.page.words import facts, hint, legend, look, spaces, title
from torchreplay.settings import FPS

HERE = Path(__file__).parent
STRING = r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
TOKEN = re.compile(rf"{STRING}|(//[^\n]*)|(\s+)|(.)", re.DOTALL)
NEEDLESS = re.compile(r"(?<![\w$+-]) +| +(?![\w$+-])|(?<=[{(\[,;=:&|?\n])\s+|\s+(?=[})\].?:&|,])")
MODULES = (
    "network", "levels", "scene", "source", "space", "picture", "timeline", "diagram", "main"
)  # fmt: skip
SIGN = re.compile(r"(?<![+-]) ([+-]) (?![+-])")
LAST_COMMA = re.compile(r"[;,](?=})|,(?=[)\]])")
KEYS = (
    (("Space",), "play or pause"),
    (("←", "→"), "an epoch back or on; with Shift, ten"),
    (("Home", "End"), "first or last epoch"),
    (("N", "P"), "next or previous point"),
    (("E",), "next misclassified point; with Shift, the previous one"),
    (("Esc",), "let go of what is pinned or selected"),
    (("+", "−", "0"), "zoom in, out, or back to the whole space"),
    (("W", "A", "S", "D"), "move the zoomed space"),
    (("?",), "these keys"),
    (("click",), "pin a point, or a place of the input space"),
    (("drag",), "select points; with Shift, move the space"),
    (("wheel", "pinch"), "zoom; a double click shows the whole space again"),
)


def make_page(
    history,
    points,
    opens="input_space",
    palette="classic",
    mark_errors=False,
    fps=FPS.default,
    evaluated=True,
):
    """Make the page of a recorded training: a whole HTML document, as text.

    history: its History.
    points: the Dataset of the points that are drawn.
    opens: the name of the space that comes first where the window is narrow.
    palette: the name of that which the page begins with.
    mark_errors: whether it begins with rings around misclassified points.
    fps: epochs a second that it plays.
    evaluated: whether it evaluates the network itself, if it can; else it carries positions.
    """
    record = page_record(history, points, fps, evaluated)
    record["opens"] = opens.removesuffix("_space")
    style, script = join_style(), join_modules()
    text = {name: html.escape(value) for name, value in facts(history).items()}
    return fill(
        (HERE / "template.html").read_text(encoding="utf-8"),
        {
            **text,
            "title": html.escape(title(history)),
            "opens": record["opens"],
            "policy": policy(style, script),
            "style": style,
            "script": script,
            "legend": legend(history.dataset),
            "spaces": spaces(record),
            "look": look((HERE / "look.txt").read_text(encoding="utf-8"), history),
            "keys": keys(),
            "hint": hint(record),
            "errors": " checked" * mark_errors,
            "accessible": " checked" * (palette == "accessible"),
            "no_network": " disabled" * ("network" not in record),
            "data": as_json(record),
        },
    )


def fill(template, values):
    """Put values in the places of a template that have their names in braces, all at once."""
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], template)


def join_modules():
    """All ES modules as one: without imports and exports, comments and needless spaces."""
    lines = []
    for name in MODULES:
        for line in (HERE / f"{name}.js").read_text(encoding="utf-8").splitlines():
            if not line.startswith("import "):
                lines.append(line.removeprefix("export "))
    return squeeze("\n".join(lines))


def squeeze(script):
    """A script without comments, indents and spaces that part no words; its lines stay lines.

    It has to be written so that no regular expression in it holds a space or a quote, and no
    template another one; a test looks after that.
    """
    kept = []
    for text, comment, space, other in TOKEN.findall(script):
        if space:
            kept.append("\n" if "\n" in space else " ")
        elif not comment:
            kept.append(text or other)
    parts = re.split(STRING, "".join(kept))
    parts[::2] = (LAST_COMMA.sub("", SIGN.sub(r"\1", NEEDLESS.sub("", p))) for p in parts[::2])
    return re.sub(r"\n+", "\n", "".join(parts))


def join_style():
    """The stylesheet without indents and needless spaces."""
    style = (HERE / "style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*|(?<=[:;,{]) | (?=[{}])", "", style)


def policy(style, script):
    """The Content-Security-Policy: nothing is loaded, and nothing runs but the parts given."""
    script_hash, style_hash = (
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        for part in (script, style)
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}';"
        " base-uri 'none'; form-action 'none'"
    )


def as_json(record):
    """A record as JSON in which nothing can end a script element."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def keys():
    """The rows of the table of keys."""
    rows = [(" ".join(f"<kbd>{key}</kbd>" for key in names), does) for names, does in KEYS]
    return "\n".join(f"<tr><th scope=row>{names}</th><td>{does}</td></tr>" for names, does in rows)
