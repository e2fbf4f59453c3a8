"""Train a 2-2-1 sigmoid network and replay its training as pictures: all that both scripts share.

Read from top to bottom, this is the way of the data: data set, network, training, the record of
every epoch, the geometry of the input plane, a space in which it is seen, still and film.

Epoch 0 is the initialization and epoch e the state after e updates. Whatever one picture shows
belongs to one epoch.
"""

import array
import contextlib
import copy
import gc
import itertools
import math
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import imageio_ffmpeg
import matplotlib
import numpy as np
import torch
from contourpy import FillType, LineType, contour_generator
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import Affine2D, IdentityTransform
from torch import nn
from tqdm import tqdm

LIMITS = (-1.0, 1.0)  # of the input plane, along both axes
GRID_SPACING = 0.2
SAMPLES = 201  # points along a grid line, and mesh points along either axis
NEWTON_STEPS = 2  # from a contour by linear interpolation to the network's own P = 0.5
EPOCHS_AT_ONCE = 32  # evaluated in one batched pass; keeps the logits of a long run out of memory

CLASS_COLORS = ("#0000FF", "#FF0000")
REGION_COLORS = ("#E0FEE0", "#F5E3F5")  # #98FB98 and #DDA0DD, at 30 % over white
POINT_SIZE = 4  # diameter, in points
FIGURE_INCHES = 6
PIPE_BYTES = 2**20  # room for half a frame, so that drawing need not wait for the encoder to read
AXES_RECTANGLE = (0.15, 0.1, 0.8, 0.8)  # left, bottom, width, height, in fractions of the figure


class UserError(Exception):
    """A fault that the user can mend; its message is the one line that says how."""

    exit_code = 1


class DatasetError(UserError):
    """A data set that is refused."""

    exit_code = 2


# Data set ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dataset:
    """Points of the plane and their classes.

    X: (n, 2) float32, the features.
    y: (n, 1) float32, the labels, 0 or 1.
    """

    X: torch.Tensor
    y: torch.Tensor


