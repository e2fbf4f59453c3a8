"""Replays: a recorded training, to be shown in spaces or on a page, or saved."""

from __future__ import annotations

import html
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

from torchreplay.errors import NetworkError
from torchreplay.models.evaluating import default_torch
from torchreplay.page.tour import Tour
from torchreplay.pictures.notebook import COVER, Shown, still_of
from torchreplay.record.files import load_record, save_record
from torchreplay.record.history import History
from torchreplay.record.kept_features import KeptFeatures
from torchreplay.replay.layers import Layers, layers_of
from torchreplay.replay.pages import NOTEBOOK_HEIGHT, page_of, planes_of
from torchreplay.replay.space_replay import SpaceReplay
from torchreplay.replay.widget import widget_of
from torchreplay.settings import FPS, MAX_POINTS, SIZE
from torchreplay.spaces.layer_spaces import as_model, space_of_layer
from torchreplay.spaces.slices import span_of
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE, spanned
from torchreplay.system.paths import given_file

if TYPE_CHECKING:
    from torch import nn

    from torchreplay.replay.page_widget import PageWidget
    from torchreplay.views.looks import PaletteName

STILL_DENSITY = 2  # pixels of a still for each pixel of CSS


class Replay(Shown):
    """A recorded training, shown in its spaces at any epoch.

    `Recorder.replay` and `Replay.load` make it. In a notebook it shows the page of the training.

    Parameters
    ----------
    history : History
        The record; `history.epochs`, `.loss`, `.accuracy` and `.parameters` are arrays.

    Raises
    ------
    TypeError
        If this is no History.

    Examples
    --------
    >>> replay.history.epochs
    array([0, 1, 2, 3])
    >>> replay.to_html("training.html")
    >>> replay.save("training.npz")
    >>> Replay.load("training.npz", model).history.last
    3
    """

    history: History

    def __init__(self, history: History):
        if not isinstance(history, History):
            raise TypeError(
                f"history is a {type(history).__name__}: use Recorder.replay or Replay.load"
            )
        self.history = history

    def __repr__(self) -> str:
        return f"Replay of {self.history!r}"

    @default_torch()
    def input_space(
        self,
        plane_of: Sequence[Any] | None = None,
        features: Sequence[str | int] | None = None,
    ) -> SpaceReplay:
        """The SpaceReplay of the plane of the data: of two features, or of one and a number.

        Of more features, it is a slice of the input space, the same at all epochs:

        plane_of: the numbers of three points of X, from 0 on: the plane through them; or of two
            points, and an array that is shaped like a point, its direction. X may be images.
        features: the names, or the numbers from 0 on, of two features. All others stay at their
            medians, those of the points trained on.

        In a plane of points, axes are at right angles and have the same scale. Distances are in
        units of X; where the network standardizes features, in standard deviations of each.
        Regions and boundary are those of the network on the slice itself. Points are drawn where
        they are projected on it at right angles, in four sizes: the smaller, the farther. Those
        farther than a quarter of the axes are left out, and, of two features, those of which the
        other features are on average (root mean square) more than two standard deviations from
        their medians. Rings are around points that are misclassified where they are, not where
        they are drawn. The points of a plane are marked.
        Raises ValueError for data that needs one of both or has no such points or features.
        """
        dataset = self.history.dataset
        if self.keeps_features:
            raise NetworkError('the record keeps features alone: record with keep="parameters"')
        span = span_of(plane_of, features)
        if not (span or dataset.is_plane or dataset.is_graph):
            raise NetworkError(
                f"X has shape {tuple(dataset.X.shape)}: an input space needs two features."
                f" {_choice_of(dataset)} feature_space() shows any features"
            )
        return SpaceReplay(self.history, spanned(INPUT_SPACE, span))

    @default_torch()
    def feature_space(
        self,
        layer: str | None = None,
        units: tuple[int, int] | None = None,
        projection: Literal["decision", "pca"] | None = None,
        classes: tuple[str, ...] | None = None,
    ) -> SpaceReplay:
        """The SpaceReplay of what a layer of the model puts out.

        layer: its name, as in `named_modules`; by default the last one of two units before the
            output.
        units: the numbers of two of its units, if it has more.
        projection: "decision": the plane in which the linear layer that follows decides, by default
            of a layer of more units; "pca": the plane in which its units vary most over all epochs.
        classes: the names of three classes between which is decided there, by default the first
            three of more than two. Axes go by the order of the classes, not by that given here:
            from the first of the three toward the second, and toward the third.

        In the decision plane every point is on its true side of the boundary, which is straight,
        at any width. Two units of a wider layer, or its components, are shown with points, grid,
        and rings around misclassified points. They have no boundary: it depends on all units.
        If X has more than two features, regions are shown only if a linear layer follows the layer:
        without one, nothing is known of a place that has no point. Raises ValueError for a layer
        that does not exist or does not fit.
        """
        only = self.history.model.layer if self.keeps_features else None
        asked = units, projection, classes
        if only and (layer not in (None, only) or asked != (None,) * 3):
            raise NetworkError(f"the record keeps no more than the features of layer {only!r}")
        if only or (layer, *asked, self.history.output) == (None,) * 5:
            return SpaceReplay(self.history, FEATURE_SPACE)
        history = as_model(self.history)
        return SpaceReplay(history, space_of_layer(history, layer, *asked))

    @default_torch()
    def layers(self) -> Layers:
        """The planes after every step of the model, side by side, from the input on: Layers.

        A layer of two units is shown after its linear part and after its activation function. Of a
        wider one the decision plane is shown, or the plane of its two main components. There are at
        most six panels. Raises ValueError if the record has no parameters, or there are no layers.
        """
        return layers_of(self.history)

    @property
    def keeps_features(self) -> bool:
        """Whether the record keeps features in place of parameters."""
        return isinstance(self.history.model, KeptFeatures)

    def save(self, path: str | PathLike[str]) -> None:
        """Save the record and its data as a file in NumPy's format, without pickled objects."""
        save_record(given_file(path), self.history)

    @classmethod
    @default_torch()
    def load(cls, path: str | PathLike[str], model: nn.Module | None = None) -> Replay:
        """Load a Replay that was saved.

        model: one of the kind that was recorded; its parameters are not changed. Where only its
            features were kept, none is needed.
        Raises ValueError if the file is no record, or the model does not fit it.
        """
        return cls(load_record(given_file(path), model))

    @default_torch()
    def to_html(
        self,
        path: str | PathLike[str] | None = None,
        palette: PaletteName = "classic",
        *,
        opens: Literal["input", "feature"] = "input",
        mark_errors: bool = False,
        fps: float = FPS.default,
        max_points: int = int(MAX_POINTS.default),
        title: str | None = None,
        tour: str | PathLike[str] | Tour | None = None,
    ) -> str | None:
        """Save the page of the training, on which it can be explored in any browser.

        path: where to save it; without one, the page is returned as text.
        palette: the name of the palette with which the page begins.
        opens: the space that comes first where the window is narrow, "input" or "feature".
        mark_errors: whether the page begins with rings around misclassified points.
        fps: epochs a second that it plays.
        max_points: how many points it shows at most, a fixed sample of those recorded.
        title: its title, a line of text; by default it says what is learned from which data.
        tour: the path of a text file of stops that one steps through; by default the page has a
            tour of its own.
        An older file is replaced when the new one is complete. Raises ValueError if the record has
        no plane to show, if the tour names what is not on the page, or if the file cannot be
        written.
        """
        looks = {"palette": palette, "opens": opens, "mark_errors": mark_errors}
        return page_of({"": self.history}, path, max_points, fps, title, tour, **looks)

    def widget(self) -> PageWidget:
        """The page as a widget of a notebook, whose epoch, pinned point and selection can be set.

        It needs the extra `torchreplay[notebook]`.
        Raises ValueError without it, or if the record has no plane to show.
        """
        return widget_of(lambda: self.history)

    def _shown(self):
        pictures = [space.picture() for space in self._still_spaces()]
        still = still_of(pictures, self.history.last, STILL_DENSITY)
        try:
            planes_of(self.history)
        except NetworkError:  # there is nothing to explore
            return still, ""
        page = html.escape(page_of({"": self.history}))
        size = f'width="100%" height="{NOTEBOOK_HEIGHT}"'
        return still, f'<iframe srcdoc="{page}" {size} style="{COVER}"></iframe>'

    def _still_spaces(self):
        """The SpaceReplays of the last epoch: of inputs, if they are a plane, and of features."""
        dataset = self.history.dataset
        spaces = [self.input_space()] if dataset.is_plane or dataset.is_graph else []
        try:
            spaces.append(self.feature_space())
        except NetworkError:  # no layer of two units
            try:
                spaces.append(self.feature_space(projection="pca"))
            except NetworkError:
                if not spaces:
                    raise
        return [space.showing([self.history.last], SIZE.default) for space in spaces]


def _choice_of(dataset):
    """How a plane of the input space of a Dataset is chosen, in words; "" if there is none."""
    if dataset.X[0].numel() < 3:
        return ""
    points = "the plane through three points with plane_of=(0, 1, 2)"
    if dataset.X.ndim > 2:
        return f"Choose {points};"
    return f"Choose two with features=(0, 1), or {points};"
