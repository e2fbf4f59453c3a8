"""What a notebook shows, seen in a browser: a page or a film, or its still if they are dropped."""

import base64
import dataclasses
import io
import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from helpers.models import clouds, replayed, small
from IPython.core.formatters import DisplayFormatter
from PIL import Image
from torch import nn

from torchreplay.errors import UserError
from torchreplay.films import mp4
from torchreplay.replay.replay import Replay

PICTURES = {
    "page": lambda: replayed(small()),
    "page of features": lambda: replayed(nested(5, 2), X=clouds(features=5)[0]),
    "page of many units": lambda: replayed(nested(5, 4), X=clouds(features=5)[0]),
    "still": lambda: replayed(nested(5, 4, nn.Tanh()), X=clouds(features=5)[0]),
    "kept features": lambda: replayed(small(), keep="features"),
    "film": lambda: replayed(small()).feature_space().animate(size=240),
}
COVERED = {
    **dict.fromkeys(("page", "page of features", "page of many units"), "IFRAME"),
    "kept features": "IFRAME",
    "film": "VIDEO",
}
BOXES = """() => {
    const [img] = document.getElementsByTagName("img");
    const box = (element) => element.getBoundingClientRect();
    const { left, top, width, height } = box(img);
    const { tagName } = document.elementFromPoint(left + width / 2, top + height / 2);
    const below = box(document.getElementById("below")).top;
    return { seen: tagName, width, height, bottom: top + height, below, left };
}"""


def nested(features, units, *more):
    """A model with some hidden units, and maybe more layers after its output."""
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(features, units), nn.Tanh(), nn.Linear(units, 1), *more)


class Kept(HTMLParser):
    """HTML without some elements and attributes, as a sanitizer leaves it."""

    def __init__(self, document, tags, attributes):
        super().__init__()
        self.tags, self.attributes, self.text = tags, attributes, ""
        self.feed(document)

    def handle_starttag(self, tag, attrs):
        kept = "".join(f' {name}="{value}"' for name, value in attrs if name in self.attributes)
        if tag in self.tags:
            self.text += f"<{tag}{kept}>"

    def handle_endtag(self, tag):
        if tag in self.tags:
            self.text += f"</{tag}>"


# Of the HTML of a notebook that was not run there JupyterLab keeps styles, and videos but no
# frames. GitHub keeps neither.
VIEWERS = {
    "trusted": lambda document: document,
    "JupyterLab": lambda document: (
        Kept(
            document, {"div", "img", "video"}, {"alt", "controls", "loop", "src", "style", "width"}
        ).text
    ),
    "GitHub": lambda document: Kept(document, {"div", "img"}, {"alt", "src", "width"}).text,
}


@pytest.fixture(scope="module", params=PICTURES)
def found(request):
    """The name of something that a notebook shows, and its data and metadata by their types."""
    return request.param, DisplayFormatter().format(PICTURES[request.param]())


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("width", [1280, 390])
def test_still_is_seen_where_nothing_lies_over_it(visit, found, viewer, width):
    """And only there; in no place is there an empty cell, or a picture beside the next cell."""
    name, (data, _) = found
    shown = VIEWERS[viewer](data["text/html"])
    document = f'<!doctype html><body>{shown}<p id="below">Next cell</p>'
    boxes = visit(document, viewport={"width": width, "height": 900}).evaluate(BOXES)
    cover = COVERED.get(name)
    dropped = {"trusted": (), "JupyterLab": ("IFRAME",), "GitHub": ("IFRAME", "VIDEO")}[viewer]
    assert boxes["seen"] == ("IMG" if cover is None or cover in dropped else cover)
    assert boxes["bottom"] <= boxes["below"] + 1
    if boxes["seen"] == "IMG":
        assert boxes["below"] - boxes["bottom"] < 40
    if viewer != "GitHub":
        assert boxes["left"] + boxes["width"] <= width


def test_picture_beside_the_html_is_its_still(found):
    """Of one size on the screen in both, with two pixels for each of a replay."""
    _, (data, metadata) = found
    (source,) = re.findall(r'<img [^>]*src="data:image/png;base64,([^"]+)"', data["text/html"])
    assert source == data["image/png"]
    (width,) = re.findall(r'<img [^>]*width="(\d+)"', data["text/html"])
    size = metadata["image/png"]
    with Image.open(io.BytesIO(base64.b64decode(source))) as image:
        assert image.width / image.height == size["width"] / size["height"]
        assert int(width) == size["width"] in (image.width, image.width // 2)
        assert len(image.getcolors(2**24)) > 50


def test_still_of_a_replay_shows_both_spaces_at_the_last_epoch():
    replay = replayed(small())
    data, _ = DisplayFormatter().format(replay)
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    for space, part in zip(
        (replay.input_space(), replay.feature_space()), np.hsplit(pixels, 2), strict=True
    ):
        away = np.abs(part - space.picture().draw(3)[..., :3]).max(axis=2)
        assert away.mean() < 1 and np.mean(away > 32) < 0.002, "256 colors are enough"
    assert 'alt="Input Space with Boundary at Epoch 3, Feature Space' in data["text/html"]


def unreplayable(epoch):
    """A Replay of which an epoch cannot be replayed."""
    history = replayed(small(), label="<b>step").history
    probes = history.probes.copy()
    probes[epoch] += 5
    return Replay(dataclasses.replace(history, probes=probes))


def logistic():
    """A Replay without any plane: five features, and no hidden layer."""
    return replayed(nn.Sequential(nn.Linear(5, 1)), X=clouds(features=5)[0])


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: unreplayable(1), "<b>step 1 cannot be replayed: a copy of the model puts out"),
        (lambda: unreplayable(3), "<b>step 3 cannot be replayed: a copy of the model puts out"),
        (lambda: unreplayable(1).feature_space().animate(size=120), "<b>step 1 cannot be replayed"),
        (logistic, "no layer of the model has two units or more"),
    ],
    ids=["epoch", "last epoch", "film", "no plane"],
)
def test_what_cannot_be_shown_is_one_line_that_says_why(make, reason, capsys):
    data, _ = DisplayFormatter().format(make())
    line = re.fullmatch(r"<p>([^<>\n]+)</p>", data["text/html"])[1]
    assert unescape(line).startswith(reason)
    assert "image/png" not in data
    assert capsys.readouterr().err == ""


def test_film_without_its_encoder_is_one_line(monkeypatch):
    def no_encoder(path, film):
        raise UserError("no ffmpeg")

    monkeypatch.setattr(mp4, "save", no_encoder)
    assert PICTURES["film"]()._repr_html_() == "<p>no ffmpeg</p>"