def load_dataset(path):
    """Read a data set from a text file with a point a line: x1 x2 label.

    Columns are separated by blanks or commas; comments (#) and blank lines are passed over.
    Raises DatasetError, naming file and line, for whatever is not such a file.
    """
    values = array.array("f")
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                values.extend(_parse_line(path, number, line))
    except OSError as error:
        raise DatasetError(f"cannot read data set {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"data set {path} is not a text file in UTF-8") from error

    rows = torch.from_numpy(np.array(values).reshape(-1, 3))
    if len(rows) == 0:
        raise DatasetError(f"data set {path} is empty: give it a point a line, x1 x2 label")
    if len(rows[:, 2].unique()) == 1:
        raise DatasetError(f"data set {path} has one class only: label points 0 and 1")
    return Dataset(X=rows[:, :2].contiguous(), y=rows[:, 2:].contiguous())


def _parse_line(path, number, line):
    """Turn a line into its three numbers, or into none if there is no point on it."""
    content = line.partition("#")[0].strip()
    if not content:
        return []
    fields = re.split(r"\s*,\s*|\s+", content)
    if len(fields) != 3:
        raise DatasetError(f"{path}, line {number}: {len(fields)} columns, not three: x1 x2 label")
    try:
        row = [float(field.replace("_", "no")) for field in fields]  # Python alone reads 1_000
    except ValueError as error:
        raise DatasetError(f"{path}, line {number}: not a number: {content[:60]!r}") from error
    if not all(abs(value) <= torch.finfo(torch.float32).max for value in row):
        raise DatasetError(f"{path}, line {number}: NaN, infinite or too large: {content[:60]!r}")
    if row[2] not in (0, 1):
        raise DatasetError(f"{path}, line {number}: label {fields[2]} is neither 0 nor 1")
    return row


def sample(dataset, size):
    """A fixed random sample of a data set in which the classes keep their shares.

    A data set of no more points than `size` is returned whole.
    """
    total = len(dataset.y)
    if total <= size:
        return dataset
    generator = torch.Generator().manual_seed(0)
    members = [(dataset.y[:, 0] == label).nonzero()[:, 0] for label in (0, 1)]
    positive = round(size * len(members[1]) / total)
    chosen = [
        rows[torch.randperm(len(rows), generator=generator)[:count]]
        for rows, count in zip(members, (size - positive, positive), strict=True)
    ]
    rows = torch.cat(chosen).sort().values
    return Dataset(X=dataset.X[rows], y=dataset.y[rows])


# Network and training ---------------------------------------------------------------------------


class Network(nn.Module):
    """A 2-2-1 network with a sigmoid after either layer, freshly initialized.

    Weights are drawn Xavier-normal (hidden layer) and standard-normal (output layer), biases as
    PyTorch draws them. The order of the draws is part of what a seed means.
    """

    def __init__(self):
        super().__init__()
        hidden = nn.Linear(2, 2)
        nn.init.xavier_normal_(hidden.weight)
        output = nn.Linear(2, 1)
        nn.init.normal_(output.weight)
        self.logit = nn.Sequential(hidden, nn.Sigmoid(), output)

    @property
    def features(self):
        """The hidden layer, a function of x: (n, 2) to its activations, (n, 2)."""
        return self.logit[:-1]

    def forward(self, x):
        """The probability of class 1, (n, 1), of points x, (n, 2)."""
        return torch.sigmoid(self.logit(x))


def train(network, dataset, epochs, learning_rate):
    """Train a network by full-batch gradient descent on the binary cross-entropy.

    Returns the History of all epochs, 0 to `epochs`.
    Raises UserError, naming the epoch, when a parameter or the loss is no longer finite.
    """
    criterion = nn.BCELoss()
    # A rate beyond float32 becomes infinite, and the run is told to diverge like any other.
    optimizer = torch.optim.SGD(network.parameters(), lr=torch.tensor(learning_rate).item())
    records = [_record(network, dataset, criterion)]
    for epoch in tqdm(range(1, epochs + 1), desc="training", unit="epoch", disable=None):
        optimizer.zero_grad()
        loss = criterion(network(dataset.X), dataset.y)
        loss.backward()
        optimizer.step()

        records.append(_record(network, dataset, criterion))
        if math.isnan(records[-1][1]):
            raise UserError(
                f"training diverged at epoch {epoch}: set --learning-rate below {learning_rate:g}"
            )
    states, loss, accuracy = zip(*records, strict=True)
    parameters = {name: torch.stack([state[name] for state in states]) for name in states[0]}
    return History(network, parameters, np.array(loss), np.array(accuracy))


@torch.no_grad()
def _record(network, dataset, criterion):
    """Copy a network's parameters, and measure its loss (NaN if it has diverged) and accuracy."""
    parameters = {name: value.clone() for name, value in network.logit.state_dict().items()}
    probability = network(dataset.X)
    finite = all(values.isfinite().all() for values in (probability, *parameters.values()))
    loss = criterion(probability, dataset.y).item() if finite else math.nan
    accuracy = ((probability >= 0.5) == dataset.y).float().mean().item()
    return parameters, loss, accuracy


# Record and geometry ----------------------------------------------------------------------------


def grid_lines():
    """The grid of the input plane, a line every 0.2: (lines, points, 2)."""
    low, high = LIMITS
    ticks = np.linspace(low, high, 1 + round((high - low) / GRID_SPACING), dtype=np.float32)
    horizontal = np.stack(np.meshgrid(_samples(), ticks), axis=-1)
    return np.concatenate([horizontal, horizontal[..., ::-1]])


def mesh():
    """The points at which the input plane is sampled: (SAMPLES, SAMPLES, 2), row by row."""
    return np.stack(np.meshgrid(_samples(), _samples()), axis=-1)


def outline():
    """The closed curve around the input plane, through the rim of the mesh: (points, 2)."""
    points = mesh()
    return np.concatenate([points[0], points[1:, -1], points[-1, -2::-1], points[-2::-1, 0]])


def _samples():
    return np.linspace(*LIMITS, SAMPLES, dtype=np.float32)


@dataclass(frozen=True)
class LevelSet:
    """Where the input plane changes from one predicted class to the other.

    boundary: the curves P = 0.5, a list of (m, 2) arrays.
    region: the area P >= 0.5 of class 1, as vertices (k, 2) and matplotlib path codes (k,).
    """

    boundary: list
    region: tuple


def level_set(logits, network):
    """Find the LevelSet of a network whose logits on the mesh are given, (SAMPLES, SAMPLES).

    Curves and area share their vertices, so that neither gap nor overlap can open between them.
    """
    contours = contour_generator(
        _samples(),
        _samples(),
        logits,
        line_type=LineType.ChunkCombinedOffset,
        fill_type=FillType.ChunkCombinedCode,
    )
    (curves,), (offsets,) = contours.lines(0)
    (area,), (codes,) = contours.filled(0, math.inf)
    curves, area = (np.empty((0, 2)) if part is None else part for part in (curves, area))
    vertices = _refine(np.concatenate([curves, area]), network)
    curves, area = np.split(vertices, [len(curves)])
    boundary = [] if offsets is None else np.split(curves, offsets[1:-1].astype(int))
    return LevelSet(boundary, region=(area, np.empty(0, np.uint8) if codes is None else codes))


def _refine(vertices, network):
    """Slide the vertices of a contour along the edges of the mesh to where the logit is zero.

    The contour has put each between two mesh points by linear interpolation; from there Newton's
    method takes it to where the network itself has P = 0.5. Corners of the mesh stay.
    """
    spacing = (LIMITS[1] - LIMITS[0]) / (SAMPLES - 1)
    cells = (vertices - LIMITS[0]) / spacing
    free = torch.from_numpy(np.abs(cells - np.rint(cells)) > 1e-5)
    x = torch.tensor(vertices, dtype=torch.float32)
    for _ in range(NEWTON_STEPS):
        x.requires_grad_()
        logit = network.logit(x)
        (gradient,) = torch.autograd.grad(logit.sum(), x)
        step = torch.where(free, -logit / gradient, 0).nan_to_num(0)
        x = (x + step.clamp(-spacing / 2, spacing / 2)).detach()
    return x.numpy()


class History:
    """The record of a training run, epoch by epoch; all that is drawn is evaluated from it.

    epochs: number of updates E; the record has the E + 1 epochs 0 to E.
    parameters: every parameter of `Network.logit` by its name, (E + 1, *shape).
    loss, accuracy: (E + 1,), over the whole data set.
    grid_lines: (lines, points, 2), the grid in the input plane.
    """

    def __init__(self, network, parameters, loss, accuracy):
        self._network = copy.deepcopy(network)
        self.parameters = parameters
        self.loss = loss
        self.accuracy = accuracy
        self.epochs = len(loss) - 1
        self.grid_lines = grid_lines()

    def network(self, epoch):
        """A copy of the network as it was at an epoch."""
        network = copy.deepcopy(self._network)
        self.restore(network, epoch)
        return network

    def restore(self, network, epoch):
        """Set a network's parameters to what they were at an epoch."""
        state = {name: values[epoch] for name, values in self.parameters.items()}
        network.logit.load_state_dict(state)

    @cached_property
    def grids(self):
        """The image of the grid under the hidden layer: (E + 1, lines, points, 2)."""
        return self._evaluate(self._network.features, self.grid_lines)

    @cached_property
    def level_sets(self):
        """The LevelSet of every epoch."""
        level_sets, network = [], self.network(0)
        starts = range(0, self.epochs + 1, EPOCHS_AT_ONCE)
        for start in tqdm(starts, desc="boundaries", unit_scale=EPOCHS_AT_ONCE, disable=None):
            epochs = slice(start, start + EPOCHS_AT_ONCE)
            logits = self._evaluate(self._network.logit, mesh(), epochs)
            for logit in logits:
                self.restore(network, len(level_sets))
                level_sets.append(level_set(logit[..., 0], network))
        return level_sets

    @cached_property
    def boundaries(self):
        """The curves P = 0.5 of every epoch in the input plane: lists of (m, 2) arrays."""
        return [level_set.boundary for level_set in self.level_sets]

    def _evaluate(self, layers, x, epochs=slice(None)):
        """What some layers of the network make of x at many epochs, in one batched pass."""
        parameters = {name: self.parameters[name][epochs] for name in layers.state_dict()}
        every_epoch = torch.func.vmap(torch.func.functional_call, in_dims=(None, 0, None))
        with torch.no_grad():
            return every_epoch(layers, parameters, torch.from_numpy(x)).numpy()


# Space ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Space:
    """A space in which the input plane is seen.

    name: of the files made, in lower case with underscores.
    title: of the pictures, to which the epoch is added.
    labels: of the two axes.
    limits: of both axes.
    transform: maps a network of some epoch and points x of the input plane, (n, 2), to where they
        are seen, (n, 2).
    """

    name: str
    title: str
    labels: tuple[str, str]
    limits: tuple[float, float]
    transform: Callable


class Points(Line2D):
    """Round markers drawn where they belong, to a quarter of a pixel.

    Agg stamps a marker on the centers of whole pixels, which makes a dense curve of points lumpy.
    Here it is stamped from images of itself that are shifted by half a pixel.
    """

    STAMP = (0.5, -0.5)  # from the position given to Agg to where it centers the marker, in pixels

    def draw(self, renderer):
        """Draw the markers, those shifted alike at a time."""
        graphics = renderer.new_gc()
        self._set_gc_clip(graphics)
        graphics.set_linewidth(0)
        color = to_rgba(self.get_color())
        circle, radius = Curve.unit_circle(), renderer.points_to_pixels(self.get_markersize()) / 2

        pixels = self.get_transform().transform(self.get_xydata()) - self.STAMP
        halves = np.rint(2 * pixels).astype(int)
        whole, half = halves >> 1, halves & 1
        for shift in ((0, 0), (0, 1), (1, 0), (1, 1)):
            disc = Affine2D().scale(radius).translate(shift[0] / 2, shift[1] / 2)
            centers = Curve(whole[(half[:, 0] == shift[0]) & (half[:, 1] == shift[1])])
            renderer.draw_markers(graphics, circle, disc, centers, IdentityTransform(), color)
        graphics.restore()


class SpaceView:
    """Regions, grid, points and decision boundary of one epoch, drawn on the axes given.

    artists: those that change with the epoch or lie above one that does, bottom to top.
    """

    def __init__(self, axes, space, history, dataset):
        self.space, self.history, self.network = space, history, history.network(0)
        self.classes = [dataset.X[dataset.y[:, 0] == label].numpy() for label in (0, 1)]
        axes.set(xlabel=space.labels[0], ylabel=space.labels[1])
        axes.set(xlim=space.limits, ylim=space.limits, aspect="equal", axisbelow=True)
        axes.xaxis.set_major_locator(MultipleLocator(GRID_SPACING))
        axes.yaxis.set_major_locator(MultipleLocator(GRID_SPACING))

        self.epoch = _title(axes, f"{space.title} at Epoch ", str(history.epochs))
        self.outline = outline()
        self.regions = [
            axes.add_patch(PathPatch(Curve(self.outline), color=color, linewidth=0))
            for color in REGION_COLORS
        ]
        grid = LineCollection([], colors="black", linewidths=0.5, zorder=2, clip_on=False)
        self.grid = axes.add_collection(grid)
        self.points = [
            axes.add_line(Points([], [], color=color, markersize=POINT_SIZE, zorder=3))
            for color in CLASS_COLORS
        ]
        for points in self.points:  # whole at the rim, but not beyond
            points.set_clip_box(axes.bbox.padded(POINT_SIZE / 72 * axes.figure.dpi))
        line = {"color": "black", "linewidth": 2, "joinstyle": "round", "clip_on": False}
        self.boundary = axes.add_patch(
            PathPatch(Curve(np.empty((0, 2))), fill=False, zorder=4, **line)
        )
        moving = (*self.regions, self.grid, *self.points, self.boundary, self.epoch)
        self.artists = sorted((*moving, *axes.spines.values()), key=lambda artist: artist.zorder)

    def draw(self, epoch):
        """Move all artists to where they belong at an epoch."""
        self.history.restore(self.network, epoch)
        level_set = self.history.level_sets[epoch]
        vertices, codes = level_set.region

        def image(x):
            with torch.no_grad():
                x = torch.as_tensor(x, dtype=torch.float32)
                return self.space.transform(self.network, x).numpy()

        self.epoch.set_text(str(epoch))
        self.regions[0].set_path(Curve(image(self.outline)))
        self.regions[1].set_path(Curve(image(vertices), codes))
        self.grid.set_segments(image(self.history.grid_lines))
        for points, x in zip(self.points, self.classes, strict=True):
            points.set_data(*image(x).T)
        curves = [Curve(image(curve)) for curve in level_set.boundary]
        self.boundary.set_path(Curve.make_compound_path(*curves))


def _title(axes, text, number):
    """Give axes a centered title that ends in a number, and return the Text of the number alone.

    Glyphs are slow to draw: the whole title would take as long as all else that moves.
    """
    to_axes = axes.transAxes.inverted()
    title = axes.set_title(text + number, y=1, pad=10)
    left, _ = to_axes.transform(title.get_window_extent().min)
    title.set(text=text, x=left, horizontalalignment="left")
    right, _ = to_axes.transform(title.get_window_extent().max)
    font = title.get_fontproperties()
    return axes.text(
        right, 1, number, transform=title.get_transform(), fontproperties=font, parse_math=False
    )


# Still and film ---------------------------------------------------------------------------------


class Picture:
    """A figure with one view of the record, redrawn for any epoch.

    What does not change is drawn once and kept as background; an epoch restores it and draws the
    view's artists over it, which gives the same pixels as drawing the whole figure.
    """

    def __init__(self, space, history, dataset, dpi):
        self.figure = Figure(figsize=(FIGURE_INCHES, FIGURE_INCHES), dpi=dpi)
        self.canvas = FigureCanvasAgg(self.figure)
        self.view = SpaceView(self.figure.add_axes(AXES_RECTANGLE), space, history, dataset)
        for artist in self.view.artists:
            artist.set_animated(True)  # leaves them out of the background
        self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)

    def draw(self, epoch):
        """Draw an epoch: (height, width, 4) uint8, RGBA, valid until the next call."""
        self.view.draw(epoch)
        self.canvas.restore_region(self._background)
        renderer = self.canvas.get_renderer()
        for artist in self.view.artists:
            artist.draw(renderer)
        return np.asarray(self.canvas.buffer_rgba())


