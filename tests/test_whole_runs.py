"""Both scripts from what is typed to the files they leave, and every fault a user can meet.

All of it runs in this process, where it takes no time to start.
"""

import importlib
import os
import re
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import GREEN, PURPLE, SCRIPTS
from helpers.scripts import (
    QUICK,
    assert_film_is_gone,
    assert_one_line,
    assert_whole,
    count_frames,
    earlier_files,
    fake_ffmpeg,
    files_of,
    names,
    runner,
    wait_for,
)
from matplotlib.image import imread
from PIL import Image

from torchreplay.data.example_sets import SETS


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a script in this process: its exit code, lines printed and told."""
    return runner(capsys, monkeypatch)


@pytest.fixture
def output(tmp_path):
    """An output folder with an earlier still and film in it."""
    return earlier_files(tmp_path / "outputs")


# What is made -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in SETS if name != "ball"])
def test_example_sets_through_both_scripts(run, tmp_path, name):
    """Still and film of a set, as --size and --epoch have them."""
    options = ("--data", name, "--epochs", "3", "--size", "180", "--epoch", "0", "3")
    for script in SCRIPTS:
        code, _, errors = run(script, *options, "--output-dir", tmp_path)
        assert (code, errors) == (0, [])
        assert count_frames(tmp_path / f"{script}.mp4", size=180) == 3
        for epoch in (0, 3):
            still = imread(tmp_path / f"{script}_epoch{epoch}_boundary_pytorch.png")
            assert still.shape == (180, 180, 4)


def test_ten_features_in_their_latent_space(run, tmp_path):
    network = ("--hidden", "10", "--latent", "--activation", "tanh", "--optimizer", "adam")
    options = ("--data", "ball", *network, "--epochs", "40", "--every", "10")
    options += ("--format", "png", "--size", "360")
    code, printed, errors = run("feature_space", *options, "--output-dir", tmp_path)
    assert (code, errors) == (0, [])
    assert len(names(tmp_path / "feature_space_frames")) == 5
    assert printed[-1] == str(tmp_path / "feature_space_frames")
    frame = imread(tmp_path / "feature_space_frames" / "epoch_0040.png")
    corners = {
        tuple(np.rint(255 * frame[row, column])) for row in (40, 320) for column in (60, 337)
    }
    assert corners <= {GREEN, PURPLE}
    accuracy = float(re.search(r"accuracy ([\d.]+)%", printed[0])[1])
    assert accuracy > 80


def test_own_data_with_names_and_words(run, tmp_path, monkeypatch):
    """Which label is which class is told, and that the features should be standardized."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    rows = ["width;height;kind"]
    for label, center in (("red", 2040), ("apple", 2010)):
        rows += [f"{x};{y};{label}" for x, y in random.normal((center, 0.5), (3, 0.1), (50, 2))]
    Path("fruit.csv").write_text("\n".join(rows))
    options = ("--data", "fruit.csv", *QUICK, "--output-dir", "out")
    code, _, errors = run("input_space", *options)
    assert code == 0
    told, spread = errors
    assert told == "class 0 (blue) is apple, class 1 (red) is red"
    assert re.match(r"width has mean 2,02\d and standard deviation 1\d\.", spread)
    assert "--standardize" in spread
    code, _, errors = run("input_space", *options, "--standardize", "--palette", "accessible")
    assert (code, errors) == (
        0,
        ["class 0 (blue circles) is apple, class 1 (orange crosses) is red"],
    )


