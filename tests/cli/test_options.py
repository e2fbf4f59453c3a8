"""Options as they are typed: what is refused, what they default to, and what is made of them."""

import contextlib
import copy
import inspect
import io
import itertools
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.scripts import PROJECT, assert_one_line, lines
from hypothesis import given
from hypothesis import strategies as some

import common
from torchreplay import Film
from torchreplay.cli.options import Options, parse_options
from torchreplay.data import example_sets
from torchreplay.data.dataset import hold_out, make_dataset
from torchreplay.data.example_sets import SETS
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE

FOLDER = Path("beside the scripts")
RUN = {
    "data": {"source": FOLDER / "datasets.txt", "standardized": False},
    "seed": 41,
    "network": {"hidden": [2], "activation": "sigmoid", "latent": False},
    "training": {
        "epochs": 200,
        "learning_rate": 3.0,
        "batch_size": None,
        "optimizer": "sgd",
        "momentum": 0.0,
        "weight_decay": 0.0,
        "augment": 0.0,
    },
    "search": {},
}
TYPED = (  # words that together mean something now and then
    "--data moons --points 9 --label --features x --drop --positive --hidden 2 10,2 --epochs 3"
    " --epoch 0 --from 1 --to --every --compare seed optimizer adam sgd --momentum 0.5"
    " --learning-rate 1e9 --format gif --fps 60 --views loss --size 240 --help --seed=1"
)
GRID = ("--compare", "seed", "1", "2", "--compare", "hidden", "2", "3")
DOCUMENT = PROJECT / "docs" / "options.md"


def parse(*arguments):
    return parse_options("", FOLDER, arguments)


def data_of(*arguments):
    """What a single run is to load."""
    return parse(*arguments).trainings[""]["data"]


def run_with(**changes):
    """The settings of the default run, some of them changed."""
    run = copy.deepcopy(RUN)
    for group in (run, run["data"], run["network"], run["training"]):
        group.update({name: changes[name] for name in group if name in changes})
    return run


def test_defaults():
    assert parse() == Options(
        record={"load_from": None, "save_to": None},
        trainings={"": RUN},
        space={
            "epochs": list(range(1, 201)),
            "max_points": 10_000,
            "classes": (),
            "span": (),
            "size": 720,
            "compared": {},
        },
        picture={"views": [], "palette": "classic", "mark_errors": False, "legend": True},
        film={"epochs": list(range(1, 201)), "fps": 20.0, "hold": 0.0, "loop": True},
        bend={},
        page={},
        not_on_page=[],
        output={
            "folder": FOLDER / "outputs",
            "suffix": "",
            "stills": [200],
            "still_forms": ["png"],
            "has_bend": False,
            "forms": ["mp4"],
        },
        reported=[200, 200],
        quiet=False,
    )


def test_functions_default_to_what_the_options_default_to():
    """Defaults are spelled out where `common` tells its story, and once more in the options."""
    options = parse_options("", PROJECT, [])
    run = options.trainings[""]
    compared = set()
    for function, handed in (
        (common.load_dataset, run["data"]),
        (common.make_network, run["network"]),
        (common.Network, run["network"]),
        (common.train, run["training"]),
        (common.collect, options.space),
        (SpaceReplay.picture, options.picture),
        (Film, options.film),
    ):
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.default is not inspect.Parameter.empty and name in handed:
                compared.add(name)
                value, default = handed[name], parameter.default
                if isinstance(value, list) or name == "compared":
                    value, default = list(value), list(default or ())
                assert value == default, f"{name} of {function.__name__}"
    assert {"source", "hidden", "epochs", "learning_rate", "optimizer", "size", "fps"} <= compared
    for function in (common.load_dataset, example_sets.make, make_dataset, hold_out):
        assert inspect.signature(function).parameters["seed"].default == 13