def save_still(path, picture, epoch, title):
    """Save the picture of an epoch as a PNG."""
    metadata = {"Title": title, "Software": None}
    imsave(path, picture.draw(epoch), dpi=picture.figure.dpi, metadata=metadata)


def find_ffmpeg():
    """Find the ffmpeg bundled with imageio-ffmpeg, or the one IMAGEIO_FFMPEG_EXE names, and try it.

    Raises UserError if it is missing or does not run.
    """
    try:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        subprocess.run([ffmpeg, "-version"], check=True, capture_output=True)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        raise UserError(
            f"no film without a working ffmpeg ({error}): reinstall imageio-ffmpeg, or set"
            " IMAGEIO_FFMPEG_EXE to an ffmpeg"
        ) from error
    return ffmpeg


def encoder_command(ffmpeg, path, width, height, fps, title):
    """The ffmpeg command that turns raw RGBA frames on its standard input into H.264 in MP4.

    Matrix and tags are BT.709, so that players show the colors of the still. 4:2:0 needs even
    sizes: a picture of odd size gets a white column at the right and a white row at the bottom.
    The psychovisual options of x264 are off and its smoothing is low: made for what a camera sees,
    they leave ghosts beside thin lines.
    """
    filters = (
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
        "scale=out_color_matrix=bt709:out_range=tv",
        "format=yuv420p",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    )
    x264 = "psy=0:deblock=-3,-3:rc-lookahead=10"
    return [
        *(ffmpeg, "-loglevel", "error", "-y"),
        *("-f", "rawvideo", "-pixel_format", "rgba", "-video_size", f"{width}x{height}"),
        *("-framerate", str(fps), "-i", "pipe:0", "-vf", ",".join(filters)),
        *("-c:v", "libx264", "-crf", "12", "-x264-params", x264, "-movflags", "+faststart"),
        *("-metadata", f"title={title}", "-f", "mp4", str(path)),
    ]


