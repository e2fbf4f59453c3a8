"""How fast the films are made: beside the conventional film, and beside the encoder alone.

    python tests/benchmark.py

prints the tables of docs/speed.md. It alternates what it compares, for three rounds, and gives
medians and the medians of ratios within a round. It takes half an hour on two cores. Phases
are taken by a clock around functions of the project, in a process of their own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

TESTS = Path(__file__).resolve().parent
PROJECT = TESTS.parent
SPACES = ("input_space", "feature_space")
PHASES = ("imports", "training", "geometry", "drawing", "waiting", "finishing")
ROUNDS = 3
USUAL = (
    "-c:v",
    "libx264",
    "-preset",
    "medium",
    "-crf",
    "23",
    "-pix_fmt",
    "yuv420p",
)  # matplotlib's
SEARCH = "--search learning-rate 0.03:30 weight-decay 1e-5:0.1 --runs 400"
ALONE = 10  # runs of the default network, trained one after another
MODULES = (
    "common, torchreplay.pictures.composition, torchreplay.films.film,"
    " torchreplay.films.output_files"
)

IMPORTS = """
import sys
import {modules}
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch.optim.sgd import sgd
layer = torch.nn.Linear(1, 1)
layer(torch.ones(1, 1)).sum().backward()
parameters = list(layer.parameters())
still = dict(weight_decay=0, momentum=0, dampening=0, nesterov=False, maximize=False)
with torch.no_grad():
    sgd(parameters, [value.grad for value in parameters], [None, None], lr=1.0, **still)
FigureCanvasAgg(Figure())
"""


# A process of its own: one script, with a clock on its phases ------------------------------------


def clocked(function, phase, seconds):
    """A function that adds the time it takes to a phase."""

    def timed(*arguments, **options):
        start = time.perf_counter()
        result = function(*arguments, **options)
        seconds[phase] = seconds.get(phase, 0) + time.perf_counter() - start
        return result

    return timed


def clock(script):
    """Run a script with the options of the command line, and print its phases as JSON."""
    seconds = {}
    clocked(exec, "imports", seconds)(IMPORTS.format(modules=MODULES), {})

    import common
    from torchreplay import Picture, SpaceReplay
    from torchreplay.films.output_files import OutputFolder

    def film(*arguments):
        Picture.draw = clocked(Picture.draw, "drawing", seconds)
        subprocess.Popen.wait = clocked(subprocess.Popen.wait, "finishing", seconds)
        save_films(*arguments)

    SpaceReplay.make_scene = clocked(SpaceReplay.make_scene, "geometry", seconds)
    save_films = OutputFolder.save_films
    OutputFolder.save_films = clocked(film, "film", seconds)
    common.train_all = clocked(common.train_all, "training", seconds)
    __import__(f"{script}_visualization").main()
    seconds["drawing"] -= seconds["geometry"]
    phases = ("geometry", "drawing", "finishing")
    seconds["waiting"] = seconds["film"] - sum(seconds[phase] for phase in phases)
    print(json.dumps(seconds))


def write_frames(script, file):
    """Run a script with the options of the command line, and keep its raw frames in a file."""
    from torchreplay.films import mp4

    def save(path, film):
        with Path(file).open("wb") as frames:
            for frame in film.frames():
                frames.write(frame)
        path.touch()

    mp4.save = save
    __import__(f"{script}_visualization").main()


def search():
    """Train 400 runs of the default network together, and some one after another.

    Prints the seconds that 400 of each take, as JSON.
    """
    seconds = {}
    import common
    from torchreplay.cli.options import parse_options
    from torchreplay.system.threads import one_thread

    common.train_together = clocked(common.train_together, "together", seconds)
    searched, default = (parse_options("", PROJECT, typed.split()) for typed in (SEARCH, ""))
    datasets = common.load_datasets(default.trainings)
    alone = clocked(common.train_all, "alone", seconds)
    with one_thread():
        common.train_all(datasets, searched.trainings)
        for _ in range(ALONE):
            alone(datasets, default.trainings)
    print(json.dumps(seconds | {"alone": 400 / ALONE * seconds["alone"]}))


# The measurements --------------------------------------------------------------------------------


def measure(*command):
    """Run a command: its seconds, its peak memory in MB, and what it prints."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode:
        sys.exit(f"{command} failed: {text}")
    return seconds, usage.ru_maxrss / 1024, text


