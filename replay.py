"""One run of a script: from its options to the files it makes."""

import contextlib
import dataclasses
import functools
import gc
import re
import shutil
import sys
import uuid
import warnings

import matplotlib
import torch
from torch import nn

import folds
from common import (
    CLASSIC,
    Dataset,
    Network,
    Picture,
    UserError,
    feature_names,
    find_ffmpeg,
    limits,
    load_dataset,
    sample,
    save_still,
    train,
)
from example_sets import SETS, make
from films import forms, save_frames
from looks import ACCESSIBLE, ErrorRings
from tables import DatasetError

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
PALETTES = {"classic": CLASSIC, "accessible": ACCESSIBLE}
SPREAD = (0.2, 5)  # of features that a network learns from without being standardized
RECORD_BYTES = 2e9  # at the most


class NetworkError(UserError):
    """A network that cannot be shown."""

    exit_code = 2


def tell(message):
    """Say on standard error what is not a fault, but good to know."""
    print(message, file=sys.stderr)


def find_dataset(source, points, noise, seed, standardize):
    """Make the example set of a name, or read the file of a path."""
    if str(source) in SETS:
        X, y = map(torch.from_numpy, make(str(source), points, noise, seed))
        return Dataset(X, y, feature_names(X.shape[1]), standardized=standardize)
    if not source.exists():
        raise DatasetError(
            f"no data set {source}: it is neither a file nor one of {', '.join(SETS)}"
        )
    return dataclasses.replace(load_dataset(source), standardized=standardize)


def describe(dataset, palette):
    """Tell what is good to know of a data set before it is seen."""
    if dataset.classes != ("0", "1"):
        classes = zip((0, 1), dataset.classes, palette.names, strict=True)
        tell(", ".join(f"class {label} ({look}) is {name:.60}" for label, name, look in classes))
    if not dataset.standardized:
        _describe_spread(dataset)


def _describe_spread(dataset):
    """Tell of the first feature, if any, that is far from having mean 0 and variance 1."""
    least, most = SPREAD
    for name, column in zip(dataset.names, dataset.X.double().T, strict=True):
        spread, mean = (value.item() for value in torch.std_mean(column, correction=0))
        if spread > 0 and (spread < least or max(spread, abs(mean)) > most):
            tell(
                f"{name:.60} has mean {mean:,.4g} and standard deviation {spread:,.4g}:"
                " --standardize makes them 0 and 1"
            )
            return


def build_network(dataset, hidden, activation, latent=False):
    """Make the network that options ask for."""
    layers = [(units, ACTIVATIONS[activation]) for units in hidden]
    if latent:
        layers.append((2, nn.Identity))
    return Network(dataset.X.shape[1], layers, dataset.scaling)


def check(network, space, dataset, epochs):
    """Raise NetworkError if a network cannot be shown in a space, or not recorded."""
    dimensions = space.transform(network)(dataset.X[:1]).shape[1]
    if dimensions != 2:
        name = space.name.replace("_", " ")
        plural = "s" if dimensions > 1 else ""
        raise NetworkError(f"the {name} has {dimensions} dimension{plural}, not 2: {space.remedy}")
    size = 4 * (epochs + 1) * sum(values.numel() for values in network.parameters())
    if size > RECORD_BYTES:
        raise NetworkError(
            f"the record of {epochs:,} epochs would take {size / 1e9:.0f} GB: lower --epochs, or"
            " --hidden"
        )


def choose_optimizer(name, momentum):
    """The function that makes an optimizer, given parameters and learning rate."""
    if name == "adam":
        return torch.optim.Adam
    return functools.partial(torch.optim.SGD, momentum=momentum)


