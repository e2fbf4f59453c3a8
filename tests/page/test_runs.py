"""Several runs on one page: one is shown, another is its ghost; common data is carried once."""

import dataclasses
import json
import re

import numpy as np
import pytest
import torch
from helpers.pages import (
    blobs,
    evaluate,
    hills,
    images_of,
    layers_of,
    learned,
    planes_of,
    scene,
    settle,
    text,
)
from helpers.scripts import runner

import common
from torchreplay import Replay, UserError, compare
from torchreplay.data.dataset import make_dataset
from torchreplay.errors import NetworkError
from torchreplay.page import make_page_of_runs
from torchreplay.page.runs import joined, records_of

DASHES = 'stroke-dasharray="9,5"'


@pytest.fixture(scope="module")
def runs():
    """Trainings on the same points at three rates, of which one is shorter."""
    dataset, made = make_dataset("moons", points=300), {}
    for rate, epochs in ((0.3, 60), (3.0, 60), (10.0, 25)):
        torch.manual_seed(41)
        network = common.make_network(dataset, (2,), "tanh")
        made[f"rate {rate:g}"] = common.train(network, dataset, epochs, rate)
    return made


@pytest.fixture(scope="module")
def document(runs):
    return make_page_of_runs({name: planes_of(history) for name, history in runs.items()})


def choose(page, **values):
    """Choose in selects by the words of their options."""
    for name, word in values.items():
        page.select_option(f"#{name}", label=word)
    settle(page)


def test_each_run_can_be_shown(visit, runs, document):
    page = visit(document, "#epoch=20")
    for name, history in runs.items():
        choose(page, run=name)
        assert text(page, "#epoch") == "20"
        assert text(page, "#loss") == f"{history.loss[20]:.4f}"
        h = evaluate(history, 20, history.dataset.X)[0]
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-10)
        for piece in scene(page, "input")["boundary"]:
            assert np.abs(evaluate(history, 20, piece)[-1]).max() < 1e-7
        assert f"learning rate {history.training['learning_rate']:g}" in text(page, "#facts")


def test_shorter_run_stays_at_its_last_epoch(visit, runs, document, tmp_path):
    page = visit(document, "#epoch=50&run=1&dashed=3")
    assert text(page, "#numbers").startswith("Epoch 50 of 60")
    assert np.abs(evaluate(runs["rate 10"], 25, dashed(page, tmp_path)[0])[-1]).max() < 1e-6
    choose(page, run="rate 10")
    assert text(page, "#epoch") == "25"
    page.keyboard.press("ArrowRight")
    settle(page)
    assert text(page, "#epoch") == "25"
    box = page.locator("#slider").bounding_box()
    tip = page.locator("#loss-tip").bounding_box()
    thumb = box["x"] + 8 + 25 / 60 * (box["width"] - 16)
    assert abs(tip["x"] + tip["width"] / 2 - thumb) < 2


def dashed(page, folder):
    """The places of the dashed boundaries of the view saved as SVG: an array for each."""
    with page.expect_download() as download:
        page.click("[data-do=save][value=svg]")
    download.value.save_as(folder / "view.svg")
    paths = re.findall(f'<path d="(M[^"]*)"[^>]*{DASHES}', (folder / "view.svg").read_text())
    script = "([k, all]) => all.map((one) => page.spaces[k].toPlace(one))"
    numbers = [re.findall(r"-?[\d.]+", path) for path in paths]
    pixels = [np.array(each, float).reshape(-1, 2).tolist() for each in numbers]
    return [np.array(page.evaluate(script, [k, each])) for k, each in enumerate(pixels)]


def test_ghost_is_dashed_in_both_spaces(visit, runs, document, tmp_path):
    page = visit(document, "#epoch=20&dashed=0")
    assert dashed(page, tmp_path) == []
    assert not page.locator("#dashed").is_visible()
    choose(page, other="rate 3")
    assert text(page, "#dashed") == "rate 3"
    history = runs["rate 3"]
    inputs, features = dashed(page, tmp_path)
    assert np.abs(evaluate(history, 20, inputs)[-1]).max() < 1e-6
    weight, bias = layers_of(history, 20)[-1]
    assert np.abs(features @ weight.T + bias).max() < 1e-6
    ghost = page.locator("#ghost-curve").get_attribute("d")
    heights = [1 - float(place.split()[1]) for place in ghost[1:].split("L")]
    most = max(history.loss.max() for history in runs.values())
    np.testing.assert_allclose(heights, history.loss / most, atol=1e-6)


