"""The page as a document: its size, its parts, what it says, and that it is installed."""

import base64
import dataclasses
import json
import re
import tomllib

import frames
import numpy as np
import pytest
import torch
from conftest import trained
from helpers.pages import many_features, page_of, planes_of
from helpers.scripts import PROJECT, runner

import common
from torchreplay.page import (
    HERE,
    MODULES,
    fill,
    join_modules,
    make_page,
    shorten_style,
)
from torchreplay.page import payload as page_module
from torchreplay.page.network import read_network
from torchreplay.page.payload import carried_epochs, page_record, stride
from torchreplay.replay.replay import Replay


@pytest.fixture
def run(capsys, monkeypatch):
    return runner(capsys, monkeypatch)


def data_of(document):
    """The record that a document carries."""
    (text,) = re.findall(r'(?s)<script type="application/json" id="data">(.*?)</script>', document)
    return json.loads(text)


def array(text, kind="<f4"):
    return np.frombuffer(base64.b64decode(text), kind)


def test_page_and_its_source_are_small(history):
    document = page_of(history)
    assert len(document.encode()) <= 150_000
    found = re.findall(r"(?s)<(?:style|script)([^>]*)>(.*?)</", document)
    carried = [text for attributes, text in found if 'id="data"' not in attributes]
    assert len(carried) == 3 and sum(len(text.encode()) for text in carried) <= 70_000
    style = shorten_style((HERE / "style.css").read_text())
    assert "// " not in join_modules() and "/*" not in style  # comments stay in the source
    assert max(len(path.read_text().splitlines()) for path in HERE.glob("*.js")) <= 200


def test_record_on_the_page_is_the_history(history, dataset):
    record = data_of(page_of(history))
    names = ["logit.0.weight", "logit.0.bias", "logit.2.weight", "logit.2.bias"]
    expected = [np.reshape(history.parameters[name], (201, -1)) for name in names]
    np.testing.assert_array_equal(array(record["parameters"]), np.hstack(expected).ravel())
    loss, accuracy = record["curves"]
    np.testing.assert_array_equal(array(loss["values"]), history.loss.astype(np.float32))
    assert (loss["name"], accuracy["name"]) == ("loss", "accuracy")
    assert record["points"]["held"] == ""
    np.testing.assert_array_equal(array(record["points"]["x"]), dataset.X.numpy().ravel())
    bits = np.unpackbits(array(record["points"]["label"], "u1"), bitorder="little")
    np.testing.assert_array_equal(bits[:2000], dataset.y[:, 0])
    assert record["step"] == {"rate": 3.0}
    assert (record["last"], record["every"]) == (200, 1)


def test_points_held_out_are_marked(held_out):
    """With loss and accuracy of their own; the step stays that of the points trained on."""
    record = page_record(planes_of(held_out))
    dataset = held_out.dataset
    np.testing.assert_array_equal(array(record["points"]["x"]), dataset.X.numpy().ravel())
    bits = np.unpackbits(array(record["points"]["held"], "u1"), bitorder="little")
    np.testing.assert_array_equal(bits[: len(dataset.y)], dataset.held_out)
    names = ["loss", "accuracy", "held-out-loss", "held-out-accuracy"]
    assert [curve["name"] for curve in record["curves"]] == names
    measured = [values for found in held_out.metrics for values in found.values()]
    for curve, values in zip(record["curves"], measured, strict=True):
        np.testing.assert_array_equal(array(curve["values"]), values.astype(np.float32))
    assert record["step"] == {"rate": 3.0}
    assert "42 points, 18 more held out, " in page_of(held_out)


def test_long_records_are_thinned(history):
    long = dataclasses.replace(history, loss=np.zeros(1_000_001))
    assert (stride(history, 48), stride(long, 48)) == (1, 11)
    assert carried_epochs(dataclasses.replace(history, loss=np.zeros(8)), 3) == [0, 3, 6, 7]


def test_layer_that_the_page_cannot_evaluate(history, dataset):
    """Then the page carries positions; here of a network with another activation."""
    network = common.Network()
    network.logit[1] = torch.nn.Softsign()
    other = common.train(network, dataset, epochs=3)
    assert read_network(history) and read_network(other) is None
    record = page_record(planes_of(other, dataset))
    assert "network" not in record and len(record["positions"]) == 4


