"""Replay the training of a network in the feature space of its last hidden layer.

The plane of the data is warped, until a straight line can part the classes. Leaves a still of the
last epoch and a film of all of them in the output folder.
"""

from command_line import run


def transform(network):
    """The feature space: every point goes where the hidden layers of the epoch send it."""
    return network.features


def main():
    """Train the network, then make the still and the film."""
    run(
        __doc__,
        name="feature_space",
        title="Feature Space with Boundary",
        transform=transform,
        labels=("Hidden 1", "Hidden 2"),
        remedy="--latent appends a layer of 2 units",
    )


if __name__ == "__main__":
    main()