def test_every_option_reaches_its_place():
    typed = (
        "--data moons --points 100 --noise 0.2 --data-seed 5 --standardize --validation 0.2"
        " --hidden 10 2 --activation tanh --latent"
        " --epochs 50 --learning-rate 0.5 --batch-size 25 --momentum 0.9"
        " --weight-decay 0.01 --augment 0.1 --seed 7"
        " --epoch 50 0 50 --palette accessible --mark-errors --views all network surface"
        " --plane hidden.weight[0,1] output.bias"
        " --classes-shown 0 1 2 --max-points 80 --dpi 40 --no-legend"
        " --format gif png gif --from 2 --to 40 --every 10 --fps 25 --hold 1.5 --once"
        " --still svg png svg -o there --save-record run.npz --quiet"
    )
    assert parse(*typed.split()) == Options(
        record={"load_from": None, "save_to": Path("run.npz")},
        trainings={
            "": {
                "data": {
                    "source": "moons",
                    "points": 100,
                    "noise": 0.2,
                    "seed": 5,
                    "standardized": True,
                    "validation": 0.2,
                },
                "seed": 7,
                "network": {"hidden": [10, 2], "activation": "tanh", "latent": True},
                "training": {
                    "epochs": 50,
                    "learning_rate": 0.5,
                    "batch_size": 25,
                    "optimizer": "sgd",
                    "momentum": 0.9,
                    "weight_decay": 0.01,
                    "augment": 0.1,
                },
                "search": {},
            }
        },
        space={
            "epochs": [0, 2, 12, 22, 32, 40, 50],
            "max_points": 80,
            "classes": ("0", "1", "2"),
            "span": (),
            "size": 240,
            "compared": {},
        },
        picture={
            "views": ["all", "network", ("surface", "hidden.weight[0,1]", "output.bias")],
            "palette": "accessible",
            "mark_errors": True,
            "legend": False,
        },
        film={"epochs": [2, 12, 22, 32, 40], "fps": 25.0, "hold": 1.5, "loop": False},
        bend={},
        page={},
        not_on_page=[],
        output={
            "folder": Path("there"),
            "suffix": "_views",
            "stills": [50, 0],
            "still_forms": ["svg", "png"],
            "has_bend": False,
            "forms": ["gif", "png"],
        },
        reported=[50, 0, 40],
        quiet=True,
    )


def test_options_that_depend_on_others():
    typed = "--optimizer adam --size 480 --epochs 9 --epoch 3 0 3 --from 0 --to 8 --every 4"
    options = parse(*typed.split())
    assert options.trainings == {"": run_with(optimizer="adam", learning_rate=0.1, epochs=9)}
    assert options.space["size"] == 480
    assert options.output["stills"] == [3, 0]
    assert options.film["epochs"] == [0, 4, 8]
    assert options.space["epochs"] == [0, 3, 4, 8]
    assert parse("--epochs", "50").output["stills"] == [50]
    assert parse("--every", "60").film["epochs"] == [1, 61, 121, 181, 200]
    assert parse("--from", "0", "--to", "0").film["epochs"] == [0]
    assert parse("--optimizer", "adam", "--learning-rate", "2").trainings == {
        "": run_with(optimizer="adam", learning_rate=2.0)
    }
    assert parse("--format", "gif").film["loop"] is True
    assert parse("--hidden", "10,2").trainings == parse("--hidden", "10", "2").trainings
    assert parse("--batch-size", "all") == parse()


def test_a_set_made_by_formula_has_2000_points_and_seed_13():
    dataset = common.load_dataset(**data_of("--data", "moons"))
    X, y = example_sets.make("moons", points=2000, noise=0.1, seed=13)
    np.testing.assert_array_equal(dataset.X, X)
    np.testing.assert_array_equal(dataset.y, y)


def test_classes_and_numbers_reach_the_data():
    dataset = common.load_dataset(**data_of("--data", "blobs", "--classes", "5"))
    assert (len(dataset.classes), len(dataset.y)) == (5, 2000)
    assert len(common.load_dataset(**data_of("--data", "corners")).y) == 4
    own = data_of("--data", "own.csv", "--regression")
    assert own == {"source": Path("own.csv"), "standardized": False, "regression": True}


