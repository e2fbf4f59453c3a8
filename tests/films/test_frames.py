"""PNG frames: named after their epochs; only folders of frames are replaced."""

import numpy as np
import pytest
import torch
from matplotlib.image import imread

import common
from torchreplay import Film, UserError
from torchreplay.films.forms import save
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.spaces.space import INPUT_SPACE
from torchreplay.system.staging import check_place


def test_frames_carry_their_epoch(tmp_path):
    dataset = common.load_dataset("moons", points=100)
    torch.manual_seed(41)
    history = common.train(common.make_network(dataset), dataset, epochs=7)
    picture = SpaceReplay(history, INPUT_SPACE, size=120).picture()
    save("png", tmp_path / "frames", Film(picture, [1, 4, 7]))
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == ["epoch_0001.png", "epoch_0004.png", "epoch_0007.png"]
    pixels = np.rint(255 * imread(tmp_path / "frames" / "epoch_0004.png"))
    np.testing.assert_array_equal(pixels[..., :3], picture.draw(4)[..., :3])
    check_place(tmp_path / "frames", folder=True)


@pytest.mark.parametrize("names", [(), ("0001.png",), ("epoch_0060.png", "epoch_100000.png")])
def test_folders_of_frames_are_replaced(tmp_path, names):
    for name in names:
        (tmp_path / name).touch()
    check_place(tmp_path, folder=True)


@pytest.mark.parametrize("name", ["epoch_1.png", "1.png", "epoch_0001.jpg", "my_0001.png", "a"])
def test_other_folders_are_not(tmp_path, name):
    (tmp_path / "0001.png").touch()
    (tmp_path / name).touch()
    with pytest.raises(UserError, match="holds more than frames"):
        check_place(tmp_path, folder=True)


def test_nor_folders_of_folders(tmp_path):
    (tmp_path / "0001.png").mkdir()
    with pytest.raises(UserError, match="holds more than frames"):
        check_place(tmp_path, folder=True)
