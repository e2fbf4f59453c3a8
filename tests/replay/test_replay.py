"""Replays: what a notebook shows, the page, and bad use in one clear sentence."""

import base64
import html
import io
import re

import pytest
import torch
from helpers.models import LOGIT, Nested, X, Y, clouds, replayed
from matplotlib.image import imread
from torch import nn

from torchreplay.replay.recorder import Recorder
from torchreplay.replay.replay import Replay


def pictures_in(html):
    """The pictures of a piece of HTML, arrays."""
    found = re.findall(r'<img [^>]*src="data:image/png;base64,([^"]+)"', html)
    return [imread(io.BytesIO(base64.b64decode(data))) for data in found]


def test_a_notebook_shows_the_page_that_is_saved(replay, tmp_path):
    """In a frame that holds it whole, of a height to begin with."""
    path = tmp_path / "training.html"
    path.write_text("from before")
    replay.to_html(path)
    frame = re.search(r'<iframe srcdoc="([^"]+)" (.*?)></iframe>', replay._repr_html_())
    assert html.unescape(frame[1]) == path.read_text()
    assert 'height="820"' in frame[2]
    assert [file.name for file in tmp_path.iterdir()] == ["training.html"]


def test_page_that_cannot_be_made_leaves_the_older_one(replay, tmp_path):
    path = tmp_path / "training.html"
    path.write_text("from before")
    with pytest.raises(ValueError, match="palette 'gray' is not one of"):
        replay.to_html(path, palette="gray")
    with pytest.raises(ValueError, match="choose another path"):
        replay.to_html(path / "below" / "training.html")
    assert path.read_text() == "from before"


def test_page_does_not_take_the_place_of_a_folder(replay, tmp_path):
    (tmp_path / "training.html").mkdir()
    with pytest.raises(ValueError, match=r"training\.html is a folder: move it, or choose another"):
        replay.to_html(tmp_path / "training.html")
    assert (tmp_path / "training.html").is_dir()


def test_a_notebook_shows_what_there_is():
    """No plane of the data: the page of the features. No layer of two units: a projection."""
    X5, y5 = clouds(features=5)
    assert replayed(Nested(5), X=X5, y=y5)._repr_html_().count("<iframe ") == 1
    torch.manual_seed(0)
    wide = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 1))
    assert "Component" not in replayed(wide, X=X5, y=y5).feature_space(units=(0, 1)).space.title
    assert len(pictures_in(replayed(wide, X=X5, y=y5)._repr_html_())) == 1


BAD = {
    "epoch": (lambda r: r.input_space().plot(epoch=9), "epoch 9 is not recorded: .* 0 to 3"),
    "half": (lambda r: r.input_space().plot(epoch=0.5), "epoch 0.5 is not recorded"),
    "layer": (
        lambda r: r.feature_space("x"),
        r"'x': its layers are 0 \(2 units\), 1 \(2 units\)$",
    ),
    "number": (lambda r: r.feature_space(1), "no layer 1: its layers"),
    "both": (lambda r: r.feature_space("0", (0, 1), "pca"), "contradict each other"),
    "units": (lambda r: r.feature_space(units=(0, 5)), r"units=\(0, 5\): give two .* 0 to 1"),
    "same": (lambda r: r.feature_space(units=(1, 1)), "give two different numbers"),
    "floats": (lambda r: r.feature_space(units=(0.0, 1.0)), "give two different numbers"),
    "unit": (lambda r: r.feature_space(units=1), "units=1: give two different numbers"),
    "projection": (lambda r: r.feature_space(projection="t"), 'give "decision" or "pca"'),
    "ax": (lambda r: r.input_space().plot(ax=3), "ax is a int, not matplotlib Axes"),
    "palette": (lambda r: r.input_space().plot(palette="x"), "palette 'x' is not one of classic"),
    "view": (lambda r: r.input_space().plot(views={"x": 1}), "view 'x' is not one of"),
    "list": (lambda r: r.input_space().plot(views=["loss"]), "views is no dictionary"),
    "on": (lambda r: r.input_space().plot(views={"loss": None}), "'loss' has no matplotlib Axes"),
    "films": (lambda r: r.input_space().animate(epochs=[]), "epochs is empty"),
    "one": (lambda r: r.input_space().animate(epochs=3), "epochs is 3: give a list"),
    "fps": (lambda r: r.input_space().animate(fps=0), "fps is 0: give a number from 0.1"),
    "size": (lambda r: r.input_space().animate(size="x"), "size is 'x': give a number from 120"),
    "hold": (lambda r: r.input_space().animate(hold=-1), "hold is -1: give a number"),
    "word": (lambda r: r.input_space().animate(views="loss"), "views is 'loss': give a list"),
    "ending": (lambda r: r.input_space().animate([0]).save("a.avi"), "one of the endings .mp4"),
    "gif": (lambda r: r.input_space().animate([0], 100).save("a.gif"), "gif has at most 50"),
    "place": (lambda r: r.input_space().animate([0]).save("/dev/null/a.mp4"), "choose another"),
    "history": (lambda r: Replay(None), "history is a NoneType: use Recorder.replay"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_use_ends_in_one_clear_sentence(replay, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, words = BAD[name]
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        call(replay)
    assert "\n" not in str(caught.value)
    assert "--" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_text_of_a_record_is_no_markup_in_a_notebook():
    label = '"><img src=x onerror=alert(1)>'
    found = Recorder(Nested(), X, Y, loss=LOGIT, keep="features", label=label).replay()
    shown = found._repr_html_()
    assert shown.count("<img ") == 1
    assert "onerror" in shown.lower() and "<img src=x" not in shown.lower()
