"""The palettes: what is told apart without color vision, and that a picture has no other colors."""

import numpy as np
import pytest
from conftest import BLUE, GREEN, PURPLE, RED, SCRIPTS, is_color
from helpers.pictures import picture_of
from matplotlib.colors import to_rgb

from torchreplay.views.looks import ACCESSIBLE, CLASSIC, PALETTES


def as_bytes(color):
    return tuple(round(255 * part) for part in to_rgb(color))


def seen_without(cone, color):
    """A color as it is seen without a kind of cone: Viénot, Brettel and Mollon, 1999."""
    matrices = {
        "red": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "green": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    }
    linear = np.array(to_rgb(color)) ** 2.2
    return (np.array(matrices[cone]) @ linear).clip(0) ** (1 / 2.2)


@pytest.mark.parametrize("cone", ["red", "green"])
def test_accessible_colors_differ_without_a_kind_of_cone(cone):
    for pair in (ACCESSIBLE.points, ACCESSIBLE.regions):
        one, other = (seen_without(cone, color) for color in pair)
        assert np.abs(one - other).max() > 0.08
    one, other = (seen_without(cone, color) for color in ACCESSIBLE.points)
    assert np.abs(one - other).max() > 0.4


def test_accessible_classes_differ_without_any_color():
    assert ACCESSIBLE.markers == ("o", "X")


def test_classic_colors_are_those_of_the_tests():
    assert [as_bytes(color) for color in CLASSIC.points] == [BLUE, RED]
    assert [as_bytes(color) for color in CLASSIC.regions] == [GREEN, PURPLE]
    assert PALETTES == {"classic": CLASSIC, "accessible": ACCESSIBLE}


@pytest.mark.parametrize("name", SCRIPTS)
def test_accessible_palette_is_all_that_is_seen(runs, name):
    frame = picture_of(runs[name], palette="accessible").draw(200)
    for color in (*ACCESSIBLE.points, *ACCESSIBLE.regions):
        assert is_color(frame, as_bytes(color)).sum() > 300
    for color in (BLUE, RED, *map(as_bytes, CLASSIC.regions)):
        assert not is_color(frame, color).any()
