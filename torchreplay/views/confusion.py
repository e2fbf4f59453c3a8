"""The confusion matrix: how many points of each class are predicted to be of which."""

import numpy as np

from torchreplay.views.swatches import SWATCH_WIDTH, swatches
from torchreplay.views.titles import CHARACTER_WIDTH, shorten

MIN_FONT_SIZE, MAX_FONT_SIZE, MAX_NAME_CHARACTERS = 4.5, 12, 10
MAX_NAME_SIZE, NAME_SHARE = 8, 0.65  # of a font, in points and in heights of a row
LINE_HEIGHT = 1.3  # in units of the font size
RIGHT = 0.90  # the gray of all points of a class on the diagonal
LEAST_ERROR = 0.15  # the darkness of a single error, so that it is seen; 1 is black
WHITE_ON = 0.5  # the darkness from which numbers are white


class ConfusionMatrix:
    """The counts of points by their true class, in rows, and the class predicted, in columns.

    The diagonal is pale. An error is the darker the larger its share of its row is, on a scale
    that is the same at all epochs. Cells without a point are empty.
    """

    def __init__(self, axes, replay, looks):
        dataset = replay.history.dataset
        self.label = dataset.trained.y[:, 0].long().numpy()
        self.count = len(dataset.class_names)
        axes.set_title("Confusion" + (dataset.held_out is not None) * " of Points Trained On")
        axes.set(xlabel="predicted", ylabel="true", xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        ends = -0.5, self.count - 0.5
        self.image = axes.imshow(self._shades(np.zeros((self.count,) * 2)), aspect="auto")
        self._name(axes, [shorten(name, MAX_NAME_CHARACTERS) for name in dataset.class_names])
        self._add_swatches(axes, looks.palette)
        outline = [ends[k] for k in (0, 1, 1, 0, 0)], [ends[k] for k in (0, 0, 1, 1, 0)]
        (self.frame,) = axes.plot(*outline, color="black", linewidth=0.8)
        self.numbers = self._numbers(axes, len(str(np.bincount(self.label).max())))
        self.artists = (self.image, *self.numbers.flat, self.frame)

    def _name(self, axes, names):
        """Give axes room for the names of rows, left, and of columns, below, and write them."""
        width, height = (72 * side / axes.figure.dpi for side in axes.bbox.size)
        size = min(MAX_NAME_SIZE, NAME_SHARE * height / self.count)
        size = size if size >= MIN_FONT_SIZE else 0
        longest = size * CHARACTER_WIDTH * max(map(len, names))
        left = longest + SWATCH_WIDTH
        across = (width - left) / self.count
        is_wide = longest > across
        below = (longest if is_wide else 1.2 * size) + SWATCH_WIDTH
        up = (height - below) / self.count
        end = self.count - 0.5
        axes.set(xlim=(-0.5 - left / across, end), ylim=(end + below / up, -0.5))
        style = {"textcoords": "offset points", "parse_math": False, "fontsize": size}
        vertical = {"rotation": 90, "rotation_mode": "default"} if is_wide else {}
        for k, name in enumerate(names if size else ()):
            beside, under = (-SWATCH_WIDTH, 0), (0, -SWATCH_WIDTH)
            axes.annotate(name, (-0.5, k), beside, **style, ha="right", va="center_baseline")
            axes.annotate(name, (k, end), under, **style, **vertical, ha="center", va="top")

    def _add_swatches(self, axes, palette):
        """Add the markers of the classes at the ends of rows and columns."""
        places, away = range(self.count), SWATCH_WIDTH / 2
        swatches(axes, palette, [(-0.5, k) for k in places], (-away, 0))
        swatches(axes, palette, [(k, self.count - 0.5) for k in places], (0, -away))

    def _numbers(self, axes, digits):
        """A Text for every cell, (K, K); none if the cells have no room."""
        cell = axes.transData.transform([(0, 1), (1, 0)]) * 72 / axes.figure.dpi
        width, height = cell[1] - cell[0]
        size = min(width / digits / CHARACTER_WIDTH, height / LINE_HEIGHT, MAX_FONT_SIZE)
        numbers = np.empty((self.count,) * 2 if size >= MIN_FONT_SIZE else (0, 0), object)
        for row, column in np.ndindex(numbers.shape):
            style = {"ha": "center", "va": "center_baseline", "fontsize": size}
            numbers[row, column] = axes.text(column, row, "", **style)
        return numbers

    def _shades(self, counts):
        """The colors of the cells, (K, K, 3)."""
        return np.repeat(1 - darkness(counts)[..., None], 3, axis=2)

    def draw(self, snapshot):
        """Count the points of an epoch."""
        counts = np.zeros((self.count,) * 2, int)
        np.add.at(counts, (self.label, snapshot.area), 1)
        self.image.set_data(self._shades(counts))
        dark = darkness(counts) > WHITE_ON
        for place, text in np.ndenumerate(self.numbers):
            text.set_visible(counts[place] > 0)
            text.set(text=str(counts[place]), color="white" if dark[place] else "black")


def darkness(counts):
    """How dark the cells of counts are, (K, K), from 0, white, to 1, black."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    dark = np.where(counts, LEAST_ERROR + (1 - LEAST_ERROR) * np.sqrt(share), 0)
    np.fill_diagonal(dark, (1 - RIGHT) * share.diagonal())
    return dark


PANELS = [ConfusionMatrix]
