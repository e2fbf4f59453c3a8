"""Replay the training of a network in the feature space of its last hidden layer.

The plane of the data is warped, until a straight line can separate the classes. The output
folder gets a still of the last epoch and a film of all epochs.
"""

import os
import sys

sys.path.append(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120, -I and -P leave it out

from torchreplay.cli.script import script
from torchreplay.spaces.space import FEATURE_SPACE

SPACE = FEATURE_SPACE  # the plane as the hidden layers map it


def main():
    """Train the network, then save a still of the last epoch and a film of all epochs."""
    with script(__doc__, __file__, SPACE) as (options, outputs):  # a fault ends in one line
        import common  # only now: PyTorch takes a second to load
        from torchreplay import Film

        load_from = options.record["load_from"]  # by default nothing: a network is trained
        replays = common.train_replays(options.trainings, load_from, outputs.check)
        outputs.note(replays)  # what went wrong, if anything did
        space = common.collect(replays, SPACE, **options.space)  # grids and boundaries
        picture = space.picture(**options.picture)
        outputs.save_stills(picture)  # by default of epoch 200, as PNG
        outputs.save_films(Film(picture, **options.film))  # by default of all epochs, as MP4
        outputs.save_bend_of(space)  # by default none
        outputs.save_page(replays)  # by default none


if __name__ == "__main__":
    main()
