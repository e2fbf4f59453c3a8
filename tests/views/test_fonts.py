"""Names in characters that the usual font lacks."""

import warnings

import matplotlib
import pytest
from helpers.models import LOGIT, X, Y, small
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font

from torchreplay.data.dataset import read_dataset
from torchreplay.replay.compare import compare
from torchreplay.replay.recorder import Recorder

UNKNOWN = "\U00013000\U00013001"  # hieroglyphs


def space_of(*classes):
    return Recorder(small(), X, Y, loss=LOGIT, classes=classes).replay().input_space()


@pytest.fixture
def rare():
    """Two characters that matplotlib's own STIX has, and its usual font has not."""
    usual, other = (
        FT2Font(findfont(name)).get_charmap() for name in ("DejaVu Sans", "STIXGeneral")
    )
    return [chr(code) for code in sorted(set(other) - set(usual)) if chr(code).isalpha()][:2]


def test_an_installed_font_is_added_for_characters_that_the_usual_one_lacks(rare, tmp_path):
    """matplotlib warns of every glyph that is missing, and a warning fails a test."""
    space = space_of(*rare)
    for made in (space, compare({rare[0]: space, "b": space})):
        picture = made.picture()
        picture.save(tmp_path / "still.svg", 0)
        (legend,) = picture.figure.legends
        assert "STIXGeneral" in legend.get_texts()[0].get_fontfamily()
    space.plot(title=rare[0]).figure_.canvas.draw()


def test_with_usual_names_nothing_changes():
    (legend,) = space_of("no", "yes").picture().figure.legends
    assert legend.get_texts()[0].get_fontfamily() == matplotlib.rcParams["font.family"]


def test_without_such_a_font_a_line_names_the_remedy():
    space = space_of("a" + UNKNOWN, "b")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        with pytest.warns(UserWarning, match=f"no installed font has {UNKNOWN[0]} .*: install one"):
            space.picture()


def test_a_name_in_a_file_is_cut_once(tmp_path):
    (tmp_path / "long.csv").write_text(f"{'width ' * 30},b,c\n1,2,0\n3,1,1\n4,4,1\n5,2,0\n")
    dataset = read_dataset(tmp_path / "long.csv")
    picture = Recorder(small(), dataset, loss=LOGIT).replay().input_space().picture()
    assert picture.figure.axes[0].get_xlabel().count("…") == 1
