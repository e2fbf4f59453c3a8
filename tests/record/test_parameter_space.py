"""The path through parameter space: components by SVD, coordinates and distances by NumPy."""

import dataclasses

import numpy as np
import pytest
from helpers.models import Nested, clouds
from torch import nn

from torchreplay.errors import NetworkError
from torchreplay.record.parameter_space import ParameterPath, place_of
from torchreplay.replay.recorder import Recorder


@pytest.fixture(scope="module")
def matrix(history):
    """All parameters of every epoch, (201, 9) float64."""
    values = [array.reshape(201, -1) for array in history.parameters.values()]
    return np.concatenate(values, axis=1).astype(float)


def with_parameters(history, matrix):
    """The same History with other parameters, (epochs, 9)."""
    parts = np.split(matrix.astype(np.float32), [4, 6, 8], axis=1)
    values = [
        part.reshape(len(part), *array.shape[1:])
        for part, array in zip(parts, history.parameters.values(), strict=True)
    ]
    parameters = dict(zip(history.parameters, values, strict=True))
    curve = np.zeros(len(matrix))
    return dataclasses.replace(history, parameters=parameters, loss=curve, accuracy=curve)


def test_components_are_those_of_a_singular_value_decomposition(history, matrix):
    path = ParameterPath(history, 200)
    _, sizes, axes = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(path.shares, (sizes**2 / (sizes**2).sum())[:2], rtol=1e-6)
    assert [f"{share:.3f}" for share in path.shares] == ["0.971", "0.026"]
    for ours, expected in zip(path.directions, axes, strict=False):
        assert abs(ours @ expected) == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(path.directions @ path.directions.T, np.eye(2), atol=1e-12)
    expected = (matrix - matrix[200]) @ path.directions.T
    np.testing.assert_allclose(path.coordinates, expected, atol=1e-9)
    assert path.coordinates[0, 0] < 0 == path.coordinates[200, 0]


def test_components_of_a_known_path(history):
    """An ellipse, three by one, in a plane of two of nine parameters."""
    angle = np.linspace(0, 2 * np.pi, 41)[:-1]
    matrix = np.full((40, 9), 0.5)
    matrix[:, 2] += 3 * np.cos(angle)
    matrix[:, 7] += np.sin(angle)
    path = ParameterPath(with_parameters(history, matrix), 39)
    np.testing.assert_allclose(path.shares, [0.9, 0.1], rtol=1e-5)
    assert np.abs(path.directions[0, 2]) == pytest.approx(1, abs=1e-5)
    assert np.abs(path.directions[1, 7]) == pytest.approx(1, abs=1e-5)
    assert path.farthest(39) == pytest.approx(0, abs=1e-5)


def test_distance_is_that_from_the_plane_through_the_epoch(history, matrix):
    path = ParameterPath(history, 200)
    for epoch in (0, 20, 200):
        away = matrix[: epoch + 1] - matrix[epoch]
        rest = away - away @ path.directions.T @ path.directions
        expected = np.linalg.norm(rest, axis=1).max()
        assert path.farthest(epoch) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_straight_path_and_a_point_have_a_plane_as_well(history, count):
    matrix = np.ones((count, 9)) + np.arange(count)[:, None] * np.arange(9)
    path = ParameterPath(with_parameters(history, matrix), count - 1)
    np.testing.assert_allclose(path.directions @ path.directions.T, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(path.shares, [float(count > 1), 0], atol=1e-6)
    assert path.farthest(count - 1) == pytest.approx(0, abs=1e-4)


def test_plane_of_two_parameters(history, matrix):
    path = ParameterPath(history, 150, ("output.bias", "hidden.weight[1,0]"))
    assert path.axis_labels == ("output.bias[0]", "hidden.weight[1,0]")
    np.testing.assert_allclose(path.coordinates, matrix[:151, [8, 2]])
    total = matrix[:151].var(axis=0)
    np.testing.assert_allclose(path.shares, total[[8, 2]] / total.sum(), rtol=1e-6)
    rest = np.delete(matrix[:151] - matrix[150], [8, 2], axis=1)
    assert path.farthest(150) == pytest.approx(np.linalg.norm(rest, axis=1).max(), rel=1e-6)


def test_a_long_path_is_sampled(history, matrix):
    path = ParameterPath(with_parameters(history, np.repeat(matrix, 10, axis=0)), 2009)
    assert len(path.rows) == 1000 and {0, 2009} <= set(path.rows)
    np.testing.assert_allclose(path.shares, ParameterPath(history, 200).shares, atol=2e-3)
    assert len(path.coordinates) == 2010


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("hidden.weight[0,0]", 0),
        ("hidden.weight[0, 1]", 1),
        ("logit.0.weight[1,0]", 2),
        ("hidden.bias[1]", 5),
        ("output.weight[0,1]", 7),
        ("output.bias[0]", 8),
        ("output.bias", 8),
    ],
)
def test_places_of_names(history, name, place):
    assert place_of(history, name)[0] == place


def test_places_in_layers_with_numbers(larger):
    """The names of pictures, with blanks or without."""
    for name in ("hidden 2.weight[3,14]", "hidden2.weight[3,14]"):
        assert place_of(larger, name) == (45 + 3 * 15 + 14, "hidden 2.weight[3,14]")


def test_places_in_models_of_others():
    X, y = clouds()
    history = Recorder(Nested(), X, y, loss=nn.BCEWithLogitsLoss()).history()
    assert place_of(history, "body.block.layer.bias[2]") == (
        12 + 16 + 2,
        "body.block.layer.bias[2]",
    )


@pytest.mark.parametrize(
    "name", ["", "weight", "hidden.weight", "hidden.weight[2,0]", "hidden.weight[0]", "output.x[0]",
             "hidden.weight[0,1]]", "hidden.weight[-1,0]"],
)  # fmt: skip
def test_names_that_there_are_not(history, name):
    expected = (
        f"no parameter {name!r}: there are hidden.weight[0,0] to [1,1], hidden.bias[0] to [1],"
        " output.weight[0,0] to [0,1], output.bias[0]"
    )
    with pytest.raises(NetworkError) as refused:
        place_of(history, name)
    assert str(refused.value) == expected


def test_refused_planes(history):
    with pytest.raises(NetworkError, match="are the same: name two parameters"):
        ParameterPath(history, 3, ("output.bias", "output.bias[0]"))
    X, y = clouds(features=1)
    history = Recorder(nn.Linear(1, 1, bias=False), X, y, loss=nn.BCEWithLogitsLoss()).history()
    with pytest.raises(NetworkError, match="the model has a single parameter"):
        ParameterPath(history, 0)
