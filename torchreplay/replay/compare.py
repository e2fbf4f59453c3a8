"""Put recorded trainings side by side."""

from __future__ import annotations

from collections.abc import Mapping

from torchreplay.errors import UserError
from torchreplay.models.evaluating import default_torch
from torchreplay.replay.comparison import Comparison
from torchreplay.replay.drawing import check_tasks
from torchreplay.replay.replay import Replay
from torchreplay.replay.space_replay import SpaceReplay


@default_torch()
def compare(replays: Mapping[str, Replay | SpaceReplay]) -> Comparison:
    """Put recorded trainings side by side: a Comparison.

    replays: a dictionary of two or more by their names: all Replays, or all SpaceReplays of one
        kind of space. A Replay is shown in its input space if its data has two features, else in
        its feature space.
    Raises TypeError or ValueError for anything else.
    """
    if not isinstance(replays, Mapping) or len(replays) < 2:
        raise UserError('replays: give a dictionary of two or more, as {"0.3": replay, ...}')
    spaces = [_space_of(name, replay) for name, replay in replays.items()]
    for kind, values in (
        ("spaces", {each.space.name for each in spaces}),
        ("labels of epochs", {(each.history.label, each.history.every) for each in spaces}),
    ):
        if len(values) > 1:
            raise UserError(f"replays have different {kind}: {', '.join(map(str, sorted(values)))}")
    check_tasks([each.history.task for each in spaces])
    return Comparison(spaces, {"": list(map(str, replays))})


def _space_of(name, replay):
    if isinstance(replay, SpaceReplay):
        return replay
    if not hasattr(replay, "input_space"):
        raise TypeError(f"replays: {name!r} is a {type(replay).__name__}, not a Replay")
    dataset = replay.history.dataset
    has_plane = (dataset.is_plane or dataset.is_graph) and not replay.keeps_features
    return replay.input_space() if has_plane else replay.feature_space()