@pytest.mark.parametrize("path", ["elsewhere/moons", "./moons", "moons/", "Moons"])
def test_only_the_bare_name_of_a_set_is_a_set(path):
    source = data_of("--data", path)["source"]
    assert source == Path(path) and source not in SETS


def test_columns_of_a_file():
    typed = [
        "--label",
        "kind",
        "--features",
        "2-9",
        "3",
        "--drop",
        "4",
        "--positive",
        "setosa",
        "--drop",
        "x",
        "5-6",
    ]
    assert data_of("--data", "own.csv", *typed) == {
        "source": Path("own.csv"),
        "standardized": False,
        "label": "kind",
        "features": ["2-9", "3"],
        "drop": ["4", "x", "5-6"],
        "positive": "setosa",
    }


@pytest.mark.parametrize(
    ("data", "folder"),
    [
        ("moons", "outputs/data/moons"),
        ("there/own.csv", "outputs/data/own"),
        ("gif.csv", "outputs/data/gif"),
        ("./moons", "outputs/data/moons"),
        ("..csv", "outputs/data/points"),
        ("...csv", "outputs/data/points"),
        (".hidden.csv", "outputs/data/hidden"),
        (FOLDER / "datasets.txt", "outputs"),
        ("datasets.txt", "outputs/data/datasets"),
    ],
)
def test_pictures_of_other_data_have_a_folder_of_their_own(data, folder):
    assert parse("--data", str(data)).output["folder"] == FOLDER / folder
    assert parse("--data", str(data), "--output-dir", "outputs").output["folder"] == Path("outputs")


def test_layers_between_commas_or_blanks():
    for typed in (["10", "3,2"], ["10,3", "2"], ["10 3 2"], [" 10, 3 ,2"]):
        assert parse("--hidden", *typed).trainings[""]["network"]["hidden"] == [10, 3, 2]
    compared = parse("--compare", "hidden", "10 2", "3,2", "4").trainings
    assert [run["network"]["hidden"] for run in compared.values()] == [[10, 2], [3, 2], [4]]


@pytest.mark.properties
@given(words=some.lists(some.sampled_from(TYPED.split()) | some.text(max_size=6), max_size=6))
def test_whatever_is_typed_is_understood_or_refused_in_a_line(words):
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            options = parse(*words)
        except SystemExit as exit:
            assert exit.code == (2 if told.getvalue() else 0)
            assert not told.getvalue() or len(lines(told.getvalue())) == 1
        else:
            assert options.space["epochs"] and options.trainings
            assert told.getvalue() == ""


@pytest.mark.properties
@given(values=some.lists(some.integers(0, 2**32 - 1), min_size=2, max_size=6, unique=True))
def test_values_of_a_comparison_are_those_of_the_option(values):
    runs = parse("--compare", "seed", *map(str, values)).trainings.values()
    assert [run["seed"] for run in runs] == values
    rates = [str(value + 0.5) for value in values]
    runs = parse("--compare", "learning-rate", *rates).trainings
    for rate, run in runs.items():
        assert {"": run} == parse("--learning-rate", rate).trainings


