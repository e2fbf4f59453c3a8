"""Many runs trained together: each is what it is if trained alone, and the best is found."""

import dataclasses
import itertools
from functools import partial

import numpy as np
import pytest
import torch
from conftest import ROUNDING, full_redraw, moved
from helpers.scripts import PROJECT, assert_one_line, runner
from torch import nn

import common
from torchreplay.cli.checks import check_runs
from torchreplay.cli.options import parse_options
from torchreplay.data.dataset import make_dataset
from torchreplay.errors import TooLargeError, UserError
from torchreplay.models.activations import ACTIVATIONS
from torchreplay.models.tasks import TWO_CLASSES
from torchreplay.replay.replay import Replay
from torchreplay.training import search as module
from torchreplay.training.many_networks import FUNCTIONS, SHARED, Block
from torchreplay.training.optimizers import make_optimizer
from torchreplay.training.search import Search, search_memory, train_together
from torchreplay.views.search_map import DIVERGED_COLOR, LOSSES, SearchMap

EPOCHS = 4
TOLERANCE = 1e-5  # of a loss, as docs/views.md states it
CHANGE = 2.0**-14  # of parameters, far above rounding
GRID = ("--search", "learning-rate", "0.3:30", "weight-decay", "1e-4:0.1", "--runs", "6")
DIVERGING = (
    *("--data", "moons", "--activation", "relu"),
    *("--search", "learning-rate", "0.01:1e30", "--runs", "9"),
)


def options_of(*arguments):
    typed = ["--epochs", str(EPOCHS), "--epoch", "4", "--from", "0", "--size", "240", *arguments]
    return parse_options("", PROJECT, typed)


def setting(options):
    """The training that was typed, its Dataset, and what makes the network that runs begin with."""
    (one,) = options.trainings.values()
    dataset = common.load_dataset(**one["data"])
    return one, dataset, partial(common.make_seeded, dataset, one["seed"], **one["network"])


def each_alone(options, search, change=lambda network: network):
    """The losses of the runs of a Search when each is trained alone: like `search.losses`.

    change: what is done to the network before.
    """
    one, dataset, make = setting(options)
    found = np.full_like(search.losses, np.nan)
    for k, run in enumerate(search.runs):
        history = common.train(change(make()), dataset, **one["training"] | run)
        for losses, metrics in zip(found, history.metrics, strict=True):
            loss = metrics["loss"]
            losses[: len(loss), k] = loss
    return found


def both(options):
    """The Search of what was typed, and the losses of its runs when each is trained alone."""
    one, dataset, make = setting(options)
    settings = one["training"]
    parts = partial(common.batches, dataset, settings["batch_size"], settings["augment"])
    search = train_together(make(), one["search"], dataset, parts, **settings)
    return search, each_alone(options, search)


def shaken(network, seed):
    """A network whose parameters change by a share of them, at random, before each update."""
    seeds = itertools.count(1000 * seed)

    def shake(*_):
        if network.training:  # it is recorded in evaluation mode
            moved(network, CHANGE, next(seeds))

    network.logit.register_forward_pre_hook(shake)
    return network


def assert_equal_but_for_rounding(options, search, alone):
    """Assert that losses differ by no more than the order of sums can make of them.

    In a pass a term for each point is added up, and each addition rounds, up or down: that is the
    root of their number in roundings, and by chance up to four times as much. It does no more than
    a change of all parameters by this share before each pass. What such changes do to a run is
    measured with larger ones, which stand out from rounding.
    """
    error = 4 * ROUNDING * np.sqrt(len(setting(options)[1].y))
    changed = [each_alone(options, search, partial(shaken, seed=seed)) for seed in range(3)]
    growth = np.maximum.accumulate(np.abs(changed / alone - 1).max(axis=0) / CHANGE, axis=1)
    bound = error * np.maximum(growth, 1)
    np.testing.assert_array_less(np.abs(search.losses / alone - 1), bound)


