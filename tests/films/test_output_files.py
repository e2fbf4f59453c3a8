"""The files that a script leaves: their names, and that none is left unfinished."""

import pytest
from helpers.pictures import picture_of
from matplotlib.image import imread

import common
from torchreplay.cli.options import parse_options
from torchreplay.errors import UserError
from torchreplay.films.film import Film
from torchreplay.films.output_files import OutputFolder
from torchreplay.replay.replay import Replay


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
    assert (outputs.files, outputs.faults) == ([], [])


@pytest.mark.parametrize(
    ("name", "form"),
    [("space.mp4", "mp4"), ("space_epoch3_boundary_pytorch.png", "png"), ("space.gif", "gif")],
)
def test_folder_in_the_place_of_a_file_is_found_out_at_once(tmp_path, name, form):
    (tmp_path / name).mkdir()
    with pytest.raises(UserError, match="is a folder: move it"):
        folder_of(tmp_path, forms=[form])


def test_other_files_in_the_place_of_frames_are_found_out_at_once(tmp_path):
    (tmp_path / "space_frames").mkdir()
    (tmp_path / "space_frames" / "notes").touch()
    with pytest.raises(UserError, match="holds more than frames"):
        folder_of(tmp_path, forms=["png"])


def test_what_was_put_among_the_frames_during_the_run_is_not_removed(runs, tmp_path):
    picture = picture_of(runs["input_space"], size=120)
    frames = tmp_path / "space_frames"
    frames.mkdir()
    (frames / "epoch_0001.png").touch()
    with (
        pytest.raises(UserError, match="holds more than frames"),
        folder_of(tmp_path, forms=["png"]) as outputs,
    ):
        (frames / "notes").write_text("mine")
        outputs.save_films(Film(picture, [1, 2]))
    found = {path.name: path.read_text() for path in frames.iterdir()}
    assert found == {"epoch_0001.png": "", "notes": "mine"}


def test_without_ffmpeg_there_are_stills_and_frames(runs, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/no/such/ffmpeg")
    picture = picture_of(runs["input_space"], size=120)
    with folder_of(tmp_path, forms=["mp4", "png", "gif"]) as outputs:
        (fault,) = outputs.faults
        assert "/no/such/ffmpeg" in str(fault)
        outputs.save_stills(picture)
        outputs.save_films(Film(picture, [1, 2]))
    names = ["space_epoch3_boundary_pytorch.png", "space_frames"]
    assert [path.name for path in outputs.files] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert folder_of(tmp_path, forms=["png"]).faults == []


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
    picture = picture_of(runs["input_space"], size=120)
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
        replays = {name: Replay(history) for name, history in histories.items()}
        space = common.collect(replays, spaces["input_space"], **options.space)
        picture = space.picture(**options.picture)
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
