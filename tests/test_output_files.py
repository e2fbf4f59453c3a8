"""The files that are left: their names, and how each comes to its place whole."""

import contextlib

import pytest
from matplotlib.image import imread

import common
from torchreplay.composition import compose
from torchreplay.errors import UserError
from torchreplay.film import Film
from torchreplay.options import parse_options
from torchreplay.output_files import OutputFolder, check_place, replace, staging


def write(folder, **files):
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


# Taking the place of older files ----------------------------------------------------------------


def test_file_takes_the_place_of_an_older_one(tmp_path):
    (tmp_path / "made").write_text("new")
    (tmp_path / "target").write_text("old")
    assert replace(tmp_path / "made", tmp_path / "target") == tmp_path / "target"
    assert contents(tmp_path) == {"target": "new"}


def test_folder_takes_the_place_of_an_older_one(tmp_path):
    made, target = write(tmp_path / "made", a="new"), write(tmp_path / "target", a="old", b="old")
    assert replace(made, target) == target
    assert contents(target) == {"a": "new"}
    assert not made.exists()


def test_older_folder_stays_if_the_new_one_cannot_be_put(tmp_path, monkeypatch):
    made, target = write(tmp_path / "made", a="new"), write(tmp_path / "target", a="old")
    move = type(made).replace

    def interrupted(self, other):
        if self == made:
            raise KeyboardInterrupt
        return move(self, other)

    monkeypatch.setattr(type(made), "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(made, target)
    assert contents(target) == {"a": "old"}


def test_folder_with_more_than_frames_is_not_replaced(tmp_path):
    folder = tmp_path / "frames"
    check_place(folder, folder=True)
    write(folder, **{"0001.png": "", "0002.png": "", "epoch_0003.png": "", "epoch_10000.png": ""})
    check_place(folder, folder=True)
    for name in ("1.png", "epoch_1.png", "epoch_x.png", "frame_0001.png", "epoch_0001.gif"):
        (folder / name).touch()
        with pytest.raises(UserError, match="holds more than frames"):
            check_place(folder, folder=True)
        (folder / name).unlink()
    (folder / "epoch_0004.png").mkdir()
    with pytest.raises(UserError, match="holds more than frames"):
        check_place(folder, folder=True)
    (folder / "epoch_0004.png").rmdir()
    with pytest.raises(UserError, match="is a folder: move it"):
        check_place(folder)
    (folder / "epoch_0004.png").symlink_to(folder / "epoch_0003.png")
    with pytest.raises(UserError, match="holds more than frames"):
        check_place(folder, folder=True)
    (folder / "notes.txt").touch()
    with pytest.raises(UserError, match="holds more than frames"):
        check_place(folder, folder=True)
    with pytest.raises(UserError, match="is no folder: move it"):
        check_place(folder / "notes.txt", folder=True)


# Where files grow -------------------------------------------------------------------------------


def test_stage_is_gone_with_all_that_is_left_in_it(tmp_path):
    write(tmp_path / "outputs", before="kept")
    with staging(tmp_path / "outputs") as stage:
        assert stage.is_dir() and stage.parent == tmp_path / "outputs"
        assert stage.name.startswith(".")
        write(stage / "half", film="half")
        (stage / "still").write_text("whole")
        replace(stage / "still", tmp_path / "outputs" / "still")
    assert contents(tmp_path / "outputs") == {"before": "kept", "still": "whole"}


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ZeroDivisionError])
def test_stage_and_empty_folders_are_gone_after_a_fault(tmp_path, fault):
    with pytest.raises(fault), staging(tmp_path / "new" / "outputs") as stage:
        (stage / "film").write_text("half")
        raise fault
    assert list(tmp_path.iterdir()) == []


def test_folder_that_was_there_stays_though_empty(tmp_path):
    (tmp_path / "outputs").mkdir()
    with contextlib.suppress(ZeroDivisionError), staging(tmp_path / "outputs" / "new"):
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["outputs"]
    assert list((tmp_path / "outputs").iterdir()) == []