def in_turns(*runs):
    """Call some functions in turns, all rounds: for each the list of its results."""
    return list(zip(*([run() for run in runs] for _ in tqdm(range(ROUNDS))), strict=True))


def ratio(above, below):
    """The median of the ratios, round by round."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def median(values):
    return statistics.median(values)


class Runs:
    """The commands to measure; what they write goes to a folder that is thrown away."""

    def __init__(self, folder):
        self.folder = folder

    def conventional(self):
        return measure(sys.executable, TESTS / "conventional.py", self.folder / "film.mp4")

    def ours(self, space, *options):
        script = PROJECT / f"{space}_visualization.py"
        return measure(sys.executable, script, "--output-dir", self.folder, *options)

    def phases(self, space, *options):
        options = ("--output-dir", self.folder, *options)
        _, memory, text = measure(sys.executable, __file__, "clock", space, *options)
        return {**json.loads(text.splitlines()[-1]), "memory": memory}

    def search(self):
        return json.loads(measure(sys.executable, __file__, "search")[2].splitlines()[-1])

    def frames(self, space, *options):
        file = self.folder / "frames.rgba"
        options = ("--output-dir", self.folder, *options)
        measure(sys.executable, __file__, "write_frames", space, file, *options)
        return file

    def imports(self, modules):
        return measure(sys.executable, "-c", IMPORTS.format(modules=modules))[0]

    def floor(self, frames, size):
        from torchreplay.films.encoder import find_ffmpeg, read_frames

        reading = read_frames((size, size), 20.0, source=frames)
        return measure(find_ffmpeg(), *reading, *USUAL, self.folder / "floor.mp4")[0]


def save_million_points(path):
    """A data set of 1,000,000 points on the two parabolas, with some noise."""
    random = np.random.default_rng(0)
    x1, label = random.uniform(-1, 1, 1_000_000), random.integers(0, 2, 1_000_000)
    x2 = x1**2 - 0.5 * label + random.normal(0, 0.05, 1_000_000)
    np.savetxt(path, np.column_stack([x1, x2, label]), fmt="%.6f %.6f %d")


def compare_films(runs):
    """Print the default films: the conventional one of input space, ours, and the encoder alone."""
    frames = runs.frames("input_space")
    conventional, floor, *ours = in_turns(
        runs.conventional,
        lambda: runs.floor(frames, 720),
        *(lambda space=space: runs.ours(space) for space in SPACES),
        *(lambda space=space: runs.phases(space) for space in SPACES),
    )
    films = dict(zip(SPACES, zip(ours[:2], ours[2:], strict=True), strict=True))
    print("\n200 frames of 720 × 720\n\n| | whole process | peak memory |\n| --- | --- | --- |")
    whole = {"conventional, input space": conventional}
    whole |= {f"ours, {space.replace('_', ' ')}": ours for space, (ours, _) in films.items()}
    for name, results in whole.items():
        seconds, memory = (median(result[k] for result in results) for k in (0, 1))
        print(f"| {name} | {seconds:.2f} s | {memory:.0f} MB |")
    print(f"| encoder alone, as matplotlib sets it | {median(floor):.2f} s | |")
    print("\n| space | " + " | ".join(PHASES) + " |\n|" + " --- |" * (1 + len(PHASES)))
    for space, (_, phases) in films.items():
        times = " | ".join(f"{median(phase[name] for phase in phases):.2f} s" for name in PHASES)
        print(f"| {space.replace('_', ' ')} | {times} |")
    for space, (whole, phases) in films.items():
        faster = ratio([c[0] for c in conventional], [o[0] for o in whole])
        yield space, "conventional ÷ ours", faster, "≥ 8"
        frame_phase = ratio([phase["film"] for phase in phases], floor)
        yield space, "frame phase ÷ encoder alone", frame_phase, "≤ 1.6"
        yield space, "peak memory, MB", max(result[1] for result in whole), "≤ 450"


def compare_sizes(runs, space):
    """The film of a space at other sizes: longer, of more points, of larger frames."""
    short, long = in_turns(
        lambda: runs.phases(space), lambda: runs.phases(space, "--epochs", "2000")
    )
    per_frame = [phase["film"] / 10 for phase in long]
    growth = median((b["memory"] - a["memory"]) / 1.8 for a, b in zip(short, long, strict=True))
    yield "a frame, 2,000 ÷ 200 epochs", ratio(per_frame, [p["film"] for p in short]), "≤ 1.15"
    yield "memory a 1,000 epochs more, MB", growth, "≤ 60"

    points = runs.folder / "points.txt"
    save_million_points(points)
    few, many = in_turns(
        lambda: runs.phases(space, "--epochs", "50")["film"],
        lambda: runs.phases(space, "--epochs", "50", "--data", points)["film"],
    )
    yield "a frame, 1,000,000 ÷ 2,000 points", ratio(many, few), "≤ 2"

    large = ("--epochs", "20", "--dpi", "640")
    frames = runs.frames(space, *large)
    film, floor = in_turns(
        lambda: runs.phases(space, *large)["film"],
        lambda: runs.floor(frames, 3840),
    )
    yield "frame phase ÷ encoder alone, 3840 × 3840", ratio(film, floor), "≤ 1.6"


def compare_networks(runs, space):
    """A larger network beside the default: geometry and film, an epoch."""
    larger = ("--data", "circles", "--hidden", "10", "2", "--epochs", "500")
    default, other = in_turns(lambda: runs.phases(space), lambda: runs.phases(space, *larger))
    for name, phases in (("a frame", ("film",)), ("its geometry, too", ("geometry", "film"))):
        above = [sum(run[phase] for phase in phases) / 500 for run in other]
        below = [sum(run[phase] for phase in phases) / 200 for run in default]
        yield f"{name}, 2-10-2-1 on circles ÷ default", ratio(above, below), "≤ 1.3"


def compare_views(runs, space):
    """The views of DeepReplay's composite, and four runs side by side, beside the space alone."""
    four = ("--compare", "learning-rate", "0.3", "1", "3", "10")
    alone, views, compared = in_turns(
        lambda: runs.phases(space)["film"],
        lambda: runs.phases(space, "--views", "all")["film"],
        lambda: runs.phases(space, *four)["film"],
    )
    yield "a frame with all views ÷ the space alone", ratio(views, alone), "≤ 2.5"
    yield "a frame of four runs ÷ the space alone", ratio(compared, alone), "≤ 4"