@pytest.mark.parametrize(
    "typed",
    [
        "",  # the network of the published run, which is trained by BCELoss
        "--data moons --points 60 --hidden 5 --latent --activation relu --standardize",
        "--data circles --points 90 --hidden 10 2 --activation tanh --batch-size 40 --momentum 0.5",
        "--data ball --points 50 --hidden 3 2 --optimizer adam --batch-size 20",
        "--data moons --points 60 --standardize --augment 0.2 --validation 0.3",
        "--data blobs --classes 5 --points 90 --hidden 8 2 --activation tanh --batch-size 40",
        "--data hills --points 60 --hidden 6 --optimizer adam --validation 0.3",
    ],
)
def test_every_run_equals_itself_trained_alone(typed, monkeypatch):
    """In blocks of a few runs, of which the last one is smaller."""
    monkeypatch.setattr(module, "block_size", lambda *_: 4)
    options = options_of(*typed.split(), *GRID)
    search, alone = both(options)
    assert search.loss.shape == (EPOCHS + 1, 6)
    assert_equal_but_for_rounding(options, search, alone)
    assert len(alone) == 1 + ("--validation" in typed)
    assert len(np.unique(search.loss[-1])) == 6


def test_momentum_and_saturation_equal_a_single_run():
    """Where P is rounded to 0 or 1, BCELoss has no gradient left: runs stay where they are."""
    grid = ("--search", "learning-rate", "1e2:1e5", "momentum", "0.1:0.9", "--runs", "6")
    search, (alone,) = both(options_of(*grid))
    np.testing.assert_allclose(search.loss, alone, rtol=TOLERANCE)
    assert alone[-1].max() > 100


@pytest.mark.parametrize(
    "typed", ["--points 40 --hidden 3", "--points 60 --hidden 5 --batch-size 15 --seed 3"]
)
def test_a_run_that_diverges_touches_no_other(typed):
    """Its loss is NaN from the epoch on at which a run alone ends.

    Rounding has no say in that: no logit comes within a factor of 100 of the largest number there
    is in single precision, and all before it are smaller.
    """
    options = options_of(*typed.split(), *DIVERGING)
    search, alone = both(options)
    np.testing.assert_array_equal(np.isnan(search.losses), np.isnan(alone))
    lost = np.isnan(search.loss[-1])
    assert 0 < lost.sum() < len(lost) == 9
    assert_equal_but_for_rounding(options, search, alone)


@pytest.mark.parametrize("typed", ["", "--batch-size 10"])
def test_no_run_is_lost_that_goes_on_alone(typed):
    """Even if terms of a sum are infinite, which is a number or not by the order of the terms.

    Sums of the second layer are such, and the activation makes zeros of them.
    """
    typed = f"--data moons --points 40 --hidden 3 2 --activation relu {typed}"
    grid = ("--search", "learning-rate", "0.1:1e30", "--runs", "9")
    search, alone = both(options_of(*typed.split(), *grid))
    assert not (np.isnan(search.losses) & ~np.isnan(alone)).any()


@pytest.mark.parametrize(
    ("optimizer", "size", "rate"), [("sgd", 1e36, 1e-37), ("adam", 1e21, 1e-3)]
)
def test_gradients_are_in_range_where_they_are_alone(optimizer, size, rate):
    """Their sum over the points is not, for sgd, nor are their squares, for adam."""
    made = make_dataset("moons")
    dataset = dataclasses.replace(made, X=size * made.X)
    network = common.Network(hidden=())
    nn.init.constant_(network.logit[0].weight, 0.01)
    settings = {"epochs": EPOCHS, "optimizer": optimizer}
    parts = partial(common.batches, dataset)
    search = train_together(network, {"learning_rate": [rate]}, dataset, parts, **settings)
    alone = common.train(network, dataset, learning_rate=rate, **settings)
    np.testing.assert_allclose(search.loss[:, 0], alone.loss, rtol=TOLERANCE)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_run_makes_no_more_updates_in_an_epoch_without_a_loss(optimizer, dataset):
    """It goes on in the next one, as one does that was not given the batches of this one."""
    one, other = (
        Block(common.make_seeded(dataset, 41), TWO_CLASSES, [SHARED], optimizer) for _ in range(2)
    )
    start, batch = one.parameters.clone(), (dataset.X.T, dataset.y.T)
    one.update_in_parts([(torch.nan * dataset.X.T, dataset.y.T), batch])
    assert torch.equal(one.parameters, start)
    for block in (one, other):
        block.update_in_parts([batch, batch])
        assert not torch.equal(block.parameters, start)
    assert torch.equal(one.parameters, other.parameters)


