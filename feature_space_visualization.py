"""Replay the training of a network in the feature space of its last hidden layer.

The plane of the data is warped, until a straight line can part the classes. Leaves a still of the
last epoch and a film of all of them in the output folder.
"""

from pathlib import Path

from torchreplay.command_line import (
    faults_in_one_line,
    report,
    tell,
    tell_divergence,
    tell_silence,
)
from torchreplay.options import parse_options
from torchreplay.spaces import FEATURE_SPACE, spaces_shown

SPACE = FEATURE_SPACE  # what the hidden layers make of that plane


def main():
    """Train the network, then save a still of the last epoch and a film of all of them."""
    with faults_in_one_line():
        options = parse_options(__doc__, folder=Path(__file__).resolve().parent, space=SPACE)
        import common  # only now: PyTorch takes a second to load
        from torchreplay import (
            Film,
            OutputFolder,
            compose,
            default_style,
            one_thread,
            remarks,
            save_record,
        )  # fmt: skip

        with OutputFolder(SPACE.name, **options.output) as outputs, default_style(), one_thread():
            recorded, saved = options.record["shown"], options.record["saved"]
            histories = common.load_histories(recorded)  # none, they are to be trained
            dataset = common.dataset_of(histories) or common.load_dataset(**options.data)
            spaces = spaces_shown(SPACE, options.picture["views"])
            common.check_runs(dataset, spaces, options.trainings, histories)
            tell(*remarks(dataset, options.picture["palette"], options.shown["max_points"]))
            tell(*outputs.remarks)
            if not histories:
                histories = common.train_all(dataset, options.trainings)  # one, for 200 epochs
                tell_divergence(histories, options.trainings)
            tell_silence(histories)
            if saved:
                outputs.files.append(save_record(saved, histories[""]))
            runs = common.collect(histories, SPACE, **options.shown)
            picture = compose(runs, **options.picture)
            outputs.save_stills(picture)  # of epoch 200
            outputs.save_films(Film(picture, **options.film))  # of the epochs 1 to 200, as MP4
    report(histories, outputs)


if __name__ == "__main__":
    main()
