"""Films of a space, as files and in a notebook."""

import base64
import re

import numpy as np
import pytest
from conftest import axes_of, decode, space_view
from helpers.models import LOGIT, X, Y, replayed, small
from matplotlib.image import imread

from torchreplay.replay.recorder import Recorder


def test_films_in_three_forms(replay, tmp_path):
    film = replay.feature_space().animate(epochs=[0, 2, 3], fps=10, size=120)
    for name in ("film.mp4", "film.gif"):
        film.save(tmp_path / name)
        assert sum(1 for _ in decode(tmp_path / name, 120)) == 3
    film.save(tmp_path / "frames")
    frames = sorted((tmp_path / "frames").iterdir())
    assert [path.name for path in frames] == [f"epoch_000{k}.png" for k in (0, 2, 3)]
    drawn = film.picture.draw(2)[..., :3] / 255
    np.testing.assert_allclose(imread(frames[1])[..., :3], drawn, atol=1e-6)
    film.save(str(tmp_path / "film.mp4"))  # once more
    assert len(list(tmp_path.iterdir())) == 3


def test_frames_are_named_after_what_is_counted(tmp_path):
    film = replayed(small(), steps=150, every=50, label="step").input_space().animate(size=120)
    film.save(tmp_path / "frames")
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == ["epoch_0050.png", "epoch_0100.png", "epoch_0150.png"]


def test_all_epochs_but_the_initialization_by_default(replay):
    film = replay.input_space().animate()
    assert (list(film.epochs), film.fps, film.picture.size) == ([1, 2, 3], 20, (720, 720))


def test_a_notebook_shows_a_video(replay, tmp_path):
    shown = replay.input_space().animate(size=120)._repr_html_()
    data = re.search(r'<video .*src="data:video/mp4;base64,([^"]+)"></video>', shown)[1]
    path = tmp_path / "shown.mp4"
    path.write_bytes(base64.b64decode(data))
    assert sum(1 for _ in decode(path, 120)) == 3


def test_only_epoch_0_is_shown_if_there_is_no_other():
    space = Recorder(small(), X, Y, loss=LOGIT).replay().input_space()
    assert list(space.animate().epochs) == [0]
    assert space_view(space.animate().picture)
    assert axes_of(space.animate().picture)


def test_a_folder_of_somebody_else_is_not_replaced(replay, tmp_path):
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="holds more than frames: move it, or choose another"):
        replay.input_space().animate([0], size=120).save(tmp_path / "frames")
    assert (tmp_path / "frames" / "letter.txt").read_text() == "dear"