@pytest.mark.parametrize(("hidden", "stops"), [((2,), False), ((3,), True)])
def test_infinite_logits_stop_a_run_as_they_do_alone(dataset, hidden, stops):
    """BCELoss, on which the published network is trained, is a number then; others have none."""
    network = common.Network(hidden=hidden)
    for value in network.logit[-1].parameters():
        nn.init.constant_(value, 3e38)
    settings = SHARED | {"learning_rate": 1.0, "weight_decay": 0.5}
    block = Block(network, TWO_CLASSES, [settings], "sgd")
    start = block.parameters.clone()
    block.update_in_parts([(dataset.X.T, dataset.y.T)])
    loss = common.loss_of(network, dataset.X, dataset.y)
    assert loss.isnan() == torch.equal(block.parameters, start) == stops
    if not stops:
        loss.backward()
        make_optimizer("sgd", network.parameters(), *settings.values()).step()
        alone = torch.cat([value.detach().flatten() for value in network.parameters()])
        np.testing.assert_allclose(block.parameters[0], alone, rtol=TOLERANCE)


def test_all_activations_are_known():
    assert {getattr(nn, known.module) for known in ACTIVATIONS.values()} <= set(FUNCTIONS)


def test_descent_of_a_single_weight_is_known():
    """Of one linear unit on one point: w ← w − rate · (σ(w x) − y) x, for w and the bias alike."""
    dataset = dataclasses.replace(
        make_dataset("moons", points=4), X=torch.tensor([[2.0, -1.0]]), y=torch.tensor([[1.0]])
    )
    network = common.Network(hidden=())
    rates = [0.1, 1.0]
    parts = partial(common.batches, dataset)
    search = train_together(network, {"learning_rate": rates}, dataset, parts, epochs=3)
    weight, bias = (value.detach().double().numpy().ravel() for value in network.parameters())
    for k, rate in enumerate(rates):
        w, x = np.array([*weight, *bias]), np.array([2.0, -1.0, 1.0])
        for epoch in range(4):
            p = 1 / (1 + np.exp(-w @ x))
            assert search.loss[epoch, k] == pytest.approx(-np.log(p), rel=1e-5)
            w = w - rate * (p - 1) * x


@pytest.fixture(scope="module")
def found():
    """What was typed, and the History of the best run."""
    options = options_of(*GRID)
    return options, common.train_all({"": common.load_dataset()}, options.trainings)


def test_the_best_run_is_replayed_as_if_it_were_trained_alone(found):
    options, histories = found
    (history,) = histories.values()
    search = history.search
    best = search.runs[np.argmin(search.loss[-1])]
    assert best == {name: history.training[name] for name in best}
    torch.manual_seed(41)
    settings = options.trainings[""]["training"] | best
    alone = common.train(common.Network(), history.dataset, **settings)
    np.testing.assert_array_equal(history.loss, alone.loss)
    np.testing.assert_array_equal(search.loss[:, search.best], alone.loss)