def test_letters_that_no_font_has_are_told_in_a_line(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("letters.csv").write_text("\U00013000,b,kind\n0,1,0\n1,0,1\n", encoding="utf-8")
    options = ("--data", "letters.csv", *QUICK, "--output-dir", "out")
    code, _, errors = run("input_space", *options)
    assert code == 0
    assert_one_line(errors, "no installed font has \U00013000", "install one", "give other names")
    assert names(tmp_path / "out") == files_of("input_space", 3)


def test_gif_and_mp4_of_some_epochs(run, tmp_path):
    film = ("--format", "mp4", "gif", "--from", "0", "--every", "2", "--once", "--hold", "1")
    options = ("--epochs", "5", "--size", "240", *film, "--output-dir", tmp_path)
    code, printed, errors = run("feature_space", *options)
    assert (code, errors) == (0, [])
    assert names(tmp_path) == ["feature_space.gif", *files_of("feature_space", 5)]
    assert count_frames(tmp_path / "feature_space.mp4", size=240) == 4 + 20
    with Image.open(tmp_path / "feature_space.gif") as gif:
        assert (gif.n_frames, gif.size, "loop" in gif.info) == (4, (240, 240), False)
    assert [Path(line).name for line in printed[1:]] == [
        files_of("feature_space", 5)[1],
        "feature_space.mp4",
        "feature_space.gif",
    ]


def test_options_are_taken_from_the_working_directory(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("-0.5,0.5,0\n0.5,-0.5,1\n")
    options = ("--data", "mine.csv", "--output-dir", "new/folder", "--seed", "1", *QUICK)
    code, printed, errors = run("input_space", *options)
    assert (code, errors) == (0, [])
    assert names(tmp_path / "new" / "folder") == files_of("input_space", 3)
    still, film = (f"new/folder/{name}" for name in reversed(files_of("input_space", 3)))
    assert printed[1:] == [still, film]


def test_sampling_is_told_and_loss_and_accuracy_are_of_all_points(run, tmp_path):
    options = (*QUICK, "--output-dir", tmp_path)
    _, whole, _ = run("input_space", *options)
    code, sampled, errors = run("input_space", *options, "--max-points", "100")
    assert (code, sampled) == (0, whole)
    assert_one_line(errors, "drawing 100 of 2,000 points")


def test_size_and_dpi_say_the_same(run, tmp_path):
    """480 pixels of 6 inches are 80 pixels of an inch."""
    _, still = files_of("feature_space", 3)
    for option, value in (("--size", "480"), ("--dpi", "80")):
        folder = tmp_path / option
        options = (option, value, "--epochs", "3", "--format", "png", "--to", "1")
        assert run("feature_space", *options, "--output-dir", folder)[0] == 0
        with Image.open(folder / still) as image:
            assert image.size == (480, 480)
            assert image.info["dpi"] == pytest.approx((80, 80), abs=0.01)
    assert (tmp_path / "--size" / still).read_bytes() == (tmp_path / "--dpi" / still).read_bytes()


# What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "options", "parts"),
    [
        ("input_space", ("--data", "ball"), ("10 dimensions", "feature_space_visualization.py")),
        ("input_space", ("--data", "offset.csv"), ("offset.csv", "subtract an offset")),
        ("feature_space", ("--hidden", "2", "1"), ("1 dimension,", "--latent")),
        ("feature_space", ("--data", "ball", "--hidden", "1"), ("1 dimension,", "--latent")),
        (
            "feature_space",
            ("--data", "three.csv"),
            ("three.csv: column 3 (kind)", "another label in every line", "--positive"),
        ),
        ("feature_space", ("--data", "maybe.txt"), ("maybe.txt, line 2, column 2", "not a number")),
        ("input_space", ("--data", "circle"), ("no data set circle", "circles")),
        (
            "input_space",
            ("--hidden", "1000", "1000", "--epochs", "100000"),
            ("record", "GB", "--epochs"),
        ),
        (
            "feature_space",
            ("--compare", "hidden", "2", "2,1"),
            ("1 dimension,", "--latent"),
        ),
    ],
)
@pytest.mark.parametrize("folder", ["new", "outputs"])
def test_what_cannot_be_shown_is_refused(
    run, output, tmp_path, monkeypatch, script, options, parts, folder
):
    """No folder is made, and what stands in one is left alone."""
    monkeypatch.chdir(tmp_path)
    Path("three.csv").write_text("x,y,kind\n1,2,a\n3,4,b\n5,6,c\n")
    Path("offset.csv").write_text("10000000,1,a\n10000001,2,b\n")
    Path("maybe.txt").write_text("1 2 0\n1 maybe 1\n")
    code, printed, errors = run(script, *options, "--output-dir", folder)
    assert (code, printed) == (2, [])
    assert_one_line(errors, f"{script}_visualization.py: ", *parts)
    assert names(tmp_path) == ["maybe.txt", "offset.csv", "outputs", "three.csv"]
    assert_whole(output)


def test_divergence_shows_the_epochs_until_then(run, tmp_path):
    """Alone as in a comparison: in the film of four epochs the last ones are veiled."""
    options = ("--momentum", "0.999", "--epochs", "4", "--size", "240", "--format", "png")
    options += ("--views", "all", "--output-dir", tmp_path)
    code, printed, errors = run("feature_space", *options, "--learning-rate", "1e36")
    assert code == 1
    assert_one_line(errors, "diverged at epoch 2: lower --momentum, or set --learning-rate below")
    assert printed[0].startswith("epoch 1: ") and len(printed) == 3
    frames = tmp_path / "feature_space_views_frames"
    first, second, third, last = (imread(frames / name) for name in names(frames))
    assert (first != second).any()
    assert (second == third).all() and (third == last).all()


def test_saturation_is_told(run, tmp_path):
    options = (*QUICK, "--learning-rate", "1e30", "--output-dir", tmp_path)
    code, printed, errors = run("feature_space", *options)
    assert code == 0
    assert_one_line(errors, "the network is saturated", "set --learning-rate below 1e+30")
    assert printed[0] == "epoch 3: loss 1.039e+29, accuracy 50.00%"


def test_outcome_is_that_of_the_epochs_shown(run, tmp_path):
    options = ("--epochs", "6", "--epoch", "0", "3", "--to", "4", "--size", "240")
    code, printed, _ = run("input_space", *options, "--output-dir", tmp_path)
    assert code == 0
    assert [line.partition(":")[0] for line in printed[:-3]] == ["epoch 0", "epoch 3", "epoch 4"]


@pytest.mark.parametrize("views", ["all", "gradients", "weights", "network", "feature"])
def test_all_text_is_drawn_literally(run, tmp_path, monkeypatch, views):
    """Whatever stands in a table and in its name; alone, and in a comparison."""
    path = tmp_path / "na\udcffme$_$\x1b[2J.csv"
    path.write_text("$x_$,y^{$,kind\n0.5,1.5,$50_$100\n1,0.5,\\frac$^$\n")
    options = ("--data", path, "--epochs", "1", "--size", "240", "--format", "png")
    options += ("--output-dir", tmp_path / "outputs")
    for beside in (("--views", views), ("--compare", "seed", "1", "2")):
        code, _, errors = run("input_space", *options, *beside)
        assert (code, len(errors)) == (0, 1)
        assert errors[0] == r"class 0 (blue) is $50_$100, class 1 (red) is \frac$^$"


def test_adam_with_a_rate_beyond_all_bounds(run, tmp_path):
    for rate in ("1e37", "1e38", "1e300"):
        options = (*QUICK, "--optimizer", "adam", "--learning-rate", rate)
        code, _, errors = run("feature_space", *options, "--output-dir", tmp_path)
        assert code in (0, 1)
        assert_one_line(errors, f"set --learning-rate below {float(rate):g}")


def test_other_data_leaves_the_pictures_of_the_readme_alone(run, tmp_path, monkeypatch):
    """Without an output folder typed; what is printed can be typed to see them."""
    monkeypatch.setattr(importlib.import_module("input_space_visualization"), "__file__", "x/s.py")
    monkeypatch.chdir(tmp_path)
    Path("gif.csv").write_text("0.5,1.5,0\n1,0.5,1\n")
    code, printed, _ = run("input_space", "--data", "gif.csv", *QUICK)
    assert code == 0
    still, film = (f"x/outputs/data/gif/{name}" for name in reversed(files_of("input_space", 3)))
    assert printed[1:] == [still, film]
    assert names(tmp_path / "x" / "outputs") == ["data"]


def test_units_without_bounds_that_leave_all_bounds(run, output):
    options = ("--learning-rate", "1e18", "--activation", "relu", *QUICK, "--output-dir", output)
    code, _, errors = run("feature_space", *options)
    assert code == 1
    told, fault = errors
    assert "a hidden layer puts out the same for every point" in told
    assert_one_line([fault], "hidden units put out more than can be shown", "--learning-rate")
    assert_whole(output)


def test_output_folder_that_is_a_file(run, tmp_path):
    (tmp_path / "taken").write_text("from before")
    code, _, errors = run("feature_space", *QUICK, "--output-dir", tmp_path / "taken")
    assert code == 1
    assert_one_line(errors, str(tmp_path / "taken"), "--output-dir")
    assert (tmp_path / "taken").read_text() == "from before"


def test_folder_in_the_place_of_a_file_is_found_out_before_training(run, output):
    film, _ = files_of("input_space", 3)
    (output / film).mkdir()
    # Training would be found to diverge.
    options = (*QUICK, "--learning-rate", "1e300", "--output-dir", output)
    code, _, errors = run("input_space", *options)
    assert code == 1
    assert_one_line(errors, film, "is a folder: move it")
    (output / film).rmdir()
    assert_whole(output)


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of its own with room for a still, and not for a film."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine does not allow a file system to be mounted")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    ("form", "dpi", "left"),
    [
        ("mp4", "60", ["feature_space_epoch30"]),
        ("gif", "60", ["feature_space_epoch30"]),
        ("png", "60", ["feature_space_epoch30"]),
        ("mp4", "240", []),
    ],
)
def test_full_disk(run, tiny_disk, form, dpi, left):
    options = ("--epochs", "30", "--dpi", dpi, "--format", form, "--output-dir", tiny_disk)
    code, _, errors = run("feature_space", *options)
    assert code == 1
    assert_one_line(errors, "No space left on device")
    assert [name.partition("_boundary")[0] for name in names(tiny_disk)] == left


