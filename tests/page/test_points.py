"""The page of points of any shape: images, sequences, many features, a single one."""

import re

import numpy as np
import pytest
import torch
from helpers.arithmetic import plain
from helpers.models import replayed
from helpers.pages import images_of, scene, settle, text
from torch import nn

from torchreplay.data.dataset import Dataset

NARROW = {"viewport": {"width": 390, "height": 844}}
CLASSES = ["3", "8"]
SHAPES = {  # a point of each kind, and what makes it features
    "images": ((1, 8, 8), lambda: [nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(108, 2)]),
    "flat": ((1, 8, 8), lambda: [nn.Flatten(), nn.Linear(64, 2)]),
    "sequences": ((5, 2), lambda: [nn.Conv1d(5, 3, 1), nn.Flatten(), nn.Linear(6, 2)]),
    "features": ((57,), lambda: [nn.Linear(57, 2)]),
    "feature": ((1,), lambda: [nn.Linear(1, 2)]),
}

DRAWN = """() => {  // how many points have a pixel of a color near them
    const [space] = page.spaces;
    const places = space.toPixels(page.source.images.feature);
    const isColored = (red, green, blue) => Math.abs(red - blue) > 150 && green < 100;
    const isDrawn = (n) => {
        const { data } = space.pen.getImageData(places[2 * n] - 3, places[2 * n + 1] - 3, 7, 7);
        return Array.from(data).some((_, k) => k % 4 == 0 && isColored(...data.slice(k, k + 3)));
    };
    return Array.from({ length: page.points.count }, (_, n) => isDrawn(n)).filter(Boolean).length;
}"""


def points_of(shape, count=40):
    """Points, (count, *shape), larger in class 1, and their labels."""
    generator = torch.Generator().manual_seed(5)
    y = torch.arange(count) % 2.0
    return torch.randn(count, *shape, generator=generator) + y.reshape(-1, *[1] * len(shape)), y


def replay_of(kind):
    """The Replay of a short training of a kind of points, and its model."""
    shape, layers = SHAPES[kind]
    X, y = points_of(shape)
    torch.manual_seed(3)
    model = nn.Sequential(*layers(), nn.Tanh(), nn.Linear(2, 1))
    return replayed(model, X=X, y=y, steps=4, classes=CLASSES), model


@pytest.fixture(scope="module", params=SHAPES)
def found(request):
    return replay_of(request.param)


@pytest.mark.parametrize("settings", [{}, NARROW], ids=str)
def test_points_are_where_the_model_sends_them(visit, found, settings):
    """At every epoch to which the slider is moved, as PyTorch computes it."""
    replay, model = found
    dataset = replay.history.dataset
    page = visit(replay.to_html(), **settings)
    assert page.evaluate("page.spaces.map((space) => space.name)") == ["feature"]
    for epoch in (0, 2, 4):
        page.locator("#slider").fill(str(epoch))
        settle(page)
        assert text(page, "#epoch") == str(epoch)
        model.load_state_dict(replay.history.state_dict(epoch))
        with torch.no_grad():
            expected = model[:-1](dataset.X).numpy()
        np.testing.assert_allclose(images_of(page, "feature"), expected, atol=1e-4)
    assert page.evaluate(DRAWN) == len(dataset.y)
    assert len(scene(page, "feature")["boundary"]) <= 1


def test_reading_of_a_point_says_what_is_known(visit, found):
    """Its number, class, probability and loss, and its features if it has some."""
    replay, model = found
    dataset = replay.history.dataset
    page = visit(replay.to_html(), "#epoch=3&point=8")
    model.load_state_dict(replay.history.state_dict(3))
    with torch.no_grad():
        z = model(dataset.X[7:8])[0]
    loss = nn.BCEWithLogitsLoss()(z, dataset.y[7])
    reading = text(page, "#readout")
    assert reading.startswith("Point 8, class 8 · ")
    assert f"P = {torch.sigmoid(z).item():.4f}" in reading
    is_table = dataset.X.ndim == 2
    whole = plain(text(page, "#diagram") if is_table else reading).replace("\n", " ")
    assert re.search(rf"loss = (−log \S+ = −log\S+ = )?{loss:.4f}", whole)
    assert page.locator("#input").count() == is_table
    if is_table:
        rows = page.locator("#features tbody tr").all_inner_texts()
        assert [row.split("\t")[0] for row in rows] == list(dataset.names)
    page.keyboard.press("Escape")
    for key in ("n", "e", "+", "d", "0", "Home", "End"):
        page.keyboard.press(key)
    settle(page)
    assert not {"NaN", "undefined", "Infinity"} & set(text(page, "body").split())


def test_single_space_stands_in_the_middle(visit):
    page = visit(replay_of("images")[0].to_html())
    box = page.locator("#feature").bounding_box()
    assert abs(box["x"] + box["width"] / 2 - 640) <= 1
    assert box["width"] < 640
    narrow = visit(replay_of("images")[0].to_html(), **NARROW)
    assert narrow.locator("#feature").bounding_box()["width"] > 360


def test_names_that_are_not_those_of_the_features(visit):
    """A Dataset without names of its own has those of two features."""
    X, y = points_of((57,))
    dataset = Dataset(X, y[:, None])
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(57, 2), nn.Tanh(), nn.Linear(2, 1))
    page = visit(replayed(model, X=dataset, y=None, steps=0).to_html(), "#point=3")
    rows = page.locator("#features tbody tr").all_inner_texts()
    assert rows[56] == f"X57\t{X[2, 56]:.4f}".replace("-", "−")