def test_page_opens_with_the_second_run_as_ghost(visit, document):
    page = visit(document, "#epoch=20")
    assert text(page, "#dashed") == "rate 3"
    choose(page, other="none")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('dashed')")
    assert not visit(document, page.evaluate("location.hash")).locator("#dashed").is_visible()


def test_each_run_has_the_plane_of_its_width(visit, tmp_path):
    """Places of the decision plane of one training are no places of another one's."""
    made = {name: learned(blobs, 3, hidden=(units,)) for name, units in (("2", 2), ("8", 8))}
    page = visit(compare({name: Replay(history) for name, history in made.items()}).to_html())
    for name, title in (("2", "Feature space"), ("8", "Decision plane"), ("2", "Feature space")):
        choose(page, run=name)
        assert text(page, "#feature h2").startswith(f"{title} at epoch 60")
        assert page.locator("#lines").is_visible() == (name == "2")
        assert page.locator("#axes select").count() == (name == "8")
        other = made["8" if name == "2" else "2"]
        (curve,) = dashed(page, tmp_path)
        best = np.sort(evaluate(other, 60, curve)[-1])[:, -2:]
        assert np.ptp(best, axis=1).max() < 1e-3


def test_spaces_of_both_stand_beside_each_other(visit, runs, document):
    page = visit(document, "#epoch=20&run=1&dashed=2&point=8")
    choose(page, beside="input space of both")
    titles = page.locator("#spaces h2").all_inner_texts()
    assert titles == [f"Input space of rate {rate} at epoch 20" for rate in ("0.3", "3")]
    marks = page.locator("#spaces .mark").all_inner_texts()
    for mark, history in zip(marks, runs.values(), strict=False):
        z = evaluate(history, 20, history.dataset.X[7:8])[-1].item()
        assert mark == f"P = {1 / (1 + np.exp(-z)):.3f}"
    page.locator("#spaces figure >> nth=1").locator("button").last.click()
    settle(page)
    one, other = page.evaluate("page.spaces.map(({ view }) => view)")
    assert one == other != page.evaluate("page.spaces[0].rect")
    page.keyboard.press("0")
    settle(page)
    assert page.evaluate("page.spaces.map(({ isZoomed }) => isZoomed)") == [False, False]
    choose(page, other="none")
    assert page.locator("#spaces h2").all_inner_texts()[1] == "Feature space at epoch 20"


def test_choice_stays_focused_while_the_epoch_changes(visit, document):
    page = visit(document, "#epoch=20")
    page.focus("#beside")
    page.evaluate("page.go(30)")
    settle(page)
    assert page.evaluate("document.activeElement.id") == "beside"
    page.keyboard.press("ArrowDown")
    settle(page)
    assert page.locator("#spaces h2").first.inner_text().startswith("Input space of rate 0.3")
    assert page.evaluate("document.activeElement.id") == "beside"


def test_link_keeps_the_runs(visit, document):
    page = visit(document, "#epoch=20")
    choose(page, run="rate 3", other="rate 0.3", beside="feature space of both")
    page.click("[data-do=link]")
    page.wait_for_function("() => location.hash.includes('run=2')")
    again = visit(document, page.evaluate("location.hash"))
    titles = again.locator("#spaces h2").all_inner_texts()
    assert titles == [f"Feature space of rate {rate} at epoch 20" for rate in ("3", "0.3")]
    for wrong in ("run=9&dashed=x&beside=input", "run=2&dashed=2&beside=constructor"):
        broken = visit(document, f"#epoch=20&{wrong}")
        assert broken.locator("#spaces h2").last.inner_text() == "Feature space at epoch 20"
        assert not broken.locator("#dashed").is_visible()


def test_what_runs_share_is_carried_once(runs, visit):
    spaces = {name: planes_of(history) for name, history in runs.items()}
    circles = make_dataset("circles", points=200)
    other = dataclasses.replace(runs["rate 3"], dataset=circles, probes=None)
    spaces |= {"moved": planes_of(other), "moved too": planes_of(other)}
    records = records_of(spaces, 20)
    whole = json.dumps(joined(records))
    for record in records:
        assert whole.count(record["points"]["x"]) == 1
        assert whole.count(record["parameters"]) == 1
    shared = [{**record, "surface": None} for record in records]  # each has a surface of its own
    assert len(json.dumps(joined(shared))) < sum(len(json.dumps(each)) for each in shared) / 2
    page = visit(make_page_of_runs(spaces))
    for name, record in zip(spaces, records, strict=True):
        choose(page, run=name)
        found = page.evaluate("JSON.parse(JSON.stringify(page.data))")
        assert {key: found[key] for key in record} == json.loads(json.dumps(record))


