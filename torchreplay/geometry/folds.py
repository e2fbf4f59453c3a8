"""The sheets of a plane that layers fold.

Layers wider than two units, or ReLU, may fold the plane. Parts of it then overlap, and some are
turned over. The image of the plane is larger than the area inside the image of its rim.
"""

import numpy as np
import torch
from contourpy import FillType, contour_generator

from torchreplay.geometry.level_sets import slide, starts_of
from torchreplay.geometry.mesh import mesh_of_image

FOLD_MESH_POINTS, FOLD_SEARCH_ROUNDS = 151, 4
REGION_MESH_POINTS, REGION_SEARCH_ROUNDS = 201, 6  # finer: a rim may be the decision boundary


def unfold(layers, plane, flat, extent):
    """Divide a plane into sheets on which its image does not turn over: closed curves, (m, 2) each.

    layers: a function of points, (n, 2), to their images, (n, 2).
    plane: the Plane.
    flat: parts whose area shrinks to less than this fraction count as not turned over.
    extent: width and height of the axes that show the image.

    The images of sheets run anticlockwise, and those of holes clockwise. Where sheets overlap, they
    add up and do not cancel out.
    """
    mesh = mesh_of_image(layers, plane.mesh(FOLD_MESH_POINTS), extent)
    turning = stretch(layers, _points(mesh)).numpy() + flat
    contours = _contours(mesh, turning)
    sheets = [
        curve[::direction]
        for low, high, direction in ((0, np.inf, 1), (-np.inf, 0, -1))
        for curve in _closed_curves(contours, low, high)
    ]
    return _refine(sheets, mesh, lambda x: stretch(layers, x) > -flat, FOLD_SEARCH_ROUNDS)


def unfold_region(layers, logit, plane, flat, extent):
    """Divide the area where a logit is above 0 into sheets, as `unfold` divides the whole plane.

    logit: a function of points, (n, 2), to their logits, (n, 1).
    """
    mesh, sheets = mesh_of_image(layers, plane.mesh(REGION_MESH_POINTS), extent), []
    points = _points(mesh)
    turning = stretch(layers, points).numpy() + flat
    with torch.no_grad():
        logits = logit(points)[:, 0].numpy()
    for side in (1, -1):

        def inside(x, side=side):
            return (side * (stretch(layers, x) + flat) > 0) & (logit(x)[:, 0] > 0)

        contours = _contours(mesh, np.minimum(side * turning, logits))
        curves = list(_closed_curves(contours, 0, np.inf))
        sheets += [curve[::side] for curve in _refine(curves, mesh, inside, REGION_SEARCH_ROUNDS)]
    return sheets


def _points(mesh):
    """The points of a Mesh, a tensor (n, 2)."""
    return torch.from_numpy(mesh.points.reshape(-1, 2))


def _contours(mesh, values):
    """The contour generator of values at the points of a mesh, (points,)."""
    values = values.reshape(mesh.points.shape[:2])
    return contour_generator(*mesh.coordinates, values, fill_type=FillType.OuterOffset)


def _closed_curves(contours, low, high):
    """Yield the closed curves around the values from low to high, (m, 2) each."""
    for vertices, offsets in zip(*contours.filled(low, high), strict=True):
        yield from np.split(vertices, offsets[1:-1].astype(int))


def _refine(curves, mesh, condition, rounds):
    """Slide the vertices of curves along the edges of a mesh to where a condition changes."""
    if not curves:
        return []
    vertices = slide(np.concatenate(curves), mesh.axes, condition, rounds)
    return np.split(vertices, starts_of(curves)[1:])


@torch.enable_grad()
def stretch(layers, x):
    """The determinant of the layers' derivative at points x, (n, 2): (n,).

    Areas grow by this factor. It is negative where the plane is turned over.
    """
    x = x.clone().requires_grad_()
    image = layers(x)
    (a, b) = (torch.autograd.grad(image[:, unit].sum(), x, retain_graph=True)[0] for unit in (0, 1))
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def is_mirror(points, images):
    """Whether the linear map that is nearest to some points and their images turns the plane over.

    points: (n, 2); of other shapes they are no plane, and nothing is turned over. images: (n, 2).
    """
    if points.shape[1:] != (2,):
        return False
    centered = (points - points.mean(dim=0)).double()
    return bool(torch.linalg.det(centered.T @ images.double()) < 0)