def test_a_run_that_is_worse_alone_is_not_the_best(found):
    """Whichever is best then is trained alone, too."""
    (history,) = found[1].values()
    losses = np.array([[1.0, 1.0, 1.0], [0.3, 0.1, 0.2]])
    search, asked = Search({"momentum": [1.0, 2.0, 3.0]}, losses), []

    def train(momentum):
        asked.append(momentum)
        last = {2.0: 0.4, 3.0: 0.25}[momentum]
        return dataclasses.replace(history, loss=np.array([1.0, last]))

    best = search.confirm(train)
    assert asked == [2.0, 3.0]
    np.testing.assert_array_equal(best.search.loss[-1], [0.3, 0.4, 0.25])
    assert best.loss[-1] == best.search.judged[best.search.best] == 0.25
    np.testing.assert_array_equal(losses[-1], [0.3, 0.1, 0.2])


def test_the_best_runs_are_trained_alone_as_long_as_there_are_others(found):
    """Those whose loss is worse alone, or which diverge, are not among them."""
    (history,) = found[1].values()
    losses = np.array([[1.0] * 5, [0.3, 0.1, 0.2, 0.4, np.nan]])
    search, asked = Search({"momentum": [1.0, 2.0, 3.0, 4.0, 5.0]}, losses), []

    def train(momentum):
        asked.append(momentum)
        ends = {2.0: [0.9], 3.0: [], 1.0: [0.3], 4.0: [0.35]}[momentum]
        return dataclasses.replace(history, loss=np.array([1.0, *ends]))

    best = search.confirm(train, 2)
    assert asked == [2.0, 3.0, 1.0, 4.0]
    assert list(best.search.alone) == best.search.ranking[:2] == [0, 3]
    assert [each.loss[-1] for each in best.search.alone.values()] == [0.3, 0.35]
    assert best.loss[-1] == 0.3 and best.search.name(3) == "momentum 4"
    assert list(search.confirm(train, 9).search.alone) == [0, 3, 1]


def test_the_points_held_out_decide():
    losses = np.array([[1.0, 1.0], [0.1, 0.2]]), np.array([[1.0, 1.0], [0.5, 0.3]])
    assert Search({"momentum": [1.0, 2.0]}, losses[0]).best == 0
    assert Search({"momentum": [1.0, 2.0]}, *losses).best == 1


def test_all_runs_diverged():
    with pytest.raises(UserError, match=r"all 2 runs .*: give param_grid= lower values"):
        Search({"momentum": [1.0, 2.0]}, np.full((3, 2), np.nan)).best  # noqa: B018


def test_memory_is_asked_for_before_training(monkeypatch, dataset, spaces):
    """A record of 8 bytes an epoch and run, twice, while a run is replaced in it."""
    grid = {"learning_rate": [1.0] * 100, "momentum": [0.1] * 100}
    (record, name, remedy), (computed, *_) = search_memory(common.Network(), dataset, grid, 99)
    assert (record, name) == (16e6, "the record of 10,000 runs")
    assert str(TooLargeError(remedy)) == "lower runs="
    assert computed < 1e8
    monkeypatch.setattr("torchreplay.system.memory.free_memory", lambda: 2e8)
    options = options_of(*GRID[:-1], "10000", "--epochs", "99999")
    with pytest.raises(TooLargeError, match=r"the record of 10,000 runs would take 16.0 GB"):
        check_runs({"": dataset}, {"": common.Network()}, spaces.values(), options.trainings)


# What was typed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "grid"),
    [
        (
            "learning-rate 0.01:1 momentum 0.1:0.9 --runs 7",
            {"learning_rate": [0.01, 0.1, 1.0], "momentum": [0.1, 0.9]},
        ),
        ("weight-decay 1e-4:1 --runs 5", {"weight_decay": [1e-4, 1e-3, 1e-2, 0.1, 1.0]}),
    ],
)
def test_grid_is_log_spaced(typed, grid):
    assert options_of("--search", *typed.split()).trainings[""]["search"] == grid


