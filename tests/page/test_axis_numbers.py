"""Numbers of any size at axes, levels and curves: they fit, and say where they stand."""

import dataclasses
import itertools
import re

import numpy as np
import pytest
from conftest import trained
from helpers.arithmetic import number
from helpers.pages import hills, learned, page_of, settle, text

WIDTHS = (1280, 390)
VIEWS = (None, 0.1, 1e-3, 1e-4)  # the share of the space that is shown
SHAPES = """(k) => {
    const space = page.spaces[k];
    const pen = document.createElement("canvas").getContext("2d");
    const shapes = space.frame("#000").filter(({ text }) => text);
    return shapes.map(({ text, x, y, size = 13, anchor = "middle", turn = 0 }) => {
        pen.font = `${size}px system-ui, sans-serif`;
        const width = pen.measureText(text).width;
        const left = turn ? x - 0.8 * size : anchor === "end" ? x - width : x - width / 2;
        const place = space.toPlace([x, y - (anchor === "end" ? 4.5 : 0)]);
        return { text, left, right: turn ? x + 3 : left + width, y, place, turn, size,
            kind: turn || size === 14 ? "name" : anchor === "end" ? "up" : "across" };
    });
}"""


def scaled(factor, offset=0):
    """The training on moons, as if features had been multiplied and shifted."""
    history = trained("moons", (2,), "tanh", 3.0, epochs=5)
    dataset = dataclasses.replace(history.dataset, X=history.dataset.X * factor + offset)
    return dataclasses.replace(history, dataset=dataset, probes=None)


def meant(label):
    """What numbers at an axis of a label mean: where they begin, and their unit."""
    found = re.fullmatch(r"\S+(?: ([−+]) ([\d.]+))?(?: \(×(10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)\))?", label)
    sign, base, power = found.groups()
    unit = float(number(f"1·{power}")[0]) if power else 1.0
    return float(base or 0) * (-1 if sign == "+" else 1), unit


def texts_of(page, share):
    """The texts at the axes of the input space, where a share of it is shown."""
    if share:
        page.evaluate(
            """(share) => {
                const space = page.spaces[0], [l, b, r, t] = space.rect;
                const [x, y] = [l + 0.62 * (r - l), b + 0.37 * (t - b)];
                space.look([x, y, x + share * (r - l), y + share * (t - b)]);
                page.go(0);
            }""",
            share,
        )
        settle(page)
    return page.evaluate(SHAPES, 0)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("factor", "offset"), [(1, 0), (1e6, 0), (3e-6, 0), (25, 2010), (7e4, -3e5), (1e12, 0)]
)
def test_numbers_at_axes_fit_and_say_their_places(visit, factor, offset, width):
    page = visit(page_of(scaled(factor, offset)), viewport={"width": width, "height": 800})
    for share in VIEWS:
        shapes = texts_of(page, share)
        end = page.evaluate("page.spaces[0].width")
        assert all(shape["left"] >= 0 and shape["right"] <= end for shape in shapes), shapes
        names = [shape for shape in shapes if shape["kind"] == "name"]
        for axis, kind in enumerate(("across", "up")):
            base, unit = meant(names[axis]["text"])
            found = [shape for shape in shapes if shape["kind"] == kind]
            assert 2 <= len(found) <= 11
            left, bottom, right, top = page.evaluate("page.spaces[0].view")
            pixel = ((right - left), (top - bottom))[axis] / 250
            for shape in found:
                value = float(shape["text"].replace("−", "-")) * unit + base
                assert value == pytest.approx(shape["place"][axis], abs=pixel), (shape, names)
        across = sorted(
            (shape["left"], shape["right"]) for shape in shapes if shape["kind"] == "across"
        )
        gaps = [after[0] - before[1] for before, after in itertools.pairwise(across)]
        assert min(gaps) > 4
        upright = next(shape for shape in names if shape["turn"])
        assert all(shape["left"] > upright["right"] for shape in shapes if shape["kind"] == "up")


def test_numbers_of_the_whole_default_space_have_no_factor(visit, history):
    page = visit(page_of(history))
    shown = [shape["text"] for shape in page.evaluate(SHAPES, 0)]
    assert {"X1", "X2", "−1", "−0.5", "0", "0.5", "1"} <= set(shown)


@pytest.mark.parametrize("largest", [0.7382, 123.4, 8.66e28, 3e-9])
def test_end_of_the_loss_curve_stands_in_a_line(visit, largest):
    history = trained("moons", (2,), "tanh", 3.0, epochs=5)
    loss = np.linspace(largest, 0, 6)
    page = visit(page_of(dataclasses.replace(history, loss=loss)))
    ends = page.locator("#strip .ends").first.locator("span").first
    value, half = number(ends.inner_text())
    assert abs(float(value) - largest) <= float(half) * 1.001
    line = page.locator("#strip .ends").first.locator("span").last
    assert ends.bounding_box()["height"] == line.bounding_box()["height"]


@pytest.mark.parametrize("factor", [1e6, 1e-6])
def test_levels_of_large_and_small_numbers_are_short(visit, factor):
    history = learned(hills, rate=0.03)
    data = dataclasses.replace(history.dataset, y=history.dataset.y * factor)
    parameters = dict(history.parameters)
    for name in list(parameters)[-2:]:
        parameters[name] = (parameters[name] * factor).astype("f4")
    larger = dataclasses.replace(history, dataset=data, parameters=parameters, probes=None)
    page = visit(page_of(larger))
    factor_shown = re.search(r"\(×(10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)\)", text(page, "#legend"))[1]
    unit = float(number(f"1·{factor_shown}")[0])
    numbers = page.locator("#legend .scale text").all_text_contents()
    assert max(map(len, numbers)) <= 4
    values = [float(each.replace("−", "-")) * unit for each in numbers]
    np.testing.assert_allclose(values, larger.task.levels, rtol=1e-9)
    page.uncheck("#lines")  # their equations stand in the spaces, too
    with page.expect_download() as download:
        page.click("[data-do=save][value=svg]")
    drawing = download.value.path().read_text()
    at_lines = [
        float(number(each)[0]) for each in re.findall(r"paint-order[^>]*>([^<]+)<", drawing)
    ]
    assert len(at_lines) > 3 and set(at_lines) <= set(larger.task.levels)
