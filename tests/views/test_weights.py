"""The heat map of weights and biases, against the recorded parameters."""

import numpy as np
import pytest
from conftest import view_of
from helpers.pictures import picture_of

from torchreplay.views.weights import WeightMap


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_cells_are_the_parameters(six, runs, weights, epoch):
    view = view_of(six, WeightMap)
    view.draw(runs["feature_space"].at(epoch))
    W, b, v, c = weights(epoch)
    cells = view.image.get_array().filled(np.nan)
    np.testing.assert_allclose(cells[:, :3], np.column_stack([W, b]), rtol=1e-6)
    np.testing.assert_allclose(cells[0, 4:], [*v[0], *c], rtol=1e-6)
    assert np.isnan(cells[:, 3]).all() and np.isnan(cells[1, 4:]).all()
    written = [float(text.get_text().replace("−", "-")) for text in view.numbers]
    np.testing.assert_allclose(written, [*np.column_stack([W, b]).ravel(), *v[0], *c], atol=0.051)


def test_colors_hold_for_the_whole_film(six, weights):
    largest = max(np.abs(value).max() for epoch in range(201) for value in weights(epoch))
    norm = view_of(six, WeightMap).image.norm
    assert (norm.vmin, norm.vmax) == pytest.approx((-largest, largest), rel=1e-6)


def test_many_cells_have_no_numbers(larger, larger_run):
    view = view_of(picture_of(larger_run, ["weights"]), WeightMap)
    view.draw(larger_run.at(20))
    assert view.numbers == []
    cells = view.image.get_array().filled(np.nan)
    assert cells.shape == (15, 3 + 1 + 16 + 1 + 11 + 1 + 3)
    values = np.concatenate([values[20].ravel() for values in larger.parameters.values()])
    seen = cells[np.isfinite(cells)]
    np.testing.assert_array_equal(np.sort(seen), np.sort(values))
    names = [text.get_text() for text in view.image.axes.texts]
    assert names == ["hidden 1", "\nhidden 2", "hidden 3", "\noutput"]
