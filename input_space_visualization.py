"""Replay the training of a network in its input space.

The plane of the data stays as it is, and the decision boundary bends through it. Leaves a still of
the last epoch and a film of all of them in the output folder.
"""

from command_line import run


def transform(network):
    """The input space: no layer is passed, and every point stays where it is."""
    return network.inputs


def main():
    """Train the network, then make the still and the film."""
    run(
        __doc__,
        name="input_space",
        title="Input Space with Boundary",
        transform=transform,
        labels=(),  # those of the data
        remedy="feature_space_visualization.py shows any number of features",
    )


if __name__ == "__main__":
    main()
