"""Number by number: whoever computes with the numbers of a formula gets the result shown."""

import dataclasses

import pytest
import torch
from helpers.arithmetic import check
from helpers.pages import blobs, few_points, hills, learned, many_features, page_of, settle

import common
from torchreplay.data.dataset import make_dataset

WIDE = {  # of layers whose sums do not all stand at their units
    "deep": lambda: few_points("circles", (8, 5, 2), "tanh", 0.3),
    "classes": lambda: learned(blobs, 10),
    "features": many_features,
}
KINDS = {  # a training, and how many formulas with numbers each point has at least
    "2-2-1": (lambda: few_points("circles", (2,), "sigmoid", 3.0, epochs=120), 10),
    "relu": (lambda: few_points("moons", (3,), "relu", 0.3, epochs=120), 12),
    "deep": (lambda: few_points("circles", (2, 3, 2), "tanh", 0.3, epochs=120), 24),
    "linear": (lambda: few_points("circles", (2, 2), "tanh", 0.3, latent=True, epochs=120), 17),
    "saturated": (lambda: few_points("moons", (2,), "tanh", 100.0, epochs=120), 8),
    "three classes": (lambda: learned(blobs, 3, hidden=(2,), activation="sigmoid", rate=3.0), 14),
    "regression": (lambda: learned(hills, hidden=(3,), rate=0.03), 13),
    "diverging": (lambda: learned(hills, hidden=(3,), activation="relu", rate=1.5), 10),
    "huge": (lambda: huge(), 10),
    "standardized": (lambda: standardized(), 12),
}
COLLECT = """async ([picks, lines]) => {
    const found = [];
    for (const [epoch, point] of picks) {
        page.go(epoch);
        page.pin({ point });
        await new Promise((done) => requestAnimationFrame(done));
        found.push(Array.from(document.querySelectorAll(lines), (line) => line.textContent));
    }
    return found;
}"""


LOOK_AT = """async () => {
    const found = [];
    for (const unit of document.querySelectorAll(".unit")) {
        unit.focus();
        await new Promise((done) => requestAnimationFrame(done));
        const lines = document.querySelectorAll("#formula > div");
        found.push(Array.from(lines, (line) => line.textContent));
    }
    return found;
}"""


def standardized():
    """A training on features of other units, which the network standardizes."""
    dataset = make_dataset("moons", standardized=True)
    dataset = dataclasses.replace(dataset, X=dataset.X * 50 - 3000)
    torch.manual_seed(41)
    return common.train(common.make_network(dataset), dataset, epochs=60)


def huge():
    """A training on features of millions, and of millionths."""
    history = few_points("moons", (2,), "tanh", 3.0, epochs=120)
    X = history.dataset.X.clone()
    X[:, 0] *= 3e6
    X[:, 1] *= 1e-6
    dataset = dataclasses.replace(history.dataset, X=X)
    first = next(iter(history.parameters))
    weight = history.parameters[first] / (3e6, 1e-6)
    return dataclasses.replace(
        history, dataset=dataset, parameters={**history.parameters, first: weight.astype("f4")}
    )


def lines_of(page, picks, lines=".unit > div"):
    """The lines at units with the points pinned at epochs: a list for each pick of both."""
    page.check("#backward")
    return page.evaluate(COLLECT, [picks, lines])


@pytest.mark.parametrize(
    "line",
    [
        "z₁ = 9.12·0.29 − 8.33·0.99 + 3.24 = −2.4354",
        "loss = error² = 3.30·10¹⁴² = 1.09·10²⁹",
        "standardized: x′₁ = (3.2 − 1.1) / 8.81·10⁵ = 2.38·10⁻⁶",
        "h₁ = σ(−2.43) = 0.0803",
    ],
)
def test_wrong_sums_are_found(line):
    with pytest.raises(AssertionError, match=" = "):
        check(line)


@pytest.mark.parametrize("kind", KINDS)
def test_sums_add_up(visit, kind):
    make, least = KINDS[kind]
    history = make()
    page = visit(page_of(history), "#point=1")
    count = len(history.dataset.y)
    picks = [(e, n) for e in (0, 3, 60, history.last) for n in range(0, count, count // 6)]
    for pick, lines in zip(picks, lines_of(page, picks), strict=True):
        assert sum(map(check, lines)) >= least, (pick, lines)


@pytest.mark.parametrize("kind", WIDE)
def test_sums_of_wide_layers_add_up(visit, kind):
    """They are written in full where a unit is looked at: by focus, as by the pointer."""
    history = WIDE[kind]()
    for fragment in ("#epoch=0&point=1", "#epoch=20&point=40"):
        page = visit(page_of(history), fragment)
        page.check("#backward")
        looked_at = page.evaluate(LOOK_AT)
        inputs = page.locator("[data-layer='0']").count()
        assert len(looked_at) == page.locator(".unit").count() > 10
        for unit, lines in enumerate(looked_at):
            assert sum(map(check, lines)) >= (2 if unit >= inputs else 0), lines
        last = page.locator(".unit").last
        page.locator(".unit").first.focus()
        last.hover()
        settle(page)
        shown = page.locator("#formula > div").all_text_contents()
        assert shown and shown == looked_at[-1]