def test_values_can_be_typed_again():
    """They have four digits, in 20 columns by 20 rows."""
    typed = ("--search", "learning-rate", "0.03:30", "weight-decay", "1e-5:0.1")
    grid = options_of(*typed).trainings[""]["search"]
    assert list(grid) == ["learning_rate", "weight_decay"]
    for values in grid.values():
        assert len(values) == 20
        assert all(float(f"{value:.4g}") == value for value in values)
        np.testing.assert_allclose(
            np.diff(np.log(values)), np.log(values[-1] / values[0]) / 19, 2e-3
        )


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("--search learning-rate 3:1", ("learning-rate 3:1: give LOW:HIGH",)),
        ("--search learning-rate 0:1", ("0:1: give LOW:HIGH, two positive numbers",)),
        ("--search learning-rate a:b", ("a:b: give LOW:HIGH",)),
        ("--search learning-rate 1", ("learning-rate 1: give LOW:HIGH",)),
        ("--search learning-rate 1:inf", ("1:inf: give",)),
        ("--search learning-rate 1:1.001", ("too narrow for 400",)),
        ("--search learning-rate", ("each with its LOW:HIGH",)),
        ("--search seed 1:9", ("--search seed: not one of learning-rate, weight-decay",)),
        ("--search momentum 0.1:2", ("--search momentum: argument --momentum: '2' is not a",)),
        ("--search momentum 0.1:0.9 --optimizer adam", ("--momentum is for --optimizer sgd",)),
        ("--search momentum 0.1:0.9 --momentum 0.5", ("leave out --momentum",)),
        ("--search learning-rate 1:2 learning-rate 1:3", ("two different ones",)),
        ("--search learning-rate 1:2 --runs 20000", ("--runs", "from 4 to 10,000")),
        ("--runs 20", ("--runs is for --search",)),
        ("--search learning-rate 1:2 --compare seed 1 2", ("--search and --compare do not go",)),
        ("--record run.npz --search learning-rate 1:2", ("leave out --search",)),
    ],
)
def test_bad_search_is_refused(capsys, typed, parts):
    with pytest.raises(SystemExit) as exit:
        parse_options("", PROJECT, typed.split())
    assert exit.value.code == 2
    assert_one_line(capsys.readouterr().err.splitlines(), "(see --help)", *parts)


def test_script_tells_the_best_values_as_they_are_typed(tmp_path, capsys, monkeypatch):
    """And running with them alone ends at the same loss."""
    run = runner(capsys, monkeypatch)
    quick = ("--epochs", "3", "--size", "120", "--format", "png", "--output-dir", tmp_path)
    code, printed, errors = run("input_space", *quick, *GRID)
    assert (code, errors) == (0, [])
    first, epoch, *files = printed
    assert first.startswith("best of 6 runs: --learning-rate ")
    assert all("input_space" in file and "_search" in file for file in files)
    _, typed = first.split(": ")
    code, alone, _ = run("input_space", *quick, *typed.partition(",")[0].split())
    assert alone[0] == epoch


# The map ----------------------------------------------------------------------------------------


def pictured(options, histories, space, **changes):
    """The picture of the best run and the map, and the view of the map."""
    replays = {name: Replay(history) for name, history in histories.items()}
    size = {"size": changes.pop("size")} if "size" in changes else {}
    picture = common.collect(replays, space, **options.space | size).picture(
        **options.picture | changes
    )
    return picture, next(v for v in picture.parts[0].views if isinstance(v, SearchMap))


def test_map_shows_every_run_in_its_place(found, spaces):
    options, histories = found
    (history,) = histories.values()
    picture, view = pictured(options, histories, spaces["feature_space"])
    axes, search = view.image.axes, history.search
    (rates, decays), first = search.param_grid.values(), history.loss[0]
    for epoch in (4, 0, 2):
        picture.draw(epoch)
        cells = view.image.get_array()
        assert cells.shape == (len(decays), len(rates), 4)
        for run, loss in zip(search.runs, search.loss[epoch], strict=True):
            column = rates.index(run["learning_rate"])
            cell = cells[decays.index(run["weight_decay"]), column]
            np.testing.assert_array_equal(cell, LOSSES(view.norm(loss), bytes=True))
    assert view.norm.vmax == pytest.approx(first)
    assert view.norm.vmin == pytest.approx(min(search.loss.min(), first / 2))
    best = search.runs[search.best]
    assert [*zip(*view.star.get_data(), strict=True)] == [tuple(best.values())]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("learning rate", "weight decay")
    (words,) = axes.get_legend().get_texts()
    assert words.get_text().startswith("best: learning rate")


