"""The boundary beyond a plane that has collapsed: the page shows it where pictures do."""

import re

import numpy as np
import pytest
import torch
from helpers.pages import page_of, pixel_of, planes_of, scene, show, text

import common
from torchreplay.data.dataset import make_dataset
from torchreplay.page.payload import page_record
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE

ENTRY = "its line beyond the plane"


@pytest.fixture(scope="module")
def collapsed():
    """A training that presses the plane against two edges of the feature space."""
    torch.manual_seed(41)
    dataset = make_dataset("xor", points=200)
    return common.train(common.make_network(dataset), dataset)


def line_of(history, epoch):
    """Where the recorded output unit is zero on the rim of the unit square: sorted (2, 2)."""
    v, c = (history.parameters[f"logit.2.{kind}"][epoch].ravel() for kind in ("weight", "bias"))
    v, c = v.astype(float), c.item()
    ends = [(end, -(v[0] * end + c) / v[1]) for end in (0, 1)]
    ends += [(-(v[1] * end + c) / v[0], end) for end in (0, 1)]
    return np.array(sorted(end for end in ends if min(end) >= 0 and max(end) <= 1))


@pytest.mark.parametrize("evaluated", [True, False], ids=["evaluated", "positions"])
def test_line_runs_through_all_of_the_feature_space(visit, collapsed, evaluated):
    """Its ends lie on the rim, and the output unit is zero there; pictures show it, too."""
    page = visit(page_of(collapsed, evaluated=evaluated))
    axes = SpaceReplay(collapsed, FEATURE_SPACE).plot().ax_
    assert ENTRY in [words.get_text() for words in axes.get_legend().get_texts()]
    assert ENTRY in text(page, "#legend")
    seen = 0
    for index in (0, 20, 60, 150, 200):
        show(page, index)
        expected = line_of(collapsed, int(text(page, "#epoch")))  # positions are thinned
        lines = scene(page, "feature")["beyond"]
        assert len(lines) == (len(expected) > 0)
        for line in lines:
            np.testing.assert_allclose(sorted(map(tuple, line)), expected, atol=2e-5)
            seen += 1
    assert seen >= 2


@pytest.mark.parametrize("evaluated", [True, False], ids=["evaluated", "positions"])
def test_it_is_drawn_dashed(visit, collapsed, evaluated, tmp_path):
    """In the window its ink lies where the line is, in dashes, and in saved graphics as well."""
    page = visit(page_of(collapsed, evaluated=evaluated), "#epoch=200")
    if evaluated:
        page.uncheck("#lines")
    start, end = line_of(collapsed, 200)
    script = """(places) => {
        const space = page.spaces.find((one) => one.name === "feature");
        return places.map((place) => {
            const [x, y] = space.toPixels(place).map((k) => Math.round(k * space.ratio));
            const { data } = space.pen.getImageData(x - 1, y - 1, 3, 3);
            return Math.min(...data.filter((_, k) => k % 4 === 0));  // red
        });
    }"""
    along = start + np.linspace(0.2, 0.8, 301)[:, None] * (end - start)
    is_dark = np.array(page.evaluate(script, along.tolist())) < 128
    assert 0.4 < is_dark.mean() < 0.95
    assert np.count_nonzero(np.diff(is_dark.astype(int)) == 1) > 8
    beside = along + np.array([0.04, -0.04])
    assert not (np.array(page.evaluate(script, beside.tolist())) < 128).any()
    with page.expect_download() as download:
        page.locator("[data-do=save][value=svg]").click()
    download.value.save_as(tmp_path / "picture.svg")
    (drawn,) = re.findall(
        r'd="M([^"]*)"[^>]*stroke-dasharray="6,4"', (tmp_path / "picture.svg").read_text()
    )
    box = page.locator("#feature canvas").bounding_box()
    expected = [
        np.subtract(pixel_of(page, "feature", place), (box["x"], box["y"]))
        for place in (start, end)
    ]
    places = np.reshape([float(number) for number in drawn.split(",")], (2, 2))
    np.testing.assert_allclose(sorted(map(tuple, places)), sorted(map(tuple, expected)), atol=0.05)


def test_it_follows_the_zoom(visit, collapsed):
    """The line ends at the rim of what is shown."""
    page = visit(page_of(collapsed), "#epoch=200&feature=0.1,0.5,0.3,0.7")
    (line,) = scene(page, "feature")["beyond"]
    v, c = (collapsed.parameters[f"logit.2.{kind}"][200].ravel() for kind in ("weight", "bias"))
    np.testing.assert_allclose(line @ v + c, 0, atol=1e-6)
    low, high = np.min([line - (0.1, 0.5), (0.3, 0.7) - line], axis=0).min(axis=1)
    np.testing.assert_allclose([low, high], 0, atol=1e-9)


def test_page_of_a_plane_that_shows_its_boundary_has_none(visit, history):
    """That of the default run: no line is drawn, and none is in the legend."""
    assert page_record(planes_of(history))["beyond"] is False
    page = visit(page_of(history), "#epoch=80")
    assert ENTRY not in text(page, "#legend")
    dashed = """() => {
        const { scene } = page.source, [, space] = page.spaces;
        const shown = scene.call(page.source, space.name, space.view, space.pixel);
        const ink = { regions: [], points: [] };
        const groups = space.groups(shown, { pixels: [], wrong: [] }, [], ink);
        const shapes = groups.flatMap(({ shapes }) => shapes);
        return shapes.filter(({ dash, curves }) => dash && curves.length).length;
    }"""
    assert page.evaluate(dashed) == 0
