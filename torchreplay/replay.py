"""Replays: the pictures of anybody's recorded training, on figures of their own or as films."""

import base64
import contextlib
import dataclasses
import functools
import html
import io
import math
import numbers
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.image import imsave
from torch import nn

from torchreplay import forms
from torchreplay.classifier import LOGIT, in_batches
from torchreplay.composition import compose
from torchreplay.dataset import sample
from torchreplay.errors import NetworkError, UserError
from torchreplay.film import Film
from torchreplay.forms import FORMS
from torchreplay.kept import KeptFeatures
from torchreplay.output_files import check_place, replace, staging
from torchreplay.page import make_page
from torchreplay.palettes import PALETTES, Looks
from torchreplay.picture import default_style
from torchreplay.record import History
from torchreplay.record_files import load_record, save_record
from torchreplay.run import Run
from torchreplay.spaces import FEATURE_SPACE, INPUT_SPACE, SPACE_INCHES, check_dimensions
from torchreplay.views import VIEWS, panels_of
from torchreplay.views.space import space_views

REMEDY = "choose another path"
PAGE_HEIGHT = 820  # pixels, of a page in a notebook
MOST_POINTS = 10_000  # drawn, of those trained on
FPS, RATES = 20.0, (0.1, 240)
SIZE, SIZES = 720, (120, 8190)
HOLDS = (0, 600)


class Replay:
    """A recorded training, to be seen in its spaces at any epoch.

    history: its History; `history.epochs`, `.loss`, `.accuracy` and `.parameters` are arrays.
    """

    def __init__(self, history):
        if not isinstance(history, History):
            raise TypeError(
                f"history is a {type(history).__name__}: use Recorder.replay or Replay.load"
            )
        self.history = history

    def input_space(self):
        """The SpaceReplay of the plane of the data. Raises ValueError unless X has two features."""
        dataset = self.history.dataset
        if self._is_kept:
            raise NetworkError('the record keeps features alone: record with keep="parameters"')
        if not dataset.is_plane:
            raise NetworkError(
                f"X has shape {tuple(dataset.X.shape)}: an input space needs two features, a"
                " feature space does not"
            )
        return SpaceReplay(self.history, INPUT_SPACE)

    def feature_space(self, layer=None, units=None, projection=None):
        """The SpaceReplay of what a layer of the model puts out.

        layer: its name, as in `named_modules`; by default the last one of two units before the
            output.
        units: the numbers of two of its units, if it has more.
        projection: "pca", the plane in which its units vary most over all epochs.

        Of two units of a wider layer, or of a projection, points and grid are shown, and rings
        around points of which the class is predicted wrong. There is no boundary: where it runs
        depends on the units that are not seen. Where X has more than two features, regions are
        shown only if a linear layer follows the layer: otherwise its output says nothing of places
        at which no point is. Raises ValueError for a layer that there is not, or that does not fit.
        """
        kept = getattr(self.history.model, "layer", None) if self._is_kept else None
        if kept and (layer not in (None, kept) or (units, projection) != (None, None)):
            raise NetworkError(f"the record keeps no more than the features of layer {kept!r}")
        if kept or (layer, units, projection, self.history.output) == (None,) * 4:
            return SpaceReplay(self.history, FEATURE_SPACE)
        history = as_model(self.history)
        network = history.network(0)
        if units is None and projection is None:
            return SpaceReplay(history, layer_space(network, network.plane(layer)))
        layer = network.last_layer() if layer is None else layer
        return SpaceReplay(history, projected_space(history, layer, units, projection))

    @property
    def _is_kept(self):
        return isinstance(self.history.model, KeptFeatures)

    def save(self, path):
        """Save the record and its data as a file in NumPy's format, without pickled objects."""
        save_record(path, self.history)

    @classmethod
    def load(cls, path, model=None):
        """Load a Replay that was saved.

        model: one of the kind that was recorded; its parameters are not changed. Where only its
            features were kept, none is needed.
        Raises ValueError if the file is no record, or the model does not fit it.
        """
        return cls(load_record(path, model))

    def to_html(self, path, palette="classic"):
        """Save the page of the training, on which it can be explored in any browser.

        palette: the name of that which the page begins with. An older file is replaced by a whole
        one. Raises ValueError if the record has no plane to show, or the file cannot be written.
        """
        path, page = Path(path), self._page(palette)
        _save(path, lambda made: made.write_text(page, encoding="utf-8", newline="\n"))

    def _page(self, palette="classic"):
        if self._is_kept:
            raise NetworkError('the page needs the parameters: record with keep="parameters"')
        _looks(palette, False)
        return make_page(self.history, sample(self.history.dataset, MOST_POINTS), palette=palette)

    def _repr_html_(self):
        try:
            page = html.escape(self._page())
        except NetworkError:  # no plane to explore
            with default_style():
                return "".join(space.still() for space in self._spaces())
        size = f'width="100%" height="{PAGE_HEIGHT}" style="border: 0"'
        return f'<iframe srcdoc="{page}" {size}></iframe>'

    def _spaces(self):
        """The SpaceReplays that there are, without that of the inputs if it is no plane."""
        spaces = []
        if self.history.dataset.is_plane:
            spaces.append(self.input_space())
        try:
            spaces.append(self.feature_space())
        except NetworkError:  # no layer of two units
            with contextlib.suppress(NetworkError):
                spaces.append(self.feature_space(projection="pca"))
        return spaces