def compare_imports(runs):
    """What the scripts import, beside torch, its optimizer and a figure alone."""
    ours, bare = in_turns(lambda: runs.imports(MODULES), lambda: runs.imports("sys"))
    yield "imports ÷ torch, SGD and a figure alone", ratio(ours, bare), "≤ 1.15"


def compare_search(runs):
    """The runs of a search, trained together, beside as many one after another."""
    (measured,) = in_turns(runs.search)
    alone, together = ([one[name] for one in measured] for name in ("alone", "together"))
    yield "400 runs one after another ÷ together", ratio(alone, together), "≥ 50"


def compare_frames():
    """The page: from an input to the painted frame, in a browser; nothing where there is none."""
    sys.path[:0] = [str(TESTS), str(TESTS / "page")]
    from frames import measured

    for points, times in measured():
        target = "≤ 16" if points <= 2_000 else ""
        yield f"page, frame at {points:,} points, ms", statistics.mean(times), target


def main():
    """Measure all, and print the tables."""
    os.environ["PYTHONPATH"] = str(PROJECT)
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder))
        rows = [*compare_films(runs)]
        for space in SPACES:
            for compare in (compare_sizes, compare_networks, compare_views):
                rows += [(space, *row) for row in compare(runs, space)]
        rows += [("both", *row) for row in compare_imports(runs)]
        rows += [("both", *row) for row in compare_search(runs)]
    rows += [("both", *row) for row in compare_frames()]
    print("\n| figure | space | measured | to reach |\n| --- | --- | --- | --- |")
    for space, name, value, target in rows:
        print(f"| {name} | {space.replace('_', ' ')} | {value:.2f} | {target} |")


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    match sys.argv[1:]:
        case ["clock", script, *options]:
            sys.argv = [script, *options]
            clock(script)
        case ["write_frames", script, file, *options]:
            sys.argv = [script, *options]
            write_frames(script, file)
        case ["search"]:
            search()
        case []:
            main()
        case _:
            sys.exit("benchmark.py takes no options")