@pytest.mark.parametrize(
    ("name", "values", "changes", "suffix"),
    [
        ("learning-rate", "0.3 3", {"learning_rate": [0.3, 3.0]}, "_compare_learning_rate"),
        ("activation", "tanh relu", {"activation": ["tanh", "relu"]}, "_compare_activation"),
        ("hidden", "2 10,2 3", {"hidden": [[2], [10, 2], [3]]}, "_compare_hidden"),
        ("seed", "6 5 4 3 2 1", {"seed": [6, 5, 4, 3, 2, 1]}, "_compare_seed"),
        ("batch-size", "500 all", {"batch_size": [500, None]}, "_compare_batch_size"),
        (
            "optimizer",
            "sgd adam",
            {"optimizer": ["sgd", "adam"], "learning_rate": [3.0, 0.1]},
            "_compare_optimizer",
        ),
        ("momentum", "0 0.9", {"momentum": [0.0, 0.9]}, "_compare_momentum"),
        ("epochs", "7 200", {"epochs": [7, 200]}, "_compare_epochs"),
        ("latent", "no yes", {"latent": [False, True]}, "_compare_latent"),
        ("data", "moons xor", {"source": ["moons", "xor"]}, "_compare_data"),
    ],
)
def test_runs_of_a_comparison(name, values, changes, suffix):
    """They differ in what is compared, in the order typed, and in nothing else."""
    values = values.split()
    options = parse("--compare", name, *values)
    assert list(options.trainings) == values
    for k, value in enumerate(values):
        assert options.trainings[value] == run_with(
            **{setting: settings[k] for setting, settings in changes.items()}
        )
    assert options.output["suffix"] == suffix
    assert (
        parse("--compare", name, *values, "--views", "loss").output["suffix"] == f"{suffix}_views"
    )
    plain, compared = parse(), {name.replace("-", " "): values}
    assert options.picture == plain.picture
    assert (options.space, options.film) == (plain.space | {"compared": compared}, plain.film)


def test_two_comparisons_make_a_grid_of_columns_by_rows():
    """Row by row: every value of the second option with all of the first one."""
    typed = [
        "--data",
        "moons",
        "--compare",
        "learning-rate",
        "1",
        "3",
        "10",
        "--compare",
        "validation",
        "0",
        "0.5",
    ]
    options = parse(*typed)
    rates, shares = ["1", "3", "10"], ["0", "0.5"]
    names = [f"learning-rate {rate}, validation {share}" for share in shares for rate in rates]
    assert list(options.trainings) == names
    for name, (share, rate) in zip(names, itertools.product(shares, rates), strict=True):
        alone = parse("--data", "moons", "--learning-rate", rate, "--validation", share)
        assert options.trainings[name] == alone.trainings[""]
    assert options.output["suffix"] == "_compare_learning_rate_validation"
    assert options.space["compared"] == {"learning rate": rates, "validation": shares}


def test_words_of_a_value_stand_between_commas():
    typed = [
        "--data",
        "own.csv",
        "--compare",
        "features",
        "1,2",
        "size,3",
        "--compare",
        "hidden",
        "4,2",
        "3",
    ]
    runs = parse(*typed).trainings.values()
    assert [run["data"]["features"] for run in runs] == 2 * [["1", "2"], ["size", "3"]]
    assert [run["network"]["hidden"] for run in runs] == [[4, 2], [4, 2], [3], [3]]


def test_columns_left_out_are_compared():
    runs = parse("--data", "own.csv", "--compare", "drop", "1", "1,x").trainings.values()
    assert [run["data"]["drop"] for run in runs] == [["1"], ["1", "x"]]


def test_a_comparison_of_epochs_is_as_long_as_the_longest_run():
    options = parse("--compare", "epochs", "7", "20", "5")
    assert options.film["epochs"] == list(range(1, 21))
    assert options.reported == [20, 20]


def test_other_options_hold_for_all_runs_of_a_comparison():
    typed = "--hidden 3 --compare seed 1 2 --learning-rate 1 --epochs 9 --activation tanh"
    same = {"hidden": [3], "learning_rate": 1.0, "epochs": 9, "activation": "tanh"}
    assert parse(*typed.split()).trainings == {
        "1": run_with(seed=1, **same),
        "2": run_with(seed=2, **same),
    }
    rates = parse("--compare", "optimizer", "sgd", "adam", "--learning-rate", "0.5").trainings
    assert [run["training"]["learning_rate"] for run in rates.values()] == [0.5, 0.5]


def test_arguments_are_those_of_the_script_if_none_are_given(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["script.py", "--seed", "5"])
    assert parse_options("", FOLDER).trainings == {"": run_with(seed=5)}


