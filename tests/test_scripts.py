"""Both scripts as processes: their ends and signals, their streams and their surroundings."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SCRIPTS
from helpers import scripts
from helpers.scripts import (
    PROJECT,
    QUICK,
    assert_film_is_gone,
    assert_one_line,
    assert_whole,
    count_frames,
    earlier_files,
    fake_ffmpeg,
    files_of,
    finish,
    names,
    runner,
    wait_for,
)
from matplotlib.image import imread
from PIL import Image

from torchreplay import __version__


@pytest.fixture
def start():
    """Starts a script in a process of its own, which does not outlive the test.

    It hears SIGHUP and SIGINT, even where the tests are run by nohup or in the background.
    """
    processes = []
    before = {
        signal.SIGHUP: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
    }

    def start(*arguments, **settings):
        processes.append(scripts.start(*arguments, **settings))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate()
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a script in this process: its exit code, lines printed and told."""
    return runner(capsys, monkeypatch)


@pytest.fixture
def output(tmp_path):
    """An output folder with an earlier still and film in it."""
    return earlier_files(tmp_path / "outputs")


# Surroundings and streams -----------------------------------------------------------------------


def test_both_at_once_from_elsewhere_in_an_awkward_path(start, tmp_path, pictures):
    """One with all defaults: its still shows what is drawn without any script."""
    project = tmp_path / "Zoë's Ordner für Bilder"
    project.mkdir()
    for file in (*PROJECT.glob("*.py"), PROJECT / "datasets.txt"):
        shutil.copy(file, project)
    shutil.copytree(PROJECT / "torchreplay", project / "torchreplay")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    options = {"feature_space": (), "input_space": QUICK}
    last = {"feature_space": 200, "input_space": 3}
    place = {"project": project, "cwd": elsewhere}
    processes = {script: start(script, *options[script], **place) for script in options}
    for script, process in processes.items():
        code, printed, errors = finish(process)
        assert (code, errors) == (0, [])
        assert printed[0].startswith(f"epoch {last[script]}: loss ")
        paths = [str(project / "outputs" / name) for name in files_of(script, last[script])]
        assert list(map(shlex.split, printed[1:])) == [[path] for path in reversed(paths)]
        if script == "feature_space":
            assert printed[0] == "epoch 200: loss 0.0652, accuracy 100.00%"
            film, still = paths
            assert count_frames(film, size=720) == 200
            assert ((imread(still) * 255).round() == pictures[script].draw(200)).all()

    assert names(elsewhere) == []
    expected = [name for script in options for name in files_of(script, last[script])]
    assert names(project / "outputs") == expected