def as_model(history):
    """The same History, with layers that can be chosen by their names."""
    if history.output is not None:
        return history
    return dataclasses.replace(
        history,
        model=history.model.logit,
        parameters={
            name.removeprefix("logit."): values for name, values in history.parameters.items()
        },
        output=LOGIT,
    )


def layer_space(network, layer):
    """Make the Space of a layer of two units of a Classifier."""
    return dataclasses.replace(
        FEATURE_SPACE,
        title=FEATURE_SPACE.title if layer == network.plane() else f"Feature Space of {layer}",
        transform=lambda network: network.tap(layer),
        head=lambda network: network.head_of(layer),
    )


def projected_space(history, layer, units, projection):
    """Make the Space of two of the units of a layer, or of a projection of them."""
    network = history.network(0)
    network.check(layer)
    width = math.prod(network.layers[layer])
    if units is not None and projection is not None:
        raise NetworkError("units and projection contradict each other: give one of them")
    if units is not None:
        units = _two_of(units, width)
        seen = functools.partial(torch.index_select, dim=1, index=torch.tensor(units))
        labels = [f"Unit {unit}" for unit in units]
    else:
        seen, labels = _project(history, layer, projection), ("Component 1", "Component 2")
    return dataclasses.replace(
        FEATURE_SPACE,
        title=f"Feature Space of {layer}",
        transform=lambda network: Projected(network.tap(layer), seen),
        head=lambda network: None,
        axis_labels=tuple(labels),
        is_projected=True,
    )


class Projected(nn.Module):
    """A layer of many units, seen in a plane: a module of points, (n, ...), to (n, 2)."""

    def __init__(self, layers, seen):
        super().__init__()
        self.layers, self.seen = layers, seen

    def forward(self, x):
        """Where points x are seen."""
        return self.seen(self.layers(x).flatten(1))


def _two_of(units, width):
    """The numbers of two units of a layer; raises NetworkError for what is no such thing."""
    found = tuple(units) if isinstance(units, Iterable) else ()
    whole = all(isinstance(unit, numbers.Integral) for unit in found)
    if not whole or len(set(found)) != 2 or len(found) != 2 or not set(found) <= set(range(width)):
        raise NetworkError(f"units={units!r}: give two different numbers from 0 to {width - 1}")
    return found


@torch.no_grad()
def _project(history, layer, projection):
    """The linear map to the plane in which the units of a layer vary most over all epochs."""
    if projection != "pca":
        raise NetworkError(f'projection={projection!r}: only "pca" is known')
    network, points = history.network(0), sample(history.dataset, MOST_POINTS).X
    total = square = count = 0
    for epoch in range(history.last + 1):
        history.restore(network, epoch)
        z = in_batches(network.tap(layer), points).flatten(1).double()
        total, square, count = total + z.sum(0), square + z.T @ z, count + len(z)
    mean = total / count
    _, axes = torch.linalg.eigh(square / count - torch.outer(mean, mean))
    plane = axes[:, -2:].flip(1)
    weight, bias = plane.T.float(), -(mean @ plane).float()
    return functools.partial(nn.functional.linear, weight=weight, bias=bias)


