"""The spaces of both scripts, and what can be shown in them."""

import pytest

import common
from torchreplay.data.dataset import make_dataset
from torchreplay.errors import NetworkError
from torchreplay.spaces.space import FEATURE_SPACE, INPUT_SPACE, axis_labels, check_dimensions
from torchreplay.spaces.whitening import is_latent


def test_spaces_of_the_scripts(spaces):
    described = [(space.name, space.title, space.axis_labels) for space in spaces.values()]
    assert described == [
        ("input_space", "Input Space with Boundary", ()),
        ("feature_space", "Feature Space with Boundary", ("Hidden 1", "Hidden 2")),
    ]
    assert list(spaces.values()) == [INPUT_SPACE, FEATURE_SPACE]
    assert [space.view for space in spaces.values()] == ["input", "feature"]


def test_axes_are_called_after_features_or_units(spaces):
    dataset = make_dataset("moons", points=20)
    for name, hidden, latent, expected in (
        ("input_space", [2], False, ("a", "b")),
        ("input_space", [9], True, ("a", "b")),
        ("feature_space", [2], False, ("Hidden 1", "Hidden 2")),
        ("feature_space", [9, 2], False, ("Hidden 1", "Hidden 2")),
        ("feature_space", [9], True, ("Latent 1, whitened", "Latent 2, whitened")),
    ):
        network = common.make_network(dataset, hidden, latent=latent)
        layers = spaces[name].transform(network)
        assert axis_labels(spaces[name], is_latent(layers), ("a", "b")) == expected


def test_remedy_of_a_view_takes_the_place_of_that_of_the_space(spaces):
    dataset = make_dataset("moons", points=20)
    network = common.make_network(dataset, [1])
    with pytest.raises(NetworkError, match=r"has 1 dimension, not 2: leave it out$"):
        check_dimensions(spaces["feature_space"], network, dataset, "leave it out")


@pytest.mark.parametrize(
    ("name", "source", "hidden", "message"),
    [
        (
            *("input_space", "ball", [2]),
            "the input space has 10 dimensions, not 2: feature_space_visualization.py",
        ),
        ("feature_space", "moons", [2, 1], "the feature space has 1 dimension, not 2: latent=True"),
    ],
)
def test_what_is_no_plane_is_refused(spaces, name, source, hidden, message):
    dataset = make_dataset(source, points=20)
    with pytest.raises(NetworkError) as refusal:
        check_dimensions(spaces[name], common.make_network(dataset, hidden), dataset)
    assert str(refusal.value).startswith(message)
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "source", "hidden", "latent"),
    [
        ("input_space", "moons", [5], False),
        ("feature_space", "moons", [5, 2], False),
        ("feature_space", "ball", [5], True),
    ],
)
def test_planes_are_not_refused(spaces, name, source, hidden, latent):
    dataset = make_dataset(source, points=20)
    network = common.make_network(dataset, hidden, latent=latent)
    check_dimensions(spaces[name], network, dataset)
