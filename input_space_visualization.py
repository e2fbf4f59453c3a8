"""Replay the training of a network in its input space.

The plane of the data stays as it is, and the decision boundary bends through it. Leaves a still of
the last epoch and a film of all of them in the output folder.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))  # python -I and -P leave it out

from torchreplay.cli.outcome import report, tell_troubles
from torchreplay.cli.script import faults_in_one_line
from torchreplay.spaces.space import INPUT_SPACE, spaces_shown
from torchreplay.system.terminal import tell

SPACE = INPUT_SPACE  # the plane of the data, which stays as it is


def main():
    """Train the network, then save a still of the last epoch and a film of all of them."""
    with faults_in_one_line():
        from torchreplay.cli.options import parse_options  # Ctrl-C is told in a line now

        options = parse_options(__doc__, folder=Path(__file__).resolve().parent, space=SPACE)
        import common  # only now: PyTorch takes a second to load
        from torchreplay import (
            Film,
            OutputFolder,
            check_runs,
            compose,
            default_style,
            one_thread,
            picture_memory,
            remarks,
            save_record,
        )

        with OutputFolder(SPACE.name, **options.output) as outputs, default_style(), one_thread():
            histories = common.load_histories(options.record["load_from"])  # by default none
            datasets = common.load_datasets(options.trainings, histories)  # one, by default
            spaces = spaces_shown(SPACE, options.picture["views"])
            frames = len(options.film["epochs"])
            pictures = picture_memory(options.output["forms"], frames, **options.picture)
            planned = datasets, spaces, options.trainings, pictures, histories
            check_runs(common.make_network, *planned, options.picture["plane"])
            drawn = options.picture["palette"], options.scenes["max_points"]
            tell(*remarks(datasets.values(), *drawn))
            tell(*outputs.faults)
            if not histories:
                histories = common.train_all(datasets, options.trainings)  # one, for 200 epochs
            tell_troubles(histories, options.trainings)
            if options.record["save_to"]:
                outputs.files.append(save_record(options.record["save_to"], histories[""]))
            runs = common.collect(histories, SPACE, **options.scenes)
            picture = compose(runs, **options.picture)
            outputs.save_stills(picture)  # by default of epoch 200
            outputs.save_films(Film(picture, **options.film))  # by default of all, as MP4
    report(histories, options.reported, outputs, options.picture["compared"])


if __name__ == "__main__":
    main()