def _feed(pipe, picture, epochs):
    """Draw frames and write them to a pipe, each while the next one is drawn; then close it."""
    width, height = picture.canvas.get_width_height()
    buffers = itertools.cycle(np.empty((2, height, width, 4), np.uint8))
    writer = ThreadPoolExecutor(max_workers=1)
    try:
        written = writer.submit(pipe.flush)
        for epoch in tqdm(epochs, desc="film", unit="frame", disable=None):
            frame = next(buffers)
            np.copyto(frame, picture.draw(epoch))
            written.result()
            written = writer.submit(pipe.write, frame)
        written.result()
        pipe.close()
    finally:
        writer.shutdown(wait=False)  # a write that hangs ends with the encoder


def save_film(path, picture, epochs, fps, title, ffmpeg):
    """Save the pictures of some epochs as a film, a frame an epoch.

    Raises UserError, with the encoder's own words, if it does not finish.
    """
    width, height = picture.canvas.get_width_height()
    command = encoder_command(ffmpeg, path, width, height, fps, title)
    with tempfile.TemporaryFile() as log:
        # A session of its own: Ctrl-C in the terminal reaches this program, and not the encoder.
        encoder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log,
            start_new_session=True, pipesize=PIPE_BYTES,
        )  # fmt: skip
        try:
            _feed(encoder.stdin, picture, epochs)
            finished = encoder.wait() == 0 and path.exists()
        except BrokenPipeError:
            finished = False  # it has ended early, whatever its exit code
            encoder.wait()
        finally:
            encoder.kill()
            encoder.wait()
            with contextlib.suppress(BrokenPipeError):
                encoder.stdin.close()
        if not finished:
            log.seek(0)
            cause = log.readline().decode(errors="replace").strip() or "it did not say why"
            raise UserError(
                f"no film: {ffmpeg} ended with exit code {encoder.returncode} ({cause}): free the"
                " disk, or set IMAGEIO_FFMPEG_EXE to another ffmpeg"
            )


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


