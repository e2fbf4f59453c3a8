"""The tints of a picture, pixel by pixel, and the areas that they stand for."""

import functools

import numpy as np
from matplotlib.colors import to_rgb

from torchreplay.spaces.space import AXES_RECTANGLE

SIZE = 480


@functools.cache
def frame_of(space, epoch):
    """The pixels within the axes of a picture without points: (n, n, 3), from bottom to top."""
    picture = space.animate([epoch], size=SIZE, legend=False).picture
    first, *others = picture.parts[0].views
    for artist in [*first.points, *(artist for view in others for artist in view.artists)]:
        artist.set_visible(False)
    image = picture.draw(epoch)[::-1, :, :3]
    left, bottom, width, height = (round(SIZE * part) for part in AXES_RECTANGLE)
    return image[bottom : bottom + height, left : left + width], first


def places_of(view, count):
    """The places in the middles of pixels, (n, n, 2)."""
    axes = view.boundary.axes
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    share = (np.arange(count) + 0.5) / count
    return np.stack(
        np.meshgrid(left + share * (right - left), bottom + share * (top - bottom)), axis=-1
    )


def tinted(image, colors):
    """The number of the tint of each pixel; -1 for one of another color, as of lines."""
    found = np.full(image.shape[:2], -1)
    for k, color in enumerate(colors):
        found[(image == np.rint(255 * np.array(to_rgb(color)))).all(axis=-1)] = k
    return found


def assert_tints(found, expected, least=0.75):
    """Assert that pixels have the tint expected, but for those within 2 px of another area."""
    around, far = np.pad(expected, 2, "edge"), np.ones(expected.shape, bool)
    rows, columns = expected.shape
    for down, right in np.ndindex(5, 5):
        far &= around[down : down + rows, right : right + columns] == expected
    seen = far & (found >= 0)
    np.testing.assert_array_equal(found[seen], expected[seen])
    assert seen.sum() > least * far.sum()
