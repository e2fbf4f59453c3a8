"""Replay the training of a network in the feature space of its last hidden layer.

The plane of the data is warped, until a straight line can part the classes. Leaves a still of the
last epoch and a film of all of them in the output folder.
"""

from pathlib import Path

from torchreplay.command_line import faults_in_one_line, report, tell, tell_divergence
from torchreplay.options import parse_options
from torchreplay.spaces import Space

SPACE = Space(
    name="feature_space",
    title="Feature Space with Boundary",
    transform=lambda network: network.features,  # points go where the hidden layers send them
    axis_labels=("Hidden 1", "Hidden 2"),
    remedy="--latent appends a layer of 2 units",
)


def main():
    """Train the network, then save a still of the last epoch and a film of all of them."""
    with faults_in_one_line():
        options = parse_options(__doc__, folder=Path(__file__).resolve().parent)
        import common  # only now: PyTorch takes two seconds to load
        from torchreplay import Film, OutputFolder, compose, default_style, one_thread, remarks

        with OutputFolder(SPACE.name, **options.output) as outputs, default_style(), one_thread():
            dataset = common.load_dataset(**options.data)  # datasets.txt
            common.check_runs(dataset, SPACE, options.runs)
            tell(*remarks(dataset, options.picture["palette"], options.max_points))
            tell(*outputs.remarks)
            histories = common.train_all(dataset, options.runs)  # one, for 200 epochs
            tell_divergence(histories, options.runs)
            runs = common.collect(histories, SPACE, options.epochs, options.max_points)
            picture = compose(runs, **options.picture)
            outputs.save_stills(picture)  # of epoch 200
            outputs.save_films(Film(picture, **options.film))  # of the epochs 1 to 200, as MP4
    report(histories, outputs)


if __name__ == "__main__":
    main()