# The encoder ------------------------------------------------------------------------------------


@pytest.fixture
def run_with_ffmpeg(run, output, monkeypatch):
    """Runs a script with another ffmpeg into the output folder; it has to end with 1."""

    def run_with(ffmpeg, script, *options):
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(ffmpeg))
        code, printed, errors = run(script, *options, "--output-dir", output)
        assert code == 1
        return printed, errors

    return run_with


def test_ffmpeg_that_is_not_executable(run_with_ffmpeg, output, tmp_path):
    fake = fake_ffmpeg(tmp_path, "exit 0", mode=0o644)
    _, errors = run_with_ffmpeg(fake, "feature_space", *QUICK)
    assert_one_line(errors, str(fake), "Permission denied")
    assert_whole(output)


def test_ffmpeg_that_fails_to_tell_its_version(run_with_ffmpeg, output):
    _, errors = run_with_ffmpeg("/bin/false", "feature_space", *QUICK)
    assert_one_line(errors, "/bin/false -version ends with exit code 1", "IMAGEIO_FFMPEG_EXE")
    assert_whole(output)


def test_ffmpeg_that_dies_midway(run_with_ffmpeg, output, tmp_path):
    fake = fake_ffmpeg(
        tmp_path, "half_a_film; head -c 500000 > /dev/null; echo out of luck >&2; exit 9"
    )
    _, errors = run_with_ffmpeg(fake, "feature_space", *QUICK)
    assert_one_line(errors, str(fake), "exit code 9", "out of luck")
    assert_whole(output)