def test_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "taken").write_text("from before")
    with (
        pytest.raises(UserError, match=r"cannot write to .*taken: .*--output-dir"),
        staging(tmp_path / "taken"),
    ):
        pytest.fail("entered")
    assert contents(tmp_path) == {"taken": "from before"}


def test_folder_of_a_name_too_long_is_refused(tmp_path):
    with (
        pytest.raises(UserError, match=r"cannot write to .*: File name too long; name another"),
        staging(tmp_path / ("long" * 80) / "new"),
    ):
        pytest.fail("entered")
    assert contents(tmp_path) == {}


def abandon(folder, **files):
    """Leave in an output folder what a run that is killed would leave."""
    with staging(folder) as stage:
        for name in files:
            (stage / name).mkdir()
            (stage / name / "epoch_0001.png").write_text(files[name])
        left = stage.rename(folder.parent / stage.name)
    folder.mkdir(exist_ok=True)
    return left.rename(folder / left.name)


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path):
    stage = abandon(tmp_path / "outputs", half="a film")
    with staging(tmp_path / "outputs"):
        assert not stage.exists()
    assert list((tmp_path / "outputs").iterdir()) == []


def test_what_another_run_uses_is_left_alone(tmp_path):
    with staging(tmp_path) as one:
        with staging(tmp_path) as other:
            assert one.exists() and other.exists()
        assert list(tmp_path.iterdir()) == [one]


def test_only_hidden_folders_of_runs_are_removed(tmp_path):
    """Neither those of others, nor what a link of such a name leads to."""
    stage = abandon(tmp_path / "outputs", kept="frames")
    elsewhere = stage.rename(tmp_path / "elsewhere")
    (tmp_path / "outputs" / stage.name).symlink_to(elsewhere)
    for name in (".git", ".torchreplay", f".{0:032x}", f".x{0:032x}.torchreplay"):
        (tmp_path / "outputs" / name).mkdir()
    before = sorted((tmp_path / "outputs").iterdir())
    with staging(tmp_path / "outputs"):
        pass
    assert sorted((tmp_path / "outputs").iterdir()) == before
    assert contents(elsewhere / "kept") == {"epoch_0001.png": "frames"}


def test_frames_that_a_killed_run_had_moved_away_are_put_back(tmp_path):
    """But for those whose place was taken by newer ones."""
    abandon(tmp_path, older_a_frames="a", older_b_frames="b")
    write(tmp_path / "b_frames", **{"epoch_0001.png": "newer"})
    with staging(tmp_path):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_frames", "b_frames"]
    assert contents(tmp_path / "a_frames") == {"epoch_0001.png": "a"}
    assert contents(tmp_path / "b_frames") == {"epoch_0001.png": "newer"}


# The folder of outputs --------------------------------------------------------------------------


def folder_of(path, suffix="", stills=(3,), still_forms=("png",), forms=("mp4",)):
    return OutputFolder("space", path, suffix, stills, still_forms, forms)


def test_names_of_files(tmp_path):
    outputs = folder_of(tmp_path, "_views", [0, 12], ["png", "svg"], ["mp4", "gif", "png"])
    assert outputs.stills == {
        tmp_path / "space_epoch0_boundary_pytorch_views.png": 0,
        tmp_path / "space_epoch0_boundary_pytorch_views.svg": 0,
        tmp_path / "space_epoch12_boundary_pytorch_views.png": 12,
        tmp_path / "space_epoch12_boundary_pytorch_views.svg": 12,
    }
    assert outputs.films == {
        "mp4": tmp_path / "space_views.mp4",
        "gif": tmp_path / "space_views.gif",
        "png": tmp_path / "space_views_frames",
    }
    assert (outputs.files, outputs.remarks) == ([], [])


@pytest.mark.parametrize(
    ("name", "form"),
    [("space.mp4", "mp4"), ("space_epoch3_boundary_pytorch.png", "png"), ("space.gif", "gif")],
)
def test_folder_in_the_place_of_a_file_is_found_out_at_once(tmp_path, name, form):
    (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="is a folder: move it"):
        folder_of(tmp_path, forms=[form])