@pytest.mark.parametrize(
    ("flag", "low", "high"),
    [
        ("--points", "4", "1000000"),
        ("--noise", "0", "10"),
        ("--classes", "2", "20"),
        ("--data-seed", "0", "4294967295"),
        ("--hidden", "1", "1000"),
        ("--epochs", "1", "100000"),
        ("--batch-size", "1", "1000000"),
        ("--momentum", "0", "0.999"),
        ("--weight-decay", "0", "10"),
        ("--validation", "0", "0.9"),
        ("--augment", "0", "1000000"),
        ("--seed", "0", "4294967295"),
        ("--max-points", "2", "1000000"),
        ("--size", "120", "8190"),
        ("--dpi", "20", "1365"),
        ("--every", "1", "100000"),
        ("--fps", "0.1", "240"),
        ("--hold", "0", "600"),
    ],
)
def test_ends_of_a_range_are_accepted_and_what_is_beyond_is_not(capsys, flag, low, high):
    for value in (low, high):
        parse("--data", "blobs", flag, value)
    for value in (float(low) - 1, float(high) + 1):
        with pytest.raises(SystemExit) as exit:
            parse("--data", "blobs", flag, f"{value:.0f}")
        assert exit.value.code == 2
        assert_one_line(lines(capsys.readouterr().err), flag, f"'{value:.0f}'")


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (("--epochs", "0"), ("--epochs", "'0' is not a whole number from 1")),
        (("--epochs", "-5"), ("--epochs",)),
        (("--epochs", "2.5"), ("--epochs",)),
        (("--learning-rate", "0"), ("--learning-rate", "not a positive, finite number")),
        (("--learning-rate", "-1"), ("--learning-rate",)),
        (("--learning-rate", "nan"), ("--learning-rate",)),
        (("--learning-rate", "inf"), ("--learning-rate",)),
        (("--learning-rate", "fast"), ("--learning-rate", "'fast'")),
        (("--seed", "-1"), ("--seed",)),
        (("--dpi", "19"), ("--dpi", "from 20 to 1,365")),
        (("--dpi", "1e9"), ("--dpi",)),
        (("--fps", "0"), ("--fps", "from 0.1 to 240")),
        (("--fps", "nan"), ("--fps",)),
        (("--data", ""), ("--data", "empty")),
        (("--output-dir", ""), ("--output-dir", "empty")),
        (("--colour", "red"), ("--colour",)),
        (("--epo", "3"), ("--epo",)),
        (("stray",), ("stray",)),
        (("--data", "moons", "--points", "3"), ("--points", "from 4 to 1,000,000")),
        (("--data", "moons", "--noise", "-1"), ("--noise", "from 0 to 10")),
        (("--data", "moons", "--data-seed", "x"), ("--data-seed", "not a whole number")),
        (("--hidden", "0"), ("--hidden", "from 1 to 1,000")),
        (("--hidden", "2", "1001"), ("--hidden", "'1001'")),
        (("--hidden", "10,"), ("--hidden", "'' is not a whole number")),
        (("--hidden",), ("--hidden", "at least one")),
        (("--activation", "step"), ("--activation", "'step'", "sigmoid")),
        (("--batch-size", "0"), ("--batch-size", "from 1")),
        (("--optimizer", "lbfgs"), ("--optimizer", "'lbfgs'", "adam")),
        (("--momentum", "1"), ("--momentum", "from 0 to 0.999")),
        (("--max-points", "1"), ("--max-points",)),
        (("--epoch", "-1"), ("--epoch", "from 0")),
        (("--palette", "gray"), ("--palette", "'gray'", "accessible")),
        (("--views", "lossy"), ("--views", "'lossy'", "gradients")),
        (("--size", "119"), ("--size", "from 120 to 8,190")),
        (("--still", "jpg"), ("--still", "'jpg'", "svg")),
        (("--format", "avi"), ("--format", "'avi'", "mp4")),
        (("--every", "0"), ("--every", "from 1")),
        (("--hold", "-1"), ("--hold", "from 0 to 600")),
        (("--hold", "nan"), ("--hold",)),
        # right one by one, wrong together
        (("--points", "100"), ("--points", "not for a file")),
        (("--noise", "0.1"), ("--noise", "not for a file")),
        (("--data", "own.csv", "--data-seed", "1"), ("--data-seed", "not for a file")),
        (("--data", "./moons", "--points", "9"), ("--points", "not for a file")),
        (("--data", "moons", "--label", "1"), ("--label is for a file",)),
        (("--data", "moons", "--features", "1", "2"), ("--features is for a file",)),
        (("--data", "moons", "--positive", "1"), ("--positive is for a file",)),
        (("--data", "moons", "--drop", "1"), ("--drop is for a file",)),
        (("--data", "sine", "--regression"), ("--regression is for a file",)),
        (("--regression", "--positive", "1"), ("--positive is for classes: leave it out, or",)),
        (("--data", "moons", "--classes", "3"), ("--classes is for --data blobs",)),
        (("--data", "sine", "--classes", "3"), ("--classes is for --data blobs",)),
        (("--classes", "3"), ("--classes is for --data blobs",)),
        (("--lable", "1"), ("unrecognized arguments: --lable 1: do you mean --label?",)),
        (("--hiden=3",), ("unrecognized arguments: --hiden=3: do you mean --hidden?",)),
        (("--xyz",), ("unrecognized arguments: --xyz (see --help)",)),
        (("--optimizer", "adam", "--momentum", "0.9"), ("--momentum", "adam")),
        (("--size", "480", "--dpi", "80"), ("--size", "--dpi")),
        (("--epoch", "0", "201"), ("--epoch 201", "200 --epochs")),
        (("--epochs", "50", "--to", "51"), ("--to 51", "50 --epochs")),
        (("--from", "11", "--to", "10"), ("--from 11", "10")),
        (("--from", "201"), ("--from 201", "200")),
        (("--once",), ("--once", "--format gif")),
        (("--loop",), ("--loop",)),
        (("--format", "mp4", "gif", "--fps", "60"), ("gif", "50 frames", "--fps")),
        (("--format", "png", "--hold", "1"), ("--hold", "mp4 and gif")),
        # of a comparison
        (("--compare", "seed"), ("two to six values",)),
        (("--compare", "seed", "1"), ("two to six values",)),
        (("--compare", "seed", *"1234567"), ("two to six values",)),
        (("--compare", "seed", "1", "1"), ("1 is there twice",)),
        (("--compare", "learning-rate", "1", "1.0"), ("1.0 is there twice",)),
        (("--compare", "hidden", "10,2", "10,02"), ("10,02 is there twice",)),
        (("--compare", "hidden", "10,2", "10 2"), ("10 2 is there twice",)),
        (("--compare", "seed", "1", "2", "--seed", "3"), ("leave out --seed",)),
        (("--seed=3", "--compare", "seed", "1", "2"), ("leave out --seed",)),
        (("--compare", "seed", "1", "2,--epochs,2"), ("--seed: '2,--epochs,2' is not a whole",)),
        (("--compare", "hidden", "2", "3,--help"), ("--hidden: '--help' is not a whole",)),
        (("--compare", "size", "120", "240"), ("--compare size: not one of data, label,",)),
        (("--compare", "latent", "no", "on"), ("--compare latent: 'on' is neither no nor yes",)),
        (("--compare", "noise", "0", "1"), ("--noise is for sets made by formula",)),
        (("--compare", "epochs", "2", "3", "--to", "4"), ("--to 4 comes after the last of 3",)),
        (
            ("--compare", "seed", "1", "2", "--compare", "seed", "3", "4"),
            ("--compare seed is there twice",),
        ),
        (
            tuple(f"--compare={k}" for k in range(3)),
            ("--compare stands for columns and rows: give it at most twice",),
        ),
        (
            ("--compare", "seed", "1", "2", "--compare", "hidden", "2"),
            ("--compare hidden needs two to six values",),
        ),
        (("--compare", "activation", "tanh", "step"), ("--activation: invalid choice: 'step'",)),
        (("--save-record", "run.npz/"), ("--save-record", "run.npz/ names a folder: name a file")),
        (("--record", "run.npz/"), ("--record", "run.npz/ names a folder: name a file")),
        (("--compare", "hidden", "2", "10,x"), ("'x' is not a whole number",)),
        (("--compare", "seed", "1", "2,3"), ("--seed: '2,3' is not a whole number",)),
        (("--plane", "a", "b", "--views", "loss"), ("--plane is for --views surface",)),
        (("--slice", "1", "2"), ("--slice: expected 3 arguments",)),
        (("--slice", "0", "1", "2"), ("--slice: '0' is not a whole number from 1",)),
        (("--features-shown", "a"), ("--features-shown: expected 2 arguments",)),
        (("--classes-shown", "3", "5"), ("--classes-shown: expected 3 arguments",)),
        (
            ("--classes-shown", "a", "b", "c", "--format", "html"),
            ("--classes-shown is for stills",),
        ),
        (("--features-shown", "a", "b", "c"), ("--features-shown: expected 2 arguments",)),
        (("--slice", "1", "2", "3", "4", "5"), ("--slice: expected 3 arguments",)),
        (("--no-legend", "yes"), ("unrecognized arguments: yes (see --help)",)),
        (("--slice", "1", "2", "3", "--xyz"), ("unrecognized arguments: --xyz (see --help)",)),
        (
            ("--slice", "1", "2", "3", "--features-shown", "a", "b"),
            ("--slice and --features-shown contradict each other",),
        ),
        (("--tour", "tour.txt"), ("--tour is for --format html",)),
        (("--tour", "", "--format", "html"), ("argument --tour: it is empty",)),
        (
            ("--slice", "1", "2", "3", "--format", "mp4", "html"),
            ("--slice is for stills and films, not for --format html",),
        ),
        (
            ("--compare", "seed", "1", "2", "--views", "loss", "losses"),
            ("--compare goes with the --views loss and gradients alone",),
        ),
        (
            (*GRID, "--views", "gradients"),
            ("--compare twice goes with the --views loss alone",),
        ),
        (
            ("--compare", "optimizer", "sgd", "adam", "--momentum", "0.9"),
            ("--momentum is for --optimizer sgd",),
        ),
    ],
)
def test_bad_option_is_refused(capsys, typed, parts):
    with pytest.raises(SystemExit) as exit:
        parse(*typed)
    assert exit.value.code == 2
    assert_one_line(lines(capsys.readouterr().err), "(see --help)", *parts)