def test_ffmpeg_that_stops_reading_and_calls_it_done(run_with_ffmpeg, output, tmp_path):
    """It reads a byte: the three frames are larger than the pipe."""
    fake = fake_ffmpeg(tmp_path, "half_a_film; head -c 1 > /dev/null; exit 0")
    _, errors = run_with_ffmpeg(fake, "feature_space", *QUICK)
    assert_one_line(errors, str(fake), "no film", "exit code 0")
    assert_whole(output)


def test_missing_ffmpeg_still_gives_the_still(run_with_ffmpeg, output):
    printed, errors = run_with_ffmpeg("/no/such/ffmpeg", "feature_space", *QUICK)
    assert_one_line(errors, "/no/such/ffmpeg", "IMAGEIO_FFMPEG_EXE")
    still = output / files_of("feature_space", 3)[1]
    assert printed[1:] == [str(still)]
    assert_whole(output)
    assert imread(still).shape == (300, 300, 4)


def test_missing_ffmpeg_is_found_out_before_training(run_with_ffmpeg, output):
    options = ("--learning-rate", "1e300")
    _, (first, second) = run_with_ffmpeg("/no/such/ffmpeg", "feature_space", *QUICK, *options)
    assert "/no/such/ffmpeg" in first
    assert "diverged" in second
    assert_whole(output)


