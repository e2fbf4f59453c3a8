"""The bend: stages in which the plane of an epoch goes from the input space to the feature space.

Layers of two units turn the plane, stretch it, shift it and bend it by their activation function.
The weights are W = Q S: Q turns, and S stretches along two directions at right angles. All other
layers are blended in along straight lines. What lies between the ends is no state of the network.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import nn

from torchreplay.geometry.folds import is_mirror
from torchreplay.models.activations import activation_of, is_elementwise, is_plain
from torchreplay.models.classifier import NO_OP_LAYERS
from torchreplay.models.standardize import Standardize
from torchreplay.models.tracing import in_batches

MIRROR_POINTS = 21  # along each axis
MIN_SIZE_FRACTION = 1e-6  # of a stretch along one direction


@dataclass(frozen=True)
class Stage:
    """One stage of a bend.

    name: in words.
    move: a function of places where the stage begins, (n, 2), and of the share of it that is done,
        from 0 to 1, to places, (n, 2).
    """

    name: str
    move: Callable[[torch.Tensor, float], torch.Tensor]


class Bent(nn.Module):
    """The map of the input plane at a moment of a bend.

    stages: those of the bend; done: how many of them are complete; share: of the next one.
    scale: of the plane at the beginning, (2,), see `bend_of`.
    keeps_plane_flat: whether it folds nothing.
    """

    def __init__(self, stages, done, share, scale, keeps_plane_flat):
        super().__init__()
        self.moves = [(stage.move, 1.0) for stage in stages[:done]]
        self.moves += [(stage.move, share) for stage in stages[done : done + 1]]
        self.scale, self.keeps_plane_flat = scale, keeps_plane_flat

    def forward(self, x):
        """The places of points x, (n, 2)."""
        x = x.double() / self.scale
        for move, share in self.moves:
            x = move(x, share)
        return x.float()


@dataclass(frozen=True)
class Bend:
    """The way of the plane of an epoch to a feature space.

    stages: a list of Stages.
    scale: what the features are divided by, (2,): so a plane of other units is a square, too.
    is_flat: whether nothing folds on the way.
    """

    stages: list
    scale: torch.Tensor
    is_flat: bool

    def at(self, done, share):
        """The layers that map the input plane, with some stages done and a share of the next."""
        return nn.Sequential(Bent(self.stages, done, share, self.scale, self.is_flat))


def bend_of(layers, plane):
    """Make the Bend of layers, which map an input Plane, (n, 2), to (n, 2)."""
    extent = np.subtract(plane.high, plane.low)
    scale = torch.from_numpy(extent / extent.min())
    steps = steps_of(layers)
    if steps is None:
        return Bend([blending(layers, scale, plane)], scale, is_flat=False)
    steps = joined(steps, torch.diag(scale))
    count, stages = sum(isinstance(step, tuple) for step in steps), []
    layer = 0
    for step in steps:
        layer += isinstance(step, tuple)
        whose = f"layer {layer}: " if count > 1 else ""
        found = linear_stages(*step) if isinstance(step, tuple) else [activation_stage(step)]
        stages += [Stage(whose + stage.name, stage.move) for stage in found]
    known = [activation_of(step) for step in steps if not isinstance(step, tuple)]
    return Bend(stages, scale, is_flat=all(each and each.invertible for each in known))


def steps_of(layers):
    """The steps of layers of two units: weights and biases in float64, and activation functions.

    Returns None if there are layers of another kind.
    """
    if not isinstance(layers, nn.Sequential):
        return None
    found = []
    for layer in layers:
        if isinstance(layer, nn.Sequential):
            inner = steps_of(layer)
        elif is_plain(layer, nn.Linear) and layer.weight.shape == (2, 2):
            bias = torch.zeros(2) if layer.bias is None else layer.bias.detach()
            inner = [(layer.weight.detach().double(), bias.double())]
        elif isinstance(layer, Standardize):
            spread = layer.spread.double()
            inner = [(torch.diag(1 / spread), -layer.mean.double() / spread)]
        else:
            inner = [layer] if is_elementwise(layer) else None
            inner = [] if isinstance(layer, NO_OP_LAYERS) else inner
        if inner is None:
            return None
        found += inner
    return found


def joined(steps, scale):
    """The same steps with linear ones in a row made one; the first begins with a scale, (2, 2)."""
    found = []
    for is_linear, group in groupby(steps, lambda step: isinstance(step, tuple)):
        if not is_linear:
            found += group
            continue
        weight, bias = torch.eye(2, dtype=torch.double), torch.zeros(2, dtype=torch.double)
        for more, other in group:
            weight, bias = more @ weight, more @ bias + other
        found.append((weight if found else weight @ scale, bias))
    return found


def linear_stages(weight, bias):
    """The stages of a linear layer: turn, stretch and shift.

    If it mirrors, the plane is turned over around a line in place of a turn: at one instant it is
    seen from the side.
    """
    axes, sizes, right = torch.linalg.svd(weight)
    rotation = axes @ right
    if torch.linalg.det(rotation) > 0:
        angle = math.atan2(rotation[1, 0], rotation[0, 0])
        first = Stage("turn", lambda x, t: x @ turned(t * angle).T)
    else:
        _, directions = torch.linalg.eigh(rotation)
        normal = directions[:, 0]  # of the line that stays
        first = Stage(
            "turn over (mirrored)",
            lambda x, t: x - (1 - math.cos(math.pi * t)) * torch.outer(x @ normal, normal),
        )

    vanish = sizes <= MIN_SIZE_FRACTION * sizes.max()  # their power would jump at the beginning

    def stretch(x, t):
        grown = torch.where(vanish, 1 - t + t * sizes, sizes**t)
        return (x @ axes * grown) @ axes.T

    return [first, Stage("stretch", stretch), Stage("shift", lambda x, t: x + t * bias)]


def turned(angle):
    """The matrix that turns the plane by an angle."""
    cos, sin = math.cos(angle), math.sin(angle)
    return torch.tensor([[cos, -sin], [sin, cos]], dtype=torch.double)


def activation_stage(module):
    """The stage in which an activation function is blended in."""
    known = activation_of(module)
    name = known.name if known else type(module).__name__.lower()
    return Stage(name, lambda z, t: (1 - t) * z + t * module(z.clone()))


@torch.no_grad()
def blending(layers, scale, plane):
    """The Stage in which a Plane moves along straight lines to what layers put out.

    Where they mirror it, it is seen from the side on its way, and the name says so.
    """
    x = torch.from_numpy(plane.mesh(MIRROR_POINTS).points.reshape(-1, 2))
    mirrored = " (mirrored)" * is_mirror(x, in_batches(layers, x).double())
    return Stage(
        f"straight to its place{mirrored}",
        lambda x, t: (1 - t) * x + t * layers((x * scale).float()).double(),
    )