class SpaceReplay:
    """A recorded training as it is seen in one space, drawn at any epoch.

    After `plot`: `ax_`, the matplotlib Axes drawn on, and `figure_`, their Figure.
    """

    def __init__(self, history, space):
        check_dimensions(space, history.network(0), history.dataset)
        self.history, self.space = history, space
        self._run = None

    def plot(
        self, epoch=None, ax=None, *, views=None, palette="classic", mark_errors=False, plane=(),
    ):  # fmt: skip
        """Draw an epoch on axes. Returns itself.

        epoch: as it is counted in the record; by default the last one.
        ax: the Axes to draw on; by default those of a new pyplot figure.
        views: other Axes by the names of views to draw on them, as {"loss": ax}; a view of two
            panels, probabilities, needs two.
        palette: "classic", or "accessible", which needs no color vision.
        mark_errors: whether to ring misclassified points.
        plane: two parameters, as "hidden.weight[0,1]", between which the view surface shows the
            loss; by default the main components of the path.
        Raises ValueError for an epoch that is not recorded, or a name that there is not.
        """
        number = self._number(self.history.epochs[-1] if epoch is None else epoch)
        looks = _looks(palette, mark_errors or self.space.is_projected, plane)
        if ax is None:
            from matplotlib import pyplot  # it chooses a backend

            ax = pyplot.figure(figsize=(SPACE_INCHES, SPACE_INCHES)).add_subplot()
        if not isinstance(ax, Axes):
            raise TypeError(f"ax is a {type(ax).__name__}, not matplotlib Axes")
        snapshot = self._of(range(self.history.last + 1)).at(number)
        made = space_views(ax, snapshot.run, looks)
        if not isinstance(views or {}, Mapping):
            raise TypeError('views is no dictionary: give Axes by names, as in {"loss": ax}')
        for name, other in (views or {}).items():
            makers, others = panels_of([_known_view(name)]), np.ravel(other)
            if not all(isinstance(each, Axes) for each in others):
                raise TypeError(f"views: {name!r} has no matplotlib Axes to be drawn on")
            if len(makers) != len(others):
                raise UserError(f"view {name!r} needs {len(makers)} Axes, not {len(others)}")
            pairs = zip(makers, others, strict=True)
            made += [make(on, snapshot.run, looks) for make, on in pairs]
        for view in made:
            view.draw(snapshot)
            if hasattr(view, "title"):
                view.title.join()  # the figure may be laid out anew
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def animate(
        self, epochs=None, fps=FPS, size=SIZE, *, views=(), hold=0.0,
        palette="classic", mark_errors=False, legend=True, plane=(),
    ):  # fmt: skip
        """Make the Animation of some epochs, a frame each.

        epochs: as they are counted in the record; by default all but the first, the initialization.
        fps: frames a second, and `hold` the seconds that the last one stays.
        size: pixels of the space alone.
        views: names of what to show beside it.
        """
        counts = self.history.epochs[min(1, self.history.last) :] if epochs is None else epochs
        if isinstance(counts, str) or not isinstance(counts, Iterable):
            raise TypeError(f"epochs is {counts!r}: give a list or a range of them")
        shown = [self._number(count) for count in counts]
        if not shown:
            raise UserError("epochs is empty: give one or more")
        for name, (value, *ends) in {"fps": (fps, *RATES), "size": (size, *SIZES),
                                     "hold": (hold, *HOLDS)}.items():  # fmt: skip
            _check_number(name, value, *ends)
        if isinstance(views, str):
            raise TypeError(f"views is {views!r}: give a list of names")
        picture = self._picture(shown, size, views, palette, mark_errors, legend, plane)
        return Animation(Film(picture, shown, fps=fps, hold=hold))

    def _picture(
        self, shown, size, views=(), palette="classic", mark_errors=False, legend=True, plane=(),
    ):  # fmt: skip
        """The Picture of some records."""
        rings = _looks(palette, mark_errors, plane).mark_errors or self.space.is_projected
        names = [_known_view(name) for name in views]
        with default_style():
            run, settings = {"": self._of(shown, size)}, {"legend": legend, "plane": plane}
            return compose(run, names, palette, rings, size, **settings)

    def still(self, size=SIZE // 2):
        """The picture of the last epoch as an element of HTML, some pixels wide.

        It has twice as many pixels, for screens that show them.
        """
        last, file = self.history.last, io.BytesIO()
        imsave(file, self._picture([last], 2 * size).draw(last))
        image = base64.b64encode(file.getvalue()).decode()
        title = f"{self.space.title} at {self.history.label.title()} {self.history.count(last)}"
        return f'<img width="{size}" alt="{title}" src="data:image/png;base64,{image}">'

    def _number(self, count):
        """The number of the record that is counted so; raises UserError if there is none."""
        epochs = self.history.epochs
        if count not in epochs:
            every = f", every {self.history.every}" if self.history.every > 1 else ""
            raise UserError(
                f"{self.history.label} {count} is not recorded: there are 0 to {epochs[-1]}{every}"
            )
        return int(count) // self.history.every

    def _of(self, numbers, size=SIZE):
        points = sample(self.history.dataset, MOST_POINTS)
        if self._run is None or not set(numbers) <= set(self._run.epochs) or self._run.size != size:
            self._run = Run(self.history, self.space, numbers, points, size)
        return self._run


class Animation:
    """The film of a space, to be saved or shown in a notebook.

    film: the Film.
    """

    def __init__(self, film):
        self.film = film

    def save(self, path):
        """Save the film as MP4, GIF or page (HTML), or, without an ending, as a folder of PNG.

        An older file is replaced when the new one is whole. Raises ValueError for another ending.
        """
        path, film = Path(path), self.film
        endings = {form.ending: name for name, form in FORMS.items() if not form.folder}
        name = endings.get(path.suffix.lower(), "png" if path.suffix == "" else None)
        if name is None:
            raise UserError(f"{path}: give it one of the endings {', '.join(endings)}, or none")
        if film.fps > FORMS[name].most_fps:
            raise UserError(f"{name} has at most {FORMS[name].most_fps} frames a second: lower fps")
        with default_style():
            _save(path, lambda made: forms.save(name, made, film), FORMS[name].folder)

    def _repr_html_(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            with default_style():
                forms.save("mp4", path, self.film)
            video = base64.b64encode(path.read_bytes()).decode()
        width = min(SIZE, self.film.picture.size[0])
        return f'<video controls loop width="{width}" src="data:video/mp4;base64,{video}"></video>'


def _save(path, make, folder=False):
    """Make a file, or a folder of frames, which takes the place of an older one when it is whole.

    make: a function of the path at which it grows.
    Raises UserError if something else stands there, or the folder around it cannot be written.
    """
    check_place(path, folder, REMEDY)
    with staging(path.parent, REMEDY) as stage:
        make(stage / path.name)
        replace(stage / path.name, path)


def _check_number(name, value, low, high):
    if not isinstance(value, numbers.Real) or not low <= value <= high:
        raise UserError(f"{name} is {value!r}: give a number from {low:,} to {high:,}")


def _looks(palette, mark_errors, plane=()):
    if palette not in PALETTES:
        raise UserError(f"palette {palette!r} is not one of {', '.join(PALETTES)}")
    if (
        isinstance(plane, str)
        or len(plane) not in (0, 2)
        or not all(isinstance(name, str) for name in plane)
    ):
        raise UserError(f"plane is {plane!r}: give the names of two parameters")
    return Looks(PALETTES[palette], mark_errors, plane=tuple(plane))


def _known_view(name):
    if name not in VIEWS:
        raise UserError(f"view {name!r} is not one of {', '.join(VIEWS)}")
    return name