@contextlib.contextmanager
def staging(folder):
    """A new folder inside an output folder, in which files grow until they are whole.

    At the end it is gone with whatever is still in it, and so is the output folder if it was made
    for this and has stayed empty. Raises UserError if the output folder cannot be written.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    stage = folder.absolute() / f".{uuid.uuid4().hex}"
    try:
        stage.mkdir(parents=True)
        yield stage
    except OSError as error:
        raise UserError(
            f"cannot write to {folder}: {error.strerror}; name another folder with --output-dir"
        ) from error
    finally:
        try:
            shutil.rmtree(stage, ignore_errors=True)
        finally:  # should a signal have cut that short, and there is only one that can
            shutil.rmtree(stage, ignore_errors=True)
            with contextlib.suppress(OSError):
                for path in missing:
                    path.rmdir()


def put(made, target):
    """Move a file or folder to where it belongs, in the place of an older one."""
    if not (made.is_dir() and target.is_dir()):
        return made.replace(target)
    older = made.with_name("older")
    try:
        target.replace(older)
        return made.replace(target)
    except BaseException:
        if not target.exists():
            older.replace(target)
        raise


def check_place(path, folder=False):
    """Raise UserError if what stands in a place cannot make room for a file, or for frames."""
    if not path.exists():
        return
    if path.is_dir() != folder:
        kind = "no folder" if folder else "a folder"
        raise UserError(f"{path} is {kind}: move it, or name another --output-dir")
    if folder and any(not re.fullmatch(r"\d+\.png", other.name) for other in path.iterdir()):
        raise UserError(f"{path} holds more than frames: move it, or name another --output-dir")


def stills_of(space, options):
    """The files of the stills that options ask for, by their epochs."""
    stills = {
        epoch: options.output_dir / f"{space.name}_epoch{epoch}_boundary_pytorch.png"
        for epoch in options.stills
    }
    for path in stills.values():
        check_place(path)
    return stills


def films_of(space, options):
    """The files of the films that options ask for, each with the function that saves it."""
    films = {
        options.output_dir / f"{space.name}{suffix}": save
        for form, (save, suffix) in forms(loop=not options.once).items()
        if form in options.format
    }
    for path, save in films.items():
        check_place(path, folder=save is save_frames)
    return films


def make_picture(space, history, shown, options, palette):
    """Make the picture of a space that options ask for."""
    history.shown = sorted({*options.film_epochs, *options.stills})
    axes = limits(space, history, shown)
    scene = folds.scene_of(space, history.network(0), history.dataset, axes)
    space = dataclasses.replace(space, scene=scene)
    marks = [ErrorRings] if options.mark_errors else []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        picture = Picture(space, history, shown, options.dpi, axes, palette, marks)
    for warning in caught[:1]:  # of letters that the font does not have
        tell(warning.message)
    return picture


def save_stills(stage, picture, space, stills):
    """Save the stills of some epochs, and yield their paths."""
    for epoch, path in stills.items():
        still = stage / path.name
        save_still(still, picture, epoch, f"{space.title} at Epoch {epoch}")
        yield put(still, path)


def save_films(stage, picture, space, options, films, ffmpeg):
    """Save the films that options ask for, and yield their paths."""
    for path, save in films.items():
        film = stage / path.name
        save(film, picture, options.film_epochs, options.fps, space.title, ffmpeg, options.hold)
        yield put(film, path)


def replay(space, options):
    """Train a network, then save stills and films of its training in a space.

    options: those of the command line. Returns the History, the paths of the files, and whether all
    were made: without a working encoder there are only the stills.
    """
    palette = PALETTES[options.palette]
    stills, films = stills_of(space, options), films_of(space, options)
    dataset = find_dataset(
        options.data, options.points, options.noise, options.data_seed, options.standardize
    )
    torch.manual_seed(options.seed)
    network = build_network(dataset, options.hidden, options.activation, options.latent)
    check(network, space, dataset, options.epochs)
    describe(dataset, palette)
    shown = sample(dataset, options.max_points)
    if shown is not dataset:
        tell(f"drawing {options.max_points:,} of {len(dataset.y):,} points")
    try:
        ffmpeg = find_ffmpeg()
    except UserError as fault:
        ffmpeg = None
        tell(fault)

    with staging(options.output_dir) as stage, matplotlib.rc_context():
        matplotlib.rcdefaults()  # the pictures are the same under any matplotlibrc
        optimizer = choose_optimizer(options.optimizer, options.momentum)
        history = train(
            network, dataset, options.epochs, options.learning_rate, options.batch_size, optimizer
        )
        gc.freeze()  # torch's many objects stay: no collection, nor the last one, visits them again
        picture = make_picture(space, history, shown, options, palette)
        files = [*save_stills(stage, picture, space, stills)]
        if ffmpeg:
            files += save_films(stage, picture, space, options, films, ffmpeg)
    return history, files, ffmpeg is not None
