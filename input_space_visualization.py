"""Replay the training of a 2-2-1 sigmoid network in its input space.

The plane of the data stays as it is, and the decision boundary bends through it. Leaves a still of
the last epoch and a film of all of them in the output folder.
"""

from command_line import run


def transform(network, x):
    """The input space: every point stays where it is, at every epoch."""
    return x


def main():
    """Train the network, then make the still and the film."""
    run(
        __doc__,
        name="input_space",
        title="Input Space with Boundary",
        labels=("X1", "X2"),
        limits=(-1, 1),
        transform=transform,
    )


if __name__ == "__main__":
    main()