KINDS = {
    "classes": {"3": (blobs, 3), "5": (blobs, 5)},
    "numbers": {"200": (hills, 200), "50": (hills, 50, 7)},
    "units": {"2": (blobs, 3), "3-2": (blobs, 3)},
}


@pytest.mark.parametrize("kind", KINDS)
def test_runs_may_differ_in_everything_but_their_kind(visit, kind):
    settings = {"2": {"hidden": (2,)}, "3-2": {"hidden": (3, 2), "activation": "sigmoid"}}
    rates = {"rate": 0.03} if kind == "numbers" else {}
    made = {
        name: learned(*of, **(settings.get(name, {}) if kind == "units" else {}), **rates)
        for name, of in KINDS[kind].items()
    }
    page = visit(compare({name: Replay(history) for name, history in made.items()}).to_html())
    for name, other in (("0", "1"), ("1", "0")):
        first, second = (list(made)[int(k)] for k in (name, other))
        choose(page, run=first, other=second)
        history = made[first]
        h, z = evaluate(history, 60, history.dataset.X)[-2:]
        np.testing.assert_allclose(images_of(page, "feature"), h, atol=1e-10)
        np.testing.assert_allclose(page.evaluate("[...page.source.logits]"), z.ravel(), atol=1e-10)
        if kind == "classes":
            assert page.locator("#legend [data-class]:visible").count() == int(first)
            assert "NaN" not in text(page, "#legend")


def test_planes_that_runs_do_not_share_are_left_out(visit):
    one, two = learned(blobs, 3, hidden=(1,)), learned(blobs, 3, hidden=(2,))
    page = visit(compare({"one": Replay(one), "two": Replay(two)}).to_html())
    assert page.evaluate("page.spaces.map(({ name }) => name)") == ["input"]
    assert page.locator("#beside option").all_inner_texts() == [
        "both spaces",
        "input space of both",
    ]


def test_names_of_runs_are_text(visit, runs):
    name = "<img src=x onerror=alert(1)>"
    page = visit(compare({name: Replay(runs["rate 3"]), "b": Replay(runs["rate 0.3"])}).to_html())
    assert page.locator("#run option").all_inner_texts() == [name, "b"]
    choose(page, other="b")
    choose(page, run="b")
    choose(page, other=name)
    assert text(page, "#dashed") == f"{name[:23]}…"


def test_layers_have_no_page(history):
    with pytest.raises(UserError, match=r"layers have no page of their own: replay.to_html\(\)"):
        Replay(history).layers().to_html()


def test_runs_without_a_common_plane():
    dataset = make_dataset("moons", points=30)
    X = torch.cat([dataset.X, dataset.X], dim=1)
    many = dataclasses.replace(dataset, X=X, names=("a", "b", "c", "d"))
    deep = common.train(common.make_network(many, (2,)), many, epochs=1)
    thin = common.train(common.make_network(dataset, (1,)), dataset, epochs=1)
    both = {"a": planes_of(deep), "b": planes_of(thin)}
    with pytest.raises(NetworkError, match="the runs have no plane in common that could be shown"):
        make_page_of_runs(both)


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


def test_script_makes_the_page_of_a_comparison(run, tmp_path, visit):
    options = ("--format", "html", "--compare", "hidden", "2", "4,2", "--epochs", "3")
    code, printed, errors = run("input_space", *options, "--output-dir", tmp_path)
    assert (code, errors) == (0, []) and str(tmp_path / "training.html") in printed
    page = visit((tmp_path / "training.html").read_text())
    assert page.locator("#run option").all_inner_texts() == ["hidden 2", "hidden 4,2"]
    choose(page, run="hidden 4,2")
    assert text(page, "h1") == "A 2-4-2-1 network learns datasets.txt"


def test_script_makes_the_page_of_the_best_runs_of_a_search(run, tmp_path, visit):
    search = ("--search", "learning-rate", "0.1:10", "--runs", "12", "--epochs", "30")
    code, printed, _ = run("input_space", "--format", "html", *search, "-o", tmp_path)
    assert code == 0
    page = visit((tmp_path / "training.html").read_text())
    names, losses = page.locator("#run option").all_inner_texts(), []
    for name in names:
        choose(page, run=name)
        losses.append(float(text(page, "#loss")))
        rate = re.fullmatch(r"learning_rate ([\d.]+)", name)[1]
        assert f"learning rate {rate}" in text(page, "#facts")
    assert len(names) == len(set(names)) == 4 and losses == sorted(losses)
    assert any(f"loss {losses[0]:.4f}" in line for line in printed)