def test_frames_as_png_need_no_ffmpeg(run, run_with_ffmpeg, output, tmp_path, monkeypatch):
    """What else is asked for is not made, which is told."""
    frames = output / "feature_space_frames"
    printed, errors = run_with_ffmpeg(
        "/no/such/ffmpeg", "feature_space", *QUICK, "--format", "gif", "png", "mp4"
    )
    assert_one_line(errors, "/no/such/ffmpeg", "IMAGEIO_FFMPEG_EXE")
    still = output / files_of("feature_space", 3)[1]
    assert printed[1:] == [str(still), str(frames)]
    epochs = ["epoch_0001.png", "epoch_0002.png", "epoch_0003.png"]
    assert names(frames) == epochs
    shutil.rmtree(frames)
    assert_whole(output)

    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/such/ffmpeg")
    folder = tmp_path / "other"
    code, _, errors = run("feature_space", *QUICK, "--format", "png", "--output-dir", folder)
    assert (code, errors) == (0, [])
    assert names(folder) == [files_of("feature_space", 3)[1], "feature_space_frames"]
    assert names(folder / "feature_space_frames") == epochs


# Signals ----------------------------------------------------------------------------------------


@pytest.fixture
def stop_when():
    """Sends a signal to this process once a condition holds; if too late, it fails the test."""
    threads = []

    def too_late(signum, frame):
        raise AssertionError(f"signal {signum} came after the run")

    def stop_when(condition, number):
        def wait_and_stop():
            wait_for(condition)
            os.kill(os.getpid(), number)

        threads.append(threading.Thread(target=wait_and_stop))
        threads[-1].start()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, too_late) for number in signals}
    yield stop_when
    for thread in threads:
        thread.join()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_stopped_before_anything_is_made(run, output, stop_when):
    """While the network is trained: the folder in which files are to grow is made just before."""
    stop_when(lambda: list(output.glob(".*")), signal.SIGINT)
    code, printed, errors = run("feature_space", "--epochs", "100000", "--output-dir", output)
    assert (code, printed) == (130, [])
    assert_one_line(errors, "SIGINT")
    assert_whole(output)


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [
        (signal.SIGINT, 130, "SIGINT"),
        (signal.SIGTERM, 143, "SIGTERM"),
        (signal.SIGHUP, 129, "SIGHUP"),
    ],
)
def test_stopped_while_the_film_is_made(run, output, stop_when, number, code, name):
    stop_when(lambda: list(output.glob(".*/*.mp4")), number)
    options = ("--epochs", "400", "--size", "240", "--output-dir", output)
    returned, printed, errors = run("feature_space", *options)
    assert (returned, printed) == (code, [])
    assert_one_line(errors, name)
    assert_film_is_gone(output, epochs=400, size=240)


def test_numbers_too_large_for_the_network_are_told(run, tmp_path, monkeypatch):
    """The initialization itself puts out what is not finite, alone and in a comparison."""
    monkeypatch.setattr("torchreplay.data.tables.MAX_FEATURE", np.inf)
    X = 3e38 * np.random.default_rng(1).choice([-1, 1], (20, 60))
    np.savetxt(tmp_path / "wide.csv", np.column_stack([X, np.arange(20) % 2]))
    options = ("--data", tmp_path / "wide.csv", "--hidden", "10", "2", "--activation", "relu")
    for more in ((), ("--compare", "seed", "1", "2")):
        code, _, errors = run("feature_space", *options, *more, "--output-dir", tmp_path / "new")
        assert code == 1
        assert "puts out more than can be shown: try --standardize" in errors[-1]
    assert not (tmp_path / "new").exists()


