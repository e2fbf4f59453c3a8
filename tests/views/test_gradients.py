"""The norms of the gradients, against backpropagation by hand."""

import numpy as np
import pytest
from conftest import view_of
from helpers import formulas

from torchreplay.pictures.picture import new_figure
from torchreplay.views.charts import LayerCurves
from torchreplay.views.gradients import GradientNorms, gradient_norms


@pytest.mark.parametrize("epoch", [0, 1, 80, 133, 200])
def test_curves_end_at_the_norms_of_the_epoch(six, runs, dataset, weights, epoch):
    view = view_of(six, GradientNorms)
    view.draw(runs["feature_space"].at(epoch))
    t = dataset.y.double().numpy()
    by_hand = formulas.gradients(weights(epoch), dataset.X.double().numpy(), t)
    for curve, layer in zip(view.curves, (by_hand[:2], by_hand[2:]), strict=True):
        norm = np.sqrt(sum((part**2).sum() for part in layer))
        assert len(curve.line.get_xdata()) == epoch + 1
        assert curve.line.get_ydata()[-1] == pytest.approx(norm, rel=1e-3, abs=1e-6)
        assert curve.dot.get_ydata() == curve.line.get_ydata()[-1:]
        assert curve.line.axes.get_yscale() == "log"
        axes = curve.line.axes
        _, height = axes.transData.transform((epoch, norm))
        assert axes.bbox.y0 <= height <= axes.get_legend().get_window_extent().y0


def test_layers_are_named(six):
    view = view_of(six, GradientNorms)
    legend = view.curves[0].line.axes.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["hidden", "output"]


def test_norms_of_every_layer_and_epoch(larger):
    norms = gradient_norms(larger, 5)
    assert norms.shape == (6, 4)
    assert (norms > 0).all() and np.isfinite(norms).all()


def test_zero_leaves_a_gap_and_the_scale_as_it_is(history):
    """As the gradient of a layer behind units that are all silent."""
    axes, values = new_figure(60).add_subplot(), np.full((6, 2), 0.02)
    values[:, 0] = 0
    view = LayerCurves(axes, history, values, "Gradients", "norm")
    low, high = axes.get_ylim()
    assert low == pytest.approx(0.01) and high < 1
    assert np.isnan(view.curves[0].values).all()
    LayerCurves(new_figure(60).add_subplot(), history, 0 * values, "Gradients", "norm")
