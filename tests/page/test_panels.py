"""The views that share a panel: their tabs, the loss surface, and the activations."""

import dataclasses
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import trained
from helpers import formulas
from helpers.pages import learned, page_of, pixel_of, settle, show, text

from torchreplay.data.dataset import make_dataset
from torchreplay.page.surface import surface_of

NARROW = {"viewport": {"width": 390, "height": 844}}
TABS = ["Network", "Loss surface", "Activations"]


def open_page(visit, history, panel, fragment="", **settings):
    page = visit(page_of(history), f"#epoch=80&panel={panel}{fragment}", **settings)
    settle(page)
    return page


def open_tab(page):
    """The names of the tab that is selected and of the panels that are seen."""
    settle(page)
    selected = page.get_by_role("tab", selected=True).all_inner_texts()
    panels = page.locator("[role=tabpanel]").locator("visible=true").all()
    return selected, [panel.get_attribute("id") for panel in panels]


def test_tabs_open_by_click_and_by_arrows(visit, history):
    page = open_page(visit, history, "network")
    assert page.get_by_role("tab").all_inner_texts() == TABS
    assert open_tab(page) == (["Network"], ["panel-network"])
    page.get_by_role("tab", name="Activations").click()
    assert open_tab(page) == (["Activations"], ["panel-activations"])
    page.locator("[role=tab][tabindex='0']").focus()
    for key, name in (("ArrowRight", "network"), ("ArrowLeft", "activations"), ("Home", "network")):
        page.keyboard.press(key)
        assert open_tab(page)[1] == [f"panel-{name}"]
        assert page.evaluate("document.activeElement.value") == name
    page.keyboard.press("ArrowRight")
    settle(page)
    assert open_tab(page) == (["Loss surface"], ["panel-surface"])
    assert text(page, "#epoch") == "80", "arrows in the tabs leave the epoch alone"
    assert len(page.locator("[role=tab][tabindex='0']").all()) == 1


def test_link_keeps_the_open_panel(visit, history):
    page = open_page(visit, history, "surface")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('panel=surface')")
    page.evaluate("location.hash = '#epoch=80'")
    page.locator("#panel-network").wait_for()
    assert open_tab(page) == (["Network"], ["panel-network"])
    assert open_tab(open_page(visit, history, "elsewhere"))[1] == ["panel-network"]


def flat(history, epoch):
    """All parameters at an epoch, in float64."""
    return np.concatenate([v[epoch].astype(float).ravel() for v in history.parameters.values()])


def loss_at(history, values):
    """The mean loss of the default network with some parameters, by the formulas."""
    shapes = [value[0].shape for value in history.parameters.values()]
    ends = np.cumsum([0, *map(np.prod, shapes)])
    parts = [
        values[a:b].reshape(shape) for a, b, shape in zip(ends[:-1], ends[1:], shapes, strict=True)
    ]
    X, t = (value.double().numpy() for value in (history.dataset.X, history.dataset.y))
    p = formulas.probability(parts, X)
    return -np.mean(t * np.log(p) + (1 - t) * np.log1p(-p))


def directions_of(history):
    """The two main components of the path, (2, P): they point as those of the page do."""
    values = np.array([flat(history, epoch) for epoch in range(history.last + 1)])
    found = np.linalg.svd(values - values.mean(axis=0))[2][:2]
    across, up = found @ (values - values[-1]).T
    return found * [[-1 if across[0] > 0 else 1], [-1 if up.max() < -up.min() else 1]]


def test_loss_of_the_plane_is_that_of_its_networks(visit, history):
    page = open_page(visit, history, "surface")
    directions, last = directions_of(history), flat(history, history.last)
    for epoch in (0, 45, 80, 200):
        show(page, epoch)
        projected = last + directions.T @ (directions @ (flat(history, epoch) - last))
        said = re.search(
            r"loss ([\d.]+), .* at this place is ([\d.]+)\.", text(page, "#on-surface")
        )
        assert float(said[1]) == pytest.approx(history.loss[epoch], abs=1e-4)
        assert float(said[2]) == pytest.approx(loss_at(history, projected), rel=3e-3)