def test_quiet_run_prints_what_goes_wrong_alone(run, run_with_ffmpeg, output):
    """Neither a remark, as on points that are not drawn, nor an outcome; its files are made."""
    options = (*QUICK, "--max-points", "100", "--quiet")
    assert run("feature_space", *options, "--format", "png", "-o", output) == (0, [], [])
    assert imread(output / files_of("feature_space", 3)[1]).shape == (300, 300, 4)
    printed, errors = run_with_ffmpeg("/no/such/ffmpeg", "feature_space", *options)
    assert printed == []
    assert_one_line(errors, "/no/such/ffmpeg")


def test_a_refusal_is_all_that_is_told(run, tmp_path):
    options = ("--data", "ball", "--hidden", "1", "--max-points", "10")
    code, _, errors = run("feature_space", *options, "--output-dir", tmp_path)
    assert code == 2
    assert len(errors) == 1


def table(path):
    """Write a table of 60 points with three features and a label."""
    random = np.random.default_rng(1)
    rows = ["length,width,height,kind"]
    for kind, middle in (("a", 0), ("b", 2)):
        rows += [f"{x:.3f},{y:.3f},{z:.3f},{kind}" for x, y, z in random.normal(middle, 1, (30, 3))]
    path.write_text("\n".join(rows))


@pytest.mark.parametrize("typed", [("--slice", "2", "31", "60"), ("--features-shown", "1", "3")])
def test_slices_of_more_features(run, tmp_path, monkeypatch, typed):
    monkeypatch.chdir(tmp_path)
    table(Path("table.csv"))
    options = ("--data", "table.csv", *QUICK, *typed, "--output-dir")
    code, _, errors = run("input_space", *options, "alone")
    assert (code, len(errors)) == (0, 1)
    assert names(tmp_path / "alone") == files_of("input_space", 3)
    code, _, errors = run("feature_space", *options, "beside", "--views", "input", "loss")
    assert (code, len(errors)) == (0, 1)
    code, _, _ = run("input_space", *options, "many", "--compare", "seed", "1", "2")
    assert code == 0


@pytest.mark.parametrize(
    ("script", "typed", "parts"),
    [
        (
            "input_space",
            (),
            ("has 3 dimensions, not 2", "--features-shown two of them; --slice shows"),
        ),
        ("input_space", ("--slice", "1", "2", "61"), ("--slice 1 2 61: give three different",)),
        ("input_space", ("--slice", "1", "2", "2"), ("by their numbers, 1 to 60",)),
        (
            "input_space",
            ("--features-shown", "1", "4"),
            ("features 1 and 4: 4 is none of length, width, height",),
        ),
        (
            "input_space",
            ("--features-shown", "kind", "width"),
            ("kind is none of length, width, height",),
        ),
        (
            "input_space",
            ("--features-shown", "2", "width"),
            ("give two different ones of length, width",),
        ),
        (
            "feature_space",
            ("--views", "input", "--features-shown", "depth", "width"),
            ("features depth and width: depth is none of length, width",),
        ),
        (
            "input_space",
            ("--features-shown", "width", "heigth"),
            ("heigth is none", "mean height?"),
        ),
        (
            "feature_space",
            ("--views", "input"),
            ("leave out --views input, or choose a slice by --features-shown or --slice",),
        ),
        ("feature_space", ("--bend",), ("; choose --features A B of a file, or leave out --bend",)),
    ],
)
def test_slices_that_there_are_not_are_refused_before_training(
    run, tmp_path, monkeypatch, script, typed, parts
):
    monkeypatch.chdir(tmp_path)
    table(Path("table.csv"))
    options = ("--data", "table.csv", *QUICK, *typed, "--output-dir", "out")
    code, printed, errors = run(script, *options)
    assert (code, printed) == (2, [])
    assert_one_line(errors, *parts)
    assert not Path("out").exists()


def test_a_plane_has_no_slice(run, tmp_path):
    code, _, errors = run("input_space", *QUICK, "--slice", "1", "2", "3", "-o", tmp_path / "out")
    assert code == 2
    assert_one_line(errors, "no more than two features: it is shown whole")
