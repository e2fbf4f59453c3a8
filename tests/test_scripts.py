"""The scripts as a user runs them, and every fault a user can meet."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import GREEN, PURPLE, SCRIPTS, decode
from example_sets import SETS
from matplotlib.image import imread
from options import INCHES, PROJECT, parse_options
from PIL import Image
from replay import replay

from common import FIGURE_INCHES, find_ffmpeg

QUICK = ("--epochs", "3", "--dpi", "50")


def start(script, *options, project=PROJECT, ffmpeg=None, prefix=(), **settings):
    """Start a script as a user does, in a process of its own; capitals set the environment."""
    variables = {name: settings.pop(name) for name in list(settings) if name.isupper()}
    environment = {**os.environ, **variables}
    environment.pop("IMAGEIO_FFMPEG_EXE", None)
    if ffmpeg:
        environment["IMAGEIO_FFMPEG_EXE"] = str(ffmpeg)
    command = [*prefix, sys.executable, str(project / f"{script}_visualization.py"), *options]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **settings}
    return subprocess.Popen(list(map(str, command)), env=environment, **settings)


def finish(process):
    """Wait for a script: its exit code, standard output and standard error."""
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def run(*arguments, **settings):
    return finish(start(*arguments, **settings))


def assert_one_line(errors, *parts):
    assert errors.count("\n") == 1 and errors.endswith("\n"), errors
    assert "Traceback" not in errors
    for part in parts:
        assert part in errors


def wait_for(condition):
    """Wait until a condition holds, a minute at the most."""
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def files_of(script, epochs):
    return [f"{script}.mp4", f"{script}_epoch{epochs}_boundary_pytorch.png"]


@pytest.fixture
def output(tmp_path):
    """An output folder with an earlier still and film in it."""
    folder = tmp_path / "outputs"
    folder.mkdir()
    for name in files_of("feature_space", 3):
        (folder / name).write_text("from before")
    return folder


def assert_whole(folder):
    """Nothing is in the folder but an older or a whole still, and the film of before."""
    assert names(folder) == files_of("feature_space", 3)
    film_path, still_path = (folder / name for name in files_of("feature_space", 3))
    assert film_path.read_bytes() == b"from before"
    if still_path.read_bytes() != b"from before":
        assert imread(still_path).shape == (300, 300, 4)


def test_both_at_once_from_elsewhere_in_an_awkward_path(tmp_path, pictures):
    project = tmp_path / "Zoë's Ordner für Bilder"
    project.mkdir()
    for file in (*PROJECT.glob("*.py"), PROJECT / "datasets.txt"):
        shutil.copy(file, project)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    processes = [start(script, project=project, cwd=elsewhere) for script in SCRIPTS]
    for script, (code, output, errors) in zip(SCRIPTS, map(finish, processes), strict=True):
        assert (code, errors) == (0, "")
        assert output.startswith("epoch 200: loss 0.0652, accuracy 100.00%\n")
        for name in files_of(script, 200):
            assert name in output

    assert names(elsewhere) == []
    expected = [name for script in sorted(SCRIPTS) for name in files_of(script, 200)]
    assert names(project / "outputs") == expected
    for script in SCRIPTS:
        film, still = (project / "outputs" / name for name in files_of(script, 200))
        assert len(decode(film)) == 200
        assert ((imread(still) * 255).round() == pictures[script].draw(200)).all()


@pytest.mark.parametrize("script", SCRIPTS)
def test_two_runs_give_the_same_bytes_under_any_settings(tmp_path, script):
    """The second run is started where a matplotlibrc and an odd environment try to interfere."""
    rc = "axes.facecolor: red\nlines.linewidth: 5\npath.sketch: 2, 50, 3\nfont.size: 20\n"
    (tmp_path / "matplotlibrc").write_text(rc)
    odd = {"MPLBACKEND": "nonsense", "PYTHONIOENCODING": "ascii"}
    plain = start(script, *QUICK, "--output-dir", tmp_path / "a")
    other = start(script, *QUICK, "--output-dir", tmp_path / "ö", cwd=tmp_path, **odd)
    for process in (plain, other):
        code, _, errors = finish(process)
        assert (code, errors) == (0, "")
    for name in files_of(script, 3):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "ö" / name).read_bytes()


def test_closed_streams(output):
    script = PROJECT / "feature_space_visualization.py"
    command = shlex.join(map(str, [sys.executable, script, *QUICK, "--output-dir", output]))
    assert subprocess.run(["sh", "-c", f"{command} >&- 2>&-"]).returncode == 0
    assert len(decode(output / files_of("feature_space", 3)[0], size=300)) == 3


def test_two_runs_at_once_into_one_folder_leave_whole_files(output):
    processes = [start("feature_space", *QUICK, "--output-dir", output) for _ in range(2)]
    assert [finish(process)[0] for process in processes] == [0, 0]
    assert names(output) == files_of("feature_space", 3)
    film, still = (output / name for name in files_of("feature_space", 3))
    assert len(decode(film, size=300)) == 3
    assert imread(still).shape == (300, 300, 4)


def test_options_are_taken_from_the_working_directory(tmp_path):
    (tmp_path / "mine.csv").write_text("-0.5,0.5,0\n0.5,-0.5,1\n")
    options = ("--data", "mine.csv", "--output-dir", "new/folder", "--seed", "1", *QUICK)
    code, output, errors = run("input_space", *options, cwd=tmp_path)
    assert (code, errors) == (0, "")
    assert names(tmp_path / "new" / "folder") == files_of("input_space", 3)
    still, film = (f"new/folder/{name}" for name in reversed(files_of("input_space", 3)))
    assert output.splitlines()[1:] == [still, film]


def test_sampling_is_told_and_loss_and_accuracy_are_of_all_points(tmp_path):
    options = (*QUICK, "--output-dir", tmp_path)
    _, whole, _ = run("input_space", *options)
    code, sampled, errors = run("input_space", *options, "--max-points", "100")
    assert (code, sampled) == (0, whole)
    assert_one_line(errors, "drawing 100 of 2,000 points")


def test_help_tells_every_option_and_its_default():
    code, output, _ = run("feature_space", "--help")
    assert code == 0
    text = " ".join(output.split())
    table = re.findall(
        r"(?m)^\| `(--[a-z-]+)[^|]*\| ([^|]+) \|", (PROJECT / "README.md").read_text()
    )
    assert len(table) == 31
    for flag, default in table:
        assert re.search(rf" {flag} [^()]*?\(default: {re.escape(default.strip('`'))}\)", text)
    for group in ("data", "network", "training", "picture", "film", "output"):
        assert f"\n{group}:\n" in output


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--epochs", "0"), ("--epochs", "'0' is not a whole number from 1")),
        (("--epochs", "-5"), ("--epochs",)),
        (("--epochs", "2.5"), ("--epochs",)),
        (("--learning-rate", "0"), ("--learning-rate", "not a positive, finite number")),
        (("--learning-rate", "-1"), ("--learning-rate",)),
        (("--learning-rate", "nan"), ("--learning-rate",)),
        (("--learning-rate", "inf"), ("--learning-rate",)),
        (("--seed", "-1"), ("--seed",)),
        (("--dpi", "19"), ("--dpi", "from 20 to 1,365")),
        (("--dpi", "1e9"), ("--dpi",)),
        (("--fps", "0"), ("--fps", "from 0.1 to 240")),
        (("--fps", "nan"), ("--fps",)),
        (("--data", ""), ("--data", "empty")),
        (("--output-dir", ""), ("--output-dir", "empty")),
        (("--colour", "red"), ("--colour",)),
        (("stray",), ("stray",)),
        (("--data", "moons", "--points", "3"), ("--points", "from 4 to 1,000,000")),
        (("--data", "moons", "--noise", "-1"), ("--noise", "from 0 to 10")),
        (("--data", "moons", "--data-seed", "x"), ("--data-seed", "not a whole number")),
        (("--hidden", "0"), ("--hidden", "from 1 to 1,000")),
        (("--hidden", "2", "1001"), ("--hidden", "'1001'")),
        (("--hidden",), ("--hidden", "at least one")),
        (("--activation", "step"), ("--activation", "'step'", "sigmoid")),
        (("--batch-size", "0"), ("--batch-size", "from 1")),
        (("--optimizer", "lbfgs"), ("--optimizer", "'lbfgs'", "adam")),
        (("--momentum", "1"), ("--momentum", "from 0 to 0.999")),
        (("--max-points", "1"), ("--max-points",)),
        (("--epoch", "-1"), ("--epoch", "from 0")),
        (("--palette", "gray"), ("--palette", "'gray'", "accessible")),
        (("--size", "119"), ("--size", "from 120 to 8,190")),
        (("--format", "avi"), ("--format", "'avi'", "mp4")),
        (("--every", "0"), ("--every", "from 1")),
        (("--hold", "-1"), ("--hold", "from 0 to 600")),
        (("--hold", "nan"), ("--hold",)),
        # right one by one, wrong together
        (("--points", "100"), ("--points", "not for a file")),
        (("--noise", "0.1"), ("--noise", "not for a file")),
        (("--data", "own.csv", "--data-seed", "1"), ("--data-seed", "not for a file")),
        (("--optimizer", "adam", "--momentum", "0.9"), ("--momentum", "adam")),
        (("--size", "480", "--dpi", "80"), ("--size", "--dpi")),
        (("--epoch", "0", "201"), ("--epoch 201", "200 --epochs")),
        (("--epochs", "50", "--to", "51"), ("--to 51", "50 --epochs")),
        (("--from", "11", "--to", "10"), ("--from 11", "10")),
        (("--from", "201"), ("--from 201", "200")),
        (("--once",), ("--once", "--format gif")),
        (("--loop",), ("--loop", "--format gif")),
        (("--format", "gif", "--loop", "--once"), ("--loop", "--once", "contradict")),
        (("--format", "mp4", "gif", "--fps", "60"), ("gif", "50 frames", "--fps")),
        (("--format", "png", "--hold", "1"), ("--hold", "mp4 and gif")),
    ],
)
def test_bad_option_is_refused(capsys, options, parts):
    with pytest.raises(SystemExit) as exit:
        parse_options("", options)
    assert exit.value.code == 2
    assert_one_line(capsys.readouterr().err, *parts)


def test_options_that_depend_on_others():
    assert INCHES == FIGURE_INCHES
    plain = parse_options("", [])
    assert (plain.learning_rate, plain.dpi, plain.stills) == (3.0, 120.0, [200])
    assert plain.film_epochs == list(range(1, 201))
    other = "--optimizer adam --size 480 --epochs 9 --epoch 3 0 3 --from 0 --to 8 --every 4"
    options = parse_options("", other.split())
    assert (options.learning_rate, options.dpi, options.stills) == (0.1, 80.0, [3, 0])
    assert options.film_epochs == [0, 4, 8]
    assert parse_options("", ["--every", "60"]).film_epochs == [1, 61, 121, 181, 200]
    assert parse_options("", ["--from", "0", "--to", "0"]).film_epochs == [0]


@pytest.mark.parametrize(
    ("script", "options", "parts"),
    [
        ("input_space", ("--data", "ball"), ("10 dimensions", "feature_space_visualization.py")),
        ("input_space", ("--data", "offset.csv"), ("offset.csv", "subtract an offset")),
        ("feature_space", ("--hidden", "10"), ("10 dimensions", "--latent")),
        ("feature_space", ("--hidden", "2", "1"), ("1 dimension,", "--latent")),
        ("feature_space", ("--data", "ball", "--hidden", "5"), ("5 dimensions", "--latent")),
        ("feature_space", ("--data", "three.csv"), ("three.csv, line 4", "label c is a third")),
        ("input_space", ("--data", "circle"), ("no data set circle", "circles")),
        (
            "input_space",
            ("--hidden", "1000", "1000", "--epochs", "100000"),
            ("record", "GB", "--epochs"),
        ),
    ],
)
def test_what_cannot_be_shown_is_refused(tmp_path, monkeypatch, spaces, script, options, parts):
    monkeypatch.chdir(tmp_path)
    Path("three.csv").write_text("x,y,kind\n1,2,a\n3,4,b\n5,6,c\n")
    Path("offset.csv").write_text("10000000,1,a\n10000001,2,b\n")
    with pytest.raises(Exception) as refusal:
        replay(spaces[script], parse_options("", [*options, "--output-dir", "new"]))
    assert refusal.value.exit_code == 2
    assert_one_line(f"{refusal.value}\n", *parts)
    assert names(tmp_path) == ["offset.csv", "three.csv"]


@pytest.mark.parametrize(
    ("script", "options", "part"),
    [
        ("input_space", ("--data", "ball"), "feature_space_visualization.py"),
        ("feature_space", ("--hidden", "10"), "--latent"),
    ],
)
def test_what_cannot_be_shown_ends_the_script(output, script, options, part):
    code, printed, errors = run(script, *options, "--output-dir", output)
    assert (code, printed) == (2, "")
    assert_one_line(errors, f"{script}_visualization.py: the ", part)
    assert_whole(output)


@pytest.mark.parametrize("name", [name for name in SETS if name != "ball"])
def test_example_sets_through_both_scripts(tmp_path, name):
    """Still and film of a set, as --size and --epoch have them."""
    options = ("--data", name, "--epochs", "3", "--size", "240", "--epoch", "0", "3")
    processes = [start(script, *options, "--output-dir", tmp_path) for script in SCRIPTS]
    for script, (code, _, errors) in zip(SCRIPTS, map(finish, processes), strict=True):
        assert (code, errors) == (0, "")
        assert len(decode(tmp_path / f"{script}.mp4", size=240)) == 3
        for epoch in (0, 3):
            still = imread(tmp_path / f"{script}_epoch{epoch}_boundary_pytorch.png")
            assert still.shape == (240, 240, 4)


def test_ten_features_in_their_latent_space(tmp_path):
    network = ("--hidden", "10", "--latent", "--activation", "tanh", "--optimizer", "adam")
    options = ("--data", "ball", *network, "--epochs", "40", "--format", "png", "--size", "360")
    code, printed, errors = run("feature_space", *options, "--output-dir", tmp_path)
    assert (code, errors) == (0, "")
    assert len(names(tmp_path / "feature_space_frames")) == 40
    assert printed.splitlines()[-1] == str(tmp_path / "feature_space_frames")
    frame = imread(tmp_path / "feature_space_frames" / "0040.png")
    corners = {
        tuple(np.rint(255 * frame[row, column])) for row in (40, 320) for column in (60, 337)
    }
    assert corners <= {GREEN, PURPLE}
    accuracy = float(re.search(r"accuracy ([\d.]+)%", printed)[1])
    assert accuracy > 80


def test_own_data_with_names_and_words(tmp_path):
    """Which label is which class is told, and that the features should be standardized."""
    random = np.random.default_rng(0)
    rows = [("width;height;kind")]
    for label, center in (("red", 2040), ("apple", 2010)):
        rows += [f"{x};{y};{label}" for x, y in random.normal((center, 0.5), (3, 0.1), (50, 2))]
    (tmp_path / "fruit.csv").write_text("\n".join(rows))
    options = ("--data", "fruit.csv", *QUICK, "--output-dir", "out")
    code, _, errors = run("input_space", *options, cwd=tmp_path)
    assert code == 0
    told, spread = errors.splitlines()
    assert told == "class 0 (blue) is apple, class 1 (red) is red"
    assert re.match(r"width has mean 2,02\d and standard deviation 1\d\.", spread)
    assert "--standardize" in spread


def test_gif_and_mp4_of_some_epochs(tmp_path):
    film = ("--format", "mp4", "gif", "--from", "0", "--every", "2", "--once", "--hold", "1")
    options = ("--epochs", "5", "--size", "240", *film, "--output-dir", tmp_path)
    code, printed, errors = run("feature_space", *options)
    assert (code, errors) == (0, "")
    assert names(tmp_path) == ["feature_space.gif", *files_of("feature_space", 5)]
    assert len(decode(tmp_path / "feature_space.mp4", size=240)) == 4 + 20
    with Image.open(tmp_path / "feature_space.gif") as gif:
        assert (gif.n_frames, gif.size, "loop" in gif.info) == (4, (240, 240), False)
    assert [Path(line).name for line in printed.splitlines()[1:]] == [
        files_of("feature_space", 5)[1],
        "feature_space.mp4",
        "feature_space.gif",
    ]


def test_bad_option_ends_the_script(output):
    code, _, errors = run("feature_space", "--epochs", "none", "--output-dir", output)
    assert code == 2
    assert_one_line(errors, "feature_space_visualization.py", "--epochs", "--help")
    assert_whole(output)


def test_bad_data_set(output, tmp_path):
    (tmp_path / "data.txt").write_text("1 2 0\n1 maybe 1\n")
    code, _, errors = run(
        "feature_space", "--data", "data.txt", "--output-dir", output, cwd=tmp_path
    )
    assert code == 2
    assert_one_line(errors, "data.txt, line 2", "not a number")
    assert_whole(output)


def test_divergence_writes_nothing(tmp_path):
    options = ("--learning-rate", "1e300", "--output-dir", tmp_path / "new" / "folder")
    code, output, errors = run("feature_space", *options)
    assert (code, output) == (1, "")
    assert_one_line(errors, "diverged at epoch 1", "--learning-rate")
    assert names(tmp_path) == []


def test_missing_ffmpeg_still_gives_the_still(output):
    options = (*QUICK, "--output-dir", output)
    code, printed, errors = run("feature_space", *options, ffmpeg="/no/such/ffmpeg")
    assert code == 1
    assert_one_line(errors, "/no/such/ffmpeg", "IMAGEIO_FFMPEG_EXE")
    assert "feature_space_epoch3_boundary_pytorch.png" in printed
    assert "mp4" not in printed
    assert_whole(output)
    assert imread(output / files_of("feature_space", 3)[1]).shape == (300, 300, 4)


def fake_ffmpeg(folder, commands, mode=0o755):
    """An ffmpeg that tells its version, and then runs shell commands instead of encoding.

    Among them half_a_film leaves a broken film where a whole one is asked for.
    """
    path = folder / "ffmpeg"
    path.write_text(
        '#!/bin/sh\n[ "$1" = -version ] && exit 0\n'
        'for film; do :; done\nhalf_a_film() { echo half > "$film"; }\n'
        f"{commands}\n"
    )
    path.chmod(mode)
    return path


def test_ffmpeg_that_is_not_executable(output, tmp_path):
    fake = fake_ffmpeg(tmp_path, "exit 0", mode=0o644)
    options = (*QUICK, "--output-dir", output)
    code, _, errors = run("feature_space", *options, ffmpeg=fake)
    assert code == 1
    assert_one_line(errors, str(fake), "Permission denied")
    assert_whole(output)


def test_ffmpeg_that_dies_midway(output, tmp_path):
    fake = fake_ffmpeg(
        tmp_path, "half_a_film; head -c 500000 > /dev/null; echo out of luck >&2; exit 9"
    )
    code, _, errors = run("feature_space", *QUICK, "--output-dir", output, ffmpeg=fake)
    assert code == 1
    assert_one_line(errors, str(fake), "exit code 9", "out of luck")
    assert_whole(output)


def test_ffmpeg_that_stops_reading_and_calls_it_done(output, tmp_path):
    fake = fake_ffmpeg(tmp_path, "half_a_film; head -c 300000 > /dev/null; exit 0")
    code, _, errors = run("feature_space", *QUICK, "--output-dir", output, ffmpeg=fake)
    assert code == 1
    assert_one_line(errors, str(fake), "no film", "exit code 0")
    assert_whole(output)


def test_stopped_while_ffmpeg_finishes(output, tmp_path):
    """The encoder is slow after its last frame; it is not left running, nor is its file."""
    fake = fake_ffmpeg(
        tmp_path, f"cat > /dev/null; half_a_film; echo $$ > {tmp_path}/pid; exec sleep 60"
    )
    process = start("feature_space", *QUICK, "--output-dir", output, ffmpeg=fake)
    wait_for(lambda: (tmp_path / "pid").exists())
    process.send_signal(signal.SIGTERM)
    code, _, errors = finish(process)
    assert code == 143
    assert_one_line(errors, "SIGTERM")
    assert_whole(output)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_output_folder_that_is_a_file(tmp_path):
    (tmp_path / "taken").write_text("from before")
    code, _, errors = run("feature_space", *QUICK, "--output-dir", tmp_path / "taken")
    assert code == 1
    assert_one_line(errors, str(tmp_path / "taken"), "--output-dir")
    assert (tmp_path / "taken").read_text() == "from before"


def test_read_only_output_folder(output):
    # Root writes anywhere, unless it gives up the right to.
    prefix = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
    output.chmod(0o555)
    code, _, errors = run("feature_space", *QUICK, "--output-dir", output, prefix=prefix)
    output.chmod(0o755)
    assert code == 1
    assert_one_line(errors, str(output), "Permission denied", "--output-dir")
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


@pytest.mark.parametrize(("dpi", "left"), [("60", ["feature_space_epoch30"]), ("240", [])])
def test_full_disk(tiny_disk, dpi, left):
    options = ("--epochs", "30", "--dpi", dpi, "--output-dir", tiny_disk)
    code, _, errors = run("feature_space", *options)
    assert code == 1
    assert_one_line(errors, "No space left on device")
    assert [name.partition("_boundary")[0] for name in names(tiny_disk)] == left


def ffmpeg_processes():
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if line.startswith(find_ffmpeg())]


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [
        (signal.SIGINT, 130, "SIGINT"),
        (signal.SIGTERM, 143, "SIGTERM"),
        (signal.SIGHUP, 129, "SIGHUP"),
    ],
)
def test_stopped_while_the_film_is_made(output, number, code, name):
    options = ("--epochs", "800", "--output-dir", output)
    process = start("feature_space", *options)
    wait_for(lambda: list(output.glob(".*/*.mp4")))
    process.send_signal(number)
    returned, _, errors = finish(process)
    assert returned == code
    assert_one_line(errors, name)
    for still in output.glob("*_epoch800_*"):
        assert imread(still).shape == (720, 720, 4)
        still.unlink()
    assert_whole(output)
    assert not [line for line in ffmpeg_processes() if str(output) in line]


@pytest.mark.parametrize("delay", [0.5, 1.0, 1.5])
def test_stopped_before_anything_is_made(output, delay):
    process = start("feature_space", "--epochs", "800", "--output-dir", output)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    code, printed, errors = finish(process)
    assert (code, printed) == (130, "")
    assert_one_line(errors, "SIGINT")
    assert_whole(output)


def test_standard_output_that_takes_nothing(output):
    with Path("/dev/full").open("w") as full:
        process = start("feature_space", *QUICK, "--output-dir", output, stdout=full)
        code, _, errors = finish(process)
    assert code == 1
    assert_one_line(errors, "standard output", "No space left")
    assert len(decode(output / files_of("feature_space", 3)[0], size=300)) == 3


def test_missing_package_is_named(tmp_path):
    shutil.copy(PROJECT / "input_space_visualization.py", tmp_path)
    for name in ("command_line.py", "options.py", "example_sets.py"):
        shutil.copy(PROJECT / name, tmp_path)
    (tmp_path / "common.py").write_text("import a_package_nobody_has\n")
    code, _, errors = run("input_space", project=tmp_path)
    assert code == 1
    assert_one_line(errors, "a_package_nobody_has is missing", "pip install -r requirements.txt")


def test_scripts_are_silent_when_imported(tmp_path):
    modules = sorted(file.stem for file in PROJECT.glob("*.py"))
    command = f"import {', '.join(modules)}"
    result = subprocess.run(
        [sys.executable, "-c", command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert names(tmp_path) == []


def test_help_does_not_wait_for_torch():
    command = "import sys, input_space_visualization; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], cwd=PROJECT).returncode == 0


def test_units_without_bounds_that_leave_all_bounds(output):
    options = ("--learning-rate", "1e30", "--activation", "relu", *QUICK, "--output-dir", output)
    code, _, errors = run("feature_space", *options)
    assert code == 1
    assert_one_line(errors, "hidden units put out more than can be shown", "--learning-rate")
    assert_whole(output)


def test_ffmpeg_that_fails_to_tell_its_version(output):
    code, _, errors = run("feature_space", *QUICK, "--output-dir", output, ffmpeg="/bin/false")
    assert code == 1
    assert_one_line(errors, "/bin/false -version ends with exit code 1", "IMAGEIO_FFMPEG_EXE")


def test_folder_in_the_place_of_a_file_is_found_out_before_training(output):
    film, _ = files_of("input_space", 3)
    (output / film).mkdir()
    code, _, errors = run("input_space", *QUICK, "--output-dir", output)
    assert code == 1
    assert_one_line(errors, film, "is a folder: move it")
    (output / film).rmdir()
    assert_whole(output)


def test_missing_ffmpeg_is_found_out_before_training(output):
    options = ("--learning-rate", "1e300", "--output-dir", output)
    code, _, errors = run("feature_space", *options, ffmpeg="/no/such/ffmpeg")
    assert code == 1
    first, second = errors.splitlines()
    assert "/no/such/ffmpeg" in first
    assert "diverged" in second
    assert_whole(output)
