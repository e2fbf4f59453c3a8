"""What several test files share: the default run and the two spaces, each made once."""

import importlib
import subprocess

import imageio_ffmpeg
import numpy as np
import options
import pytest
import torch

import common

SCRIPTS = ("input_space", "feature_space")
SIZE = 720
WHITE, GREEN, PURPLE = (255, 255, 255), (224, 254, 224), (245, 227, 245)
BLUE, RED, BLACK = (0, 0, 255), (255, 0, 0), (0, 0, 0)


@pytest.fixture(scope="session")
def dataset():
    return common.load_dataset(options.PROJECT / "datasets.txt")


@pytest.fixture(scope="session")
def history(dataset):
    torch.manual_seed(41)
    return common.train(common.Network(), dataset, epochs=200, learning_rate=3.0)


@pytest.fixture(scope="session")
def weights(history):
    """The parameters of an epoch as float64 arrays W, b, v, c, in the notation of formulas.py."""

    def of(epoch):
        return [value.detach().double().numpy() for value in history.network(epoch).parameters()]

    return of


@pytest.fixture(scope="session")
def spaces():
    """The two spaces, as the two scripts describe them."""
    described = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in SCRIPTS:
            script = importlib.import_module(f"{name}_visualization")
            patch.setattr(
                script, "run", lambda _, **space: described.update({space["name"]: space})
            )
            script.main()
    return {name: common.Space(**space) for name, space in described.items()}


@pytest.fixture(scope="session")
def pictures(spaces, history, dataset):
    return {name: common.space_picture(spaces[name], history, dataset, dpi=120) for name in SCRIPTS}


@pytest.fixture(params=SCRIPTS)
def picture(request, pictures):
    return pictures[request.param]


def decode(film, size=SIZE):
    """All frames of a film, (frames, height, width, 3), as a player would show them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(film)]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, size, size, 3)


def is_color(pixels, color):
    """Mark the pixels of exactly one color."""
    return (pixels[..., :3] == color).all(axis=-1)


def full_redraw(picture, epoch):
    """The same figure at the same epoch, drawn whole by matplotlib, without any background."""
    for view in picture.views:
        view.draw(epoch)
    for artist in picture.artists:
        artist.set_animated(False)
    picture.canvas.draw()
    pixels = np.array(picture.canvas.buffer_rgba())
    for artist in picture.artists:
        artist.set_animated(True)
    return pixels
