"""The tours that a page has by itself say what is true: of the default run, and of any other."""

import dataclasses
import re

import numpy as np
import pytest
from conftest import trained
from helpers import formulas
from helpers.models import LOGIT, Functional, X, Y, small
from helpers.pages import blobs, hills, learned, many_features, page_of
from test_tour_files import stops_of

from torchreplay import Recorder
from torchreplay.page import payload
from torchreplay.replay.replay import Replay


def plain(stop):
    return " ".join([*stop["text"], *stop.get("answer", [])])


# The default run ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stops(history):
    return stops_of(page_of(history))


@pytest.fixture
def wrong(exact):
    """Which points are wrong at an epoch, and all labels."""

    def at(epoch):
        P, _, labels = exact(epoch)
        return (P >= 0.5) != labels, labels

    return at


def test_default_run_has_five_stops(stops):
    epochs = [re.search(r"&epoch=(\d+)", stop["at"])[1] for stop in stops]
    assert epochs == ["0", "45", "80", "100", "0"]
    kinds = [stop.get("ask") for stop in stops]
    assert kinds == [None, "draw 80", None, "epoch right", "choice"]


def test_beginning_is_as_the_first_stop_says(stops, weights, dataset, wrong):
    assert "class 1 everywhere, so half of the points are wrong" in plain(stops[0])
    axis = np.linspace(-1, 1, 41)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    assert formulas.probability(weights(0), plane).min() > 0.5
    assert wrong(0)[0].mean() == 0.5
    assert np.ptp(formulas.hidden_layer(weights(0), plane), axis=0).max() < 0.4  # a small patch


def test_cuts_are_as_the_second_stop_says(stops, weights, dataset, wrong):
    assert "Three of four points are right" in plain(stops[1])
    assert "no point of class 0 is wrong any more" in plain(stops[1])
    mistaken, labels = wrong(45)
    assert mistaken.mean() == pytest.approx(0.25, abs=0.01)
    x = dataset.X[:, 0].numpy()
    assert abs(x[mistaken & (labels == 0)]).max() < 0.3  # at the bottom
    assert abs(x[mistaken & (labels == 1)]).min() > 0.6  # at both ends
    assert not (wrong(80)[0] & (labels == 0)).any()
    heights = {epoch: [height(weights(epoch), x) for x in (-1, 0, 1)] for epoch in (45, 80)}
    assert np.ptp(heights[45]) < 0.03  # straight
    left, middle, right = heights[80]
    assert min(left, right) > middle + 0.1  # its ends bend upwards
    assert abs(np.subtract(*heights.values())).max() < 0.1  # it has moved little


def height(parameters, x):
    """Where the boundary is above a place of the first axis."""
    y = np.linspace(-1, 1, 20001)
    P = formulas.probability(parameters, np.stack([np.full_like(y, x), y], axis=1))[:, 0]
    return y[np.argmin(abs(P - 0.5))]


def test_point_of_the_third_stop_is_the_last_to_cross(stops, dataset, exact, wrong):
    (n,) = (int(n) - 1 for n in re.findall(r"point=(\d+)", stops[2]["at"]))
    assert dataset.X[n].tolist() == [-1, 0.5] and dataset.y[n] == 1
    assert f"P is only {exact(80)[0][n]:.3f}." in plain(stops[2])
    assert np.flatnonzero(wrong(131)[0]).tolist() == [n]


def test_all_points_are_right_as_the_fourth_stop_says(stops, history, dataset, wrong):
    """The two ends cross last; then all stays right, while the loss falls."""
    assert "Both ends of the lower parabola cross the line last" in plain(stops[3])
    assert history.accuracy[131] < 1 == history.accuracy[132:].min()
    last = dataset.X[wrong(129)[0]].abs().numpy()
    np.testing.assert_allclose(last, [[1, 0.5]] * len(last), atol=0.02)
    assert (np.diff(history.loss[132:]) < 0).all()


def test_rate_of_10_does_what_the_fifth_stop_says(stops, weights, dataset):
    """Trained again by the formulas, in float64."""
    X, t, parameters = dataset.X.double().numpy(), dataset.y.double().numpy(), weights(0)
    losses = [formulas.loss(parameters, X, t)]
    for _ in range(200):
        parameters = formulas.descend(parameters, X, t, 10)
        losses.append(formulas.loss(parameters, X, t))
    said = f"in two epochs the loss rises from {losses[0]:.2f} to {losses[2]:.2f}."
    assert said in plain(stops[4]) and max(losses) == losses[2]
    share = np.mean((formulas.probability(parameters, X) >= 0.5) != t)
    assert f"the loss is {losses[200]:.2f}, and {100 * share:.0f} % of the points" in plain(
        stops[4]
    )
    assert stops[4]["try"] == "fork=0~r10"
    assert "has learned with a rate of 3." in plain(stops[4])