def replay(space, data, epochs, learning_rate, seed, max_points, fps, dpi, output_dir):
    """Train a network on a data set, then save still and film of its training in a space.

    Returns the History, the paths of the files, and whether both were made: without a working
    encoder there is only the still.
    """
    dataset = load_dataset(data)
    shown = sample(dataset, max_points)
    if shown is not dataset:
        print(f"drawing {max_points:,} of {len(dataset.y):,} points", file=sys.stderr)
    try:
        ffmpeg = find_ffmpeg()
    except UserError as fault:
        ffmpeg = None
        print(fault, file=sys.stderr)
    torch.manual_seed(seed)
    with staging(output_dir) as stage, matplotlib.rc_context():
        matplotlib.rcdefaults()  # the pictures are the same under any matplotlibrc
        history = train(Network(), dataset, epochs, learning_rate)
        gc.freeze()  # torch's many objects stay: no collection, nor the last one, visits them again
        picture = Picture(space, history, shown, dpi)

        still = stage / f"{space.name}_epoch{epochs}_boundary_pytorch.png"
        save_still(still, picture, epochs, f"{space.title} at Epoch {epochs}")
        files = [still.replace(output_dir / still.name)]
        if ffmpeg:
            film = stage / f"{space.name}.mp4"
            save_film(film, picture, range(1, epochs + 1), fps, space.title, ffmpeg)
            files.append(film.replace(output_dir / film.name))
    return history, files, ffmpeg is not None