def test_data_seed_is_for_a_file_of_which_points_are_held_out():
    data = data_of("--data-seed", "5", "--validation", "0.5")
    assert (data["seed"], data["validation"]) == (5, 0.5)


@pytest.mark.parametrize(
    ("space", "own", "other"),
    [(INPUT_SPACE, "input", "feature"), (FEATURE_SPACE, "feature", "input")],
)
def test_a_space_is_not_shown_beside_itself(capsys, space, own, other):
    shown = parse_options("", FOLDER, ["--views", other, "loss"], space)
    assert shown.picture["views"] == [other, "loss"]
    with pytest.raises(SystemExit) as exit:
        parse_options("", FOLDER, ["--views", "loss", own], space)
    assert exit.value.code == 2
    assert_one_line(lines(capsys.readouterr().err), f"--views {own}", "(see --help)")


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        (("--slice", "7", "1", "150"), ("7", "1", "150")),
        (("--features-shown", "width", "3"), ("width", "3")),
    ],
)
def test_a_slice_is_of_the_input_space(capsys, typed, span):
    """In the other space it is for the view of the input space, without which it is refused."""
    shown = parse_options("", FOLDER, [*typed, "--views", "loss"], INPUT_SPACE)
    assert (shown.space["span"], shown.picture["views"]) == (span, ["loss"])
    beside = parse_options("", FOLDER, [*typed, "--views", "loss", "input"], FEATURE_SPACE)
    assert (beside.space["span"], beside.picture["views"]) == ((), ["loss", ("input", *span)])
    with pytest.raises(SystemExit) as exit:
        parse_options("", FOLDER, [*typed, "--views", "loss"], FEATURE_SPACE)
    assert exit.value.code == 2
    refusal = f"{typed[0]} is for the input space: add --views input"
    assert_one_line(lines(capsys.readouterr().err), refusal)


