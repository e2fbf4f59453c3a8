"""Memory: what a run needs, checked before it is taken."""

import math
import os
import resource
import subprocess
import sys

import pytest
from helpers.pictures import picture_of
from helpers.scripts import PROJECT

import common
from torchreplay.cli.checks import check_runs, picture_memory
from torchreplay.data.dataset import make_dataset
from torchreplay.errors import TooLargeError
from torchreplay.record.history import record_memory
from torchreplay.replay.comparison import Comparison
from torchreplay.system.memory import check_memory, free_memory


@pytest.fixture
def free(monkeypatch):
    """Sets how many bytes are free."""
    return lambda size: monkeypatch.setattr("torchreplay.system.memory.free_memory", lambda: size)


def test_free_memory_is_no_more_than_the_limit_of_the_process():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    assert free_memory() > 0
    resource.setrlimit(resource.RLIMIT_AS, (2**40, hard))
    try:
        assert free_memory() < 2**40
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def python(code):
    """Run some code in a process of its own: how it ended, and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


def test_address_space_is_what_the_limit_leaves():
    code = (
        "import resource; from torchreplay.system.memory import address_space;"
        " print(address_space()); resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32));"
        " print(2**31 < address_space() < 2**32)"
    )
    assert python(code) == (0, "inf\nTrue\n", "")


def test_matrices_are_multiplied_although_all_other_memory_is_taken():
    """Without its own memory OpenBLAS would end the program."""
    code = (
        "import resource, numpy as np; from torchreplay.system.memory import reserve, free_memory;"
        " made = np.ones((300, 300)), np.empty((300, 300)); reserve();"
        " taken = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize();"
        " resource.setrlimit(resource.RLIMIT_AS, (taken, taken));"
        " np.matmul(made[0], made[0], out=made[1]); print(made[1][7, 7])"
    )
    assert python(code) == (0, "300.0\n", "")


def test_all_needs_are_added_and_the_largest_is_named(free):
    needs = [(2e9, "a record", "train less"), (3e9, "a picture", "draw less")]
    free(5e9)
    check_memory(needs)
    free(4.9e9)
    message = "a picture would take 3.0 GB of memory, and 4.9 GB are free: draw less"
    with pytest.raises(TooLargeError, match=message) as refusal:
        check_memory(needs)
    assert refusal.value.exit_code == 2


def test_record_of_a_run_and_its_growing():
    """The default network has 9 parameters, of 4 bytes each, in every one of E + 1 epochs."""
    ((size, what, _),) = record_memory([common.Network()], [999])
    assert (size, what) == (3 * 1000 * 9 * 4, "the record of 999 epochs")


def test_records_of_all_runs_are_counted():
    ball = make_dataset("ball", points=20)
    wide = common.make_network(ball, [1000, 2])  # 11 * 1000 + 2 * 1001 + 3 = 13,005 parameters
    sizes = 4 * 13_005 * 20_001, 4 * 9 * 101
    ((size, _, _),) = record_memory([wide, common.Network()], [20_000, 100])
    assert size == 3 * sizes[0] + sizes[1]


def test_pictures_are_counted_before_training(dataset, spaces, free):
    trainings, datasets = (
        {"": {"network": {}, "training": {"epochs": 3}, "search": {}}},
        {"": dataset},
    )
    free(1e9)
    planned = datasets, {"": common.Network()}, spaces.values(), trainings
    check_runs(*planned, picture_memory(["mp4"], 200))
    with pytest.raises(TooLargeError, match=r"a picture of 8,190 × 8,190 pixels would take .* GB"):
        check_runs(*planned, picture_memory(["mp4"], 200, size=8190))


def test_picture_has_the_size_that_is_checked(runs):
    """The memory is that of the pixels that `compose` makes."""
    run = runs["feature_space"]
    every = ["probabilities", "loss", "losses", "gradients", "weights", "network"]
    for views in ([], ["loss"], every):
        made = picture_of(run, views, size=125).size
        ((_, name, _),) = picture_memory(["png"], 3, views, size=125)
        assert name == f"a picture of {made[0]:,} × {made[1]:,} pixels"
    for counts in ((2,), (4,), (3, 2), (2, 6)):
        views = ["loss", "gradients"] if len(counts) == 1 else ["loss"]
        for legend, beside in ((True, []), (False, []), (True, ["loss"]), (False, views)):
            compared = {f"option {n}": "abcdef"[:n] for n in counts}
            settings = {"compared": compared, "size": 125, "legend": legend, "views": beside}
            shown = [run.showing([0, 200], 125)] * math.prod(counts)
            made = Comparison(shown, compared).picture(legend=legend, views=beside).size
            ((_, name, _),) = picture_memory(["png"], 3, **settings)
            assert name == f"a picture of {made[0]:,} × {made[1]:,} pixels"


def test_picture_that_an_encoder_does_not_take_is_refused():
    """X264 takes 16,384 pixels at the most, and ffmpeg 2**28 together with a margin."""
    six = ["probabilities", "loss", "losses", "gradients", "weights", "network"]
    for form in ("mp4", "gif"):
        with pytest.raises(TooLargeError, match=rf"21,840 × 12,285 .* forms=\['{form}'\]: lower"):
            picture_memory(["png", form], 3, six, size=8190)
    picture_memory(["png"], 3, six, size=8190)
    picture_memory(["mp4", "gif"], 3, ["loss"], size=8190)
