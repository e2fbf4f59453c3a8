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

from common import (
    Dataset,
    DivergenceError,
    Network,
    UserError,
    feature_names,
    find_ffmpeg,
    load_dataset,
    sample,
    save_still,
    train,
)
from example_sets import SETS, make
from films import forms, save_frames
from pictures import PALETTES, side_by_side, space_and_views
from tables import DatasetError

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
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
    name = space.name
    stills = {
        epoch: options.output_dir / f"{name}_epoch{epoch}_boundary_pytorch{suffix_of(options)}.png"
        for epoch in options.stills
    }
    for path in stills.values():
        check_place(path)
    return stills


def films_of(space, options):
    """The files of the films that options ask for, each with the function that saves it."""
    films = {
        options.output_dir / f"{space.name}{suffix_of(options)}{ending}": save
        for form, (save, ending) in forms(loop=not options.once).items()
        if form in options.format
    }
    for path, save in films.items():
        check_place(path, folder=save is save_frames)
    return films


@contextlib.contextmanager
def warnings_told():
    """Tell what matplotlib warns of, letters that the font does not have."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught[:1]:
        tell(warning.message)


def suffix_of(options):
    """What is added to the names of files that show more than a space."""
    if options.compare:
        return f"_compare_{options.compare[0].replace('-', '_')}"
    return "_views" if options.views else ""


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


def run(dataset, options):
    """Make a network and train it as options ask for: its History."""
    torch.manual_seed(options.seed)
    return train(
        build_network(dataset, options.hidden, options.activation, options.latent),
        dataset,
        options.epochs,
        options.learning_rate,
        options.batch_size,
        choose_optimizer(options.optimizer, options.momentum),
    )


def run_all(dataset, variants):
    """Make every run that is compared: its History by its value, as far as it did not diverge."""
    histories = {}
    for value, options in variants.items():
        try:
            histories[value] = run(dataset, options)
        except DivergenceError as fault:
            histories[value] = fault.history
            tell(f"{value}: {fault}")
    return histories


def outcome(history):
    """Tell how training ended."""
    loss, accuracy = history.loss[-1], history.accuracy[-1]
    return f"epoch {history.epochs}: loss {loss:.4f}, accuracy {accuracy:.2%}"


def replay(space, options):
    """Train a network, or several to be compared, then save stills and films in a space.

    options: those of the command line. Returns lines that tell how training ended, the paths of the
    files, and whether all were made: without a working encoder there are only the stills.
    """
    stills, films = stills_of(space, options), films_of(space, options)
    dataset = find_dataset(
        options.data, options.points, options.noise, options.data_seed, options.standardize
    )
    for one in options.variants.values() or [options]:
        network = build_network(dataset, one.hidden, one.activation, one.latent)
        check(network, space, dataset, one.epochs)
    describe(dataset, PALETTES[options.palette])
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
        if options.variants:
            histories = run_all(dataset, options.variants)
            make_picture = side_by_side
            outcomes = [f"{value}: {outcome(history)}" for value, history in histories.items()]
        else:
            histories = run(dataset, options)
            make_picture = space_and_views
            outcomes = [outcome(histories)]
        gc.freeze()  # torch's many objects stay: no collection, nor the last one, visits them again
        with warnings_told():
            picture = make_picture(space, histories, shown, options)
        files = [*save_stills(stage, picture, space, stills)]
        if ffmpeg:
            files += save_films(stage, picture, space, options, films, ffmpeg)
    return outcomes, files, ffmpeg is not None
