"""Colors of many classes and of a scale stay apart, for everybody and in every palette.

How people without a kind of cone see: Machado, Oliveira and Fernandes, A physiologically-based
model for simulation of color vision deficiency, 2009, at severity 1.0, in linear RGB. How far
colors are apart: CIEDE2000, checked by pairs of Sharma, Wu and Dalal, 2005. About 2 can be seen.
"""

import itertools
import json

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.markers import MarkerStyle

from torchreplay.errors import UserError
from torchreplay.page import colors as page
from torchreplay.views.looks import HUES, SCALE, named, palette_of, scale_color, scale_colors

PAPERS = {"day": "#ffffff", "night": "#171a1f"}
VISIONS = {
    "normal": np.eye(3),
    "without red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "without green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1, 1.08883])


def linear(color):
    part = np.array(to_rgb(color))
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(color, vision="normal"):
    """A color in CIELAB, as it is seen by a vision."""
    xyz = TO_XYZ @ (np.array(VISIONS[vision]) @ linear(color)).clip(0, 1) / WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other):
    """CIEDE2000 of two colors in CIELAB; the names are those of its definition."""
    (L1, a1, b1), (L2, a2, b2) = one, other
    C7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    G = (1 - np.sqrt(C7 / (C7 + 25.0**7))) / 2
    a1, a2 = (1 + G) * a1, (1 + G) * a2
    C1, C2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1), np.arctan2(b2, a2)
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi
    dL, dC, dH = L2 - L1, C2 - C1, 2 * np.sqrt(C1 * C2) * np.sin(turn / 2)
    L, C, h = (L1 + L2) / 2, (C1 + C2) / 2, np.degrees(h1 + turn / 2)
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    T = 1 + sum(size * np.cos(np.radians(n * h + shift)) for size, n, shift in waves)
    SL = 1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2)
    SC, SH = 1 + 0.045 * C, 1 + 0.015 * C * T
    around = np.radians(60 * np.exp(-(((h % 360 - 275) / 25) ** 2)))
    R = -2 * np.sqrt(C**7 / (C**7 + 25.0**7)) * np.sin(around)
    lightness, chroma, hue = dL / SL, dC / SC, dH / SH
    return np.sqrt(lightness**2 + chroma**2 + hue**2 + R * chroma * hue)


def least(colors, vision):
    """The least difference between two of some colors."""
    seen = [lab(color, vision) for color in colors]
    return min(difference(*pair) for pair in itertools.combinations(seen, 2))


def contrast(one, other):
    """The ratio of the luminances of two colors, as web pages are held to: from 1 to 21."""
    low, high = sorted(TO_XYZ[1] @ linear(color) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def shown(name, time, classes=10, bands=0):
    """The colors of points and of regions by day or at night."""
    palette = page.colors(classes, bands)[name]
    return palette if time == "day" else palette["night"]


def test_differences_are_those_published():
    pairs = {
        2.0425: ((50, 2.6772, -79.7751), (50, 0, -82.7485)),
        1.2644: ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)),
        31.9030: ((50, 2.5, 0), (56, -27, -3)),
    }
    for expected, (one, other) in pairs.items():
        assert difference(one, other) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", HUES)
@pytest.mark.parametrize(("time", "points", "regions"), [("day", 11, 4.5), ("night", 11, 7)])
def test_ten_classes_stay_apart(name, time, points, regions, vision):
    palette = shown(name, time)
    assert least(palette["points"], vision) > points
    assert least(palette["regions"], vision) > regions
    if vision == "normal":
        assert least(palette["points"], vision) > 1.6 * points


@pytest.mark.parametrize("time", PAPERS)
@pytest.mark.parametrize("name", HUES)
@pytest.mark.parametrize(("classes", "ratio", "apart"), [(10, 1.85, 17), (20, 1.7, 15)])
def test_points_and_lines_are_strong_on_their_ground(name, time, classes, ratio, apart):
    palette = shown(name, time, classes)
    line = {"day": "black", "night": "white"}[time]
    for point, region in zip(palette["points"], palette["regions"], strict=True):
        assert contrast(point, PAPERS[time]) > 2.2
        assert contrast(point, region) > ratio
        assert contrast(line, region) > 5
        for vision in VISIONS:
            assert difference(lab(point, vision), lab(region, vision)) > apart


@pytest.mark.parametrize("name", HUES)
def test_twenty_classes_differ_in_hue_and_shape(name):
    palette, ten = named(name, 20), named(name, 10)
    assert len(set(zip(palette.points, palette.markers, strict=True))) == 20
    assert len(set(palette.names)) == len(set(palette.regions)) == 20
    assert palette.points[10:] == palette.points[:10] == ten.points
    assert len(set(ten.markers)) == len(set(ten.points)) == 10
    assert set(MarkerStyle.filled_markers) >= set(ten.markers)
    for k in range(10):
        assert difference(*(lab(palette.regions[n]) for n in (k, k + 10))) > 2.5