def test_help_tells_every_option_and_its_default(capsys, monkeypatch):
    """It says the same as the table in docs/options.md."""
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as exit:
        parse("--help")
    output = capsys.readouterr().out
    assert exit.value.code == 0
    text = " ".join(output.split())
    table = re.findall(r"(?m)^\| `(--[a-z-]+)[^|]*\| ([^|]+) \|", DOCUMENT.read_text())
    assert len(table) == 54
    assert {flag for flag, _ in table} == set(re.findall(r"(?m)^  (--[a-z-]+)", output))
    for flag, default in table:
        assert re.search(rf" {flag} [^()]*?\(default: {re.escape(default.strip('`'))}\)", text)
    for group in (
        "data",
        "network",
        "training",
        "picture",
        "comparison",
        "search",
        "film",
        "output",
    ):
        assert f"\n{group}:\n" in output


VALUES = {  # of each option that pictures and films have, another one than its default
    "--format": ("html", "gif"), "--from": ("2",), "--to": ("5",), "--every": ("3",),
    "--fps": ("7",), "--hold": ("2",), "--bend": ("3",), "--once": (),
    "--palette": ("accessible",), "--mark-errors": (), "--no-legend": (), "--max-points": ("9",),
    "--views": ("loss",), "--plane": ("a", "b"), "--features-shown": ("1", "2"),
    "--slice": ("1", "2", "3"), "--classes-shown": ("0", "1", "2"),
    "--size": ("300",), "--dpi": ("60",), "--title": ("A",),
    "--epoch": ("3",), "--still": ("pdf",),
}  # fmt: skip
NEVER_WITH_A_PAGE = ("--features-shown", "--slice", "--classes-shown")


