"""A film: frame after frame of a picture, in the order of its epochs."""

import dataclasses

import numpy as np
import pytest

from torchreplay.films.film import Film


class Numbers:
    """A picture of one pixel, which has the number of the epoch."""

    def __init__(self):
        self.drawn = []

    def draw(self, epoch):
        self.drawn.append(epoch)
        return np.full((1, 1, 4), epoch, np.uint8)


def test_a_frame_an_epoch():
    picture = Numbers()
    frames = [frame[0, 0].tolist() for frame in Film(picture, [3, 8, 5]).frames()]
    assert frames == [[3] * 4, [8] * 4, [5] * 4]
    assert picture.drawn == [3, 8, 5]


def test_frames_are_drawn_one_at_a_time():
    picture = Numbers()
    frames = Film(picture, range(100)).frames()
    next(frames)
    next(frames)
    assert picture.drawn == [0, 1]


def test_frames_are_those_of_the_picture(pictures):
    picture = pictures["feature_space"]
    frames = [frame.copy() for frame in Film(picture, [80, 7]).frames()]
    for frame, epoch in zip(frames, (80, 7), strict=True):
        np.testing.assert_array_equal(frame, picture.draw(epoch))


def test_settings():
    film = Film(Numbers(), [1, 2])
    assert (film.fps, film.hold, film.loop) == (20.0, 0.0, True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        film.fps = 10.0