def test_other_files_in_the_place_of_frames_are_found_out_at_once(tmp_path):
    write(tmp_path / "space_frames", notes="")
    with pytest.raises(UserError, match="holds more than frames"):
        folder_of(tmp_path, forms=["png"])


def test_what_was_put_among_the_frames_during_the_run_is_not_removed(runs, tmp_path):
    picture = compose({"": runs["input_space"]}, size=120)
    frames = write(tmp_path / "space_frames", **{"epoch_0001.png": ""})
    with (
        pytest.raises(UserError, match="holds more than frames"),
        folder_of(tmp_path, forms=["png"]) as outputs,
    ):
        (frames / "notes").write_text("mine")
        outputs.save_films(Film(picture, [1, 2]))
    assert contents(frames) == {"epoch_0001.png": "", "notes": "mine"}


def test_without_ffmpeg_there_are_stills_and_frames(runs, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/such/ffmpeg")
    picture = compose({"": runs["input_space"]}, size=120)
    with folder_of(tmp_path, forms=["mp4", "png", "gif"]) as outputs:
        (remark,) = outputs.remarks
        assert "/no/such/ffmpeg" in remark
        outputs.save_stills(picture)
        outputs.save_films(Film(picture, [1, 2]))
    names = ["space_epoch3_boundary_pytorch.png", "space_frames"]
    assert [path.name for path in outputs.files] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert folder_of(tmp_path, forms=["png"]).remarks == []


class Interrupted:
    """A picture that Ctrl-C stops at its third frame."""

    def __init__(self, picture):
        self.drawn, self.picture = 0, picture

    def draw(self, epoch):
        self.drawn += 1
        if self.drawn == 3:
            raise KeyboardInterrupt
        return self.picture.draw(epoch)

    def __getattr__(self, name):
        return getattr(self.picture, name)


@pytest.mark.parametrize("form", ["mp4", "gif", "png"])
def test_unfinished_film_is_gone_and_finished_still_stays(runs, tmp_path, form):
    picture = compose({"": runs["input_space"]}, size=120)
    with pytest.raises(KeyboardInterrupt), folder_of(tmp_path, forms=[form]) as outputs:
        outputs.save_stills(picture)
        outputs.save_films(Film(Interrupted(picture), range(1, 9)))
    assert [path.name for path in tmp_path.iterdir()] == ["space_epoch3_boundary_pytorch.png"]
    assert imread(outputs.files[0]).shape == (120, 120, 4)


@pytest.mark.parametrize(
    ("arguments", "name", "shape"),
    [
        (("--compare", "learning-rate", "1", "1e300"), "compare_learning_rate", (190, 320)),
        (("--views", "all", "network"), "views", (270, 480)),
    ],
)
def test_files_of_a_comparison_and_of_views(spaces, tmp_path, arguments, name, shape):
    typed = ["--epochs", "3", "--dpi", "40", *arguments, "--format", "mp4", "gif"]
    options = parse_options("", tmp_path, [*typed, "--output-dir", str(tmp_path)])
    datasets = dict.fromkeys(options.trainings, common.load_dataset())
    with OutputFolder("input_space", **options.output) as outputs:
        histories = common.train_all(datasets, options.trainings)
        runs = common.collect(histories, spaces["input_space"], **options.shown)
        picture = compose(runs, **options.picture)
        outputs.save_stills(picture)
        outputs.save_films(Film(picture, **options.film))
    assert [path.name for path in outputs.files] == [
        f"input_space_epoch3_boundary_pytorch_{name}.png",
        f"input_space_{name}.mp4",
        f"input_space_{name}.gif",
    ]
    assert all(path.stat().st_size > 1000 for path in outputs.files)
    still = imread(outputs.files[0])
    assert still.shape[:2] == shape  # two panels of 4 inches below two lines, and 16 to 9
    histories = list(histories.values())
    assert (histories[0].last, histories[0].diverged) == (3, False)
    if "1e300" in arguments:
        assert (histories[1].last, histories[1].diverged) == (0, True)