@pytest.mark.parametrize("flag", VALUES)
def test_options_that_do_not_change_the_page_are_named(flag):
    """An option changes the arguments of the page, or is said to change nothing."""
    before = ("--format", "html", "gif", "--views", "surface", "--epochs", "9")
    typed = (flag, *VALUES[flag])
    if flag in NEVER_WITH_A_PAGE:
        with pytest.raises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
            parse_options("", FOLDER, [*before, *typed], space=FEATURE_SPACE)
        return
    plain, other = (
        parse_options("", FOLDER, [*before, *more], space=FEATURE_SPACE) for more in ((), typed)
    )
    assert plain.not_on_page == ["--views"]
    is_changed = (other.page, other.trainings) != (plain.page, plain.trainings)
    expected = {"--views", *([] if is_changed or flag == "--format" else [flag])}
    assert set(other.not_on_page) == expected


def test_each_option_of_pictures_and_films_is_known_to_change_the_page_or_not():
    """The table of options has no other one in these groups."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), pytest.raises(SystemExit):
        parse("--help")
    groups = re.split(r"(?m)^(\w+):$", text.getvalue())
    of_group = dict(zip(groups[1::2], groups[2::2], strict=True))
    found = [flag for name in ("picture", "film", "output")
             for flag in re.findall(r"(?m)^  (--[\w-]+)", of_group[name])]  # fmt: skip
    assert set(found) - set(VALUES) <= {"--output-dir", "--quiet", "--version", "--tour"}
    assert set(VALUES) <= set(found)


def test_nothing_is_said_of_options_without_a_page():
    assert parse("--views", "loss", "--size", "300").not_on_page == []