def test_positions_are_thinned(monkeypatch):
    history = trained("circles", (2,), "sigmoid", 3.0, epochs=4)
    monkeypatch.setattr(page_module, "MAX_BASE64_BYTES", 100_000)
    record = page_record(planes_of(history), evaluated=False)
    assert record["every"] > 1 and carried_epochs(history, record["every"])[-1] == 4
    assert len(json.dumps(record["positions"])) < 150_000


def test_all_modules_are_joined():
    assert sorted([*MODULES, "loader"]) == sorted(path.stem for path in HERE.glob("*.js"))


def test_values_are_put_into_the_template_once():
    assert fill("{a}{b}", {"a": "{b}", "b": "<"}) == "{b}<"


def test_nothing_can_end_the_script_elements(history):
    assert "</script" not in join_modules() and "<!--" not in join_modules()
    assert "</" not in (HERE / "style.css").read_text()
    named = dataclasses.replace(history.dataset, names=("</script>", "<!--"))
    document = make_page(planes_of(history, named))
    assert document.count("</script>") == 3
    assert data_of(document)["names"] == ["</script>", "<!--"]


def test_introduction_of_a_single_space_says_nothing_of_both(own_units):
    assert "<p>Both spaces show" in page_of(own_units)
    document = page_of(many_features())
    assert "Both spaces" not in document and "<p>Press Play, or drag the slider." in document


def test_many_features_have_no_plane():
    history = many_features()
    record = page_record(planes_of(history))
    assert list(record["planes"]) == ["feature"]
    seen, meant = (record["network"][way] for way in ("seen", "meant"))
    product = np.reshape(seen["weight"], (2, 2)) @ np.reshape(meant["weight"], (2, 2))
    np.testing.assert_allclose(product, np.eye(2), atol=1e-6)


def test_to_html_saves_the_page_with_its_looks(history, tmp_path):
    settings = {"opens": "feature", "palette": "accessible", "mark_errors": True, "fps": 7.0}
    Replay(history).to_html(tmp_path / "training.html", **settings)
    document = (tmp_path / "training.html").read_text(encoding="utf-8")
    assert document == make_page(planes_of(history), **settings)
    assert 'id="errors" checked' in document and 'id="accessible" checked' in document
    assert 'data-opens="feature"' in document
    Replay(history).to_html(tmp_path / "again.html", max_points=100)
    again = (tmp_path / "again.html").read_text(encoding="utf-8")
    assert 'data-opens="input"' in again
    label = base64.b64decode(data_of(again)["points"]["label"])
    assert len(label) == 13, "100 bits"


def test_script_leaves_the_page(run, tmp_path):
    quick = ("--epochs", "2", "--size", "240", "--output-dir", tmp_path)
    code, printed, errors = run("input_space", "--format", "html", "png", *quick)
    assert (code, errors) == (0, ["training.html is the same with or without --size"])
    assert (tmp_path / "training.html").read_text().startswith("<!doctype html>")
    assert str(tmp_path / "training.html") in printed


def test_options_of_pictures_leave_the_page_as_it_is(run, tmp_path):
    """And a line says so: the file is the same, byte by byte."""
    quick = ("input_space", "--format", "html", "--epochs", "4", "--output-dir")
    values = {"--size": "240", "--from": "2", "--to": "3", "--every": "2", "--epoch": "1"}
    words = [word for pair in values.items() for word in pair]
    options = ["--views", "loss", "--no-legend", *words]
    assert run(*quick, tmp_path / "plain", "--dpi", "40")[0] == 0
    code, _, (line,) = run(*quick, tmp_path / "other", *options)
    beginning, _, flags = line.partition(" with or without ")
    assert (code, beginning) == (0, "training.html is the same")
    assert set(flags.split(", ")) == {"--views", "--no-legend", *values}
    plain, other = (tmp_path / name / "training.html" for name in ("plain", "other"))
    assert plain.read_bytes() == other.read_bytes()


def test_files_of_the_page_are_installed():
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert settings["packages"]["find"]["include"] == ["torchreplay*"]
    folders = {path.parent for path in PROJECT.glob("torchreplay/**/*.py")}
    assert all((folder / "__init__.py").exists() for folder in folders)
    patterns = settings["package-data"]["torchreplay.page"]
    found = {path for pattern in patterns for path in HERE.glob(pattern)}
    assert found == {path for path in HERE.iterdir() if path.suffix != ".py" and path.is_file()}


def test_frames_are_not_measured_without_a_browser(monkeypatch, capsys):
    monkeypatch.setattr("helpers.browsing.find_browser", lambda: None)
    assert list(frames.measured()) == []
    assert capsys.readouterr().out.count("\n") == 1