def test_star_stands_in_the_cell_of_the_best_run(found, spaces):
    """And each cell has its color where the values of its run are, on logarithmic axes, too."""
    picture, view = pictured(*found, spaces["input_space"])
    frame, axes = picture.draw(4), view.image.axes
    rates, decays = view.search.param_grid.values()
    pixels = axes.transData.transform([[*run.values()] for run in view.search.runs]).astype(int)
    best = view.search.runs[view.search.best]
    np.testing.assert_allclose(view.star.get_xydata(), [[*best.values()]])
    for run, (x, y) in zip(view.search.runs, pixels, strict=True):
        row, column = decays.index(run["weight_decay"]), rates.index(run["learning_rate"])
        if run != best:
            np.testing.assert_array_equal(frame[-y, x], view.image.get_array()[row, column])


@pytest.fixture(scope="module")
def along():
    """A search of one hyper-parameter, some runs of which diverge."""
    options = options_of("--points", "40", "--hidden", "3", *DIVERGING)
    return options, common.train_all(common.load_datasets(options.trainings), options.trainings)


def test_map_of_one_hyper_parameter_grows_with_the_epochs(along, spaces):
    picture, view = pictured(*along, spaces["input_space"])
    for epoch in (3, 1):
        picture.draw(epoch)
        cells = view.image.get_array()
        assert cells.shape == (EPOCHS + 1, 9, 4)
        white = (cells == 255).all(axis=-1)
        assert not white[: epoch + 1].any() and white[epoch + 1 :].all()
        assert view.star.get_ydata() == [epoch]
    lost = np.isnan(view.search.loss[:2])
    diverged = (cells[:2, :, :3] == tuple(bytes.fromhex(DIVERGED_COLOR[1:]))).all(axis=-1)
    np.testing.assert_array_equal(diverged, lost)
    assert lost.any()
    assert [text.get_text() for text in view.image.axes.get_legend().get_texts()][1] == "diverged"


def test_frame_equals_a_full_redraw(found, along, spaces):
    for one, changes in ((found, {}), (along, {"palette": "accessible", "legend": False})):
        picture, view = pictured(*one, spaces["input_space"], **changes)
        assert (view.image.axes.get_legend() is None) == bool(changes)
        for epoch in (4, 1):
            frame = picture.draw(epoch).copy()
            np.testing.assert_array_equal(full_redraw(picture, epoch), frame)


def test_map_stands_beside_views_and_nothing_overlaps(found, spaces):
    options, histories = found
    views = ["search_map", "all", "weights"]
    picture, view = pictured(options, histories, spaces["feature_space"], views=views, size=480)
    picture.draw(4)
    renderer = picture.canvas.get_renderer()
    boxes = [axes.get_tightbbox(renderer) for axes in picture.figure.axes]
    box = view.image.axes.get_tightbbox(renderer)
    for other, axes in zip(boxes, picture.figure.axes, strict=True):
        assert axes is view.image.axes or not box.overlaps(other)
    width, height = picture.size
    assert box.x0 > 0 and box.y0 > 0 and box.x1 < width and box.y1 < height


@pytest.mark.parametrize("form", ["svg", "pdf"])
def test_stills_of_a_search_are_vector_graphics_too(found, spaces, tmp_path, form):
    picture, _ = pictured(*found, spaces["input_space"])
    picture.save(tmp_path / f"still.{form}", 4)
    head = {"svg": b"<?xml", "pdf": b"%PDF"}[form]
    assert (tmp_path / f"still.{form}").read_bytes().startswith(head)
