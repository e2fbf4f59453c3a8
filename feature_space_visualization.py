"""Replay the training of a 2-2-1 sigmoid network in the feature space of its hidden layer.

The plane of the data is warped, until a straight line can part the classes. Leaves a still of the
last epoch and a film of all of them in the output folder.
"""

from command_line import run


def transform(network, x):
    """The feature space: every point goes where the hidden layer of the epoch sends it."""
    return network.features(x)


def main():
    """Train the network, then make the still and the film."""
    run(
        __doc__,
        name="feature_space",
        title="Feature Space with Boundary",
        labels=("Hidden 1", "Hidden 2"),
        limits=(0, 1),
        transform=transform,
    )


if __name__ == "__main__":
    main()