def test_any_settings_give_the_same_bytes_and_two_at_once_leave_whole_files(
    run, start, output, tmp_path
):
    """A matplotlibrc and an odd environment try to interfere with three processes at once.

    Two of them make the same files, but one has closed streams, a second still and a second film.
    """
    for script in SCRIPTS:
        code, _, errors = run(script, *QUICK, "--output-dir", tmp_path / "plain")
        assert (code, errors) == (0, [])
    rc = "axes.facecolor: red\nlines.linewidth: 5\npath.sketch: 2, 50, 3\nfont.size: 20\n"
    (tmp_path / "matplotlibrc").write_text(rc)
    odd = {"MPLBACKEND": "nonsense", "PYTHONIOENCODING": "ascii", "cwd": tmp_path}
    folder = output.rename(tmp_path / "ö")
    options = (*QUICK, "--output-dir", folder)
    heard = [start(script, *options, **odd) for script in SCRIPTS]
    more = ("--epoch", "0", "3", "--format", "mp4", "gif")
    close = ("sh", "-c", 'exec "$@" >&- 2>&-', "sh")
    closed = start("feature_space", *options, *more, **odd, prefix=close)
    for process in heard:
        code, printed, errors = finish(process)
        assert (code, errors) == (0, [])
        assert printed[1].startswith(r"'\xf6/")
    assert finish(closed) == (0, [], [])

    both = [name for script in SCRIPTS for name in files_of(script, 3)]
    only = ["feature_space.gif", "feature_space_epoch0_boundary_pytorch.png"]
    assert names(folder) == sorted(both + only)
    for name in both:
        assert (folder / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
    for script in SCRIPTS:
        assert count_frames(folder / files_of(script, 3)[0], size=300) == 3
    for name in both[1::2] + only[1:]:
        assert imread(folder / name).shape == (300, 300, 4)
    with Image.open(folder / only[0]) as gif:
        assert (gif.n_frames, gif.size) == (3, (300, 300))


def test_standard_output_that_takes_nothing(start, output):
    with Path("/dev/full").open("w") as full:
        process = start("feature_space", *QUICK, "--output-dir", output, stdout=full)
        code, _, errors = finish(process)
    assert code == 1
    assert_one_line(errors, "standard output", "No space left")
    assert count_frames(output / files_of("feature_space", 3)[0], size=300) == 3


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_standard_output_that_does_not_take_the_help(start, option):
    with Path("/dev/full").open("w") as full:
        code, _, errors = finish(start("input_space", option, stdout=full))
    assert code == 1
    assert_one_line(errors, "standard output takes nothing: No space left on device")


def test_standard_error_that_takes_nothing(start, output):
    """A refusal keeps its exit code, and a note does not end the run."""
    with Path("/dev/full").open("w") as full:
        options = ("--output-dir", output)
        refused = start("feature_space", "--epochs", "none", *options, stderr=full)
        noted = start("feature_space", *QUICK, "--max-points", "9", *options, stderr=full)
        assert finish(refused)[0] == 2
        code, printed, _ = finish(noted)
    assert (code, len(printed)) == (0, 3)


@pytest.mark.parametrize("isolated", ["-I", "-P"])
def test_python_that_does_not_look_beside_the_script(start, output, isolated):
    options = ("--epochs", "none", "--output-dir", output)
    code, _, errors = finish(start("input_space", *options, python=(isolated,), cwd="/"))
    assert code == 2
    assert_one_line(errors, "input_space_visualization.py: ", "--epochs")


def test_cache_folder_that_cannot_be_made_is_told_in_a_line(start, output):
    nowhere = {"HOME": "/proc/nowhere", "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": ""}
    options = (*QUICK, "--format", "png", "--output-dir", output)
    process = start("feature_space", *options, **nowhere, MPLCONFIGDIR="")
    code, _, errors = finish(process)
    assert code == 0
    assert_one_line(errors, "MPLCONFIGDIR")


def test_home_of_another_user_is_told_in_a_line(start, output, tmp_path):
    """It is read-only, and has folders of matplotlib that are, too."""
    prefix = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
    folder = tmp_path / "home" / ".cache" / "matplotlib"
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    options = (*QUICK, "--format", "png", "--output-dir", output)
    home = {"HOME": tmp_path / "home", "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": ""}
    code, _, errors = finish(
        start("feature_space", *options, prefix=prefix, MPLCONFIGDIR="", **home)
    )
    assert code == 0
    assert_one_line(errors, "MPLCONFIGDIR")


@pytest.mark.parametrize("content", [b"\xb6\xff", b"no colon\nno.such.key: 1\n"])
def test_broken_settings_of_matplotlib_in_the_working_directory(start, output, tmp_path, content):
    (tmp_path / "matplotlibrc").write_bytes(content)
    options = (*QUICK, "--format", "png", "--output-dir", output)
    code, _, errors = finish(start("feature_space", *options, cwd=tmp_path))
    assert (code, errors) == (0, [])


def test_working_directory_that_is_gone(start, output, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    leave = ("sh", "-c", f'rmdir {here} && exec "$@"', "sh")
    code, _, errors = finish(start("feature_space", *QUICK, "-o", output, cwd=here, prefix=leave))
    assert code == 1
    assert_one_line(errors, "the working directory was removed")
    assert_whole(output)


@pytest.mark.parametrize("megabytes", [150, 300, 450, 600])
def test_memory_that_does_not_suffice_for_the_libraries(start, output, megabytes):
    """They would say so themselves, in tracebacks or by an abort."""
    limit = ("sh", "-c", f'ulimit -v {megabytes * 1024} && exec "$@"', "sh")
    code, _, errors = finish(start("feature_space", *QUICK, "-o", output, prefix=limit))
    assert code == 1
    assert_one_line(errors, "feature_space_visualization.py: ", "allow more (ulimit -v)")
    assert_whole(output)


def test_next_run_removes_what_a_killed_one_has_left(start, run, output):
    process = start("feature_space", "--epochs", "100000", "--output-dir", output)
    wait_for(lambda: list(output.glob(".*.torchreplay")))
    process.kill()
    finish(process)
    assert list(output.glob(".*"))
    assert run("feature_space", *QUICK, "--output-dir", output)[0] == 0
    assert names(output) == files_of("feature_space", 3)


def test_read_only_output_folder(start, output):
    # Root writes anywhere, unless it gives up the right to.
    prefix = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
    output.chmod(0o555)
    process = start("feature_space", *QUICK, "--output-dir", output, prefix=prefix)
    code, _, errors = finish(process)
    output.chmod(0o755)
    assert code == 1
    assert_one_line(errors, str(output), "Permission denied", "--output-dir")
    assert_whole(output)


def test_missing_package_is_named(start, tmp_path):
    shutil.copy(PROJECT / "input_space_visualization.py", tmp_path)
    shutil.copytree(PROJECT / "torchreplay", tmp_path / "torchreplay")
    (tmp_path / "common.py").write_text("import a_package_nobody_has\n")
    code, _, errors = finish(start("input_space", project=tmp_path))
    assert code == 1
    assert_one_line(errors, "a_package_nobody_has is missing", "pip install -r requirements.txt")


def test_bad_option_ends_the_script(start, output):
    options = ("--epochs", "none", "--output-dir", output)
    code, printed, errors = finish(start("feature_space", *options))
    assert (code, printed) == (2, [])
    assert_one_line(errors, "feature_space_visualization.py", "--epochs", "--help")
    assert_whole(output)


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_does_not_wait_for_torch(start, tmp_path, script):
    process = start(script, "--help", python=("-X", "importtime"), cwd=tmp_path)
    code, printed, imports = finish(process)
    assert code == 0
    assert printed[0].startswith(f"usage: {script}_visualization.py [-h]")
    loaded = {line.rpartition("|")[2].strip() for line in imports}
    assert "torchreplay.cli.options" in loaded
    assert not {"torch", "matplotlib", "common"} & loaded
    assert names(tmp_path) == []


def test_scripts_are_silent_when_imported(tmp_path):
    modules = [file.stem for file in sorted(PROJECT.glob("*.py"))]
    modules += [
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for file in sorted(PROJECT.glob("torchreplay/**/*.py"))
    ]
    result = subprocess.run(
        [sys.executable, "-c", f"import {', '.join(modules)}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert names(tmp_path) == []


def test_version(start):
    assert finish(start("input_space", "--version")) == (0, ["torchreplay " + __version__], [])


# Signals ----------------------------------------------------------------------------------------


def has_loaded(process, library):
    """Whether a process has a library of that name in its memory."""
    return library in Path(f"/proc/{process.pid}/maps").read_text()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="what is loaded is not told")
def test_process_stopped_while_torch_is_loaded(start, output):
    process = start("feature_space", "--output-dir", output)
    wait_for(lambda: has_loaded(process, "libtorch"))
    process.send_signal(signal.SIGINT)
    code, printed, errors = finish(process)
    assert (code, printed) == (130, [])
    assert_one_line(errors, "SIGINT")
    assert_whole(output)


def test_signals_that_go_on_change_nothing(start, output):
    """They come again and again until the process has ended."""
    process = start("feature_space", "--epochs", "100000", "--output-dir", output)
    wait_for(lambda: list(output.glob(".*.torchreplay")))
    process.send_signal(signal.SIGINT)
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
    code, printed, errors = finish(process)
    names = {130: "SIGINT", 143: "SIGTERM"}  # of those that come at once, any may be seen first
    assert printed == []
    assert_one_line(errors, names[code])
    assert_whole(output)


def test_little_is_loaded_before_signals_are_handled():
    """A signal that comes earlier ends Python itself, with a traceback."""
    code = "import sys, input_space_visualization; print(*sys.modules)"
    command = [sys.executable, "-S", "-c", code]  # -S: nor by what site-packages begin with
    loaded = subprocess.check_output(command, cwd=PROJECT, text=True).split()
    own = {name for name in loaded if name.startswith("torchreplay.")}
    parts = {"cli", "cli.script", "cli.signals", "errors", "spaces", "spaces.space"}
    assert own == {f"torchreplay.{name}" for name in parts}
    assert not {"argparse", "logging", "numpy", "pathlib", "threading", "tqdm"} & set(loaded)


def test_process_stopped_while_the_film_is_made(start, output):
    options = ("--epochs", "400", "--size", "240", "--output-dir", output)
    process = start("feature_space", *options)
    wait_for(lambda: list(output.glob(".*/*.mp4")))
    process.send_signal(signal.SIGHUP)
    code, printed, errors = finish(process)
    assert (code, printed) == (129, [])
    assert_one_line(errors, "SIGHUP")
    assert_film_is_gone(output, epochs=400, size=240)


def test_process_stopped_while_ffmpeg_finishes(start, output, tmp_path):
    """The encoder is slow after its last frame; it is not left running, nor is its file."""
    pid = tmp_path / "pid"
    tell_pid = f"echo $$ > {pid}.new; mv {pid}.new {pid}"
    fake = fake_ffmpeg(tmp_path, f"cat > /dev/null; half_a_film; {tell_pid}; exec sleep 60")
    process = start("feature_space", *QUICK, "--output-dir", output, IMAGEIO_FFMPEG_EXE=fake)
    wait_for(pid.exists)
    process.send_signal(signal.SIGTERM)
    code, _, errors = finish(process)
    assert code == 143
    assert_one_line(errors, "SIGTERM")
    assert_whole(output)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