def test_grounds_of_the_plane_are_those_between_its_losses(visit, history):
    """The darker, the larger the loss, in as many shades as there are areas between the lines."""
    page = open_page(visit, history, "surface")
    surface = surface_of(history, range(history.last + 1))
    left, bottom, right, top = surface["rect"]
    directions, last = directions_of(history), flat(history, history.last)
    shares = np.random.default_rng(0).uniform(0.02, 0.98, (400, 2))
    shades = page.evaluate(
        """(shares) => {
            const canvas = document.querySelector("#surface canvas");
            const side = canvas.width - 82;
            const pen = canvas.getContext("2d");
            const red = (x, y) => pen.getImageData(x, y, 1, 1).data[0];
            return shares.map(([x, y]) => red(64 + x * side, 10 + y * side));
        }""",
        shares.tolist(),
    )
    places = np.stack(
        [left + shares[:, 0] * (right - left), top - shares[:, 1] * (top - bottom)], axis=1
    )
    bands = np.searchsorted(
        surface["levels"], [loss_at(history, last + place @ directions) for place in places]
    )
    usual = [
        np.bincount(np.array(shades)[bands == band]).argmax()
        for band in range(len(surface["levels"]) + 1)
    ]
    assert (np.diff(usual) < 0).all()
    assert np.mean(np.array(usual)[bands] == shades) > 0.85  # but on lines, numbers and the path


def test_path_ends_at_the_epoch(visit, history):
    page = open_page(visit, history, "surface")
    accent = """() => {
        const canvas = document.querySelector("#surface canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, k) => k % 4 === 0 && value === 31 && data[k + 1] === 92).length;
    }"""
    lengths = []
    for epoch in (0, 40, 80, 200):
        show(page, epoch)
        lengths.append(page.evaluate(accent))
    assert lengths[0] > 50 and (np.diff(lengths) > 100).all()


def test_points_lie_on_the_activation_of_their_unit(visit, history, weights):
    page = open_page(visit, history, "activations", "&point=7")
    W, b, *_ = weights(80)
    z = W @ history.dataset.X[6].double().numpy() + b
    all_z = history.dataset.X.double().numpy() @ W.T + b
    for unit, cell in enumerate(page.locator(".cell").all()):
        low, high = (float(end.replace("−", "-")) for end in text(cell, "p").split("z"))
        assert low == -high < 0
        plot, mark = (cell.locator(part).bounding_box() for part in (".plot", ".mark"))
        x, y = (
            (mark[start] + mark[size] / 2 - plot[start]) / plot[size]
            for start, size in (("x", "width"), ("y", "height"))
        )
        assert 2 * x - 1 == pytest.approx(z[unit] / high, abs=0.02)
        assert 1 - y == pytest.approx(1 / (1 + np.exp(-z[unit])), abs=0.02)
        for label, color in ((0, "#0000FF"), (1, "#FF0000")):
            d = cell.locator(f"path[fill='{color}']").get_attribute("d")
            bars = [float(start) for start in re.findall(r"M([\d.]+)", d)]
            members = all_z[history.dataset.y[:, 0].numpy() == label, unit]
            ends = (np.array([members.min(), members.max()]) / high + 1) / 2
            np.testing.assert_allclose([bars[0], bars[-1]], ends, atol=1 / 40)


def test_ring_follows_what_is_pointed_at(visit, history):
    page = open_page(visit, history, "activations")
    assert not page.locator(".cell .mark").first.is_visible()
    page.mouse.move(*pixel_of(page, "input", (0.5, 0.9)))
    settle(page)
    assert page.locator(".cell .mark").first.is_visible()


def test_wide_layers_show_some_units(visit):
    history = trained("moons", (20, 2), "tanh", 0.5, epochs=8)
    page = open_page(visit, history, "activations")
    names = page.locator(".cell h3").all_inner_texts()
    assert names == [f"{h} = tanh({h.replace('h', 'z')}), −1 to 1" for h in ("h₁⁽²⁾", "h₂⁽²⁾")]
    history = trained("moons", (20,), "relu", 0.1, epochs=8, latent=True)
    page = open_page(visit, history, "activations")
    assert len(page.locator(".cell").all()) == 8 and "and 12 more" in text(page, "#cells")


def test_record_that_has_no_such_view_has_no_tab(visit):
    few = learned(make_dataset, "moons", points=60, hidden=(2,), epochs=3)
    still = {name: np.repeat(values[:1], 4, 0) for name, values in few.parameters.items()}
    frozen = dataclasses.replace(few, parameters=still, probes=None)
    page = visit(page_of(frozen))
    assert page.get_by_role("tab").all_inner_texts() == ["Network", "Activations"]
    page = visit(page_of(few, evaluated=False))
    assert page.get_by_role("tab").all_inner_texts() == ["Network", "Loss surface"]
    page = visit(page_of(frozen, evaluated=False))
    assert page.get_by_role("tab").count() == page.get_by_role("tablist").count() == 0
    assert page.locator("#hint").is_visible()


@pytest.mark.parametrize("panel", ["surface", "activations"])
@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, NARROW], ids=str)
def test_axe_finds_no_fault_in_panels(visit, history, panel, settings):
    page = open_page(visit, history, panel, "&point=1", bypass_csp=True, **settings)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