@pytest.mark.parametrize("name", HUES)
def test_fewer_classes_are_the_first_of_more(name):
    for count in (3, 9, 20):
        palette = named(name, count)
        for time in PAPERS:
            pair, more = shown(name, time, 2), shown(name, time, count)
            assert pair["points"] == more["points"][:2] and pair["regions"] == more["regions"][:2]
        attributes = (palette.points, palette.regions, palette.markers, palette.sizes)
        assert {len(each) for each in (*attributes, palette.names)} == {count}
        assert len(set(palette.markers)) == min(count, 10)


def test_markers_look_equally_large():
    """Their areas are those of discs from 3.5 to 5 points wide."""
    palette = named("accessible", 10)
    for marker, size in zip(palette.markers, palette.sizes, strict=True):
        style = MarkerStyle(marker)
        path = style.get_path().transformed(style.get_transform().scale(size))
        x, y = path.to_polygons()[0].T
        area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
        assert 3.5 < 2 * np.sqrt(area / np.pi) < 5


def test_colors_of_ones_own_are_as_many_as_classes():
    given = ("tab:blue", "#d62728", "gold")
    palette = palette_of(given, 3)
    for color, point, region in zip(given, palette.points, palette.regions, strict=True):
        np.testing.assert_allclose(to_rgb(point), to_rgb(color), atol=1 / 255)
        shares = 1 - 0.14 * (1 - np.array(to_rgb(color)))
        np.testing.assert_allclose(to_rgb(region), shares, atol=0.6 / 255)
    assert len(set(palette.markers)) == 3
    assert palette_of(given[:2]).markers == ("o", "o")


@pytest.mark.parametrize(
    ("given", "classes", "fault"),
    [
        (("red", "blue"), 5, "has 2 colors: give 5, as in"),
        (("red",), 2, "has 1 color: give two, as in"),
        (("red", "nored", "blue"), 3, "has 'nored', which is no color: give 3"),
        (("red", "blue", "#FF0000"), 3, "has the same color twice: give 3"),
        (("red",), 0, "has 1 color: give two or more"),
    ],
)
def test_other_colors_are_refused(given, classes, fault):
    with pytest.raises(UserError, match=f"^palette .* {fault}"):
        palette_of(given, classes)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scale", [SCALE, page.NIGHT_SCALE], ids=PAPERS)
def test_scale_is_even_and_orders_without_red_green_vision(scale, vision):
    """Neighbors are as far apart as others, and lightness alone orders all bands of eleven."""
    seen = [lab(color, vision) for color in scale_colors(11, scale)]
    steps = [difference(*pair) for pair in itertools.pairwise(seen)]
    assert min(steps) > 3 and difference(seen[0], seen[-1]) > 45
    assert (np.diff([lightness for lightness, _, _ in seen]) > 1).all()
    if vision == "normal":
        assert max(steps) < 1.5 * min(steps)


def test_lines_are_strong_on_every_band():
    for scale, line in ((SCALE, "black"), (page.NIGHT_SCALE, "white")):
        assert min(contrast(line, color) for color in scale_colors(11, scale)) > 4


def test_a_point_within_a_band_has_the_color_of_its_ground():
    for bands in (1, 4, 11):
        palette = named("classic", 0, bands)
        assert palette.points == palette.regions == scale_colors(bands)
        assert len(palette.regions) == len(palette.markers) == bands and palette.edge > 0
        for k, color in enumerate(palette.regions):
            assert scale_color((k + 0.5) / bands) == color
        night = shown("classic", "night", 0, bands)
        assert night["points"] == night["regions"] and len(night["points"]) == bands
    assert (scale_color(-1), scale_color(2)) == (scale_color(0), scale_color(1))
    assert palette_of(("black", "white"), 0, 2).regions == ("#404040", "#BFBFBF")


def test_colors_of_the_page_are_json():
    for classes, bands in ((2, 0), (20, 0), (0, 9)):
        text = json.dumps(page.colors(classes, bands))
        assert set(json.loads(text)) == {"classic", "accessible"}


@pytest.mark.parametrize("scheme", ["day", "night"])
@pytest.mark.parametrize("vision", VISIONS)
def test_lines_of_units_stay_apart_from_each_other_and_from_all_else(scheme, vision):
    """From two classes and their grounds in each palette, paper, and black or white lines."""
    palettes = page.colors().values()
    palettes = [one | one["night"] if scheme == "night" else one for one in palettes]
    units = palettes[0]["units"]
    assert least(units, vision) > 15
    others = [{"day": "#000000", "night": "#ffffff"}[scheme], PAPERS[scheme]]
    others += [color for one in palettes for color in (*one["points"], *one["regions"])]
    away = [difference(lab(unit, vision), lab(other, vision)) for unit in units for other in others]
    assert min(away) > (10 if vision == "normal" else 5)