# Any other run --------------------------------------------------------------------------------


def test_other_losses_or_fewer_points_have_the_tour_of_any_run(history):
    loss = history.loss.copy()
    loss[80] += 1e-4
    other = dataclasses.replace(history, loss=loss)
    few = Replay(history).to_html(max_points=500)
    named = dataclasses.replace(history, label="step")
    for document in (page_of(other), few, page_of(named)):
        assert plain(stops_of(document)[0]).startswith("The beginning. Training has not taken")
    assert "epoch" not in " ".join(map(plain, stops_of(page_of(named))))


RUNS = {
    "circles": lambda: trained("circles", (2,), "sigmoid", 3.0, epochs=60),
    "moons": lambda: trained("moons", (10, 2), "relu", 0.3, epochs=60),
    "classes": lambda: learned(blobs, 3, hidden=(2,), activation="sigmoid", rate=3.0),
    "ten": lambda: learned(blobs, 10),
    "numbers": lambda: learned(hills, rate=0.03),
    "graph": lambda: learned(hills, features=1, rate=0.03),
    "features": many_features,
    "none": lambda: trained("moons", (3,), "sigmoid", 3.0, epochs=5),
    "diverged": lambda: trained("moons", (2,), "relu", 1e20, epochs=50),
    "constant": lambda: trained("moons", (2,), "sigmoid", 1e-30, epochs=3),
    "diverged later": lambda: dataclasses.replace(RUNS["circles"](), diverged=True),
}


@pytest.mark.parametrize("kind", RUNS)
def test_tour_of_any_run_is_true(kind):
    history = RUNS[kind]()
    stops = stops_of(page_of(history))
    loss, accuracy, last = history.loss, history.accuracy, history.last
    assert [stops[k]["at"].split("&")[1] for k in (0, -1)] == ["epoch=0", f"epoch={last}"]
    asked = {stop.get("ask"): plain(stop) for stop in stops}
    assert (f"draw {last}" in asked) == (last > 0 and kind not in ("numbers", "features"))
    assert ("epoch fastest" in asked) == (last > 0 and (np.diff(loss) < 0).any())
    is_right = accuracy is not None and (accuracy == 1).any()
    assert ("epoch right" in asked) == (is_right and last > 0)
    if "epoch right" in asked:
        stays = accuracy[np.argmax(accuracy == 1) :].min() == 1
        assert ("They stay right" in asked["epoch right"]) == stays
    for stop in (stop for stop in stops if "accuracy stays" in plain(stop)):
        epoch = int(re.findall(r"epoch=(\d+)", stop["at"])[0])
        assert len(set(accuracy[epoch:])) == 1 < len(set(accuracy[epoch - 1 :]))
    assert ("diverged" in plain(stops[-1])) == (history.diverged and last > 0)


def test_accuracy_that_stays_is_found(monkeypatch):
    """From epoch 7 on, or from the next one that the page has, where it has every fifth."""
    circles = RUNS["circles"]()
    accuracy = np.full_like(circles.accuracy, 0.75)
    accuracy[6] = 0.5
    for most, epoch in ((payload.MAX_BASE64_BYTES, 7), (61 * 48 / 5, 10)):
        monkeypatch.setattr(payload, "MAX_BASE64_BYTES", most)
        history = dataclasses.replace(circles, accuracy=accuracy)
        (stop,) = (stop for stop in stops_of(page_of(history)) if "accuracy stays" in plain(stop))
        assert stop["at"].split("&")[1] == f"epoch={epoch}"


def test_any_label_and_held_out_points(held_out):
    label = "step\n\n[epoch 9] " + "x" * 2000
    document = page_of(dataclasses.replace(held_out, label=label))
    assert len(stops_of(document)) == 5 and "epoch=9" not in document
    accuracy = np.ones_like(held_out.accuracy)
    other = dataclasses.replace(held_out, accuracy=accuracy)
    words = " ".join(map(plain, stops_of(page_of(other))))
    assert "all points that it is trained on right? They stay right" in words


@pytest.mark.parametrize("classes", [3, 5])
def test_bend_is_named_where_there_is_one(classes):
    """A plane of three of more classes has none: the input plane has them all."""
    page = Replay(learned(blobs, classes, hidden=(8,), epochs=3)).to_html()
    assert ("Drag the slider Bend" in page) == ('id="bend"' in page) == (classes == 3)


@pytest.mark.parametrize("is_linear", [True, False])
def test_lines_are_called_straight_only_where_a_linear_layer_follows(is_linear):
    """Functional has a function between the layer that is shown and the output."""
    model = small() if is_linear else Functional()
    page = Recorder(model, X, Y, loss=LOGIT if is_linear else None).replay().to_html()
    assert ("is always straight" in page) == is_linear
    assert ("need not be straight" in page) != is_linear
