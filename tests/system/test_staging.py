"""How each file comes to its place whole, and what runs that were killed have left."""

import contextlib
import os

import pytest
from helpers.scripts import assert_one_line, runner

from torchreplay.errors import UserError
from torchreplay.system.staging import check_place, replace, save_whole, staging


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


def test_a_fault_of_the_disk_is_reported_and_leaves_the_older_file(tmp_path):
    (tmp_path / "film.mp4").write_text("older")

    def make(path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    words = r"cannot write .*film\.mp4: No space left on device; choose another path"
    with pytest.raises(UserError, match=words):
        save_whole(tmp_path / "film.mp4", make)
    assert contents(tmp_path) == {"film.mp4": "older"}


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
        pytest.raises(UserError, match=r"cannot write to .*taken: .*folder="),
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


def test_only_regular_files_are_replaced(tmp_path):
    """A pipe stays one; a link to a file makes room, a link to a pipe does not."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        with pytest.raises(UserError, match=f"{name} is no regular file: choose another path"):
            save_whole(tmp_path / name, lambda made: made.write_text("new"))
        assert (tmp_path / name).is_fifo()
    (tmp_path / "file").write_text("old")
    (tmp_path / "other").symlink_to(tmp_path / "file")
    save_whole(tmp_path / "other", lambda made: made.write_text("new"))
    assert (tmp_path / "other").read_text() == "new"
    assert (tmp_path / "file").read_text() == "old"


def test_record_onto_a_pipe_is_refused_before_training(tmp_path, capsys, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    run = runner(capsys, monkeypatch)
    options = ("--epochs", "3", "--save-record", tmp_path / "pipe", "--output-dir", tmp_path / "o")
    code, printed, errors = run("input_space", *options)
    assert (code, printed) == (1, [])
    assert_one_line(errors, "pipe is no regular file: choose another path")
    assert (tmp_path / "pipe").is_fifo() and not (tmp_path / "o").exists()
