"""Pages that carry positions show the scenes of Python, whatever is learned."""

import numpy as np
import pytest
from helpers.pages import blobs, hills, images_of, learned, page_of, planes_of, scene, settle, text

KINDS = {
    "classes": lambda: learned(blobs, 3, hidden=(2,), activation="sigmoid", rate=3.0, epochs=3),
    "numbers": lambda: learned(hills, rate=0.03, epochs=3),
    "graph": lambda: learned(hills, features=1, rate=0.03, epochs=3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_positions_are_those_of_the_scenes(visit, kind):
    history = KINDS[kind]()
    page = visit(page_of(history, evaluated=False), "#point=5")
    logits = page.evaluate("[...page.source.logits]")
    assert len(logits) == len(history.dataset.y) * history.task.outputs
    for name, run in planes_of(history).items():
        shown, expected, limits = scene(page, name), run.scenes[3], run.placement.limits
        near = {"atol": np.subtract(limits.high, limits.low).max() / 65535}
        inside = {"a_min": limits.low, "a_max": limits.high}  # the rest is moved to the rim
        np.testing.assert_allclose(images_of(page, name), run.at(3).images, **near)
        curves = {"boundary": [*expected.boundary], "ground": [*expected.ground]}
        for what, theirs in curves.items():
            assert len(shown[what]) == len(theirs)
            for one, other in zip(shown[what], theirs, strict=True):
                np.testing.assert_allclose(one, np.clip(other, **inside), **near)
        assert len(shown["regions"]) == len(expected.regions)
        for one, other in zip(shown["regions"], expected.regions, strict=True):
            assert [len(curve) for curve in one] == [len(curve) for curve in other if len(curve)]
        levels = [history.task.levels[area - 1] for area in shown["others"]]
        assert levels == list(expected.levels)
    settle(page)
    assert "NaN" not in text(page, "body") and "undefined" not in text(page, "body")
