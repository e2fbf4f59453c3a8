"""The veil over a run that has diverged: alone as in a comparison."""

import pytest
import torch
from conftest import full_redraw

import common
from torchreplay.replay.space_replay import SpaceReplay


@pytest.fixture(scope="module")
def diverged(dataset, spaces):
    """The picture of a run that diverges at epoch 2, with views beside it."""
    torch.manual_seed(41)
    history = common.train(common.Network(), dataset, 4, learning_rate=1e36, momentum=0.999)
    assert (history.diverged, history.last) == (True, 1)
    run = SpaceReplay(history, spaces["feature_space"], range(5), dataset, size=240)
    return run.picture(["loss"])


def test_beyond_the_last_finite_epoch_a_veil_says_so(diverged):
    gray, text = diverged.parts[0].veil
    assert text.get_text() == "diverged at epoch 2"
    for epoch, is_seen in ((0, False), (3, True), (1, False), (2, True)):
        diverged.draw(epoch)
        assert gray.get_visible() == text.get_visible() == is_seen


def test_picture_stays_as_it_is_from_there_on(diverged):
    first, last, second, fourth = (diverged.draw(epoch).copy() for epoch in (0, 1, 2, 4))
    assert (first != last).any() and (last != second).any()
    assert (second == fourth).all()
    assert (full_redraw(diverged, 4) == fourth).all()


def test_run_that_has_not_diverged_has_no_veil_and_no_epoch_beyond_its_record(picture):
    assert picture.parts[0].veil == []
    with pytest.raises(IndexError):
        picture.draw(99_999)
    picture.draw(200)
